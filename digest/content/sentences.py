"""The sentence around a place in a fragment's HTML, as plain text with slots for names."""

from __future__ import annotations

import bisect
import html
import re
from dataclasses import dataclass, field

from digest.model import Context

_BLOCK = re.compile(
    r"</?(?:p|li|td|th|h[1-6]|blockquote|figure|dd|dt|div|ul|ol|table|pre|br)\b[^>]*>|<span class=\"para\">"
)
_TAG = re.compile(r"<[^>]*>")
_APPARATUS_SLOT = re.compile("\x11[nq]\\d+\x12")
# A sentence ends at . ! ? or … with closing quotation marks, before white space and something that can begin one;
# a single capital or a short title before the full stop ("U.", "Mr.") ends none.
# The sign stands first in the pattern, though what is before it is looked at too, so that it is searched for fast.
END = re.compile(r"[.!?…](?<![A-ZА-Я].)(?<!\b[A-Z][a-z].)(?<!\bNo.)[”’\"'»)\]]*\s+(?=[\"“‘«(\[]?[\w\x11])")
_CLAUSE = 220
"""Longer stretches before or after the mention are cut at a word, with an ellipsis."""
_ENOUGH = 2048
"""Characters of markup looked at on either side, so that a paragraph of many mentions is not read as many times."""


@dataclass(slots=True)
class Sentences:
    """One fragment's HTML, with its block boundaries found once."""

    fragment: str
    _starts: list[int] = field(init=False)
    _ends: list[int] = field(init=False)

    def __post_init__(self) -> None:
        found = [match.span() for match in _BLOCK.finditer(self.fragment)]
        self._starts = [0, *(end for _, end in found)]
        self._ends = [*(start for start, _ in found), len(self.fragment)]

    def around(self, start: int, end: int) -> Context:
        """Return the sentence around HTML offsets `start` to `end`, which must not cross a block's boundary."""
        block_start = self._starts[bisect.bisect_right(self._starts, start) - 1]
        block_end = self._ends[bisect.bisect_left(self._ends, end)]
        before, after = _plain(self._tail(block_start, start)), _plain(self._head(end, block_end))
        mention = _plain(self.fragment[start:end]).strip()
        return Context(_last_sentence(before), mention, _first_sentence(after))

    def _tail(self, start: int, end: int) -> str:
        """Return the last markup between two places, as much as a context can need, from outside any tag."""
        at = max(start, end - _ENOUGH)
        if self.fragment.rfind("<", start, at) > self.fragment.rfind(">", start, at):
            at = self.fragment.find(">", at, end) + 1
        return self.fragment[at:end]

    def _head(self, start: int, end: int) -> str:
        """Return the first markup between two places, as much as a context can need, up to outside any tag."""
        at = min(end, start + _ENOUGH)
        opened = self.fragment.rfind("<", start, at)
        return self.fragment[start : opened if opened > self.fragment.rfind(">", start, at) else at]


def _plain(markup: str) -> str:
    return spaced(html.unescape(_TAG.sub("", _APPARATUS_SLOT.sub("", markup))))


def spaced(text: str) -> str:
    """Make one space of every run of white space, those at the ends included."""
    words = " ".join(text.split())
    if not words:
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{words}{' ' if text[-1].isspace() else ''}"


def last_end(text: str) -> int:
    """Return where the last sentence that is over ends, or 0; a mention follows `text`."""
    whole = f"{text}\x11"
    for start in (max(0, len(text) - _CLAUSE), 0):  # most often it is near
        ends = [found.end() for found in END.finditer(whole, start)]
        if ends or not start:
            return ends[-1] if ends else 0
    return 0


def _last_sentence(text: str) -> str:
    text = text[last_end(text) :]
    if len(text) <= _CLAUSE:
        return text.lstrip()
    cut = text.find(" ", len(text) - _CLAUSE)
    return "…" + text[cut if cut >= 0 else len(text) - _CLAUSE :]


def _first_sentence(text: str) -> str:
    found = END.search(text)
    text = text[: found.end()].rstrip() if found else text.rstrip()
    if len(text) <= _CLAUSE:
        return text
    cut = text.rfind(" ", 0, _CLAUSE)
    return text[: cut if cut > 0 else _CLAUSE] + "…"
