"""Nodes to dataclasses by their types.

A schema is a frozen dataclass whose fields carry the types of `types`. What fits is decoded here; for whatever does
not, `validation` finds all problems, with pydantic, which most runs so need not load.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from digest.decode.tree import Mapping, Sequence
from digest.decode.types import KEY, Checked, MistakeError, mistake

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.decode.tree import Node
    from digest.diagnostics import Diagnostic

    Reader = Callable[[Node], object]

T = TypeVar("T")


class _Plan(NamedTuple):
    """How to read a schema: each key's field and reader, and the fields that must be given."""

    fields: dict[str, tuple[str, Reader]]
    required: frozenset[str]


def decode(schema: type[T], node: Mapping, path: str) -> tuple[T | None, list[Diagnostic]]:
    """Turn the mapping into a `schema` value; None and one diagnostic for each problem when it does not fit."""
    try:
        return _read(schema, node), []
    except MistakeError:
        from digest.decode.validation import validate  # noqa: PLC0415 - pydantic takes long to load

        return validate(schema, node, path)


def json_schema(schema: type, *, title: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a schema's mappings."""
    from digest.decode.validation import editor_schema  # noqa: PLC0415 - the same

    return editor_schema(schema, title=title)


def _read(schema: type[T], node: Node) -> T:
    """Return the value; a mistake here only says that there is one, and `validation` says which."""
    fields, required = _plan(schema)  # type: ignore[arg-type] # a class is hashable
    if not isinstance(node, Mapping) or not fields.keys() >= node.keys_at.keys():
        raise mistake("unfit", "`validation` says why")
    given = {}
    for key, value in node.items():
        name, read = fields[key]
        given[name] = read(value)
    if not required <= given.keys():
        raise mistake("unfit", "`validation` says why")
    return schema(**given)


@cache
def _plan(schema: Any) -> _Plan:
    hints = get_type_hints(schema, include_extras=True)
    fields, required = {}, set()
    for field in dataclasses.fields(schema):
        hint = hints[field.name]
        fields[field.metadata.get(KEY, field.name)] = field.name, _reader(hint)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            required.add(field.name)
    return _Plan(fields, frozenset(required))


def _reader(hint: Any) -> Reader:
    """Return what reads a value of the type `hint`."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        checks = [note for note in arguments[1:] if isinstance(note, Checked)]
        # The last says it: `Annotated[Reference, OneOf(…)]` narrows what a reference takes.
        return checks[-1].check if checks else _reader(arguments[0])
    if origin in {Union, UnionType}:
        (only,) = [argument for argument in arguments if argument is not NoneType]
        return _reader(only)
    if origin is tuple:
        return _items(_reader(arguments[0]))
    schema: type = hint  # schemas are made of nothing else
    return lambda node: _read(schema, node)


def _items(read: Reader) -> Reader:
    def items(node: Node) -> object:
        if not isinstance(node, Sequence):
            raise mistake("unfit", "`validation` says why")
        return tuple(map(read, node))

    return items
