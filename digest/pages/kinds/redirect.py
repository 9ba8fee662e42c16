"""Old addresses that lead to new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.pages.kind import PageKind
from digest.pages.parts.heads import head
from digest.pages.parts.links import url_of_target
from digest.pages.route import CHOSEN
from digest.pages.sight import Sight
from digest.pages.urls import is_page_url
from digest.pages.views import View
from digest.values import replaced

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.linking.site import Site
    from digest.pages.lens import Lens
    from digest.pages.urls import Page


class RedirectView(View, kw_only=True):
    """An old address that leads to the new one: template `redirect.html`."""

    target: str


def _keys(site: Site) -> Mapping[str, str]:
    """Return the old addresses that can be kept, with the files that name them; of twins the first."""
    files: dict[str, str] = {}
    for old in site.index.redirects:
        if is_page_url(old.url):
            files.setdefault(old.url, old.path)
    return files


def _sight(_site: Site, page: Page) -> Sight:
    return Sight(old=page.key)


def _view(lens: Lens, page: Page) -> RedirectView:
    url = url_of_target(lens, lens.redirect.target)
    base = lens.settings.base_url
    moved = replaced(head(lens, page, "Moved"), canonical=base + url if base else "", noindex=True)
    return RedirectView(head=moved, target=url)


REDIRECT = PageKind(
    name="redirect",
    route=CHOSEN,
    keys=_keys,
    sources=lambda site: _keys(site).__getitem__,
    sight=_sight,
    view=_view,
)
