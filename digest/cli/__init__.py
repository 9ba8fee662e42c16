"""The command line: the only part that prints, asks the clock and the environment, and ends the process."""

from __future__ import annotations

import click

from digest import __version__
from digest.cli import building, content, preview

_HELP = """Build a site from an annotated news digest: who said what, about which agreement, when, in which office.

Exit codes: 0 done; 1 problems in the content; 2 usage or configuration; 3 environment (disk, permission, lock);
4 publish refused; 130 interrupted.
"""


@click.group(help=_HELP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="digest")
def main() -> None:
    """Run the command line."""


for command in (
    content.init,
    content.new,
    building.build,
    preview.serve,
    building.check,
    content.list_records,
    content.schema,
    building.clean,
):
    main.add_command(command)
