"""A file that takes too long is given up and named; the others are read all the same, and nothing waits for it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from digest import apart as module
from digest.apart import Apart, ClosedError, DiedError
from digest.deadline import OverdueError, within
from digest.digests import digest_of
from digest.preview.edit.desk import Desk
from digest.preview.edit.endpoint import Annotating
from tests.support import slow
from tests.support.sample import REPOSITORY
from tests.support.site import NOON
from tests.test_executor import run
from tests.test_workshop import ENTRY, Room

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


HANGS = ("HANG LOOP", "HANG IN A LOOP OF C", "HANG IN C")


def test_workers_that_hang_are_replaced_and_their_files_named(site: Site) -> None:
    """Two of the files have what Python's signals cannot end; the rest of what their workers had is read."""
    write(site, "Words.")
    for number in range(40):
        how = dict(zip((7, 8, 30), HANGS, strict=True)).get(number, "Words, [[nobody]].")
        site.write(f"content/articles/2024-01-01-n{number:02}.md", f"---\ntitle: Number {number}\n---\n{how}\n")
    options = ["--quiet", "--format", "json", "--jobs", "2", "-C", str(site.root)]
    command = [sys.executable, "-m", "tests.support.slow_build", "check", *options]
    env = {**os.environ, "SOURCE_DATE_EPOCH": NOON}
    done = subprocess.run(command, cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False)
    found = [(problem["code"], problem["path"][-6:-3]) for problem in json.loads(done.stdout)]
    late = [name for code, name in found if code == "timed-out"]
    assert (done.returncode, done.stderr, late) == (1, "", ["n07", "n08", "n30"])
    assert sum(code == "unknown-reference" for code, _ in found) == 40 - len(HANGS)


def test_a_worker_that_dies_for_want_of_memory_is_no_file_that_hangs() -> None:
    script = """
        import os
        from digest.executor import WORTHWHILE, Ending, Processes, WorkerDiedError
        try:
            list(Processes(2).map(lambda *_: os._exit(9), None, range(WORTHWHILE), ending=Ending(5, print)))
        except WorkerDiedError as error:
            print(error)
    """
    assert run(script) == ["a worker process died; less --jobs needs less memory"]


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
    with pytest.raises(DiedError):
        apart.call(5, slow.end)
    assert len({first, second, apart.call(5, os.getpid)}) == 3


def _hang_in_c() -> None:
    slow.parse(None, b"HANG IN C", None)  # type: ignore[arg-type]


def test_a_loop_of_c_ends_with_its_process(apart: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes processor time, so that no patience is needed to be sure."""
    monkeypatch.setattr(module, "_PATIENCE", (1, 100_000))
    with pytest.raises(OverdueError) as caught:
        apart.call(SHORT, slow.parse, None, b"HANG IN A LOOP OF C", None)  # type: ignore[arg-type]
    assert caught.type is OverdueError
    assert apart.call(5, slow.twice, 4) == 8


ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only /proc tells whether a process is stopped")


@ON_LINUX
def test_a_process_that_is_stopped_is_waited_for(apart: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody stops it, and lets it go on after more looks than it has patience for."""
    looks, is_waiting = count(1), module._is_waiting  # noqa: SLF001 - there is no other way to see it look

    def look(child: module._Child) -> bool:
        if next(looks) == 50:
            os.kill(child.process.pid or 0, signal.SIGCONT)
        return is_waiting(child)

    apart.start()
    monkeypatch.setattr(module, "_LOOK", 0.01)
    monkeypatch.setattr(module, "_PATIENCE", (0, 0.2))
    monkeypatch.setattr(module, "_is_waiting", look)
    assert apart.call(5, slow.stop) == "went on"
    assert next(looks) >= 50


@ON_LINUX
def test_time_in_which_the_build_itself_stands_still_does_not_count() -> None:
    """As on a laptop that sleeps, or when somebody stops a build and goes on with it later."""
    script = """
        import os, signal, time
        from digest import apart
        def stop_the_build():
            os.kill(os.getppid(), signal.SIGSTOP)
            time.sleep(2)
            os.kill(os.getppid(), signal.SIGCONT)
            return "done"
        apart._LOOK, apart._PATIENCE = 0.1, (0, 1.0)
        print(apart.Apart().call(5, stop_the_build))
    """
    assert run(script) == ["done"]


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


@pytest.mark.parametrize("how", ["HANG LOOP", "HANG IN A LOOP OF C", "HANG IN C"])
def test_an_edit_that_hangs_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, apart: Apart, how: str) -> None:
    """It is asked for in a thread, which nothing can stop; its file stays as it is, and the next edit is made."""
    monkeypatch.setattr("digest.preview.edit.endpoint.annotate", slow.annotate)
    monkeypatch.setattr(module, "_PATIENCE", (1, 0.5))
    room = Room(tmp_path)
    room.shop.apart = apart
    room.site.write("digest.yaml", "title: Test\ntimeout: 1\n")
    room.look()
    file = room.site.root / ENTRY
    before = file.read_bytes()
    annotating = Annotating(room.shop, Desk(room.site.root, b"k" * 32))
    asked = {"path": ENTRY, "digest": digest_of(before), "selection": "First words", "kind": "note"}
    answers: list[tuple[int, dict[str, object]]] = []
    for text in (how, "Why?"):
        body = json.dumps({**asked, "text": text}).encode()
        in_thread(lambda body=body: answers.append(annotating.answer("annotate", body)))  # type: ignore[misc]
        assert (file.read_bytes() == before) is (text == how)
    [(refused, said), (done, _)] = answers
    assert (refused, said["message"], done) == (422, f"{LATE}: nothing is written", 200)
    assert b"[First words][^note]" in file.read_bytes()


LATE = "reading the file with this edit took more than 2 seconds"


def in_thread(call: Callable[[], object]) -> None:
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
