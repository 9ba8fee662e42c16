"""The command line: the only part that prints, asks the clock and the environment, and ends the process."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from importlib import import_module

import click

from digest import __version__

_HELP = """Build a site from an annotated news digest: who said what, about which agreement, when, in which office.

Exit codes: 0 done; 1 problems in the content; 2 usage or configuration; 3 environment (disk, permission, lock);
4 publish refused; 130 interrupted.
"""

COMMANDS = {
    "init": "content.init",
    "new": "content.new",
    "build": "building.build",
    "serve": "preview.serve",
    "check": "checking.check",
    "why": "reasons.why_command",
    "list": "content.list_records",
    "schema": "content.schema",
    "clean": "building.clean",
}
"""Where each command lives, in the order help lists them; a command is imported when it is run."""


class _Commands(click.Group):
    """The commands, each imported when it is needed (click's documentation, "Lazily loading subcommands")."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the library's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the library's signature
        module, _, name = COMMANDS.get(cmd_name, "").partition(".")
        command: click.Command | None = getattr(import_module(f"{__name__}.{module}"), name) if module else None
        return command


@click.command(
    cls=_Commands,
    help=_HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="digest")
def main() -> None:
    """Run the command line."""


def run() -> None:
    """Run the command line as a process, and end it at once: taking a large site apart takes a tenth of a second."""
    try:
        main(prog_name="digest")
    except SystemExit as end:
        if isinstance(end.code, int) and threading.active_count() == 1:
            atexit._run_exitfuncs()  # noqa: SLF001 - it is what the interpreter calls
            if _said_all():
                os._exit(end.code)
        raise


def _said_all() -> bool:
    """Write out what was printed; false where that fails, which the interpreter has a way of saying."""
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream:  # there is none where it was closed before we began
                stream.flush()
    except (OSError, ValueError):
        return False
    return True
