"""Entries and documents to a site: bind, then sort, group and count."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from digest.content.kinds.page import PAGE
from digest.content.load import CONTENT
from digest.linking import kinds
from digest.linking.binding import Binding, bind_all
from digest.linking.kind import Linking
from digest.linking.record_digests import entities_digest
from digest.linking.site import FreePage, Hidden, Index, Redirect, Site, Totals
from digest.linking.tallies import tally, tally_since
from digest.linking.tally import most
from digest.linking.targets import ASSET
from digest.linking.visibility import next_change, reason_hidden
from digest.model import Context, Kind
from digest.values import replaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from digest.config import Config
    from digest.diagnostics import Diagnostic
    from digest.linking.binding import AnyBound
    from digest.linking.kind import Record, RecordKind, Tallies
    from digest.linking.kinds.actor import ActorTally
    from digest.linking.name_index import NameIndex
    from digest.linking.records import Entry, EntryDetails, Quotations
    from digest.linking.site import Backlinks
    from digest.linking.tallies import Counted, Hierarchies
    from digest.linking.tally import Counts
    from digest.linking.targets import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A site with what it was made of, so that little need be made again when little changes; `problems` of linking.

    `broader` says what each record is part of, by kind, and `tallies` what entries add up to.
    """

    site: Site
    binding: Binding
    broader: Hierarchies
    tallies: Tallies
    problems: tuple[Diagnostic, ...]


def link(
    name_index: NameIndex,
    entries: Iterable[Entry],
    others: Iterable[AnyBound],
    *,
    assets: tuple[str, ...],
    quotations: Mapping[str, Quotations],
    details: Mapping[str, EntryDetails],
    config: Config,
    before: Counted | None = None,
) -> Linked:
    """Bind everything into a site; `quotations` and `details` are by the revision of an entry.

    What was counted `before` need not be counted again; the result is the same.
    """
    binding = bind_all(name_index, entries, others, assets=assets, config=config)
    shown = published(binding)
    places = {key: place for place, key in enumerate(shown)}
    broader = hierarchies(binding)
    tallies = tally_since(before, shown, broader, places=places) if before else tally(shown, broader)
    records = link_records(Linking(binding, tallies, broader))
    index = Index(
        order=tuple(shown),
        months=months(shown),
        assets=published_assets(binding),
        redirects=tuple(redirects(binding)),
        backlinks=tuple(backlinks(binding).items()),
        followed=binding.followed,
        hidden=hidden_paths(binding),
        totals=Totals(
            entries=len(shown),
            quotes=sum(len(entry.concerns.quotes) for entry in shown.values()),
            notes=sum(entry.shown.note_count for entry in shown.values()),
            records=numbers(records),
        ),
        speakers=speakers(tallies),
        entities=entities_digest(records),
        due=next_change((entry.where.schedule for entry in binding.entries.values()), config),
    )
    site = Site(
        config=config,
        index=index,
        entries=shown,
        records=records,
        pages=pages(binding),
        quotations=quotations,
        details=details,
        places=places,
        shown=shown_of(records),
    )
    return Linked(site=site, binding=binding, broader=broader, tallies=tallies, problems=tuple(binding.problems))


def hierarchies(binding: Binding) -> dict[str, dict[str, str]]:
    """Return what each record is directly part of, by kind."""
    return {kind.name: _broader(kind, binding) for kind in kinds.RECORDS}


def _broader(kind: RecordKind[Any, Any, Any], binding: Binding) -> dict[str, str]:
    """Return what each record of a kind is directly part of; nothing for a kind without a hierarchy."""
    if kind.broader is None:
        return {}
    found = {}
    for document, _ in binding.of(kind.content):
        written = kind.broader(document.matter)
        found[document.id] = binding.resolve(written, document.path, kind.name) if written else ""
    return found


def link_records(linking: Linking) -> dict[str, dict[str, Record[Any, Any, Any]]]:
    """Return all records, by kind and by id."""
    return {kind.name: linking.of(kind) for kind in kinds.RECORDS}


def numbers(records: Mapping[str, Mapping[str, object]]) -> dict[str, int]:
    """Return how many records there are of each kind."""
    return {kind: len(of_a_kind) for kind, of_a_kind in records.items()}


