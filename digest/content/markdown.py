"""Markdown to HTML with slots; with `quick` and `quick_inline` the only importers of Python-Markdown.

The text comes from `scan` with marks in it; our extensions turn marks into elements, and `apparatus` reads the
finished tree. Escaping HTML is a matter of leaving out the two parts of the library that let it through. One
converter serves a process (building one costs as much as a page); it is not for several threads.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

import markdown
from markdown.blockprocessors import BlockProcessor, BlockQuoteProcessor, CodeBlockProcessor, EmptyBlockProcessor
from markdown.extensions import Extension
from markdown.inlinepatterns import AUTOMAIL_RE, AutomailInlineProcessor, InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString, code_escape

from digest.content.characters import unescaped
from digest.content.fences import read_info
from digest.content.quick import quicken
from digest.content.quick_inline import QuickInline, marked
from digest.content.tokens import MARK, NOTE_BREAK, CodeToken

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.content.tokens import Token

_STASHED = re.compile("\x02wzxhzdk:(\\d+)\x03")
_HTML_TAG = re.compile(r"<[^<>]*>")
_SIGNS = re.compile(r"[*_]")


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


class _Emphasis(InlineProcessor):
    """The library's emphasis, where it loses nothing; else its signs are text.

    Its pairing of `*` and `_` drops characters now and then: Markdown 3.11.3 makes `5*3<strong>2</strong>` of
    `5*3**2*7`. What an element holds must be what stands between its ends.
    """

    def __init__(self, library: InlineProcessor, md: markdown.Markdown) -> None:
        super().__init__(library.pattern, md)
        self.compiled_re = library.compiled_re
        self.library = library

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element | None, int | None, int | None]:  # type: ignore[override]
        element, start, end = self.library.handleMatch(m, data)
        if not isinstance(element, Element):
            return None, start, end
        words = "".join(element.itertext()) + (element.tail or "")
        if _SIGNS.sub("", words) == _SIGNS.sub("", data[start:end]):
            return element, start, end
        if reset := getattr(self.library, "reset", None):  # what it has paired already stands on the same mistake
            reset()
        return None, start, end


class _Mail(AutomailInlineProcessor):
    """`<ann@example.org>`, written out: the library hides it among character references, in facts too."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]  # noqa: ARG002 - the library's signature
        address = self.unescape(m[1]).removeprefix("mailto:")
        element = Element("a", {"href": f"mailto:{address}"})
        element.text = AtomicString(address)
        return element, m.start(), m.end()


class _Fenced(AtomicString):
    """The text of fenced code, which is a block by itself; indented code goes on over empty lines."""


class _IndentedCode(CodeBlockProcessor):
    """Indented code, which is not added to fenced code before it."""

    def lastChild(self, parent: Element) -> Element | None:
        return _unless_fenced(super().lastChild(parent))


class _EmptyBlock(EmptyBlockProcessor):
    """Empty lines, which are not added to fenced code before them."""

    def lastChild(self, parent: Element) -> Element | None:
        return _unless_fenced(super().lastChild(parent))


def _unless_fenced(last: Element | None) -> Element | None:
    return None if last is not None and len(last) and isinstance(last[0].text, _Fenced) else last


class _Code(BlockProcessor):
    """Fenced code, which is a block by itself."""

    tokens: tuple[Token, ...] = ()

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002 - the library's signature
        return block.startswith("\x0ek")

    def run(self, parent: Element, blocks: list[str]) -> None:
        block = blocks.pop(0)
        found = MARK.match(block)
        assert found  # noqa: S101 - `test` saw the mark
        token = self.tokens[int(found[2])]
        assert isinstance(token, CodeToken)  # noqa: S101 - the scanner wrote the mark
        parent.append(code_element(token))
        if rest := block[found.end() :].lstrip("\n"):
            blocks.insert(0, rest)


class _Definition(BlockProcessor):
    """A note's definition: the rest of the block, and following blocks indented by four spaces."""

    def test(self, parent: Element, block: str) -> bool:
        return parent is self.parser.root and block.startswith("\x0ef")

    def run(self, parent: Element, blocks: list[str]) -> None:
        block = blocks.pop(0)
        found = MARK.match(block)
        assert found  # noqa: S101 - `test` saw the mark
        texts = ["\n".join(line.lstrip() for line in block[found.end() :].split("\n"))]
        while (more := _next_paragraph(blocks)) is not None:
            texts.append("\n".join(line.removeprefix("    ") for line in more.split("\n")))
        note = SubElement(parent, "div", {"data-note": found[2]})
        self.parser.parseBlocks(note, texts)


