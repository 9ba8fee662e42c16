"""Counting that records of several kinds share."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.linking.site import Entry
    from digest.model import Kind

Counts = tuple[tuple[str, int], ...]
"""Ids with how often, the most frequent first."""


def mentions_by(entries: Mapping[str, Entry], kind: Kind) -> defaultdict[str, dict[str, None]]:
    """Return the entries that mention each record of a kind; a dict serves as an ordered set."""
    appears: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for key, entry in entries.items():
        for mention in entry.bound.mentions:
            if mention.target.kind == kind:
                appears[mention.target.id][key] = None
    return appears


def most(counts: Counter[str]) -> Counts:
    """Return counts, the most frequent first, equal ones by id."""
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
