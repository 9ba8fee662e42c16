"""What commands share: options, settings, progress, the report of problems, and ends without a traceback."""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, NoReturn

import click

from digest import config as configuration
from digest.config import FILE_NAME, Config, Show
from digest.dates import parse_moment
from digest.diagnostics import Severity
from digest.report import FORMATS, MOST_SHOWN, as_text, locate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from digest.diagnostics import Diagnostic

DONE, PROBLEMS, USAGE, ENVIRONMENT, INTERRUPTED = 0, 1, 2, 3, 130
_PROGRESS_AFTER = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options common to commands that read a site."""

    root: Path | None
    config: Path | None
    destination: Path | None
    base_url: str | None
    drafts: bool
    future: bool
    expired: bool
    as_of: datetime | None
    jobs: int
    strict: bool
    quiet: bool
    verbose: bool
    format: str


class _AsOf(click.ParamType[datetime]):
    """A moment on the command line."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401
        if isinstance(value, datetime):
            return value
        try:
            return parse_moment(str(value)).instant(UTC)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _check_base_url(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value and not configuration.is_base_url(value):
        raise click.BadParameter(f"{value!r} is not the address of a site; write https://example.org/")
    return value


_COMMON = (
    click.option("-C", "--root", type=click.Path(path_type=Path), help="The site's folder. Default: the nearest parent with digest.yaml."),
    click.option("-c", "--config", type=click.Path(path_type=Path), help="The settings file. Default: digest.yaml in the root."),
    click.option("-d", "--destination", type=click.Path(path_type=Path), help="Where the site is written. Default: site."),
    click.option("-b", "--base-url", callback=_check_base_url, help="The address it is published at; a path is honoured."),
    click.option("-D", "--drafts", is_flag=True, help="Show drafts."),
    click.option("-F", "--future", is_flag=True, help="Show entries dated in the future or under embargo."),
    click.option("-E", "--expired", is_flag=True, help="Show expired entries."),
    click.option("--as-of", type=_AsOf(), help="Build for this moment. Default: SOURCE_DATE_EPOCH, else now."),
    click.option("-j", "--jobs", type=click.IntRange(1, 256), default=None, help="Processes. Default: one for each core."),
    click.option("--strict", is_flag=True, help="Let warnings fail."),
    click.option("-q", "--quiet", is_flag=True, help="Print problems only."),
    click.option("-v", "--verbose", is_flag=True, help="Print every problem, and times."),
    click.option("--format", type=click.Choice(list(FORMATS)), default="text", help="How problems are printed."),
)


def common(function: Callable[..., int | None]) -> Callable[..., None]:
    """Give a command the common options, as one `Options`, and an end without a traceback."""

    @wraps(function)
    def wrapped(**values: Any) -> None:  # noqa: ANN401
        names = Options.__dataclass_fields__
        own = {name: value for name, value in values.items() if name not in names}
        options = Options(**{name: values[name] for name in names} | {"jobs": values["jobs"] or _cores()})
        with ending():
            sys.exit(function(options, **own) or DONE)

    for option in reversed(_COMMON):
        wrapped = option(wrapped)
    return wrapped


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def ending() -> Iterator[None]:
    """Turn what goes wrong outside the content into one line and an exit code."""
    try:
        yield
    except KeyboardInterrupt:
        fail("interrupted", INTERRUPTED)
    except BrokenPipeError:
        sys.exit(INTERRUPTED)
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        fail(f"{name}{error.strerror or error}", ENVIRONMENT)
    except (click.ClickException, SystemExit):
        raise
    except Exception as error:
        if os.environ.get("DIGEST_DEBUG"):
            raise
        where = Path(".digest-crash.txt")
        where.write_text(traceback.format_exc(), encoding="utf-8")
        fail(f"a fault of digest's own: {type(error).__name__}; {where} holds what its developers need", ENVIRONMENT)


def fail(message: str, code: int) -> NoReturn:
    """Print one line and end the process."""
    click.echo(f"digest: {message}", err=True)
    sys.exit(code)


def find_root(options: Options) -> Path:
    """Return the site's folder."""
    if options.root:
        return options.root.resolve()
    if options.config:
        return options.config.resolve().parent
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / FILE_NAME).is_file():
            return folder
    fail(f"no {FILE_NAME} here or above; make a site with: digest init", USAGE)


