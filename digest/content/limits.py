"""What a body may hold, checked before it is converted.

Python-Markdown overflows the stack on deep nesting (993 bytes of `- `) and takes time that grows with the square
of some runs (18 KB of `<![CDATA[`: 6.6 s; 16 KB of `[`: 20 s; measured with 3.11). The limits keep the worst case
near a second and are far above anything a writer writes.
"""

from __future__ import annotations

import re

from digest.diagnostics import Diagnostic

_MOST_CHARACTERS = 64 * 1024
_MOST_MARKERS = 32
_MOST_INDENT = 128
_MOST_BRACKETS = 500
_MOST_DECLARATIONS = 50
_MOST_NOTES = 500
_MOST_COLUMNS = 200

_MARKERS = re.compile(rf"^[ \t]*(?:(?:[-*+>]|\d{{1,9}}[.)])[ \t]*){{{_MOST_MARKERS + 1}}}", re.MULTILINE)
_INDENT = re.compile(rf"^[ \t]{{{_MOST_INDENT + 1}}}", re.MULTILINE)
_BLOCK = re.compile(r"\n[ \t]*\n")


def check_limits(body: str, *, base: int, path: str) -> Diagnostic | None:
    """Return what is too much in `body`, or None; `base` is the body's offset in the file."""
    found = _too_much(body)
    if found is None:
        return None
    offset, message = found
    return Diagnostic(
        code="too-complex",
        message=message,
        path=path,
        start=base + offset,
        end=base + offset + 1,
        hint="shorten or split it",
    )


def _too_much(body: str) -> tuple[int, str] | None:
    if markers := _MARKERS.search(body):
        return markers.start(), f"more than {_MOST_MARKERS} list or quotation marks on one line"
    if indent := _INDENT.search(body):
        return indent.start(), f"indented by more than {_MOST_INDENT} characters"
    if body.count("[^") > 2 * _MOST_NOTES:
        return body.index("[^"), f"more than {_MOST_NOTES} notes"
    start = 0
    for end in [*(found.start() for found in _BLOCK.finditer(body)), len(body)]:
        message = _block_too_much(body[start:end])
        if message:
            lead = len(body[start:end]) - len(body[start:end].lstrip())
            return start + lead, message
        start = end
    return None


def _block_too_much(block: str) -> str:
    if len(block) > _MOST_CHARACTERS:
        return f"a paragraph of {len(block):,} characters; at most {_MOST_CHARACTERS:,} are read"
    for character, most in (("[", _MOST_BRACKETS), ("<", _MOST_BRACKETS), ("<![", _MOST_DECLARATIONS)):
        if block.count(character) > most:
            return f"more than {most} `{character}` in one paragraph"
    for character in "*_`":
        if block.count(character) > 2 * _MOST_BRACKETS:
            return f"more than {2 * _MOST_BRACKETS} `{character}` in one paragraph"
    if block.partition("\n")[0].count("|") > _MOST_COLUMNS:
        return f"a table of more than {_MOST_COLUMNS} columns"
    return ""
