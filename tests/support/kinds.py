"""Kinds of pages, and of records, that a test adds to those there are, as a feature to come would."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from digest.content import kinds as content
from digest.linking import kinds as linking
from digest.pages import kinds, routes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from digest.linking.kind import RecordKind
    from digest.pages.kind import PageKind


@contextmanager
def registered(*added: PageKind) -> Iterator[None]:
    """Register kinds of pages: the line in the table, and nothing else. One of the same name takes another's place."""
    before, names = kinds.KINDS, {kind.name for kind in added}
    _set((*(kind for kind in before if kind.name not in names), *added))
    try:
        yield
    finally:
        _set(before)


@contextmanager
def registered_record(added: RecordKind[Any, Any, Any]) -> Iterator[None]:
    """Register a kind of record: a line in each of the two tables, and nothing else."""
    read, linked = content.KINDS, linking.RECORDS
    _set_records((*read, added.content), (*linked, added))
    try:
        yield
    finally:
        _set_records(read, linked)


def _set(table: tuple[PageKind, ...]) -> None:
    kinds.KINDS = table
    _forget(routes)


def _set_records(read: tuple[Any, ...], linked: tuple[Any, ...]) -> None:
    content.KINDS, linking.RECORDS = read, linked
    _forget(content)
    _forget(linking)


def _forget(module: ModuleType) -> None:
    """Forget what was derived from a table."""
    for derived in vars(module).values():
        if hasattr(derived, "cache_clear"):
            derived.cache_clear()
