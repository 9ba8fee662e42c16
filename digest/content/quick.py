"""Python-Markdown's costly parts, each behind a cheap first test; what comes out is the same to the byte.

The library tries every block and inline pattern on every text. Here each part first asks whether the text holds
anything it could match, and does the commonest work itself. Whatever is not fully understood goes to the library's
own code, which the parts extend. `tests/test_quick.py` compares both on the same texts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import HTML_EMPTY, Element, SubElement

from markdown.blockprocessors import BlockProcessor, BlockQuoteProcessor
from markdown.preprocessors import NormalizeWhitespace
from markdown.serializers import RE_AMP
from markdown.treeprocessors import PrettifyTreeprocessor, UnescapeTreeprocessor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import markdown

_FIRST = r"(?:[^\s\d#*+=_>|\[:~`<\\\x0e-]|\d++(?![.|\d])|\x0e[mpsqx])"
_LINE = rf"{_FIRST}[^|\n]*"
_BEGINS = re.compile(_FIRST)
_PLAIN = re.compile(rf"{_LINE}(?:\n{_LINE})*+")
"""A block that nothing but the paragraph's processor takes: no line begins with what could open something else, and
no `|` makes a table."""

_QUOTED = re.compile(r"(?:>[^|\n]*(?:\n|\Z))++")
"""A block whose every line is quoted."""


class QuickBlocks(BlockProcessor):
    """Plain paragraphs and quotations, as many as follow one another; no other processor would take them."""

    def __init__(self, quotation: BlockQuoteProcessor) -> None:
        super().__init__(quotation.parser)
        self.quotation = quotation

    def test(self, parent: Element, block: str) -> bool:
        if block.startswith(">"):
            return _QUOTED.fullmatch(block) is not None and self.quotation.test(parent, block)
        return _is_plain(block) and not self.parser.state.isstate("list")

    def run(self, parent: Element, blocks: list[str]) -> None:
        while True:
            block = blocks.pop(0)
            if block.startswith(">"):
                self._quote(parent, block)
            else:
                SubElement(parent, "p").text = block
            if not blocks or not self.test(parent, blocks[0]):
                return

    def _quote(self, parent: Element, block: str) -> None:
        """Read what is quoted as the library does where nothing stands before it; a quotation is always a new one."""
        lines = [self.quotation.clean(line) for line in block.split("\n")]
        self.parser.state.set("blockquote")
        self.parser.parseChunk(SubElement(parent, "blockquote"), "\n".join(lines))
        self.parser.state.reset()


def _is_plain(block: str) -> bool:
    if "\n" in block or "|" in block:
        return _PLAIN.fullmatch(block) is not None
    return _BEGINS.match(block) is not None


class QuickWhitespace(NormalizeWhitespace):
    """Looks for lines of spaces only where a line begins with one."""

    def run(self, lines: list[str]) -> list[str]:
        source = "\n".join(lines)
        if "\n " in source or "\t" in source or "\r" in source or "\x02" in source or "\x03" in source:
            return super().run(lines)
        return [*lines, "", ""]


class QuickPrettify(PrettifyTreeprocessor):
    """Knows block elements by a set; the library looks them up in a list."""

    def __init__(self, md: markdown.Markdown) -> None:
        super().__init__(md)
        self.blocks = frozenset(md.block_level_elements)

    def _prettifyETree(self, elem: Element) -> None:  # noqa: N802 - the library's name
        if elem.tag in self.blocks and elem.tag not in {"code", "pre"}:
            if len(elem) and elem[0].tag in self.blocks and not (elem.text or "").strip():
                elem.text = "\n"
            for child in elem:
                if child.tag in self.blocks:
                    self._prettifyETree(child)
        if not elem.tail or not elem.tail.strip():
            elem.tail = "\n"


class QuickUnescape(UnescapeTreeprocessor):
    """Restores escaped characters where a text holds any: none does when nobody wrote a backslash."""

    def run(self, root: Element) -> None:
        if any("\\" in line for line in self.md.lines):  # type: ignore[attr-defined] # the stubs leave it out
            super().run(root)

    def unescape(self, text: str) -> str:
        return super().unescape(text) if "\x02" in text else text


def to_html(root: Element) -> str:
    """Write a tree as the library's HTML serialiser does; tags and attributes are those of our trees."""
    pieces: list[str] = []
    _write(root, pieces.append)
    return "".join(pieces)


def _write(element: Element, out: Callable[[str], object]) -> None:
    tag = element.tag
    if tag:
        attributes = element.items()
        out(f"<{tag}{_attributes(attributes)}>" if attributes else f"<{tag}>")
    if element.text:
        out(_text(element.text))
    for child in element:
        _write(child, out)
    if tag and tag not in HTML_EMPTY:
        out(f"</{tag}>")
    if element.tail:
        out(_text(element.tail))


def _attributes(attributes: Iterable[tuple[str, str]]) -> str:
    return "".join(f' {key}="{_attribute(value)}"' for key, value in sorted(attributes))


def _text(text: str) -> str:
    if "&" in text:
        text = RE_AMP.sub("&amp;", text)
    if "<" in text:
        text = text.replace("<", "&lt;")
    return text.replace(">", "&gt;") if ">" in text else text


def _attribute(value: str) -> str:
    text = _text(value)
    return text.replace('"', "&quot;") if '"' in text else text


def quicken(md: markdown.Markdown) -> None:
    """Put the quick parts in the places of the library's."""
    blocks = md.parser.blockprocessors
    quotation = blocks["quote"]
    assert isinstance(quotation, BlockQuoteProcessor)  # noqa: S101 - `markdown` registered ours
    blocks.register(QuickBlocks(quotation), "digest-quick-blocks", 1000)
    md.parser.blockprocessors = tuple(blocks)  # type: ignore[assignment] # it is only walked, which a registry does slowly
    md.preprocessors.register(QuickWhitespace(md), "normalize_whitespace", 30)
    md.treeprocessors.register(QuickPrettify(md), "prettify", 10)
    md.treeprocessors.register(QuickUnescape(md), "unescape", 0)
    md.serializer = to_html
