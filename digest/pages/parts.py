"""The parts that views share: links, dates, cards, quotations, bodies, backlinks."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from digest.dates import Moment, PartialDate, whole
from digest.linking.offices import name_on, roles_on
from digest.linking.status import in_order, status_on
from digest.linking.targets import ASSET, Target
from digest.model import Kind
from digest.pages.memo import remembered
from digest.pages.urls import Page, asset_url, url_of
from digest.pages.views import (
    AgreementLine,
    Appearance,
    Backlink,
    Card,
    Count,
    DateView,
    Day,
    Head,
    LinkView,
    QuoteView,
    Sentence,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from digest.content.matter import RoleMatter
    from digest.linking.records import BoundQuote, Entry, QuoteFacts
    from digest.linking.site import Agreement, Backlinks, Site
    from digest.model import Context

_DATES = 4096
"""Dates whose views are kept: those of a few years, in half a megabyte."""

_QUOTED = 1000
"""Entries whose quotations are kept, for they are large."""


def url_of_target(target: Target) -> str:
    if target.kind == ASSET:
        return asset_url(target.id)
    anchor = f"#{target.anchor}" if target.anchor else ""
    return url_of(Page(target.kind, target.id)) + anchor


@lru_cache(_DATES)
def partial(value: PartialDate) -> DateView:
    return DateView(iso=value.iso, text=value.text)


def optional(value: PartialDate | None) -> DateView | None:
    return partial(value) if value else None


def day_view(value: date) -> DateView:
    return partial(whole(value))


def moment(site: Site, value: Moment | None) -> DateView | None:
    """Return a moment as the clocks of the site's zone show it; `iso` is as written."""
    if value is None:
        return None
    zone = site.config.zone
    clock = f", {value.instant(zone).astimezone(zone):%H:%M}" if value.clock else ""
    return DateView(iso=value.iso, text=whole(value.civil(zone)).text + clock)


def head(
    site: Site,
    page: Page,
    title: str,
    *,
    description: str = "",
    lang: str = "",
    above: tuple[LinkView, ...] = (),
    newest: bool = True,
) -> Head:
    """Return a page's head; `newest` is false for older parts of a list, whose title says which."""
    url = url_of(page)
    bare = url_of(page._replace(number=0)) if newest else url
    return Head(
        url=url,
        canonical=site.config.base_url + bare if site.config.base_url else "",
        title=title if newest else f"{title}, part {page.number}",
        description=" ".join(description.split()),
        lang=lang or site.config.lang,
        breadcrumbs=above,
    )


def section(kind: str) -> LinkView:
    """Return the index page of a kind of record."""
    label = {"actors": "Actors", "topics": "Topics", "agreements": "Agreements", "archive": "Archive"}[kind]
    return LinkView(url=url_of(Page(kind)), label=label)


@remembered()
def actor_link(site: Site, name: str, day: PartialDate | None = None) -> LinkView:
    return LinkView(url=url_of(Page("actor", name)), label=name_on(site.called[name].matter, day))


def agreement_label(agreement: Agreement) -> str:
    return agreement.matter.short_name or agreement.matter.name


@remembered()
def record_link(site: Site, target: Target, day: PartialDate | None = None) -> LinkView:
    """Return a link to any record, labelled as it was called on the day."""
    match target.kind:
        case Kind.ACTOR:
            label = name_on(site.called[target.id].matter, day)
        case Kind.TOPIC:
            label = site.topics[target.id].matter.name
        case Kind.AGREEMENT:
            label = agreement_label(site.agreements[target.id])
        case Kind.ARTICLE:
            label = site.entries[target.id].shown.title
        case _:
            label = site.pages[target.id].matter.title
    return LinkView(url=url_of_target(target), label=label)


def topic_links(site: Site, names: Iterable[str]) -> tuple[LinkView, ...]:
    return tuple(record_link(site, Target(Kind.TOPIC, name)) for name in names)


def actor_links(site: Site, names: Iterable[str], day: PartialDate | None = None) -> tuple[LinkView, ...]:
    return tuple(actor_link(site, name, day) for name in names)


def counts(site: Site, kind: Kind, pairs: Iterable[tuple[str, int]]) -> tuple[Count, ...]:
    return tuple(Count(link=record_link(site, Target(kind, name)), count=count) for name, count in pairs)


def role_words(site: Site, role: RoleMatter, of: str, *, day: PartialDate) -> str:
    """Return an office in words: "Foreign minister, Russia"; `of` is the id of whom it belongs to, or ""."""
    return f"{role.title}, {actor_link(site, of, day).label}" if of else role.title


@remembered()
def office(site: Site, name: str, day: PartialDate) -> str:
    """Return the offices an actor held on a day, in words; "" when none is known."""
    actor = site.called[name]
    held = roles_on(actor.matter, day)
    owners = zip(actor.matter.roles, actor.offices, strict=True)
    return "; ".join(role_words(site, role, of, day=day) for role, of in owners if role in held)


