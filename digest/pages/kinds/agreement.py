"""Agreements, each with its life and its record, and their index."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from digest.linking.status import in_order, status_after, status_on
from digest.linking.targets import Target
from digest.model import Kind
from digest.pages.kind import PageKind
from digest.pages.paging import part_of
from digest.pages.parts.bodies import body
from digest.pages.parts.cards import appearance, backlinks
from digest.pages.parts.dates import optional, partial
from digest.pages.parts.heads import head, pager, section
from digest.pages.parts.links import actor_link, actor_links, agreement_line, counts, office, record_link
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
    View,
)
from digest.values import Value, replaced

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.content.matter import EventMatter
    from digest.dates import PartialDate
    from digest.linking.kinds.agreement import Agreement
    from digest.linking.site import Site
    from digest.pages.lens import Lens
    from digest.pages.urls import Page

_EVENTS = {
    "signed": "Signed",
    "ratified": "Ratified",
    "accepted": "Accepted",
    "approved": "Approved",
    "acceded": "Acceded to",
    "provisional": "Provisionally applied",
    "in-force": "Entered into force",
    "amended": "Amended",
    "suspended": "Suspended",
    "withdrawn": "Withdrawn from",
    "terminated": "Terminated",
    "superseded": "Superseded",
}
_RELATIONS = {
    "implements": ("Implements", "Implemented by"),
    "amends": ("Amends", "Amended by"),
    "supersedes": ("Supersedes", "Superseded by"),
    "complements": ("Complements", "Complemented by"),
    "based-on": ("Based on", "Basis of"),
}
"""What each relation is called on the page of the one that states it, and on that of the other."""


class EventView(Value, kw_only=True):
    """A dated event of an agreement; `label` is its word for people ("Entered into force")."""

    event: str
    label: str
    date: DateView
    party: LinkView | None
    place: str
    note: str
    source: str
    status_after: str


class Signatory(Value, kw_only=True):
    """Who signed, for whom, in which office on the day of signature."""

    actor: LinkView
    for_party: LinkView | None
    office: str


class Relation(Value, kw_only=True):
    """A typed relation to another agreement: `label` reads "Implements" or "Implemented by"."""

    label: str
    agreement: LinkView


class AgreementView(View, kw_only=True):
    """`agreements/<id>/`: template `agreement.html`.

    Older parts of the record have no more than their entries: `first_page` is false.
    """

    name: str
    short_name: str
    kind: str
    process: str
    first_page: bool
    aliases: tuple[str, ...] = ()
    status: str = ""
    since: DateView | None = None
    parties: tuple[LinkView, ...] = ()
    third_parties: tuple[LinkView, ...] = ()
    signatories: tuple[Signatory, ...] = ()
    events: tuple[EventView, ...] = ()
    relations: tuple[Relation, ...] = ()
    text_url: str = ""
    body: Body = NO_BODY
    quote_count: int = 0
    entry_count: int = 0
    topics: tuple[Count, ...] = ()
    record: tuple[Appearance, ...]
    pager: Pager
    backlinks: tuple[Backlink, ...] = ()


def _sight(site: Site, page: Page) -> Sight:
    own, record = Target(Kind.AGREEMENT, page.key), site.agreements[page.key]
    part = part_of(record.entries, page, site.config.page_size)
    if not part.newest:
        return Sight(part=part, named=(own,))
    return Sight(part=part, records=(own,), everyone=True, facts=(Fact.DAY, Fact.PAGES))


def _view(lens: Lens, page: Page) -> AgreementView:
    own, part = Target(Kind.AGREEMENT, page.key), lens.part
    matter = lens.agreement(page.key).matter
    older = AgreementView(
        head=head(lens, page, lens.label(own), above=(section(lens, AGREEMENTS),)),
        name=matter.name,
        short_name=matter.short_name or "",
        kind=matter.kind or "",
        process=matter.process or "",
        first_page=part.newest,
        record=tuple(appearance(lens, key, own, concerns=lambda spoken: own in spoken.about) for key in part.keys),
        pager=pager(lens, page, part),
    )
    return _with_profile(lens, older, lens.agreement_record(page.key), own=own) if part.newest else older


def _with_profile(lens: Lens, view: AgreementView, record: Agreement, *, own: Target) -> AgreementView:
    """Return the newest part of an agreement's record, which says what it is."""
    matter = record.matter
    status = status_on(matter, lens.today)
    return replaced(
        view,
        aliases=tuple(alias.text for alias in matter.aliases),
        status=status.word,
        since=optional(status.since),
        parties=actor_links(lens, record.shown.parties),
        third_parties=actor_links(lens, record.shown.third_parties),
        signatories=_signatories(lens, record),
        events=_events(lens, record),
        relations=_relations(lens, record),
        text_url=matter.text_url or "",
        body=body(lens, record.document, record.bound),
        quote_count=record.counts.quote_count,
        entry_count=len(record.entries),
        topics=counts(lens, Kind.TOPIC, record.counts.topics),
        backlinks=backlinks(lens, own),
    )


