"""The tree that YAML text is read to: strings, lists and mappings that know their place."""

from __future__ import annotations

Span = tuple[int, int]
"""Start and end offset in the file's text."""


class Scalar(str):
    """A scalar as typed, with its place."""

    __slots__ = ("span",)
    span: Span


class Sequence(list["Node"]):
    """A list with its place."""

    __slots__ = ("span",)
    span: Span


class Mapping(dict[str, "Node"]):
    """A mapping with its place and those of its keys; `empty` holds keys written without a value."""

    __slots__ = ("empty", "keys_at", "span")
    span: Span
    keys_at: dict[str, Span]
    empty: dict[str, Span]


Node = Scalar | Sequence | Mapping

EMPTY = frozenset({"", "~", "null", "Null", "NULL"})
"""Plain scalars that mean \"not given\"."""

MAX_CHARACTERS = 64 * 1024
