"""Views of actors, topics and agreements, and of their indexes."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from digest.dates import whole
from digest.linking.offices import roles_on
from digest.linking.site import Target
from digest.linking.status import in_order, status_after, status_on
from digest.model import Kind
from digest.pages.paging import is_newest, pager, part
from digest.pages.parts import (
    actor_link,
    actor_links,
    agreement_label,
    agreement_line,
    backlinks,
    body,
    card,
    counts,
    days,
    head,
    office,
    optional,
    partial,
    quote,
    record_link,
    section,
    sentences,
)
from digest.pages.views import (
    ActorGroup,
    ActorLine,
    ActorsView,
    ActorView,
    AgreementsView,
    AgreementView,
    Appearance,
    Body,
    EventView,
    LinkView,
    Participation,
    Relation,
    Role,
    Signatory,
    TopicLine,
    TopicsView,
    TopicView,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.content.matter import RoleMatter
    from digest.dates import PartialDate
    from digest.linking.site import Actor, Agreement, Said, Site
    from digest.pages.urls import Page

_KINDS = {"person": "People", "state": "States", "organisation": "Organisations", "group": "Groups"}
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


def actor(site: Site, page: Page) -> ActorView:
    record = site.actors[page.key]
    matter, size = record.matter, site.config.page_size
    newest = is_newest(page, len(record.entries), size)
    today, own = whole(site.config.today), Target(Kind.ACTOR, page.key)
    said = _said_by(site, record)
    return ActorView(
        head=head(site, page, matter.name, section="actors", above=(section("actors"),), newest=newest),
        name=matter.name,
        kind=matter.kind,
        first_page=newest,
        aliases=(*(alias.text for alias in matter.aliases), *matter.weak_aliases) if newest else (),
        former_names=tuple(
            (period.name, optional(period.start), optional(period.end)) for period in matter.names if newest
        ),
        office=office(site, page.key, today) if newest else "",
        roles=tuple(_role(site, role, today) for role in matter.roles) if newest else (),
        office_holders=tuple(_holder(site, *holder, day=today) for holder in record.office_holders if newest),
        same_as=tuple(LinkView(url=url, label=url.partition("://")[2].rstrip("/")) for url in matter.same_as)
        if newest
        else (),
        body=body(site, record.document, record.bound) if newest else _EMPTY,
        latest_quote=quote(site, said[0]) if said and newest else None,
        quote_count=len(said) if newest else 0,
        entry_count=len(record.entries) if newest else 0,
        speaking_count=len(record.speaks_in) if newest else 0,
        agreements=tuple(
            Participation(agreement=agreement_line(site, name, site.config.today), part=what)
            for name, what in record.agreements
            if newest
        ),
        topics=counts(site, Kind.TOPIC, record.topics) if newest else (),
        co_speakers=counts(site, Kind.ACTOR, record.co_speakers) if newest else (),
        record=tuple(_actor_appearance(site, key, own) for key in part(record.entries, page, size)),
        pager=pager(page, len(record.entries), size),
        backlinks=backlinks(site, own) if newest else (),
    )


def _said_by(site: Site, record: Actor) -> list[Said]:
    """Return an actor's quotations, the newest entry's first."""
    name = record.document.id
    keys = (key for key in record.entries if key in record.speaks_in)
    return [said for key in keys for said in site.entries[key].quotes if said.speaker == name]


def _role(site: Site, role: RoleMatter, today: PartialDate) -> Role:
    target = next(iter(site.names.find(role.of.text, (Kind.ACTOR,))), None) if role.of else None
    return Role(
        title=role.title,
        of=actor_link(site, target.id, today) if target else None,
        start=optional(role.start),
        end=optional(role.end),
        current=_current(role, today),
    )


def _current(role: RoleMatter, today: PartialDate) -> bool:
    started = role.start is None or role.start.first <= today.first
    return started and (role.end is None or role.end.first > today.first)


def _holder(site: Site, name: str, number: int, *, day: PartialDate) -> Role:
    role = site.actors[name].matter.roles[number]
    return Role(
        title=role.title,
        of=actor_link(site, name, day),
        start=optional(role.start),
        end=optional(role.end),
        current=_current(role, day),
    )


def _actor_appearance(site: Site, key: str, own: Target) -> Appearance:
    entry = site.entries[key]
    said = [words for words in entry.quotes if words.speaker == own.id]
    return Appearance(
        card=card(site, key),
        speaks=own.id in entry.speakers,
        quotes=tuple(quote(site, words) for words in said),
        sentences=() if said else sentences(entry, own),
    )


def actors(site: Site, page: Page) -> ActorsView:
    today = whole(site.config.today)
    groups = []
    for kind, label in _KINDS.items():
        lines = tuple(
            ActorLine(
                link=actor_link(site, name),
                office=office(site, name, today),
                quotes=len(_said_by(site, record)),
                entries=len(record.entries),
            )
            for name, record in site.actors.items()
            if record.matter.kind == kind
        )
        if lines:
            groups.append(ActorGroup(kind=kind, label=label, actors=lines))
    return ActorsView(head=head(site, page, "Actors", section="actors"), groups=tuple(groups))


def topic(site: Site, page: Page) -> TopicView:
    record = site.topics[page.key]
    matter, size = record.matter, site.config.page_size
    newest = is_newest(page, len(record.entries), size)
    above = record_link(site, Target(Kind.TOPIC, record.broader)) if record.broader else None
    return TopicView(
        head=head(
            site,
            page,
            matter.name,
            section="topics",
            above=(section("topics"), *((above,) if above else ())),
            newest=newest,
        ),
        name=matter.name,
        first_page=newest,
        aliases=tuple(alias.text for alias in matter.aliases) if newest else (),
        body=body(site, record.document, record.bound) if newest else _EMPTY,
        broader=above if newest else None,
        narrower=counts(site, Kind.TOPIC, ((name, len(site.topics[name].entries)) for name in record.narrower))
        if newest
        else (),
        speakers=counts(site, Kind.ACTOR, record.speakers) if newest else (),
        agreements=tuple(agreement_line(site, name, site.config.today) for name in record.agreements if newest),
        entry_count=len(record.entries) if newest else 0,
        days=days(site, part(record.entries, page, size)),
        pager=pager(page, len(record.entries), size),
        backlinks=backlinks(site, Target(Kind.TOPIC, page.key)) if newest else (),
    )


def topics(site: Site, page: Page) -> TopicsView:
    top = [name for name, record in site.topics.items() if not record.broader]
    return TopicsView(
        head=head(site, page, "Topics", section="topics"), topics=tuple(_topic_line(site, name) for name in top)
    )


def _topic_line(site: Site, name: str) -> TopicLine:
    record = site.topics[name]
    return TopicLine(
        link=record_link(site, Target(Kind.TOPIC, name)),
        count=len(record.entries),
        narrower=tuple(_topic_line(site, below) for below in record.narrower),
    )


def agreement(site: Site, page: Page) -> AgreementView:
    record = site.agreements[page.key]
    matter, size = record.matter, site.config.page_size
    newest = is_newest(page, len(record.entries), size)
    status, own = status_on(matter, site.config.today), Target(Kind.AGREEMENT, page.key)
    return AgreementView(
        head=head(
            site, page, agreement_label(record), section="agreements", above=(section("agreements"),), newest=newest
        ),
        name=matter.name,
        short_name=matter.short_name or "",
        kind=matter.kind or "",
        process=matter.process or "",
        first_page=newest,
        aliases=tuple(alias.text for alias in matter.aliases) if newest else (),
        status=status.word if newest else "",
        since=optional(status.since) if newest else None,
        parties=actor_links(site, record.parties) if newest else (),
        third_parties=actor_links(site, record.third_parties) if newest else (),
        signatories=_signatories(site, record) if newest else (),
        events=_events(site, record) if newest else (),
        relations=_relations(site, record) if newest else (),
        text_url=(matter.text_url or "") if newest else "",
        body=body(site, record.document, record.bound) if newest else _EMPTY,
        quote_count=sum(len(_about(site, key, own)) for key in record.entries) if newest else 0,
        entry_count=len(record.entries) if newest else 0,
        topics=counts(site, Kind.TOPIC, record.topics) if newest else (),
        record=tuple(_agreement_appearance(site, key, own) for key in part(record.entries, page, size)),
        pager=pager(page, len(record.entries), size),
        backlinks=backlinks(site, own) if newest else (),
    )


def _signatories(site: Site, record: Agreement) -> tuple[Signatory, ...]:
    """Return who signed, with the office held on the day of the first signature."""
    signed = next((event.date for event in in_order(record.matter.events) if event.event.text == "signed"), None)
    return tuple(
        Signatory(
            actor=actor_link(site, name, signed),
            for_party=actor_link(site, party, signed) if party else None,
            office=office(site, name, signed) if signed else "",
        )
        for name, party in record.signatories
    )


def _events(site: Site, record: Agreement) -> tuple[EventView, ...]:
    ordered = in_order(record.matter.events)
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
        for event, party in zip(ordered, record.event_parties, strict=True)
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


def _about(site: Site, key: str, own: Target) -> list[Said]:
    return [said for said in site.entries[key].quotes if own in said.about]


def _agreement_appearance(site: Site, key: str, own: Target) -> Appearance:
    said = _about(site, key, own)
    return Appearance(
        card=card(site, key),
        speaks=bool(said),
        quotes=tuple(quote(site, words) for words in said),
        sentences=() if said else sentences(site.entries[key], own),
    )


def agreements(site: Site, page: Page) -> AgreementsView:
    return AgreementsView(
        head=head(site, page, "Agreements", section="agreements"),
        agreements=tuple(agreement_line(site, name, site.config.today) for name in site.agreements),
    )
