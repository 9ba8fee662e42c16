"""Runs the preview's application with uvicorn, until it is interrupted.

Invariants: a client that does not finish a request is let go of in time; connections never use up the files a process
may open; who comes when there is no room takes the place of the client that has kept us waiting longest, or is told.
"""

from __future__ import annotations

import asyncio
import errno
import resource
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from digest.preview.policy import DATA, EVERYWHERE

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from types import FrameType

    from digest.preview.app import App

_PATIENCE = 2
"""Seconds that what is under way has to end, once the server is to stop or a connection to be closed."""

_UNFINISHED = 10
"""Seconds that a client may take for a request, from its first byte, or from connecting, to its last."""

_MOST_HEAD = 65_536
"""Bytes that a request may have before its body."""

_MOST = 512
"""Connections at most: a browser keeps six to a server, and tabs in the background keep none."""

_AT_ONCE = 32
"""Connections taken before any of them is looked at."""

_OTHER_FILES = 64
"""Files that the process may open besides: its store, watches, and what it reads."""

_NO_MORE_FILES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class _Protocol(HttpToolsProtocol):
    """HTTP as uvicorn speaks it, for at most `most` connections, with little patience.

    A target that is no path of ours names no page (RFC 9112, 3.2.2 to 3.2.4).
    """

    def __init__(self, *arguments: Any, app: App, most: int, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._most = most
        self._when_full = app.full
        self._since = 0.0
        self._head: int | None = 0  # bytes that have come of a head, None while a body comes
        self._deadline: asyncio.TimerHandle | None = None

    @property
    def is_waited_for(self) -> bool:
        """Tell whether the client is to say something before we do."""
        return self._deadline is not None or not self._is_answering

    @property
    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()
        if len(self.connections) > self._most:
            self._make_room()

    def _make_room(self) -> None:
        others = (other for other in self.connections if isinstance(other, _Protocol) and other is not self)
        waiting = [other for other in others if other.is_waited_for]
        if waiting:
            longest = min(waiting, key=lambda other: other._since)  # noqa: SLF001 - one of us
            longest.connections.discard(longest)
            longest.transport.abort()
        else:
            self.app = self._when_full

    def _wait(self) -> None:
        """Begin to wait for a request."""
        self._stop_waiting()
        self._since = self.loop.time()
        self._deadline = self.loop.call_later(_UNFINISHED, self._lose_patience)

    def _stop_waiting(self) -> None:
        if self._deadline:
            self._deadline.cancel()
        self._deadline = None

    def _lose_patience(self) -> None:
        self._deadline = None
        if not (self._is_answering and self.cycle.response_started):
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "This request took too long to come.")
        self.let_go()

    def let_go(self) -> None:
        """Close the connection when the client has taken its last bytes, or has had time to."""
        self._stop_waiting()
        self.transport.close()
        self.loop.call_later(_PATIENCE, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._deadline is None:
            self._wait()
        if self._head is not None:
            self._head += len(data)
        super().data_received(data)
        if self._head is not None and self._head > _MOST_HEAD and not self.transport.is_closing():
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "This request says too much of itself.")
            self.let_go()

    def on_message_begin(self) -> None:
        if self._deadline is None:
            self._wait()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head = None
        if not self.url.startswith(b"/"):
            self.url = b"/%00"
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._stop_waiting()
        self._head = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self._since = self.loop.time()
        super().on_response_complete()

    def timeout_keep_alive_handler(self) -> None:
        self.let_go()

    def send_400_response(self, msg: str) -> None:
        self._refuse(HTTPStatus.BAD_REQUEST, msg)
        self.let_go()

    def _refuse(self, status: HTTPStatus, words: str) -> None:
        """Answer what is no request that the application could answer."""
        headers = {
            **EVERYWHERE,
            **DATA,
            "content-type": "text/plain; charset=utf-8",
            "content-length": str(len(words) + 1),
            "connection": "close",
        }
        lines = (f"HTTP/1.1 {status} {status.phrase}", *(f"{name}: {value}" for name, value in headers.items()), "")
        self.transport.write("\r\n".join((*lines, f"{words}\n")).encode())


class _Server(uvicorn.Server):
    """A server that ends streams of events first, for they would never end by themselves."""

    def __init__(self, config: uvicorn.Config, app: App) -> None:
        super().__init__(config)
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._app.close()
        super().handle_exit(sig, frame)


def run(
    app: App,
    listening: socket.socket,
    *,
    begun: Callable[[Callable[[], None]], None],
    say: Callable[[str], None],
) -> None:
    """Serve until the process is interrupted; `begun` is given what wakes all streams, from any thread.

    `say` tells the user what they should know.

    Raises:
        KeyboardInterrupt: it was interrupted.
    """
    config = uvicorn.Config(
        app,
        http=partial(_Protocol, app=app, most=_room()),  # type: ignore[arg-type]
        backlog=_AT_ONCE,
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        log_level="critical",  # what clients do wrong is theirs; what we do, the application says
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_PATIENCE,
    )
    asyncio.run(_serve(_Server(config, app), app, listening, begun, say))


def _room() -> int:
    """Return how many connections there may be: each may read a file, too."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MOST if files == resource.RLIM_INFINITY else max(8, min(_MOST, (files - _OTHER_FILES) // 2))


async def _serve(
    server: _Server,
    app: App,
    listening: socket.socket,
    begun: Callable[[Callable[[], None]], None],
    say: Callable[[str], None],
) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_complaining(say))
    begun(lambda: _call(loop, app.wake))
    await server.serve(sockets=[listening])


def _complaining(say: Callable[[str], None]) -> Callable[[asyncio.AbstractEventLoop, dict[str, Any]], None]:
    """Return what says once that no connection can be taken, where asyncio would print a traceback for each."""
    said = False

    def complain(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        nonlocal said
        error = context.get("exception")
        if not (isinstance(error, OSError) and error.errno in _NO_MORE_FILES and "socket" in context):
            loop.default_exception_handler(context)
        elif not said:
            said = True
            say(f"No more connections can be taken for the moment: {error.strerror}.")

    return complain


def _call(loop: asyncio.AbstractEventLoop, function: Callable[[], Any]) -> None:
    """Call something in the loop, if it still runs."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(function)
