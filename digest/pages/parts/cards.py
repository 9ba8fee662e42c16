"""Entries as lists show them, and what mentions a record."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from digest.dates import whole
from digest.linking.targets import Target
from digest.model import Kind
from digest.pages.cache import remembered
from digest.pages.parts.dates import day_view
from digest.pages.parts.links import actor_links, record_link
from digest.pages.parts.quotes import quotes
from digest.pages.urls import Page
from digest.pages.views import Appearance, Backlink, Card, Day, Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from digest.linking.records import QuoteFacts
    from digest.model import Context
    from digest.pages.lens import Lens


@remembered()
def card(lens: Lens, key: str) -> Card:
    shown, concerns = lens.shown(key), lens.concerns(key)
    day = whole(shown.day)
    return Card(
        url=lens.url_of(Page("article", key)),
        title=shown.title,
        date=day_view(shown.day),
        summary=shown.summary,
        lang=shown.lang or lens.settings.lang,
        publisher=shown.publisher,
        speakers=actor_links(lens, concerns.speakers, day),
        agreements=tuple(record_link(lens, Target(Kind.AGREEMENT, name)) for name in concerns.agreements),
        quote_count=len(concerns.quotes),
        note_count=shown.note_count,
        badge=lens.badge(key),
    )


def days(lens: Lens, keys: Iterable[str]) -> tuple[Day, ...]:
    """Group entries, newest first, by day."""
    return tuple(
        Day(date=day_view(day), cards=tuple(card(lens, key) for key in group))
        for day, group in groupby(keys, key=lambda key: lens.shown(key).day)
    )


def appearance(lens: Lens, key: str, own: Target, *, concerns: Callable[[QuoteFacts], bool]) -> Appearance:
    """Return an entry in the record of `own`, with the quotations that concern it, else the sentences that name it."""
    numbers = [number for number, quote in enumerate(lens.concerns(key).quotes) if concerns(quote)]
    return Appearance(
        card=card(lens, key),
        quotes=tuple(quotes(lens, key)[number] for number in numbers),
        sentences=() if numbers else _sentences(lens, key, own),
    )


def _sentences(lens: Lens, key: str, target: Target) -> tuple[Sentence, ...]:
    """Return the sentences of an entry that mention a record."""
    return tuple(_sentence(mention.context) for mention in lens.quotations(key).mentions if mention.target == target)


def _sentence(context: Context) -> Sentence:
    return Sentence(before=context.before, mention=context.mention, after=context.after)


def backlinks(lens: Lens, target: Target) -> tuple[Backlink, ...]:
    """Return the pages besides entries that mention a record."""
    return tuple(
        Backlink(
            link=record_link(lens, source),
            kind=str(source.kind),
            sentences=tuple(_sentence(context) for context in contexts),
        )
        for source, contexts in lens.backlinks(target)
    )