def _next_paragraph(blocks: list[str]) -> str | None:
    """Take the next block that belongs to a note, and what several empty lines before it have left."""
    number = next((number for number, block in enumerate(blocks) if block.strip()), None)
    if number is None or not blocks[number].lstrip("\n").startswith("    "):
        return None
    block = blocks[number].lstrip("\n")
    del blocks[: number + 1]
    return block


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
        self.code: _Code
        self.walk: _Walk

    def extendMarkdown(self, md: markdown.Markdown) -> None:
        self.inline = _Inline("\x0e([mp])(\\d+)\x0f", md)
        self.code = _Code(md.parser)
        self.walk = _Walk(md)
        # After backticks (190) and escapes (180), so that neither means anything to us; before links (160).
        md.inlinePatterns.register(_Span("\x0es(\\d+)\x0f", md), "digest-span", 176)
        md.inlinePatterns.register(self.inline, "digest-inline", 175)
        md.inlinePatterns.register(_Mail(AUTOMAIL_RE, md), "automail", 110)
        md.parser.blockprocessors.register(_Quotation(md.parser), "quote", 20)  # in place of the library's own
        md.parser.blockprocessors.register(_IndentedCode(md.parser), "code", 80)  # in place of the library's own
        md.parser.blockprocessors.register(_EmptyBlock(md.parser), "empty", 100)
        md.parser.blockprocessors.register(_Definition(md.parser), "digest-definition", 2000)
        md.parser.blockprocessors.register(self.code, "digest-code", 1900)
        for name, priority in (("em_strong", 60), ("em_strong2", 50)):  # the latter up to Markdown 3.11
            if name in md.inlinePatterns and isinstance(library := md.inlinePatterns[name], InlineProcessor):
                md.inlinePatterns.register(_Emphasis(library, md), name, priority)
        # After everything else, the library's own unescaping (0) included.
        md.treeprocessors.register(self.walk, "digest-walk", -10)
        if not self.raw_html:
            md.preprocessors.deregister("html_block")
            md.inlinePatterns.deregister("html")


class Converter:
    """Python-Markdown with our extensions, for one setting of raw HTML; `plain` leaves out the quick parts."""

    def __init__(self, *, raw_html: bool, plain: bool = False) -> None:
        self._ours = _Ours(raw_html=raw_html)
        self._markdown = markdown.Markdown(extensions=["tables", "sane_lists", self._ours], output_format="html")
        self._quick = QuickInline(self._markdown)
        if not plain:
            quicken(self._markdown)
            self._markdown.treeprocessors.register(self._quick, "inline", 20)

    def convert(self, text: str, tokens: tuple[Token, ...], walk: Callable[[Element], None]) -> list[str]:
        """Convert marked text; `walk` is given the tree before it is written out.

        Returns the body's HTML and then that of each note, in the order `walk` left them. Whatever the library makes of
        a text is in it: nothing of it may be shown that has not passed the `gate`.

        Raises:
            RecursionError: the text is nested too deep.
        """
        self._ours.inline.tokens = self._quick.tokens = self._ours.code.tokens = tokens
        self._ours.walk.walk = walk
        whole = self._markdown.reset().convert(text).replace("<pre>", '<pre tabindex="0">')
        return whole.split(NOTE_BREAK)

    def plain(self, text: str) -> str:
        """Put stashed character references back into a text of the tree; of stashed HTML only its words."""
        blocks = self._markdown.htmlStash.rawHtmlBlocks
        while "\x02" in text:  # one may stand in another
            before, text = text, _STASHED.sub(lambda found: _words_of(str(blocks[int(found[1])])), text)
            if text == before:
                break
        return text

    @property
    def defined(self) -> list[str]:
        """The addresses of all definitions of links, `[name]: address`, used or not."""
        return [address for address, _ in self._markdown.references.values()]

    def change_stashed(self, change: Callable[[str], str]) -> None:
        """Change what waits to be put in place of placeholders: character references, and HTML that is let through."""
        blocks = self._markdown.htmlStash.rawHtmlBlocks
        blocks[:] = [change(str(block)) for block in blocks]


def _words_of(markup: str) -> str:
    return unescaped(_HTML_TAG.sub("", markup))


@cache
def converter(*, raw_html: bool) -> Converter:
    """Return this process's converter."""
    return Converter(raw_html=raw_html)


def code_element(token: CodeToken) -> Element:
    """Return the element for fenced code: what it holds is text, and its language a class, as CommonMark has it."""
    info = read_info(token.info)
    block, code = Element("pre"), Element("code")
    if info.classes:
        block.set("class", " ".join(info.classes))
    if info.id:
        block.set("id", info.id)
    if info.language:
        code.set("class", f"language-{info.language}")
    code.text = _Fenced(code_escape(token.code))
    block.append(code)
    return block
