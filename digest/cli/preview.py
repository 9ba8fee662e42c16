"""`digest serve`."""

from __future__ import annotations

import errno
import socket
from contextlib import closing
from time import time_ns
from typing import TYPE_CHECKING

import click

from digest.apart import Apart
from digest.cli.common import common, is_fixed, read_config, say, settings_file
from digest.cli.ending import ENVIRONMENT, USAGE, fail, warn
from digest.cli.following import following
from digest.cli.machine import desk_key, themes_trusted
from digest.cli.remembering import preview_store
from digest.cli.trusting import load_trusted
from digest.engine.last_build import nanoseconds
from digest.executor import local
from digest.preview.editor import refusal
from digest.preview.workshop import PreviewSession
from digest.values import replaced

if TYPE_CHECKING:
    from digest.cli.options import Options
    from digest.config import Config
    from digest.preview.app import App
    from digest.preview.edit.endpoint import Annotating
    from digest.state.store import Store

_PORTS = range(8000, 8100)
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
    shown = options if published else replaced(options, drafts=True, future=True)
    config, _ = load_trusted(shown)
    apart = Apart()
    apart.start()  # before there is anything that a process beside this one should not hold
    with closing(_listen(host, port)) as listening, preview_store(config.root, shown) as store:
        workshop = _workshop(config, shown, store, apart)
        url = f"http://{_named(host)}:{listening.getsockname()[1]}{config.base_path}/"
        app = _app(workshop, host, editor=editor, edit=edit)
        workshop.open()
        say(f"Serving {url} (stop with Ctrl+C)", options)
        _warn(listening, shown)
        if open_browser:
            click.launch(url)
        with following(workshop, shown, asked=app.asked, poll=poll) as begun:
            from digest.preview.server import run

            run(app, listening, begun=begun, say=lambda text: say(text, options))
    return 0


def _workshop(config: Config, options: Options, store: Store, apart: Apart) -> PreviewSession:
    root, settings = config.root, settings_file(options, config.root)
    unremembered = config.trusted - themes_trusted(root)  # where no home can be written, for this run alone
    return PreviewSession(
        root=root,
        settings=settings,
        key=options.key(str(settings), str(options.as_of)),
        read=lambda reading: read_config(options, root, settings, reading, trusted=unremembered),
        store=store,
        executor=local(options.jobs),
        clock=time_ns,
        apart=apart,
        moment=(lambda: nanoseconds(config.now)) if options.as_of or is_fixed() else time_ns,
    )


def _app(workshop: PreviewSession, host: str, *, editor: str, edit: bool) -> App:
    from digest.preview.app import App
    from digest.preview.dashboard import Dashboard
    from digest.preview.guard import Guard
    from digest.preview.showing import BrowserState

    token, annotating = _pen(workshop) if edit else ("", None)
    return App(
        showing=BrowserState(workshop=workshop, editor=editor, token=token),
        guard=Guard(
            frozenset({"localhost", "127.0.0.1", "[::1]", _named(host).lower()}), token, addresses=host not in _LOOPBACK
        ),
        dashboard=Dashboard(workshop, editor),
        annotating=annotating,
    )


def _pen(workshop: PreviewSession) -> tuple[str, Annotating]:
    """Return what lets pages write files, and the token by which they ask for it."""
    import secrets

    from digest.preview.edit.desk import Desk
    from digest.preview.edit.endpoint import Annotating

    desk = Desk(workshop.root, desk_key(workshop.root))
    for path in desk.clear():
        warn(f"{path} was saved while an edit was cut off: compare it with its file, delete it")
    return secrets.token_urlsafe(24), Annotating(workshop, desk)


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


def _warn(listening: socket.socket, shown: Options) -> None:
    """Say, however quiet the rest is to be, who can see what beyond this machine."""
    from ipaddress import ip_address

    if ip_address(listening.getsockname()[0]).is_loopback:
        return
    hidden = shown.drafts or shown.future or shown.expired
    more = "drafts and embargoed entries too; --published hides them" if hidden else "and what is wrong in its files"
    click.echo(f"Everybody on your network can see this site: {more}.", err=True)


def _named(host: str) -> str:
    """Return a host as addresses have it."""
    return f"[{host}]" if ":" in host else host
