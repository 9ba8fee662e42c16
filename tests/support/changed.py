"""A linked site of which one field has changed, with all that follows from it, as linking would give it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from digest.content.matter import ACTOR_KINDS, EVENTS, RELATIONS
from digest.linking.record_digests import entities_digest
from digest.linking.targets import Target
from digest.model import QUOTE_KINDS, STANCES
from digest.values import digest, replaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from digest.linking.records import Entry
    from digest.linking.site import Site
    from tests.support.variants import Others

_WORDS = (ACTOR_KINDS, EVENTS, RELATIONS, QUOTE_KINDS, STANCES)
"""Words of which only some may stand in a field."""

_TARGETS = 2
"""Records of each kind that a reference is led to."""


def as_values(site: Site) -> Site:
    """Return a site that holds everything itself, with nothing to be read from a store."""
    revisions = [entry.revision for entry in site.entries.values()]
    return replace(
        site,
        entries=dict(site.entries),
        quotations={revision: site.quotations[revision] for revision in revisions},
        details={revision: site.details[revision] for revision in revisions},
    )


def settled(site: Site, before: Site) -> Site:
    """Return a changed site with what follows from its values: digests, places, and what stands in it twice."""
    records = {kind: _with_matter(of_a_kind) for kind, of_a_kind in site.records.items()}
    index = replaced(site.index, entities=entities_digest(records))
    site = replace(
        site,
        records=records,
        shown={kind: {name: record.shown for name, record in found.items()} for kind, found in records.items()},
        pages=_with_matter(site.pages),
        index=index,
        places={key: number for number, key in enumerate(index.order)},
    )
    for key in site.entries:
        if _is_other(site, before, key):
            site = _with_digests(site, key)
    return site


def public_digest(site: Site, entry: Entry) -> str:
    """Return what `bind_article` gives for an entry of these values."""
    redirects = [written.text for written in entry.spots.redirects]
    quotations = site.quotations[entry.revision]
    return digest([entry.where, entry.shown, entry.concerns, entry.anchors, redirects, quotations])


def others_in(site: Site) -> Others:
    """Return a function from a reference, or a word of which there are few, to others of its sort."""
    records: Mapping[str, Iterable[str]] = {**site.records, "page": site.pages, "article": site.places}
    targets = [Target(kind, name) for kind, names in records.items() for name in [*names][:_TARGETS]]
    sorts = (*records.values(), *_WORDS, [kind.id for kind in site.config.dialect.kinds])

    def others(value: Any) -> Iterator[Any]:
        if isinstance(value, Target):
            yield from (target for target in targets if target != value)
            yield value._replace(anchor=f"{value.anchor}x")
        elif isinstance(value, str):
            for sort in sorts:
                yield from (word for word in sort if word != value) if value in sort else ()

    return others


def _with_matter(records: Mapping[str, Any]) -> dict[str, Any]:
    """Give documents the front matter of their records."""
    return {
        name: replaced(record, document=replace(record.document, matter=record.matter))
        for name, record in records.items()
    }


def _is_other(site: Site, before: Site, key: str) -> bool:
    """Tell whether an entry's file must be another; for another badge it is enough that time has passed."""
    entry, old = site.entries[key], before.entries[key]
    if replaced(entry, badge=old.badge) != old:
        return True
    return any(
        new[old.revision] != kept[old.revision]
        for new, kept in ((site.quotations, before.quotations), (site.details, before.details))
    )


def _with_digests(site: Site, key: str) -> Site:
    """Give a changed entry the digests that it then has."""
    entry = site.entries[key]
    quotations, details = site.quotations[entry.revision], site.details[entry.revision]
    revision = digest([entry, quotations, details])
    changed = replaced(entry, public_digest=public_digest(site, entry), revision=revision)
    return replace(
        site,
        entries={**site.entries, key: changed},
        quotations={**site.quotations, revision: quotations},
        details={**site.details, revision: details},
    )
