"""A body from Markdown to a fragment and facts: scan, convert, read, and put back what means nothing in code."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.content.apparatus import Apparatus
from digest.content.limits import check_limits
from digest.content.quote_selector import outside_notes, place_outside_notes
from digest.content.reading import Reading
from digest.content.scan import scan
from digest.content.sentences import sentence_around
from digest.content.tokens import MARK, NOTE_BREAK, AttributionToken
from digest.decode.written import Written
from digest.diagnostics import Diagnostic
from digest.model import Context, Dialect, Fragment, Link, Mention

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from digest.content.markdown import Converter
    from digest.content.matter import AnnotationMatter
    from digest.content.tokens import Token

_LINK = re.compile('<a [^>]*?href="\x11h(\\d+)\x12"[^>]*>.*?</a>', re.DOTALL)
_CODE = re.compile(r"<code[ >].*?</code>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
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


def read_body(
    text: str, *, base: int, path: str, dialect: Dialect, annotations: tuple[AnnotationMatter, ...] = ()
) -> Body:
    """Convert the body `text`, which begins at offset `base` of the file; problems come with the result."""
    too_much = check_limits(text, base=base, path=path)
    if too_much:
        return _nothing(path, too_much)
    first = scan(Written(text, base, base + len(text)), path=path, dialect=dialect)
    notes = outside_notes(annotations, path=path, dialect=dialect, first=len(first.tokens))
    tokens = (*first.tokens, *notes.tokens)
    engine = converter(raw_html=dialect.raw_html)
    reading = Reading(tokens, path, engine.plain)
    facts = Apparatus(reading)

    def walk(root: Element) -> None:
        reading.problems += place_outside_notes(root, notes, path=path)
        facts.read(root, NOTE_BREAK)

    try:
        whole, *rest = engine.convert(unicodedata.normalize("NFC", first.text + notes.text), tokens, walk)
    except RecursionError:
        message = "lists or quotations are nested too deep"
        return _nothing(path, Diagnostic(code="too-complex", message=message, path=path, start=base, end=base))
    fragment = Fragment(
        html=_restored(whole, reading),
        notes=tuple(_restored(_unwrapped(note), reading) for note in rest),
    )
    places = _sentences(fragment)
    return Body(
        fragment=fragment,
        facts=facts,
        mentions=tuple(
            Mention(ref=raw.ref, href=raw.href, label_slot=raw.label_slot, context=places[raw.href])
            for raw in facts.mentions
            if raw.href in places
        ),
        links=tuple(Link(target=raw.target, href=raw.href, context=places.get(raw.href)) for raw in facts.links),
        problems=tuple(dict.fromkeys(reading.problems)),
    )


def _nothing(path: str, problem: Diagnostic) -> Body:
    empty = Apparatus(Reading((), path, str))
    return Body(fragment=Fragment(html=""), facts=empty, mentions=(), links=(), problems=(problem,))


def _unwrapped(note: str) -> str:
    """Drop the `div` a note was converted in."""
    return note.strip().removeprefix("<div>").removesuffix("</div>").strip()


def _restored(whole: str, reading: Reading) -> str:
    """Put back the source of marks nobody used; outside code that is a problem, for the writer meant something."""
    if "\x0e" not in whole:
        return whole
    code = [found.span() for found in _CODE.finditer(whole)]

    def source(found: re.Match[str]) -> str:
        token = reading.tokens[int(found[2])]
        if not any(start <= found.start() < end for start, end in code):
            reading.problems += token.problems or _stray(token, reading.path)
        return html.escape(token.at.text, quote=False)

    return MARK.sub(source, whole)


def _stray(token: Token, path: str) -> list[Diagnostic]:
    what = "an attribution" if isinstance(token, AttributionToken) else f"`{token.at.text.strip()[:40]}`"
    message = f"{what} means nothing here"
    hint = "move it, or write it as code between backticks"
    return [
        Diagnostic(code="stray-markup", message=message, path=path, start=token.at.start, end=token.at.end, hint=hint)
    ]


def _sentences(fragment: Fragment) -> dict[int, Context]:
    """Return the sentence around every link with a slot, in the body and in its notes, by the slot's number."""
    places = {}
    for part in (fragment.html, *fragment.notes):
        for found in _LINK.finditer(part):
            places[int(found[1])] = sentence_around(part, *found.span())
    return places
