"""The addresses of one kind of page, both ways: from a page to its URL, and from a URL to its page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from digest.pages.urls import Page

if TYPE_CHECKING:
    from collections.abc import Callable

SLUG = r"[^/]+"
MONTH = r"\d{4}/\d\d"
ENTRY = rf"{MONTH}/{SLUG}"


class Route(NamedTuple):
    """Where the pages of a kind stand: `before`, the page's key, `after`.

    `key` is the pattern of the keys, "" where there is a single page. A list that is `paged` has parts with numbers:
    `Route("/actors/", SLUG, "/", paged=True)` gives `/actors/ann/` and `/actors/ann/page/2/`.
    """

    before: str
    key: str = ""
    after: str = ""
    paged: bool = False

    def url(self, page: Page) -> str:
        """Return a page's URL below the base URL."""
        url = f"{self.before}{page.key}{self.after}"
        return f"{url}page/{page.number}/" if page.number else url

    @property
    def takes_any(self) -> bool:
        """Whether any first part of an address may be one of its pages."""
        return self.before == "/" and self.key == SLUG

    @property
    def first(self) -> frozenset[str]:
        """The first parts of its addresses that are always the same."""
        parts = {self.before.split("/")[1]} if "/" in self.before else set()
        if self.paged and not self.key:
            parts.add("page")
        return frozenset(parts - {""})

    def finder(self, kind: str) -> Callable[[str], Page | None]:
        """Return a function from a URL to the page of this kind that stands there, whether or not a site has it."""
        number = r"(?:page/(?P<number>[1-9][0-9]*)/)?" if self.paged else ""
        pattern = re.compile(f"{re.escape(self.before)}(?P<key>{self.key}){re.escape(self.after)}{number}")

        def find(url: str) -> Page | None:
            found = pattern.fullmatch(url)
            if not found:
                return None
            parts = found.groupdict()
            return Page(kind, parts["key"], int(parts.get("number") or 0))

        return find


CHOSEN = Route("")
"""The route of pages whose key is their whole URL, chosen by a writer: no URL is found to be one of theirs."""