def load_config(options: Options) -> Config:
    """Read the settings; ends the process with the problems where they cannot be used."""
    root = find_root(options)
    path = options.config.resolve() if options.config else root / FILE_NAME
    if not path.is_file():
        fail(f"no {path.name} in {path.parent}; make a site with: digest init", USAGE)
    config, problems = configuration.load(
        root,
        path=path,
        now=options.as_of or current_moment(),
        show=Show(drafts=options.drafts, future=options.future, expired=options.expired),
        base_url=options.base_url,
    )
    if config is None or (problems and options.strict):
        print_problems(problems, root, options)
        sys.exit(USAGE)
    if problems:
        print_problems(problems, root, options)
    return config


def current_moment() -> datetime:
    """Return the moment to build for: SOURCE_DATE_EPOCH (reproducible-builds.org), else now."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError):
        fail(f"SOURCE_DATE_EPOCH is not a number of seconds: {epoch!r}", USAGE)


def destination(options: Options, root: Path) -> Path:
    """Return the output folder; relative ones are below the root when left to the default."""
    return options.destination.absolute() if options.destination else root / "site"


def print_problems(problems: Iterable[Diagnostic], root: Path, options: Options) -> None:
    """Print problems: text on standard error, formats for machines on standard output, those even when empty."""
    located = locate(problems, root)
    if options.format != "text":
        click.echo(FORMATS[options.format](located))
    elif located:
        most = len(located) if options.verbose else MOST_SHOWN
        click.echo(_coloured(as_text(located, most=most)), err=True)


def _coloured(text: str) -> str:
    """Colour the first line of each problem; click drops colours where nobody sees them."""
    lines = []
    for line in text.split("\n"):
        if ": error[" in line:
            line = click.style(line, fg="red", bold=True)  # noqa: PLW2901
        elif ": warning[" in line:
            line = click.style(line, fg="yellow", bold=True)  # noqa: PLW2901
        lines.append(line)
    return "\n".join(lines)


def say(message: str, options: Options) -> None:
    """Print a message for people: standard output, or standard error where that is for machines."""
    if not options.quiet:
        click.echo(message, err=options.format != "text")


def exit_code(problems: Iterable[Diagnostic], *, strict: bool) -> int:
    """Return the exit code that problems call for: themes are configuration, the rest is content."""
    failing = [problem for problem in problems if strict or problem.severity is Severity.ERROR]
    if not failing:
        return DONE
    own = all(problem.path.startswith("themes/") or problem.code == "unknown-theme" for problem in failing)
    return USAGE if own else PROBLEMS


@contextmanager
def progress(options: Options) -> Iterator[Callable[[str, int, int], None]]:
    """Yield a reporter of progress: a bar on a terminal, for work that takes longer than a second."""
    if options.quiet or not sys.stderr.isatty():
        yield lambda _stage, _done, _total: None
        return
    bar = _Bar(monotonic())
    try:
        yield bar.report
    finally:
        bar.close()


class _Bar:
    """A progress bar that appears when the work turns out to be long; rich is imported only then."""

    def __init__(self, start: float) -> None:
        self._start = start
        self._bar: Any = None
        self._stage: Any = None
        self._name = ""

    def report(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` are done in a stage."""
        if self._bar is None:
            if monotonic() - self._start < _PROGRESS_AFTER:
                return
            self._open()
        if stage != self._name:
            if self._stage is not None:
                self._bar.remove_task(self._stage)
            self._name, self._stage = stage, self._bar.add_task(stage, total=total)
        self._bar.update(self._stage, completed=done)

    def _open(self) -> None:
        from rich.console import Console  # noqa: PLC0415 - 60 ms that most runs never need
        from rich.progress import Progress  # noqa: PLC0415

        self._bar = Progress(console=Console(stderr=True), transient=True)
        self._bar.start()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
