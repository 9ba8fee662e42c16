"""Actors, each with its record, and their index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.dates import whole
from digest.linking.offices import roles_on
from digest.linking.targets import Target
from digest.model import Kind
from digest.pages.kind import PageKind
from digest.pages.paging import part_of
from digest.pages.parts.bodies import body
from digest.pages.parts.cards import appearance, backlinks
from digest.pages.parts.dates import optional
from digest.pages.parts.heads import head, pager, section
from digest.pages.parts.links import actor_link, agreement_line, counts, office
from digest.pages.parts.quotes import quotes
from digest.pages.route import SLUG, Route
from digest.pages.sight import Fact, Sight
from digest.pages.views import (
    NO_BODY,
    AgreementLine,
    Appearance,
    Backlink,
    Body,
    Count,
    DateView,
    LinkView,
    Pager,
    QuoteView,
    View,
)
from digest.values import Value, replaced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.dates import PartialDate
    from digest.linking.kinds.actor import Actor
    from digest.linking.site import Site
    from digest.pages.lens import Lens
    from digest.pages.urls import Page


class Role(Value, kw_only=True):
    """An office: `title` ("Foreign minister"), `of`, dates as written; `current` on the day of the build."""

    title: str
    of: LinkView | None
    start: DateView | None
    end: DateView | None
    current: bool


class Participation(Value, kw_only=True):
    """An actor's part in an agreement: `part` is "party", "third party", "signatory" or "signatory for …"."""

    agreement: AgreementLine
    part: str


class ActorView(View, kw_only=True):
    """`actors/<id>/`: template `actor.html`.

    Older parts of the record have no more than their entries: `first_page` is false.
    """

    name: str
    kind: str
    first_page: bool
    aliases: tuple[str, ...] = ()
    former_names: tuple[tuple[str, DateView | None, DateView | None], ...] = ()
    office: str = ""
    roles: tuple[Role, ...] = ()
    office_holders: tuple[Role, ...] = ()
    same_as: tuple[LinkView, ...] = ()
    body: Body = NO_BODY
    latest_quote: QuoteView | None = None
    quote_count: int = 0
    entry_count: int = 0
    speaking_count: int = 0
    agreements: tuple[Participation, ...] = ()
    topics: tuple[Count, ...] = ()
    co_speakers: tuple[Count, ...] = ()
    record: tuple[Appearance, ...]
    pager: Pager
    backlinks: tuple[Backlink, ...] = ()


def _sight(site: Site, page: Page) -> Sight:
    own, record = Target(Kind.ACTOR, page.key), site.actors[page.key]
    part = part_of(record.entries, page, site.config.page_size)
    if not part.newest:
        return Sight(part=part, named=(own,))
    last_words = (record.counts.last_words.entry,) if record.counts.last_words else ()
    return Sight(part=part, entries=last_words, records=(own,), everyone=True, facts=(Fact.DAY, Fact.PAGES))


def _view(lens: Lens, page: Page) -> ActorView:
    own, part = Target(Kind.ACTOR, page.key), lens.part
    matter = lens.actor(page.key).matter
    older = ActorView(
        head=head(lens, page, matter.name, above=(section(lens, ACTORS),)),
        name=matter.name,
        kind=matter.kind,
        first_page=part.newest,
        record=tuple(appearance(lens, key, own, concerns=lambda spoken: spoken.speaker == own.id) for key in part.keys),
        pager=pager(lens, page, part),
    )
    return _with_profile(lens, older, lens.actor_record(page.key), own=own) if part.newest else older


def _with_profile(lens: Lens, view: ActorView, record: Actor, *, own: Target) -> ActorView:
    """Return the newest part of an actor's record, which says who this is."""
    matter, today = record.matter, whole(lens.today)
    return replaced(
        view,
        aliases=(*(alias.text for alias in matter.aliases), *matter.weak_aliases),
        former_names=tuple((period.name, optional(period.start), optional(period.end)) for period in matter.names),
        office=office(lens, own.id, today),
        roles=tuple(_roles(lens, record, today)),
        office_holders=tuple(_holder(lens, *holder, day=today) for holder in record.office_holders),
        same_as=tuple(LinkView(url=url, label=url.partition("://")[2].rstrip("/")) for url in matter.same_as),
        body=body(lens, record.document, record.bound),
        latest_quote=_last_words(lens, record),
        quote_count=record.counts.quote_count,
        entry_count=len(record.entries),
        speaking_count=record.counts.speaking_count,
        agreements=tuple(
            Participation(agreement=agreement_line(lens, name, lens.today), part=what)
            for name, what in record.agreements
        ),
        topics=counts(lens, Kind.TOPIC, record.counts.topics),
        co_speakers=counts(lens, Kind.ACTOR, record.counts.co_speakers),
        backlinks=backlinks(lens, own),
    )


def _last_words(lens: Lens, record: Actor) -> QuoteView | None:
    last = record.counts.last_words
    return quotes(lens, last.entry)[last.number] if last else None


def _roles(lens: Lens, record: Actor, today: PartialDate) -> Iterator[Role]:
    held = roles_on(record.matter, today)
    for role, of in zip(record.matter.roles, record.shown.offices, strict=True):
        yield Role(
            title=role.title,
            of=actor_link(lens, of, today) if of else None,
            start=optional(role.start),
            end=optional(role.end),
            current=role in held,
        )


def _holder(lens: Lens, name: str, number: int, *, day: PartialDate) -> Role:
    """Return the office that somebody held of an actor's, by its number among that person's roles."""
    matter = lens.actor(name).matter
    role = matter.roles[number]
    return Role(
        title=role.title,
        of=actor_link(lens, name, day),
        start=optional(role.start),
        end=optional(role.end),
        current=role in roles_on(matter, day),
    )


class ActorLine(Value, kw_only=True):
    """A row of the actor index."""

    link: LinkView
    office: str
    quotes: int
    entries: int


class ActorGroup(Value, kw_only=True):
    """One kind of actor in the index: "person", "organisation", "state", "group"."""

    kind: str
    label: str
    actors: tuple[ActorLine, ...]


class ActorsView(View, kw_only=True):
    """`actors/`: template `actors.html`."""

    groups: tuple[ActorGroup, ...]


_GROUPS = {"person": "People", "state": "States", "organisation": "Organisations", "group": "Groups"}
"""The kinds of actors in the order of the index, and what they are called there."""


def _index_sight(_site: Site, _page: Page) -> Sight:
    return Sight(everyone=True, facts=(Fact.ACTORS, Fact.DAY))


def _index(lens: Lens, page: Page) -> ActorsView:
    lines: dict[str, list[ActorLine]] = {kind: [] for kind in _GROUPS}
    today = whole(lens.today)
    for name, (quoted, entries) in lens.actors.items():
        line = ActorLine(link=actor_link(lens, name), office=office(lens, name, today), quotes=quoted, entries=entries)
        lines[lens.actor(name).matter.kind].append(line)
    groups = (
        ActorGroup(kind=kind, label=label, actors=tuple(lines[kind])) for kind, label in _GROUPS.items() if lines[kind]
    )
    return ActorsView(head=head(lens, page, ACTORS.section), groups=tuple(groups))


ACTOR = PageKind(
    name="actor",
    route=Route("/actors/", SLUG, "/", paged=True),
    keys=lambda site: site.actors,
    sources=lambda site: lambda name: site.actors[name].document.path,
    length=lambda site, name: len(site.actors[name].entries),
    sight=_sight,
    view=_view,
)
ACTORS = PageKind(name="actors", route=Route("/actors/"), sight=_index_sight, view=_index, section="Actors")
