"""A file that takes too long is given up and named; the others are read all the same, and nothing waits for it."""

from __future__ import annotations

import os
import threading
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from digest.apart import Apart, ClosedError
from digest.deadline import OverdueError, within
from tests.support import slow
from tests.test_workshop import Room

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.site import Site

SHORT = 0.2
HOSTILE = "content/articles/2024-01-18-hostile.md"


@pytest.fixture
def apart() -> Iterator[Apart]:
    made = Apart()
    yield made
    made.close()


def write(site: Site, how: str) -> None:
    site.write("digest.yaml", "title: Test\ntimeout: 1\n")
    site.write("content/articles/2024-01-17-other.md", "---\ntitle: Other\n---\nWords.\n")
    site.write(HOSTILE, f"---\ntitle: Hostile\n---\n{how}\n")


@pytest.mark.parametrize("how", ["HANG LOOP", "HANG PATTERN"])
def test_a_file_that_takes_too_long_is_named(site: Site, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """It is given up where it is read, is the only problem, and is read again when it has been mended."""
    monkeypatch.setattr("digest.engine.jobs.parse", slow.parse)
    write(site, how)
    for _ in range(2):
        [problem] = site.diagnostics()
        assert (problem["code"], problem["path"]) == ("timed-out", HOSTILE)
        assert "1 second" in problem["message"]
    write(site, "Mended.")
    site.build()
    assert "Mended." in site.out("articles/2024/01/hostile/index.html")


def test_what_was_given_up_is_tried_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine may have been slow, so nothing of it is remembered."""
    write(site, "HANG LOOP")
    with monkeypatch.context() as patch:
        patch.setattr("digest.engine.jobs.parse", slow.parse)
        assert site.run("build").exit_code == 1
    site.build()
    assert "HANG LOOP" in site.out("articles/2024/01/hostile/index.html")


def test_a_limit_is_over_where_its_block_ends() -> None:
    with pytest.raises(OverdueError):
        _loop()
    with within(SHORT):
        pass
    began = monotonic()
    while monotonic() - began < 2 * SHORT:
        pass


def _loop() -> None:
    with within(SHORT):
        while True:
            pass


def test_a_call_apart_gives_what_it_returns_and_raises(apart: Apart) -> None:
    assert apart.call(5, slow.twice, 4) == 8
    assert apart.call(5, os.getpid) == apart.call(5, os.getpid) != os.getpid()
    with pytest.raises(ValueError, match="wrong") as caught:
        apart.call(5, slow.fail, "wrong")
    assert "slow.py" in str(caught.value.__notes__)


def test_a_process_that_hangs_or_dies_is_replaced(apart: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.apart._PATIENCE", (1, 0.5))  # it waits, and takes no processor time
    first = apart.call(5, os.getpid)
    with pytest.raises(OverdueError):
        apart.call(SHORT, _hang_in_c)
    second = apart.call(5, os.getpid)
    with pytest.raises(OverdueError):
        apart.call(5, slow.end)
    assert len({first, second, apart.call(5, os.getpid)}) == 3


def _hang_in_c() -> None:
    slow.parse(None, b"HANG IN C", None)  # type: ignore[arg-type]


def test_whoever_waits_is_told_at_once_that_nobody_wants_the_answer(apart: Apart) -> None:
    """As when the preview is stopped while it reads a file that takes long."""
    apart.start()
    threading.Timer(SHORT, apart.close).start()
    began = monotonic()
    with pytest.raises(ClosedError):
        apart.call(60, _hang_in_c)
    assert monotonic() - began < 30
    with pytest.raises(ClosedError):
        apart.call(5, slow.twice, 4)


@pytest.mark.parametrize("how", ["HANG LOOP", "HANG IN C"])
def test_a_preview_goes_on_beside_a_file_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, apart: Apart, how: str
) -> None:
    """It hangs in a thread, which nothing can stop; an edit of another file is seen, without trying again."""
    monkeypatch.setattr("digest.engine.jobs.parse", slow.parse)
    monkeypatch.setattr("digest.apart._PATIENCE", (1, 0.5))
    room = Room(tmp_path)
    room.shop.apart = apart
    write(room.site, how)
    in_thread(room.look)
    assert room.codes == ["timed-out"]
    process = apart.call(5, os.getpid)
    room.site.write("content/articles/2024-01-17-other.md", "---\ntitle: Other\n---\nOther words.\n")
    in_thread(lambda: room.look("content/articles/2024-01-17-other.md"))
    assert apart.call(5, os.getpid) == process
    assert room.codes == ["timed-out"]
    write(room.site, "Mended.")
    in_thread(lambda: room.look(HOSTILE))
    assert room.codes == []
    assert "Mended." in room.text("/articles/2024/01/hostile/")


def in_thread(call: Callable[[], object]) -> None:
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
