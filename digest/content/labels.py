"""The label a note begins with, `Fact-check (false):`, and what only looks like the label of a private note.

A private note must never be published because of its spelling. So whatever a reader of the source would take for a
private label is one, or is refused: `Private:ask`, `**Private:** ask`, `(private) ask`, `Privat – ask`.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from digest.content.characters import unescaped
from digest.diagnostics import did_you_mean, either, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from digest.content.fences import Fence
    from digest.model import Dialect, NoteKind

_LABEL = re.compile(
    r"(?P<kind>[^\W\d_][\w-]*(?: [\w-]+){0,2})(?: ?\((?P<verdict>[^()\n]{1,40})\))?[ \t]*[:：](?P<space>[ \t]+|$)?",
    re.MULTILINE,
)
_BEFORE = re.compile(r"[ \t]*(?:\n[ \t]*(?=\S)|(?:\n[ \t]*)+\n(?: {4}| {0,3}\t)[ \t]*)?")
"""What may stand between the colon of `[^id]:` and a label: it may begin on the next line, or in the next paragraph."""

_BLOCK = r"[^\n]*+(?:\n(?![ \t]*(?:\n|\Z))[^\n]*+)*+"
_BLOCK_ONLY = re.compile(_BLOCK)
_HTML = re.compile(r"<[a-zA-Z/!?]")
_EMPTY_LINES = r"\n(?:[ \t]*\n)++"
_NOTE = re.compile(rf"{_BLOCK}(?:{_EMPTY_LINES}(?: {{4}}| {{0,3}}\t){_BLOCK})*+")
_HALF_INDENTED = re.compile(
    rf"{_EMPTY_LINES}(?!    | {{0,3}}\t| {{1,3}}\[[^\]\n]+\]:)"
    r"(?P<indent>(?:[^\S\n]|[\u00ad\u200b-\u200f\u2060\ufeff])+)(?=\S)"
)
"""A paragraph that is indented, but not by four spaces: by fewer, or by what only looks like spaces."""

_AFTER_SIGNS = re.compile(
    rf"(?:{_EMPTY_LINES}(?=[^\n]*\S)(?:&\w+;|[^\w\n\[])*+(?:\[(?!\^)[^\]\n]+\]:[^\n]*+)?(?=\n))++"
    rf"{_EMPTY_LINES}(?: {{4}}| {{0,3}}\t)[ \t]*(?=\S)"
)
"""A paragraph indented as a note's are, with nothing but signs between them: a rule, say, which ends the note."""

_INDENTED = re.compile(rf"{_EMPTY_LINES}(?: {{4}}| {{0,3}}\t)[ \t]*(?=\S)")
_PARTS = re.compile(r"(?:^|\n)[^\S\n]*")
_LOOKED_AT = 64
"""Characters in which a private label is looked for; the longest label of ours has seven."""

_SIGNS = re.compile(r"[\W_]*")
_MARKUP = re.compile(r"<[^<>]*>|&shy;|&#173;")
_SPELLED = re.compile(r"\b(?:\w ){3,}\w\b")
"""Letters set apart: `P r i v a t e`."""

_COLON = re.compile(r"[^\w:：]*\s*[:：]")
_PARTED = re.compile(r"[*_`)\]]*(?:\s*[:：;=|–—>/]|[)\]](?=\s)|\s+-+\s|\s*\n|\s*$)")
"""What parts a label from its note: a sign, a dash between spaces, a bracket that is closed, the end of the line."""

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
    if not kind.private and seems_private(_extent(text, end), dialect):
        return Label(kind, verdict, end, (_seems_private(text, end),))
    return Label(kind, verdict, end)


def is_private(text: str, start: int, dialect: Dialect) -> bool:
    """Tell whether what follows `[^id]:` is a private note, or would be if its writer had spelled it so."""
    return read_label(text, start, dialect).kind.private or seems_private(_extent(text, start), dialect)


def _extent(text: str, start: int) -> str:
    """Return a note's words, with those of its further paragraphs."""
    note = _NOTE.match(text, start)
    return note[0] if note else ""


