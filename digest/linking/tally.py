"""What entries add up to for one record: the parts of which kinds of records make their counts."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from digest.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.linking.records import Concerns

    Member = tuple[str, Concerns]
    """An entry that concerns a record: its key, and what it concerns."""

Counts = tuple[tuple[str, int], ...]
"""Ids with how often, the most frequent first."""


class Tally(Value, kw_only=True):
    """What entries add up to for a record of any kind; `entries` are the keys of those that concern it, newest first.

    An entry concerns the actors that speak in it or are mentioned, for example, and the topics it is given, with all
    that these are part of.
    """

    entries: tuple[str, ...] = ()


def keys_of(members: Iterable[Member]) -> tuple[str, ...]:
    return tuple(key for key, _ in members)


def counts_of(names: Iterable[Iterable[str]], *, besides: str = "") -> Counts:
    """Return how often each name occurs in some lists of them."""
    counts = Counter(chain.from_iterable(names))
    del counts[besides]
    return most(counts)


def most(counts: Counter[str]) -> Counts:
    """Return counts, the most frequent first, equal ones by id."""
    names = sorted(counts)
    names.sort(key=counts.__getitem__, reverse=True)
    return tuple((name, counts[name]) for name in names)
