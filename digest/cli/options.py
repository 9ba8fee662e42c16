"""The options common to commands that read a site."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.dates import Moment, parse_moment
from digest.project import is_base_url
from digest.report import FORMATS
from digest.values import Value


class Options(Value, kw_only=True):
    """The options common to commands that read a site."""

    root: Path | None
    config: Path | None
    destination: Path | None
    base_url: str | None
    drafts: bool
    future: bool
    expired: bool
    as_of: Moment | None
    jobs: int
    strict: bool
    trust: bool
    quiet: bool
    verbose: bool
    format: str

    def key(self, *others: str) -> str:
        """Return what tells runs apart that show different things: these options, with what else decides it.

        `--jobs`, `--strict` and how problems are printed are not among them: they change no page.
        """
        return json.dumps([*others, self.drafts, self.future, self.expired, self.base_url])


if TYPE_CHECKING:
    MomentType = click.ParamType[Moment]
else:
    MomentType = click.ParamType  # generic since click 8.4


class AsOf(MomentType):
    """A moment on the command line, in the site's zone."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Moment:
        if isinstance(value, Moment):
            return value
        try:
            return parse_moment(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _check_base_url(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value and not is_base_url(value):
        raise click.BadParameter(f"{value!r} is not the address of a site; write https://example.org/")
    return value


COMMON = (
    click.option(
        "-C",
        "--root",
        type=click.Path(path_type=Path),
        help="The site's folder. Default: the nearest parent with digest.yaml.",
    ),
    click.option(
        "-c",
        "--config",
        type=click.Path(path_type=Path),
        help="The settings file. Default: digest.yaml in the root.",
    ),
    click.option(
        "-d",
        "--destination",
        type=click.Path(path_type=Path),
        help="Where the site is written. Default: site.",
    ),
    click.option(
        "-b",
        "--base-url",
        callback=_check_base_url,
        help="The address it is published at; a path is honoured.",
    ),
    click.option("-D", "--drafts", is_flag=True, help="Show drafts."),
    click.option("-F", "--future", is_flag=True, help="Show entries dated in the future or under embargo."),
    click.option("-E", "--expired", is_flag=True, help="Show expired entries."),
    click.option("--as-of", type=AsOf(), help="Build for this moment. Default: SOURCE_DATE_EPOCH, else now."),
    click.option(
        "-j",
        "--jobs",
        type=click.IntRange(1, 256),
        default=None,
        help="Processes. Default: one for each core.",
    ),
    click.option("--strict", is_flag=True, help="Let warnings fail."),
    click.option("--trust", is_flag=True, help="Let the project's own theme run here, now and later: it is code."),
    click.option("-q", "--quiet", is_flag=True, help="Print problems only."),
    click.option("-v", "--verbose", is_flag=True, help="Print every problem, not only the first 20."),
    click.option("--format", type=click.Choice(list(FORMATS)), default="text", help="How problems are printed."),
)
"""The options themselves, in the order help shows them."""
