"""The search for names agrees with a plain one: word by word, each spelling a pattern."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from digest.linking.autolink import auto_linker
from digest.linking.names import Names
from digest.linking.targets import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

SPELLINGS = (
    "Ann", "Ann Lee", "Ann Lee Ray", "h3", "n1", "R&D", "St. John", "Мария", "Lee", "नि", "Ann-Marie", "o’k", "café",
)  # fmt: skip
TARGETS = tuple(Target("actor", f"t{number % 9}") for number in range(len(SPELLINGS)))
PIECES = (
    *SPELLINGS, " ", "  ", "\n", "-", "–", ".", ",", "<p>", "</p>", '<a href="Ann">', "</a>", "<code>", "</code>",
    "\x11h3\x12", "\x11n1\x12", "R&amp;D", "St.", "John", "Мариям", "ि", "\u0301", "x", "Ray", "<h2>", "</h2>", "<br>",
    "&amp;", "’k", '<span class="original">', "</span>", "cafe\u0301",
)  # fmt: skip
NAMES = Names({}, {}, {}, dict(zip(SPELLINGS, ((target,) for target in TARGETS), strict=True)), frozenset())
LINKER = auto_linker(NAMES)


def open_texts(markup: str) -> Iterator[tuple[int, int]]:
    closed = ""
    for piece in re.finditer(r"<(/?)([a-z][a-z0-9]*)([^>]*)>|[^<]+", markup):
        slash, tag, rest = piece.groups()
        if not tag:
            if not closed:
                yield piece.span()
        elif slash and closed and tag == closed.rsplit(maxsplit=1)[-1]:
            closed = " ".join(closed.split()[:-1])
        elif not slash and (tag == closed.split()[-1] if closed else tag in {"a", "code", "h2"} or "original" in rest):
            closed = f"{closed} {tag}".strip()


def expected(markup: str, skip: frozenset[Target]) -> list[tuple[int, int, Target]]:
    found, seen = [], set(skip)
    spellings = sorted(zip(SPELLINGS, TARGETS, strict=True), key=lambda item: -len(html.escape(item[0], quote=False)))
    for start, end in open_texts(markup):
        at = start
        while word := re.compile(r"\x11[^\x12]*\x12|(?<![\w‐‑–—-])\w+").search(markup, at, end):
            at = word.end()
            if is_mark(markup, word.start() - 1):
                continue
            for spelling, target in spellings:
                escaped = html.escape(spelling, quote=False)
                first = re.match(r"\w+", escaped)
                pattern = r"\s+".join(map(re.escape, escaped.split())) + r"(?![\w‐‑–—-])"
                whole = re.compile(pattern).match(markup, word.start(), end)
                if first and first[0] == word[0] and whole and not is_mark(markup, whole.end()):
                    at = whole.end()
                    if target not in seen:
                        seen.add(target)
                        found.append((*whole.span(), target))
                    break
    return found


def is_mark(markup: str, at: int) -> bool:
    return unicodedata.category(markup[at : at + 1] or " ").startswith("M")


@given(
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    st.frozensets(st.sampled_from(TARGETS), max_size=2),
)
def test_names_are_found_where_a_plain_search_finds_them(markup: str, skip: frozenset[Target]) -> None:
    found = LINKER.find(markup, skip=skip)
    assert [(link.start, link.end, link.target) for link in found] == expected(markup, skip)
