"""Printing problems, and the exit code they call for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from digest.cli.ending import DONE, PROBLEMS, USAGE
from digest.diagnostics import Severity
from digest.report import FORMATS, MOST_SHOWN, as_text, locate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from digest.cli.options import Options
    from digest.diagnostics import Diagnostic


def print_problems(problems: Iterable[Diagnostic], root: Path, options: Options) -> None:
    """Print problems: text on standard error, formats for machines on standard output, those even when empty."""
    located = locate(problems, root)
    if options.format != "text":
        click.echo(FORMATS[options.format](located))
    elif located:
        most = len(located) if options.verbose else MOST_SHOWN
        click.echo(_coloured(as_text(located, most=most)), err=True)


def _coloured(text: str) -> str:
    """Colour the first line of each problem; click drops colours where nobody sees them (no-color.org: nor wants)."""
    if os.environ.get("NO_COLOR"):
        return text
    lines = []
    for line in text.split("\n"):
        if ": error[" in line:
            line = click.style(line, fg="red", bold=True)  # noqa: PLW2901 - the same line, coloured
        elif ": warning[" in line:
            line = click.style(line, fg="yellow", bold=True)  # noqa: PLW2901 - the same line, coloured
        lines.append(line)
    return "\n".join(lines)


def exit_code(problems: Iterable[Diagnostic], *, strict: bool) -> int:
    """Return the exit code that problems call for: themes are configuration, the rest is content."""
    failing = [problem for problem in problems if strict or problem.severity is Severity.ERROR]
    if not failing:
        return DONE
    own = all(
        problem.path.startswith("themes/") or problem.code in {"unknown-theme", "untrusted-theme"}
        for problem in failing
    )
    return USAGE if own else PROBLEMS


def first_of_each(failed: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Keep one problem for each place in a template: it fails for every page in the same way."""
    return list({(problem.path, problem.start, problem.message): problem for problem in reversed(failed)}.values())
