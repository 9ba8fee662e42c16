"""`digest serve`."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import click

from digest.build import prepare
from digest.cli.common import ENVIRONMENT, Options, common, fail, load_config, print_problems, progress, say
from digest.report import as_text, locate
from digest.serve import Preview, make_server, snapshot

if TYPE_CHECKING:
    from http.server import ThreadingHTTPServer

    from digest.build import Prepared

_PORTS = range(8000, 8100)


@click.command()
@click.option("--host", default="127.0.0.1", help="The address to listen at.")
@click.option("-p", "--port", type=click.IntRange(1, 65535), help="Default: 8000, or the next one that is free.")
@click.option("--open", "open_browser", is_flag=True, help="Open the site in a browser.")
@click.option("--poll", is_flag=True, help="Look for changes without the system's help, as network drives need.")
@common
def serve(options: Options, host: str, port: int | None, *, open_browser: bool, poll: bool) -> int:
    """Show the site while you write; pages follow every change."""
    with progress(options) as report:
        prepared = prepare(load_config(options), jobs=options.jobs, progress=report)
    print_problems(prepared.diagnostics, prepared.config.root, options)
    preview = Preview(snapshot(_usable(prepared, options)), _problems(prepared))
    server = _bind(preview, host, port)
    url = f"http://{host}:{server.server_port}{prepared.config.base_path}/"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say(f"Serving {url} (stop with Ctrl+C)", options)
    if open_browser:
        click.launch(url)
    _follow(preview, options, poll=poll)
    return 0


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
    fail("no port from 8000 to 8099 is free; choose one with --port", ENVIRONMENT)


def _follow(preview: Preview, options: Options, *, poll: bool) -> None:
    """Rebuild on every change until interrupted."""
    from digest.watch import watch  # noqa: PLC0415 - watchdog costs 40 ms

    root = preview.current.prepared.config.root

    def rebuild() -> None:
        prepared = prepare(load_config(options), jobs=1)
        print_problems(prepared.diagnostics, root, options)
        preview.update(prepared, _problems(prepared))
        say("Updated." if prepared.usable else "Not updated: the last good pages stay up.", options)

    paths = [root / "content", root / "themes", root / "digest.yaml"]
    watch(paths, rebuild, stop=threading.Event(), poll=poll)
