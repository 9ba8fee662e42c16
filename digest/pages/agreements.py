"""Views of agreements and of their index."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from digest.linking.status import in_order, status_after, status_on
from digest.linking.targets import Target
from digest.model import Kind
from digest.pages.bodies import body
from digest.pages.paging import is_newest, pager, part
from digest.pages.parts import (
    actor_link,
    actor_links,
    agreement_label,
    agreement_line,
    appearance,
    backlinks,
    counts,
    head,
    office,
    optional,
    partial,
    record_link,
    section,
)
from digest.pages.views import (
    AgreementRow,
    AgreementsView,
    AgreementView,
    Body,
    EventView,
    Relation,
    Signatory,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.content.matter import EventMatter
    from digest.dates import PartialDate
    from digest.linking.site import Agreement, Site
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
_EMPTY = Body(path="", fragment="")


def agreement(site: Site, page: Page) -> AgreementView:
    record = site.agreements[page.key]
    matter, size = record.matter, site.config.page_size
    newest = is_newest(page, len(record.entries), size)
    status, own = status_on(matter, site.config.today), Target(Kind.AGREEMENT, page.key)
    return AgreementView(
        head=head(
            site,
            page,
            agreement_label(record),
            above=(section("agreements"),),
            newest=newest,
        ),
        name=matter.name,
        short_name=matter.short_name or "",
        kind=matter.kind or "",
        process=matter.process or "",
        first_page=newest,
        aliases=tuple(alias.text for alias in matter.aliases) if newest else (),
        status=status.word if newest else "",
        since=optional(status.since) if newest else None,
        parties=actor_links(site, record.shown.parties) if newest else (),
        third_parties=actor_links(site, record.shown.third_parties) if newest else (),
        signatories=_signatories(site, record) if newest else (),
        events=_events(site, record) if newest else (),
        relations=_relations(site, record) if newest else (),
        text_url=(matter.text_url or "") if newest else "",
        body=body(site, record.document, record.bound) if newest else _EMPTY,
        quote_count=record.counts.quote_count if newest else 0,
        entry_count=len(record.entries) if newest else 0,
        topics=counts(site, Kind.TOPIC, record.counts.topics) if newest else (),
        record=tuple(
            appearance(site, key, own, concerns=lambda spoken: own in spoken.about)
            for key in part(record.entries, page, size)
        ),
        pager=pager(page, len(record.entries), size),
        backlinks=backlinks(site, own) if newest else (),
    )


def _signatories(site: Site, record: Agreement) -> tuple[Signatory, ...]:
    """Return who signed, with the office held on the day their party signed, else of the first signature."""
    signed = [(party, event.date) for event, party in _acts(record) if event.event.text == "signed"]
    days, first = dict(reversed(signed)), signed[0][1] if signed else None
    return tuple(_signatory(site, name, party, day=days.get(party, first)) for name, party in record.shown.signatories)


def _signatory(site: Site, name: str, party: str, *, day: PartialDate | None) -> Signatory:
    return Signatory(
        actor=actor_link(site, name, day),
        for_party=actor_link(site, party, day) if party else None,
        office=office(site, name, day) if day else "",
    )


def _acts(record: Agreement) -> list[tuple[EventMatter, str]]:
    """Return events in order, each with the party whose act it was, or ""."""
    return list(zip(in_order(record.matter.events), record.event_parties, strict=True))


def _events(site: Site, record: Agreement) -> tuple[EventView, ...]:
    return tuple(
        EventView(
            event=event.event.text,
            label=_EVENTS[event.event.text],
            date=partial(event.date),
            party=actor_link(site, party, event.date) if party else None,
            place=event.place or "",
            note=event.note or "",
            source=event.source or "",
            status_after=status_after(record.matter, event),
        )
        for event, party in _acts(record)
    )


def _relations(site: Site, record: Agreement) -> tuple[Relation, ...]:
    own = [(_RELATIONS[kind][0], name) for kind, name in record.relations]
    others = [(_RELATIONS[kind][1], name) for kind, name in record.related_from]
    return tuple(
        Relation(label=label, agreement=record_link(site, Target(Kind.AGREEMENT, name)))
        for label, name in _unique([*own, *others])
    )


def _unique(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [pair for pair, _ in groupby(sorted(pairs))]


def agreements(site: Site, page: Page) -> AgreementsView:
    return AgreementsView(
        head=head(site, page, "Agreements"),
        agreements=tuple(
            AgreementRow(line=agreement_line(site, name, site.config.today), entries=len(record.entries))
            for name, record in site.agreements.items()
        ),
    )
