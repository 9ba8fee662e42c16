"""A checker of the links of built pages that shares no code and no belief with the engine."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HOST = "https://site.invalid"
"""Where pages are taken to stand that are built for no address of their own."""

_LOADED = frozenset({"img", "script", "iframe", "audio", "video", "source", "track", "embed"})
_LOADING_RELATIONS = frozenset({"stylesheet", "icon", "preload", "modulepreload", "manifest"})
_CSS_URL = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")


class Page(HTMLParser):
    """The addresses a page links to or loads, and the ids it offers."""

    def __init__(self, html: str) -> None:
        """Read the page."""
        super().__init__()
        self.ids: list[str] = []
        self.linked: list[str] = []
        self.loaded: list[str] = []
        self.styles: list[str] = []
        self._in_style = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        values = {name: value or "" for name, value in attrs}
        self.ids += [values["id"]] if "id" in values else []
        self.styles += [values["style"]] if "style" in values else []
        loads = tag in _LOADED or not _LOADING_RELATIONS.isdisjoint(values.get("rel", "").split())
        targets = self.loaded if loads else self.linked
        targets += [values[name] for name in ("href", "src", "action", "poster", "cite") if name in values]
        self.loaded += [part.split()[0] for part in values.get("srcset", "").split(",") if part.strip()]

    def handle_endtag(self, tag: str) -> None:
        self._in_style = self._in_style and tag != "style"

    def handle_data(self, data: str) -> None:
        self.styles += [data] if self._in_style else []


def broken_links(files: Mapping[str, bytes], *, base_url: str = "") -> Iterator[str]:
    """Yield a sentence for each dead link, dead anchor, repeated id and file loaded from elsewhere.

    `files` is a built site by path; `base_url` the address it was built for.
    """
    base = (base_url or HOST).rstrip("/") + "/"
    pages = {path: Page(text.decode()) for path, text in files.items() if path.endswith(".html")}
    for path, page in pages.items():
        yield from (f"{path}: two ids `{name}`" for name in sorted({n for n in page.ids if page.ids.count(n) > 1}))
        here = urljoin(base, path.removesuffix("index.html"))
        loaded = [*page.loaded, *(url for style in page.styles for url in _CSS_URL.findall(style))]
        for address in page.linked + loaded:
            yield from _problems(address, here, base, files, pages, is_loaded=address in loaded)
    for path, text in files.items():
        if path.endswith(".css"):
            for address in _CSS_URL.findall(text.decode()):
                yield from _problems(address, urljoin(base, path), base, files, pages, is_loaded=True)


def _problems(
    address: str,
    here: str,
    base: str,
    files: Mapping[str, bytes],
    pages: Mapping[str, Page],
    *,
    is_loaded: bool,
) -> Iterator[str]:
    target, anchor = urldefrag(urljoin(here, address))
    if urlsplit(target)[:2] != urlsplit(base)[:2]:
        if is_loaded and not address.startswith("data:"):
            yield f"{here}: loads {address} from elsewhere"
        return
    path = unquote(urlsplit(target).path)
    root = urlsplit(base).path
    inside = path.removeprefix(root)
    file = f"{inside}index.html" if inside.endswith("/") or not inside else inside
    if not path.startswith(root) or file not in files:
        yield f"{here}: {address} leads nowhere"
    elif anchor and file in pages and unquote(anchor) not in pages[file].ids:
        yield f"{here}: {address} has no such anchor"
