"""Names that nobody has a record of: runs of capitalised words in bodies.

What one body holds is found once and remembered by whoever asks (`found_in`); which of it is a name without a record
is decided anew, for that depends on all bodies and all records (`unrecorded`).
"""

from __future__ import annotations

import html
import re
import sys
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from digest.content.sentences import END
from digest.linking.names import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.linking.names import Names

LONGEST = 4
"""Words that a name may have."""

_UPPER = "".join(letter for letter in map(chr, (*range(0x590), *range(0x1E00, 0x2000))) if letter.isupper())
"""Capital letters of the scripts that have them and are in daily use: Latin, Greek, Cyrillic, Armenian."""
_BLOCK_BEGINS = "\x01"
_OPENS = f'{_BLOCK_BEGINS}“„«‘"(['
"""What may stand right before the first word of a block, a quotation or an insertion."""
_CLOSES = "”’\"'»)] "
"""What may stand between the sign that ends a sentence and the next one."""
_FIRST_LETTER = rf"[{_UPPER}](?<![\w’'-].)"
_WORD = rf"[{_UPPER}]\w*(?:[-‐‑]\w+|[’'][{_UPPER}]\w*)*"
_REST = _WORD.partition("]")[2]
_LINK = r"(?:(?:al|bin|da|de|del|der|den|di|dos|du|el|ibn|la|le|van|von|zu) ){0,2}"
"""Words within names that have no capital."""
_NAME = re.compile(rf"{_FIRST_LETTER}{_REST}(?: {_LINK}{_WORD})*")
_CLOSED = re.compile(r"<(?:(a|code|pre|h[1-6])\b|(p|span|blockquote) class=\"original\").*?</(?:\1|\2)>", re.DOTALL)
_SLOT = re.compile(r"\x11[hqn]\d+\x12")
"""Where no names are looked for, as none are linked there: links, code, headings, words in another language, slots."""
_BLOCK = re.compile(
    r"</?(?:p|li|td|th|blockquote|figure|dd|dt|div|ul|ol|table|tr|br|hr)\b[^>]*>\s*|<span class=\"para\">"
)
_TAG = re.compile(r"<[^>]*>")
_DAYS = """
I Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September
October November December
"""
_NO_NAMES = frozenset(_DAYS.split())
"""English words that have a capital and are no names."""


class NameUses(NamedTuple):
    """Runs of capitalised words, as often as they stand within a sentence, and at the beginning of one."""

    within: tuple[str, ...] = ()
    first: tuple[str, ...] = ()


class Unrecorded(NamedTuple):
    """A name without a record: how often it stands in bodies, in which of them, and a spelling that it is part of."""

    name: str
    times: int
    bodies: tuple[str, ...]
    like: str


def found_in(fragment: str) -> NameUses:
    """Return what the HTML of a body holds."""
    text = _CLOSED.sub("\x00", _SLOT.sub("\x00", fragment))
    text = html.unescape(_TAG.sub("", _BLOCK.sub(_BLOCK_BEGINS, text)))
    text = f"{_BLOCK_BEGINS} {text}".replace("\n", " ")
    within, first = list[str](), list[str]()
    for found in _NAME.finditer(text):
        (first if _begins(text, found.start()) else within).append(sys.intern(found[0]))
    return NameUses(tuple(within), tuple(first))


def _begins(text: str, at: int) -> bool:
    """Tell whether a word stands at the beginning of a sentence, a block or a quotation."""
    before = text[at - 1]
    if before != " " or text[at - 2].isalnum():
        return before in _OPENS
    ended = text[: at - 1].rstrip(_CLOSES)
    return ended[-1] == _BLOCK_BEGINS or END.match(text, len(ended) - 1) is not None


def unrecorded(bodies: Mapping[str, NameUses], names: Names, *, most: int) -> tuple[list[Unrecorded], int]:
    """Return the first `most` names in bodies that no record has, most frequent first, and how many there are.

    `bodies` are by whatever names them. At the beginning of a sentence every word has a capital: there a run counts
    where it, or what follows its first word, stands within a sentence of any body.
    """
    times = Counter(chain.from_iterable(found.within for found in bodies.values()))
    first = Counter(chain.from_iterable(found.first for found in bodies.values()))
    wanted = {run for run in times if _is_name(run) and not _is_recorded(run, names)}
    means = {run: run if run in times else run.partition(" ")[2] for run in first}
    means = {run: name for run, name in means.items() if name in wanted}
    for run, name in means.items():
        times[name] += first[run]
    shown = sorted(wanted, key=lambda name: (-times[name], name))[:most]
    places, parts = _places(bodies, frozenset(shown), means), _parts(names)
    return [Unrecorded(name, times[name], tuple(places[name]), parts.get(fold(name), "")) for name in shown], len(
        wanted
    )


def _places(bodies: Mapping[str, NameUses], shown: frozenset[str], means: Mapping[str, str]) -> dict[str, list[str]]:
    """Return which bodies hold each name, in the order of the bodies."""
    places: dict[str, list[str]] = {name: [] for name in shown}
    for body, found in bodies.items():
        names = shown.intersection(found.within)
        for name in names.union(shown.intersection(map(means.get, found.first))):
            places[name].append(body)
    return places


def _is_name(run: str) -> bool:
    words = run.split(" ")
    return sum(not word[0].islower() for word in words) <= LONGEST and not _NO_NAMES.issuperset(words)


def _is_recorded(run: str, names: Names) -> bool:
    """Tell whether the run, or words in it, are a spelling that somebody has given to a record."""
    words = run.split(" ")
    spans = ((at, end) for at in range(len(words)) for end in range(at + 1, len(words) + 1))
    return any(_means_one(" ".join(words[at:end]), names) for at, end in spans)


def _means_one(words: str, names: Names) -> bool:
    folded = fold(words)
    return any(folded in table for table in (names.by_id, names.by_name, names.weak, names.unusable))


def _parts(names: Names) -> dict[str, str]:
    """Return the spellings of records by the words of them, the first word left out."""
    found: dict[str, str] = {}
    for spelling in sorted(names.spellings):
        for word in spelling.split()[1:]:
            found.setdefault(fold(word), spelling)
    return found
