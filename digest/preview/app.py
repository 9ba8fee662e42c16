"""The preview as an ASGI application: pages of the site, and beside them what a browser needs to follow changes.

Specification: ASGI 3.0 (asgi.readthedocs.io). Invariants: a page is answered from one snapshot; nothing outside the
site and this package's own files is answered; every answer forbids caching, guessing types and framing.
"""

from __future__ import annotations

import asyncio
import json
import mimetypes
import threading
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse

from digest.pages.urls import PREVIEW
from digest.state.folder import keep_crash
from digest.state.store import DamagedStateError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping

    from digest.preview.annotating import Annotating
    from digest.preview.dashboard import Dashboard
    from digest.preview.guard import Guard
    from digest.preview.showing import Showing

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

CLIENT = Path(__file__).parent / "client"

_EVERYWHERE = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"frame-ancestors 'none'"),
    (b"referrer-policy", b"same-origin"),
)
_STILL_HERE = 15
"""Seconds after which an idle stream of events says something, so that a dead connection is noticed."""


@dataclass(slots=True, kw_only=True)
class App:
    """Answers requests; `wake` tells browsers that something may have changed, `close` ends their streams.

    `asked` is set once a page of the site has been answered.
    """

    showing: Showing
    guard: Guard
    dashboard: Dashboard
    annotating: Annotating | None = None
    asked: threading.Event = field(default_factory=threading.Event)
    _waiting: set[asyncio.Event] = field(default_factory=set)
    _closed: bool = False

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        target = scope["raw_path"] + b"?" + scope["query_string"]
        refused = self.guard.refuses(scope["method"], target, headers)
        if refused:
            response: Response = PlainTextResponse(f"{refused[1]}\n", refused[0])
        else:
            response = await self._answer(scope, receive)
        await response(scope, receive, _furnished(send))  # type: ignore[arg-type]

    async def _answer(self, scope: Mapping[str, Any], receive: Receive) -> Response:
        address: str = scope["path"]
        try:
            if scope["method"] == "POST":
                return await self._change(address.removeprefix(PREVIEW), receive)
            if address.startswith(PREVIEW):
                return await self._own(address.removeprefix(PREVIEW), _asked(scope["query_string"]))
            return await self._site(address)
        except DamagedStateError:
            self.showing.damaged()
            return PlainTextResponse("What was remembered was damaged, and is made anew. Reload in a moment.\n", 503)
        except Exception:  # noqa: BLE001 - a fault of ours must not end somebody's afternoon
            kept = keep_crash(traceback.format_exc())
            return PlainTextResponse(f"A fault of digest's own; {kept} holds what its developers need.\n", 500)

    async def _site(self, address: str) -> Response:
        now = self.showing.now
        if now is None:
            return HTMLResponse(self.showing.waiting(), 503, {"Retry-After": "1"})
        if file := now.file(address):
            return FileResponse(file, media_type=mimetypes.guess_type(address)[0] or "application/octet-stream")
        shown = now.at_hand(address)
        if shown is None:
            shown = await asyncio.to_thread(now.page, address)
        if not shown.found and (elsewhere := now.moved(address)):
            return Response(status_code=301, headers={"Location": elsewhere})
        self.asked.set()
        return HTMLResponse(self.showing.html(now, shown), 200 if shown.found else 404)

    async def _own(self, name: str, address: str) -> Response:
        """Answer what the preview's own pages ask for; `address` is the page they speak of."""
        if name == "events":
            return StreamingResponse(self._events(address), media_type="text/event-stream")
        if name == "panel":
            return HTMLResponse(await asyncio.to_thread(self.showing.panel, address))
        if name in {"", "actors"}:
            return await asyncio.to_thread(self._dashboard if not name else self._actors)
        if name in _client_files():
            return FileResponse(CLIENT.parent / name)
        return PlainTextResponse("Nothing is here.\n", 404)

    def _dashboard(self) -> Response:
        return HTMLResponse(self.showing.dashboard(self.dashboard.html))

    def _actors(self) -> Response:
        return JSONResponse(self.showing.actors())

    async def _change(self, name: str, receive: Receive) -> Response:
        if self.annotating is None:
            return PlainTextResponse("The preview changes files with --edit only.\n", 403)
        body = await _read(receive, self.annotating.most)
        status, answer = await asyncio.to_thread(self.annotating.answer, name, body)
        return JSONResponse(answer, status)

    # Events

    async def _events(self, address: str) -> AsyncIterator[str]:
        """Yield what a page goes by, and the problems, whenever they differ from what was said last."""
        woken, last = asyncio.Event(), ""
        self._waiting.add(woken)
        try:
            while not self._closed:
                woken.clear()
                state = await asyncio.to_thread(self._state, address)
                if state != last:
                    yield f"data: {state}\n\n"
                    last = state
                try:
                    await asyncio.wait_for(woken.wait(), _STILL_HERE)
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            self._waiting.discard(woken)

    def _state(self, address: str) -> str:
        try:
            return json.dumps(self.showing.state(address))
        except DamagedStateError:
            self.showing.damaged()
            return json.dumps({"key": "", "problems": "", "progress": None})

    def wake(self) -> None:
        """Let all streams look; to be called in the thread of the event loop."""
        for woken in self._waiting:
            woken.set()

    def close(self) -> None:
        """End all streams; as `wake`."""
        self._closed = True
        self.wake()


def _furnished(send: Send) -> Send:
    async def furnished(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *_EVERYWHERE]
        await send(message)

    return furnished


def _asked(query: bytes) -> str:
    return parse_qs(query.decode("latin-1"), max_num_fields=8).get("path", ["/"])[0]


def _client_files() -> frozenset[str]:
    """Return the names that a request may give: a path is looked up, never joined."""
    return frozenset(f"{CLIENT.name}/{file.name}" for file in CLIENT.iterdir())


async def _read(receive: Receive, most: int) -> bytes:
    """Return the body of a request, cut somewhere after the most there may be."""
    body, more = b"", True
    while more and len(body) <= most:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False) and message["type"] == "http.request"
    return body
