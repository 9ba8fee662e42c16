"""Bodies: what fills a fragment's slots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.pages.parts.links import url_of_target
from digest.pages.parts.quotes import quotes
from digest.pages.views import Body, NoteView

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from digest.content.document import AnyDocument
    from digest.linking.records import Bound, EntryDetails
    from digest.model import Note
    from digest.pages.lens import Lens
    from digest.pages.views import QuoteView


def body(lens: Lens, document: AnyDocument, bound: Bound) -> Body:
    """Return what a body of no entry needs to be shown; an empty one when there is nothing to show."""
    fragment = document.digest if document.has_body else ""
    return _body(lens, document.path, fragment, bound=bound, quotes=(), notes=document.notes)


def entry_body(lens: Lens, key: str) -> Body:
    """Return what an entry's body needs to be shown."""
    details = lens.details(key)
    said = zip(lens.quotations(key).quotes, quotes(lens, key), strict=True)
    blocks = ((quote.wording.number, view) for quote, view in said if not quote.wording.inline)
    return _body(lens, lens.path(key), details.fragment, bound=details, quotes=blocks, notes=details.notes)


def _body(
    lens: Lens,
    path: str,
    fragment: str,
    *,
    bound: Bound | EntryDetails,
    quotes: Iterable[tuple[int, QuoteView]],
    notes: Iterable[Note],
) -> Body:
    if not fragment:
        return Body(path=path, fragment="")
    hrefs = (*bound.hrefs, *lens.followed(path))
    return Body(
        path=path,
        fragment=fragment,
        hrefs=tuple((slot, url_of_target(lens, target)) for slot, target in hrefs),
        labels=bound.labels,
        autolinks=tuple((link.start, link.end, url_of_target(lens, link.target)) for link in bound.autolinks),
        quotes=tuple(quotes),
        notes=tuple(_notes(lens, notes)),
    )


def _notes(lens: Lens, notes: Iterable[Note]) -> Iterator[NoteView]:
    kinds = {kind.id: kind for kind in lens.settings.kinds}
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
