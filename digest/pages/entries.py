"""Views of entries and of lists of entries: article, home, archive, month."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from digest.dates import MONTHS, PartialDate, whole
from digest.linking.site import NO_TOTALS
from digest.linking.targets import Target
from digest.model import Kind
from digest.pages.bodies import body, entry_body
from digest.pages.paging import is_newest, pager, part
from digest.pages.parts import (
    actor_link,
    agreement_line,
    backlinks,
    counts,
    day_view,
    days,
    head,
    moment,
    office,
    partial,
    record_link,
    section,
    topic_links,
)
from digest.pages.urls import Page, url_of
from digest.pages.views import (
    ArchiveView,
    ArchiveYear,
    ArticleView,
    Correction,
    Count,
    HomeView,
    KindCount,
    LinkView,
    MonthView,
    PageView,
    SourceView,
    Speaker,
    Totals,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.content.matter import SourceMatter
    from digest.linking.records import BoundQuote, Entry
    from digest.linking.site import Site
    from digest.model import Note

_SIDE_LIST = 12
"""How many speakers, topics and agreements the home page lists."""


def article(site: Site, page: Page) -> ArticleView:
    entry = site.entries[page.key]
    details, concerns = site.details[entry.revision], entry.concerns
    matter, day = details.matter, whole(entry.shown.day)
    quotes = site.quotations[entry.revision].quotes
    month = LinkView(url=url_of(_month(entry)), label=_month_words(_month(entry).key))
    older, newer = _neighbours(site, page.key)
    return ArticleView(
        head=head(
            site,
            page,
            matter.title,
            description=matter.summary or "",
            lang=matter.lang or "",
            above=(section("archive"), month),
        ),
        date=moment(site, matter.date) or day_view(entry.shown.day),
        updated=moment(site, matter.updated),
        summary=matter.summary or "",
        badge=entry.badge,
        body=entry_body(site, entry),
        speakers=tuple(_speaker(site, name, quotes, day=day) for name in concerns.speakers),
        agreements=tuple(agreement_line(site, name, entry.shown.day) for name in concerns.agreements),
        topics=topic_links(site, concerns.topics),
        mentions=tuple(record_link(site, target, day) for target in _others(entry)),
        source=_source(site, matter.source) if matter.source else None,
        also_covered_by=tuple(_source(site, source) for source in matter.also_covered_by),
        corrections=tuple(Correction(date=day_view(item.date), text=item.text) for item in matter.corrections),
        kinds=_kinds(site, details.notes),
        older=older,
        newer=newer,
    )


def _speaker(site: Site, name: str, quotes: Iterable[BoundQuote], *, day: PartialDate) -> Speaker:
    said = [quote for quote in quotes if quote.speaker == name]
    return Speaker(
        link=actor_link(site, name, day),
        office=office(site, name, day),
        quotes=tuple(LinkView(url=f"#{quote.wording.id}", label=quote.paragraphs[0]) for quote in said),
    )


def _others(entry: Entry) -> list[Target]:
    """Return who and what an entry mentions besides its speakers, agreements and topics."""
    concerns = entry.concerns
    named = {Target(Kind.ACTOR, name) for name in concerns.speakers}
    named |= {Target(Kind.AGREEMENT, name) for name in concerns.agreements}
    named |= {Target(Kind.TOPIC, name) for name in concerns.topics}
    return [target for target in concerns.mentions if target not in named]


def _source(site: Site, matter: SourceMatter) -> SourceView:
    return SourceView(
        publisher=matter.publisher,
        title=matter.title or "",
        url=matter.url or "",
        author=matter.author or "",
        published=moment(site, matter.published),
        lang=matter.lang or "",
        archived=matter.archived or "",
        retrieved=day_view(matter.retrieved) if matter.retrieved else None,
        grade=matter.grade or "",
    )


def _kinds(site: Site, notes: Iterable[Note]) -> tuple[KindCount, ...]:
    found = Counter(note.kind for note in notes)
    return tuple(
        KindCount(kind=kind.id, label=kind.label, sign=kind.sign, count=found[kind.id])
        for kind in site.config.dialect.kinds
        if found[kind.id]
    )


def _neighbours(site: Site, key: str) -> tuple[LinkView | None, LinkView | None]:
    """Return links to the entries before and after, in time."""
    before, after = site.neighbours(key)
    return (
        record_link(site, Target(Kind.ARTICLE, before)) if before else None,
        record_link(site, Target(Kind.ARTICLE, after)) if after else None,
    )


def home(site: Site, page: Page) -> HomeView:
    keys, size = site.index.order, site.config.page_size
    newest = is_newest(page, len(keys), size)
    totals = site.index.totals if newest else NO_TOTALS
    today = site.config.today
    topics = [
        (name, len(topic.entries)) for name, topic in site.topics.items() if topic.entries and not topic.shown.broader
    ]
    return HomeView(
        head=head(
            site,
            page,
            site.config.title,
            description=site.config.description if newest else "",
            newest=newest,
        ),
        first_page=newest,
        totals=Totals(**totals._asdict()),
        days=days(site, part(keys, page, size)),
        pager=pager(page, len(keys), size),
        topics=counts(site, Kind.TOPIC, topics[:_SIDE_LIST]) if newest else (),
        speakers=counts(site, Kind.ACTOR, site.index.speakers[:_SIDE_LIST]) if newest else (),
        agreements=tuple(agreement_line(site, name, today) for name in tuple(site.agreements)[:_SIDE_LIST])
        if newest
        else (),
    )


def _month(entry: Entry) -> Page:
    return Page("month", f"{entry.shown.day.year:04}/{entry.shown.day.month:02}")


def _month_words(key: str) -> str:
    year, month = key.split("/")
    return f"{MONTHS[int(month)]} {int(year)}"


def month(site: Site, page: Page) -> MonthView:
    all_months = list(site.index.months)
    at = all_months.index(page.key)
    year, number = (int(part) for part in page.key.split("/"))
    return MonthView(
        head=head(site, page, _month_words(page.key), above=(section("archive"),)),
        date=partial(PartialDate(year, number)),
        days=days(site, site.index.months[page.key]),
        older=_month_link(all_months[at + 1]) if at + 1 < len(all_months) else None,
        newer=_month_link(all_months[at - 1]) if at else None,
    )


def _month_link(key: str) -> LinkView:
    return LinkView(url=url_of(Page("month", key)), label=_month_words(key))


def archive(site: Site, page: Page) -> ArchiveView:
    years: dict[str, list[Count]] = {}
    for key, entries in site.index.months.items():
        link = LinkView(url=url_of(Page("month", key)), label=MONTHS[int(key[5:])])
        years.setdefault(key[:4], []).append(Count(link=link, count=len(entries)))
    return ArchiveView(
        head=head(site, page, "Archive"),
        years=tuple(ArchiveYear(year=year, months=tuple(found)) for year, found in years.items()),
    )


def free_page(site: Site, page: Page) -> PageView:
    record = site.pages[page.key]
    return PageView(
        head=head(
            site,
            page,
            record.matter.title,
            description=record.matter.summary or "",
            lang=record.matter.lang or "",
        ),
        body=body(site, record.document, record.bound),
        backlinks=backlinks(site, Target(Kind.PAGE, page.key)),
    )
