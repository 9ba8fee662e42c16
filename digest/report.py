"""Diagnostics for people and machines: text with an excerpt, JSON, GitHub's workflow commands, SARIF.

Offsets become lines and columns here, from the files as they are now; lines and columns count from 1, columns in
characters.
"""

from __future__ import annotations

import json
import os
import re
from bisect import bisect_right
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from digest import __version__
from digest.decode.text import MAX_BYTES, decode
from digest.diagnostics import CODES, Diagnostic, Severity
from digest.output.places import bundled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

MOST_SHOWN = 20
"""How many problems text shows before it says how many more there are."""


AROUND = 60, 100
"""Characters of a line that are shown before a problem and from there on: a paragraph is often one long line."""

_SLACK = 8
"""What is less than this away from an end is not cut."""


_STEERING = re.compile(r"[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters by which a text steers a terminal, besides the first 32."""


class Excerpt(NamedTuple):
    """The line a problem stands in, cut to what is near it; the gap before the carets below it, and how wide they are.

    Its length is bounded, whatever the line's: there may be as many problems in a line as it has words.
    """

    text: str
    gap: int
    width: int


class Located(NamedTuple):
    """A diagnostic with its place for people; `excerpt` is None where there is nothing to show."""

    diagnostic: Diagnostic
    line: int
    column: int
    end_column: int
    excerpt: Excerpt | None


def locate(diagnostics: Iterable[Diagnostic], root: Path) -> list[Located]:
    """Work out lines and columns; sorted by path, line and code."""
    files: dict[str, _File] = {}
    located = []
    for diagnostic in diagnostics:
        if diagnostic.path not in files:
            files[diagnostic.path] = _file(_text(root, diagnostic.path))
        located.append(_located(diagnostic, files[diagnostic.path]))
    return sorted(located, key=lambda item: (item.diagnostic.path, item.line, item.diagnostic.code, item.column))


class _File(NamedTuple):
    """A file's text, and where each of its lines begins."""

    text: str
    starts: list[int]


def _file(text: str) -> _File:
    return _File(text, [0, *(found.end() for found in re.finditer("\n", text))])


def _text(root: Path, path: str) -> str:
    """Return the text that offsets refer to; "" for what is no file (a pipe would be waited for), elsewhere or hidden.

    A link may lead to `.git/config` or `.env`, and an excerpt of that into a public log.
    """
    place = bundled().parent if path.startswith("themes/") and not os.path.lexists(root / path) else root
    file, own = place / path, place.resolve()
    if file.is_file() and file.resolve().is_relative_to(own) and not _is_hidden(file.resolve().relative_to(own)):
        with suppress(OSError), file.open("rb") as stream:
            return decode(stream.read(MAX_BYTES), path)[0]
    return ""


def _is_hidden(file: Path) -> bool:
    return any(part.startswith(".") for part in file.parts)


def _located(diagnostic: Diagnostic, file: _File) -> Located:
    """Find a problem's line; an offset past the end of the text is the end."""
    text, starts = file
    offset = min(diagnostic.start, len(text))
    line = bisect_right(starts, offset)
    start = starts[line - 1]
    end = starts[line] - 1 if line < len(starts) else len(text)
    column = offset - start + 1
    width = min(max(diagnostic.end - diagnostic.start, 1), max(end - offset, 1))
    return Located(diagnostic, line, column, column + width, excerpt(text, start, offset, end=end, width=width))


def excerpt(
    text: str, start: int, at: int, *, end: int, width: int, around: tuple[int, int] = AROUND
) -> Excerpt | None:
    """Return what is shown of the line from `start` to `end` for a problem `at` an offset; None for an empty line."""
    first, last = max(start, at - around[0]), min(end, at + around[1])
    first, last = start if first - start < _SLACK else first, end if end - last < _SLACK else last
    shown = text[first:last]
    if not shown.strip():
        return None
    before, after = "… " if first > start else "", " …" if last < end else ""
    return Excerpt(f"{before}{safe(shown)}{after}", len(before) + at - first, max(1, min(width, last - at)))


def as_text(located: list[Located], *, most: int = MOST_SHOWN) -> str:
    """Return problems with excerpt, caret and hint; at `most` that many, then a count of the rest."""
    shown = [_shown(item) for item in located[:most]]
    rest = len(located) - len(shown)
    return "\n".join([*shown, *([f"… and {rest} more"] if rest else [])])


def _shown(item: Located) -> str:
    problem = item.diagnostic
    lines = [
        f"{safe(problem.path)}:{item.line}:{item.column}: {problem.severity}[{problem.code}]: {safe(problem.message)}"
    ]
    gutter = " " * len(str(item.line))
    if item.excerpt:
        lines.append(f"  {item.line} | {item.excerpt.text}")
        lines.append(f"  {gutter} | {' ' * item.excerpt.gap}{'^' * item.excerpt.width}")
    if problem.hint:
        lines.append(f"  {gutter} = {safe(problem.hint)}")
    return "\n".join(lines)


def safe(text: str) -> str:
    """Replace what could steer a terminal, end a line or not be printed at all; a tab counts as one column."""
    return re.sub(rf"[\x00-\x1f]|{_STEERING.pattern}", "\ufffd", text.replace("\t", " "))


def as_json(located: list[Located]) -> str:
    """Return a list of objects with path, line, column, code, severity, message and hint."""
    records = [
        {
            "path": item.diagnostic.path,
            "line": item.line,
            "column": item.column,
            "code": item.diagnostic.code,
            "severity": str(item.diagnostic.severity),
            "message": item.diagnostic.message,
            "hint": item.diagnostic.hint,
        }
        for item in located
    ]
    return _dumped(records)


def _dumped(value: object) -> str:
    """Return JSON in which nothing steers a terminal: JSON itself escapes only the first 32 characters."""
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False, indent=2))


def as_github(located: list[Located]) -> str:
    """Return workflow commands, which GitHub shows at the lines of a pull request.

    Source: GitHub Actions, "Workflow commands for GitHub Actions": escaping of data and properties.
    """
    return "\n".join(_command(item) for item in located)


def _command(item: Located) -> str:
    problem = item.diagnostic
    properties = {
        "file": problem.path,
        "line": item.line,
        "col": item.column,
        "endColumn": item.end_column,
        "title": problem.code,
    }
    listed = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in properties.items())
    message = _escaped(f"{problem.message}\n{problem.hint}".strip(), "")
    return f"::{problem.severity} {listed}::{message}"


def _escaped(text: str, also: str) -> str:
    text = "\n".join(map(safe, text.split("\n")))
    for character in f"%\r\n{also}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def as_sarif(located: list[Located]) -> str:
    """Return a SARIF 2.1.0 log with one run."""
    codes = sorted({item.diagnostic.code for item in located})
    driver = {
        "name": "digest",
        "version": __version__,
        "rules": [{"id": code, "shortDescription": {"text": CODES[code]}} for code in codes],
    }
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [*map(_result, located)],
            }
        ],
    }
    return _dumped(log)


def _result(item: Located) -> dict[str, object]:
    problem = item.diagnostic
    region = {"startLine": item.line, "startColumn": item.column, "endColumn": item.end_column}
    place = {"artifactLocation": {"uri": problem.path}, "region": region}
    hint = f"\n{problem.hint}" if problem.hint else ""
    return {
        "ruleId": problem.code,
        "level": "error" if problem.severity is Severity.ERROR else "warning",
        "message": {"text": problem.message + hint},
        "locations": [{"physicalLocation": place}],
    }


FORMATS: dict[str, Callable[[list[Located]], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
}
"""The formats of `--format`."""