@remembered()
def agreement_line(site: Site, name: str, day: date) -> AgreementLine:
    """Return an agreement with its status on a day."""
    agreement = site.agreements[name]
    status = status_on(agreement.matter, day)
    signed = next((event.date for event in in_order(agreement.matter.events) if event.event.text == "signed"), None)
    return AgreementLine(
        link=record_link(site, Target(Kind.AGREEMENT, name)),
        kind=agreement.matter.kind or "",
        status=status.word,
        since=optional(status.since),
        signed=optional(signed),
        parties=actor_links(site, agreement.shown.parties),
    )


@remembered()
def card(site: Site, key: str) -> Card:
    entry = site.entries[key]
    shown, concerns = entry.shown, entry.concerns
    day = whole(shown.day)
    return Card(
        url=url_of(Page("article", key)),
        title=shown.title,
        date=day_view(shown.day),
        summary=shown.summary,
        lang=shown.lang or site.config.lang,
        publisher=shown.publisher,
        speakers=actor_links(site, concerns.speakers, day),
        agreements=tuple(record_link(site, Target(Kind.AGREEMENT, name)) for name in concerns.agreements),
        quote_count=len(concerns.quotes),
        note_count=shown.note_count,
        badge=entry.badge,
    )


def days(site: Site, keys: Iterable[str]) -> tuple[Day, ...]:
    """Group entries, newest first, by day."""
    return tuple(
        Day(date=day_view(day), cards=tuple(card(site, key) for key in group))
        for day, group in groupby(keys, key=lambda key: site.entries[key].shown.day)
    )


@remembered(_QUOTED)
def quotes(site: Site, key: str) -> tuple[QuoteView, ...]:
    """Return all quotations of an entry, in the order of `Concerns.quotes`."""
    return tuple(_quote(site, said) for said in site.quotations[site.entries[key].revision].quotes)


def appearance(site: Site, key: str, own: Target, *, concerns: Callable[[QuoteFacts], bool]) -> Appearance:
    """Return an entry in the record of `own`, with the quotations that concern it."""
    entry = site.entries[key]
    numbers = [number for number, spoken in enumerate(entry.concerns.quotes) if concerns(spoken)]
    return Appearance(
        card=card(site, key),
        quotes=tuple(quotes(site, key)[number] for number in numbers),
        sentences=() if numbers else sentences(site, entry, own),
    )


def _quote(site: Site, said: BoundQuote) -> QuoteView:
    entry, own = site.entries[said.entry], said.wording
    url = f"{url_of(Page('article', said.entry))}#{own.id}"
    speaker = LinkView(url="", label=own.description)
    if said.speaker:
        named = actor_link(site, said.speaker, said.date)
        speaker = LinkView(url=named.url, label=own.description or named.label)
    return QuoteView(
        id=own.id,
        url=url,
        speaker=speaker,
        office=office(site, said.speaker, said.date) if said.speaker else "",
        paragraphs=said.paragraphs,
        original=own.original,
        original_lang=own.original_lang,
        occasion=own.occasion,
        date=partial(said.date),
        kind=own.kind,
        stance=own.stance,
        about=tuple(record_link(site, target, said.date) for target in said.about),
        statuses=tuple(_status_then(site, target, said.date) for target in said.about),
        on_behalf_of=actor_link(site, said.on_behalf_of, said.date) if said.on_behalf_of else None,
        article=LinkView(url=url_of(Page("article", said.entry)), label=entry.shown.title),
        inline=own.inline,
    )


@remembered()
def _status_then(site: Site, target: Target, day: PartialDate) -> str:
    """Return an agreement's status on a day; "" for other records, and where a vague date leaves it open."""
    if target.kind != Kind.AGREEMENT:
        return ""
    matter = site.agreements[target.id].matter
    status = status_on(matter, day.first).word
    return status if status == status_on(matter, day.last).word else ""


def sentence(context: Context) -> Sentence:
    return Sentence(before=context.before, mention=context.mention, after=context.after)


def sentences(site: Site, entry: Entry, target: Target) -> tuple[Sentence, ...]:
    """Return the sentences of an entry that mention a record."""
    return tuple(
        sentence(mention.context) for mention in site.quotations[entry.revision].mentions if mention.target == target
    )


@remembered()
def _all_backlinks(site: Site) -> Mapping[Target, Backlinks]:
    return dict(site.index.backlinks)


def backlinks(site: Site, target: Target) -> tuple[Backlink, ...]:
    """Return the pages besides entries that mention a record."""
    found = _all_backlinks(site).get(target, ())
    return tuple(
        Backlink(
            link=record_link(site, source),
            kind=str(source.kind),
            sentences=tuple(sentence(context) for context in contexts),
        )
        for source, contexts in found
    )
