"""Kinds of pages that a test adds to those there are, as a feature to come would."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from digest.pages import kinds, routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.pages.kind import PageKind


@contextmanager
def registered(*added: PageKind) -> Iterator[None]:
    """Register kinds of pages: the line in the table, and nothing else."""
    before = kinds.KINDS
    _set((*before, *added))
    try:
        yield
    finally:
        _set(before)


def _set(table: tuple[PageKind, ...]) -> None:
    kinds.KINDS = table
    for derived in vars(routes).values():
        if hasattr(derived, "cache_clear"):
            derived.cache_clear()
