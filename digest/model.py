r"""The facts found in one file: records of what a writer wrote, references still by name.

Invariants: facts depend on the bytes of one file and the `Dialect` alone; everything is immutable. A *slot* is a
numbered gap in a fragment's HTML, or in a plain text of this module, filled when references are resolved:
`\x11h3\x12` is gap 3 for text or an attribute value, `q` and `n` stand for a quotation's caption and a note.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from digest.dates import PartialDate
from digest.decode.written import Written
from digest.values import Value, digest

if TYPE_CHECKING:
    from collections.abc import Callable


class Kind:
    """The words for the kinds of content that code names one by one; `content.kinds` has all there are."""

    ARTICLE: Final = "article"
    ACTOR: Final = "actor"
    TOPIC: Final = "topic"
    AGREEMENT: Final = "agreement"
    PAGE: Final = "page"


QUOTE_KINDS = ("direct", "partial", "paraphrase", "second-hand")
STANCES = ("supports", "rejects", "conditional", "neutral", "unclear")

_SLOT = re.compile("\x11([hqn])(\\d+)\x12")


def slot(kind: str, number: int) -> str:
    """Return the mark of a gap: kind `h` (text), `q` (quotation caption) or `n` (note)."""
    return f"\x11{kind}{number}\x12"


def fill(text: str, gap: Callable[[str, int], str]) -> str:
    """Replace every slot in `text` by what `gap(kind, number)` returns."""
    return _SLOT.sub(lambda found: gap(found[1], int(found[2])), text) if "\x11" in text else text


class NoteKind(Value):
    """A kind of annotation: its id (CSS-safe), its word for readers, its sign, and whether it stays unpublished."""

    id: str
    label: str
    sign: str
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The settings that decide what a body means; their `digest` is part of a document's cache key."""

    kinds: tuple[NoteKind, ...]
    verdicts: tuple[str, ...]
    raw_html: bool = False
    digest: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", digest((self.kinds, self.verdicts, self.raw_html)))

    @property
    def plain(self) -> NoteKind:
        """The kind of a note that names none; settings may change it and cannot take it away."""
        return next(kind for kind in self.kinds if kind.id == "note")

    def kind(self, word: str) -> NoteKind | None:
        """Return the kind that a word names: its id or its label, in any case."""
        folded = word.casefold()
        return next((kind for kind in self.kinds if folded in {kind.id.casefold(), kind.label.casefold()}), None)


class Context(Value):
    """The sentence around a mention, as plain text with slots; an empty `mention` is the target's name."""

    before: str
    mention: str
    after: str


class Heading(Value, kw_only=True):
    """A heading with its anchor by GitHub's rule."""

    level: int
    text: str
    anchor: str


class Mention(Value, kw_only=True):
    """`[[ref|label]]`: `href` and `label_slot` are the slots to fill; -1 is none."""

    ref: Written
    href: int
    label_slot: int
    context: Context


class Link(Value, kw_only=True):
    """A link or image that leads to another file or heading; `context` is None for an image."""

    target: Written
    href: int
    context: Context | None


class Wording(Value, kw_only=True):
    """What a quotation says, and what is said of it; nothing tells where in the file it stands.

    `description` says in words who speaks. `paragraphs` are plain text with slots. `number` is the caption's slot; -1
    for an inline quotation.
    """

    id: str
    number: int
    description: str
    paragraphs: tuple[str, ...]
    original: tuple[str, ...] = ()
    original_lang: str = ""
    occasion: str = ""
    date: PartialDate | None = None
    kind: str = "direct"
    stance: str = ""

    @property
    def inline(self) -> bool:
        return self.number < 0


class Quote(Value, kw_only=True):
    """Words attributed to somebody, with the references as they are written, and their place in the file.

    `speaker` is None when `wording.description` says who in words.
    """

    wording: Wording
    speaker: Written | None
    about: tuple[Written, ...] = ()
    on_behalf_of: Written | None = None
    start: int
    end: int


class Note(Value, kw_only=True):
    """An annotation: `number` counts from 1 in order of appearance and is its slot; `kind` is a `NoteKind.id`."""

    id: str
    number: int
    kind: str
    verdict: str
    spans: bool
    sources: tuple[str, ...]


class Fragment(Value, kw_only=True):
    """A body as HTML with slots, and the notes' HTML by number."""

    html: str
    notes: tuple[str, ...] = ()
