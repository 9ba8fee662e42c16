"""Nodes that do not fit their schema, and JSON Schema; loaded where either is asked for.

pydantic finds all problems at once and names each by its key path, which `validate` turns into a place. The same
dataclass yields the JSON Schema for editors (draft 2020-12), so that what completes while typing and what is checked
cannot differ.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from digest.decode.tree import Mapping, Node, Sequence, Span
from digest.decode.types import MistakeError
from digest.diagnostics import Diagnostic, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")


def validate(schema: type[T], node: Mapping, path: str) -> tuple[T | None, list[Diagnostic]]:
    """Turn the mapping into a `schema` value; None and one diagnostic for each problem when it does not fit."""
    unknown = _unknown(schema, node, path)
    try:
        value: T = _adapter(schema).validate_python(node)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        known = [detail for detail in details if detail["type"] != "unexpected_keyword_argument"]
        wrong = [_diagnostic(detail, node=node, path=path) for detail in known]
        return None, [*unknown, *(problem for problem in wrong if not _misspelt(problem, unknown))]
    return value, unknown


def _misspelt(problem: Diagnostic, unknown: list[Diagnostic]) -> bool:
    """Tell whether a missing key is one that an unknown key was meant to be: one mistake, one problem."""
    missing = problem.message.split()[0]
    return problem.code == "missing-key" and any(f"did you mean {missing}" in other.hint for other in unknown)


def editor_schema(schema: type, *, title: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a schema's mappings."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_shape(schema), "title": title}


def _without_null(value: Any) -> Any:
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
def _shape(schema: Any) -> dict[str, Any]:
    """Return the JSON Schema of a schema's mappings, as editors are to see it."""
    own: dict[str, Any] = _without_null(_adapter(schema).json_schema())
    return own


@cache
def _cached_adapter(schema: Any) -> TypeAdapter[Any]:
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


def _diagnostic(detail: Any, *, node: Mapping, path: str) -> Diagnostic:
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


def _words(detail: Any) -> tuple[str, str, str]:
    """Return code, message and hint of a complaint about a value."""
    location, kind = detail["loc"], detail["type"]
    if kind == "tuple_type":
        return "wrong-type", f"`{location[-1]}` is a list", f"write `{location[-1]}: [one, two]`"
    if kind.startswith("dataclass"):
        return "wrong-type", "expected a mapping", "write `key: value` lines"
    mistake = detail["ctx"]["error"]
    assert isinstance(mistake, MistakeError)  # noqa: S101 - our types and schemas raise nothing else
    return mistake.code, mistake.message, mistake.hint


def _at(node: Mapping, location: tuple[int | str, ...]) -> Any:
    here: Any = node
    for step in location:
        here = here[step]
    return here
