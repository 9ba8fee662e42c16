"""Free pages, such as about or method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.linking.targets import Target
from digest.model import Kind
from digest.pages.kind import PageKind
from digest.pages.parts.bodies import body
from digest.pages.parts.cards import backlinks
from digest.pages.parts.heads import head
from digest.pages.route import SLUG, Route
from digest.pages.sight import Fact, Sight
from digest.pages.views import Backlink, Body, View

if TYPE_CHECKING:
    from digest.linking.site import Site
    from digest.pages.lens import Lens
    from digest.pages.urls import Page


class PageView(View, kw_only=True):
    """A free page at `<slug>/`: template `page.html`."""

    body: Body
    backlinks: tuple[Backlink, ...]


def _sight(_site: Site, page: Page) -> Sight:
    return Sight(records=(Target(Kind.PAGE, page.key),), everyone=True, facts=(Fact.PAGES,))


def _view(lens: Lens, page: Page) -> PageView:
    record = lens.page_record(page.key)
    matter = record.matter
    return PageView(
        head=head(lens, page, matter.title, description=matter.summary or "", lang=matter.lang or ""),
        body=body(lens, record.document, record.bound),
        backlinks=backlinks(lens, Target(Kind.PAGE, page.key)),
    )


FREE_PAGE = PageKind(
    name="page",
    route=Route("/", SLUG, "/"),
    keys=lambda site: site.pages,
    sources=lambda site: lambda name: site.pages[name].document.path,
    sight=_sight,
    view=_view,
)
