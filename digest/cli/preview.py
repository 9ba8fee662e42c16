"""`digest serve`."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time_ns
from typing import TYPE_CHECKING

import click

from digest.cli.common import common, load_config, read_config, say
from digest.cli.ending import ENVIRONMENT, fail
from digest.cli.problems import print_problems
from digest.cli.progress import progress
from digest.diagnostics import Diagnostic
from digest.executor import Serial, local
from digest.prepare import Session, prepare, silent
from digest.preview.serve import Preview, make_server, snapshot
from digest.report import as_text, locate
from digest.state.store import FILE, Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import ThreadingHTTPServer

    from digest.cli.options import Options
    from digest.config import Config
    from digest.executor import Executor
    from digest.prepare import Prepared
    from digest.preview.hints import Hint

_PORTS = range(8000, 8100)

_Stamps = frozenset[tuple[str, int, int, int]]


@click.command()
@click.option("--host", default="127.0.0.1", help="The address to listen at.")
@click.option("-p", "--port", type=click.IntRange(1, 65535), help="Default: 8000, or the next one that is free.")
@click.option("--open", "open_browser", is_flag=True, help="Open the site in a browser.")
@click.option("--poll", is_flag=True, help="Look for changes without the system's help, as network drives need.")
@common
def serve(options: Options, host: str, port: int | None, *, open_browser: bool, poll: bool) -> int:
    """Show the site while you write; reload a page to see a change."""
    config = load_config(options)
    since = _stamps(_watched(config))
    with TemporaryDirectory(prefix="digest-") as folder:
        store = Store(Path(folder) / FILE)
        with progress(options) as report:
            prepared = prepare(config, _session(store, local(options.jobs), progress=report))
        print_problems(prepared.diagnostics, prepared.config.root, options)
        preview = Preview(snapshot(_usable(prepared, options), store), store, _problems(prepared))
        _serve(preview, config, options, host=host, port=port, open_browser=open_browser, since=since, poll=poll)
    return 0


def _session(store: Store, executor: Executor, *, progress: Callable[[str, int, int], None] = silent) -> Session:
    """Return a session that keeps what is on show."""
    return Session(store=store, executor=executor, clock=time_ns(), forget=False, progress=progress)


def _serve(
    preview: Preview,
    config: Config,
    options: Options,
    *,
    host: str,
    port: int | None,
    open_browser: bool,
    since: _Stamps,
    poll: bool,
) -> None:
    server = _bind(preview, host, port)
    url = f"http://{host}:{server.server_port}{config.base_path}/"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say(f"Serving {url} (stop with Ctrl+C)", options)
    if open_browser:
        click.launch(url)
    _follow(preview, config, options, since=since, poll=poll)


def _usable(prepared: Prepared, options: Options) -> Prepared:
    """Return a site that can be shown: this one, or one without what is wrong with it."""
    if prepared.theme is None:
        fail("without its theme the site cannot be shown", 2)
    if not prepared.usable:
        say("The pages may lack what is wrong in the content.", options)
    return prepared


def _problems(prepared: Prepared) -> str:
    return "" if prepared.usable else as_text(locate(prepared.diagnostics, prepared.config.root))


def _bind(preview: Preview, host: str, port: int | None) -> ThreadingHTTPServer:
    """Bind the wanted port, or the first free one when none was asked for."""
    for candidate in [port] if port else _PORTS:
        try:
            return make_server(preview, host, candidate)
        except OSError as error:
            if port or error.errno not in {98, 48}:
                fail(f"cannot listen at {host}:{candidate}: {error.strerror}", ENVIRONMENT)
    return fail("no port from 8000 to 8099 is free; choose one with --port", ENVIRONMENT)


def _watched(config: Config) -> list[Path]:
    return [config.root / "content", config.root / "themes", config.root / config.path]


def _follow(preview: Preview, config: Config, options: Options, *, since: _Stamps, poll: bool) -> None:
    """Rebuild on every change until interrupted."""
    from digest.preview.watch import watch  # noqa: PLC0415 - watchdog costs 40 ms

    before = since

    def look(_: Hint) -> bool:
        nonlocal before
        now = _stamps(_watched(config))
        changed, before = now != before, now
        if changed:
            rebuild()
        return changed

    def rebuild() -> None:
        prepared, problems = _again(config, options, preview.store)
        print_problems(problems, config.root, options)
        usable = prepared is not None and prepared.usable
        preview.update(prepared, "" if usable else as_text(locate(problems, config.root)))
        say("Updated." if usable else "Not updated: the last good pages stay up.", options)

    watch(_watched(config), look, stop=threading.Event(), say=lambda text: say(text, options), poll=poll)


def _stamps(paths: list[Path]) -> _Stamps:
    """Return the stamps of all files in the folders, and of the files, in `paths`."""
    found = set()
    for file in (file for path in paths for file in ([path] if path.is_file() else path.rglob("*"))):
        with suppress(OSError):
            seen = file.stat()
            found.add((str(file), seen.st_mtime_ns, seen.st_size, seen.st_ino))
    return frozenset(found)


def _again(config: Config, options: Options, store: Store) -> tuple[Prepared | None, list[Diagnostic]]:
    """Read everything again; no site where the settings cannot be used, or a file goes away while it is read."""
    try:
        fresh, problems = read_config(options, config.root, config.root / config.path)
        prepared = prepare(fresh, _session(store, Serial())) if fresh else None
    except OSError as error:
        file = Path(str(error.filename or config.root))
        path = file.relative_to(config.root).as_posix() if file.is_relative_to(config.root) else str(file)
        return None, [Diagnostic(code="unreadable-file", message=f"cannot be read: {error.strerror}", path=path)]
    return prepared, [*problems, *(prepared.diagnostics if prepared else ())]
