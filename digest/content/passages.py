"""Where passages stand in texts: all passages at once, with what stands before and after each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    Place = tuple[int, int]
    """The number of a text, and the offset in it where a passage begins."""

MOST_COUNTED = 99
"""Places of one passage that are counted."""


class Passage(NamedTuple):
    """Words to look for, what stands right before them, and right after; "" is anything."""

    exact: str
    prefix: str
    suffix: str


def find_passages(texts: Sequence[str], passages: Iterable[Passage]) -> dict[Passage, list[Place]]:
    """Return where each passage stands, in order; of those that stand at more than 99 places, the first hundred.

    Passages of the same words are looked for together, in one walk over the places where these stand.
    """
    found: dict[Passage, list[Place]] = {passage: [] for passage in passages}
    alike: dict[str, list[Passage]] = {}
    for passage in found:
        alike.setdefault(passage.exact, []).append(passage)
    for exact, some in alike.items():
        _find_alike(texts, exact, {passage: found[passage] for passage in some})
    return found


def _find_alike(texts: Sequence[str], exact: str, sought: dict[Passage, list[Place]]) -> None:
    """Collect the places of passages that differ in prefix and suffix alone; one with a hundred is done."""
    lengths = _lengths(sought)
    for number, text in enumerate(texts):
        for start in _occurrences(text, exact):
            for passage in _fitting(text, start, exact=exact, lengths=lengths):
                if passage not in sought:
                    continue
                sought[passage].append((number, start))
                if len(sought[passage]) > MOST_COUNTED:
                    sought = {other: places for other, places in sought.items() if other != passage}
                    lengths = _lengths(sought)
            if not sought:
                return


def _lengths(passages: Iterable[Passage]) -> dict[int, dict[str, set[int]]]:
    """Return how long prefixes are, those of each length, and how long the suffixes are that go with each."""
    lengths: dict[int, dict[str, set[int]]] = {}
    for passage in passages:
        prefixes = lengths.setdefault(len(passage.prefix), {})
        prefixes.setdefault(passage.prefix, set()).add(len(passage.suffix))
    return lengths


def _fitting(
    text: str, start: int, *, exact: str, lengths: Mapping[int, Mapping[str, Collection[int]]]
) -> Iterator[Passage]:
    """Yield the passages that stand at an offset, and some that nobody looks for; white space around does not count.

    The words around are cut out and looked up, once for each length that any passage has there: this does not take
    longer for many passages, of which few have lengths of their own.
    """
    end = start + len(exact)
    while start and text[start - 1].isspace():
        start -= 1
    while end < len(text) and text[end].isspace():
        end += 1
    for before, prefixes in lengths.items():
        prefix = text[max(0, start - before) : start]
        for after in prefixes.get(prefix, ()):
            if end + after <= len(text):
                yield Passage(exact, prefix, text[end : end + after])


def _occurrences(text: str, wanted: str) -> Iterator[int]:
    """Yield where words begin in a text; some may overlap."""
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + max(1, len(wanted)))
