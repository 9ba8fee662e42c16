"""What a page shows: its view, made through the lens that its kind allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest import __version__
from digest.pages import kinds
from digest.pages.lens import Lens, Viewpoint
from digest.pages.routes import kind_of, url_of
from digest.pages.urls import Page
from digest.pages.views import LinkView, SiteView

if TYPE_CHECKING:
    from digest.linking.site import Site
    from digest.pages.views import View


def viewpoint(site: Site, *, strict: bool = False) -> Viewpoint:
    """Return what makes the views of a site; a `strict` one makes each page's parts anew (see `digest.pages.lens`)."""
    return Viewpoint(site, url_of, strict=strict)


def view(point: Viewpoint, page: Page) -> View:
    """Return what a page shows; the page must be one that `plan` names."""
    kind = kind_of(page)
    return kind.view(Lens(point, kind.sight(point.site, page)), page)


def site_view(site: Site) -> SiteView:
    """Return what every template knows."""
    config = site.config
    sections = (LinkView(url=url_of(Page(kind.name)), label=kind.section) for kind in kinds.KINDS if kind.section)
    return SiteView(
        title=config.title,
        description=config.description,
        lang=config.lang,
        base_url=config.base_url,
        sections=tuple(sections),
        pages=tuple(
            LinkView(url=url_of(Page("page", name)), label=page.matter.title) for name, page in site.pages.items()
        ),
        extra=config.extra,
        generator=f"digest {__version__}",
    )
