"""What templates know of the site itself, and the pages that belong to no record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.pages.views.parts import Head, LinkView


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFoundView:
    """`404.html`: template `not-found.html`."""

    head: Head


@dataclass(frozen=True, slots=True, kw_only=True)
class RedirectView:
    """An old address that leads to the new one: template `redirect.html`."""

    head: Head
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """What templates know about the site itself, the same on every page.

    `sections` are the main parts (actors, topics …), `pages` the free pages; `extra` is `digest.yaml`'s `extra`.
    """

    title: str
    description: str
    lang: str
    base_url: str
    sections: tuple[LinkView, ...]
    pages: tuple[LinkView, ...]
    extra: tuple[tuple[str, object], ...]
    generator: str
