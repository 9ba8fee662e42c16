"""Views of entries, of lists of entries, and of free pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.values import Value

if TYPE_CHECKING:
    from digest.pages.views.parts import AgreementLine, Backlink, Body, Count, DateView, Day, Head, LinkView, Pager


class SourceView(Value, kw_only=True):
    """The story an entry rests on. `grade` is the editor's word on the source, as written ("B2")."""

    publisher: str
    title: str
    url: str
    author: str
    published: DateView | None
    lang: str
    archived: str
    retrieved: DateView | None
    grade: str


class Correction(Value, kw_only=True):
    """Something put right after publication."""

    date: DateView
    text: str


class Speaker(Value, kw_only=True):
    """A speaker of an entry with the office held on its date and the ids of the quotes they have in it."""

    link: LinkView
    office: str
    quotes: tuple[LinkView, ...]


class KindCount(Value, kw_only=True):
    """One kind of annotation used on the page, for the legend."""

    kind: str
    label: str
    sign: str
    count: int


class ArticleView(Value, kw_only=True):
    """`articles/…`: template `article.html`."""

    head: Head
    date: DateView
    updated: DateView | None
    summary: str
    badge: str
    body: Body
    speakers: tuple[Speaker, ...]
    agreements: tuple[AgreementLine, ...]
    topics: tuple[LinkView, ...]
    mentions: tuple[LinkView, ...]
    source: SourceView | None
    also_covered_by: tuple[SourceView, ...]
    corrections: tuple[Correction, ...]
    kinds: tuple[KindCount, ...]
    older: LinkView | None
    newer: LinkView | None


class Totals(Value, kw_only=True):
    """How much the digest holds."""

    entries: int
    quotes: int
    notes: int
    actors: int
    topics: int
    agreements: int


class HomeView(Value, kw_only=True):
    """`/`: template `home.html`. `first_page` is true on the newest page only."""

    head: Head
    first_page: bool
    totals: Totals
    days: tuple[Day, ...]
    pager: Pager
    topics: tuple[Count, ...]
    speakers: tuple[Count, ...]
    agreements: tuple[AgreementLine, ...]


class MonthView(Value, kw_only=True):
    """`archive/2024/01/`: template `month.html`."""

    head: Head
    date: DateView
    days: tuple[Day, ...]
    older: LinkView | None
    newer: LinkView | None


class ArchiveYear(Value, kw_only=True):
    """A year of the archive; newest month first."""

    year: str
    months: tuple[Count, ...]


class ArchiveView(Value, kw_only=True):
    """`archive/`: template `archive.html`; newest year first."""

    head: Head
    years: tuple[ArchiveYear, ...]


class PageView(Value, kw_only=True):
    """A free page at `<slug>/`: template `page.html`."""

    head: Head
    body: Body
    backlinks: tuple[Backlink, ...]
