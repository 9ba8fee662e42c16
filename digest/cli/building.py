"""`digest build`, `check` and `clean`."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

import click

from digest import build as driver
from digest.cli.common import common, destination, find_root, load_config, say
from digest.cli.ending import DONE, ENVIRONMENT, USAGE, fail
from digest.cli.problems import exit_code, print_problems
from digest.cli.progress import progress
from digest.output import state, write

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from digest.build import Prepared
    from digest.cli.options import Options
    from digest.diagnostics import Diagnostic
    from digest.output.write import Written


@click.command()
@common
def build(options: Options) -> int:
    """Write the site."""
    start = monotonic()
    config = load_config(options)
    folder = destination(options, config.root)
    _check_folder(folder, config.root)
    with _only_build(config.root), progress(options) as report:
        prepared = driver.prepare(config, jobs=options.jobs, progress=report)
        problems = list(prepared.diagnostics)
        code = exit_code(problems, strict=options.strict)
        written = None
        if code == DONE:
            failed: list[Diagnostic] = []
            files = driver.outputs(prepared, progress=report, problems=failed)
            written = driver.publish(folder, config.root, files, commit=lambda: not failed)
            problems += _first_of_each(failed)
            code = exit_code(problems, strict=options.strict)
    print_problems(problems, config.root, options)
    if written is None:
        say(f"Not built: {_count(problems)}. {_last_site(folder)}", options)
        return code
    _summary(prepared, written, options, folder=folder, seconds=monotonic() - start)
    return code


def _check_folder(folder: Path, root: Path) -> None:
    try:
        write.check_destination(folder, root)
    except write.UnsafeDestinationError as error:
        fail(f"{error}; choose another with --destination", USAGE)


def _only_build(root: Path) -> AbstractContextManager[object]:
    try:
        return state.only_build(root)
    except state.AnotherBuildError:
        fail("another build of this site is running", ENVIRONMENT)


def _first_of_each(failed: list[Diagnostic]) -> list[Diagnostic]:
    """Keep one problem for each place in a template: it fails for every page in the same way."""
    return list({(problem.path, problem.start, problem.message): problem for problem in reversed(failed)}.values())


def _last_site(folder: Path) -> str:
    return f"{folder.name}/ is as it was." if folder.exists() else ""


def _count(problems: list[Diagnostic]) -> str:
    errors = sum(problem.severity == "error" for problem in problems)
    return " and ".join(
        _plural(number, word) for number, word in ((errors, "error"), (len(problems) - errors, "warning")) if number
    )


def _plural(number: int, word: str) -> str:
    return (
        f"{number:,} {word}"
        if number == 1
        else f"{number:,} {word[:-1]}ies"
        if word.endswith("y")
        else f"{number:,} {word}s"
    )


def _contents(prepared: Prepared) -> str:
    site = prepared.site
    quotes = sum(len(entry.quotes) for entry in site.entries.values())
    notes = sum(len(entry.document.notes) for entry in site.entries.values())
    return f"{_plural(len(site.entries), 'article')}, {_plural(quotes, 'quote')}, {_plural(notes, 'note')}"


def _hidden(prepared: Prepared) -> str:
    hidden = prepared.site.hidden
    groups = (
        (len(hidden.drafts), "draft"),
        (len(hidden.future) + len(hidden.embargoed), "future entry"),
        (len(hidden.expired), "expired entry"),
    )
    listed = ", ".join(_plural(number, word) for number, word in groups if number)
    return f" Hidden: {listed}." if listed else ""


def _summary(prepared: Prepared, written: Written, options: Options, *, folder: Path, seconds: float) -> None:
    warnings = sum(problem.severity == "warning" for problem in prepared.diagnostics)
    pages = _plural(len(prepared.planned), "page")
    files = f"{written.changed:,} files written, {written.unchanged:,} unchanged, {written.removed:,} removed"
    noted = f" {_plural(warnings, 'warning')}." if warnings else ""
    say(
        f"{pages} from {_contents(prepared)} in {folder.name}/ ({files}) in {seconds:.1f} s.{_hidden(prepared)}{noted}",
        options,
    )


@click.command()
@common
def check(options: Options) -> int:
    """Find every problem, as `build` would; write nothing."""
    config = load_config(options)
    with progress(options) as report:
        prepared = driver.prepare(config, jobs=options.jobs, progress=report)
        problems = list(prepared.diagnostics)
        if prepared.usable:
            failed: list[Diagnostic] = []
            for _ in driver.outputs(prepared, progress=report, problems=failed):
                pass
            problems += _first_of_each(failed)
    print_problems(problems, config.root, options)
    found = _count(problems) or "no problems"
    say(f"Checked {_contents(prepared)}: {found}.{_hidden(prepared)}", options)
    return exit_code(problems, strict=options.strict)


@click.command()
@common
def clean(options: Options) -> int:
    """Remove what digest wrote: the site's files and the state folder."""
    root = find_root(options)
    folder = destination(options, root)
    _check_folder(folder, root)
    with _only_build(root):
        removed = write.clean(folder, write.spare_of(folder, root))
        state.remove(root)
    say(f"{_plural(removed, 'file')} removed.", options)
    return DONE
