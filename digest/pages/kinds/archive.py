"""The archive: a page for each month that has entries, and one that lists the months."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.dates import MONTHS, PartialDate
from digest.pages.kind import PageKind
from digest.pages.parts.cards import days
from digest.pages.parts.dates import partial
from digest.pages.parts.heads import head, section
from digest.pages.route import MONTH as MONTH_KEY
from digest.pages.route import Route
from digest.pages.sight import Fact, Sight
from digest.pages.urls import Page
from digest.pages.views import Count, DateView, Day, LinkView, View
from digest.values import Value

if TYPE_CHECKING:
    from datetime import date

    from digest.linking.site import Site
    from digest.pages.lens import Lens


def month_of(day: date) -> str:
    """Return the key of the month that a day lies in: "2024/01"."""
    return f"{day.year:04}/{day.month:02}"


def month_link(lens: Lens, key: str) -> LinkView:
    return LinkView(url=lens.url_of(Page("month", key)), label=_words(key))


def _words(key: str) -> str:
    year, month = key.split("/")
    return f"{MONTHS[int(month)]} {int(year)}"


class MonthView(View, kw_only=True):
    """`archive/2024/01/`: template `month.html`."""

    date: DateView
    days: tuple[Day, ...]
    older: LinkView | None
    newer: LinkView | None


def _month_sight(site: Site, page: Page) -> Sight:
    months = [*site.index.months]
    at = months.index(page.key)
    newer = months[at - 1] if at else ""
    older = months[at + 1] if at + 1 < len(months) else ""
    return Sight(entries=site.index.months[page.key], near=(older, newer))


def _month(lens: Lens, page: Page) -> MonthView:
    year, number = map(int, page.key.split("/"))
    older, newer = lens.sight.near
    return MonthView(
        head=head(lens, page, _words(page.key), above=(section(lens, ARCHIVE),)),
        date=partial(PartialDate(year, number)),
        days=days(lens, lens.sight.entries),
        older=month_link(lens, older) if older else None,
        newer=month_link(lens, newer) if newer else None,
    )


class ArchiveYear(Value, kw_only=True):
    """A year of the archive; newest month first."""

    year: str
    months: tuple[Count, ...]


class ArchiveView(View, kw_only=True):
    """`archive/`: template `archive.html`; newest year first."""

    years: tuple[ArchiveYear, ...]


def _archive_sight(_site: Site, _page: Page) -> Sight:
    return Sight(facts=(Fact.MONTHS,))


def _archive(lens: Lens, page: Page) -> ArchiveView:
    years: dict[str, list[Count]] = {}
    for key, entries in lens.months:
        link = LinkView(url=lens.url_of(Page("month", key)), label=MONTHS[int(key[5:])])
        years.setdefault(key[:4], []).append(Count(link=link, count=entries))
    return ArchiveView(
        head=head(lens, page, ARCHIVE.section),
        years=tuple(ArchiveYear(year=year, months=tuple(found)) for year, found in years.items()),
    )


ARCHIVE = PageKind(name="archive", route=Route("/archive/"), sight=_archive_sight, view=_archive, section="Archive")
MONTH = PageKind(
    name="month",
    route=Route("/archive/", MONTH_KEY, "/"),
    keys=lambda site: site.index.months,
    sight=_month_sight,
    view=_month,
)
