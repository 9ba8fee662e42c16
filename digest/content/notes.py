"""Notes: definitions matched with the words they are about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.content.gate import OWN
from digest.content.reading import HEADINGS, Reading
from digest.content.tokens import AnchorToken, DefinitionToken
from digest.diagnostics import did_you_mean
from digest.model import Note, slot

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CONTENT = frozenset({"p", "a", "em", "strong", "code", "br", "span", "img", "div", None})
"""What a note may hold: it stands inside a paragraph."""


@dataclass(slots=True)
class Notes:
    """The notes of one body: `found` in order of their anchors, `contents` as elements in the same order."""

    reading: Reading
    found: list[Note] = field(default_factory=list)
    contents: list[Element] = field(default_factory=list)
    _definitions: dict[str, tuple[DefinitionToken, Element]] = field(default_factory=dict)
    _anchored: set[str] = field(default_factory=set)

    def take_definitions(self, root: Element) -> None:
        """Take the definitions out of the tree."""
        for element in [child for child in root if child.get("data-note")]:
            token = self.reading.use(element.attrib.pop("data-note"))
            assert isinstance(token, DefinitionToken)  # noqa: S101 - the scanner wrote the mark
            root.remove(element)
            if token.note in self._definitions:
                self.reading.pass_over(element)
                self.reading.report(
                    "duplicate-note", f"a second note `{token.note}`", token.at, hint="give it another id"
                )
            elif not (element.text or "").strip() and not len(element):
                self.reading.report("empty-note", f"the note `{token.note}` is empty", token.at, hint="write its text")
                self._definitions[token.note] = (token, element)
            else:
                self._definitions[token.note] = (token, element)

    def anchor(self, element: Element, number: str, path: tuple[str, ...]) -> None:
        """Put the slot of a note behind the words it is about; `path` are the tags around them."""
        token = self.reading.use(number)
        spans = element.get("data-span") is not None
        end = self.reading.use(str(int(number) + 1)) if spans else token
        assert isinstance(token, AnchorToken)  # noqa: S101 - the scanner wrote the mark
        at = end.at._replace(start=end.at.start + end.at.text.startswith("]"))
        element.attrib.clear()
        element.tag = None  # type: ignore[assignment]
        definition = self._definitions.get(token.note)
        if definition is None:
            hint = did_you_mean(token.note, self._definitions) or f"write `[^{token.note}]: …` below"
            self.reading.report("missing-note", f"no note `{token.note}`", at, hint=hint)
        elif token.note in self._anchored:
            self.reading.report(
                "duplicate-anchor",
                f"the note `{token.note}` is anchored twice",
                at,
                hint="repeat the note",
            )
        elif any(tag in HEADINGS or tag in {"a", "note"} for tag in path):
            self.reading.report("misplaced-note", "a note cannot stand here", at, hint="anchor it in running text")
        else:
            self._place_note(element, definition, spans=spans)
        self._anchored.add(token.note)

    def _place_note(self, element: Element, definition: tuple[DefinitionToken, Element], *, spans: bool) -> None:
        token, content = definition
        if token.kind.private:
            self.reading.pass_over(content)
            return
        number = len(self.found) + 1
        if spans:
            element.tag = "span"
            element.set("class", f"noted noted-{token.kind.id}")
            element.set("id", f"{OWN}ref-{number}")
            element.tail = slot("n", number) + (element.tail or "")
        else:
            element.text = slot("n", number)
        sources = tuple(link.get("href", "") for link in content.iter("a") if link.get("href", "").startswith("http"))
        self.found.append(
            Note(
                id=f"{number}",
                number=number,
                kind=token.kind.id,
                verdict=token.verdict,
                spans=spans,
                sources=sources,
            )
        )
        self.contents.append(content)

    def check_anchored(self) -> None:
        """Report definitions that nothing refers to."""
        for name, (token, _) in self._definitions.items():
            if name not in self._anchored:
                self.reading.pass_over(self._definitions[name][1])
                hint = f"write `[the words][^{name}]` in the text"
                self.reading.report("unanchored-note", f"nothing refers to the note `{name}`", token.at, hint=hint)

    def make_phrasing(self, note: Element) -> None:
        """Turn a note's paragraphs into spans, for it stands inside a paragraph of the body."""
        for element in note.iter():
            if element.tag not in _CONTENT:
                token = self._definition_of(note)
                message = "a note holds paragraphs only, for it stands in the margin"
                self.reading.report(
                    "block-in-note", message, token.at, hint="move lists, tables and headings into the body"
                )
                break
        for element in note.iter("p"):
            element.tag = "span"
            element.set("class", "para")

    def _definition_of(self, note: Element) -> DefinitionToken:
        return next(token for token, element in self._definitions.values() if element is note)
