"""The types a front matter value may have: each says what it takes, and what is wrong otherwise.

What a type takes is a function here; pydantic, which asks for it in `validation`, is not loaded for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from digest.dates import Moment, PartialDate, parse_moment, parse_partial
from digest.decode.tree import Mapping, Scalar, Sequence
from digest.decode.written import Written
from digest.diagnostics import did_you_mean, either

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic_core import CoreSchema

STRICT = {"extra": "forbid"}
"""Every schema's `__pydantic_config__`: a key nobody declared is a mistake."""


class MistakeError(ValueError):
    """What is wrong with a value or a schema's fields; `decode` makes it a diagnostic."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


def mistake(code: str, message: str, hint: str = "") -> MistakeError:
    """Return the exception by which a value or a schema says what is wrong with it."""
    return MistakeError(code, message, hint)


@dataclass(frozen=True, slots=True, eq=False)  # a part of types, which must be hashable
class Checked:
    """Metadata of a value: the function that reads it or raises a mistake, and its JSON Schema."""

    check: Callable[[object], object]
    shape: dict[str, object]

    def __get_pydantic_core_schema__(self, _source: object, _handler: object) -> CoreSchema:
        from pydantic_core import core_schema  # noqa: PLC0415 - whoever asks has loaded it

        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: object, _handler: object) -> dict[str, object]:
        return dict(self.shape)


def _scalar(value: object, expected: str) -> Scalar:
    if not isinstance(value, Scalar):
        found = "a list" if isinstance(value, Sequence) else "a mapping"
        raise mistake("wrong-type", f"expected {expected}, found {found}")
    return value


def _text(value: object) -> str:
    text = _scalar(value, "text").strip()
    if not text:
        raise mistake("empty-value", "this text is empty")
    return text


def _written(value: object) -> Written:
    return Written(_text(value), *_scalar(value, "text").span)


def _line(value: object) -> str:
    return " ".join(_text(value).split())


def _boolean(value: object) -> bool:
    word = _scalar(value, "`true` or `false`").casefold()
    if word not in {"true", "false", "yes", "no"}:
        raise mistake("wrong-type", f"expected `true` or `false`, found `{word}`")
    return word in {"true", "yes"}


def _count(value: object) -> int:
    word = _scalar(value, "a number")
    if not re.fullmatch(r"[1-9]\d{0,5}", word, re.ASCII):
        raise mistake("wrong-type", f"expected a whole number from 1 to 999999, found `{word}`")
    return int(word)


def _moment(value: object) -> Moment:
    written = _scalar(value, "a date")
    try:
        return parse_moment(written)
    except ValueError as error:
        raise mistake("invalid-date", str(error)) from None


def _day(value: object) -> date:
    moment = _moment(value)
    if moment.clock is not None:
        raise mistake("invalid-date", "expected a day without a time")
    return moment.day


def _partial(value: object) -> PartialDate:
    written = _scalar(value, "a date")
    try:
        return parse_partial(written)
    except ValueError as error:
        raise mistake("invalid-date", str(error)) from None


def _address(value: object) -> str:
    address = _scalar(value, "a web address")
    if not re.fullmatch(r"https?://[^\s<>\"'`{}|\\^]+", address):
        raise mistake("invalid-url", f"`{address}` is not a web address", "write it whole, beginning with https://")
    return str(address)


def _language(value: object) -> str:
    tag = _scalar(value, "a language tag")
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag):
        raise mistake("invalid-language", f"`{tag}` is not a language tag", "write `en`, `ru` or `pt-BR` (BCP 47)")
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
        raise mistake("wrong-type", "expected a mapping")
    return tuple((key, _free(item)) for key, item in value.items())


_DATE_PATTERN = r"^\d{4}-\d{2}-\d{2}"

Text = Annotated[str, Checked(_text, {"type": "string", "minLength": 1})]
"""Text of any length; white space around it is dropped."""

Line = Annotated[str, Checked(_line, {"type": "string", "minLength": 1})]
"""Text on one line; runs of white space become one space."""

Reference = Annotated[Written, Checked(_written, {"type": "string", "minLength": 1})]
"""An id, a name or an alias of a record, or any text whose place matters later."""

Flag = Annotated[bool, Checked(_boolean, {"type": "boolean"})]
Count = Annotated[int, Checked(_count, {"type": "integer", "minimum": 1})]
Instant = Annotated[Moment, Checked(_moment, {"type": "string", "pattern": _DATE_PATTERN})]
"""A day, or a day with a time."""

Day = Annotated[date, Checked(_day, {"type": "string", "format": "date"})]
Partial = Annotated[
    PartialDate,
    Checked(_partial, {"type": ["string", "integer"], "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}),
]
Address = Annotated[str, Checked(_address, {"type": "string", "format": "uri"})]
Language = Annotated[str, Checked(_language, {"type": "string"})]
Free = Annotated[tuple[tuple[str, object], ...], Checked(_free_mapping, {"type": "object"})]
"""A mapping of anything, handed to templates as it is."""


class OneOf(Checked):
    """Metadata of a value that is one of `words`; with `placed` it is decoded as `Written`."""

    def __init__(self, words: tuple[str, ...], *, placed: bool = False) -> None:
        super().__init__(partial(_choose, words=words, placed=placed), {"enum": list(words)})


def _choose(value: object, *, words: tuple[str, ...], placed: bool) -> str | Written:
    word = _scalar(value, f"one of {either(words)}")
    if word not in words:
        hint = did_you_mean(word, words) or f"write {either(words)}"
        raise mistake("unknown-word", f"`{word}` is not a word known here", hint)
    return Written(str(word), *word.span) if placed else str(word)


class doc(NamedTuple):  # noqa: N801 - read as a word in front of its text
    """Metadata of a field: its description, which editors show while somebody types."""

    text: str

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, object]:
        return {**handler(schema), "description": self.text}


KEY = "alias"
"""What a field's metadata calls its key; pydantic reads the same."""


def key(name: str) -> dict[str, str]:
    """Return a field's metadata that says its key, where Python reserves the word."""
    return {KEY: name}