def shown_of(records: Mapping[str, Mapping[str, Record[Any, Any, Any]]]) -> dict[str, dict[str, Any]]:
    """Return what any page may show of each record."""
    shown = {}
    for kind, of_a_kind in records.items():
        shown[kind] = {name: record.shown for name, record in of_a_kind.items()}
    return shown


def published(binding: Binding) -> dict[str, Entry]:
    """Return the published entries by key, newest first, each with why it would be hidden."""
    shown = (entry for path, entry in binding.entries.items() if binding.shows(path))
    newest_first = sorted(shown, key=lambda entry: entry.where.order, reverse=True)
    return {entry.key: badged(entry, binding.config) for entry in newest_first}


def badged(entry: Entry, config: Config) -> Entry:
    """Return a published entry with the reason for which it would be hidden."""
    badge = reason_hidden(entry.where.schedule, config) if config.show.anything else ""
    return replaced(entry, badge=badge) if badge else entry


def speakers(tallies: Tallies) -> Counts:
    """Return all who speak, the most frequent first."""
    actors: Mapping[str, ActorTally] = tallies[Kind.ACTOR]
    return most(Counter({name: actor.speaking_count for name, actor in actors.items() if actor.speaking_count}))


def published_assets(binding: Binding) -> tuple[str, ...]:
    """Leave out files that only unpublished entries link to: a draft's picture is part of the draft."""
    shown, held_back = set[str](), set[str]()
    for path, followed in binding.followed.items():
        used = {f"{CONTENT}/{target.id}" for _, target in followed if target.kind == ASSET}
        (held_back if path in binding.hidden else shown).update(used)
    return tuple(path for path in binding.assets if path in shown or path not in held_back)


def pages(binding: Binding) -> dict[str, FreePage]:
    pages = {}
    for document, bound in binding.of(PAGE):
        if document.path not in binding.hidden:
            badge = reason_hidden(document.matter, binding.config)
            pages[document.id] = FreePage(document=document, matter=document.matter, bound=bound, badge=badge)
    return pages


def redirects(binding: Binding) -> Iterator[Redirect]:
    """Yield old addresses, in the order of the files they stand in."""
    old = {path: entry.spots.redirects for path, entry in binding.entries.items() if entry.spots.redirects}
    others = ((path, other.document.matter) for path, other in binding.others.items())
    old |= {path: matter.redirect_from for path, matter in others if matter and matter.redirect_from}
    for path in sorted(old.keys() - binding.hidden.keys()):
        target = binding.targets[path]
        if target is None:
            continue
        for written in old[path]:
            url = written.text if written.text.startswith("/") else f"/{written.text}"
            yield Redirect(url, target, path, written.start, written.end)


def backlinks(binding: Binding) -> dict[Target, Backlinks]:
    """Return who mentions each record outside entries: the page that does, and its sentences."""
    found: dict[Target, dict[Target, list[Context]]] = defaultdict(lambda: defaultdict(list))
    for document, bound in binding.others.values():
        source = binding.targets[document.path]
        if source is None or source.kind == Kind.ARTICLE or document.path in binding.hidden:
            continue
        for mention in bound.mentions:
            if mention.target != source:
                found[mention.target][source].append(mention.context)
    return {
        target: tuple((source, tuple(contexts)) for source, contexts in sources.items())
        for target, sources in found.items()
    }


def hidden_paths(binding: Binding) -> Hidden:
    reasons: dict[str, list[str]] = defaultdict(list)
    for path, reason in binding.hidden.items():
        reasons[reason].append(path)
    return Hidden(
        drafts=tuple(reasons["draft"]),
        future=tuple(reasons["future"]),
        embargoed=tuple(reasons["embargoed"]),
        expired=tuple(reasons["expired"]),
    )


def months(entries: Mapping[str, Entry]) -> dict[str, tuple[str, ...]]:
    days = ((key, entry.shown.day) for key, entry in entries.items())
    grouped = groupby(days, key=lambda item: f"{item[1].year:04}/{item[1].month:02}")
    return {month: tuple(key for key, _ in group) for month, group in grouped}
