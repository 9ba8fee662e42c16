"""Notes on a passage named in front matter: W3C's TextQuoteSelector, exact or not at all.

Source: W3C Web Annotation Data Model, §4.2.4. We differ knowingly: the Recommendation lets several matches all
count; here a passage must match once, because a note must never stand at words it was not written for.
White space is normalised before matching, nothing else.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from digest.content.scan import scan
from digest.content.tokens import AnchorToken, DefinitionToken, Token
from digest.diagnostics import Diagnostic, did_you_mean, either

if TYPE_CHECKING:
    from digest.content.matter import AnnotationMatter
    from digest.decode.written import Written
    from digest.model import Dialect, NoteKind

_BLOCKS = frozenset({"p", "li", "td", "th", "dd", "dt"})
_NEAR = 0.6


@dataclass(frozen=True, slots=True)
class OutsideNote:
    """A passage to find; `anchor` is the number of its span token."""

    matter: AnnotationMatter
    anchor: int


@dataclass(frozen=True, slots=True)
class OutsideNotes:
    """Definitions to add to the marked text, their tokens, and the passages to find."""

    text: str = ""
    tokens: tuple[Token, ...] = ()
    passages: tuple[OutsideNote, ...] = ()


def outside_notes(
    annotations: tuple[AnnotationMatter, ...], *, path: str, dialect: Dialect, first: int
) -> OutsideNotes:
    """Turn front matter's annotations into definitions; `first` is the number of the first new token."""
    if not annotations:
        return OutsideNotes()
    text, tokens, passages = "", list[Token](), list[OutsideNote]()
    for annotation in annotations:
        name, at = f"@{len(passages)}", annotation.exact
        kind, verdict, problems = _labelled(annotation, dialect, path)
        definition = DefinitionToken(at=at, note=name, kind=kind, verdict=verdict, problems=problems)
        number = first + len(tokens)
        tokens += [definition, AnchorToken(at=at, note=name), AnchorToken(at=at, note=name)]
        passages.append(OutsideNote(annotation, number + 1))
        note = scan(annotation.text, path=path, dialect=dialect, first=first + len(tokens))
        tokens += note.tokens
        indented = note.text.replace("\n", "\n    ")
        text += f"\n\n\x0ef{number}\x0f{indented}"
    return OutsideNotes(text, tuple(tokens), tuple(passages))


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
    """Wrap each passage in a span element; what cannot be placed is a diagnostic at `exact`."""
    problems = []
    for passage in notes.passages:
        problem = _place(root, passage)
        if problem:
            code, message, hint = problem
            at = passage.matter.exact
            problems.append(Diagnostic(code=code, message=message, path=path, start=at.start, end=at.end, hint=hint))
            _keep_quiet(root, passage)
    return problems


def _keep_quiet(root: Element, passage: OutsideNote) -> None:
    """Take out the note of a passage that was not found: one problem is enough."""
    for note in [child for child in root if child.get("data-note") == str(passage.anchor - 1)]:
        root.remove(note)


def _place(root: Element, passage: OutsideNote) -> tuple[str, str, str] | None:
    wanted = " ".join(passage.matter.exact.text.split())
    blocks = [block for block in _blocks(root) if block.tag in _BLOCKS]
    matches = [
        (block, start)
        for block in blocks
        for start in _occurrences(_words(block), wanted)
        if _fits(_words(block), start, start + len(wanted), passage.matter)
    ]
    if len(matches) > 1:
        return "ambiguous-passage", f"these words stand here {len(matches)} times", "add `prefix` or `suffix`"
    if not matches:
        near = _nearest(wanted, blocks)
        hint = f"the nearest is “{near}”" if near else "copy the words from the page"
        return "missing-passage", "these words do not stand in the text", hint
    block, start = matches[0]
    if not _wrap(block, start, start + len(wanted), passage.anchor):
        return (
            "split-passage",
            "this passage begins or ends inside a link, code or emphasis",
            "choose whole words",
        )
    return None


def _blocks(root: Element) -> list[Element]:
    """Return the elements of the body, those of notes left out."""
    return [
        element
        for child in root
        if not child.get("data-note")
        for element in child.iter()
        if len(str(element.tag)) < 6  # noqa: PLR2004 - what holds text itself has a short name: p, h2, li, td
    ]


def _words(block: Element) -> str:
    return re.sub(r"\s", " ", "".join(block.itertext()))


def _occurrences(text: str, wanted: str) -> list[int]:
    return [found.start() for found in re.finditer(re.escape(wanted).replace(r"\ ", " "), text)]


def _fits(text: str, start: int, end: int, matter: AnnotationMatter) -> bool:
    before, after = text[:start].rstrip(), text[end:].lstrip()
    return before.endswith(matter.prefix or "") and after.startswith(matter.suffix or "")


def _nearest(wanted: str, blocks: list[Element]) -> str:
    """Return the stretch of the text that is most like `wanted`, or "" when none is near."""
    size = len(wanted.split())
    stretches = []
    for block in blocks:
        words = _words(block).split()
        stretches += [" ".join(words[at : at + size]) for at in range(max(1, len(words) - size + 1))]
    return next(iter(difflib.get_close_matches(wanted, stretches, n=1, cutoff=_NEAR)), "")


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
