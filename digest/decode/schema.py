"""The types a front matter value may have, and decoding by them; the only importer of pydantic.

A schema is a frozen dataclass whose fields carry these types; pydantic finds all problems at once and names each
by its key path, which `decode` turns into a place. The same dataclass yields the JSON Schema for editors
(draft 2020-12), so that what completes while typing and what is checked cannot differ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeVar

from pydantic import ConfigDict, Field, PlainValidator, TypeAdapter, ValidationError, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from digest.dates import Moment, PartialDate, parse_moment, parse_partial
from digest.decode.nodes import Mapping, Node, Scalar, Sequence, Span
from digest.diagnostics import Diagnostic, did_you_mean, either

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")

STRICT = ConfigDict(extra="forbid")
"""Every schema's `__pydantic_config__`: a key nobody declared is a mistake."""


class Written(NamedTuple):
    """Words of the writer's with their place: a reference before it is resolved, a passage to be found."""

    text: str
    start: int
    end: int


def _fail(code: str, message: str, hint: str = "") -> PydanticCustomError:
    # Braces would be read as the template's fields, hence the context.
    return PydanticCustomError(code, "{message}", {"message": message, "hint": hint})


def _scalar(value: object, expected: str) -> Scalar:
    if not isinstance(value, Scalar):
        found = "a list" if isinstance(value, Sequence) else "a mapping"
        raise _fail("wrong-type", f"expected {expected}, found {found}")
    return value


def _text(value: object) -> str:
    text = _scalar(value, "text").strip()
    if not text:
        raise _fail("empty-value", "this text is empty")
    return text


def _written(value: object) -> Written:
    return Written(_text(value), *_scalar(value, "text").span)


def _line(value: object) -> str:
    return " ".join(_text(value).split())


def _boolean(value: object) -> bool:
    word = _scalar(value, "`true` or `false`").casefold()
    if word not in {"true", "false", "yes", "no"}:
        raise _fail("wrong-type", f"expected `true` or `false`, found `{word}`")
    return word in {"true", "yes"}


def _count(value: object) -> int:
    word = _scalar(value, "a number")
    if not re.fullmatch(r"[1-9]\d{0,5}", word, re.ASCII):
        raise _fail("wrong-type", f"expected a whole number from 1 to 999999, found `{word}`")
    return int(word)


def _moment(value: object) -> Moment:
    written = _scalar(value, "a date")
    try:
        return parse_moment(written)
    except ValueError as error:
        raise _fail("invalid-date", str(error)) from None


def _day(value: object) -> date:
    moment = _moment(value)
    if moment.clock is not None:
        raise _fail("invalid-date", "expected a day without a time")
    return moment.day


def _partial(value: object) -> PartialDate:
    written = _scalar(value, "a date")
    try:
        return parse_partial(written)
    except ValueError as error:
        raise _fail("invalid-date", str(error)) from None


def _address(value: object) -> str:
    address = _scalar(value, "a web address")
    if not re.fullmatch(r"https?://[^\s<>\"'`{}|\\^]+", address):
        raise _fail("invalid-url", f"`{address}` is not a web address", "write it whole, beginning with https://")
    return str(address)


def _language(value: object) -> str:
    tag = _scalar(value, "a language tag")
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag):
        raise _fail("invalid-language", f"`{tag}` is not a language tag", "write `en`, `ru` or `pt-BR` (BCP 47)")
    return str(tag)


def _free(value: object) -> object:
    """Return plain lists, mappings and text: the user's own data for the user's own templates."""
    if isinstance(value, Sequence):
        return tuple(_free(item) for item in value)
    if isinstance(value, Mapping):
        return tuple((key, _free(item)) for key, item in value.items())
    return str(value)


def _free_mapping(value: object) -> tuple[tuple[str, object], ...]:
    if not isinstance(value, Mapping):
        raise _fail("wrong-type", "expected a mapping")
    return tuple((key, _free(item)) for key, item in value.items())


_DATE_PATTERN = r"^\d{4}-\d{2}-\d{2}"

Text = Annotated[str, PlainValidator(_text), WithJsonSchema({"type": "string", "minLength": 1})]
"""Text of any length; white space around it is dropped."""

Line = Annotated[str, PlainValidator(_line), WithJsonSchema({"type": "string", "minLength": 1})]
"""Text on one line; runs of white space become one space."""

Reference = Annotated[Written, PlainValidator(_written), WithJsonSchema({"type": "string", "minLength": 1})]
"""An id, a name or an alias of a record, or any text whose place matters later."""

Flag = Annotated[bool, PlainValidator(_boolean), WithJsonSchema({"type": "boolean"})]
Count = Annotated[int, PlainValidator(_count), WithJsonSchema({"type": "integer", "minimum": 1})]
Instant = Annotated[Moment, PlainValidator(_moment), WithJsonSchema({"type": "string", "pattern": _DATE_PATTERN})]
"""A day, or a day with a time."""

