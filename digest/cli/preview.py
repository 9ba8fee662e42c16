"""`digest serve`."""

from __future__ import annotations

import errno
import gc
import secrets
import socket
import threading
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from time import time_ns
from typing import TYPE_CHECKING

import click

from digest.cli.common import common, is_fixed, load_settings, read_config, say, settings_file
from digest.cli.ending import ENVIRONMENT, USAGE, fail
from digest.cli.problems import print_problems
from digest.cli.progress import progress
from digest.cli.remembering import preview_store
from digest.executor import local
from digest.prepare import nanoseconds
from digest.preview.editor import refusal
from digest.preview.workshop import Workshop
from digest.values import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from digest.cli.options import Options
    from digest.config import Config
    from digest.preview.app import App
    from digest.state.store import Store

_PORTS = range(8000, 8100)
_FIRST_PAGE = 0.5
"""Seconds that are left to the first page, where one can be shown, before all is read for the pages after an edit."""

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@click.command()
@click.option("--host", default="127.0.0.1", help="The address to listen at.")
@click.option("-p", "--port", type=click.IntRange(1, 65535), help="Default: 8000, or the next one that is free.")
@click.option("--open", "open_browser", is_flag=True, help="Open the site in a browser.")
@click.option("--poll", is_flag=True, help="Look for changes without the system's help, as network drives need.")
@click.option("--edit", is_flag=True, help="Let pages write notes and quotations into their files; this machine only.")
@click.option("--published", is_flag=True, help="Hide drafts and future entries, as a build does.")
@click.option("--editor", default="vscode://file", help="The start of links that open a file, or a pattern of them.")
@common
def serve(
    options: Options,
    host: str,
    port: int | None,
    editor: str,
    *,
    open_browser: bool,
    poll: bool,
    edit: bool,
    published: bool,
) -> int:
    """Show the site while you write; pages follow what you save."""
    if edit and host not in _LOOPBACK:
        fail(f"--edit lets pages write files, so it is for this machine only, not for {host}", USAGE)
    if wrong := refusal(editor):
        fail(wrong, USAGE)
    shown = options if published else replace(options, drafts=True, future=True)
    config, _ = load_settings(shown)
    with closing(_listen(host, port)) as listening, preview_store(config.root) as store:
        workshop = _workshop(config, shown, store)
        url = f"http://{_named(host)}:{listening.getsockname()[1]}{config.base_path}/"
        app = _app(workshop, host, editor=editor, token=secrets.token_urlsafe(24) if edit else "")
        workshop.open()
        say(f"Serving {url} (stop with Ctrl+C)", options)
        if open_browser:
            click.launch(url)
        with _working(workshop, shown, poll=poll) as begun:
            from digest.preview.server import run

            run(app, listening, begun=begun)
    return 0


def _workshop(config: Config, options: Options, store: Store) -> Workshop:
    root, settings = config.root, settings_file(options, config.root)
    chosen = [str(settings), options.base_url, options.drafts, options.future, options.expired, str(options.as_of)]
    return Workshop(
        root=root,
        settings=settings,
        key=digest(chosen),
        read=lambda: read_config(options, root, settings),
        store=store,
        executor=local(options.jobs),
        clock=time_ns,
        moment=(lambda: nanoseconds(config.now)) if options.as_of or is_fixed() else time_ns,
    )


def _app(workshop: Workshop, host: str, *, editor: str, token: str) -> App:
    from digest.preview.annotating import Annotating
    from digest.preview.app import App
    from digest.preview.dashboard import Dashboard
    from digest.preview.editing import Desk
    from digest.preview.guard import Guard
    from digest.preview.showing import Showing

    return App(
        showing=Showing(workshop=workshop, editor=editor, token=token),
        guard=Guard(
            frozenset({"localhost", "127.0.0.1", "[::1]", _named(host).lower()}), token, addresses=host not in _LOOPBACK
        ),
        dashboard=Dashboard(workshop, editor),
        annotating=Annotating(workshop, Desk(workshop.root)) if token else None,
    )


@contextmanager
def _working(workshop: Workshop, options: Options, *, poll: bool) -> Iterator[Callable[[Callable[[], None]], None]]:
    """Keep the site up to date in a thread of its own; yields what starts it, given what tells browsers."""
    stop, threads = threading.Event(), list[threading.Thread]()
    teller = _Teller(options)

    def begin(wake: Callable[[], None]) -> None:
        def changed(shop: Workshop) -> None:
            teller.tell(shop)
            wake()

        workshop.changed = changed
        thread = threading.Thread(target=_work, args=(workshop, options, stop), kwargs={"poll": poll, "wake": wake})
        threads.append(thread)
        thread.start()

    try:
        yield begin
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        workshop.close()


def _work(workshop: Workshop, options: Options, stop: threading.Event, *, poll: bool, wake: Callable[[], None]) -> None:
    """Read everything, then follow what is written."""
    from digest.preview.hints import EVERYTHING
    from digest.preview.watch import watch

    if workshop.current:
        stop.wait(_FIRST_PAGE)
    with progress(options) as report:

        def say_and_wake(stage: str, done: int, total: int) -> None:
            report(stage, done, total)
            wake()

        workshop.report = say_and_wake
        workshop.look(EVERYTHING)
    workshop.warm()
    gc.collect()
    gc.freeze()  # what was read stays: looking through it for garbage would hold up an edit
    root = workshop.root
    places = [root / "content", root / "themes", workshop.settings]
    watch(places, workshop.look, stop=stop, say=lambda text: say(text, options), poll=poll)


@dataclass(slots=True)
class _Teller:
    """Says in the terminal what browsers show."""

    options: Options
    _said: tuple[str, bool] | None = None

    def tell(self, shop: Workshop) -> None:
        now = shop.problems_key, shop.late
        if self._said != now and (shop.problems or self._said is not None):
            print_problems(shop.problems, shop.root, self.options)
        if self._said is not None:
            say("Not updated: the last good pages stay up." if shop.late else "Updated.", self.options)
        elif shop.late:
            say("The pages may lack what is wrong in the content.", self.options)
        self._said = now


def _listen(host: str, port: int | None) -> socket.socket:
    """Bind the wanted port, or the first free one when none was asked for."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in [port] if port else _PORTS:
        try:
            listening = socket.create_server((host, candidate), family=family, backlog=512)
        except OSError as error:
            if port or error.errno != errno.EADDRINUSE:
                fail(f"cannot listen at {host}:{candidate}: {error.strerror}", ENVIRONMENT)
        else:
            # asyncio does this for sockets it makes by itself; without it an answer waits 40 ms for its last part.
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return listening
    return fail("no port from 8000 to 8099 is free; choose one with --port", ENVIRONMENT)


def _named(host: str) -> str:
    """Return a host as addresses have it."""
    return f"[{host}]" if ":" in host else host
