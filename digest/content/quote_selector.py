"""Notes on a passage named in front matter: W3C's TextQuoteSelector, exact or not at all.

Source: W3C Web Annotation Data Model, §4.2.4. We differ knowingly: the Recommendation lets several matches all
count; here a passage must match once, because a note must never stand at words it was not written for.
White space is normalised before matching, nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from digest.content.labels import seems_private
from digest.content.passages import MOST_COUNTED, Passage, find_passages
from digest.content.scan import scan
from digest.content.tokens import AnchorToken, DefinitionToken, Token
from digest.diagnostics import LIKE, Diagnostic, did_you_mean, either

if TYPE_CHECKING:
    from digest.content.matter import AnnotationMatter
    from digest.content.passages import Place
    from digest.decode.written import Written
    from digest.model import Dialect, NoteKind

    _Block = tuple[Element, str]
    """An element with its words, white space as spaces."""

_BLOCKS = frozenset({"p", "li", "td", "th", "dd", "dt"})
_NESTED = _BLOCKS | {"ul", "ol", "dl", "blockquote", "table", "pre"}
"""What may stand in such an element and has words of its own: in a list item, say."""

_MOST_HINTS = 20
"""Passages of a body that are looked for once more, for a hint: 20 in 100,000 words take half a second."""

_MOST_WORDS = 40
_MOST_SHOWN = 240
"""Characters of a passage that a hint is about."""


@dataclass(frozen=True, slots=True)
class OutsideNote:
    """A passage to find; `anchor` is the number of its span token."""

    matter: AnnotationMatter
    anchor: int

    @property
    def passage(self) -> Passage:
        matter = self.matter
        return Passage(" ".join(matter.exact.text.split()), matter.prefix or "", matter.suffix or "")


@dataclass(frozen=True, slots=True)
class OutsideNotes:
    """Definitions to add to the marked text, their tokens, and the passages to find."""

    text: str = ""
    tokens: tuple[Token, ...] = ()
    passages: tuple[OutsideNote, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


def outside_notes(
    annotations: tuple[AnnotationMatter, ...], *, path: str, dialect: Dialect, first: int
) -> OutsideNotes:
    """Turn front matter's annotations into definitions; `first` is the number of the first new token."""
    if not annotations:
        return OutsideNotes()
    text, tokens, passages, wrong = "", list[Token](), list[OutsideNote](), list[Diagnostic]()
    for annotation in annotations:
        name, at = f"@{len(passages)}", annotation.exact
        kind, verdict, problems = _labelled(annotation, dialect, path)
        if not kind.private and seems_private(annotation.text.text, dialect):
            wrong.append(_seems_private(annotation.text, path))
        definition = DefinitionToken(at=at, note=name, kind=kind, verdict=verdict, problems=problems)
        number = first + len(tokens)
        tokens += [definition, AnchorToken(at=at, note=name), AnchorToken(at=at, note=name)]
        passages.append(OutsideNote(annotation, number + 1))
        note = scan(annotation.text, path=path, dialect=dialect, first=first + len(tokens))
        tokens += note.tokens
        wrong += note.problems
        indented = note.text.replace("\n", "\n    ")
        text += f"\n\n\x0ef{number}\x0f{indented}"
    return OutsideNotes(text, tuple(tokens), tuple(passages), tuple(wrong))


def _seems_private(note: Written, path: str) -> Diagnostic:
    return Diagnostic(
        code="seems-private",
        message="this looks like a private note and would be published",
        path=path,
        start=note.start,
        end=note.end,
        hint="write `kind: private`, or begin it with another word",
    )


def _labelled(
    annotation: AnnotationMatter, dialect: Dialect, path: str
) -> tuple[NoteKind, str, tuple[Diagnostic, ...]]:
    kind, verdict, problems = dialect.plain, "", []
    if annotation.kind:
        known = dialect.kind(annotation.kind.text)
        kind = known or dialect.plain
        if known is None:
            words = [kind.id for kind in dialect.kinds]
            problems.append(_unknown("unknown-kind", "a kind of note", annotation.kind, path=path, known=words))
    if annotation.verdict:
        verdict = annotation.verdict.text
        if verdict not in dialect.verdicts:
            words = list(dialect.verdicts)
            problems.append(_unknown("unknown-verdict", "a verdict", annotation.verdict, path=path, known=words))
    return kind, verdict, tuple(problems)


def _unknown(code: str, what: str, at: Written, *, path: str, known: list[str]) -> Diagnostic:
    hint = did_you_mean(at.text, known) or f"known here: {either(known)}"
    message = f"`{at.text}` is not {what} known here"
    return Diagnostic(code=code, message=message, path=path, start=at.start, end=at.end, hint=hint)


