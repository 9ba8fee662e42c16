"""What the preview shows at one moment: a linked site, its theme, and the pages that were asked for.

A snapshot is replaced as a whole, never changed; it can be asked by several threads. A page is rendered when it is
asked for. Only addresses the site has are answered, so no path of the file system is ever made from a request.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from itertools import islice
from mimetypes import guess_type
from typing import TYPE_CHECKING, NamedTuple

from digest.content.load import CONTENT, UNPUBLISHED
from digest.digests import digest_of
from digest.engine.rows import fragments_of
from digest.output.render import Renderer, TemplateFailedError
from digest.pages.kind import Planned
from digest.pages.plan import page_at
from digest.pages.routes import kind_of, url_of
from digest.pages.urls import Page, asset_url, encode, out_path, theme_url
from digest.pages.view import site_view, view, viewpoint
from digest.preview.policy import new_nonce
from digest.state.store import DamagedStateError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from digest.diagnostics import Diagnostic
    from digest.engine.rows import FileRecord
    from digest.linking.site import Site
    from digest.output.theme import Theme
    from digest.pages.lens import Viewpoint
    from digest.state.store import Store

_KEPT = 256
"""Rendered pages that a snapshot keeps: some 5 MB."""


class Shown(NamedTuple):
    """A rendered page: its bytes, their digest, the content file it is made of; `problem` where a template fails.

    `html` is that of a page, or the bytes of another file, whose `media_type` is then given.
    """

    html: bytes
    key: str
    source: str
    found: bool
    problem: Diagnostic | None = None
    media_type: str = ""


class File(NamedTuple):
    """A file as it lies in the project or a theme; `trusted` tells that it is the theme's."""

    path: Path
    trusted: bool


@dataclass(slots=True, kw_only=True)
class Snapshot:
    """A site as it is shown.

    `static` are the theme's files by address, `assets` those of content; `heads` is what was read of the sources by
    path, `good` pages as they were before, by address, for a template may fail. Scripts that templates write bear the
    renderer's nonce, a secret of this run; an answer has its own put in place of it.
    """

    site: Site
    viewpoint: Viewpoint
    theme: Theme
    renderer: Renderer
    lock: threading.Lock
    static: Mapping[str, Path]
    assets: Mapping[str, Path]
    heads: Mapping[str, FileRecord]
    good: Mapping[str, Shown] = field(default_factory=dict)
    _pages: dict[str, Shown] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        return self.site.config.root

    @property
    def base_path(self) -> str:
        return self.site.config.base_path

    def path(self, address: str) -> str | None:
        """Return the path of the site that an address on this server means; None for one outside the site."""
        base = self.base_path
        if not base:
            return address
        return address[len(base) :] if address.startswith(f"{base}/") else None

    def page(self, address: str) -> Shown:
        """Return the page at an address: the site's own page for it, or the one that says there is none.

        Raises:
            DamagedStateError: the store is damaged.
        """
        shown = self.at_hand(address)
        if shown is None:
            path = self.path(address)
            planned = None if path is None else page_at(self.site, path)
            with self.lock:
                shown = self._rendered(planned or Planned(Page("not-found")), address, found=planned is not None)
            if len(self._pages) < _KEPT:
                self._pages[address] = shown
        return shown

    def at_hand(self, address: str) -> Shown | None:
        """Return the page at an address if it need not be made."""
        return self._pages.get(address)

    def moved(self, address: str) -> str:
        """Return where an address without its last slash leads; "" where it leads nowhere."""
        path = self.path(address)
        return encode(f"{self.base_path}{path}/") if path is not None and page_at(self.site, f"{path}/") else ""

    def file(self, address: str) -> File | None:
        """Return the file at an address; None where there is none, or a link has since been put in its place."""
        path = self.path(address) or ""
        trusted = path in self.static
        file = self.static[path] if trusted else self.assets.get(path)
        return File(file, trusted) if file and self._is_ours(file) else None

    def last_pages(self) -> dict[str, Shown]:
        """Return the last good pages at each address that was asked for."""
        return dict(islice(({**self.good, **_good(self._pages)}).items(), _KEPT))

    def digest_of(self, path: str) -> str:
        """Return the digest of a source as it was read for this snapshot; "" for one that was not."""
        head = self.heads.get(path)
        return head.input if head else ""

    def actor_file(self, name: str) -> str | None:
        """Return the path of an actor's file."""
        actor = self.site.actors.get(name)
        return actor.document.path if actor else None

    def _rendered(self, planned: Planned, address: str, *, found: bool) -> Shown:
        page, source = planned
        kind = kind_of(page)
        media_type = guess_type(out_path(url_of(page)))[0] or "application/octet-stream" if kind.encode else ""
        try:
            html = self.renderer.page(kind, view(self.viewpoint, page), source)
        except TemplateFailedError as failed:
            if isinstance(failed.__cause__, DamagedStateError):
                raise failed.__cause__ from None
            before = self.good.get(address)
            html = before.html if before else _FAILED
            return Shown(html, digest_of(html), source, found, failed.diagnostic)
        return Shown(html, digest_of(html), source, found, media_type=media_type)

    def _is_ours(self, file: Path) -> bool:
        """Tell whether a file is, links followed, inside the project or a theme, and no stored source."""
        real = file.resolve()
        unpublished = (self.root / CONTENT / UNPUBLISHED).resolve()
        places = (self.root, *self.theme.folders.values())
        return (
            real.is_file()
            and not real.is_relative_to(unpublished)
            and any(real.is_relative_to(place.resolve()) for place in places)
        )


_FAILED = b"<!doctype html><html><head><title>Template error</title></head><body></body></html>"


def _good(pages: Mapping[str, Shown]) -> dict[str, Shown]:
    # Other threads may add pages meanwhile, so what is gone through is a copy.
    return {address: shown for address, shown in [*pages.items()] if shown.problem is None}


def snapshot(
    site: Site, theme: Theme, store: Store, *, heads: Mapping[str, FileRecord], before: Snapshot | None = None
) -> Snapshot:
    """Return a snapshot of a site; what was remembered of it must stay in the store.

    Templates that `before` has compiled are used again where nothing they see of the site has changed.
    """
    constants = site_view(site)
    if before and before.theme is theme and _constants(before.renderer) == (constants, site.config.base_path):
        renderer, lock = before.renderer, before.lock
    else:
        nonce = before.renderer.nonce if before else new_nonce()
        renderer = Renderer(theme, site.config.root, constants, site.config.base_path, fragments_of(store), nonce)
        lock = threading.Lock()
    return Snapshot(
        site=site,
        viewpoint=viewpoint(site),
        theme=theme,
        renderer=renderer,
        lock=lock,
        static={theme_url(theme.published[name]): file for name, file in theme.static.items()},
        assets={asset_url(path.removeprefix(f"{CONTENT}/")): site.config.root / path for path in site.index.assets},
        heads=heads,
        good=before.last_pages() if before else {},
    )


def _constants(renderer: Renderer) -> tuple[object, str]:
    return renderer.site, renderer.base_path
