"""Finding names in a body that nobody marked: the first plain occurrence of each record's spellings.

Works on a fragment's HTML. A name starts and ends at a Unicode word boundary, and never inside a compound joined
by a hyphen or dash ("UK–Ukraine"); the longest spelling wins; nothing is linked in links, code, headings and text
in another language; a spelling that several records share is left alone.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.content.sentences import Sentences
from digest.linking.records import AutoLink

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.linking.names import Names
    from digest.linking.targets import Target

_PIECE = re.compile(r"<(?P<close>/?)(?P<tag>[a-z][a-z0-9]*)(?P<rest>[^>]*)>|(?P<text>[^<]+)")
_WORD = re.compile("\x11[^\x12]*\x12|(?<![\\w‐‑–—-])\\w+")
_SPACE = re.compile(r"\s+")
_WORD_GOES_ON = re.compile(r"[\w‐‑–—-]")
_CLOSED_TO_LINKS = frozenset({"a", "code", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
_VOID = frozenset({"br", "img", "hr", "input", "wbr"})


@dataclass(frozen=True, slots=True)
class AutoLinker:
    """Spellings by their first word, longest first: the words as HTML has them, and what they mean."""

    by_first_word: dict[str, tuple[tuple[tuple[str, ...], Target], ...]]

    def find(self, markup: str, *, skip: frozenset[Target]) -> tuple[AutoLink, ...]:
        """Return the first occurrence of each record's names in `markup`, in order; `skip` are left alone."""
        found: list[tuple[int, int, Target]] = []
        seen = set(skip)
        for start, end in _open_texts(markup):
            at = start
            while word := _WORD.search(markup, at, end):
                at = word.end()
                if _is_mark(markup, word.start() - 1):
                    continue
                for words, target in self.by_first_word.get(word[0], ()):
                    stop = _end_of(words, markup, word.start(), end=end)
                    if stop and not _is_mark(markup, stop):
                        at = stop
                        if target not in seen:
                            seen.add(target)
                            found.append((word.start(), stop, target))
                        break
        if not found:
            return ()
        sentences = Sentences(markup)
        return tuple(
            AutoLink(start=start, end=end, target=target, context=sentences.around(start, end))
            for start, end, target in found
        )


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
        }
    )


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
    """Yield the stretches of text in which a name may be linked."""
    closed: list[str] = []
    for piece in _PIECE.finditer(markup):
        tag = piece["tag"]
        if tag is None:
            if not closed:
                yield piece.span()
        elif closed and tag == closed[-1]:
            if piece["close"]:
                closed.pop()
            else:
                closed.append(tag)
        elif not closed and not piece["close"] and tag not in _VOID and _is_closed(tag, piece["rest"]):
            closed.append(tag)


def _is_closed(tag: str, attributes: str) -> bool:
    return tag in _CLOSED_TO_LINKS or 'class="original"' in attributes
