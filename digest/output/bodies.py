"""A body's HTML with everything in its place: links, names, captions and notes.

The fragment is markup of our own making with slots in it (`digest.model`), so what is put in is escaped here, or was
made by a template.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from digest.model import fill
from digest.output.engine import printed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from digest.model import Fragment
    from digest.pages.views import Body


CAPTION = "partials/quote-caption.html"
NOTE = "partials/note.html"
PARTIALS = frozenset({CAPTION, NOTE})
"""The templates that stand in bodies."""


@dataclass(frozen=True, slots=True)
class Bodies:
    """Fills bodies: `href` gives the address to print for a URL, `partial` what a partial template prints."""

    fragments: Mapping[str, Fragment]
    href: Callable[[str], str]
    partial: Callable[[str, Mapping[str, object]], str]

    def html(self, body: Body) -> Markup:
        """Return a body's HTML, "" for a page without a body."""
        if not body.fragment:
            return Markup()
        fragment = self.fragments[body.key]
        return Markup(self._filled(self._auto_linked(fragment.html, body), body, fragment))  # noqa: S704 - made by us

    def _auto_linked(self, markup: str, body: Body) -> str:
        pieces, at = [], 0
        for start, end, url in sorted(body.autolinks):
            opening = f'<a class="mention auto" href="{printed(self.href(url))}">'
            pieces += [markup[at:start], opening, markup[start:end], "</a>"]
            at = end
        return "".join((*pieces, markup[at:]))

    def _filled(self, markup: str, body: Body, fragment: Fragment) -> str:
        hrefs, labels, quotes = dict(body.hrefs), dict(body.labels), dict(body.quotes)

        def gap(kind: str, number: int) -> str:
            if kind == "q":
                # A preview shows entries whose speakers are not known yet; a build never does.
                return self._partial(CAPTION, quote=quotes[number]) if number in quotes else ""
            if kind == "n":
                # A note holds no notes, so its own slots are those of text.
                html = Markup(fill(fragment.notes[number - 1], gap))  # noqa: S704 - made by us
                return self._partial(NOTE, note=body.notes[number - 1], html=html)
            return printed(self.href(hrefs[number]) if number in hrefs else labels.get(number, ""))

        return fill(markup, gap)

    def _partial(self, name: str, **values: object) -> str:
        return self.partial(name, values).rstrip("\n")
