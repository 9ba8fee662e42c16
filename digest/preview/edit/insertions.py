"""Edits of a file's text, made in its bytes: what is not edited stays as it is, to the byte.

Places are offsets into the text as `decode.text` reads it, like those of diagnostics. A byte order mark, line ends of
any kind and white space stay; line feeds in new text become the line ends of the file.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.content.kinds import by_folder
from digest.content.load import CONTENT, Source
from digest.content.parse import front_matter
from digest.decode.text import decode
from digest.diagnostics import Diagnostic, has_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINE_END = re.compile(r"\r\n|\r|\n")
_INNERMOST = 3
"""Parts that the path of a source has at least: content/<folder>/<name>."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file is not edited, in words for the editor: no capital, no full stop."""

    reason: str


@dataclass(frozen=True, slots=True)
class Edit:
    """New text in place of what stands from `start` to `end`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A file that can be edited: front matter stands at `matter`, between the lines `---`, the body from `body` on."""

    source: Source
    data: bytes
    text: str
    matter: tuple[int, int]
    body: int


def open_source(data: bytes, path: str) -> Opened | Refusal:
    """Read the bytes of the source at `path`, which is relative to the root."""
    source = source_at(path)
    if source is None:
        return Refusal("this is no Markdown file of content")
    text, problems = decode(data, path)
    if has_errors(problems):
        return Refusal(told(problems[0]))
    inside = front_matter(text, source)
    if isinstance(inside, Diagnostic):
        return Refusal(told(inside))
    start, end, body = inside
    return Opened(source=source, data=data, text=text, matter=(start, end), body=body)


def source_at(path: str) -> Source | None:
    """Return the source that a path leads to by its name, or None; whether there is such a file is not asked."""
    parts = path.split("/")
    kind = by_folder().get(parts[1]) if len(parts) >= _INNERMOST and parts[0] == CONTENT else None
    hidden = any(not part or part.startswith(".") for part in parts)
    plain = path.isprintable() and "\\" not in path and path.endswith(".md")
    return Source(path, kind.name) if kind and plain and not hidden else None


def told(problem: Diagnostic) -> str:
    """Return a problem in one line."""
    return f"{problem.message} ({problem.hint})" if problem.hint else problem.message


def edited(data: bytes, edits: Sequence[Edit]) -> bytes:
    """Return a file's bytes with edits, which stand in order and do not overlap.

    Raises:
        UnicodeError: the bytes are not UTF-8, or new text is not Unicode.
    """
    raw = data.decode()
    mark = raw.startswith("\ufeff")
    pairs = [found.start() - mark - index for index, found in enumerate(re.finditer("\r\n", raw))]
    line_end = found[0] if (found := _LINE_END.search(raw)) else "\n"
    parts, at = [], 0
    for edit in edits:
        start, end = (place + mark + bisect_left(pairs, place) for place in (edit.start, edit.end))
        parts += [raw[at:start], edit.text.replace("\n", line_end)]
        at = end
    return "".join([*parts, raw[at:]]).encode()


def place_before(edits: Sequence[Edit], offset: int) -> int:
    """Return where what stands at `offset` of the edited text stood before, or -1 if it is new."""
    grown = 0
    for edit in edits:
        start = edit.start + grown
        if offset < start:
            break
        if offset < start + len(edit.text):
            return -1
        grown += len(edit.text) - (edit.end - edit.start)
    return offset - grown