Day = Annotated[date, PlainValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Partial = Annotated[
    PartialDate,
    PlainValidator(_partial),
    WithJsonSchema({"type": ["string", "integer"], "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}),
]
Address = Annotated[str, PlainValidator(_address), WithJsonSchema({"type": "string", "format": "uri"})]
Language = Annotated[str, PlainValidator(_language), WithJsonSchema({"type": "string"})]
Free = Annotated[tuple[tuple[str, object], ...], PlainValidator(_free_mapping), WithJsonSchema({"type": "object"})]
"""A mapping of anything, handed to templates as it is."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """Metadata of a value that is one of `words`; with `placed` it is decoded as `Written`."""

    words: tuple[str, ...]
    placed: bool = False

    def __get_pydantic_core_schema__(self, _source: object, _handler: object) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._choose)

    def __get_pydantic_json_schema__(self, _schema: object, _handler: object) -> dict[str, object]:
        return {"enum": list(self.words)}

    def _choose(self, value: object) -> str | Written:
        word = _scalar(value, f"one of {either(self.words)}")
        if word not in self.words:
            hint = did_you_mean(word, self.words) or f"write {either(self.words)}"
            raise _fail("unknown-word", f"`{word}` is not a word known here", hint)
        return Written(str(word), *word.span) if self.placed else str(word)


def doc(text: str, *, key: str | None = None) -> Any:  # noqa: ANN401
    """Return a field's description, shown by editors while typing, and its key where Python reserves the word."""
    return Field(description=text, alias=key)


def decode(schema: type[T], node: Mapping, path: str) -> tuple[T | None, list[Diagnostic]]:
    """Turn the mapping into a `schema` value; None and one diagnostic for each problem when it does not fit."""
    unknown = _unknown(schema, node, path)
    try:
        value: T = _adapter(schema).validate_python(node)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        known = [detail for detail in details if detail["type"] != "unexpected_keyword_argument"]
        return None, [*unknown, *(_diagnostic(detail, node=node, path=path) for detail in known)]
    return value, unknown


def json_schema(schema: type, *, title: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a schema's mappings."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_shape(schema), "title": title}


def _without_null(value: Any) -> Any:  # noqa: ANN401
    """Drop `null` alternatives and defaults: an optional key is left out or left empty, and editors show less."""
    if isinstance(value, list):
        return [_without_null(item) for item in value]
    if not isinstance(value, dict):
        return value
    options = [item for item in value.get("anyOf", []) if item != {"type": "null"}]
    kept = {
        key: _without_null(item)
        for key, item in value.items()
        # A property may be called `title` too; its value is a schema.
        if key not in {"anyOf", "default"} and not (key == "title" and isinstance(item, str))
    }
    if len(options) == 1:
        kept |= _without_null(options[0])
    elif options:
        kept["anyOf"] = _without_null(options)
    return kept


def _adapter(schema: type) -> TypeAdapter[Any]:
    adapter: TypeAdapter[Any] = _cached_adapter(schema)
    return adapter


@cache
def _shape(schema: Any) -> dict[str, Any]:  # noqa: ANN401 - a type, which is hashable
    """Return the JSON Schema of a schema's mappings, as editors are to see it."""
    own: dict[str, Any] = _without_null(_adapter(schema).json_schema())
    return own


@cache
def _cached_adapter(schema: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - a type, which is hashable
    return TypeAdapter(schema)


def _unknown(schema: type, node: Mapping, path: str) -> list[Diagnostic]:
    shape = _shape(schema)
    return [
        Diagnostic(code="unknown-key", message=f"unknown key `{key}`", path=path, start=start, end=end, hint=hint)
        for key, (start, end), hint in _unknown_keys(node, shape, shape)
    ]


def _unknown_keys(node: Node, shape: dict[str, Any], whole: dict[str, Any]) -> Iterator[tuple[str, Span, str]]:
    """Yield keys that `shape`, a part of the JSON Schema `whole`, does not have: key, place, hint.

    pydantic finds most of them, but not those without a value, which it never sees.
    """
    if "$ref" in shape:
        shape = whole["$defs"][shape["$ref"].rpartition("/")[2]]
    if isinstance(node, Sequence) and "items" in shape:
        for item in node:
            yield from _unknown_keys(item, shape["items"], whole)
    if not isinstance(node, Mapping) or "properties" not in shape:
        return
    known: dict[str, Any] = shape["properties"]
    for key, span in node.keys_at.items():
        if key not in known:
            yield key, span, did_you_mean(key, known) or f"known here: {', '.join(known)}"
        elif key in node:
            yield from _unknown_keys(node[key], known[key], whole)


def _diagnostic(detail: Any, *, node: Mapping, path: str) -> Diagnostic:  # noqa: ANN401
    """Put one of pydantic's complaints at its place: a value, or the mapping in which a key is missing."""
    location = detail["loc"]
    if detail["type"] == "missing":
        owner: Mapping = _at(node, location[:-1])
        what = "has no value" if location[-1] in owner.empty else "is missing"
        code, message, hint = "missing-key", f"`{location[-1]}` {what}", ""
        start, end = owner.keys_at.get(location[-1]) or (owner.span[0], owner.span[0])
    else:
        code, message, hint = _words(detail)
        start, end = _at(node, location).span
    return Diagnostic(code=code, message=message, path=path, start=start, end=end, hint=hint)


def _words(detail: Any) -> tuple[str, str, str]:  # noqa: ANN401
    """Return code, message and hint of a complaint about a value."""
    location, kind = detail["loc"], detail["type"]
    if kind == "tuple_type":
        return "wrong-type", f"`{location[-1]}` is a list", f"write `{location[-1]}: [one, two]`"
    if kind.startswith("dataclass"):
        return "wrong-type", "expected a mapping", "write `key: value` lines"
    return kind, detail["ctx"]["message"], detail["ctx"]["hint"]


def _at(node: Mapping, location: tuple[int | str, ...]) -> Any:  # noqa: ANN401 - pydantic walked the same path
    here: Any = node
    for step in location:
        here = here[step]
    return here
