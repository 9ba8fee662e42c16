"""Page ↔ URL, for all kinds of pages.

Invariant: `page_of(url_of(page)) == page` for every page but redirects, whose URL the writer chose.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from digest.pages import kinds
from digest.pages.urls import PREVIEW, THEME

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.pages.kind import PageKind
    from digest.pages.urls import Page

_TO_COME = frozenset({"search", "positions", "data"})
"""First parts of addresses that will be the site's own, so that no free page is to be moved then."""


def kind_of(page: Page) -> PageKind:
    """Return the kind of a page."""
    return by_name()[page.kind]


def url_of(page: Page) -> str:
    """Return a page's URL below the base URL."""
    return by_name()[page.kind].route.url(page)


def page_of(url: str) -> Page | None:
    """Return the page that a URL names, whether or not a site has it; None when no page has such a URL."""
    for find in _finders():
        if page := find(url):
            return page if is_free(page) else None
    return None


def is_free(page: Page) -> bool:
    """Tell whether a page's address does not belong to the site itself: no free page is called "actors"."""
    return not by_name()[page.kind].route.takes_any or page.key not in reserved()


@cache
def by_name() -> dict[str, PageKind]:
    """Return the kinds of pages by name."""
    return {kind.name: kind for kind in kinds.KINDS}


@cache
def reserved() -> frozenset[str]:
    """Return the first parts of addresses that free pages cannot have."""
    own = {PREVIEW.strip("/"), THEME.strip("/")}
    return _TO_COME.union(own, *(kind.route.first for kind in kinds.KINDS))


@cache
def _finders() -> tuple[Callable[[str], Page | None], ...]:
    """Return the routes' finders, the one that takes any name last."""
    routed = [kind for kind in kinds.KINDS if kind.route.before]
    routed.sort(key=lambda kind: kind.route.takes_any)
    return tuple(kind.route.finder(kind.name) for kind in routed)
