"""Makes the views of bodies: what fills a fragment's slots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.pages.parts import quotes, url_of_target
from digest.pages.views import Body, NoteView

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from digest.content.document import Document
    from digest.linking.records import Bound, Entry, EntryDetails
    from digest.linking.site import Site
    from digest.model import Note
    from digest.pages.views import QuoteView


def body(site: Site, document: Document, bound: Bound) -> Body:
    """Return what a body of no entry needs to be shown; an empty one when there is nothing to show."""
    fragment = document.digest if document.has_body else ""
    return _body(site, document.path, fragment, bound=bound, quotes=(), notes=document.notes)


def entry_body(site: Site, entry: Entry) -> Body:
    """Return what an entry's body needs to be shown."""
    details = site.details[entry.revision]
    said = zip(site.quotations[entry.revision].quotes, quotes(site, entry.key), strict=True)
    blocks = ((quote.wording.number, view) for quote, view in said if not quote.wording.inline)
    return _body(site, entry.path, details.fragment, bound=details, quotes=blocks, notes=details.notes)


def _body(
    site: Site,
    path: str,
    fragment: str,
    *,
    bound: Bound | EntryDetails,
    quotes: Iterable[tuple[int, QuoteView]],
    notes: Iterable[Note],
) -> Body:
    if not fragment:
        return Body(path=path, fragment="")
    hrefs = (*bound.hrefs, *site.index.followed.get(path, ()))
    return Body(
        path=path,
        fragment=fragment,
        hrefs=tuple((slot, url_of_target(target)) for slot, target in hrefs),
        labels=bound.labels,
        autolinks=tuple((link.start, link.end, url_of_target(link.target)) for link in bound.autolinks),
        quotes=tuple(quotes),
        notes=tuple(_notes(site, notes)),
    )


def _notes(site: Site, notes: Iterable[Note]) -> Iterator[NoteView]:
    kinds = {kind.id: kind for kind in site.config.dialect.kinds}
    for note in notes:
        kind = kinds[note.kind]
        yield NoteView(
            number=note.number,
            id=note.id,
            kind=kind.id,
            label=kind.label,
            sign=kind.sign,
            verdict=note.verdict,
        )
