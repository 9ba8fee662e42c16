"""Names that nobody has a record of: runs of capitalised words in bodies.

What one body holds is found once and remembered by whoever asks (`found_in`); which of it is a name without a record
is decided anew, for that depends on all bodies and all records (`unrecorded`).
"""

from __future__ import annotations

import html
import re
import sys
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from digest.content.sentences import END
from digest.linking.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.linking.names import Names

LONGEST = 4
"""Words that a name may have."""

_UPPER = "".join(letter for letter in map(chr, range(0x41, 0x590)) if letter.isupper())
_UPPER += "".join(letter for letter in map(chr, range(0x1E00, 0x2000)) if letter.isupper())
"""Capital letters of the scripts that have them and are in daily use: Latin, Greek, Cyrillic, Armenian."""
_WORD = rf"(?<![\w’'-])[{_UPPER}]\w*(?:[-‐‑]\w+|[’'][{_UPPER}]\w*)*"
_LINK = r"(?:(?:al|bin|da|de|del|der|den|di|dos|du|el|ibn|la|le|van|von|zu) ){0,2}"
"""Words within names that have no capital."""
_NAME = re.compile(rf"{_WORD}(?: {_LINK}{_WORD})*")

_CLOSED = re.compile(
    r"<(a|code|pre|h[1-6])\b.*?</\1>|<(p|span|blockquote)\b[^>]*class=\"original\".*?</\2>|\x11[hqn]\d+\x12", re.DOTALL
)
"""Where no names are looked for, as none are linked there: links, code, headings, words in another language, slots."""
_BLOCK = re.compile(
    r"</?(?:p|li|td|th|blockquote|figure|dd|dt|div|ul|ol|table|tr|br|hr)\b[^>]*>|<span class=\"para\">"
)
_TAG = re.compile(r"<[^>]*>")
_BEGINS = re.compile(r"[\s\"'“”„«»‘’(\[—–-]*")
_QUOTED = re.compile(r"[\"“„«‘(\[]\Z")
_NO_NAMES = frozenset(
    "I Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August "
    "September October November December".split()
)

Found = tuple[tuple[str, int, int], ...]
"""Runs of capitalised words: how often within a sentence, and how often at the beginning of one."""


class Unrecorded(NamedTuple):
    """A name without a record: how often it stands in bodies, in which of them, and a spelling that it is part of."""

    name: str
    count: int
    bodies: tuple[str, ...]
    like: str


def found_in(fragment: str) -> Found:
    """Return what the HTML of a body holds."""
    text = html.unescape(_TAG.sub("", _BLOCK.sub("\n\n", _CLOSED.sub("\x00", fragment))))
    within, first = Counter[str](), Counter[str]()
    for block in text.split("\n\n"):
        for sentence in END.split(" ".join(block.split())):
            begin = _BEGINS.match(sentence).end()  # type: ignore[union-attr] - it matches nothing, too
            for found in _NAME.finditer(sentence):
                begins = found.start() == begin or _QUOTED.search(sentence, 0, found.start())
                (first if begins else within)[found[0]] += 1
    return tuple((sys.intern(run), within[run], first[run]) for run in dict.fromkeys((*within, *first)))


def unrecorded(bodies: Mapping[str, Found], names: Names) -> list[Unrecorded]:
    """Return the names in bodies that no record has, most frequent first; `bodies` are by whatever names them.

    At the beginning of a sentence every word has a capital. There a run counts where it, or what follows its first
    word, stands within a sentence of any body.
    """
    known = {run for found in bodies.values() for run, within, _ in found if within}
    wanted = {run for run in known if _is_name(run) and not _is_recorded(run, names)}
    counts, places = Counter[str](), defaultdict[str, dict[str, None]](dict)
    for body, found in bodies.items():
        for run, within, first in found:
            for name, number in ((run, within), (run if run in known else run.partition(" ")[2], first)):
                if number and name in wanted:
                    counts[name] += number
                    places[name][body] = None
    parts = _parts(names)
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    return [Unrecorded(name, counts[name], tuple(places[name]), parts.get(fold(name), "")) for name in ordered]


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
    """Return the spellings of records by the single words of them that begin with a capital."""
    found: dict[str, str] = {}
    for spelling in _spellings(names):
        for word in spelling.split()[1:]:
            found.setdefault(fold(word), spelling)
    return found


def _spellings(names: Names) -> Iterable[str]:
    return sorted(names.spellings)
