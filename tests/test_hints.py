"""What events come to, with a clock of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.preview.hints import EVERYTHING, Change, Gathering, Happened, Hint

PATH = Path("/nowhere/a.md")
OTHER = Path("/nowhere/b.md")


def gathered(*changes: tuple[float, Happened, Path], closes: bool = True) -> Gathering:
    gathering = Gathering(closes=closes)
    for at, happened, path in changes:
        gathering.add(Change(path, happened, at))
    return gathering


@pytest.mark.parametrize(
    ("closes", "changes", "ripe"),
    [
        (True, [(0.0, Happened.WHOLE)], 0.008),
        (True, [(0.0, Happened.TOUCHED)], 0.008),
        (True, [(0.0, Happened.WRITTEN)], 0.15),
        (True, [(0.0, Happened.WRITTEN), (0.1, Happened.WRITTEN)], 0.25),
        (True, [(0.0, Happened.WRITTEN), (0.1, Happened.WHOLE)], 0.108),
        (True, [(0.0, Happened.WRITTEN), (0.1, Happened.TOUCHED)], 0.25),
        (True, [(0.0, Happened.GONE)], 0.15),
        (True, [(0.0, Happened.GONE), (0.002, Happened.WRITTEN), (0.003, Happened.WHOLE)], 0.011),
        (True, [(0.0, Happened.WRITTEN), (0.001, Happened.WHOLE), (0.002, Happened.GONE)], 0.010),
        (True, [(0.0, Happened.FOLDER)], 0.05),
        (True, [(0.0, Happened.LOST)], 0.008),
        (True, [(step / 10, Happened.WRITTEN) for step in range(10)], 1.0),
        (False, [(0.0, Happened.WRITTEN)], 0.03),
        (False, [(0.0, Happened.WRITTEN), (0.02, Happened.WRITTEN)], 0.05),
        (False, [(0.0, Happened.WHOLE)], 0.03),
    ],
)
def test_a_change_is_ripe_when_it_looks_finished(
    changes: list[tuple[float, Happened]], ripe: float, *, closes: bool
) -> None:
    gathering = gathered(*((at, happened, PATH) for at, happened in changes), closes=closes)
    assert gathering.ripe(ripe) == pytest.approx(ripe)


def test_an_empty_file_is_given_time(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.touch()
    gathering = gathered((0.0, Happened.WHOLE, file))
    assert gathering.ripe(0.001) == pytest.approx(0.008)
    assert gathering.ripe(0.01) == pytest.approx(0.3)
    file.write_text("words")
    assert gathering.ripe(0.01) == pytest.approx(0.008)


def test_a_stream_waits_longer_for_what_may_come() -> None:
    gathering = gathered(*((n / 1000, Happened.WHOLE, Path(f"/nowhere/{n}")) for n in range(300)))
    assert gathering.ripe(0) == pytest.approx(0.399)
    assert len(gathering.take().paths) == 300


def test_very_many_files_are_not_named() -> None:
    gathering = gathered(*((0.0, Happened.WHOLE, Path(f"/nowhere/{n}")) for n in range(1200)))
    assert gathering.take() == EVERYTHING
    assert gathered(*((0.0, Happened.WHOLE, Path(f"/nowhere/{n}")) for n in range(500))).take() != EVERYTHING


def test_what_was_taken_is_forgotten() -> None:
    gathering = gathered((0.0, Happened.FOLDER, PATH), (0.0, Happened.WHOLE, OTHER))
    assert gathering.folders
    assert gathering.take() == EVERYTHING
    assert gathering.ripe(9) == float("inf")
    gathering.add(Change(OTHER, Happened.WHOLE, 5.0))
    assert not gathering.folders
    assert gathering.take() == Hint(frozenset({OTHER}))
