"""Watching real folders: every way of saving is told once, by its name, and nothing else is told."""

from __future__ import annotations

import ctypes
import errno
import logging
import os
import shutil
import subprocess
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from digest.preview import events
from digest.preview.hints import EVERYTHING, NOTHING, Hint
from digest.preview.watch import watch
from tests.support import saves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from watchdog.observers.api import BaseObserver

    from tests.support.saves import Save

    Patrol = Callable[[], Iterator[Hint]]

ATTEMPTS = 25
"""A machine under load may hold up a writer in the middle of a save; such a try shows nothing and is repeated."""


@dataclass
class Desk:
    """A project being watched, and all calls that came: the hint, and whether something had changed."""

    root: Path
    calls: list[tuple[Hint, bool]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    ready: threading.Event = field(default_factory=threading.Event)
    seen: dict[Path, bytes] = field(default_factory=dict)
    rounds: int = 0

    @property
    def places(self) -> tuple[Path, ...]:
        return self.root / "content", self.root / "themes", self.root / "digest.yaml"

    @property
    def entry(self) -> Path:
        return self.root / "content" / "articles" / "a.md"

    def files(self) -> dict[Path, bytes]:
        """Return what everybody would want to know about; an editor's own files are not part of it."""
        found = {}
        for file in (file for place in self.places for file in ([place] if place.is_file() else place.rglob("*"))):
            try:
                if not file.name.startswith(".") and not file.name.endswith("~") and file.is_file():
                    found[file] = file.read_bytes()
            except OSError:
                continue
        return found

    def look(self, hint: Hint) -> bool:
        now = self.files()
        changed, self.seen = now != self.seen, now
        self.calls.append((hint, changed))
        return changed

    def patrol(self) -> Iterator[Hint]:
        """Go round, a file with each step."""
        now = self.files()
        for file in now.keys() | self.seen.keys():
            yield Hint(frozenset({file})) if now.get(file) != self.seen.get(file) else NOTHING
        self.rounds += 1

    def told(self) -> list[Hint]:
        """Return the calls that are more than a look at everything that found nothing."""
        return [hint for hint, changed in self.calls if changed or not hint.everything]

    def settled(self) -> list[Hint]:
        """Wait until what is seen is what there is, and a while for further calls; return the calls."""
        assert eventually(lambda: self.seen == self.files()), "a change was never seen"
        assert eventually(lambda: bool(self.told())), "no call came"
        count = -1
        while count != len(self.told()):
            count = len(self.told())
            time.sleep(0.35)
        return self.told()


def eventually(holds: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.005)
    return False


class Watching(Protocol):
    def __call__(
        self, *, poll: bool = False, look: Callable[[Hint], bool] | None = None, patrol: Patrol | None = None
    ) -> Desk: ...


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A project that nobody watches yet."""
    made = Desk(tmp_path / "parent" / "root")
    for number in range(5):
        write(made.root / f"content/articles/{number}.md", "other")
    write(made.entry, fresh())
    write(made.root / "digest.yaml", "title: Test\n")
    write(made.root / "site/index.html", "page")
    return made


@pytest.fixture
def watching(desk: Desk) -> Iterator[Watching]:
    """Start watching the project; whatever happens the thread ends and leaves nothing open."""
    threads, descriptors = threading.active_count(), open_descriptors()
    with ExitStack() as started:
        yield lambda **options: started.enter_context(watched(desk, **options))
    assert eventually(lambda: threading.active_count() == threads), threading.enumerate()
    assert open_descriptors() == descriptors


@contextmanager
def watched(
    desk: Desk, *, poll: bool = False, look: Callable[[Hint], bool] | None = None, patrol: Patrol | None = None
) -> Iterator[Desk]:
    options = {"stop": desk.stop, "say": desk.said.append, "ready": desk.ready.set, "poll": poll}
    options["patrol"] = patrol or desk.patrol
    thread = threading.Thread(target=watch, args=(desk.places, look or desk.look), kwargs=options)
    thread.start()
    try:
        assert desk.ready.wait(30)
        desk.calls.clear()
        yield desk
    finally:
        desk.stop.set()
        thread.join(30)
    assert not thread.is_alive()


def open_descriptors() -> int:
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def fresh(length: int = 60) -> str:
    """Return words that were in no file before."""
    return f"{time.monotonic_ns()} ".ljust(length, "x")


def saving(save: Save) -> Callable[[Desk], None]:
    """Return what saves new words in the entry in some way."""
    return lambda desk: save(desk.entry, fresh())


edit = saving(saves.in_place)


def settings(desk: Desk) -> None:
    (desk.root / "digest.yaml").write_text(fresh())


# What happens to folders.


def checkout(desk: Desk) -> None:
    """Hundreds of files at once, all of them there before and after."""
    git = shutil.which("git")
    if git is None:
        pytest.skip("git is not installed")
    if not (desk.root / ".git").exists():
        env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        run = [git, "-C", str(desk.root), "-c", "user.name=a", "-c", "user.email=a@example.org"]
        for branch in ("one", "two"):
            for number in range(300):
                write(desk.root / f"content/articles/{number}.md", f"{branch} {number}")
            for command in (["init", "-q"], ["checkout", "-qb", branch], ["add", "content"], ["commit", "-qm", branch]):
                subprocess.run([*run, *command], env=env, check=True)
        desk.settled()
        desk.calls.clear()
    head = (desk.root / ".git" / "HEAD").read_text()
    subprocess.run([git, "-C", str(desk.root), "checkout", "-q", "one" if "two" in head else "two"], check=True)


def folder_moved_in(desk: Desk) -> None:
    made = desk.root / "made"
    write(made / "deep" / "b.md", fresh())
    made.rename(desk.root / "content" / "articles" / f"new{time.monotonic_ns()}")


def folder_made(desk: Desk) -> None:
    write(desk.root / f"content/articles/{time.monotonic_ns()}/deep/c.md", fresh())


def folder_moved_out(desk: Desk) -> None:
    articles, out = desk.root / "content" / "articles", desk.root / "out"
    if out.exists():
        out.rename(articles)
    else:
        articles.rename(out)


def folder_deleted(desk: Desk) -> None:
    if desk.entry.exists():
        shutil.rmtree(desk.entry.parent)
    else:
        write(desk.entry, fresh())


def parent_away_and_back(desk: Desk) -> None:
    """And an edit meanwhile, under the other name."""
    away = desk.root.parent.with_name("away")
    desk.root.parent.rename(away)
    (away / "root" / "content" / "articles" / "a.md").write_text(fresh())
    away.rename(desk.root.parent)


FOLDERS = [folder_moved_in, folder_made, folder_moved_out, folder_deleted]


def tried(desk: Desk, change: Callable[[Desk], None], good: Callable[[list[Hint]], bool]) -> list[Hint]:
    """Return the calls that a change led to; it is tried again while they are not good."""
    calls: list[Hint] = []
    for _ in range(ATTEMPTS):
        desk.calls.clear()
        change(desk)
        calls = desk.settled()
        if good(calls):
            break
    return calls


@pytest.mark.parametrize("save", saves.SAVES)
def test_a_save_is_one_call_that_names_the_file(watching: Watching, save: Save) -> None:
    one_call_that_names(watching(), saving(save), "content/articles/a.md")


def test_saving_the_settings_is_one_call_that_names_them(watching: Watching) -> None:
    one_call_that_names(watching(), settings, "digest.yaml")


def one_call_that_names(desk: Desk, change: Callable[[Desk], None], path: str) -> None:
    named = desk.root / path
    calls = tried(desk, change, lambda calls: len(calls) == 1 and named in calls[0].paths)
    assert len(calls) == 1
    assert named in calls[0].paths
    assert desk.said == []


@pytest.mark.parametrize("change", [checkout, *FOLDERS])
def test_a_change_of_many_files_is_one_call(watching: Watching, change: Callable[[Desk], None]) -> None:
    desk = watching()
    assert len(tried(desk, change, lambda calls: len(calls) == 1)) == 1
    assert eventually(lambda: named_after_an_edit(desk))
    assert desk.said == []


@pytest.mark.parametrize(
    "change",
    [*map(saving, saves.SAVES), settings, checkout, *FOLDERS, parent_away_and_back],
    ids=[*(save.__name__ for save in saves.SAVES), *["settings", "checkout", "in", "made", "out", "deleted", "parent"]],
)
def test_polling_sees_every_change(
    watching: Watching, change: Callable[[Desk], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digest.preview.watch._POLL", (0.05, 5))
    monkeypatch.setattr(events.Watches, "open", lambda _: pytest.fail("polling asks for no events"))
    desk = watching(poll=True)
    change(desk)
    assert desk.settled()
    assert {hint.everything for hint, _ in desk.calls} == {True}
    assert desk.said == []


def away_and_back(folder: Path) -> None:
    """The same folder; its watch is as good as before."""
    folder.rename(folder.with_name("away"))
    folder.with_name("away").rename(folder)


def away_for_long(folder: Path) -> None:
    folder.rename(folder.with_name("away"))
    time.sleep(0.5)
    folder.with_name("away").rename(folder)


def replaced(folder: Path) -> None:
    shutil.copytree(folder, folder.with_name("copy"))
    folder.rename(folder.with_name("old"))
    folder.with_name("copy").rename(folder)


def made_again(folder: Path) -> None:
    shutil.copytree(folder, folder.with_name("copy"))
    shutil.rmtree(folder)
    shutil.copytree(folder.with_name("copy"), folder)


@pytest.mark.parametrize("which", ["content", ".", ".."])
@pytest.mark.parametrize("what", [away_and_back, away_for_long, replaced, made_again])
def test_a_place_that_went_away_is_watched_again(watching: Watching, what: Callable[[Path], None], which: str) -> None:
    """Also when the folder that holds it did, or one above, where nothing is watched."""
    desk = watching()
    what((desk.root / which).resolve())
    assert eventually(lambda: named_after_an_edit(desk))
    assert desk.said == []


def named_after_an_edit(desk: Desk) -> bool:
    """Whether an edit is told by its name: so the event came, and not only a look at everything."""
    desk.calls.clear()
    write(desk.entry, fresh())
    desk.settled()
    return any(desk.entry in hint.paths for hint in desk.told())


def test_a_place_may_come_later(watching: Watching) -> None:
    desk = watching()
    (desk.root / "themes").mkdir()
    assert eventually(lambda: EVERYTHING in [hint for hint, _ in desk.calls])
    style = desk.root / "themes" / "mine" / "style.css"
    write(style, "a")
    desk.settled()
    desk.calls.clear()
    write(style, fresh())
    assert style in desk.settled()[0].paths


def test_a_file_that_is_deleted_is_named(watching: Watching) -> None:
    desk = watching()
    desk.entry.unlink()
    assert {desk.entry} in [hint.paths for hint in desk.settled()]
    assert desk.said == []


def test_a_file_that_is_emptied_is_believed_in_the_end(watching: Watching) -> None:
    desk = watching()
    desk.entry.write_text("")
    assert desk.entry in desk.settled()[0].paths


def test_a_place_that_is_a_link_is_named_as_it_was_given(watching: Watching, desk: Desk, tmp_path: Path) -> None:
    content = desk.root / "content"
    content.rename(tmp_path / "real")
    content.symlink_to(tmp_path / "real")
    watching()
    edit(desk)
    assert desk.entry in desk.settled()[0].paths


def test_reading_and_other_peoples_files_are_never_told(watching: Watching, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither is an idle stretch of some rounds. The last edit shows that events had time to come."""
    monkeypatch.setattr("digest.preview.watch._HEARTBEAT", (0.2, 5))
    desk = watching()
    for _ in range(3):
        desk.files()
        desk.entry.read_text()
        list(desk.root.rglob("*"))
        write(desk.root / "site" / "index.html", fresh())
        write(desk.root / "site" / "new" / fresh(), "")
        write(desk.root / "package.json", fresh())
        write(desk.entry.with_name(".a.md.swp"), fresh())
        write(desk.entry.with_name("a.md~"), fresh())
        (desk.root / "site").rename(desk.root / "other")
        (desk.root / "other").rename(desk.root / "site")
        time.sleep(0.2)
    rounds = desk.rounds
    assert eventually(lambda: desk.rounds > rounds + 3)
    assert desk.told() == []
    edit(desk)
    assert [hint.paths or hint.everything for hint in desk.settled()]
    assert desk.said == []


def test_what_happens_during_a_look_comes_with_the_next(watching: Watching, desk: Desk) -> None:
    began, go_on = threading.Event(), threading.Event()

    def slowly(hint: Hint) -> bool:
        if hint.paths:
            began.set()
            assert go_on.wait(30)
        return desk.look(hint)

    watching(look=slowly)
    edit(desk)
    assert began.wait(30)
    other = desk.entry.with_name("1.md")
    write(other, fresh())
    go_on.set()
    assert eventually(lambda: any(other in hint.paths for hint, _ in desk.calls))


def test_no_save_waits_for_the_end_of_a_round(watching: Watching, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.preview.watch._HEARTBEAT", (0.05, 0))
    steps = count()

    def endless() -> Iterator[Hint]:
        for _ in steps:
            time.sleep(0.001)
            yield NOTHING

    watching(patrol=endless)
    assert eventually(lambda: next(steps) > 20)
    edit(desk)
    assert desk.settled() == [Hint(frozenset({desk.entry}))]


def test_a_round_that_cannot_read_becomes_a_look_at_everything(
    watching: Watching, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digest.preview.watch._HEARTBEAT", (0.05, 0))

    def unreadable() -> Iterator[Hint]:
        yield NOTHING
        raise PermissionError

    watching(patrol=unreadable)
    assert eventually(lambda: desk.calls.count((EVERYTHING, False)) > 3)


def after_a_move_out(desk: Desk) -> None:
    """Watchdog waits half a second for the other half of the move, and holds up all that follows."""
    passing = desk.entry.with_name("passing.md")
    passing.touch()
    passing.rename(desk.root / "elsewhere")
    edit(desk)


@pytest.mark.skipif(not events.CLOSES, reason="elsewhere nobody tells when a file is whole")
@pytest.mark.parametrize(
    "save",
    [*map(saving, (saves.in_place, saves.hidden_and_renamed, saves.from_outside)), after_a_move_out],
    ids=["in place", "renamed", "from outside", "after a move out"],
)
def test_a_save_is_told_at_once(watching: Watching, save: Callable[[Desk], None]) -> None:
    """The shortest of many times: the machine may be busy with other things."""
    desk, times = watching(), []
    for _ in range(ATTEMPTS):
        desk.calls.clear()
        save(desk)
        began = time.monotonic()
        assert eventually(lambda: any(desk.entry in hint.paths for hint, _ in desk.calls))
        times.append(time.monotonic() - began)
        if times[-1] < 0.05:
            break
        desk.settled()
    assert min(times) < 0.05


def test_an_error_in_a_look_ends_the_watching(tmp_path: Path) -> None:
    def fail(_: Hint) -> bool:
        raise ZeroDivisionError

    threads, descriptors = threading.active_count(), open_descriptors()
    with pytest.raises(ZeroDivisionError):
        watch([tmp_path], fail, patrol=lambda: iter(()), stop=threading.Event(), say=print)
    assert (threading.active_count(), open_descriptors()) == (threads, descriptors)


@pytest.mark.parametrize("poll", [False, True])
def test_the_end_is_prompt(desk: Desk, *, poll: bool) -> None:
    """The shortest of several times: the machine may be busy with other things."""
    times = []
    for _ in range(5):
        with watched(desk, poll=poll):
            time.sleep(0.1)  # so that it is waiting
            began = time.monotonic()
        times.append(time.monotonic() - began)
        desk.stop.clear()
    assert min(times) < 0.5


# When events cannot be relied on.


def test_silent_events_are_noticed_and_said_once(watching: Watching, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a network drive: the first change is found by a round, the second too, and from then on all by looks."""
    monkeypatch.setattr("digest.preview.watch._HEARTBEAT", (0.5, 5))
    monkeypatch.setattr(events.Handler, "on_any_event", lambda *_: None)
    desk = watching()
    for hint in [Hint(frozenset({desk.entry}))] * 2 + [EVERYTHING] * 2:
        desk.calls.clear()
        edit(desk)
        assert desk.settled() == [hint]
    assert len(desk.said) == 1
    assert "does not tell of every change" in desk.said[0]


def test_one_late_event_is_no_reason_to_poll(watching: Watching, monkeypatch: pytest.MonkeyPatch) -> None:
    """A round may find a change a moment before its event comes."""
    monkeypatch.setattr("digest.preview.watch._HEARTBEAT", (0.5, 5))
    handler = events.Handler.on_any_event
    desk = watching()
    for late in (True, False, True, False):
        monkeypatch.setattr(events.Handler, "on_any_event", (lambda *_: None) if late else handler)
        desk.calls.clear()
        edit(desk)
        desk.settled()
    assert desk.said == []


@pytest.mark.parametrize(("number", "words"), [(errno.ENOSPC, "no watches left"), (errno.EMFILE, "no more programs")])
def test_where_watches_run_out_it_is_said_and_all_is_seen(
    watching: Watching, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    monkeypatch.setattr(events, "make_observer", refuse(number))
    desk = watching()
    for _ in range(2):
        desk.calls.clear()
        edit(desk)
        assert desk.settled() == [EVERYTHING]
    assert len(desk.said) == 1
    assert words in desk.said[0]


def refuse(number: int) -> Callable[[], None]:
    def refused() -> None:
        raise OSError(number, os.strerror(number))

    return refused


@pytest.mark.skipif(not events.CLOSES, reason="replaces a function of Linux")
@pytest.mark.parametrize("left", [0, 1, 3])
def test_watches_that_run_out_below_a_place_are_noticed(
    watching: Watching, monkeypatch: pytest.MonkeyPatch, left: int
) -> None:
    """Watchdog keeps silent about folders it could not watch; the system has `left` watches to give."""
    run_out(monkeypatch, left)
    desk = watching()
    write(desk.root / "content/articles/new/b.md", "new")
    desk.settled()
    assert eventually(lambda: len(desk.said) == 1)
    assert "no watches left" in desk.said[0]
    desk.calls.clear()
    edit(desk)
    assert desk.settled() == [EVERYTHING]


def run_out(monkeypatch: pytest.MonkeyPatch, left: int) -> None:
    """Let the system refuse all but so many watches at a time."""
    from watchdog.observers import inotify_c  # noqa: PLC0415 - there is none elsewhere

    given: set[tuple[int, int]] = set()
    add, remove = inotify_c.inotify_add_watch, inotify_c.inotify_rm_watch

    def added(descriptor: int, path: bytes, mask: int) -> int:
        if len(given) >= left:
            ctypes.set_errno(errno.ENOSPC)
            return -1
        watch: int = add(descriptor, path, mask)
        given.add((descriptor, watch))
        return watch

    def removed(descriptor: int, watch: int) -> int:
        given.discard((descriptor, watch))
        result: int = remove(descriptor, inotify_c.WatchDescriptor(watch))
        return result

    monkeypatch.setattr(inotify_c, "inotify_add_watch", added)
    monkeypatch.setattr(inotify_c, "inotify_rm_watch", removed)


@pytest.fixture
def observers(monkeypatch: pytest.MonkeyPatch) -> list[BaseObserver]:
    """All observers that were made, the newest last."""
    made, make = [], events.make_observer

    def remembered() -> BaseObserver:
        made.append(make())
        return made[-1]

    monkeypatch.setattr(events, "make_observer", remembered)
    return made


def test_an_observer_that_dies_is_replaced_by_looks(observers: list[BaseObserver], watching: Watching) -> None:
    desk = watching()
    observers[-1].stop()
    assert eventually(lambda: len(desk.said) == 1)
    desk.calls.clear()
    edit(desk)
    assert desk.settled() == [EVERYTHING]


def test_a_watch_that_dies_is_replaced(observers: list[BaseObserver], watching: Watching) -> None:
    desk = watching()
    for emitter in observers[-1].emitters:
        emitter.stop()
    assert eventually(lambda: named_after_an_edit(desk))
    assert desk.said == []


def test_events_the_system_lost_are_looked_for(watching: Watching, monkeypatch: pytest.MonkeyPatch) -> None:
    """Watchdog says so in its log alone."""
    monkeypatch.setattr("digest.preview.watch._HEARTBEAT", (60, 0))
    desk = watching()
    logging.getLogger("watchdog.observers.inotify_c").warning("Inotify queue overflowed; filesystem events were lost")
    assert eventually(lambda: EVERYTHING in [hint for hint, _ in desk.calls])
