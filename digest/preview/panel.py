"""Problems as pages of the preview show them: the panel over a page, and the list on the dashboard.

Everything in it is text from files, and escaped by the template.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from digest.diagnostics import Severity
from digest.output.engine import PlainEngine
from digest.output.places import bundled
from digest.preview.editor import link
from digest.report import excerpt, safe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.report import Excerpt, Located

TEMPLATES = Path(__file__).parent / "templates"
MOST = 100
"""How many problems are shown."""

_AROUND = 24, 60
"""Characters shown around a problem, as a phone has room for (`report.AROUND`)."""


class Piece(NamedTuple):
    """A piece of a message; what stands in backticks is code."""

    text: str
    code: bool


class Problem(NamedTuple):
    """What is shown of one problem; `url` opens its place in an editor."""

    severity: str
    code: str
    message: tuple[Piece, ...]
    hint: tuple[Piece, ...]
    where: str
    url: str
    excerpt: Excerpt | None


def panel(located: Sequence[Located], *, editor: str, root: Path, late: bool) -> str:
    """Return the problems as an HTML fragment, "" where there are none.

    `editor` is a template of links (`editor.link`); `late` says that what is shown is older than the files.
    """
    if not located:
        return ""
    errors = sum(item.diagnostic.severity is Severity.ERROR for item in located)
    values = {
        "total": len(located),
        "counted": ", ".join(filter(None, [_counted(errors, "error"), _counted(len(located) - errors, "warning")])),
        "errors": errors,
        "late": late,
        "problems": problems_of(located[:MOST], editor=editor, root=root),
    }
    return rendered("panel.html", values)


def problems_of(located: Sequence[Located], *, editor: str, root: Path) -> tuple[Problem, ...]:
    """Return what is shown of problems, in the same order."""
    return tuple(_problem(item, editor=editor, root=root) for item in located)


def file_of(root: Path, path: str) -> Path:
    """Return the file a diagnostic's path means: the project's, or a theme's that came with the package."""
    own = root / path
    other = bundled().parent / path
    return other if path.startswith("themes/") and not own.exists() and other.exists() else own


def rendered(template: str, values: Mapping[str, object]) -> str:
    """Return what a template of the preview's own makes of values."""
    return _engine().text(template, values)


@cache
def _engine() -> PlainEngine:
    return PlainEngine(lambda name: ((TEMPLATES / name).read_text(encoding="utf-8"), str(TEMPLATES / name)))


def _problem(item: Located, *, editor: str, root: Path) -> Problem:
    problem = item.diagnostic
    return Problem(
        severity=str(problem.severity),
        code=problem.code,
        message=_pieces(problem.message),
        hint=_pieces(problem.hint),
        where=f"{safe(problem.path)}:{item.line}:{item.column}",
        url=link(editor, file_of(root, problem.path), line=item.line, column=item.column),
        excerpt=_narrow(item.excerpt) if item.excerpt else None,
    )


def _pieces(text: str) -> tuple[Piece, ...]:
    parts = re.split(r"`([^`]+)`", safe(text))
    return tuple(Piece(part, code=number % 2 == 1) for number, part in enumerate(parts) if part)


def _narrow(shown: Excerpt) -> Excerpt | None:
    text, gap, width = shown
    return excerpt(text, 0, gap, end=len(text), width=width, around=_AROUND)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}" if number else ""
