"""Fenced code: where it begins and ends. The scanner, the limits and the converter ask here, so that they agree.

Source: CommonMark 0.31, §4.5, for fences at the margin: an opening line of three or more backticks or tildes with an
info string, a closing line of at least as many, and nothing else in it. Indented fences are text, as in
Python-Markdown. A fence that is never closed is no fence but a mistake: it would take the rest of the file for code.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE = re.compile(r"^(?P<run>(?P<sign>[`~])(?P=sign){2,})(?P<info>[^\n]*)$", re.MULTILINE)
_ATTRIBUTES = re.compile(r"\{(?P<inside>[^{}]*)\}")
_LANGUAGE = re.compile(r"\.?([^\s{}\"'<>&=]+)")
_ID = re.compile(r"#([^\s{}\"'<>&=]+)")


class Fence(NamedTuple):
    """A block of fenced code: offsets of the block and of the code in it, and what stands behind the opening marks."""

    start: int
    code_start: int
    code_end: int
    end: int
    info: str


class Info(NamedTuple):
    """What an info string says: `python`, or `{.python .wide #example}`."""

    language: str
    classes: tuple[str, ...]
    id: str


class _Line(NamedTuple):
    start: int
    end: int
    sign: str
    length: int
    info: str

    @property
    def opens(self) -> bool:
        """A backtick in the info string makes it inline code: ```` ```like this``` ````."""
        return self.sign == "~" or "`" not in self.info

    @property
    def closes(self) -> bool:
        return not self.info.strip()


def fences(text: str) -> tuple[list[Fence], list[tuple[int, int]]]:
    """Return the fenced blocks of a text, and the spans of opening lines that are never closed."""
    if "```" not in text and "~~~" not in text:
        return [], []
    lines = [_Line(*found.span(), found["sign"], len(found["run"]), found["info"]) for found in _LINE.finditer(text)]
    longest = {sign: _longest_from(lines, sign) for sign in "`~"}
    found: list[Fence] = []
    unclosed: list[tuple[int, int]] = []
    at = 0
    while at < len(lines):
        opening, at = lines[at], at + 1
        if not opening.opens:
            continue
        if longest[opening.sign][at] < opening.length:
            unclosed.append((opening.start, opening.end))
            continue
        while not _closes(lines[at], opening):
            at += 1
        closing, at = lines[at], at + 1
        found.append(Fence(opening.start, opening.end + 1, closing.start, closing.end, opening.info.strip()))
    return found, unclosed


def _closes(line: _Line, opening: _Line) -> bool:
    return line.closes and line.sign == opening.sign and line.length >= opening.length


def _longest_from(lines: list[_Line], sign: str) -> list[int]:
    """Return for each line, and for the end, the longest closing fence from there on.

    It tells at once that a fence is never closed; looking for its end each time would cost the square of their number.
    """
    lengths = [line.length if line.closes and line.sign == sign else 0 for line in reversed(lines)]
    return [*accumulate([0, *lengths], max)][::-1]


def read_info(info: str) -> Info:
    """Return what an info string says; words that mean nothing to us are passed over, as CommonMark allows."""
    braces = _ATTRIBUTES.match(info)
    words = (braces["inside"] if braces else info).split()
    if not braces:
        words = words[:1]
    names = [found[1] for word in words if (found := _LANGUAGE.fullmatch(word)) and not word.startswith("#")]
    ids = [found[1] for word in words if (found := _ID.fullmatch(word))]
    return Info(names[0] if names else "", tuple(names[1:]), ids[-1] if ids else "")


def without_code(text: str) -> str:
    """Return a text with fenced code blanked, offsets kept: what looks like markup in it means nothing."""
    blocks, _ = fences(text)
    return "".join(_blanked(text, blocks)) if blocks else text


def _blanked(text: str, blocks: list[Fence]) -> Iterator[str]:
    at = 0
    for block in blocks:
        yield text[at : block.code_start]
        yield re.sub(r"[^\n]", "x", text[block.code_start : block.code_end])
        at = block.code_end
    yield text[at:]
