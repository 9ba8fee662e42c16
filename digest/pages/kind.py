"""A kind of page: everything that is particular to it, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from digest.pages.paging import numbers
from digest.pages.urls import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from digest.linking.site import Site
    from digest.pages.lens import Lens
    from digest.pages.route import Route
    from digest.pages.sight import Sight
    from digest.pages.views import View

ONCE: Mapping[str, None] = {"": None}
"""The keys of a kind that has a single page."""


class Planned(NamedTuple):
    """A page and the file it comes from; "" where the whole site is its source."""

    page: Page
    source: str = ""


def _once(_site: Site) -> Mapping[str, None]:
    return ONCE


def _whole_site(_site: Site) -> Callable[[str], str]:
    return lambda _key: ""


def _none(_site: Site, _keys: Collection[str]) -> Iterable[Page]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageKind:
    """One kind of page, feed or file that is made of the site.

    `route` says where its pages stand, `keys` which there are (a mapping, in the order of the plan). `sources` gives a
    function from a page's key to the file of content that it comes from. `length` is how many entries a list has that
    is paged. `sight` says what a page may look at, and `view` makes what it shows of that. A view becomes bytes by the
    theme's template `<name>.html`, or by `encode`, where the bytes are no matter of a theme.

    A kind whose pages show entries' whole texts says, as `showing`, which pages show some entries, so that an edit of a
    text alone looks at those pages and no others. `section` is the label of an index that every page links to.
    """

    name: str
    route: Route
    keys: Callable[[Site], Mapping[str, Any]] = _once
    sources: Callable[[Site], Callable[[str], str]] = _whole_site
    length: Callable[[Site, str], int] | None = None
    sight: Callable[[Site, Page], Sight]
    view: Callable[[Lens, Page], View]
    encode: Callable[[Any], bytes] | None = None
    showing: Callable[[Site, Collection[str]], Iterable[Page]] = _none
    section: str = ""

    @property
    def template(self) -> str:
        """The name of the template, "" where the theme has no say."""
        return "" if self.encode else f"{self.name}.html"

    def planned(self, site: Site) -> Iterator[Planned]:
        """Yield the kind's pages, each list's newest part first."""
        source_of = self.sources(site)
        for key in self.keys(site):
            source = source_of(key)
            for number in (0, *self._numbers(site, key)):
                yield Planned(Page(self.name, key, number), source)

    def at(self, site: Site, page: Page) -> Planned | None:
        """Return a page of this kind with its source, if the site has it."""
        if page.key not in self.keys(site):
            return None
        if page.number and page.number not in self._numbers(site, page.key):
            return None
        return Planned(page, self.sources(site)(page.key))

    def addresses(self, site: Site) -> tuple[object, ...]:
        """Return what decides which pages there are: two sites of which it is the same have the same."""
        return tuple((key, len(self._numbers(site, key))) for key in self.keys(site))

    def _numbers(self, site: Site, key: str) -> range:
        return numbers(self.length(site, key), site.config.page_size) if self.length else range(0)
