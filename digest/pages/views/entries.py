"""Views of entries, of lists of entries, and of free pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.pages.views.parts import AgreementLine, Backlink, Body, Count, DateView, Day, Head, LinkView, Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Something put right after publication."""

    date: DateView
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A speaker of an entry with the office held on its date and the ids of the quotes they have in it."""

    link: LinkView
    office: str
    quotes: tuple[LinkView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCount:
    """One kind of annotation used on the page, for the legend."""

    kind: str
    label: str
    sign: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How much the digest holds."""

    entries: int
    quotes: int
    notes: int
    actors: int
    topics: int
    agreements: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """`/`: template `home.html`. `first_page` is true on the newest page only."""

    head: Head
    first_page: bool
    totals: Totals
    days: tuple[Day, ...]
    pager: Pager
    topics: tuple[Count, ...]
    speakers: tuple[Count, ...]
    agreements: tuple[AgreementLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthView:
    """`archive/2024/01/`: template `month.html`."""

    head: Head
    date: DateView
    days: tuple[Day, ...]
    older: LinkView | None
    newer: LinkView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveYear:
    """A year of the archive; newest month first."""

    year: str
    months: tuple[Count, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveView:
    """`archive/`: template `archive.html`; newest year first."""

    head: Head
    years: tuple[ArchiveYear, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """A free page at `<slug>/`: template `page.html`."""

    head: Head
    body: Body
    backlinks: tuple[Backlink, ...]
