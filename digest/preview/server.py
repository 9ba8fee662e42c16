"""Runs the preview's application with uvicorn, until it is interrupted."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from types import FrameType

    from digest.preview.app import App

_PATIENCE = 2
"""Seconds that requests have to end once the server is to stop."""


class _Protocol(HttpToolsProtocol):
    """HTTP as uvicorn speaks it; a target that is no path of ours names no page (RFC 9112, 3.2.2 to 3.2.4)."""

    def on_headers_complete(self) -> None:
        if not self.url.startswith(b"/"):
            self.url = b"/%00"
        super().on_headers_complete()


class _Server(uvicorn.Server):
    """A server that ends streams of events first, for they would never end by themselves."""

    def __init__(self, config: uvicorn.Config, app: App) -> None:
        super().__init__(config)
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._app.close()
        super().handle_exit(sig, frame)


def run(app: App, listening: socket.socket, *, begun: Callable[[Callable[[], None]], None]) -> None:
    """Serve until the process is interrupted; `begun` is given what wakes all streams, from any thread.

    Raises:
        KeyboardInterrupt: it was interrupted.
    """
    config = uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        log_level="critical",  # what clients do wrong is theirs; what we do, the application says
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_PATIENCE,
    )
    asyncio.run(_serve(_Server(config, app), app, listening, begun))


async def _serve(
    server: _Server, app: App, listening: socket.socket, begun: Callable[[Callable[[], None]], None]
) -> None:
    loop = asyncio.get_running_loop()
    begun(lambda: _call(loop, app.wake))
    await server.serve(sockets=[listening])


def _call(loop: asyncio.AbstractEventLoop, function: Callable[[], Any]) -> None:
    """Call something in the loop, if it still runs."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(function)