def _signatories(lens: Lens, record: Agreement) -> tuple[Signatory, ...]:
    """Return who signed, with the office held on the day their party signed, else of the first signature."""
    signed = [(party, event.date) for event, party in _acts(record) if event.event.text == "signed"]
    days, first = dict(reversed(signed)), signed[0][1] if signed else None
    return tuple(_signatory(lens, name, party, day=days.get(party, first)) for name, party in record.shown.signatories)


def _signatory(lens: Lens, name: str, party: str, *, day: PartialDate | None) -> Signatory:
    return Signatory(
        actor=actor_link(lens, name, day),
        for_party=actor_link(lens, party, day) if party else None,
        office=office(lens, name, day) if day else "",
    )


def _acts(record: Agreement) -> list[tuple[EventMatter, str]]:
    """Return events in order, each with the party whose act it was, or ""."""
    return list(zip(in_order(record.matter.events), record.event_parties, strict=True))


def _events(lens: Lens, record: Agreement) -> tuple[EventView, ...]:
    return tuple(
        EventView(
            event=event.event.text,
            label=_EVENTS[event.event.text],
            date=partial(event.date),
            party=actor_link(lens, party, event.date) if party else None,
            place=event.place or "",
            note=event.note or "",
            source=event.source or "",
            status_after=status_after(record.matter, event),
        )
        for event, party in _acts(record)
    )


def _relations(lens: Lens, record: Agreement) -> tuple[Relation, ...]:
    own = [(_RELATIONS[kind][0], name) for kind, name in record.relations]
    others = [(_RELATIONS[kind][1], name) for kind, name in record.related_from]
    return tuple(
        Relation(label=label, agreement=record_link(lens, Target(Kind.AGREEMENT, name)))
        for label, name in _unique([*own, *others])
    )


def _unique(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [pair for pair, _ in groupby(sorted(pairs))]


class AgreementRow(Value, kw_only=True):
    """A row of the agreement index: the agreement, and how many entries concern it."""

    line: AgreementLine
    entries: int


class AgreementsView(View, kw_only=True):
    """`agreements/`: template `agreements.html`; newest signature first."""

    agreements: tuple[AgreementRow, ...]


def _index_sight(_site: Site, _page: Page) -> Sight:
    return Sight(everyone=True, facts=(Fact.AGREEMENTS, Fact.DAY))


def _index(lens: Lens, page: Page) -> AgreementsView:
    rows = (
        AgreementRow(line=agreement_line(lens, name, lens.today), entries=entries)
        for name, entries in lens.agreements.items()
    )
    return AgreementsView(head=head(lens, page, AGREEMENTS.section), agreements=tuple(rows))


AGREEMENT = PageKind(
    name="agreement",
    route=Route("/agreements/", SLUG, "/", paged=True),
    keys=lambda site: site.agreements,
    sources=lambda site: lambda name: site.agreements[name].document.path,
    length=lambda site, name: len(site.agreements[name].entries),
    sight=_sight,
    view=_view,
)
AGREEMENTS = PageKind(
    name="agreements", route=Route("/agreements/"), sight=_index_sight, view=_index, section="Agreements"
)