def place_outside_notes(root: Element, notes: OutsideNotes, *, path: str) -> list[Diagnostic]:
    """Wrap each passage in a span element; what cannot be placed is a diagnostic at `exact`.

    The words of each block are put together once: wrapping some of them changes none.
    """
    if not notes.passages:
        return []
    problems: list[Diagnostic] = []
    unplaced: set[str] = set()
    blocks = [(block, _words(block)) for block in _blocks(root)]
    places = find_passages([words for _, words in blocks], {note.passage for note in notes.passages})
    for note in notes.passages:
        problem = _place(blocks, places[note.passage], note, hinted=len(problems) < _MOST_HINTS)
        if problem:
            code, message, hint = problem
            at = note.matter.exact
            problems.append(Diagnostic(code=code, message=message, path=path, start=at.start, end=at.end, hint=hint))
            unplaced.add(str(note.anchor - 1))
    _keep_quiet(root, unplaced)
    return problems


def _keep_quiet(root: Element, unplaced: set[str]) -> None:
    """Take out the notes of passages that were not found: one problem is enough."""
    for note in [child for child in root if child.get("data-note") in unplaced]:
        root.remove(note)


def _place(
    blocks: list[_Block], matches: list[Place], note: OutsideNote, *, hinted: bool
) -> tuple[str, str, str] | None:
    """Wrap a passage; returns code, message and hint where that cannot be done."""
    wanted = note.passage.exact
    if len(matches) > 1:
        times = f"more than {MOST_COUNTED}" if len(matches) > MOST_COUNTED else str(len(matches))
        return "ambiguous-passage", f"these words stand here {times} times", "add `prefix` or `suffix`"
    if not matches:
        near = _nearest(wanted, [words for _, words in blocks]) if hinted else ""
        hint = f"the nearest is “{near}”" if near else "copy the words from the page"
        return "missing-passage", "these words do not stand in the text", hint
    number, start = matches[0]
    if not _wrap(blocks[number][0], start, start + len(wanted), note.anchor):
        return (
            "split-passage",
            "this passage begins or ends inside a link, code or emphasis",
            "choose whole words",
        )
    return None


def _blocks(root: Element) -> list[Element]:
    """Return the elements of the body that hold a text of their own; those of notes are left out."""
    return [
        element for child in root if not child.get("data-note") for element in child.iter() if element.tag in _BLOCKS
    ]


def _words(block: Element) -> str:
    """Return a block's words, each white space a space; those of blocks within it are line feeds, as many."""
    pieces = [_spaced(block.text or "")]
    for child in block:
        words = _spaced("".join(child.itertext()))
        pieces += ["\n" * len(words) if child.tag in _NESTED else words, _spaced(child.tail or "")]
    return "".join(pieces)


def _spaced(text: str) -> str:
    return re.sub(r"\s", " ", text)


def _nearest(wanted: str, texts: list[str]) -> str:
    """Return the stretch of the texts that is most like what is wanted, or "" when none is near.

    Of a long passage the beginning is looked for: it tells where the rest stands, and a hint shows no more.
    """
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only where something is wrong

    words = wanted.split()[:_MOST_WORDS]
    stretches = (
        " ".join(own[at : at + len(words)])
        for text in texts
        for own in [text.split()]
        for at in range(max(1, len(own) - len(words) + 1))
    )
    found = process.extractOne(" ".join(words)[:_MOST_SHOWN], stretches, scorer=fuzz.ratio, score_cutoff=LIKE)
    return str(found[0])[:_MOST_SHOWN] if found else ""


def _wrap(block: Element, start: int, end: int, anchor: int) -> bool:
    """Wrap the block's text from `start` to `end` if both ends lie directly in the block."""
    at = 0
    own: list[tuple[Element | None, int, int]] = [(None, 0, len(block.text or ""))]
    at = len(block.text or "")
    for child in block:
        at += len("".join(child.itertext()))
        own.append((child, at, at + len(child.tail or "")))
        at += len(child.tail or "")
    first = next((index for index, (_, low, high) in enumerate(own) if low <= start <= high), None)
    last = next((index for index, (_, low, high) in enumerate(own) if low <= end <= high), None)
    if first is None or last is None:
        return False
    span = Element("span", {"data-span": str(anchor)})
    inside = list(block)[first:last]
    (holder, low, _), (ender, end_low, _) = own[first], own[last]
    head = (block.text if holder is None else holder.tail) or ""
    tail = (block.text if ender is None else ender.tail) or ""
    span.tail = tail[end - end_low :]
    if first == last:
        span.text = head[start - low : end - low]
    else:
        span.text = head[start - low :]
        inside[-1].tail = tail[: end - end_low]
    if holder is None:
        block.text = head[: start - low]
    else:
        holder.tail = head[: start - low]
    for child in inside:
        block.remove(child)
        span.append(child)
    block.insert(first, span)
    return True
