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

from digest.content.scan import (
    MARK,
    AnchorToken,
    AttributionToken,
    DefinitionToken,
    DestinationToken,
    MentionToken,
    Token,
)
from digest.diagnostics import Diagnostic, did_you_mean
from digest.model import RESERVED_IDS, Heading, Link, Note, Quote, slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.decode.schema import Written

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_NOTE_CONTENT = frozenset({"p", "a", "em", "strong", "code", "br", "span", "img", "div", None})
_QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"|«[^«»]*»|„[^„“”]*[“”]|‘[^‘]*’|‹[^‹›]*›|「[^「」]*」", re.DOTALL)
_LANGUAGE = re.compile(r"\[([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\][ \t\n]+")
_LAST_MARK = re.compile("\x0eq(\\d+)\x0f\\s*$")
_APPARATUS_ID = re.compile(r"(?:note|ref|toggle)-\d+")
"""Ids that themes make for notes."""

_ANY_SLOT_BUT_TEXT = re.compile("\x11[nq]\\d+\x12")


@dataclass(slots=True, kw_only=True)
class RawMention:
    """A mention before its sentence is known."""

    ref: Written
    href: int
    label_slot: int


@dataclass(slots=True)
class Apparatus:
    """Collects the facts of one body; `plain` restores stashed characters in a text."""

    tokens: tuple[Token, ...]
    path: str
    plain: Callable[[str], str]
    problems: list[Diagnostic] = field(default_factory=list)
    mentions: list[RawMention] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    opted_out: list[Written] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    ids: dict[str, int] = field(default_factory=dict)
    bare_quotations: int = 0
    _slots: int = 0
    _definitions: dict[str, tuple[DefinitionToken, Element]] = field(default_factory=dict)
    _anchored: set[str] = field(default_factory=set)
    _pending: list[Element] = field(default_factory=list)

    def read(self, root: Element, separator: str) -> None:
        """Read the whole tree and leave it ready to be written out: the body, then each note after `separator`."""
        self.ids = dict.fromkeys(RESERVED_IDS, 0)
        self._take_definitions(root)
        self._visit(root, ())
        # A note may mention people, quote them, and lead elsewhere; it cannot carry notes of its own.
        for note in list(self._pending):
            self._visit(note, ("note",))
        self._unanchored()
        for note in self._pending:
            self._phrasing(note)
            _append_text(root, separator)
            root.append(note)

    def report(self, code: str, message: str, at: Written, *, hint: str = "") -> None:
        self.problems.append(
            Diagnostic(code=code, message=message, path=self.path, start=at.start, end=at.end, hint=hint)
        )

    def _use(self, number: str) -> Token:
        token = self.tokens[int(number)]
        self.used.add(int(number))
        self.problems += token.problems
        return token

    def _slot(self) -> int:
        self._slots += 1
        return self._slots

    # Notes

    def _take_definitions(self, root: Element) -> None:
        for element in [child for child in root if child.get("data-note")]:
            token = self._use(element.attrib.pop("data-note"))
            assert isinstance(token, DefinitionToken)  # noqa: S101 - the scanner wrote the mark
            root.remove(element)
            if token.note in self._definitions:
                self.report("duplicate-note", f"a second note `{token.note}`", token.at, hint="give it another id")
            elif not (element.text or "").strip() and not len(element):
                self.report("empty-note", f"the note `{token.note}` is empty", token.at, hint="write its text")
                self._definitions[token.note] = (token, element)
            else:
                self._definitions[token.note] = (token, element)

    def _anchor(self, element: Element, number: str, path: tuple[str, ...]) -> None:
        token = self._use(number)
        spans = element.get("data-span") is not None
        end = self._use(str(int(number) + 1)) if spans else token
        assert isinstance(token, AnchorToken)  # noqa: S101 - the scanner wrote the mark
        element.attrib.clear()
        element.tag = None  # type: ignore[assignment]
        definition = self._definitions.get(token.note)
        if definition is None:
            hint = did_you_mean(token.note, self._definitions) or f"write `[^{token.note}]: …` below"
            self.report("missing-note", f"no note `{token.note}`", end.at, hint=hint)
        elif token.note in self._anchored:
            self.report("duplicate-anchor", f"the note `{token.note}` is anchored twice", end.at, hint="repeat the note")
        elif any(tag in HEADINGS or tag in {"a", "note"} for tag in path):
            self.report("misplaced-note", "a note cannot stand here", end.at, hint="anchor it in running text")
        else:
            self._place_note(element, definition, spans=spans)
        self._anchored.add(token.note)

    def _place_note(self, element: Element, definition: tuple[DefinitionToken, Element], *, spans: bool) -> None:
        token, content = definition
        if token.kind.private:
            return
        number = len(self.notes) + 1
        if spans:
            element.tag = "span"
            element.set("class", f"noted noted-{token.kind.id}")
            element.set("id", f"ref-{number}")
            element.tail = slot("n", number) + (element.tail or "")
        else:
            element.text = slot("n", number)
        sources = tuple(
            link.get("href", "") for link in content.iter("a") if link.get("href", "").startswith("http")
        )
        self.notes.append(
            Note(
                id=f"{number}",
                number=number,
                kind=token.kind.id,
                verdict=token.verdict,
                spans=spans,
                sources=sources,
            )
        )
        self._pending.append(content)

    def _unanchored(self) -> None:
        for name, (token, _) in self._definitions.items():
            if name not in self._anchored:
                hint = f"write `[the words][^{name}]` in the text"
                self.report("unanchored-note", f"nothing refers to the note `{name}`", token.at, hint=hint)

    def _phrasing(self, note: Element) -> None:
        """Turn a note's paragraphs into spans, for it stands inside a paragraph of the body."""
        for element in note.iter():
            if element.tag not in _NOTE_CONTENT:
                token = self._definition_of(note)
                message = "a note holds paragraphs only, for it stands in the margin"
                self.report("block-in-note", message, token.at, hint="move lists, tables and headings into the body")
                break
        for element in note.iter("p"):
            element.tag = "span"
            element.set("class", "para")

    def _definition_of(self, note: Element) -> DefinitionToken:
        return next(token for token, element in self._definitions.values() if element is note)

    # The tree

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
        self._anchor(child, number, path)

    def _finish(self, element: Element, tag: str, path: tuple[str, ...]) -> Element:
        """Read one element whose content has been read; returns what stands in its place."""
        if number := element.attrib.pop("data-mention", None):
            return self._mention(element, number, path)
        for attribute in ("href", "src"):
            if found := MARK.fullmatch(element.get(attribute, "")):
                self._link(element, attribute, found[2])
        if tag in HEADINGS:
            self._heading(element)
        elif tag == "table":
            return _wrapped(element, "div", {"class": "table", "role": "region", "tabindex": "0", "aria-label": "Table"})
        elif tag == "blockquote":
            return self._quotation(element)
        return element

    def _heading(self, element: Element) -> None:
        if element.tag == "h1":
            element.tag = "h2"  # the page's title is its only level 1
        text = self._text(element)
        anchor = self._unique(github_anchor(text) or "section")
        element.set("id", anchor)
        self.headings.append(Heading(level=int(str(element.tag)[1]), text=text, anchor=anchor))

    def _unique(self, wanted: str) -> str:
        """Return `wanted`, or with a number behind it where the id is taken, as GitHub numbers them."""
        if not self._taken(wanted):
            self.ids[wanted] = 0
            return wanted
        self.ids[wanted] = self.ids.get(wanted, 0) + 1
        return self._unique(f"{wanted}-{self.ids[wanted]}")

    def _taken(self, name: str) -> bool:
        return name in self.ids or bool(_APPARATUS_ID.fullmatch(name))

    def _link(self, element: Element, attribute: str, number: str) -> None:
        token = self._use(number)
        assert isinstance(token, DestinationToken)  # noqa: S101 - the scanner wrote the mark
        href = self._slot()
        element.set(attribute, slot("h", href))
        self.links.append(Link(target=token.target, href=href, image=attribute == "src"))

    def _mention(self, element: Element, number: str, path: tuple[str, ...]) -> Element:
        token = self._use(number)
        assert isinstance(token, MentionToken)  # noqa: S101 - the scanner wrote the mark
        if token.opted_out:
            self.opted_out.append(token.ref)
            element.tag = None  # type: ignore[assignment]
            return element
        if "a" in path:
            self.report("nested-link", "a mention inside a link", token.at, hint="end the link before it")
        href, label = self._slot(), -1
        element.set("class", "mention")
        element.set("href", slot("h", href))
        words = self._text(element)
        if not words:
            label = self._slot()
            element.text = slot("h", label)
        self.mentions.append(RawMention(ref=token.ref, href=href, label_slot=label))
        return self._inline_quote(element, words, token) if _QUOTED.fullmatch(words) else element

    def _inline_quote(self, element: Element, words: str, token: MentionToken) -> Element:
        name = self._unique(_quote_id(words, token.ref.text))
        quote = Quote(
            id=name,
            number=-1,
            speaker=token.ref,
            description="",
            paragraphs=(words,),
            kind="partial",
            start=token.at.start,
            end=token.at.end,
        )
        self.quotes.append(quote)
        return _wrapped(element, "span", {"class": "said", "id": name})

    # Quotations

    def _quotation(self, element: Element) -> Element:
        found = _take_last_mark(element)
        if found is None:
            self.bare_quotations += 1
            return element
        token = self._use(found)
        assert isinstance(token, AttributionToken)  # noqa: S101 - the scanner wrote the mark
        paragraphs, original, lang = self._paragraphs(element)
        if not paragraphs and not original:
            self.report("empty-quote", "this attribution has no quotation above it", token.at)
        told = token.attribution
        number = sum(not quote.inline for quote in self.quotes) + 1
        if told.id and self._taken(told.id):
            at = token.at._replace(start=told.id_at[0], end=told.id_at[1])
            self.report("duplicate-id", f"the id `{told.id}` is taken on this page", at, hint="choose another")
        name = self._unique(told.id or _quote_id(" ".join(paragraphs or original), told.description))
        quote = Quote(
            id=name,
            number=number,
            speaker=told.speaker,
            description=told.description,
            paragraphs=paragraphs or original,
            original=original if paragraphs else (),
            original_lang=lang,
            occasion=told.occasion,
            date=told.date,
            kind=told.kind,
            stance=told.stance,
            about=told.about,
            on_behalf_of=told.on_behalf_of,
            start=token.at.start,
            end=token.at.end,
        )
        self.quotes.append(quote)
        figure = _wrapped(element, "figure", {"class": "quote", "id": name})
        element.tail = slot("q", number)
        return figure

    def _paragraphs(self, quotation: Element) -> tuple[tuple[str, ...], tuple[str, ...], str]:
        """Return a quotation's paragraphs, those in the original language, and that language."""
        paragraphs, original, lang = [], [], ""
        for child in quotation:
            found = _LANGUAGE.match(child.text or "")
            if found and child.tag == "p":
                child.text = (child.text or "")[found.end() :]
                child.set("class", "original")
                child.set("lang", found[1])
                lang = lang or found[1]
                original.append(self._text(child))
            else:
                paragraphs.append(self._text(child))
        return tuple(filter(None, paragraphs)), tuple(filter(None, original)), lang

    def _text(self, element: Element) -> str:
        """Return an element's words on one line, with slots for names and without notes."""
        words = "".join(element.itertext())
        return " ".join(_ANY_SLOT_BUT_TEXT.sub("", self.plain(words)).split())


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
