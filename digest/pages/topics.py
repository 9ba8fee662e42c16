"""Views of topics and of their index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.linking.targets import Target
from digest.linking.topics import LEVELS
from digest.model import Kind
from digest.pages.bodies import body
from digest.pages.paging import is_newest, pager, part
from digest.pages.parts import (
    agreement_line,
    backlinks,
    counts,
    days,
    head,
    record_link,
    section,
)
from digest.pages.views import (
    Body,
    TopicLine,
    TopicsView,
    TopicView,
)

if TYPE_CHECKING:
    from digest.linking.site import Site
    from digest.pages.urls import Page

_EMPTY = Body(path="", fragment="")


def topic(site: Site, page: Page) -> TopicView:
    record = site.topics[page.key]
    matter, size = record.matter, site.config.page_size
    newest = is_newest(page, len(record.entries), size)
    above = record_link(site, Target(Kind.TOPIC, record.shown.broader)) if record.shown.broader else None
    return TopicView(
        head=head(
            site,
            page,
            matter.name,
            above=(section("topics"), *((above,) if above else ())),
            newest=newest,
        ),
        name=matter.name,
        first_page=newest,
        aliases=tuple(alias.text for alias in matter.aliases) if newest else (),
        body=body(site, record.document, record.bound) if newest else _EMPTY,
        broader=above if newest else None,
        narrower=counts(site, Kind.TOPIC, record.narrower) if newest else (),
        speakers=counts(site, Kind.ACTOR, record.counts.speakers) if newest else (),
        agreements=tuple(agreement_line(site, name, site.config.today) for name in record.counts.agreements if newest),
        entry_count=len(record.entries) if newest else 0,
        days=days(site, part(record.entries, page, size)),
        pager=pager(page, len(record.entries), size),
        backlinks=backlinks(site, Target(Kind.TOPIC, page.key)) if newest else (),
    )


def topics(site: Site, page: Page) -> TopicsView:
    top = [name for name, record in site.topics.items() if not record.shown.broader]
    return TopicsView(
        head=head(site, page, "Topics"),
        topics=tuple(_topic_line(site, name, LEVELS) for name in top),
    )


def _topic_line(site: Site, name: str, levels: int) -> TopicLine:
    """Return a topic with those below it, as many levels down: a preview shows what is nested too deep, too."""
    record = site.topics[name]
    return TopicLine(
        link=record_link(site, Target(Kind.TOPIC, name)),
        count=len(record.entries),
        narrower=tuple(_topic_line(site, below, levels - 1) for below, _ in record.narrower if levels > 1),
    )
