"""A body from Markdown to a fragment and facts: scan, convert, read, put back what means nothing, pass the gate."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.content.apparatus import Apparatus
from digest.content.gate import Gate
from digest.content.limits import check_limits
from digest.content.quote_selector import outside_notes, place_outside_notes
from digest.content.reading import Reading
from digest.content.scan import scan
from digest.content.sentences import sentence_around
from digest.content.tokens import MARK, NOTE_BREAK, CodeToken
from digest.decode.written import Written
from digest.diagnostics import Diagnostic
from digest.model import Context, Dialect, Fragment, Link, Mention

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from digest.content.markdown import Converter
    from digest.content.matter import AnnotationMatter

_LINK = re.compile('<a [^>]*?href="\x11h(\\d+)\x12"[^>]*>.*?</a>', re.DOTALL)
_CODE = re.compile(r"<code[ >].*?</code>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedBody:
    """A converted body: its HTML, the facts found, and how many quotations name nobody."""

    fragment: Fragment
    facts: Apparatus
    mentions: tuple[Mention, ...]
    links: tuple[Link, ...]
    problems: tuple[Diagnostic, ...]


def converter(*, raw_html: bool) -> Converter:
    """Return this process's converter, loaded with the first body: what parses nothing does without the library."""
    from digest.content import markdown  # noqa: PLC0415 - only where there is a body

    return markdown.converter(raw_html=raw_html)


def start_anew() -> None:
    """Drop this process's converter: one that was interrupted may be in the middle of something."""
    from digest.content import markdown  # noqa: PLC0415 - as above

    markdown.converter.cache_clear()


def read_body(
    text: str, *, base: int, path: str, dialect: Dialect, annotations: tuple[AnnotationMatter, ...] = ()
) -> ParsedBody:
    """Convert the body `text`, which begins at offset `base` of the file; problems come with the result."""
    too_much = check_limits(text, base=base, path=path, annotations=len(annotations), raw_html=dialect.raw_html)
    if too_much:
        return _nothing(path, too_much)
    first = scan(Written(text, base, base + len(text)), path=path, dialect=dialect)
    notes = outside_notes(annotations, path=path, dialect=dialect, first=len(first.tokens))
    tokens = (*first.tokens, *notes.tokens)
    engine = converter(raw_html=dialect.raw_html)
    reading = Reading(tokens, path, Written(text, base, base + len(text)), engine.plain)
    reading.problems += (*first.problems, *notes.problems)
    facts = Apparatus(reading)

    def walk(root: Element) -> None:
        _restore_code(root, reading)
        engine.change_stashed(lambda markup: _restored_html(markup, reading))
        reading.problems += place_outside_notes(root, notes, path=path)
        facts.read(root, NOTE_BREAK)
        _restore_strays(root, reading)

    try:
        parts = engine.convert(unicodedata.normalize("NFC", first.text + notes.text), tokens, walk)
    except RecursionError:
        message = "lists or quotations are nested too deep"
        return _nothing(path, Diagnostic(code="too-complex", message=message, path=path, start=base, end=base))
    gate = Gate(reading, dialect.raw_html)
    whole, *rest = map(gate.passed, parts)
    if not reading.problems:
        reading.check_met(engine.defined)
    fragment = Fragment(html=whole, notes=tuple(map(_unwrapped, rest)))
    places = _sentences(fragment)
    return ParsedBody(
        fragment=fragment,
        facts=facts,
        mentions=tuple(
            Mention(ref=raw.ref, href=raw.href, label_slot=raw.label_slot, context=places[raw.href])
            for raw in facts.mentions
            if raw.href in places
        ),
        links=tuple(Link(target=raw.target, href=raw.href, context=places.get(raw.href)) for raw in reading.links),
        problems=tuple(dict.fromkeys(reading.problems)),
    )


def _nothing(path: str, problem: Diagnostic) -> ParsedBody:
    empty = Apparatus(Reading((), path, Written("", 0, 0), str))
    return ParsedBody(fragment=Fragment(html=""), facts=empty, mentions=(), links=(), problems=(problem,))


def _unwrapped(note: str) -> str:
    """Drop the `div` a note was converted in."""
    return note.strip().removeprefix("<div>").removesuffix("</div>").strip()


def _restore_code(root: Element, reading: Reading) -> None:
    """Put back the source of marks in code, where they mean nothing and nothing was meant."""
    for code in root.iter("code"):
        if code.text and "\x0e" in code.text:
            code.text = MARK.sub(lambda mark: html.escape(reading.source(mark), quote=False), code.text)


def _restore_strays(root: Element, reading: Reading) -> None:
    """Put back the source of marks that nobody used: each is a problem, for the writer meant something."""
    for element in root.iter():
        if element.text and "\x0e" in element.text:
            element.text = MARK.sub(reading.stray, element.text)
        if element.tail and "\x0e" in element.tail:
            element.tail = MARK.sub(reading.stray, element.tail)
        for key, value in element.items():
            if "\x0e" in value:
                element.set(key, MARK.sub(reading.stray, value))


def _restored_html(markup: str, reading: Reading) -> str:
    """Put back the source of marks in HTML of the writer's own; code in it stays code."""
    if "\x0e" not in markup:
        return markup
    code = [found.span() for found in _CODE.finditer(markup)]

    def source(mark: re.Match[str]) -> str:
        token = reading.tokens[int(mark[2])]
        if isinstance(token, CodeToken):
            return f"<pre><code>{html.escape(token.code)}</code></pre>"
        quiet = any(start <= mark.start() < end for start, end in code)
        return html.escape(reading.source(mark) if quiet else reading.stray(mark))

    return MARK.sub(source, markup)


def _sentences(fragment: Fragment) -> dict[int, Context]:
    """Return the sentence around every link with a slot, in the body and in its notes, by the slot's number."""
    places = {}
    for part in (fragment.html, *fragment.notes):
        for found in _LINK.finditer(part):
            places[int(found[1])] = sentence_around(part, *found.span())
    return places
