"""Entries, each on a page of its own: the only kind of page that shows an entry's whole text."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from digest.dates import PartialDate, whole
from digest.linking.targets import Target
from digest.model import Kind
from digest.pages.kind import PageKind
from digest.pages.kinds.archive import ARCHIVE, month_link, month_of
from digest.pages.parts.bodies import entry_body
from digest.pages.parts.dates import day_view, moment
from digest.pages.parts.heads import head, section
from digest.pages.parts.links import actor_link, agreement_line, office, record_link, topic_links
from digest.pages.route import ENTRY, Route
from digest.pages.sight import Sight
from digest.pages.urls import Page
from digest.pages.views import AgreementLine, Body, DateView, LinkView, View
from digest.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.content.matter import SourceMatter
    from digest.linking.records import BoundQuote, Concerns
    from digest.linking.site import Site
    from digest.model import Note
    from digest.pages.lens import Lens


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
    """A speaker of an entry with the office held on its date, and links to what they say in it."""

    link: LinkView
    office: str
    quotes: tuple[LinkView, ...]


class KindCount(Value, kw_only=True):
    """One kind of annotation used on the page, for the legend."""

    kind: str
    label: str
    sign: str
    count: int


class ArticleView(View, kw_only=True):
    """`articles/…`: template `article.html`."""

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


def _sight(site: Site, page: Page) -> Sight:
    return Sight(texts=(page.key,), near=site.neighbours(page.key))


def _view(lens: Lens, page: Page) -> ArticleView:
    concerns, details = lens.concerns(page.key), lens.details(page.key)
    matter, date = details.matter, lens.shown(page.key).day
    day, quotes = whole(date), lens.quotations(page.key).quotes
    older, newer = lens.sight.near
    return ArticleView(
        head=head(
            lens,
            page,
            matter.title,
            description=matter.summary or "",
            lang=matter.lang or "",
            above=(section(lens, ARCHIVE), month_link(lens, month_of(date))),
        ),
        date=moment(lens, matter.date) or day_view(date),
        updated=moment(lens, matter.updated),
        summary=matter.summary or "",
        badge=lens.badge(page.key),
        body=entry_body(lens, page.key),
        speakers=tuple(_speaker(lens, name, quotes, day=day) for name in concerns.speakers),
        agreements=tuple(agreement_line(lens, name, date) for name in concerns.agreements),
        topics=topic_links(lens, concerns.topics),
        mentions=tuple(record_link(lens, target, day) for target in _others(concerns)),
        source=_source(lens, matter.source) if matter.source else None,
        also_covered_by=tuple(_source(lens, source) for source in matter.also_covered_by),
        corrections=tuple(Correction(date=day_view(item.date), text=item.text) for item in matter.corrections),
        kinds=_kinds(lens, details.notes),
        older=record_link(lens, Target(Kind.ARTICLE, older)) if older else None,
        newer=record_link(lens, Target(Kind.ARTICLE, newer)) if newer else None,
    )


def _speaker(lens: Lens, name: str, quotes: Iterable[BoundQuote], *, day: PartialDate) -> Speaker:
    said = [quote for quote in quotes if quote.speaker == name]
    return Speaker(
        link=actor_link(lens, name, day),
        office=office(lens, name, day),
        quotes=tuple(LinkView(url=f"#{quote.wording.id}", label=quote.paragraphs[0]) for quote in said),
    )


def _others(concerns: Concerns) -> list[Target]:
    """Return who and what an entry mentions besides its speakers, agreements and topics."""
    named = {Target(Kind.ACTOR, name) for name in concerns.speakers}
    named |= {Target(Kind.AGREEMENT, name) for name in concerns.agreements}
    named |= {Target(Kind.TOPIC, name) for name in concerns.topics}
    return [target for target in concerns.mentions if target not in named]


def _source(lens: Lens, matter: SourceMatter) -> SourceView:
    return SourceView(
        publisher=matter.publisher,
        title=matter.title or "",
        url=matter.url or "",
        author=matter.author or "",
        published=moment(lens, matter.published),
        lang=matter.lang or "",
        archived=matter.archived or "",
        retrieved=day_view(matter.retrieved) if matter.retrieved else None,
        grade=matter.grade or "",
    )


def _kinds(lens: Lens, notes: Iterable[Note]) -> tuple[KindCount, ...]:
    found = Counter(note.kind for note in notes)
    return tuple(
        KindCount(kind=kind.id, label=kind.label, sign=kind.sign, count=found[kind.id])
        for kind in lens.settings.kinds
        if found[kind.id]
    )


ARTICLE = PageKind(
    name="article",
    route=Route("/articles/", ENTRY, "/"),
    keys=lambda site: site.places,
    sources=lambda site: lambda key: site.entries[key].path,
    sight=_sight,
    view=_view,
    showing=lambda _site, keys: (Page("article", key) for key in keys),
)
