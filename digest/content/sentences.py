"""The sentence around a place in a fragment's HTML, as plain text with slots for names."""

from __future__ import annotations

import re

from digest.content.characters import unescaped
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


def sentence_around(fragment: str, start: int, end: int) -> Context:
    """Return the sentence around offsets `start` to `end` of a fragment's HTML, which cross no block's boundary."""
    before, after = _plain(_tail(fragment, start)), _plain(_head(fragment, end))
    mention = _plain(fragment[start:end]).strip()
    return Context(_last_sentence(before), mention, _first_sentence(after))


def _tail(fragment: str, end: int) -> str:
    """Return the markup of a block before a place, from outside any tag: as much as a context can need."""
    least = max(0, end - _ENOUGH)
    at = end
    while (at := fragment.rfind("<", least, at)) >= 0:
        boundary = _BLOCK.match(fragment, at, end)
        if boundary:
            return fragment[boundary.end() : end]
    if fragment.rfind("<", 0, least) > fragment.rfind(">", 0, least):
        least = fragment.find(">", least, end) + 1
    return fragment[least:end]


def _head(fragment: str, start: int) -> str:
    """Return the markup of a block after a place, up to outside any tag: as much as a context can need."""
    at = start + _ENOUGH
    boundary = _BLOCK.search(fragment, start, at)
    if boundary:
        return fragment[start : boundary.start()]
    opened = fragment.rfind("<", start, at)
    return fragment[start : opened if opened > fragment.rfind(">", start, at) else at]


def _plain(markup: str) -> str:
    return spaced(unescaped(_TAG.sub("", _APPARATUS_SLOT.sub("", markup))))


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
