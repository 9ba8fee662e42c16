"""A large mapping of which a few values are others than before, at the cost of those few."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")

_FEW = 256
"""Values that may differ: they are copied with every change."""


class Overlay(Mapping[K, V]):
    """A mapping that is never changed, with other values for some of its keys, which stay where they are."""

    __slots__ = ("_base", "_others")

    def __init__(self, base: Mapping[K, V], others: dict[K, V]) -> None:
        self._base = base
        self._others = others

    def __getitem__(self, key: K) -> V:
        return self._others[key] if key in self._others else self._base[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._base)

    def __len__(self) -> int:
        return len(self._base)

    def __contains__(self, key: object) -> bool:
        return key in self._base

    def with_others(self, changes: Mapping[K, V]) -> Overlay[K, V]:
        return Overlay(self._base, {**self._others, **changes})

    @property
    def full(self) -> bool:
        return len(self._others) >= _FEW


def updated(before: Mapping[K, V], changes: Mapping[K, V | None]) -> Mapping[K, V]:
    """Return a mapping with these values; None takes its key away, a new key comes last.

    `before` must not change afterwards. Where keys come or go, or many values have changed, it is copied.
    """
    other = {key: value for key, value in changes.items() if value is not None}
    overlay = before if isinstance(before, Overlay) else Overlay(before, {})
    if len(other) == len(changes) and all(key in before for key in other) and not overlay.full and len(other) < _FEW:
        return overlay.with_others(other)
    after = {**before, **other}
    for key in changes.keys() - other.keys():
        after.pop(key, None)
    return after
