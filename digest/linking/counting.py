"""Counting that records of several kinds share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections import Counter

    from digest.linking.site import Counts


def most(counts: Counter[str]) -> Counts:
    """Return counts, the most frequent first, equal ones by id."""
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
