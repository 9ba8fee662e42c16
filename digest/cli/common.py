"""What commands share: the common options, the settings, and messages."""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.cli.ending import DONE, USAGE, ending, fail
from digest.cli.options import COMMON, Options
from digest.cli.problems import print_problems
from digest.project import FILE_NAME, first_link, root_above
from digest.report import safe

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.config import Config
    from digest.diagnostics import Diagnostic
    from digest.digests import Reading


def common(function: Callable[..., int | None]) -> Callable[..., None]:
    """Give a command the common options, as one `Options`, and an end without a traceback."""

    @wraps(function)
    def wrapped(**values: Any) -> None:
        names = Options.__struct_fields__
        own = {name: value for name, value in values.items() if name not in names}
        options = Options(**{name: values[name] for name in names} | {"jobs": values["jobs"] or _cores()})
        with ending():
            sys.exit(function(options, **own) or DONE)

    for option in reversed(COMMON):
        wrapped = option(wrapped)
    return wrapped


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def find_root(options: Options) -> Path:
    """Return the site's folder."""
    if options.root:
        return _spelt(options.root.resolve())
    if options.config:
        return _spelt(options.config.resolve()).parent
    root = root_above(Path.cwd())
    return _spelt(root) if root else fail(f"no {FILE_NAME} here or above; make a site with: digest init", USAGE)


def _spelt(path: Path) -> Path:
    """Return a path that is text, for it is remembered and shown; end where its bytes are none."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        fail(f"{path} is not UTF-8: rename the folder", USAGE)
    return path


def settings_file(options: Options, root: Path) -> Path:
    """Return the settings file, which may not be there."""
    return _spelt(options.config.resolve()) if options.config else root / FILE_NAME


def load_config(options: Options) -> Config:
    """Return the settings; ends the process with their problems where they cannot be used."""
    return load_settings(options)[0]


def load_settings(options: Options) -> tuple[Config, bool]:
    """Return the settings, and whether something was said about them; ends the process where they cannot be used."""
    root = find_root(options)
    path = settings_file(options, root)
    if not path.is_file():
        fail(f"no {path.name} in {path.parent}; make a site with: digest init", USAGE)
    config, problems = read_config(options, root, path, None)
    if problems:
        print_problems(problems, root, options)
    if config is None or (problems and options.strict):
        sys.exit(USAGE)
    return config, bool(problems)


def read_config(
    options: Options, root: Path, path: Path, reading: Reading | None, *, trusted: frozenset[str] = frozenset()
) -> tuple[Config | None, list[Diagnostic]]:
    """Read the settings at `path`, or what was read of them, with what the command line and the machine add.

    Themes in `trusted` may run besides those that the machine remembers.

    Raises:
        OSError: the file cannot be read.
    """
    from digest.cli.machine import themes_trusted
    from digest.config import Show, load

    return load(
        root,
        path=path,
        now=options.as_of or current_moment(),
        show=Show(drafts=options.drafts, future=options.future, expired=options.expired),
        base_url=options.base_url,
        trusted=themes_trusted(root) | trusted,
        reading=reading,
    )


def is_fixed() -> bool:
    """Tell whether the environment says what time it is."""
    return bool(os.environ.get("SOURCE_DATE_EPOCH"))


def current_moment() -> datetime:
    """Return the moment to build for: SOURCE_DATE_EPOCH (reproducible-builds.org), else now."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return datetime.now(UTC)
    try:
        moment = datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError):
        fail(f"SOURCE_DATE_EPOCH is not a number of seconds: {epoch!r}", USAGE)
    if not date.min.year < moment.year < date.max.year:  # the day after, or another zone, may lead into another year
        fail(f"SOURCE_DATE_EPOCH lies too far away: {epoch!r}", USAGE)
    return moment


def destination(options: Options, root: Path) -> Path:
    """Return the output folder; relative ones are below the root when left to the default."""
    if not options.destination:
        return root / "site"
    refuse_links(options.destination)
    return _spelt(options.destination.absolute())


def refuse_links(folder: Path) -> None:
    """End where a folder that is to be written lies behind a link below the current folder: a clone may bring it."""
    if link := first_link(Path.cwd(), folder):
        fail(f"{link} is a link, through which nothing is written; name where it leads", USAGE)


def say(message: str, options: Options) -> None:
    """Print a line for people: standard output, or standard error where that is for machines."""
    if not options.quiet:
        click.echo(safe(message), err=options.format != "text")
