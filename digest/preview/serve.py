"""The preview server: pages are rendered when a browser asks for them; nothing is written.

Invariants: a request reads one snapshot, which is replaced as a whole; while content has errors the last good
pages stay up; requests for a host that is not this machine get no content (DNS rebinding); only addresses the
plan names are answered, so no path of the file system is ever made from a request.
"""

from __future__ import annotations

import html
import mimetypes
import re
import threading
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from digest.content.load import CONTENT, UNPUBLISHED
from digest.engine.making import Press
from digest.output.render import TemplateFailedError
from digest.pages.urls import Page, asset_url, encode, theme_url, url_of
from digest.pages.view import template_of, view

if TYPE_CHECKING:
    from pathlib import Path

    from digest.prepare import Prepared
    from digest.state.store import Store

_MAX_TARGET = 4096


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A prepared site, what renders it, and what each URL leads to."""

    prepared: Prepared
    press: Press
    pages: dict[str, tuple[Page, str]]
    files: dict[str, Path]


def snapshot(prepared: Prepared, store: Store) -> Snapshot:
    """Return the snapshot of a site that has a theme; what was remembered of it must stay in the store."""
    assert prepared.theme is not None  # noqa: S101 - `usable` says so
    files = {theme_url(prepared.theme.published[name]): file for name, file in prepared.theme.static.items()}
    assets = prepared.site.index.assets
    files |= {asset_url(path.removeprefix(f"{CONTENT}/")): prepared.config.root / path for path in assets}
    press = Press(site=prepared.site, theme=prepared.theme, store=store, folder=None, templates={})
    return Snapshot(prepared, press, {url_of(page): (page, source) for page, source in prepared.planned}, files)


@dataclass(slots=True)
class Preview:
    """The state shared by requests and rebuilds: the snapshot, and the problems of the last build as text."""

    current: Snapshot
    store: Store
    problems: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def update(self, prepared: Prepared | None, problems: str) -> None:
        """Take a new build: its pages if they are usable, else its problems."""
        usable = prepared is not None and prepared.usable
        if prepared and usable:
            self.current = snapshot(prepared, self.store)
        self.problems = "" if usable else problems

    def answer(self, target: str) -> tuple[HTTPStatus, str, bytes]:
        """Return status, content type and body for a request's target."""
        now = self.current
        base = now.prepared.config.base_path
        path = unquote(urlsplit(target).path)
        if base and path.startswith(f"{base}/"):
            path = path[len(base) :]
        if (data := self._file(now, path)) is not None:
            return HTTPStatus.OK, mimetypes.guess_type(path)[0] or "application/octet-stream", data
        if path in now.pages:
            return HTTPStatus.OK, "text/html; charset=utf-8", self._page(now, *now.pages[path])
        if f"{path}/" in now.pages:
            return HTTPStatus.MOVED_PERMANENTLY, encode(f"{base}{path}/"), b""
        return HTTPStatus.NOT_FOUND, "text/html; charset=utf-8", self._page(now, Page("not-found"), "")

    def _file(self, now: Snapshot, path: str) -> bytes | None:
        """Return a file's bytes; None where there is none, or where a link has since been put in its place."""
        file = now.files.get(path)
        try:
            return file.read_bytes() if file and _is_ours(file, now.prepared) else None
        except OSError:
            return None

    def _page(self, now: Snapshot, page: Page, source: str) -> bytes:
        try:
            with self.lock:
                data = now.press.renderer.render(template_of(page), view(now.prepared.site, page), source)
        except TemplateFailedError as problem:
            data = b"<!doctype html><title>Template error</title><body>"
            return data + _notice(f"{problem.diagnostic.path}: {problem.diagnostic.message}\n{self.problems}")
        return data + (_notice(self.problems) if self.problems else b"")


def _is_ours(file: Path, prepared: Prepared) -> bool:
    """Tell whether a file is, links followed, inside the project or a theme."""
    themes = prepared.theme.folders.values() if prepared.theme else ()
    real = file.resolve()
    unpublished = (prepared.config.root / CONTENT / UNPUBLISHED).resolve()
    return not real.is_relative_to(unpublished) and any(
        real.is_relative_to(place.resolve()) for place in (prepared.config.root, *themes)
    )


def _notice(problems: str) -> bytes:
    """Return a panel that shows problems over the last good page."""
    style = (
        "position:fixed;inset:auto 0 0 0;max-height:50vh;overflow:auto;margin:0;padding:1rem;background:#300;color:#fff"
    )
    return f'<pre role="alert" style="{style}">{html.escape(problems)}</pre>'.encode()


def make_server(preview: Preview, host: str, port: int) -> ThreadingHTTPServer:
    """Return a server bound to an address; `serve_forever` runs it.

    Raises:
        OSError: the address is taken or not this machine's.
    """
    allowed = {"localhost", "127.0.0.1", "[::1]", host}

    class Handler(BaseHTTPRequestHandler):
        """Answers GET and HEAD for hosts that are this machine."""

        protocol_version = "HTTP/1.1"
        timeout = 20

        def do_GET(self) -> None:
            self._answer(body=True)

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def _answer(self, *, body: bool) -> None:
            name = re.sub(r":\d+$", "", self.headers.get("Host", "").lower())
            foreign = self.headers.get("Sec-Fetch-Site") == "cross-site"
            if name not in allowed or (foreign and self.headers.get("Sec-Fetch-Mode") != "navigate"):
                self._send(HTTPStatus.FORBIDDEN, "text/plain", b"This host is not served.\n", body=body)
            elif not self.path.startswith("/") or len(self.path) > _MAX_TARGET:
                self._send(HTTPStatus.BAD_REQUEST, "text/plain", b"Bad request.\n", body=body)
            else:
                self._send(*preview.answer(self.path), body=body)

        def _send(self, status: HTTPStatus, kind: str, data: bytes, *, body: bool) -> None:
            self.send_response(status)
            moved = status is HTTPStatus.MOVED_PERMANENTLY
            self.send_header("Location" if moved else "Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Cross-Origin-Resource-Policy", "same-origin")
            self.end_headers()
            if body:
                self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing: the terminal shows builds and problems."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that goes away is no error of ours."""

    return Server((host, port), Handler)
