"""What templates know of the site itself, and the pages that belong to no record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.values import Value

if TYPE_CHECKING:
    from digest.pages.views.parts import Head, LinkView


class NotFoundView(Value, kw_only=True):
    """`404.html`: template `not-found.html`."""

    head: Head


class RedirectView(Value, kw_only=True):
    """An old address that leads to the new one: template `redirect.html`."""

    head: Head
    target: str


class SiteView(Value, kw_only=True):
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
