"""Markdown to HTML with slots; with `quick` and `quick_inline` the only importers of Python-Markdown.

The text comes from `scan` with marks in it; our extensions turn marks into elements, and `apparatus` reads the
finished tree. Escaping HTML is a matter of leaving out the two parts of the library that let it through. One
converter serves a process (building one costs as much as a page); it is not for several threads.
"""

from __future__ import annotations

import html
import re
from functools import cache
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

import markdown
from markdown.blockprocessors import BlockProcessor, BlockQuoteProcessor
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor

from digest.content.quick import quicken
from digest.content.quick_inline import QuickInline, marked
from digest.content.tokens import MARK, NOTE_BREAK

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.content.tokens import Token

_STASHED = re.compile("\x02wzxhzdk:(\\d+)\x03")
_OWN_ATTRIBUTES = frozenset({"id", "class", "lang"})


class _Span(InlineProcessor):
    """`[span][^id]`: marks s and e around text that goes on being Markdown."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element | None, int | None, int | None]:  # type: ignore[override]
        number = int(m[1])
        closing = f"\x0ee{number + 1}\x0f"
        end = data.find(closing, m.end())
        if end < 0:
            return None, None, None
        element = Element("span", {"data-span": str(number)})
        element.text = data[m.end() : end]
        return element, m.start(), end + len(closing)


class _Inline(InlineProcessor):
    """A mention or a point anchor."""

    tokens: tuple[Token, ...] = ()

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element | None, int | None, int | None]:  # type: ignore[override]  # noqa: ARG002 - the library's signature
        return marked(self.tokens[int(m[2])], m[2]), m.start(), m.end()


class _Definition(BlockProcessor):
    """A note's definition: the rest of the block, and following blocks indented by four spaces."""

    def test(self, parent: Element, block: str) -> bool:
        return parent is self.parser.root and block.startswith("\x0ef")

    def run(self, parent: Element, blocks: list[str]) -> None:
        block = blocks.pop(0)
        found = MARK.match(block)
        assert found  # noqa: S101 - `test` saw the mark
        texts = ["\n".join(line.lstrip() for line in block[found.end() :].split("\n"))]
        while blocks and blocks[0].startswith("    "):
            texts.append("\n".join(line.removeprefix("    ") for line in blocks.pop(0).split("\n")))
        note = SubElement(parent, "div", {"data-note": found[2]})
        self.parser.parseBlocks(note, texts)


class _Quotation(BlockQuoteProcessor):
    """A block quotation that a blank line ends, as in CommonMark: the next one has an attribution of its own."""

    def lastChild(self, parent: Element) -> Element | None:  # noqa: ARG002 - the library's signature
        return None


class _Walk(Treeprocessor):
    """Hands the finished tree to whoever reads it."""

    walk: Callable[[Element], None] | None = None

    def run(self, root: Element) -> None:
        if self.walk:
            self.walk(root)


class _Ours(Extension):
    """Registers our parts and removes what lets raw HTML through."""

    def __init__(self, *, raw_html: bool) -> None:
        super().__init__()
        self.raw_html = raw_html
        self.inline: _Inline
        self.walk: _Walk

    def extendMarkdown(self, md: markdown.Markdown) -> None:
        self.inline = _Inline("\x0e([mp])(\\d+)\x0f", md)
        self.walk = _Walk(md)
        # After backticks (190) and escapes (180), so that neither means anything to us; before links (160).
        md.inlinePatterns.register(_Span("\x0es(\\d+)\x0f", md), "digest-span", 176)
        md.inlinePatterns.register(self.inline, "digest-inline", 175)
        md.parser.blockprocessors.register(_Quotation(md.parser), "quote", 20)  # in place of the library's own
        md.parser.blockprocessors.register(_Definition(md.parser), "digest-definition", 2000)
        # After everything else, the library's own unescaping (0) included.
        md.treeprocessors.register(self.walk, "digest-walk", -10)
        if not self.raw_html:
            md.preprocessors.deregister("html_block")
            md.inlinePatterns.deregister("html")


class Converter:
    """Python-Markdown with our extensions, for one setting of raw HTML; `plain` leaves out the quick parts."""

    def __init__(self, *, raw_html: bool, plain: bool = False) -> None:
        self._ours = _Ours(raw_html=raw_html)
        self._raw_html = raw_html
        self._markdown = markdown.Markdown(
            extensions=["tables", "fenced_code", "sane_lists", self._ours], output_format="html"
        )
        self._quick = QuickInline(self._markdown)
        if not plain:
            quicken(self._markdown)
            self._markdown.treeprocessors.register(self._quick, "inline", 20)

    def convert(self, text: str, tokens: tuple[Token, ...], walk: Callable[[Element], None]) -> list[str]:
        """Convert marked text; `walk` is given the tree before it is written out.

        Returns the body's HTML and then that of each note, in the order `walk` left them.

        Raises:
            RecursionError: the text is nested too deep.
        """
        self._ours.inline.tokens = self._quick.tokens = tokens
        self._ours.walk.walk = walk
        whole = self._markdown.reset().convert(text).replace("<pre>", '<pre tabindex="0">')
        return [_sanitised(part) for part in whole.split(NOTE_BREAK)] if self._raw_html else whole.split(NOTE_BREAK)

    def plain(self, text: str) -> str:
        """Put stashed character references back into a text of the tree."""
        blocks = self._markdown.htmlStash.rawHtmlBlocks
        return _STASHED.sub(lambda found: html.unescape(str(blocks[int(found[1])])), text)


@cache
def converter(*, raw_html: bool) -> Converter:
    """Return this process's converter."""
    return Converter(raw_html=raw_html)


def _sanitised(fragment: str) -> str:
    """Clean HTML that may hold the writer's own: the last step, so that nothing is added after it."""
    import nh3  # noqa: PLC0415 - few let HTML through

    tags = nh3.ALLOWED_TAGS | {"figure", "figcaption"}
    attributes = {tag: set(own) | _OWN_ATTRIBUTES for tag, own in nh3.ALLOWED_ATTRIBUTES.items()}
    for tag in tags:
        attributes.setdefault(tag, set(_OWN_ATTRIBUTES))
    attributes["div"] |= {"role", "tabindex", "aria-label"}
    attributes["pre"] |= {"tabindex"}
    return nh3.clean(
        fragment,
        tags=tags,
        attributes=attributes,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        strip_comments=True,
    )
