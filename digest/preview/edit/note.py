"""Notes written into a source on behalf of somebody who selected words on its page.

A function from a file's bytes to its new bytes, or to a refusal. Only insertions are made. The last word is the
parser's: the new file says what the old one said, with one note more.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.content.labels import can_begin_note
from digest.decode.text import normalise, unpublishable
from digest.diagnostics import either
from digest.preview.edit.insertions import Edit, Opened, Refusal, open_source
from digest.preview.edit.proof import Trial, settle, trial_of
from digest.preview.edit.selection import find, words_of

if TYPE_CHECKING:
    from digest.model import Dialect, NoteKind

_BLANK = re.compile(r"\n(?:[ \t]*\n)+")
_DEFINITION = re.compile(r"^[ ]{0,3}\[\^[^\]\s]+\]:", re.MULTILINE)
_NAME = re.compile(r"\[\^([^\]\s]+)\]")


@dataclass(frozen=True, slots=True)
class _Note:
    kind: NoteKind
    verdict: str
    text: str


def annotate(
    data: bytes, path: str, selection: str, *, kind: str, text: str, dialect: Dialect, verdict: str = ""
) -> bytes | Refusal:
    """Put a note at the selected words: `[words][^id]`, and its definition at the end of the file.

    `data` are the bytes of the source at `path`, which is relative to the root. `kind` is an id or a label of the
    dialect's, and `text` is Markdown; blank lines part its paragraphs.
    """
    opened = open_source(data, path)
    if isinstance(opened, Refusal):
        return opened
    note = _note(kind, text, verdict=verdict, dialect=dialect)
    return note if isinstance(note, Refusal) else _annotate(opened, selection, note=note, dialect=dialect)


def _note(kind: str, text: str, *, verdict: str, dialect: Dialect) -> _Note | Refusal:
    known, text = dialect.kind(kind), normalise(text).strip()
    if known is None:
        return Refusal(f"`{kind}` is not a kind of note: {either(each.id for each in dialect.kinds)}")
    if verdict and verdict not in dialect.verdicts:
        return Refusal(f"`{verdict}` is not a verdict: {either(dialect.verdicts)}")
    if not text:
        return Refusal("the note is empty: write its text")
    if wrong := unpublishable(text):
        return Refusal(f"the note cannot be kept: {wrong}")
    return _Note(known, verdict, _BLANK.sub("\n\n", text))


def _annotate(opened: Opened, selection: str, *, note: _Note, dialect: Dialect) -> bytes | Refusal:
    place = find(opened.text[opened.body :], selection)
    if isinstance(place, Refusal):
        return place
    start, end = (opened.body + offset for offset in place)
    name = _fresh_name(opened.text, note.kind.id)
    last, separator = _end_of_notes(opened)
    definition = f"{separator}[^{name}]: {_label(note, dialect)}{_indented(note.text)}"
    edits = [Edit(start, start, "["), Edit(end, end, f"][^{name}]"), Edit(last, last, definition)]
    trial = trial_of(opened, edits, dialect=dialect)
    return settle(opened, trial, trial.problem() or _problem(trial, note, words_of(selection)), place)


def _indented(text: str) -> str:
    """Indent all lines after the first, as the further paragraphs of a definition have to be."""
    return re.sub(r"\n(?!\n)", "\n    ", text)


def _fresh_name(text: str, wanted: str) -> str:
    """Return a name that no note or anchor of the file has, in any case: some programs take `A` for `a`."""
    taken = {name.casefold() for name in _NAME.findall(text)}
    number, name = 1, wanted
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name


def _label(note: _Note, dialect: Dialect) -> str:
    """Return what a note begins with; a plain one has a label only to carry a verdict."""
    if note.kind == dialect.plain and not note.verdict:
        return ""
    word = note.kind.label if can_begin_note(note.kind.label) else note.kind.id
    return f"{word} ({note.verdict}): " if note.verdict else f"{word}: "


def _end_of_notes(opened: Opened) -> tuple[int, str]:
    """Return where a definition is added, and what parts it from what is there: as definitions there are parted."""
    kept = opened.text.rstrip()
    line_end = opened.text.find("\n", len(kept))
    blocks = [block for block in _BLANK.split(kept[opened.body :]) if not block.startswith("    ")]
    last = len(_DEFINITION.findall(blocks[-1])) if blocks else 0
    one_each = last == 1 and len(blocks) > 1 and _DEFINITION.match(blocks[-2])
    return len(opened.text) if line_end < 0 else line_end, "\n" if last and not one_each else "\n\n"


def _problem(trial: Trial, wanted: _Note, words: str) -> str:
    """Return what is wrong unless one more note stands at these words, and all else is as it was."""
    element = '<span class="noted noted-[^"]*" id="ref-(?P<note>\\d+)">(?P<words>.*?)</span>\x11n(?P=note)\x12'
    found = trial.with_one_element(element, noted=True)
    if not found or words_of(html.unescape(found["words"])) != words:
        return "no note can be put at these words without changing what stands around them"
    note = trial.after.document.notes[int(found["note"]) - 1]
    if (note.kind, note.verdict, note.spans) != (wanted.kind.id, wanted.verdict, True):
        return "the note's text begins like the label of a kind: begin it with another word"
    return ""
