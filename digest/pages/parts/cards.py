"""Entries as lists show them, and what mentions a record."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from digest.dates import whole
from digest.linking.targets import Target
from digest.model import Kind
from digest.pages.lens import remembered
from digest.pages.parts.dates import day_view
from digest.pages.parts.links import actor_links, record_link
from digest.pages.parts.quotes import quotes
from digest.pages.urls import Page
from digest.pages.views import Appearance, Backlink, Card, Day, Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from digest.linking.records import Spoken
    from digest.model import Context
    from digest.pages.lens import Lens


@remembered()
def card(lens: Lens, key: str) -> Card:
    entry = lens.entry(key)
    day = whole(entry.day)
    return Card(
        url=lens.url_of(Page("article", key)),
        title=entry.title,
        date=day_view(entry.day),
        summary=entry.summary,
        lang=entry.lang or lens.settings.lang,
        publisher=entry.publisher,
        speakers=actor_links(lens, entry.speakers, day),
        agreements=tuple(record_link(lens, Target(Kind.AGREEMENT, name)) for name in entry.agreements),
        quote_count=len(entry.quotes),
        note_count=entry.note_count,
        badge=entry.badge,
    )


def days(lens: Lens, keys: Iterable[str]) -> tuple[Day, ...]:
    """Group entries, newest first, by day."""
    return tuple(
        Day(date=day_view(day), cards=tuple(card(lens, key) for key in group))
        for day, group in groupby(keys, key=lambda key: lens.entry(key).day)
    )


def appearance(lens: Lens, key: str, own: Target, *, concerns: Callable[[Spoken], bool]) -> Appearance:
    """Return an entry in the record of `own`, with the quotations that concern it, else the sentences that name it."""
    numbers = [number for number, spoken in enumerate(lens.entry(key).quotes) if concerns(spoken)]
    return Appearance(
        card=card(lens, key),
        quotes=tuple(quotes(lens, key)[number] for number in numbers),
        sentences=() if numbers else _sentences(lens, key, own),
    )


def _sentences(lens: Lens, key: str, target: Target) -> tuple[Sentence, ...]:
    """Return the sentences of an entry that mention a record."""
    return tuple(_sentence(mention.context) for mention in lens.words(key).mentions if mention.target == target)


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
