"""A page's view: one function for each kind of page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest import __version__
from digest.pages import actors, agreements, entries, topics
from digest.pages.parts import head, section, url_of_target
from digest.pages.urls import Page, url_of
from digest.pages.views import LinkView, NotFoundView, RedirectView, SiteView
from digest.values import replaced

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.linking.site import Site
    from digest.pages.views import View


def view(site: Site, page: Page) -> View:
    """Return what a page shows; the page must be one that `plan` names."""
    return _VIEWS[page.kind](site, page)


def template_of(page: Page) -> str:
    """Return the name of a page's template."""
    return f"{page.kind}.html"


def site_view(site: Site) -> SiteView:
    """Return what every template knows."""
    config = site.config
    return SiteView(
        title=config.title,
        description=config.description,
        lang=config.lang,
        base_url=config.base_url,
        sections=tuple(section(kind) for kind in ("actors", "topics", "agreements", "archive")),
        pages=tuple(
            LinkView(url=url_of(Page("page", name)), label=page.matter.title) for name, page in site.pages.items()
        ),
        extra=config.extra,
        generator=f"digest {__version__}",
    )


def _not_found(site: Site, page: Page) -> NotFoundView:
    return NotFoundView(head=replaced(head(site, page, "Page not found"), canonical="", noindex=True))


def _redirect(site: Site, page: Page) -> RedirectView:
    target = next(old.target for old in site.index.redirects if old.url == page.key)
    url = url_of_target(target)
    canonical = site.config.base_url + url if site.config.base_url else ""
    return RedirectView(head=replaced(head(site, page, "Moved"), canonical=canonical, noindex=True), target=url)


_VIEWS: dict[str, Callable[[Site, Page], View]] = {
    "home": entries.home,
    "article": entries.article,
    "month": entries.month,
    "archive": entries.archive,
    "page": entries.free_page,
    "actor": actors.actor,
    "actors": actors.actors,
    "topic": topics.topic,
    "topics": topics.topics,
    "agreement": agreements.agreement,
    "agreements": agreements.agreements,
    "not-found": _not_found,
    "redirect": _redirect,
}
