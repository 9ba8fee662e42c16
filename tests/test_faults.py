"""Whatever ends a build, and wherever: the site is whole, the old one or the new one, and the next build needs no help.

A program is killed, or told that the disk failed, at every system call that changes something. A writer that clears
the site and writes it in place goes through the same, to show that these tests can fail. What they show is about
processes that end; `test_power_cuts.py` is about machines that do.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from subprocess import PIPE
from threading import Event, Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest

from digest.output import exchange
from digest.preview.edit.desk import Desk
from digest.state import folder as state
from tests.support import faults, publishing
from tests.support.batteries import MANY, Battery, about, command, publisher
from tests.support.editing import AFTER, BEFORE, ENTRY, KEY, THEIRS
from tests.support.faults import Call, fingerprint
from tests.support.forks import Ended
from tests.support.sample import REPOSITORY
from tests.support.site import NOON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from tests.support.forks import Program

SOAK = pytest.mark.soak
ERRORS = ("ENOSPC", "EIO", "EACCES")
KINDS = ("full", "incremental")

needs_strace = pytest.mark.skipif(bool(faults.why_not()), reason=faults.why_not())


def exchanges(calls: list[Call]) -> list[Call]:
    return [call for call in calls if call.name.startswith("rename")]


def complaints(found: Iterable[str]) -> list[str]:
    return [complaint for complaint in found if complaint]


@pytest.fixture
def programs() -> Iterator[ExitStack]:
    """Programs that are ready until the test ends."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOON)


@needs_strace
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("every", [pytest.param(1, marks=SOAK), 3])
def test_the_publisher_killed_at_a_call_leaves_a_whole_site(
    tmp_path: Path, programs: ExitStack, kind: str, every: int
) -> None:
    """At each of them when a site is replaced, at each third when there was none; at all of them in a soak."""
    battery = publisher(tmp_path, programs, kind=kind)
    before = fingerprint(battery.template)
    calls = battery.calls()
    assert {"write", "mkdir", "openat"} < {call.name for call in calls}
    chosen = calls if kind == "incremental" else calls[::every] + exchanges(calls)
    assert complaints(map(battery.killed, chosen)) == []
    assert fingerprint(battery.template) == before, "a file was written in place"


