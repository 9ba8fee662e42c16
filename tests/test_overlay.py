"""A mapping that is updated is what a dictionary would be, and the one before stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from digest.overlay import Overlay, updated

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGE = dict.fromkeys(range(1000), -1)
CHANGES = st.lists(st.dictionaries(st.integers(0, 1200), st.none() | st.integers(0), max_size=400), max_size=6)


def as_a_dictionary(before: dict[int, int], changes: Mapping[int, int | None]) -> dict[int, int]:
    after = before | {key: value for key, value in changes.items() if value is not None}
    return {key: value for key, value in after.items() if key not in changes or changes[key] is not None}


@given(CHANGES)
def test_what_is_updated_is_what_a_dictionary_would_be(several: list[dict[int, int | None]]) -> None:
    found: Mapping[int, int] = LARGE
    for changes in several:
        before, were = found, dict(found)
        found = updated(found, changes)
        expected = as_a_dictionary(were, changes)
        assert list(found.items()) == list(expected.items())
        assert found == expected
        assert (len(found), 7 in found, 1100 in found) == (len(expected), 7 in expected, 1100 in expected)
        assert dict(before) == were
    assert set(LARGE.values()) == {-1}


def test_a_few_values_are_laid_over_and_many_are_copied() -> None:
    few = updated(LARGE, {1: 0, 999: 0})
    assert isinstance(few, Overlay)
    assert isinstance(updated(few, {2: 0}), Overlay)
    for other in ({1: None}, {1000: 0}, dict.fromkeys(range(500), 0)):
        assert isinstance(updated(few, other), dict)
