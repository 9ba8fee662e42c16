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
_MOST_MENTIONS = 2000
_MOST_COLUMNS = 200
_MOST_LINES = 2000
_MOST_BLOCKS = 10_000

# Each begins with a line feed, and not with `^`, so that it is searched for fast; the body gets one in front.
_MARKERS = re.compile(rf"\n[ \t]*(?:(?:[-*+>]|\d{{1,9}}[.)])[ \t]*){{{_MOST_MARKERS + 1}}}")
_INDENT = re.compile(rf"\n[ \t]{{{_MOST_INDENT + 1}}}")
_BLOCK = re.compile(r"\n[ \t]*\n")
_FENCE = re.compile(r"^(`{3,}|~{3,})(.*)$", re.MULTILINE)


def check_limits(body: str, *, base: int, path: str) -> Diagnostic | None:
    """Return what is too much in `body`, or None; `base` is the body's offset in the file."""
    found = _too_much(_without_code(body))
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


def _without_code(body: str) -> str:
    """Return the body with fenced code blanked, offsets kept: what looks like markup in it costs nothing."""
    if "```" not in body and "~~~" not in body:
        return body
    parts, at, opening = [], 0, ""
    for fence in _FENCE.finditer(body):
        if not opening:
            parts.append(body[at : fence.end()])
            at, opening = fence.end(), fence[1]
        elif fence[1].startswith(opening) and not fence[2].strip():
            parts.append(re.sub(r"[^\n]", "x", body[at : fence.start()]))
            at, opening = fence.start(), ""
    return "".join([*parts, body[at:]])


def _too_much(body: str) -> tuple[int, str] | None:
    lines = f"\n{body}"
    for pattern, message in (
        (_MARKERS, f"more than {_MOST_MARKERS} list or quotation marks on one line"),
        (_INDENT, f"indented by more than {_MOST_INDENT} characters"),
    ):
        if found := pattern.search(lines):
            return found.start(), message
    for mark, most, what in (("[^", 2 * _MOST_NOTES, f"{_MOST_NOTES} notes"), ("[[", _MOST_MENTIONS, "2,000 mentions")):
        if body.count(mark) > most:
            return body.index(mark), f"more than {what}"
    return _block_with_too_much(body)


def _block_with_too_much(body: str) -> tuple[int, str] | None:
    if body.count("|") <= _MOST_COLUMNS and not _block_too_much(body):
        return None  # what the whole does not exceed, no block of it does
    ends = [*(found.start() for found in _BLOCK.finditer(body)), len(body)]
    if len(ends) > _MOST_BLOCKS:
        return ends[_MOST_BLOCKS], f"more than {_MOST_BLOCKS:,} paragraphs"
    start = 0
    for end in ends:
        message = _block_too_much(body[start:end])
        if message:
            lead = len(body[start:end]) - len(body[start:end].lstrip())
            return start + lead, message
        start = end
    return None


def _block_too_much(block: str) -> str:
    if len(block) > _MOST_CHARACTERS:
        return f"a paragraph of {len(block):,} characters; at most {_MOST_CHARACTERS:,} are read"
    if block.count("\n") > _MOST_LINES:
        return f"more than {_MOST_LINES:,} lines without an empty one"
    if block.partition("\n")[0].count("|") > _MOST_COLUMNS:
        return f"a table of more than {_MOST_COLUMNS} columns"
    return _marks_too_much(block)


def _marks_too_much(block: str) -> str:
    if "<!" in block and block.count("<![") > _MOST_DECLARATIONS:  # looking for what is not there is far cheaper
        return f"more than {_MOST_DECLARATIONS} `<![` in one paragraph"
    for opening, closing in ("[]", "()", "<>"):
        if (
            opening in block
            and block.count(opening) > _MOST_BRACKETS
            and _unclosed(block, opening, closing) > _MOST_BRACKETS
        ):
            return f"more than {_MOST_BRACKETS} unclosed `{opening}` in one paragraph"
    for character in "*_`":
        if character in block and block.count(character) > 2 * _MOST_BRACKETS:
            return f"more than {2 * _MOST_BRACKETS} `{character}` in one paragraph"
    return ""


def _unclosed(block: str, opening: str, closing: str) -> int:
    """Return how many brackets are open at most, one inside the other or one after the other."""
    most = depth = 0
    for found in re.finditer(f"[{re.escape(opening + closing)}]", block):
        depth = depth + 1 if found[0] == opening else max(depth - 1, 0)
        most = max(most, depth)
    return most
