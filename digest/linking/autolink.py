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
_WORD_GOES_ON = re.compile(r"[\w‐‑–—-]")
_TAG = re.compile("</?[a-z]")
_CLOSED_TO_LINKS = re.compile(
    r"<(?!(?:br|img|hr|input|wbr)\b)(?=(?:a|code|pre|h[1-6])\b|[^>]*class=\"original\")(?P<tag>[a-z][a-z0-9]*)[^>]*>"
)
"""The tag that opens an element in which no name is linked; elements that hold nothing are none."""


@dataclass(frozen=True, slots=True)
class AutoLinker:
    """Spellings by their first word, longest first: the words as HTML has them, and what they mean.

    `begins` finds whatever begins with one of the first words' first characters, to the end of the word.
    """

    by_first_word: dict[str, tuple[tuple[tuple[str, ...], Target], ...]]
    begins: re.Pattern[str]

    def find(self, markup: str, *, skip: frozenset[Target]) -> tuple[AutoLink, ...]:
        """Return the first occurrence of each record's names in `markup`, in order; `skip` are left alone."""
        hits = self.by_first_word.keys() & set(self.begins.findall(markup))
        found = self._named(markup, sorted(_places(markup, hits)), skip=skip) if hits else []
        if not found:
            return ()
        return tuple(
            AutoLink(start=start, end=end, target=target, context=sentence_around(markup, start, end))
            for start, end, target in found
        )

    def _named(
        self, markup: str, places: list[tuple[int, str]], *, skip: frozenset[Target]
    ) -> list[tuple[int, int, Target]]:
        """Return the names that begin at `places` with one of the words there: start, end and what is meant."""
        found: list[tuple[int, int, Target]] = []
        seen, at = set(skip), 0
        texts = list(_open_texts(markup))
        for start, first in places:
            text = bisect_right(texts, (start, len(markup))) - 1
            if start < at or start + len(first) > (end := texts[text][1]):
                continue
            if _in_tag(markup, texts[text][0], start) or not _begins_word(markup, start, start + len(first), end=end):
                continue
            for words, target in self.by_first_word[first]:
                stop = _end_of(words, markup, start, end=end)
                if stop and not _is_mark(markup, stop):
                    at = stop
                    if target not in seen:
                        seen.add(target)
                        found.append((start, stop, target))
                    break
        return found


def _places(markup: str, words: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield every place where one of a few words stands, also within others."""
    for word in words:
        at = markup.find(word)
        while at >= 0:
            yield at, word
            at = markup.find(word, at + 1)


def _begins_word(markup: str, start: int, stop: int, *, end: int) -> bool:
    """Tell whether a whole word stands there that joins to nothing before it; a slot's number is none."""
    before = markup[start - 1 : start]
    if before == "\x11" or _WORD_GOES_ON.match(before) or _is_mark(markup, start - 1):
        return False
    return stop >= end or not _WORDS.match(markup, stop, end)


def auto_linker(names: Names) -> AutoLinker:
    """Build the finder once for a site."""
    by_first_word: dict[str, list[tuple[str, Target]]] = {}
    for spelling, targets in names.spellings.items():
        escaped = html.escape(spelling, quote=False)
        first = re.match(r"\w+", escaped)
        if len(targets) == 1 and first:
            by_first_word.setdefault(first[0], []).append((escaped, targets[0]))
    return AutoLinker(
        {
            word: tuple(
                (tuple(spelling.split()), target)
                for spelling, target in sorted(spellings, key=lambda item: (-len(item[0]), item[0]))
            )
            for word, spellings in by_first_word.items()
        },
        _begins(by_first_word),
    )


def _begins(words: Iterable[str]) -> re.Pattern[str]:
    """Return what finds words by their first characters: most words of a text begin otherwise, and cost nothing."""
    first = "".join(sorted({word[0] for word in words}))
    return re.compile(rf"[{first}]\w*" if first else r"(?!)")


def _end_of(words: tuple[str, ...], markup: str, start: int, *, end: int) -> int:
    """Return where `words`, with any white space between them, end at a word's boundary; 0 where they do not stand.

    A pattern for each spelling would do the same, but compiling a thousand of them takes longer than a small build.
    """
    at = start
    for number, word in enumerate(words):
        if number:
            space = _SPACE.match(markup, at, end)
            if not space:
                return 0
            at = space.end()
        if not markup.startswith(word, at, end):
            return 0
        at += len(word)
    return 0 if _WORD_GOES_ON.match(markup, at, end) else at


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
