"""Entries and documents to a site: bind, then sort, group and count."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from digest.content.load import CONTENT
from digest.content.matter import PageMatter
from digest.linking.actors import link_actors
from digest.linking.agreements import link_agreements
from digest.linking.binding import Binding, bind_all
from digest.linking.record_digests import entities_digest
from digest.linking.site import FreePage, Hidden, Index, Redirect, Site, Totals
from digest.linking.tallies import Tallies, most, tally, tally_since, tally_topics
from digest.linking.targets import ASSET
from digest.linking.topics import above, hierarchy, link_topics
from digest.linking.visibility import next_change, reason_hidden
from digest.model import Context, Kind
from digest.values import replaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from digest.config import Config
    from digest.diagnostics import Diagnostic
    from digest.linking.binding import BoundDocument
    from digest.linking.records import Entry, EntryDetails, Quotations
    from digest.linking.register import Register
    from digest.linking.site import Actor, ActorShown, Backlinks
    from digest.linking.tallies import Counted, Counts
    from digest.linking.targets import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A site with what it was made of, so that little need be made again when little changes; `problems` of linking."""

    site: Site
    binding: Binding
    broader: Mapping[str, str]
    tallies: Tallies
    problems: tuple[Diagnostic, ...]


def link(
    register: Register,
    entries: Iterable[Entry],
    others: Iterable[BoundDocument],
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
    binding = bind_all(register, entries, others, assets=assets, config=config)
    shown = published(binding)
    places = {key: place for place, key in enumerate(shown)}
    broader = hierarchy(binding)
    tallies = _counted(shown, broader, before, places=places) if before else tally(shown, above(broader))
    agreements = link_agreements(binding, tallies.agreements)
    actors = link_actors(binding, tallies.actors, agreements)
    topics = link_topics(binding, tallies.topics, broader)
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
            actors=len(actors),
            topics=len(topics),
            agreements=len(agreements),
        ),
        speakers=speakers(tallies),
        entities=entities_digest(actors, topics, agreements),
        due=next_change((entry.where.schedule for entry in binding.entries.values()), config),
    )
    site = Site(
        config=config,
        index=index,
        entries=shown,
        actors=actors,
        topics=topics,
        agreements=agreements,
        pages=pages(binding),
        quotations=quotations,
        details=details,
        places=places,
        called=called(actors),
    )
    return Linked(site=site, binding=binding, broader=broader, tallies=tallies, problems=tuple(binding.problems))


def _counted(
    entries: Mapping[str, Entry], broader: Mapping[str, str], before: Counted, *, places: Mapping[str, int]
) -> Tallies:
    tallies = tally_since(before, entries, above(broader), places=places)
    return in_hierarchy(tallies, entries, broader, before=before.broader)


def in_hierarchy(
    tallies: Tallies, entries: Mapping[str, Entry], broader: Mapping[str, str], *, before: Mapping[str, str]
) -> Tallies:
    """Count topics anew where what they are part of is not what it was before."""
    return tallies if broader == before else replace(tallies, topics=tally_topics(entries, above(broader)))


def published(binding: Binding) -> dict[str, Entry]:
    """Return the published entries by key, newest first, each with why it would be hidden."""
    shown = (entry for path, entry in binding.entries.items() if binding.shows(path))
    newest_first = sorted(shown, key=lambda entry: entry.where.order, reverse=True)
    return {entry.key: badged(entry, binding.config) for entry in newest_first}


def badged(entry: Entry, config: Config) -> Entry:
    """Return a published entry with the reason for which it would be hidden."""
    badge = reason_hidden(entry.where.schedule, config) if config.show.anything else ""
    return replaced(entry, badge=badge) if badge else entry


def called(actors: Mapping[str, Actor]) -> dict[str, ActorShown]:
    """Return what pages show of each actor."""
    return {name: actor.shown for name, actor in actors.items()}


def speakers(tallies: Tallies) -> Counts:
    """Return all who speak, the most frequent first."""
    return most(Counter({name: actor.speaking_count for name, actor in tallies.actors.items() if actor.speaking_count}))


def published_assets(binding: Binding) -> tuple[str, ...]:
    """Leave out files that only unpublished entries link to: a draft's picture is part of the draft."""
    shown, held_back = set[str](), set[str]()
    for path, followed in binding.followed.items():
        used = {f"{CONTENT}/{target.id}" for _, target in followed if target.kind == ASSET}
        (held_back if path in binding.hidden else shown).update(used)
    return tuple(path for path in binding.assets if path in shown or path not in held_back)


def pages(binding: Binding) -> dict[str, FreePage]:
    pages = {}
    for document, bound in binding.of(Kind.PAGE):
        assert isinstance(document.matter, PageMatter)  # noqa: S101 - by kind
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
        assert target is not None  # noqa: S101 - for the type checker; it always is
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
