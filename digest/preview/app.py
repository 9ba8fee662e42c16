"""The preview as an ASGI application: pages of the site, and beside them what a browser needs to follow changes.

Specification: ASGI 3.0 (asgi.readthedocs.io). Invariants: a page is answered from one snapshot; nothing outside the
site and this package's own files is answered; every answer has a policy (`policy`), the strictest if it names none.
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
from digest.preview.policy import DATA, EVERYWHERE, POLICY, THEME, asset, new_nonce, page
from digest.state.folder import keep_crash
from digest.state.store import DamagedStateError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping

    from digest.preview.dashboard import Dashboard
    from digest.preview.edit.endpoint import Annotating
    from digest.preview.guard import Guard
    from digest.preview.showing import BrowserState
    from digest.preview.snapshot import File

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

CLIENT = Path(__file__).parent / "client"

_EVENTS = "text/event-stream"

_STILL_HERE = 15
"""Seconds after which an idle stream of events says something, so that a dead connection is noticed."""


@dataclass(slots=True, kw_only=True)
class App:
    """Answers requests; `wake` tells browsers that something may have changed, `close` ends their streams.

    `asked` is set once a page of the site has been answered.
    """

    showing: BrowserState
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
        await _send(response, scope, receive, send)

    async def full(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer any request of a client for which there is no room."""
        words = "The preview has as many connections as it takes. Close some of its tabs, and reload.\n"
        response = PlainTextResponse(words, 503, {"Retry-After": "5", "Connection": "close"})
        await _send(response, scope, receive, send)

    async def _answer(self, scope: Mapping[str, Any], receive: Receive) -> Response:
        address: str = scope["path"]
        try:
            if scope["method"] == "POST":
                return await self._change(address.removeprefix(PREVIEW), receive)
            if address.startswith(PREVIEW):
                return await self._own(address.removeprefix(PREVIEW), scope)
            return await self._site(address)
        except DamagedStateError:
            self.showing.damaged()
            return PlainTextResponse("What was remembered was damaged, and is made anew. Reload in a moment.\n", 503)
        except Exception:  # noqa: BLE001 - a fault of ours must not end somebody's afternoon
            kept = keep_crash(traceback.format_exc())
            return PlainTextResponse(f"A fault of digest's own; {kept} holds what its developers need.\n", 500)

    async def _site(self, address: str) -> Response:
        now, nonce = self.showing.now, new_nonce()
        if now is None:
            return HTMLResponse(self.showing.waiting(nonce), 503, {"Retry-After": "1", **page(nonce)})
        if file := now.file(address):
            return _file(file)
        shown = now.at_hand(address)
        if shown is None:
            shown = await asyncio.to_thread(now.page, address)
        if not shown.found and (elsewhere := now.moved(address)):
            return Response(status_code=301, headers={"Location": elsewhere})
        self.asked.set()
        if shown.media_type:
            return Response(shown.html, 200, asset(shown.media_type), shown.media_type)
        return HTMLResponse(self.showing.html(now, shown, nonce), 200 if shown.found else 404, page(nonce))

    async def _own(self, name: str, scope: Mapping[str, Any]) -> Response:
        """Answer what the preview's own pages ask for, mostly about another page, which the query names."""
        address = _asked(scope["query_string"])
        if name == "events":
            return self._stream(address) if scope["method"] == "GET" else Response(media_type=_EVENTS)
        if name == "panel":
            return HTMLResponse(await asyncio.to_thread(self.showing.panel, address))
        if name in {"", "actors"}:
            return await asyncio.to_thread(self._dashboard if not name else self._actors)
        if name in _client_files():
            return FileResponse(CLIENT.parent / name)
        return PlainTextResponse("Nothing is here.\n", 404)

    def _dashboard(self) -> Response:
        nonce = new_nonce()
        return HTMLResponse(self.showing.dashboard(self.dashboard.html, nonce), headers=page(nonce))

    def _actors(self) -> Response:
        return JSONResponse(self.showing.actors())

    async def _change(self, name: str, receive: Receive) -> Response:
        if self.annotating is None:
            return PlainTextResponse("The preview changes files with --edit only.\n", 403)
        body = await _read(receive, self.annotating.most)
        if body is None:
            return PlainTextResponse("Half a request changes nothing.\n", 400)
        status, answer = await asyncio.to_thread(self.annotating.answer, name, body)
        return JSONResponse(answer, status)

    # Events

    def _stream(self, address: str) -> Response:
        return StreamingResponse(self._events(address), media_type=_EVENTS)

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


async def _send(response: Response, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """Send an answer with the headers that all have; a file may have gone since it was looked up."""
    begun = False

    async def furnished(message: Message) -> None:
        nonlocal begun
        begun = True
        if message["type"] == "http.response.start":
            named = {name.lower() for name, _ in message["headers"]}
            added = EVERYWHERE if POLICY.encode() in named else {**EVERYWHERE, **DATA}
            more = ((name.encode(), value.encode()) for name, value in added.items())
            message["headers"] = [*message["headers"], *more]
        await send(message)

    try:
        await response(scope, receive, furnished)  # type: ignore[arg-type]
    except (OSError, RuntimeError):
        if begun:
            raise
        gone = PlainTextResponse("This file has gone, or cannot be read now.\n", 404)
        await gone(scope, receive, furnished)  # type: ignore[arg-type]


def _file(file: File) -> Response:
    media_type = mimetypes.guess_type(file.path.name)[0] or "application/octet-stream"
    return FileResponse(file.path, media_type=media_type, headers=THEME if file.trusted else asset(media_type))


def _asked(query: bytes) -> str:
    return parse_qs(query.decode("latin-1"), max_num_fields=8).get("path", ["/"])[0]


def _client_files() -> frozenset[str]:
    """Return the names that a request may give: a path is looked up, never joined."""
    return frozenset(f"{CLIENT.name}/{file.name}" for file in CLIENT.iterdir())


async def _read(receive: Receive, most: int) -> bytes | None:
    """Return the body of a request, cut somewhere after the most there may be; None where the client has gone."""
    body, more = b"", True
    while more and len(body) <= most:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message["body"]
        more = message["more_body"]
    return body
