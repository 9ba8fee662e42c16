"""Marks and simple links in a text of the tree, without the library's patterns and placeholders.

A tree in which every text is of this kind is finished here; one single text that is not hands the whole tree to the
library, whose patterns are then tried only on texts that hold their first characters.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from markdown.treeprocessors import InlineProcessor
from markdown.util import AtomicString

from digest.content.tokens import MentionToken

if TYPE_CHECKING:
    import markdown

    from digest.content.tokens import Token

_TRIGGERS = {
    "backtick": "`",
    "escape": "\\",
    "digest-span": "\x0es",
    "digest-inline": "\x0e",
    "reference": "[",
    "link": "[",
    "image_link": "![",
    "image_reference": "![",
    "short_reference": "[",
    "short_image_ref": "![",
    "autolink": "<",
    "automail": "<",
    "linebreak": "  \n",
    "html": "<",
    "entity": "&",
}
"""What a text must hold for a pattern to match; a pattern not named is always tried."""

_BREAK = "  \n"
_UNREAD_MARK = re.compile("\x0e(?![qxf])")
"""A mark that is left to the library when it stands between the pieces read here."""

_PIECE = re.compile(
    "\x0e(?P<kind>[mps])(?P<number>\\d+)\x0f"
    r"|\[(?<!!\[)(?P<label>[^\[\]`\\<&*_\x0e\n]+)\]\((?P<href>\x0ed\d+\x0f|[^\s()<>\"'`\\\[\]\x00-\x1f]+)\)"
)


def _special(text: str) -> bool:
    """Tell whether any pattern may change a text."""
    return "\x0e" in text or _unread(text)


def _unread(text: str) -> bool:
    """Tell whether a text holds what only the library reads; a search for each sign takes a tenth of one for all."""
    return (
        "[" in text
        or "<" in text
        or "&" in text
        or "*" in text
        or "_" in text
        or "`" in text
        or "\\" in text
        or _BREAK in text
    )


def marked(token: Token, number: str) -> Element:
    """Return the element for a mention's or a point anchor's mark."""
    if not isinstance(token, MentionToken):
        return Element("span", {"data-point": number})
    element = Element("span" if token.opted_out else "a", {"data-mention": number})
    element.text = token.label or (token.ref.text if token.opted_out else "")
    return element


class QuickInline(InlineProcessor):
    """Reads what is simple, and leaves the rest to the library."""

    tokens: tuple[Token, ...] = ()

    def __init__(self, md: markdown.Markdown) -> None:
        super().__init__(md)
        known = {id(md.inlinePatterns[name]): first for name, first in _TRIGGERS.items() if name in md.inlinePatterns}
        self._gated = [(pattern, known.get(id(pattern), "")) for pattern in md.inlinePatterns]

    def run(self, tree: Element, ancestors: list[str] | None = None) -> Element:
        simple = None if ancestors else self._read_all(tree)
        if simple is None:
            return super().run(tree, ancestors)
        for element, (lead, children) in simple:
            element.text = lead or None
            element[:0] = children
        return tree

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:
        """Try the patterns in turn, as the library's method of this name does, but only where they may match."""
        if isinstance(data, AtomicString) or not _special(data):
            return data
        for index, (pattern, first) in enumerate(self._gated[patternIndex:], patternIndex):
            at, matched = 0, first in data
            while matched:
                data, matched, at = self._InlineProcessor__applyPattern(pattern, data, index, at)  # type: ignore[attr-defined]
        return data

    def _read_all(self, tree: Element) -> list[tuple[Element, tuple[str, list[Element]]]] | None:
        """Return what each text that is more than words becomes, or None where any is not simple."""
        read = []
        for element in tree.iter():
            text, tail = element.text, element.tail
            if tail and _special(tail):
                return None
            if text and _special(text) and not isinstance(text, AtomicString):
                pieces = self._pieces(text)
                if pieces is None or element is tree:
                    return None
                read.append((element, pieces))
        return read

    def _pieces(self, text: str, *, inside: bool = False) -> tuple[str, list[Element]] | None:
        """Return the words before the first element, and the elements with the words after each."""
        words: list[str] = []
        elements: list[Element] = []
        at = 0
        while found := _PIECE.search(text, at):
            words.append(text[at : found.start()])
            one = self._piece(found, text, inside=inside)
            if one is None:
                return None
            element, at = one
            elements.append(element)
        words.append(text[at:])
        for word in words:
            if _unread(word) or ("\x0e" in word and _UNREAD_MARK.search(word)):
                return None
        for element, after in zip(elements, words[1:], strict=True):
            element.tail = after or None
        return words[0], elements

    def _piece(self, found: re.Match[str], text: str, *, inside: bool) -> tuple[Element, int] | None:
        kind, number = found["kind"], found["number"]
        if kind == "s":
            return None if inside else self._span(found, text)
        if kind is None:
            element = Element("a", {"href": found["href"]})
            element.text = found["label"]
            return element, found.end()
        element = marked(self.tokens[int(number)], number)
        return None if _special(element.text or "") else (element, found.end())

    def _span(self, found: re.Match[str], text: str) -> tuple[Element, int] | None:
        closing = f"\x0ee{int(found['number']) + 1}\x0f"
        end = text.find(closing, found.end())
        inner = self._pieces(text[found.end() : end], inside=True) if end >= 0 else None
        if inner is None:
            return None
        element = Element("span", {"data-span": found["number"]})
        element.text = inner[0] or None
        element.extend(inner[1])
        return element, end + len(closing)