@needs_strace
def test_the_command_killed_at_some_calls_leaves_a_whole_site(tmp_path: Path, programs: ExitStack) -> None:
    battery = command(tmp_path, programs, kind="incremental")
    calls = battery.calls()
    assert complaints(map(battery.killed, [calls[len(calls) // 2], *exchanges(calls)])) == []


@needs_strace
@SOAK
@pytest.mark.parametrize("kind", KINDS)
def test_the_command_killed_at_any_call_leaves_a_whole_site(tmp_path: Path, programs: ExitStack, kind: str) -> None:
    battery = command(tmp_path, programs, kind=kind)
    assert complaints(map(battery.killed, battery.calls())) == []


def one_of_each(calls: list[Call]) -> list[Call]:
    """Take the middle one of the calls of each name."""
    names = sorted({call.name for call in calls})
    by_name = [[call for call in calls if call.name == name] for name in names]
    return [some[len(some) // 2] for some in by_name]


@needs_strace
@pytest.mark.parametrize("kind", KINDS)
def test_a_disk_that_fails_the_publisher_is_told_in_one_line(tmp_path: Path, programs: ExitStack, kind: str) -> None:
    """Where there is another way, such as a copy for a link, the site is built all the same."""
    battery = publisher(tmp_path, programs, kind=kind)
    calls = battery.calls()
    assert complaints(battery.failed(call, error) for call in one_of_each(calls) for error in ERRORS) == []


@needs_strace
@SOAK
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("error", [*ERRORS, "EDQUOT", "EROFS", "EMFILE", "EPERM"])
def test_a_disk_that_fails_the_publisher_at_any_call_is_told_in_one_line(
    tmp_path: Path, programs: ExitStack, kind: str, error: str
) -> None:
    battery = publisher(tmp_path, programs, kind=kind)
    assert complaints(battery.failed(call, error) for call in battery.calls()) == []


@needs_strace
def test_a_disk_that_fails_the_command_is_told_in_one_line(tmp_path: Path, programs: ExitStack) -> None:
    battery = command(tmp_path, programs, kind="incremental")
    chosen = {call.name: call for call in one_of_each(battery.calls())}
    failures = zip(("write", "openat", "mkdir"), ERRORS, strict=True)
    assert complaints(battery.failed(chosen[name], error) for name, error in failures) == []


@needs_strace
@SOAK
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("error", ERRORS)
def test_a_disk_that_fails_the_command_at_any_call_is_told_in_one_line(
    tmp_path: Path, programs: ExitStack, kind: str, error: str
) -> None:
    battery = command(tmp_path, programs, kind=kind)
    assert complaints(battery.failed(call, error) for call in battery.calls()) == []


@needs_strace
def test_a_writer_that_is_not_careful_is_found_out(tmp_path: Path, programs: ExitStack) -> None:
    battery = publisher(tmp_path, programs, kind="incremental", writer="naive")
    calls = battery.calls()
    killed = complaints(map(battery.killed, calls[::4]))
    failed = complaints(battery.failed(call, "ENOSPC") for call in one_of_each(calls))
    assert len(killed) > len(calls[::4]) // 2
    assert len(failed) > 1


@pytest.mark.parametrize("count", [pytest.param(200, marks=SOAK), 40])
def test_the_publisher_killed_at_any_moment_leaves_a_whole_site(
    tmp_path: Path, programs: ExitStack, count: int
) -> None:
    battery = publisher(tmp_path, programs, kind="incremental", more=MANY)
    assert complaints(killed_on_the_way(battery, count)) == []


def test_a_writer_that_is_not_careful_is_found_out_at_any_moment(tmp_path: Path, programs: ExitStack) -> None:
    battery = publisher(tmp_path, programs, kind="incremental", writer="naive", more=MANY)
    assert any(killed_on_the_way(battery, 40))


def time_of(battery: Battery) -> float:
    """Return how long the program takes: the shortest of some times, for the machine may be busy with other things."""
    times = []
    for _ in range(3):
        faults.copy(battery.template, battery.case)
        run, start = battery.program.fork(), monotonic()
        run.go()
        assert run.end().code == 0
        times.append(monotonic() - start)
    return min(times)


def killed_on_the_way(battery: Battery, count: int) -> Iterator[str]:
    """Kill the program `count` times, spread over the time it takes."""
    whole = time_of(battery)
    for number in range(count):
        faults.copy(battery.template, battery.case)
        run = battery.program.fork()
        run.go()
        sleep(whole * number / count)
        run.kill()
        run.end()
        yield about(f"killed after {number} of {count} parts of its time", battery.complaint())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """A file system of its own; the function gives it a size in KiB and returns where it is."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0 or mount("-t", "tmpfs", "-o", "size=8192k", "tmpfs", str(place)):
        pytest.skip("mounting a small tmpfs takes root and a machine that permits it")

    def resize(size: int) -> Path:
        assert mount("-o", f"remount,size={size}k", str(place)) == 0
        return place

    yield resize
    subprocess.run(["umount", str(place)], check=True)  # noqa: S607


def mount(*arguments: str) -> int:
    return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode  # noqa: S607


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_leaves_a_whole_site(small_disk: Callable[[int], Path], programs: ExitStack, kind: str) -> None:
    battery = publisher(small_disk(8192), programs, kind=kind, more=MANY)
    endings = set()
    for room in (0, 4, 16, 64, 100, 200, 400, 800):
        small_disk(8192)
        faults.copy(battery.template, battery.case)
        free = os.statvfs(battery.folder)
        small_disk(8192 - free.f_bavail * free.f_frsize // 1024 + room)
        ended = battery.program.run()
        endings.add(ended.code)
        found = fingerprint(battery.case / "site")
        small_disk(8192)
        assert found in (battery.old, battery.new)
        assert about(f"{room} KiB free", battery.bad_end(ended) or battery.complaint()) == ""
    assert endings == {0, 3}


@pytest.mark.parametrize("room", [0, 4, 16, 40, 100])
def test_a_full_disk_is_told_as_such_by_a_build(
    small_disk: Callable[[int], Path], programs: ExitStack, room: int
) -> None:
    """Whoever runs out of it: the state store, the pages, or what is forked to make them."""
    battery = command(small_disk(8192), programs, kind="incremental")
    faults.copy(battery.template, battery.case)
    free = os.statvfs(battery.folder)
    small_disk(8192 - free.f_bavail * free.f_frsize // 1024 + room)
    ended = battery.program.run()
    small_disk(8192)
    assert about(f"{room} KiB free", battery.bad_end(ended) or battery.complaint()) == ""
    assert ended.code == 0 or "No space left on device" in ended.stderr


# An edit from the preview


@dataclass(frozen=True, slots=True)
class Editing:
    """A program that edits one entry of the digest in `case`, which is made anew each time."""

    folder: Path
    program: Program

    @property
    def case(self) -> Path:
        return self.folder / "case"

    @property
    def entry(self) -> Path:
        return self.case / ENTRY

    def calls(self, code: int) -> list[Call]:
        """Return the calls of a run that ends with this code."""
        self.prepare()
        log = self.folder / "log"
        assert faults.traced(self.program, log).code == code
        return faults.read_calls(log, self.case)

    def prepare(self) -> None:
        shutil.rmtree(self.case, ignore_errors=True)
        self.entry.parent.mkdir(parents=True)
        self.entry.write_bytes(BEFORE)
        self.entry.chmod(0o640)

    def killed(self, call: Call) -> str:
        self.prepare()
        faults.killed_at(call, self.program, self.folder / "log")
        return self.entry.read_bytes().decode()

    def failed(self, call: Call, error: str) -> Ended:
        self.prepare()
        return faults.failing_at(call, self.program, self.folder / "log", error=error)

    def clear(self) -> list[str]:
        """Do what the next preview does; returns what is there besides the entry and the lock."""
        Desk(self.case, KEY).clear()
        assert stat.S_IMODE(self.entry.stat().st_mode) == 0o640 or self.entry.read_bytes() == THEIRS
        return [path for path in fingerprint(self.case) or {} if path not in {ENTRY, ".digest", *FOLDERS, LOCK}]


FOLDERS = ("content", "content/articles")
LOCK = ".digest/edit.lock"


def editing(folder: Path, programs: ExitStack, *, outside: str = "") -> Editing:
    program = faults.in_years(
        "from tests.support.editing import run",
        "import tests.support.editing as e; e.run()",
        str(folder / "case"),
        outside,
    )
    return Editing(folder, programs.enter_context(program))


@needs_strace
def test_an_edit_killed_at_any_call_leaves_a_whole_text_and_nothing_else(tmp_path: Path, programs: ExitStack) -> None:
    battery = editing(tmp_path, programs)
    calls = battery.calls(0)
    assert {"renameat2", "fchmod", "mkdir", "unlink"} <= {call.name for call in calls}
    texts = {battery.killed(call) + "".join(battery.clear()) for call in calls}
    assert texts == {BEFORE.decode(), AFTER.decode()}


@needs_strace
def test_what_is_saved_while_an_edit_is_killed_is_there_afterwards(tmp_path: Path, programs: ExitStack) -> None:
    """Be it in the file or, where the edit was cut off before it was given back, once the next preview has begun."""
    battery = editing(tmp_path, programs, outside="outside")
    calls = battery.calls(4)
    saved = next(number for number, call in enumerate(calls) if "beside~" in call.text and call.name == "rename")
    found = []
    for call in calls[saved + 1 :]:
        found.append(battery.killed(call))
        assert battery.clear() == [], call.text
        assert battery.entry.read_bytes() == THEIRS, call.text
    assert AFTER.decode() in found, "no kill came between the exchange and the other"


@needs_strace
@pytest.mark.parametrize("error", ERRORS)
def test_a_disk_that_fails_an_edit_at_any_call_is_told(tmp_path: Path, programs: ExitStack, error: str) -> None:
    """The file is then as it was; where the edit is done already, what cannot be removed waits for the next one."""
    battery = editing(tmp_path, programs)
    codes = set()
    for call in battery.calls(0):
        ended = battery.failed(call, error)
        codes.add(ended.code)
        assert ended.code in {0, 3, 4}, f"{error} at {call.text}: {ended}"
        assert battery.entry.read_bytes() == (BEFORE if ended.code else AFTER), f"{error} at {call.text}: {ended}"
        assert not ended.code or WORDS[error] in ended.stderr, f"{error} at {call.text}: {ended}"
        assert battery.clear() == [], f"{error} at {call.text}"
    assert {0, 3} <= codes


WORDS = {"ENOSPC": "No space left on device", "EIO": "Input/output error", "EACCES": "Permission denied"}


def test_a_full_disk_leaves_the_text_of_an_edit_as_it_was(
    small_disk: Callable[[int], Path], programs: ExitStack
) -> None:
    battery = editing(small_disk(1024), programs)
    codes = []
    for room in (0, 4, 8, 16, 32, 64):
        small_disk(1024)
        battery.prepare()
        free = os.statvfs(battery.folder)
        small_disk(1024 - free.f_bavail * free.f_frsize // 1024 + room)
        ended = battery.program.run()
        codes.append(ended.code)
        assert ended in (Ended(0, ""), Ended(3, "No space left on device\n"))
        assert battery.entry.read_bytes() == (BEFORE if ended.code else AFTER)
        assert battery.clear() == []
    assert codes[0] == 3
    assert codes[-1] == 0


def test_one_build_at_a_time_and_none_beside_a_clean(tmp_path: Path, programs: ExitStack) -> None:
    """While one process holds the lock, others say so and touch nothing; when it ends, the next may go on."""
    battery = command(tmp_path, programs, kind="incremental")
    faults.copy(battery.template, battery.case)
    before = fingerprint(battery.case)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(battery.case)], cwd=REPOSITORY, stdin=PIPE, stdout=PIPE, text=True
    )
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    for name in ("build", "clean"):
        program = programs.enter_context(faults.digest(name, "-q", "-C", str(battery.case)))
        assert program.run() == Ended(3, "digest: another build of this site is running\n")
    assert fingerprint(battery.case) == before
    holder.communicate()
    assert battery.complaint() == ""


HOLDER = """
import sys
from pathlib import Path
from digest.state.folder import only_build
with only_build(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_builds_that_race_leave_the_site_of_one(tmp_path: Path, programs: ExitStack) -> None:
    battery = publisher(tmp_path, programs, kind="incremental", more=MANY)
    for _ in range(3):
        faults.copy(battery.template, battery.case)
        racing = [battery.program.fork() for _ in range(4)]
        for run in racing:
            run.go()
        codes = [run.end().code for run in racing]
        assert 0 in codes
        assert set(codes) <= {0, 3}
        assert fingerprint(battery.case / "site") == battery.new


def test_a_lock_that_is_put_in_place_of_another_is_not_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two builds find a lock file that is not this folder's alone; the second comes while the first removes it."""
    (tmp_path / state.FOLDER).mkdir()
    (tmp_path / "elsewhere").touch()
    (tmp_path / state.FOLDER / "lock").hardlink_to(tmp_path / "elsewhere")
    holding: list[str] = []
    second_holds, remove = Event(), vars(state)["_remove"]

    def build(name: str) -> None:
        with suppress(state.AnotherBuildError), state.only_build(tmp_path):
            holding.append(name)
            second_holds.set()
            done.wait()

    def remove_late(file: Path) -> None:
        """Remove a file once the other build has come as far as it can."""
        monkeypatch.setattr(state, "_remove", remove)
        second.start()
        second_holds.wait(0.5)
        remove(file)

    done, second = Event(), Thread(target=build, args=["second"])
    monkeypatch.setattr(state, "_remove", remove_late)
    first = Thread(target=build, args=["first"])
    first.start()
    second_holds.wait()
    second.join(0.5)  # it is refused, unless it holds a lock of its own
    done.set()
    first.join()
    second.join()
    assert len(holding) == 1


class Reader:
    """Reads every page after each system call of a writer in this thread, and counts what is missing or half."""

    def __init__(self, site: Path, paths: list[str]) -> None:
        self.files = [site / path for path in paths]
        self.rounds = self.bad = 0

    def __call__(self, _frame: object, event: str, called: object) -> None:
        """Be told of a call, as `sys.setprofile` does; what is done here is told to nobody."""
        if event == "c_return" and getattr(called, "__module__", "") == "posix":
            self.rounds += 1
            self.bad += sum(not self.is_whole(file) for file in self.files)

    @staticmethod
    def is_whole(file: Path) -> bool:
        try:
            return file.read_bytes().endswith(b"end")
        except OSError:
            return False


@pytest.mark.parametrize("writer", ["careful", "naive", "two renames"])
def test_a_reader_never_misses_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writer: str) -> None:
    """Generations of the same pages pass, and are read between any two calls; two other writers are found out."""
    if writer == "two renames":
        monkeypatch.setattr(exchange, "swap", lambda *_: False)
    paths = [f"{number}/index.html" for number in range(5)]
    write = publishing.write_naively if writer == "naive" else publishing.publish
    reader = Reader(tmp_path / "site", paths)
    write(tmp_path, dict.fromkeys(paths, b"0 end"))
    for generation in range(1, 4):
        files = dict.fromkeys(paths, b"%d" % generation * 5000 + b"end")
        sys.setprofile(reader)
        try:
            write(tmp_path, files)
        finally:
            sys.setprofile(None)
    assert reader.rounds > 50
    assert (reader.bad == 0) is (writer == "careful"), f"{reader.bad} of {reader.rounds * len(paths)} reads"
