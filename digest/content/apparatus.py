"""Reading a converted body: mentions, quotations, notes, links and headings become facts and slots.

Works on the element tree that `markdown` hands over, in document order, and leaves HTML with slots behind. What
stands where it cannot mean anything is a diagnostic.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from digest.content.gate import ADDRESSES, OWN
from digest.content.languages import ENGLISH_WORDS, LANGUAGES
from digest.content.notes import Notes
from digest.content.reading import HEADINGS, Reading
from digest.content.syntax import WEB
from digest.content.tokens import (
    MARK,
    AttributionToken,
    DestinationToken,
    MentionToken,
)
from digest.model import Heading, Quote, Wording, fill, slot

if TYPE_CHECKING:
    from digest.decode.written import Written

QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"|«[^«»]*»|„[^„“”]*[“”]|‘[^‘]*’|‹[^‹›]*›|「[^「」]*」", re.DOTALL)
_LANGUAGE = re.compile(r"\[(?P<tag>(?P<language>[a-z]{2})(?:-[A-Za-z0-9]{2,8})*)\][ \t\n]+")
_LAST_MARK = re.compile("\x0eq(\\d+)\x0f\\s*$")


@dataclass(slots=True, kw_only=True)
class RawMention:
    """A mention before its sentence is known."""

    ref: Written
    href: int
    label_slot: int


@dataclass(slots=True)
class Apparatus:
    """Collects the facts of one body."""

    reading: Reading
    mentions: list[RawMention] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    opted_out: list[Written] = field(default_factory=list)
    bare_quotations: int = 0
    notes: Notes = field(init=False)

    def __post_init__(self) -> None:
        self.notes = Notes(self.reading)

    def read(self, root: Element, separator: str) -> None:
        """Read the whole tree and leave it ready to be written out: the body, then each note after `separator`."""
        self.notes.take_definitions(root)
        self._visit(root, ())
        # A note may mention people, quote them, and lead elsewhere; it cannot carry notes of its own.
        for note in list(self.notes.contents):
            self._visit(note, ("note",))
        self.notes.check_anchored()
        for note in self.notes.contents:
            self.notes.make_phrasing(note)
            _append_text(root, separator)
            root.append(note)

    def _visit(self, parent: Element, path: tuple[str, ...]) -> None:
        for index, child in enumerate(list(parent)):
            tag = str(child.tag)
            if number := child.get("data-span") or child.get("data-point"):
                self._anchor_after_content(child, number, path)
                continue
            self._visit(child, (*path, tag))
            replacement = self._finish(child, tag, path)
            if replacement is not child:
                parent[index] = replacement

    def _anchor_after_content(self, child: Element, number: str, path: tuple[str, ...]) -> None:
        self._visit(child, path)
        self.notes.anchor(child, number, path)

    def _finish(self, element: Element, tag: str, path: tuple[str, ...]) -> Element:
        """Read one element whose content has been read; returns what stands in its place."""
        if element.keys():  # `attrib` would make a mapping for every element
            if number := element.attrib.pop("data-mention", None):
                return self._mention(element, number, path)
            for attribute in ADDRESSES.intersection(element.keys()):
                self._address(element, attribute)
            if tag == "a" and "a" in path:
                return self._nested(element)
        if tag in HEADINGS:
            self._heading(element)
        elif tag == "table":
            return _wrapped(
                element, "div", {"class": "table", "role": "region", "tabindex": "0", "aria-label": "Table"}
            )
        elif tag == "blockquote":
            return self._quotation(element, path)
        return element

    def _heading(self, element: Element) -> None:
        if element.tag == "h1":
            element.tag = "h2"  # the page's title is its only level 1
        text = self.reading.text(element)
        anchor = self.reading.unique(github_anchor(self._as_written(text)) or "section")
        element.set("id", OWN + anchor)
        self.headings.append(Heading(level=int(str(element.tag)[1]), text=text, anchor=anchor))

    def _address(self, element: Element, attribute: str) -> None:
        """Let an address be that of a link, which is followed and checked, unless it is one of the web.

        The scanner has marked what it took for a destination. What the library alone takes for one is found here:
        a definition in a quotation, say, `> [x]: page.md`.
        """
        written = self.reading.plain(element.get(attribute, ""))
        found = MARK.fullmatch(written)
        token = self.reading.use(found[2]) if found else None
        address = MARK.sub(self.reading.source, written).strip()
        if isinstance(token, DestinationToken):
            address = self.reading.link(token.target)
        elif not WEB.match(address):
            address = self.reading.late_link(address)
        element.set(attribute, address)

    def _nested(self, link: Element) -> Element:
        """Report a link within another, which no page can hold, and leave its words."""
        words = self.reading.text(link)
        self.reading.report("nested-link", "a link inside a link", self.reading.find(words), hint="keep one of them")
        link.attrib.clear()
        link.tag = None  # type: ignore[assignment]
        return link

    def _mention(self, element: Element, number: str, path: tuple[str, ...]) -> Element:
        token = self.reading.use(number)
        assert isinstance(token, MentionToken)  # noqa: S101 - the scanner wrote the mark
        if token.opted_out:
            self.opted_out.append(token.ref)
            element.tag = None  # type: ignore[assignment]
            return element
        if "a" in path:
            self.reading.report("nested-link", "a mention inside a link", token.at, hint="end the link before it")
        href, label = self.reading.slot(), -1
        element.set("class", "mention")
        element.set("href", slot("h", href))
        words = self.reading.text(element)
        if not words:
            label = self.reading.slot()
            element.text = slot("h", label)
        self.mentions.append(RawMention(ref=token.ref, href=href, label_slot=label))
        return self._inline_quote(element, words, token) if QUOTED.fullmatch(words) else element

    def _inline_quote(self, element: Element, words: str, token: MentionToken) -> Element:
        name = self.reading.unique(_quote_id(self._as_written(words), token.ref.text))
        wording = Wording(id=name, number=-1, description="", paragraphs=(words,), kind="partial")
        quote = Quote(wording=wording, speaker=token.ref, start=token.at.start, end=token.at.end)
        self.quotes.append(quote)
        return _wrapped(element, "span", {"class": "said", "id": OWN + name})

    # Quotations

    def _quotation(self, element: Element, path: tuple[str, ...]) -> Element:
        found = _take_last_mark(element)
        if found is None:
            self.bare_quotations += "note" not in path  # in a note it is out of place anyway
            return element
        token = self.reading.use(found)
        assert isinstance(token, AttributionToken)  # noqa: S101 - the scanner wrote the mark
        paragraphs, original, lang = self._paragraphs(element, token)
        if not paragraphs and not original:
            self.reading.report("empty-quote", "this attribution has no quotation above it", token.at)
        told = token.attribution
        number = sum(not quote.wording.inline for quote in self.quotes) + 1
        if told.id and self.reading.taken(told.id):
            at = token.at._replace(start=told.id_at[0], end=told.id_at[1])
            self.reading.report("duplicate-id", f"the id `{told.id}` is taken on this page", at, hint="choose another")
        speaker = told.speaker.text if told.speaker else told.description
        name = self.reading.unique(told.id or _quote_id(self._as_written(" ".join(paragraphs or original)), speaker))
        wording = Wording(
            id=name,
            number=number,
            description=told.description,
            paragraphs=paragraphs or original,
            original=original if paragraphs else (),
            original_lang=lang,
            occasion=told.occasion,
            date=told.date,
            kind=told.kind,
            stance=told.stance,
        )
        quote = Quote(
            wording=wording,
            speaker=told.speaker,
            about=told.about,
            on_behalf_of=told.on_behalf_of,
            start=token.at.start,
            end=token.at.end,
        )
        self.quotes.append(quote)
        figure = _wrapped(element, "figure", {"class": "quote", "id": OWN + name})
        element.tail = slot("q", number)
        return figure

    def _paragraphs(self, quotation: Element, token: AttributionToken) -> tuple[tuple[str, ...], tuple[str, ...], str]:
        """Return a quotation's paragraphs, those in the original language, and that language.

        A quotation within it is somebody else's, and not among them.
        """
        paragraphs, original, lang = list[str](), list[str](), ""
        for child in quotation:
            if child.tag in {"blockquote", "figure"}:
                continue
            tag = self._language(child, token) if child.tag == "p" else ""
            if tag:
                child.set("class", "original")
                child.set("lang", tag)
                lang = lang or tag
            (original if tag else paragraphs).append(self.reading.text(child))
        return tuple(filter(None, paragraphs)), tuple(filter(None, original)), lang

    def _language(self, paragraph: Element, token: AttributionToken) -> str:
        """Take the language tag from the beginning of a paragraph; "" where the bracket holds a writer's insertion."""
        found = _LANGUAGE.match(paragraph.text or "")
        if not found or found["language"] not in LANGUAGES:
            return ""
        if found["tag"] in ENGLISH_WORDS:
            message = f"`[{found['tag']}]` may be a language or an inserted word"
            hint = f"write `[{found['tag']}-XX]` with a region for the language, `\\[{found['tag']}]` for the word"
            self.reading.report("ambiguous-bracket", message, token.at, hint=hint)
            return ""
        paragraph.text = (paragraph.text or "")[found.end() :]
        return found["tag"]

    def _as_written(self, text: str) -> str:
        """Fill a text's slots with the references as written, so that ids do not depend on slots' numbers."""
        words = {mention.label_slot: mention.ref.text for mention in self.mentions}
        return fill(text, lambda _, number: words.get(number, ""))


def github_anchor(text: str) -> str:
    """Return a heading's anchor by GitHub's rule: lower case, punctuation dropped, spaces to hyphens."""
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def _quote_id(words: str, speaker: str) -> str:
    """Return an id that stays when other quotations come and go."""
    return "q-" + hashlib.blake2s(f"{speaker}\n{words}".encode(), digest_size=4).hexdigest()


def _wrapped(element: Element, tag: str, attributes: dict[str, str]) -> Element:
    wrapper = Element(tag, attributes)
    wrapper.append(element)
    wrapper.tail, element.tail = element.tail, None
    return wrapper


def _append_text(parent: Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def _take_last_mark(quotation: Element) -> str | None:
    """Remove the attribution's mark from the end of a quotation's last paragraph and return its number."""
    if not len(quotation) or quotation[-1].tag != "p":
        return None
    last = quotation[-1]
    holder, attribute = (last[-1], "tail") if len(last) else (last, "text")
    text = getattr(holder, attribute) or ""
    found = _LAST_MARK.search(text)
    if not found:
        return None
    setattr(holder, attribute, text[: found.start()].rstrip())
    if not len(last) and not last.text:
        quotation.remove(last)
    return found[1]