def _find_label(text: str, start: int) -> re.Match[str] | None:
    before = _BEFORE.match(text, start)
    return _LABEL.match(text, before.end() if before else start)


def _faults_of_words(text: str, start: int, found: re.Match[str] | None, *, dialect: Dialect) -> tuple[Fault, ...]:
    """Return what is wrong with a note that begins with no label known here."""
    if seems_private(_extent(text, start), dialect):
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
    """Tell whether a paragraph of a note that has no private label begins as if it had one."""
    names = {_folded(name) for kind in dialect.kinds if kind.private for name in (kind.id, kind.label)}
    beginnings = [note[found.end() : found.end() + _LOOKED_AT] for found in _PARTS.finditer(note)]
    return any(_seems_one_of(names, text) for text in beginnings)


def _seems_one_of(names: Collection[str], beginning: str) -> bool:
    text = _folded(_MARKUP.sub("", unescaped(beginning)))
    text = _SPELLED.sub(lambda found: found[0].replace(" ", ""), text)
    words = text[_SIGNS.match(text).end() :]  # type: ignore[union-attr] # it matches nothing, too
    return any(_begins_with(words, name) for name in names)


def faults_of_extent(text: str, label: Label, blocks: Mapping[int, Fence], *, raw_html: bool) -> Iterator[Fault]:
    """Yield what may be meant as part of a note and would be published with the body; `blocks` by their beginnings."""
    cut = _cut_short(text, label, blocks, raw_html=raw_html)
    if cut >= 0:
        message = "this ends the note above, and what follows would be published"
        yield Fault("block-in-note", message, (cut, cut + 1), "move it out of the note")
    half = _half_indented(text, label.end, blocks)
    if half >= 0:
        hint = "indent it by four spaces if it is, and not at all if it is not"
        yield Fault("half-indented", "is this part of the note above?", (half, half + 1), hint)


def _half_indented(text: str, start: int, blocks: Mapping[int, Fence]) -> int:
    """Return where a paragraph stands that may be meant as part of a note whose words begin at `start`, or -1.

    A note's paragraphs are indented by four spaces and follow one another. This one is indented in another way, or
    comes after a rule or code.
    """
    note = _NOTE.match(text, start)
    end = note.end() if note else start
    if found := _HALF_INDENTED.match(text, end):
        return found.end("indent")
    after = len(text) - len(text[end:].lstrip())
    apart = _INDENTED.match(text, blocks[after].end) if after in blocks else _AFTER_SIGNS.match(text, end)
    return apart.end() if apart else -1


def _cut_short(text: str, label: Label, blocks: Iterable[int], *, raw_html: bool) -> int:
    """Return where something stands in a note that ends it before its writer meant it to, or -1.

    Fenced code stands by itself. HTML that is let through may do so too, and is refused in private notes.
    """
    first = _BLOCK_ONLY.match(text, label.end)
    end = first.end() if first else label.end
    if found := next((at for at in blocks if label.end <= at < end), None):
        return found
    html = _HTML.search(_extent(text, label.end)) if raw_html and label.kind.private else None
    return label.end + html.start() if html else -1


def _begins_with(text: str, name: str) -> bool:
    """Tell whether a text begins as the label `name` does: with that name, or with a colon and something much like it.

    `Private – ask`, `(private) ask`, `Private note: ask`, `Privat: ask`; but not `Private investors sold.`
    """
    found = re.match(r"[\w-]+" + r" +[\w-]+" * name.count(" "), text)
    if not found:
        return False
    word, end = " ".join(found[0].split()), found.end()
    if word == name:
        return bool(_PARTED.match(text, end) or re.match(r"(?: \w+)?(?:[*_`)\]]*\s*[:：]|[)\]]\s)", text[end:]))
    return word[0] == name[0] and SequenceMatcher(None, word, name).ratio() >= _ALIKE and bool(_COLON.match(text, end))


def _folded(text: str) -> str:
    """Return a text as one reads it: whatever its case, width and accents, without what is not seen."""
    if text.isascii():
        return text.casefold()  # which has none of these; of all that reading a file takes, this saves a tenth
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in decomposed if unicodedata.category(sign) not in {"Cf", "Mn"}).casefold()
