"""Digests of what pages may show of actors, topics and agreements, so that few comparisons tell what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.values import digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.linking.site import Actor, Agreement, Topic


def entities_digest(
    actors: Mapping[str, Actor], topics: Mapping[str, Topic], agreements: Mapping[str, Agreement]
) -> str:
    """Return the digest of everything any page may show of a record, on whatever day, besides where it appears.

    What belongs to one record's own page alone (where it appears, its body) is not among it.
    """
    kinds: tuple[Mapping[str, Actor | Topic | Agreement], ...] = (actors, topics, agreements)
    return digest([[(name, record.shown) for name, record in records.items()] for records in kinds])
