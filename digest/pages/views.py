"""What templates may see: small frozen values; each kind of page has its view in `digest.pages.kinds`.

Views hold text, site paths and other views, never a record of the model, so a view's bytes and what its template
depends on are everything that a page depends on. Every `url` is either a site path (`/actors/sergey-lavrov/`, joined
with the base URL by the `href` filter) or an absolute http(s) address.
"""

from __future__ import annotations

from digest.values import Value


class LinkView(Value, kw_only=True):
    """A label that leads somewhere; an empty `url` is a label alone."""

    url: str
    label: str


class DateView(Value, kw_only=True):
    """A civil date or a part of one: `iso` for `<time datetime>`, `text` for people ("18 January 2024")."""

    iso: str
    text: str


class Head(Value, kw_only=True):
    """What every page has: its own site path, title, description, language and breadcrumbs (home excluded)."""

    url: str
    canonical: str
    title: str
    description: str
    lang: str
    breadcrumbs: tuple[LinkView, ...] = ()
    noindex: bool = False


class View(Value, kw_only=True):
    """What a page's template sees as `page`: each kind of page adds fields of its own."""

    head: Head


class Pager(Value, kw_only=True):
    """Neighbours in a list paged from the oldest entry; `number` counts from the oldest page."""

    number: int
    older: str = ""
    newer: str = ""
    newest: str = ""
    total: int = 0


class QuoteView(Value, kw_only=True):
    """Somebody's words with everything needed to attribute them.

    `url` is the permalink. `speaker.label` is the name valid on the day, `office` the roles held that day
    ("Foreign minister of Russia"). An anonymous speaker has an empty `speaker.url`. `paragraphs` are the words
    as printed by the entry, `original` those in the language spoken. `stance` and `kind` are words of the
    content format; `inline` tells a fragment within running text from a block quotation. `statuses` gives, for
    each record in `about`, its status on the day ("signed", "in force"), "" where it is no agreement.
    """

    id: str
    url: str
    speaker: LinkView
    office: str
    paragraphs: tuple[str, ...]
    original: tuple[str, ...]
    original_lang: str
    occasion: str
    date: DateView
    kind: str
    stance: str
    about: tuple[LinkView, ...]
    statuses: tuple[str, ...]
    on_behalf_of: LinkView | None
    article: LinkView
    inline: bool


class NoteView(Value, kw_only=True):
    """An annotation: `number` in the entry, `kind` (a CSS-safe word), `label`, `sign`, and a `verdict` or ""."""

    number: int
    id: str
    kind: str
    label: str
    sign: str
    verdict: str


class Body(Value, kw_only=True):
    """A converted body: the fragment's digest and what fills its slots.

    `path` and `fragment` name the body and its state; `hrefs` (slot, url) and `labels` (slot, name) fill slots,
    `autolinks` are (start, end, url) in the fragment's HTML; `quotes` (slot, quote) and `notes` fill the slots of
    their number.
    """

    path: str
    fragment: str
    hrefs: tuple[tuple[int, str], ...] = ()
    labels: tuple[tuple[int, str], ...] = ()
    autolinks: tuple[tuple[int, int, str], ...] = ()
    quotes: tuple[tuple[int, QuoteView], ...] = ()
    notes: tuple[NoteView, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.fragment)

    @property
    def key(self) -> str:
        """What the fragment goes by: a file, and what it held."""
        return fragment_key(self.path, self.fragment)


NO_BODY = Body(path="", fragment="")


def fragment_key(path: str, document: str) -> str:
    """Return what a document's fragment goes by; `document` is its digest."""
    return f"{document} {path}"


class Sentence(Value, kw_only=True):
    """The sentence that mentions something, cut around the mention: `before` + `mention` + `after`."""

    before: str
    mention: str
    after: str


class Card(Value, kw_only=True):
    """An entry in a list. `badge` is "", or why it is not published: "draft", "future", "embargoed", "expired"."""

    url: str
    title: str
    date: DateView
    summary: str
    lang: str
    publisher: str
    speakers: tuple[LinkView, ...]
    agreements: tuple[LinkView, ...]
    quote_count: int
    note_count: int
    badge: str


class AgreementLine(Value, kw_only=True):
    """An agreement in a list: its status and since when (on the day of the build, or of the entry that shows it)."""

    link: LinkView
    kind: str
    status: str
    since: DateView | None
    signed: DateView | None
    parties: tuple[LinkView, ...]


class Appearance(Value, kw_only=True):
    """An entry in the record of an actor or agreement: its quotes, else the sentences that mention it."""

    card: Card
    quotes: tuple[QuoteView, ...]
    sentences: tuple[Sentence, ...]


class Backlink(Value, kw_only=True):
    """A page other than an entry that mentions this one. `kind` is "actor", "topic", "agreement" or "page"."""

    link: LinkView
    kind: str
    sentences: tuple[Sentence, ...]


class Day(Value, kw_only=True):
    """The entries of one day, newest first."""

    date: DateView
    cards: tuple[Card, ...]


class Count(Value, kw_only=True):
    """A link with a number that says how often."""

    link: LinkView
    count: int


class SiteView(Value, kw_only=True):
    """What templates know about the site itself, the same on every page.

    `sections` are the main parts (actors, topics …), `pages` the free pages; `extra` is `digest.yaml`'s `extra`.
    """

    title: str
    description: str
    lang: str
    base_url: str
    sections: tuple[LinkView, ...]
    pages: tuple[LinkView, ...]
    extra: tuple[tuple[str, object], ...]
    generator: str
