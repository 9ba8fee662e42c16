"""Records that are part of others of their kind, as topics are: what lies above each, and below."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    Broader = Mapping[str, str]
    """What each record is directly part of, "" for nothing."""

LEVELS = 16
"""How deep records may be nested: deeper ones are an error, and count for no more than so many."""


def above(broader: Broader) -> dict[str, tuple[str, ...]]:
    """Return each record with itself and all that it is part of; a circle ends where it closes."""
    return {name: tuple(_upwards(name, broader)) for name in broader}


def _upwards(name: str, broader: Broader) -> dict[str, None]:
    seen: dict[str, None] = {}
    while name and name not in seen and len(seen) < LEVELS:
        seen[name] = None
        name = broader.get(name, "")
    return seen


def below(broader: Broader) -> defaultdict[str, list[str]]:
    """Return what is directly part of each record, in order."""
    narrower = defaultdict(list)
    for name, above in sorted(broader.items()):
        narrower[above].append(name)
    return narrower
