"""Where words that somebody selected on a page stand in a body's Markdown: exactly once, or why not.

A browser gives the words with single spaces and composed characters, where the source may have line ends, quotation
marks of a block quotation (`>`) and decomposed characters. What it does not show, markup, may not stand within them.
"""

from __future__ import annotations

import html
import re
import unicodedata

from digest.preview.edit.insertions import Refusal

_GAP = r"(?:\n[ \t>]*+|[^\S\n])++"
_MOST = 10_000
"""Characters of a selection; a paragraph is shorter."""
_PARAGRAPH_END = re.compile(r"\n[ \t>]*\n")
_MARKER = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)

_MARKUP = {
    "emphasis": re.compile(r"[*_]+"),
    "a mention": re.compile(r"\[\[(?:[^\[\]|]*\|)?|\]\]"),
    "a note": re.compile(r"\[(?=[^\[\]]*\]\[\^)|\]?\[\^[^\]\s]+\]"),
    "a link": re.compile(r"!?\[(?=[^\[\]]*\]\()|\]\([^()\s]*\)"),
    "code": re.compile(r"`+"),
    "a backslash": re.compile(r"\\(?=[^\w\s])"),
}
"""What a page does not show of the source, and what to call it."""

_STANDING = {
    "code": re.compile(
        r"^[ ]{0,3}(`{3,}|~{3,})[^\n]*\n(?s:.*?)(?:^[ ]{0,3}\1|\Z)|(`+)(?!`)[^\n]+?(?<!`)\2(?!`)|^(?:[ ]{4}|\t)[^\n]*",
        re.MULTILINE,
    ),
    "a mention": re.compile(r"\[\[[^\[\]]*\]\]"),
    "a link's address": re.compile(r"(?<=\])\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|<[a-z]+:[^<>\s]*>"),
    "a link": re.compile(r"\[[^\[\]]*\]\("),
    "the words of another note": re.compile(r"\[[^\[\]]*\]\[\^[^\]\s]+\]"),
    "a heading": re.compile(r"^[ ]{0,3}#[^\n]*|^[^\n]+\n(?:=+|-+)[ \t]*$", re.MULTILINE),
    "an attribution": re.compile(r"^[ \t]*(?:>[ \t]?)+(?:—|―|–|--)[^\n]*", re.MULTILINE),
    "a link's definition": re.compile(r"^[ ]{0,3}\[(?!\^)[^\[\]\n]+\]:[^\n]*", re.MULTILINE),
    "a note": re.compile(
        r"^[ ]{0,3}\[\^[^\]\s]+\]:[^\n]*(?:\n[ \t]*[^\s\[][^\n]*|\n[ \t]*(?=\n[ ]{4}))*", re.MULTILINE
    ),
}
"""Where words stand that cannot be marked. It is asked when the parser has refused, so that it need not be exact."""


def words_of(selection: str) -> str:
    """Return selected words as they are compared: composed, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", selection).split())


def find(body: str, selection: str) -> tuple[int, int] | Refusal:
    """Return start and end of the selected words in `body`."""
    words = words_of(selection)
    if not words:
        return Refusal("no words are selected")
    if len(words) > _MOST:
        return Refusal(f"more than {_MOST:,} characters are selected: select fewer words")
    pattern = _pattern(words)
    found = [match.span(1) for match in re.finditer(f"(?=({pattern}))", body)]
    if not found:
        return Refusal(_missing(body, pattern))
    if len(found) > 1:
        return Refusal(f"these words stand {len(found)} times in this file: select more words")
    if _PARAGRAPH_END.search(body, *found[0]):
        return Refusal("these words run over the end of a paragraph: select words of one")
    return found[0]


def standing(body: str, start: int, end: int) -> str:
    """Return what the words from `start` to `end` seem to be part of, or "" if it is running text."""
    for what, pattern in _STANDING.items():
        if any(found.start() < end and start < found.end() for found in pattern.finditer(body)):
            return what
    return ""


def shown(source: str) -> str:
    """Return what a page seems to show of a piece of source, as words to compare."""
    for pattern in _MARKUP.values():
        source = pattern.sub("", source)
    return words_of(html.unescape(_MARKER.sub("", source)))


def _pattern(words: str) -> str:
    return _GAP.join("".join(map(_character, word)) for word in words.split())


def _character(composed: str) -> str:
    decomposed = unicodedata.normalize("NFD", composed)
    escaped = re.escape(composed)
    return escaped if decomposed == composed else f"(?:{escaped}|{re.escape(decomposed)})"


def _missing(body: str, pattern: str) -> str:
    """Say why the words are not found, if taking one kind of markup out makes them be."""
    within = next((what for what, markup in _MARKUP.items() if re.search(pattern, markup.sub("", body))), "")
    if not within and re.search(pattern, html.unescape(body)):
        within = "a character reference"
    if not within:
        for markup in _MARKUP.values():
            body = markup.sub("", body)
        within = "markup" if re.search(pattern, body) else ""
    if within:
        return f"these words are interrupted by {within} in the file: select words before or after it"
    return "these words do not stand in this file's text: a mention or a template may have put some of them there"
