"""YAML text to a tree that knows its place: most files by `plain`, the rest, and all that is wrong, by `events`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.decode.plain import read_plain
from digest.decode.tree import Mapping, Node, Scalar, Sequence, Span

if TYPE_CHECKING:
    from digest.diagnostics import Diagnostic

__all__ = ["Mapping", "Node", "Scalar", "Sequence", "Span", "read"]


def read(text: str, *, path: str, base: int = 0) -> tuple[Mapping | None, list[Diagnostic]]:
    """Read YAML whose top is a mapping; `base` is where `text` begins in the file.

    Returns the mapping, or None when the text cannot be read any further, and the problems found.
    """
    plain = read_plain(text, base)
    if plain is not None:
        return plain, []
    from digest.decode.events import read_events  # noqa: PLC0415 - most files do without it, and it takes long to load

    return read_events(text, path=path, base=base)
