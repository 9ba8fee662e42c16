"""What every page has at its head, and what leads from one part of a list to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.pages.urls import Page
from digest.pages.views import Head, LinkView, Pager

if TYPE_CHECKING:
    from digest.pages.kind import PageKind
    from digest.pages.lens import Lens
    from digest.pages.paging import Part


def head(
    lens: Lens,
    page: Page,
    title: str,
    *,
    description: str = "",
    lang: str = "",
    above: tuple[LinkView, ...] = (),
) -> Head:
    """Return a page's head; the title of an older part of a list says which part it is."""
    part = lens.sight.part
    newest = part is None or part.newest
    url = lens.url_of(page)
    bare = lens.url_of(page._replace(number=0)) if newest else url
    return Head(
        url=url,
        canonical=lens.settings.base_url + bare if lens.settings.base_url else "",
        title=title if newest else f"{title}, part {page.number}",
        description=" ".join(description.split()),
        lang=lang or lens.settings.lang,
        breadcrumbs=above,
    )


def section(lens: Lens, kind: PageKind) -> LinkView:
    """Return a link to one of the site's sections."""
    return LinkView(url=lens.url_of(Page(kind.name)), label=kind.section)


def pager(lens: Lens, page: Page, part: Part) -> Pager:
    """Return a page's neighbours. A sealed page's pager holds nothing that a new entry could change."""
    number, newest = part.number, part.newest
    return Pager(
        number=number,
        older=lens.url_of(page._replace(number=number - 1)) if number > 1 else "",
        newer="" if newest else lens.url_of(page._replace(number=number + 1)),
        newest="" if newest else lens.url_of(page._replace(number=0)),
        total=part.total,
    )
