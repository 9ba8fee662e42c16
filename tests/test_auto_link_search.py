"""The search for names agrees with a plain one: word by word, each spelling a pattern."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.linking.autolink import AutoLinker, auto_linker
from digest.linking.names import Names
from digest.linking.targets import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

SPELLINGS = (
    "Ann", "Ann Lee", "Ann Lee Ray", "Ann Lee Ray John Roe", "Ann Lee-Ray", "Lee Ray Ann", "h3", "n1", "R&D", "St. John", "Мария", "Lee", "नि", "Ann-Marie", "o’k", "café",
)  # fmt: skip
TARGETS = tuple(Target("actor", f"t{number % 9}") for number in range(len(SPELLINGS)))
PIECES = (
    *SPELLINGS, " ", "  ", "\n", "-", "–", ".", ",", "<p>", "</p>", '<a href="Ann">', "</a>", "<code>", "</code>",
    "\x11h3\x12", "\x11n1\x12", "R&amp;D", "St.", "John", "Roe", "Ann Lee ", "Ray ", "Мариям", "ि", "\u0301", "x",
    "Ray", "<h2>", "</h2>", "<br>", "&amp;", "’k", '<span class="original">', "</span>", "cafe\u0301",
)  # fmt: skip
MEANT = dict(zip(SPELLINGS, TARGETS, strict=True))


def linker(meant: dict[str, Target]) -> AutoLinker:
    return auto_linker(Names({}, {}, {}, {word: (target,) for word, target in meant.items()}, frozenset()))


LINKER = linker(MEANT)


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


def expected(markup: str, skip: frozenset[Target], meant: dict[str, Target]) -> list[tuple[int, int, Target]]:
    found, seen = [], set(skip)
    spellings = sorted(meant.items(), key=lambda item: -len(html.escape(item[0], quote=False)))
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
    assert [(link.start, link.end, link.target) for link in found] == expected(markup, skip, MEANT)


WORDS = ("a", "b", "a-", "a.", "-a", "ab", "b’s", "&", "नि")
titles = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)
joined = st.lists(
    st.sampled_from([*WORDS, "&amp;"]) | st.sampled_from([" ", "  ", "\n", "<em>", "</em>", "-"]), max_size=30
)


@settings(max_examples=500)
@given(st.dictionaries(titles, st.sampled_from(TARGETS), max_size=12), joined.map("".join) | joined.map(" ".join))
def test_names_that_share_their_first_words_are_found_as_well(meant: dict[str, Target], markup: str) -> None:
    found = linker(meant).find(markup, skip=frozenset())
    assert [(link.start, link.end, link.target) for link in found] == expected(markup, frozenset(), meant)


class Counted(dict[tuple[int, str], Target]):
    """Counts how often something is looked up."""

    count = 0

    def get(self, key: tuple[int, str], default: Target | None = None) -> Target | None:  # type: ignore[override]
        self.count += 1
        return super().get(key, default)


@pytest.mark.parametrize("number", [100, 10_000])
def test_a_text_costs_by_its_words_however_many_names_begin_alike(number: int) -> None:
    many = linker({f"Minister of Affairs {at}": Target("actor", f"m{at}") for at in range(number)})
    counted = Counted(many.spellings.meant)
    many = replace(many, spellings=replace(many.spellings, meant=counted))
    found = many.find("<p>" + "Minister of Affairs, the Minister of Affairs 7 " * 50 + "</p>", skip=frozenset())
    assert [link.target.id for link in found] == ["m7"]
    assert counted.count <= 6 * 50
