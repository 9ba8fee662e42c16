"""Passages are found where a plain search finds each of them by itself."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest.content.passages import MOST_COUNTED, Passage, find_passages

pieces = st.sampled_from(["a", "b", "ab", " ", "\n", "aa", "b a", "."])
texts = st.lists(pieces, max_size=30).map("".join)
words = st.lists(st.sampled_from(["a", "b", "a b", "aa"]), min_size=1, max_size=3).map("".join)
around = st.just("") | st.text(alphabet="ab. ", max_size=4)
sought = st.builds(Passage, words, around, around)


def plainly(texts: list[str], passage: Passage) -> list[tuple[int, int]]:
    """Return what the definition says: occurrences that do not overlap, with prefix and suffix beside them."""
    found = []
    for number, text in enumerate(texts):
        at = 0
        while (at := text.find(passage.exact, at)) >= 0:
            before, after = text[:at].rstrip(), text[at + len(passage.exact) :].lstrip()
            if before.endswith(passage.prefix) and after.startswith(passage.suffix):
                found.append((number, at))
            at += len(passage.exact)
    return found[: MOST_COUNTED + 1]


@settings(max_examples=1000)
@given(st.lists(texts, max_size=4), st.sets(sought, max_size=8))
@example(["xab"], {Passage("a", "", "b"), Passage("a", "", "bc"), Passage("a", "x", ""), Passage("a", "yx", "")})
@example(["a " * 300], {Passage("a", "", ""), Passage("a", "a", ""), Passage("a", "", "b")})
def test_passages_are_found_where_a_plain_search_finds_them(texts: list[str], some: set[Passage]) -> None:
    assert find_passages(texts, some) == {passage: plainly(texts, passage) for passage in some}


class Searched(str):
    """A text that counts how often it is searched."""

    __slots__ = ("searches",)

    def find(self, *wanted: Any) -> int:
        self.searches = getattr(self, "searches", 0) + 1
        return super().find(*wanted)


def test_passages_of_the_same_words_are_looked_for_together() -> None:
    text = Searched(" ".join(f"w{number:03} the word" for number in range(499)))
    some = [Passage("the word", f"w{number:03}", "") for number in range(499)]
    found = find_passages([text], some)
    assert all(len(places) == 1 for places in found.values())
    assert text.searches == 499 + 1
