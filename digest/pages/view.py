"""A page's view: one function for each kind of page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest import __version__
from digest.pages import entities, entries
from digest.pages.parts import head, section
from digest.pages.plan import redirect_targets
from digest.pages.urls import Page, url_of
from digest.pages.views import LinkView, NotFoundView, RedirectView, SiteView

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
    return NotFoundView(head=head(site, page, "Page not found"))


def _redirect(site: Site, page: Page) -> RedirectView:
    return RedirectView(head=head(site, page, "Moved"), target=redirect_targets(site)[page.key])


_VIEWS: dict[str, Callable[[Site, Page], View]] = {
    "home": entries.home,
    "article": entries.article,
    "month": entries.month,
    "archive": entries.archive,
    "page": entries.free_page,
    "actor": entities.actor,
    "actors": entities.actors,
    "topic": entities.topic,
    "topics": entities.topics,
    "agreement": entities.agreement,
    "agreements": entities.agreements,
    "not-found": _not_found,
    "redirect": _redirect,
}
