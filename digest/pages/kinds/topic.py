"""Topics, each with its entries and those of the topics below it, and their index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.linking.hierarchy import LEVELS, below
from digest.linking.targets import Target
from digest.model import Kind
from digest.pages.kind import PageKind
from digest.pages.paging import part_of
from digest.pages.parts.bodies import body
from digest.pages.parts.cards import backlinks, days
from digest.pages.parts.heads import head, pager, section
from digest.pages.parts.links import agreement_line, counts, record_link
from digest.pages.route import SLUG, Route
from digest.pages.sight import Fact, Sight
from digest.pages.views import NO_BODY, AgreementLine, Backlink, Body, Count, Day, LinkView, Pager, View
from digest.values import Value, replaced

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.linking.kinds.topic import Topic
    from digest.linking.site import Site
    from digest.pages.lens import Lens
    from digest.pages.urls import Page


class TopicView(View, kw_only=True):
    """`topics/<id>/`: template `topic.html`. The entries in `days` include those of the sub-topics.

    Older parts of the list have no more than their entries: `first_page` is false.
    """

    name: str
    first_page: bool
    aliases: tuple[str, ...] = ()
    body: Body = NO_BODY
    broader: LinkView | None = None
    narrower: tuple[Count, ...] = ()
    speakers: tuple[Count, ...] = ()
    agreements: tuple[AgreementLine, ...] = ()
    entry_count: int = 0
    days: tuple[Day, ...]
    pager: Pager
    backlinks: tuple[Backlink, ...] = ()


def _sight(site: Site, page: Page) -> Sight:
    own, record = Target(Kind.TOPIC, page.key), site.topics[page.key]
    part = part_of(record.entries, page, site.config.page_size)
    if not part.newest:
        return Sight(part=part, named=(own,))
    return Sight(part=part, records=(own,), everyone=True, facts=(Fact.DAY, Fact.PAGES))


def _view(lens: Lens, page: Page) -> TopicView:
    own, part = Target(Kind.TOPIC, page.key), lens.part
    topic = lens.topic(page.key)
    broader = record_link(lens, Target(Kind.TOPIC, topic.broader)) if topic.broader else None
    above = (section(lens, TOPICS), broader) if broader else (section(lens, TOPICS),)
    older = TopicView(
        head=head(lens, page, topic.matter.name, above=above),
        name=topic.matter.name,
        first_page=part.newest,
        days=days(lens, part.keys),
        pager=pager(lens, page, part),
    )
    if not part.newest:
        return older
    return _with_profile(lens, replaced(older, broader=broader), lens.topic_record(page.key), own=own)


def _with_profile(lens: Lens, view: TopicView, record: Topic, *, own: Target) -> TopicView:
    """Return the newest part of a topic's list, which says what it is."""
    return replaced(
        view,
        aliases=tuple(alias.text for alias in record.matter.aliases),
        body=body(lens, record.document, record.bound),
        narrower=counts(lens, Kind.TOPIC, record.narrower),
        speakers=counts(lens, Kind.ACTOR, record.counts.speakers),
        agreements=tuple(agreement_line(lens, name, lens.today) for name in record.counts.agreements),
        entry_count=len(record.entries),
        backlinks=backlinks(lens, own),
    )


class TopicLine(Value, kw_only=True):
    """A row of the topic index with its sub-topics below it."""

    link: LinkView
    count: int
    narrower: tuple[TopicLine, ...]


class TopicsView(View, kw_only=True):
    """`topics/`: template `topics.html`."""

    topics: tuple[TopicLine, ...]


def _index_sight(_site: Site, _page: Page) -> Sight:
    return Sight(everyone=True, facts=(Fact.TOPICS,))


def _index(lens: Lens, page: Page) -> TopicsView:
    narrower = below({name: broader for name, (broader, _) in lens.topics.items()})
    top = [name for name, (broader, _) in lens.topics.items() if not broader]
    return TopicsView(
        head=head(lens, page, TOPICS.section),
        topics=tuple(_line(lens, name, narrower, LEVELS) for name in top),
    )


def _line(lens: Lens, name: str, narrower: Mapping[str, Sequence[str]], levels: int) -> TopicLine:
    """Return a topic with those below it, as many levels down: a preview shows what is nested too deep, too."""
    within = narrower.get(name, ()) if levels > 1 else ()
    return TopicLine(
        link=record_link(lens, Target(Kind.TOPIC, name)),
        count=lens.topics[name][1],
        narrower=tuple(_line(lens, below, narrower, levels - 1) for below in within),
    )


TOPIC = PageKind(
    name="topic",
    route=Route("/topics/", SLUG, "/", paged=True),
    keys=lambda site: site.topics,
    sources=lambda site: lambda name: site.topics[name].document.path,
    length=lambda site, name: len(site.topics[name].entries),
    sight=_sight,
    view=_view,
)
TOPICS = PageKind(name="topics", route=Route("/topics/"), sight=_index_sight, view=_index, section="Topics")
