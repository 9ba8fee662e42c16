"""What the preview's workshop does when something other than content goes wrong, and when time passes."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from digest.config import Show, load
from digest.engine.last_build import nanoseconds
from digest.executor import Serial
from digest.preview.hints import EVERYTHING, NOTHING, Hint
from digest.preview.live import LiveSite
from digest.preview.workshop import PreviewSession
from digest.state.store import Store
from tests.support.site import KEY, NOON, THEMES, Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from digest.config import Config
    from digest.diagnostics import Diagnostic
    from digest.digests import Reading

CLOCK = 2**62
ENTRY = "content/articles/2024-01-01-a.md"
PAGE = "/articles/2024/01/a/"


class Room:
    """A workshop on a site, at a time that stands still until it is moved."""

    def __init__(self, folder: Path) -> None:
        self.site = Site(folder / "digest")
        self.site.write("digest.yaml", "title: Test\n")
        self.site.write(ENTRY, "---\ntitle: An entry\n---\nFirst words.\n")
        self.now = int(NOON)
        self.told = 0
        self.shop = self.open(folder / "state.sqlite")
        self.look()

    def open(self, store: Path, *, published: bool = False) -> PreviewSession:
        root = self.site.root

        def read(reading: Reading) -> tuple[Config | None, list[Diagnostic]]:
            show = Show() if published else Show(drafts=True, future=True)
            return load(
                root,
                path=root / "digest.yaml",
                now=datetime.fromtimestamp(self.now, UTC),
                show=show,
                trusted=THEMES,
                reading=reading,
            )

        return PreviewSession(
            root=root,
            settings=root / "digest.yaml",
            key=str(published),
            read=read,
            store=Store(store, KEY),
            executor=Serial(),
            clock=lambda: CLOCK,
            moment=lambda: nanoseconds(datetime.fromtimestamp(self.now, UTC)),
            changed=lambda _: setattr(self, "told", self.told + 1),
        )

    def look(self, *paths: str) -> bool:
        root = self.site.root
        return self.shop.look(Hint(frozenset(root / path for path in paths)) if paths else EVERYTHING)

    def go_round(self) -> bool:
        """Do what happens now and then without any event; tell whether anything had changed."""
        found = False
        for hint in self.shop.patrol():
            found |= hint != NOTHING and self.shop.look(hint)
        return found

    def text(self, page: str = PAGE) -> str:
        assert self.shop.current
        return self.shop.current.page(page).html.decode()

    @property
    def codes(self) -> list[str]:
        return [problem.code for problem in self.shop.problems]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(tmp_path)
    yield room
    room.shop.close()


def test_nothing_new_is_no_news(room: Room) -> None:
    told = room.told
    assert not room.look()
    assert not room.go_round()
    assert not room.look(ENTRY)
    assert not room.look("digest.yaml", "themes/nothing", "content/articles/nothing.md")
    assert room.told == told


def test_a_fault_of_our_own_is_said_and_the_next_look_goes_on(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    room.site.write(ENTRY, "---\ntitle: An entry\n---\nSecond words.\n")
    with monkeypatch.context() as patch:
        patch.setattr(LiveSite, "update", fail)
        assert room.look(ENTRY)
        assert (room.codes, room.shop.late) == (["internal-fault"], True)
        assert "First words." in room.text()
    assert room.go_round()
    assert (room.codes, room.shop.late) == ([], False)
    assert "Second words." in room.text()


def test_a_file_that_cannot_be_read_is_said_once_until_it_can(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    file = room.site.root / ENTRY

    def fail(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(file))

    room.site.write(ENTRY, "---\ntitle: An entry\n---\nSecond words.\n")
    with monkeypatch.context() as patch:
        patch.setattr("digest.engine.jobs.read", fail)
        assert room.look(ENTRY)
        assert [(problem.code, problem.path) for problem in room.shop.problems] == [("unreadable-file", ENTRY)]
        assert not room.look(ENTRY)
        assert not room.go_round()
    assert room.go_round()
    assert (room.codes, "Second words." in room.text()) == ([], True)


def test_a_store_that_turns_out_damaged_is_made_anew(room: Room) -> None:
    connection = room.shop.store.connection
    for table in ("quotations", "details", "fragments", "heads"):
        connection.execute(f"UPDATE {table} SET value = x'00'")  # noqa: S608 - ours
    room.site.write(ENTRY, "---\ntitle: Renamed\n---\nSecond words.\n")
    assert room.look(ENTRY) or room.shop.damaged or room.look()
    room.shop.damaged = True  # as a page says that finds it so
    assert room.go_round()
    assert "Second words." in room.text()


def test_a_store_that_cannot_be_made_anew_is_said(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk, right when the store is found damaged: the preview goes on, and mends itself later."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", str(room.site.root))

    room.shop.damaged = True
    with monkeypatch.context() as patch:
        patch.setattr("digest.preview.workshop.prepare", fail)
        assert room.look()
        assert room.codes == ["unreadable-file"]
    assert room.go_round()
    assert (room.codes, "First words." in room.text()) == ([], True)


def test_an_entry_appears_when_it_is_due(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.shop.close()
    room.site.write("content/articles/2024-03-01-soon.md", "---\ntitle: Soon\ndate: 2024-03-01T15:00\n---\n")
    room.shop = room.open(tmp_path / "other.sqlite", published=True)
    room.look()
    assert "Soon" not in room.text("/")
    room.now += 3 * 3600 - 1
    assert not room.go_round()
    room.now += 1
    assert room.go_round()
    assert "Soon" in room.text("/")
    room.shop.close()


def rewrite(site: Site, path: str, text: str) -> None:
    """Write a file so that it has the size and time of before."""
    file = site.root / path
    seen = file.stat()
    site.write(path, text.ljust(seen.st_size))
    os.utime(file, ns=(seen.st_atime_ns, seen.st_mtime_ns))


CHANGES: dict[str, Callable[[Site], object]] = {
    "an entry": lambda site: site.write(ENTRY, "---\ntitle: An entry\n---\nOther words.\n"),
    "an entry, with its size and time": lambda site: rewrite(site, ENTRY, "---\ntitle: An entry\n---\nOther.\n"),
    "a new entry": lambda site: site.write("content/articles/2024-01-02-b.md", "---\ntitle: B\n---\n"),
    "no entry": lambda site: (site.root / ENTRY).unlink(),
    "no content": lambda site: shutil.rmtree(site.root / "content"),
    "a misplaced file": lambda site: site.write("content/a.md", "Words.\n"),
    "a dead link": lambda site: (site.root / "content/link").symlink_to("nowhere"),
    "an asset": lambda site: site.write("content/assets/a.txt", "words"),
    "the settings": lambda site: site.write("digest.yaml", "title: Other\n"),
    "settings with a mistake": lambda site: site.write("digest.yaml", "titel: Other\n"),
    "a theme": lambda site: site.write("themes/broadsheet/templates/article.html", "words"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_round_comes_upon_what_no_event_told(room: Room, change: Callable[[Site], object]) -> None:
    change(room.site)
    assert room.go_round()
    assert not room.look()
    assert not room.go_round()


def test_a_round_takes_in_nothing_by_itself(room: Room) -> None:
    room.site.write(ENTRY, "---\ntitle: An entry\n---\nSecond words.\n")
    assert [hint.paths for hint in room.shop.patrol() if hint != NOTHING] == [{room.site.root / ENTRY}]
    assert "First words." in room.text()


def test_content_saved_together_with_broken_settings_is_taken_in(room: Room) -> None:
    room.site.write(ENTRY, "---\ntitle: An entry\n---\nSecond words.\n")
    room.site.write("digest.yaml", "titel: Other\n")
    assert room.look("digest.yaml", ENTRY)
    told = room.told
    assert ("unknown-key" in room.codes, room.shop.late) == (True, True)
    assert not room.go_round()
    assert room.told == told
    room.site.write("digest.yaml", "title: Other\n")
    assert room.look("digest.yaml")
    assert (room.codes, "Second words." in room.text()) == ([], True)


def test_broken_settings_are_said_once_even_past_midnight(room: Room) -> None:
    room.site.write("digest.yaml", "titel: Other\n")
    assert room.go_round()
    room.now += 24 * 3600
    told = room.told
    assert not room.go_round()
    assert room.told == told


def test_a_site_is_opened_as_it_was_without_reading_it(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = room.text()
    room.shop.close()

    def fail(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr("digest.preview.workshop.prepare", fail)
    room.shop = room.open(tmp_path / "state.sqlite")
    room.shop.open()
    assert room.text() == page
    for change in ("content/articles/2024-01-01-a.md", "digest.yaml"):
        room.shop.close()
        (room.site.root / change).write_text((room.site.root / change).read_text() + "\n")
        room.shop = room.open(tmp_path / "state.sqlite")
        room.shop.open()
        assert room.shop.current is None, change


def test_settings_that_change_while_they_are_read_and_back_are_not_shown(room: Room) -> None:
    """What was read is what is shown, and compared with."""
    read = room.shop.read

    def swapping(reading: Reading) -> tuple[Config | None, list[Diagnostic]]:
        room.site.write("digest.yaml", "title: B\n")
        try:
            return read(reading)
        finally:
            room.site.write("digest.yaml", "title: A\n")

    room.shop.read = swapping
    room.site.write("digest.yaml", "title: A\n")
    room.look("digest.yaml")
    assert "A</a>" in room.text("/")
    room.look()
    room.go_round()
    assert "A</a>" in room.text("/")


@pytest.mark.parametrize("stage", ["digest.preview.workshop.load_theme", "digest.preview.workshop.snapshot"])
def test_a_template_that_changes_while_a_theme_is_taken_and_back_is_not_shown(
    room: Room, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    room.site.write("themes/mine/theme.yaml", "name: Mine\nextends: broadsheet\n")
    room.site.write("themes/mine/templates/article.html", "0 article")
    room.site.write("digest.yaml", "title: Test\ntheme: mine\n")
    room.look("digest.yaml")
    module, _, name = stage.rpartition(".")
    function = getattr(import_module(module), name)

    def swapping(*args: Any, **kwargs: Any) -> Any:
        room.site.write("themes/mine/templates/article.html", "B article")
        try:
            return function(*args, **kwargs)
        finally:
            room.site.write("themes/mine/templates/article.html", "A article")

    with monkeypatch.context() as patch:
        patch.setattr(stage, swapping)
        room.site.write("themes/mine/templates/article.html", "A article")
        room.look("themes/mine/templates/article.html")
    room.look()
    assert "A article" in room.text()
