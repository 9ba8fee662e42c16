"""What readers of a converted body share: tokens and their use, ids, slots, links, and problems."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.content.kinds import reserved_ids
from digest.content.syntax import WEB
from digest.content.tokens import MARK, AttributionToken, DestinationToken, MentionToken
from digest.decode.written import Written
from digest.diagnostics import Diagnostic
from digest.model import slot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from xml.etree.ElementTree import Element

    from digest.content.tokens import Token

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_APPARATUS_ID = re.compile(r"(?:note|ref|toggle)-\d+")
"""Ids that themes make for notes."""

_MARKED = ("data-mention", "data-point", "data-span", "data-note")
"""Attributes in which an element carries its mark's number."""

_ANY_SLOT_BUT_TEXT = re.compile("\x11[nq]\\d+\x12")


@dataclass(slots=True, kw_only=True)
class RawLink:
    """A link before its sentence is known; `href` is the slot of its address."""

    target: Written
    href: int


@dataclass(slots=True)
class Reading:
    """The reading of one body, as it is written; `plain` restores stashed characters in a text of the tree."""

    tokens: tuple[Token, ...]
    path: str
    body: Written
    plain: Callable[[str], str]
    problems: list[Diagnostic] = field(default_factory=list)
    links: list[RawLink] = field(default_factory=list)
    _met: set[int] = field(default_factory=set)
    _ids: dict[str, int] = field(default_factory=lambda: dict.fromkeys(reserved_ids(), 0))
    _slots: int = 0

    def report(self, code: str, message: str, at: Written, *, hint: str = "") -> None:
        self.problems.append(
            Diagnostic(code=code, message=message, path=self.path, start=at.start, end=at.end, hint=hint)
        )

    def use(self, number: str) -> Token:
        """Return the token of a mark that means something; what is wrong with it counts from now on."""
        token = self._meet(number)
        self.problems += token.problems
        return token

    def _meet(self, number: str) -> Token:
        self._met.add(int(number))
        return self.tokens[int(number)]

    def pass_over(self, element: Element) -> None:
        """Know of all marks in an element that is left out on purpose: a private note."""
        for part in element.iter():
            texts = (part.text or "", part.tail or "", *(value for _, value in part.items()))
            marks = [*map(part.get, _MARKED), *(found[2] for text in texts for found in MARK.finditer(text))]
            self._met.update(int(number) for number in marks if number)

    def check_met(self, defined: Iterable[str]) -> None:
        """Report what a writer wrote and no page shows: a mention in a title, a definition that nothing uses.

        `defined` are the addresses of definitions; the scanner sees none in a quotation.
        """
        used = {link.target.text for link in self.links}
        late = [self.find(address) for address in defined if not WEB.match(address) and not MARK.search(address)]
        for written in late:
            if written.text not in used:
                self._unused(written)
        for number, token in enumerate(self.tokens):
            if number in self._met:
                continue
            if isinstance(token, DestinationToken):
                hint = "write `\\[` if it is text"
                self.report(
                    "unused-definition", "no link uses this definition, so it is on no page", token.at, hint=hint
                )
            elif isinstance(token, MentionToken):
                self.report("stray-markup", "a mention means nothing here", token.at, hint="write the name alone")

    def slot(self) -> int:
        """Return the number of a new gap."""
        self._slots += 1
        return self._slots

    def link(self, target: Written) -> str:
        """Return what stands for the address of a link until it is known where that leads."""
        href = self.slot()
        self.links.append(RawLink(target=target, href=href))
        return slot("h", href)

    def late_link(self, address: str) -> str:
        """As `link`, for an address that the scanner did not see: what it says is found in the source again."""
        return self.link(self.find(address)._replace(text=address))

    def _unused(self, at: Written) -> None:
        message = "no link uses this definition, so it is on no page"
        self.report("unused-definition", message, at, hint="write `\\[` if it is text")

    def find(self, words: str) -> Written:
        """Return where words stand in the body, as an address rather than elsewhere; its beginning if nowhere."""
        text, start, _ = self.body
        around = (("<", ">"), ("](", ")"), ("]: ", ""), ("", ""))
        places = (text.find(f"{before}{words}{after}") + len(before) for before, after in around)
        at = next((place for place, (before, _) in zip(places, around, strict=True) if place >= len(before)), -1)
        return Written(words, start + at, start + at + len(words)) if at >= 0 else Written(words, start, start + 1)

    def source(self, mark: re.Match[str]) -> str:
        """Return what a writer wrote where a mark stands."""
        return self._meet(mark[2]).at.text

    def stray(self, mark: re.Match[str]) -> str:
        """As `source`, for a mark where it means nothing though its writer meant something: that is a problem."""
        token = self._meet(mark[2])
        if token.problems:
            self.problems += token.problems
        else:
            what = "an attribution" if isinstance(token, AttributionToken) else f"`{token.at.text.strip()[:40]}`"
            hint = "move it, or write it as code between backticks"
            self.report("stray-markup", f"{what} means nothing here", token.at, hint=hint)
        return token.at.text

    def unique(self, wanted: str) -> str:
        """Return `wanted`, or with a number behind it where the id is taken, as GitHub numbers them."""
        if not self.taken(wanted):
            self._ids[wanted] = 0
            return wanted
        self._ids[wanted] = self._ids.get(wanted, 0) + 1
        return self.unique(f"{wanted}-{self._ids[wanted]}")

    def taken(self, name: str) -> bool:
        return name in self._ids or bool(_APPARATUS_ID.fullmatch(name))

    def text(self, element: Element) -> str:
        """Return an element's words on one line, with slots for names, without notes, and code as it was written."""
        words = MARK.sub(self.source, self.plain("".join(_texts(element))))
        return " ".join(_ANY_SLOT_BUT_TEXT.sub("", words).split())


def _texts(element: Element) -> Iterator[str]:
    """Yield the texts of an element in order; what code holds stands escaped in the tree."""
    text = element.text or ""
    yield html.unescape(text) if element.tag == "code" else text
    for child in element:
        yield from _texts(child)
        yield child.tail or ""
