"""Finding names in a body that nobody marked: the first plain occurrence of each record's spellings.

Works on a fragment's HTML. A name starts and ends at a Unicode word boundary, and never inside a compound joined
by a hyphen or dash ("UK–Ukraine"); the longest spelling wins; nothing is linked in links, code, headings and text
in another language; a spelling that several records share is left alone.
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.content.sentences import sentence_around
from digest.linking.records import AutoLink

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from digest.linking.names import Names
    from digest.linking.targets import Target

_WORDS = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")
_UNSPACED = re.compile(r"\S+")
_WORD_GOES_ON = re.compile(r"[\w‐‑–—-]")
_TAG = re.compile("</?[a-z]")
_CLOSED_TO_LINKS = re.compile(
    r"<(?!(?:br|img|hr|input|wbr)\b)(?=(?:a|code|pre|h[1-6])\b|[^>]*class=\"original\")(?P<tag>[a-z][a-z0-9]*)[^>]*>"
)
"""The tag that opens an element in which no name is linked; elements that hold nothing are none."""


@dataclass(frozen=True, slots=True)
class Spellings:
    """A tree of words: spellings of several words share their beginnings, so a text costs by its words alone.

    A beginning has a number; 0 is the empty one. `steps` lead from a beginning and its next word to a longer one,
    `meant` from a beginning and the last word to what the spelling means. `lengths` are those of the last words, by
    the beginning, longest first. No word is longer than `longest`.
    """

    steps: dict[tuple[int, str], int]
    meant: dict[tuple[int, str], Target]
    lengths: tuple[tuple[int, ...], ...]
    longest: int

    def find(self, markup: str, start: int, end: int) -> tuple[int, Target] | None:
        """Return where the longest spelling ends that begins at `start`, and what it means; None where none does.

        Any white space may stand between its words.
        """
        found = None
        beginning, at = 0, start
        while True:
            for length in self.lengths[beginning]:
                target = self.meant.get((beginning, markup[at : at + length]))
                if target and _ends_word(markup, at + length, end=end):
                    found = at + length, target
                    break
            word = _UNSPACED.match(markup, at, min(end, at + self.longest + 1))
            space = _SPACE.match(markup, word.end(), end) if word else None
            further = self.steps.get((beginning, word[0])) if word and space else None
            if space is None or further is None:
                return found
            beginning, at = further, space.end()


@dataclass(frozen=True, slots=True)
class AutoLinker:
    """Spellings as HTML has them; `first` are their first words.

    `begins` finds whatever begins with one of the first words' first characters, to the end of the word.
    """

    spellings: Spellings
    first: frozenset[str]
    begins: re.Pattern[str]

    def find(self, markup: str, *, skip: frozenset[Target]) -> tuple[AutoLink, ...]:
        """Return the first occurrence of each record's names in `markup`, in order; `skip` are left alone."""
        if self.first.isdisjoint(self.begins.findall(markup)):
            return ()
        return tuple(
            AutoLink(start=start, end=end, target=target, context=sentence_around(markup, start, end))
            for start, end, target in self._named(markup, skip=skip)
        )

    def _named(self, markup: str, *, skip: frozenset[Target]) -> list[tuple[int, int, Target]]:
        """Return the names that stand in a text: start, end and what is meant."""
        found: list[tuple[int, int, Target]] = []
        seen, at = set(skip), 0
        texts = list(_open_texts(markup))
        for start, word in self._places(markup):
            begin, end = texts[bisect_right(texts, (start, len(markup))) - 1]
            if start < at or start + len(word) > end:
                continue
            if _in_tag(markup, begin, start) or not _begins_word(markup, start, start + len(word), end=end):
                continue
            if not (longest := self.spellings.find(markup, start, end)):
                continue
            at, target = longest
            if target not in seen:
                seen.add(target)
                found.append((start, at, target))
        return found

    def _places(self, markup: str) -> Iterator[tuple[int, str]]:
        """Yield every place where a first word stands, also at the end of another."""
        for found in self.begins.finditer(markup):
            if found[0] in self.first:
                yield found.start(), found[0]


def _begins_word(markup: str, start: int, stop: int, *, end: int) -> bool:
    """Tell whether a whole word stands there that joins to nothing before it; a slot's number is none."""
    before = markup[start - 1 : start]
    if before == "\x11" or _WORD_GOES_ON.match(before) or _is_mark(markup, start - 1):
        return False
    return stop >= end or not _WORDS.match(markup, stop, end)


def auto_linker(names: Names) -> AutoLinker:
    """Build the finder once for a site."""
    meant: dict[str, Target] = {}
    first: set[str] = set()
    for spelling, targets in names.spellings.items():
        escaped = html.escape(spelling, quote=False)
        word = _WORDS.match(escaped)
        if len(targets) == 1 and word:
            meant[escaped] = targets[0]
            first.add(word[0])
    return AutoLinker(_spellings(meant), frozenset(first), _begins(first))


def _spellings(meant: dict[str, Target]) -> Spellings:
    steps: dict[tuple[int, str], int] = {}
    ends: dict[tuple[int, str], Target] = {}
    lengths: list[set[int]] = [set()]
    longest = 0
    for spelling, target in meant.items():
        *words, last = spelling.split()
        beginning = 0
        for word in words:
            step = beginning, word
            if step not in steps:
                steps[step] = len(lengths)
                lengths.append(set())
            beginning = steps[step]
        ends[beginning, last] = target
        lengths[beginning].add(len(last))
        longest = max(longest, len(last), *map(len, words))
    return Spellings(steps, ends, tuple(tuple(sorted(some, reverse=True)) for some in lengths), longest)


def _begins(words: Iterable[str]) -> re.Pattern[str]:
    """Return what finds words by their first characters: most words of a text begin otherwise, and cost nothing."""
    first = "".join(sorted({word[0] for word in words}))
    return re.compile(rf"[{first}]\w*" if first else r"(?!)")


def _ends_word(markup: str, stop: int, *, end: int) -> bool:
    """Tell whether a name that stops there is whole, and joins to nothing after it."""
    return stop <= end and not _WORD_GOES_ON.match(markup, stop, end) and not _is_mark(markup, stop)


def _is_mark(markup: str, at: int) -> bool:
    r"""Tell whether a mark stands there: part of a word (vowel signs of Hindi and Thai) that `\w` leaves out."""
    return unicodedata.category(markup[at : at + 1] or " ").startswith("M")


def _open_texts(markup: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches in which a name may be linked: what lies between elements that are closed to links.

    Other tags stand in them; a name never goes across one, for it has no `<`.
    """
    at = 0
    while opening := _CLOSED_TO_LINKS.search(markup, at):
        yield at, opening.start()
        at = _end_of_element(markup, opening["tag"], opening.end())
    yield at, len(markup)


def _end_of_element(markup: str, tag: str, start: int) -> int:
    """Return where an element ends whose content begins at `start`; elements of its name may stand in it."""
    depth = 1
    for found in re.compile(rf"<(/?){tag}\b[^>]*>").finditer(markup, start):
        depth += -1 if found[1] else 1
        if not depth:
            return found.end()
    return len(markup)


def _in_tag(markup: str, text: int, at: int) -> bool:
    """Tell whether a place is within a tag of the stretch that begins at `text`."""
    opened = markup.rfind("<", text, at)
    return opened > markup.rfind(">", text, at) and _TAG.match(markup, opened) is not None
