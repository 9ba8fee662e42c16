"""Views of actors and of their index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.dates import whole
from digest.linking.offices import roles_on
from digest.linking.targets import Target
from digest.model import Kind
from digest.pages.bodies import body
from digest.pages.paging import is_newest, pager, part
from digest.pages.parts import (
    actor_link,
    agreement_line,
    appearance,
    backlinks,
    counts,
    head,
    office,
    optional,
    quotes,
    section,
)
from digest.pages.views import (
    ActorGroup,
    ActorLine,
    ActorsView,
    ActorView,
    Body,
    LinkView,
    Participation,
    Role,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.dates import PartialDate
    from digest.linking.site import Actor, Site
    from digest.pages.urls import Page
    from digest.pages.views import QuoteView

_KINDS = {"person": "People", "state": "States", "organisation": "Organisations", "group": "Groups"}
_EMPTY = Body(path="", fragment="")


def actor(site: Site, page: Page) -> ActorView:
    record = site.actors[page.key]
    matter, size = record.matter, site.config.page_size
    newest = is_newest(page, len(record.entries), size)
    today, own = whole(site.config.today), Target(Kind.ACTOR, page.key)
    return ActorView(
        head=head(site, page, matter.name, above=(section("actors"),), newest=newest),
        name=matter.name,
        kind=matter.kind,
        first_page=newest,
        aliases=(*(alias.text for alias in matter.aliases), *matter.weak_aliases) if newest else (),
        former_names=tuple(
            (period.name, optional(period.start), optional(period.end)) for period in matter.names if newest
        ),
        office=office(site, page.key, today) if newest else "",
        roles=tuple(_roles(site, record, today)) if newest else (),
        office_holders=tuple(_holder(site, *holder, day=today) for holder in record.office_holders if newest),
        same_as=tuple(LinkView(url=url, label=url.partition("://")[2].rstrip("/")) for url in matter.same_as)
        if newest
        else (),
        body=body(site, record.document, record.bound) if newest else _EMPTY,
        latest_quote=_last_words(site, record) if newest else None,
        quote_count=record.counts.quote_count if newest else 0,
        entry_count=len(record.entries) if newest else 0,
        speaking_count=record.counts.speaking_count if newest else 0,
        agreements=tuple(
            Participation(agreement=agreement_line(site, name, site.config.today), part=what)
            for name, what in record.agreements
            if newest
        ),
        topics=counts(site, Kind.TOPIC, record.counts.topics) if newest else (),
        co_speakers=counts(site, Kind.ACTOR, record.counts.co_speakers) if newest else (),
        record=tuple(
            appearance(site, key, own, concerns=lambda spoken: spoken.speaker == own.id)
            for key in part(record.entries, page, size)
        ),
        pager=pager(page, len(record.entries), size),
        backlinks=backlinks(site, own) if newest else (),
    )


def _last_words(site: Site, record: Actor) -> QuoteView | None:
    last = record.counts.last_words
    return quotes(site, last.entry)[last.number] if last else None


def _roles(site: Site, record: Actor, today: PartialDate) -> Iterator[Role]:
    held = roles_on(record.matter, today)
    for role, of in zip(record.matter.roles, record.shown.offices, strict=True):
        yield Role(
            title=role.title,
            of=actor_link(site, of, today) if of else None,
            start=optional(role.start),
            end=optional(role.end),
            current=role in held,
        )


def _holder(site: Site, name: str, number: int, *, day: PartialDate) -> Role:
    matter = site.called[name].matter
    role = matter.roles[number]
    return Role(
        title=role.title,
        of=actor_link(site, name, day),
        start=optional(role.start),
        end=optional(role.end),
        current=role in roles_on(matter, day),
    )


def actors(site: Site, page: Page) -> ActorsView:
    today = whole(site.config.today)
    groups = []
    for kind, label in _KINDS.items():
        lines = tuple(
            ActorLine(
                link=actor_link(site, name),
                office=office(site, name, today),
                quotes=record.counts.quote_count,
                entries=len(record.entries),
            )
            for name, record in site.actors.items()
            if record.matter.kind == kind
        )
        if lines:
            groups.append(ActorGroup(kind=kind, label=label, actors=lines))
    return ActorsView(head=head(site, page, "Actors"), groups=tuple(groups))
