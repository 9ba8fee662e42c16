"""Quotations as pages show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.pages.cache import remembered
from digest.pages.parts.dates import partial
from digest.pages.parts.links import actor_link, office, record_link, status_then
from digest.pages.urls import Page
from digest.pages.views import LinkView, QuoteView

if TYPE_CHECKING:
    from digest.linking.records import BoundQuote
    from digest.pages.lens import Lens

_QUOTED = 1000
"""Entries whose quotations are kept, for they are large."""


@remembered(_QUOTED)
def quotes(lens: Lens, key: str) -> tuple[QuoteView, ...]:
    """Return all quotations of an entry, in the order of `Concerns.quotes`."""
    return tuple(_quote(lens, said) for said in lens.quotations(key).quotes)


def _quote(lens: Lens, said: BoundQuote) -> QuoteView:
    own = said.wording
    url = lens.url_of(Page("article", said.entry))
    speaker = LinkView(url="", label=own.description)
    if said.speaker:
        named = actor_link(lens, said.speaker, said.date)
        speaker = LinkView(url=named.url, label=own.description or named.label)
    return QuoteView(
        id=own.id,
        url=f"{url}#{own.id}",
        speaker=speaker,
        office=office(lens, said.speaker, said.date) if said.speaker else "",
        paragraphs=said.paragraphs,
        original=own.original,
        original_lang=own.original_lang,
        occasion=own.occasion,
        date=partial(said.date),
        kind=own.kind,
        stance=own.stance,
        about=tuple(record_link(lens, target, said.date) for target in said.about),
        statuses=tuple(status_then(lens, target, said.date) for target in said.about),
        on_behalf_of=actor_link(lens, said.on_behalf_of, said.date) if said.on_behalf_of else None,
        article=LinkView(url=url, label=lens.shown(said.entry).title),
        inline=own.inline,
    )
