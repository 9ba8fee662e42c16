"""Links to records, labelled as they were called on a day, with offices and statuses of that day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.linking.offices import roles_on
from digest.linking.status import in_order, status_on
from digest.linking.targets import ASSET, Target
from digest.model import Kind
from digest.pages.cache import remembered
from digest.pages.parts.dates import optional
from digest.pages.urls import Page, asset_url
from digest.pages.views import AgreementLine, Count, LinkView

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from digest.content.matter import RoleMatter
    from digest.dates import PartialDate
    from digest.pages.lens import Lens


def url_of_target(lens: Lens, target: Target) -> str:
    if target.kind == ASSET:
        return asset_url(target.id)
    anchor = f"#{target.anchor}" if target.anchor else ""
    return lens.url_of(Page(target.kind, target.id)) + anchor


@remembered()
def record_link(lens: Lens, target: Target, day: PartialDate | None = None) -> LinkView:
    """Return a link to any record, labelled as it was called on the day."""
    return LinkView(url=url_of_target(lens, target), label=lens.label(target, day))


@remembered()
def actor_link(lens: Lens, name: str, day: PartialDate | None = None) -> LinkView:
    return record_link(lens, Target(Kind.ACTOR, name), day)


def actor_links(lens: Lens, names: Iterable[str], day: PartialDate | None = None) -> tuple[LinkView, ...]:
    return tuple(actor_link(lens, name, day) for name in names)


def topic_links(lens: Lens, names: Iterable[str]) -> tuple[LinkView, ...]:
    return tuple(record_link(lens, Target(Kind.TOPIC, name)) for name in names)


def counts(lens: Lens, kind: str, pairs: Iterable[tuple[str, int]]) -> tuple[Count, ...]:
    return tuple(Count(link=record_link(lens, Target(kind, name)), count=count) for name, count in pairs)


def role_words(lens: Lens, role: RoleMatter, of: str, *, day: PartialDate) -> str:
    """Return an office in words: "Foreign minister, Russia"; `of` is the id of whom it belongs to, or ""."""
    return f"{role.title}, {actor_link(lens, of, day).label}" if of else role.title


@remembered()
def office(lens: Lens, name: str, day: PartialDate) -> str:
    """Return the offices an actor held on a day, in words; "" when none is known."""
    actor = lens.actor(name)
    held = roles_on(actor.matter, day)
    owners = zip(actor.matter.roles, actor.offices, strict=True)
    return "; ".join(role_words(lens, role, of, day=day) for role, of in owners if role in held)


@remembered()
def agreement_line(lens: Lens, name: str, day: date) -> AgreementLine:
    """Return an agreement with its status on a day."""
    agreement = lens.agreement(name)
    status = status_on(agreement.matter, day)
    signed = next((event.date for event in in_order(agreement.matter.events) if event.event.text == "signed"), None)
    return AgreementLine(
        link=record_link(lens, Target(Kind.AGREEMENT, name)),
        kind=agreement.matter.kind or "",
        status=status.word,
        since=optional(status.since),
        signed=optional(signed),
        parties=actor_links(lens, agreement.parties),
    )


@remembered()
def status_then(lens: Lens, target: Target, day: PartialDate) -> str:
    """Return an agreement's status on a day; "" for other records, and where a vague date leaves it open."""
    if target.kind != Kind.AGREEMENT:
        return ""
    matter = lens.agreement(target.id).matter
    status = status_on(matter, day.first).word
    return status if status == status_on(matter, day.last).word else ""
