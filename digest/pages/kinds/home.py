"""The home page: the newest entries, and what the digest holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.model import Kind
from digest.pages.kind import PageKind
from digest.pages.paging import part_of
from digest.pages.parts.cards import days
from digest.pages.parts.heads import head, pager
from digest.pages.parts.links import agreement_line, counts
from digest.pages.route import Route
from digest.pages.sight import Fact, Sight
from digest.pages.views import AgreementLine, Count, Day, Pager, View
from digest.values import Value, replaced

if TYPE_CHECKING:
    from digest.linking.site import Site
    from digest.pages.lens import Lens
    from digest.pages.urls import Page

_SIDE_LIST = 12
"""How many speakers, topics and agreements the home page lists."""


class TotalsView(Value, kw_only=True):
    """How much the digest holds."""

    entries: int = 0
    quotes: int = 0
    notes: int = 0
    actors: int = 0
    topics: int = 0
    agreements: int = 0


class HomeView(View, kw_only=True):
    """`/`: template `home.html`. Older parts have no more than their entries: `first_page` is false."""

    first_page: bool
    totals: TotalsView = TotalsView()
    days: tuple[Day, ...]
    pager: Pager
    topics: tuple[Count, ...] = ()
    speakers: tuple[Count, ...] = ()
    agreements: tuple[AgreementLine, ...] = ()


def _sight(site: Site, page: Page) -> Sight:
    part = part_of(site.index.order, page, site.config.page_size)
    if not part.newest:
        return Sight(part=part)
    facts = (Fact.TOTALS, Fact.SPEAKERS, Fact.TOPICS, Fact.AGREEMENTS, Fact.DAY)
    return Sight(part=part, everyone=True, facts=facts)


def _view(lens: Lens, page: Page) -> HomeView:
    part, settings = lens.part, lens.settings
    older = HomeView(
        head=head(lens, page, settings.title, description=settings.description if part.newest else ""),
        first_page=part.newest,
        days=days(lens, part.keys),
        pager=pager(lens, page, part),
    )
    return _with_lists(lens, older) if part.newest else older


def _with_lists(lens: Lens, view: HomeView) -> HomeView:
    """Return the newest part, which also says what the digest is about."""
    topics = [(name, count) for name, (broader, count) in lens.topics.items() if count and not broader]
    return replaced(
        view,
        totals=_totals(lens),
        topics=counts(lens, Kind.TOPIC, topics[:_SIDE_LIST]),
        speakers=counts(lens, Kind.ACTOR, lens.speakers[:_SIDE_LIST]),
        agreements=tuple(agreement_line(lens, name, lens.today) for name in [*lens.agreements][:_SIDE_LIST]),
    )


def _totals(lens: Lens) -> TotalsView:
    totals = lens.totals
    return TotalsView(
        entries=totals.entries,
        quotes=totals.quotes,
        notes=totals.notes,
        actors=totals.records[Kind.ACTOR],
        topics=totals.records[Kind.TOPIC],
        agreements=totals.records[Kind.AGREEMENT],
    )


HOME = PageKind(
    name="home",
    route=Route("/", paged=True),
    length=lambda site, _key: len(site.index.order),
    sight=_sight,
    view=_view,
)
