"""The page for addresses that lead nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.pages.kind import PageKind
from digest.pages.parts.heads import head
from digest.pages.route import Route
from digest.pages.sight import Sight
from digest.pages.views import View
from digest.values import replaced

if TYPE_CHECKING:
    from digest.linking.site import Site
    from digest.pages.lens import Lens
    from digest.pages.urls import Page


class NotFoundView(View, kw_only=True):
    """`404.html`: template `not-found.html`."""


def _sight(_site: Site, _page: Page) -> Sight:
    return Sight()


def _view(lens: Lens, page: Page) -> NotFoundView:
    return NotFoundView(head=replaced(head(lens, page, "Page not found"), canonical="", noindex=True))


NOT_FOUND = PageKind(name="not-found", route=Route("/404.html"), sight=_sight, view=_view)
