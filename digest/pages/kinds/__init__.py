"""All kinds of pages, feeds and files that are made of a site: the only place where one is registered.

The order is that of the plan, and of the sections that every page links to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.pages.kinds.actor import ACTOR, ACTORS
from digest.pages.kinds.agreement import AGREEMENT, AGREEMENTS
from digest.pages.kinds.archive import ARCHIVE, MONTH
from digest.pages.kinds.article import ARTICLE
from digest.pages.kinds.free_page import FREE_PAGE
from digest.pages.kinds.home import HOME
from digest.pages.kinds.not_found import NOT_FOUND
from digest.pages.kinds.redirect import REDIRECT
from digest.pages.kinds.topic import TOPIC, TOPICS

if TYPE_CHECKING:
    from digest.pages.kind import PageKind

KINDS: tuple[PageKind, ...] = (
    HOME,
    ARTICLE,
    ACTORS,
    ACTOR,
    TOPICS,
    TOPIC,
    AGREEMENTS,
    AGREEMENT,
    FREE_PAGE,
    ARCHIVE,
    MONTH,
    NOT_FOUND,
    REDIRECT,
)
