"""The label a note begins with, `Fact-check (false):`, and what only looks like the label of a private note.

A private note must never be published because of its spelling. So whatever a reader of the source would take for a
private label is one, or is refused: `Private:ask`, `**Private:** ask`, `(private) ask`, `Privat – ask`.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from digest.diagnostics import did_you_mean, either, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model import Dialect, NoteKind

_LABEL = re.compile(
    r"(?P<kind>[^\W\d_][\w-]*(?: [\w-]+){0,2})(?: ?\((?P<verdict>[^()\n]{1,40})\))?[ \t]*[:：](?P<space>[ \t]+|$)?",
    re.MULTILINE,
)
_BEFORE = re.compile(r"[ \t]*(?:\n[ \t]*(?=\S)|(?:\n[ \t]*)+\n(?: {4}| {0,3}\t)[ \t]*)?")
"""What may stand between the colon of `[^id]:` and a label: it may begin on the next line, or in the next paragraph."""

_BLOCK = r"[^\n]*+(?:\n(?![ \t]*(?:\n|\Z))[^\n]*+)*+"
_EMPTY_LINES = r"\n(?:[ \t]*\n)++"
_NOTE = re.compile(rf"{_BLOCK}(?:{_EMPTY_LINES}(?: {{4}}| {{0,3}}\t){_BLOCK})*+")
_HALF_INDENTED = re.compile(rf"{_EMPTY_LINES} {{1,3}}(?=[^\s\[])")

_LOOKED_AT = 64
"""Characters in which a private label is looked for; the longest label of ours has seven."""

_SIGNS = re.compile(r"[\W_]*")
_PARTED = re.compile(r"\s*[^\w\s,'’\"”/-]|\s+-|\s*\n|\s*$")
"""What parts a label from its note: a sign, a dash between spaces, the end of the line."""

_ALIKE = 0.8


class Fault(NamedTuple):
    """What is wrong with a note's beginning: code, message, where in the text, and what to do."""

    code: str
    message: str
    span: tuple[int, int]
    hint: str


class Label(NamedTuple):
    """A note's kind and verdict, and where its words begin; an unknown label is part of the words."""

    kind: NoteKind
    verdict: str
    end: int
    faults: tuple[Fault, ...] = ()


def read_label(text: str, start: int, dialect: Dialect) -> Label:
    """Read the beginning of a note whose `[^id]:` ends at `start`."""
    found = _find_label(text, start)
    kind = dialect.kind(found["kind"]) if found else None
    if not found or not kind:
        return Label(dialect.plain, "", start, _faults_of_words(text, start, found, dialect=dialect))
    verdict, end = found["verdict"] or "", found.end()
    if verdict and verdict not in dialect.verdicts:
        return Label(kind, verdict, end, (_unknown_verdict(found, dialect),))
    if not kind.private and seems_private(text[end:], dialect):
        return Label(kind, verdict, end, (_seems_private(text, end),))
    return Label(kind, verdict, end)


def is_private(text: str, start: int, dialect: Dialect) -> bool:
    """Tell whether what follows `[^id]:` is a private note, or would be if its writer had spelled it so."""
    return read_label(text, start, dialect).kind.private or seems_private(text[start:], dialect)


def _find_label(text: str, start: int) -> re.Match[str] | None:
    before = _BEFORE.match(text, start)
    return _LABEL.match(text, before.end() if before else start)


def _faults_of_words(text: str, start: int, found: re.Match[str] | None, *, dialect: Dialect) -> tuple[Fault, ...]:
    """Return what is wrong with a note that begins with no label known here."""
    if seems_private(text[start:], dialect):
        return (_seems_private(text, start),)
    if not found or found["space"] is None:
        return ()
    word, labels = found["kind"], [kind.label for kind in dialect.kinds]
    meant = found["verdict"] or nearest(word, labels)
    return (_unknown("unknown-kind", f"`{word}` is not a kind of note", found.span("kind"), labels),) if meant else ()


def _unknown_verdict(found: re.Match[str], dialect: Dialect) -> Fault:
    message = f"`{found['verdict']}` is not a verdict known here"
    return _unknown("unknown-verdict", message, found.span("verdict"), dialect.verdicts)


def _unknown(code: str, message: str, span: tuple[int, int], known: Sequence[str]) -> Fault:
    word = message.split("`")[1]
    return Fault(code, message, span, did_you_mean(word, known) or f"known here: {either(known)}")


def _seems_private(text: str, start: int) -> Fault:
    at = start + len(text[start:]) - len(text[start:].lstrip())
    end = text.find("\n", at)
    message = "this looks like a private note and would be published"
    span = at, min(at + 24, len(text) if end < 0 else end)
    return Fault("seems-private", message, span, "begin it with `Private: `, or with another word")


def can_begin_note(word: str) -> bool:
    """Tell whether a word can be a note's label, `word:`."""
    return _LABEL.fullmatch(f"{word}:") is not None


def seems_private(note: str, dialect: Dialect) -> bool:
    """Tell whether a note that has no private label begins as if it had one."""
    text = _folded(note[:_LOOKED_AT])
    start = _SIGNS.match(text)
    words = text[start.end() if start else 0 :]
    names = {_folded(name) for kind in dialect.kinds if kind.private for name in (kind.id, kind.label)}
    return any(_begins_with(words, name) for name in names)


def half_indented(text: str, start: int) -> int:
    """Return where a paragraph stands that may be meant as part of a note whose text begins at `start`, or -1.

    A note's paragraphs are indented by four spaces. One that is indented by less would be published with the body.
    """
    note = _NOTE.match(text, start)
    found = _HALF_INDENTED.match(text, note.end() if note else start)
    return found.end() if found else -1


def _begins_with(text: str, name: str) -> bool:
    """Tell whether a text begins with a name, or with something spelled much like it, and then with a separator."""
    found = re.match(r"[\w-]+" + r" +[\w-]+" * name.count(" "), text)
    if not found or not _PARTED.match(text, found.end()):
        return False
    word = " ".join(found[0].split())
    return word == name or (word[0] == name[0] and SequenceMatcher(None, word, name).ratio() >= _ALIKE)


def _folded(text: str) -> str:
    """Return a text as one reads it: whatever its case, width and accents, without what is not seen."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in decomposed if unicodedata.category(sign) not in {"Cf", "Mn"}).casefold()
