"""Links again what a few changed files concern; the result is what `link` makes of everything.

An edit of an entry that stays where it is costs by what it names: a famous actor's tally is the dearest part. An entry
that is new, gone, hidden or elsewhere makes everybody's address and place be decided anew. A changed record makes all
records anew, of tallies that stay.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from digest.linking import kinds
from digest.linking.binding import bind_again
from digest.linking.kind import Linking
from digest.linking.link import (
    Linked,
    backlinks,
    badged,
    hidden_paths,
    hierarchies,
    link_records,
    months,
    numbers,
    pages,
    published,
    published_assets,
    redirects,
    shown_of,
    speakers,
)
from digest.linking.record_digests import entities_digest
from digest.linking.site import Totals
from digest.linking.tallies import in_hierarchies, tally_again
from digest.linking.visibility import next_change
from digest.overlay import updated
from digest.values import replaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.linking.binding import AnyBound, Binding
    from digest.linking.kind import RecordKind, Tallies
    from digest.linking.name_index import NameIndex
    from digest.linking.records import Entry
    from digest.linking.site import Index, Site
    from digest.linking.tallies import Hierarchies

    Change = tuple[Entry | None, Entry | None]
    """An entry before and after; None where it was not, or is no longer, published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Files that changed, by path, as entries or other documents; None stands for one that is gone (from there)."""

    entries: Mapping[str, Entry | None]
    others: Mapping[str, AnyBound | None]
    assets: tuple[str, ...]


def relink(before: Linked, changes: Changes, name_index: NameIndex) -> Linked:
    """Return what `link` would for the files as they are now, the settings and the day being the same."""
    binding = bind_again(
        before.binding, name_index=name_index, entries=changes.entries, others=changes.others, assets=changes.assets
    )
    settled = binding.records is before.binding.records
    shown = _replaced(before.site, binding, changes) if settled else published(binding)
    keys = [entry.key for entry in changes.entries.values() if entry] if settled else {*before.site.entries, *shown}
    changed = _pairs(before.site.entries, shown, keys)
    order = before.site.index.order if settled else tuple(shown)
    places = before.site.places if settled else {key: place for place, key in enumerate(order)}
    broader = hierarchies(binding) if changes.others else before.broader
    tallies = tally_again(before.tallies, shown, broader, places=places, changed=changed)
    tallies = in_hierarchies(tallies, shown, broader, before=before.broader)
    site = replace(before.site, entries=shown, places=places)
    if changes.others:
        site = _entities(site, binding, tallies, broader)
    else:
        site = _counted(site, before.tallies, tallies, broader)
        binding.unresolved.extend(before.binding.unresolved)
    index = replaced(
        site.index,
        order=order,
        assets=published_assets(binding),
        followed=binding.followed,
        totals=_totals(site, changed),
        speakers=speakers(tallies) if tallies is not before.tallies else site.index.speakers,
    )
    if not settled:
        index = _moved(index, binding, shown)
    if not settled or changes.others or any(entry and entry.spots.redirects for pair in changed for entry in pair):
        index = replaced(index, redirects=tuple(redirects(binding)))
    return Linked(
        site=replace(site, index=index),
        binding=binding,
        broader=broader,
        tallies=tallies,
        problems=tuple(binding.problems),
    )


def _replaced(site: Site, binding: Binding, changes: Changes) -> Mapping[str, Entry]:
    """Return the entries shown, each where it was."""
    new = (entry for path, entry in changes.entries.items() if entry and binding.shows(path))
    return updated(site.entries, {entry.key: badged(entry, binding.config) for entry in new})


def _pairs(before: Mapping[str, Entry], after: Mapping[str, Entry], keys: Iterable[str]) -> list[Change]:
    """Return entries as they were and as they are."""
    pairs = ((before.get(key), after.get(key)) for key in keys)
    return [(old, new) for old, new in pairs if old is not new]


def _entities(site: Site, binding: Binding, tallies: Tallies, broader: Hierarchies) -> Site:
    """Make all records again."""
    records = link_records(Linking(binding, tallies, broader))
    index = replaced(
        site.index,
        backlinks=tuple(backlinks(binding).items()),
        entities=entities_digest(records),
    )
    return replace(site, records=records, shown=shown_of(records), pages=pages(binding), index=index)


def _counted(site: Site, before: Tallies, after: Tallies, broader: Hierarchies) -> Site:
    """Give records the tallies that are new."""
    if after is before:
        return site
    records = {}
    for kind in kinds.RECORDS:
        name = kind.name
        counted = _with(kind, site.records[name], before[name], after[name])
        records[name] = kind.recount(counted, after[name], broader[name])
    return replace(site, records=records)


def _with(
    kind: RecordKind[Any, Any, Any], records: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the records of a kind with their tallies; one whose tally stays is the same."""
    counted = {}
    for name, record in records.items():
        tally = after.get(name, kind.uncounted)
        same = tally is before.get(name, kind.uncounted)
        counted[name] = record if same else replaced(record, counts=tally)
    return counted


def _totals(site: Site, changed: list[Change]) -> Totals:
    """Add what changed to the totals of before."""
    old = [entry for entry, _ in changed if entry]
    new = [entry for _, entry in changed if entry]
    before = site.index.totals
    return Totals(
        entries=before.entries - len(old) + len(new),
        quotes=before.quotes + _quotes(new) - _quotes(old),
        notes=before.notes + _notes(new) - _notes(old),
        records=numbers(site.records),
    )


def _quotes(entries: Iterable[Entry]) -> int:
    return sum(len(entry.concerns.quotes) for entry in entries)


def _notes(entries: Iterable[Entry]) -> int:
    return sum(entry.shown.note_count for entry in entries)


def _moved(index: Index, binding: Binding, shown: Mapping[str, Entry]) -> Index:
    """Return what depends on which entries there are, when they are shown, and where."""
    return replaced(
        index,
        months=months(shown),
        hidden=hidden_paths(binding),
        due=next_change((entry.where.schedule for entry in binding.entries.values()), binding.config),
    )
