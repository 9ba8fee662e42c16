"""Digests of what pages may show of records, so that few comparisons tell what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.values import digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.linking.kind import Record


def entities_digest(records: Mapping[str, Mapping[str, Record[Any, Any, Any]]]) -> str:
    """Return the digest of everything any page may show of a record, on whatever day, besides where it appears.

    What belongs to one record's own page alone (where it appears, its body) is not among it.
    """
    return digest([_shown(of_a_kind) for of_a_kind in records.values()])


def _shown(records: Mapping[str, Record[Any, Any, Any]]) -> list[tuple[str, object]]:
    return [(name, record.shown) for name, record in records.items()]
