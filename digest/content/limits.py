"""What a body may hold, checked before it is converted.

Python-Markdown overflows the stack on deep nesting (993 bytes of `- `) and takes time that grows with the square
of some runs (18 KB of `<![CDATA[`: 6.6 s; 16 KB of `[`: 20 s; measured with 3.11). The limits count what is costly,
not what is long: cells, and characters gone through. They keep the worst case near a second and are far above anything
a writer writes. What they do not know of, a deadline ends (`digest.deadline`).
"""

from __future__ import annotations

import re

from digest.content.fences import without_code
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
_MOST_CELLS = 50_000
"""Cells of a body's tables: 4 microseconds and 250 bytes each."""

_MOST_STEPS = 20_000_000
"""Characters gone through for unclosed brackets: 50 nanoseconds each."""

_MOST_QUOTED = 60_000
"""Signs of quotations: each level of each is read by itself, in 10 microseconds."""

_MOST_REOPENED = 500_000
_MOST_NESTED = 500
_NESTING = re.compile(
    r"<(/?)(?!(?:area|br|col|dd|dt|hr|img|input|li|option|p|td|th|tr|wbr)\b)[a-z][^<>]*(?<!/)>?", re.IGNORECASE
)
"""Tags of elements that go on until they are closed."""

_FORMATTING = re.compile(r"<(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\b", re.IGNORECASE)

# Each begins with a line feed, and not with `^`, so that it is searched for fast; the body gets one in front.
_MARKERS = re.compile(rf"\n[ \t]*(?:(?:[-*+>]|\d{{1,9}}[.)])[ \t]*){{{_MOST_MARKERS + 1}}}")
_INDENT = re.compile(rf"\n[ \t]{{{_MOST_INDENT + 1}}}")
_BLOCK = re.compile(r"\n[ \t]*\n")


def check_limits(body: str, *, base: int, path: str, annotations: int, raw_html: bool) -> Diagnostic | None:
    """Return what is too much in `body`, or None; `base` is the body's offset in the file.

    `annotations` is how many notes the front matter adds.
    """
    found = _too_much(without_code(body))
    if annotations > _MOST_NOTES:
        found = 0, f"more than {_MOST_NOTES} annotations"
    elif raw_html and not found:
        found = _too_much_html(body)
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


def _too_much_html(body: str) -> tuple[int, str] | None:
    if _reopened(body) > _MOST_REOPENED:
        return body.index("<"), "too many HTML elements that may have to be opened again in every paragraph"
    depth = 0
    for tag in _NESTING.finditer(body):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > _MOST_NESTED:
            return tag.start(), f"HTML elements nested more than {_MOST_NESTED} levels deep"
    return None


def _reopened(body: str) -> int:
    """Return how many elements HTML may hold in the end: what formats and is not closed is opened again in each block.

    Source: HTML Living Standard, 13.2.6.1, "reconstruct the active formatting elements".
    """
    formatting = len(_FORMATTING.findall(body)) if "<" in body else 0
    return formatting * (body.count("<") + body.count("\n"))


def _too_much(body: str) -> tuple[int, str] | None:
    lines = f"\n{body}"
    for pattern, message in (
        (_MARKERS, f"more than {_MOST_MARKERS} list or quotation marks on one line"),
        (_INDENT, f"indented by more than {_MOST_INDENT} characters"),
    ):
        if found := pattern.search(lines):
            return found.start(), message
    for mark, most, what in (
        ("[^", 2 * _MOST_NOTES, f"{_MOST_NOTES} notes"),
        ("[[", _MOST_MENTIONS, f"{_MOST_MENTIONS:,} mentions"),
        (">", _MOST_QUOTED, f"{_MOST_QUOTED:,} quotation marks"),
    ):
        if body.count(mark) > most:
            return body.index(mark), f"more than {what}"
    return _block_with_too_much(body)


def _block_with_too_much(body: str) -> tuple[int, str] | None:
    if _is_small(body) and not _block_too_much(body):
        return None  # what the whole does not exceed, no block of it does
    ends = [*(found.start() for found in _BLOCK.finditer(body)), len(body)]
    if len(ends) > _MOST_BLOCKS:
        return ends[_MOST_BLOCKS], f"more than {_MOST_BLOCKS:,} paragraphs"
    start = cells = steps = 0
    for end in ends:
        block = body[start:end]
        cells, steps = cells + _cells(block), steps + _steps(block)
        message = _block_too_much(block) or _sum_too_much(cells, steps)
        if message:
            return start + len(block) - len(block.lstrip()), message
        start = end
    return None


def _is_small(body: str) -> bool:
    """Tell whether the sums are surely not exceeded, by what can be counted at once."""
    brackets = body.count("[") + body.count("(") + body.count("<")
    return body.count("|") * (body.count("\n") + 1) <= _MOST_CELLS and brackets * len(body) <= _MOST_STEPS


def _block_too_much(block: str) -> str:
    if len(block) > _MOST_CHARACTERS:
        return f"a paragraph of {len(block):,} characters; at most {_MOST_CHARACTERS:,} are read"
    if block.count("\n") > _MOST_LINES:
        return f"more than {_MOST_LINES:,} lines without an empty one"
    if _columns(block) > _MOST_COLUMNS:
        return f"a table of more than {_MOST_COLUMNS} columns"
    return _marks_too_much(block)


def _sum_too_much(cells: int, steps: int) -> str:
    if cells > _MOST_CELLS:
        return f"tables of more than {_MOST_CELLS:,} cells together"
    return "too many unclosed brackets in long paragraphs" if steps > _MOST_STEPS else ""


def _columns(block: str) -> int:
    first, _, rest = block.lstrip("\n").partition("\n")
    return max(first.count("|"), rest.partition("\n")[0].count("|"))


def _cells(block: str) -> int:
    """Return how many cells a table has: each row is filled up to as many as its head has, be it one sign long."""
    return (_columns(block) + 1) * (block.count("\n") + 1) if "|" in block else 0


def _steps(block: str) -> int:
    """Return how many characters are gone through for brackets: each unclosed one is looked for up to the end."""
    open_brackets = sum(_unclosed(block, *pair) for pair in ("[]", "()", "<>") if pair[0] in block)
    return open_brackets * len(block)


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
