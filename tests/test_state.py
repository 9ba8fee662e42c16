"""A damaged state folder costs time and nothing else: the site is right, one line says so, and all is well again."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from digest import build, prepare
from digest.content import load
from digest.engine import inputs, nothing_to_do
from digest.output import theme
from digest.state.home import key_of
from digest.state.store import FILE, Store
from digest.state.version import installed
from tests.support.site import KEY, NOON, Site
from tests.support.tiny import start, text_of
from tests.support.twins import MEMORY, let_time_pass, tree_of, work_once, write_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOTICE = "What was remembered of earlier builds "
TABLES = ("meta", "inputs", "heads", "documents", "bounds", "fragments", "quotations", "details", "site", "pages")
EDITED = "content/articles/2024-01-20-ann.md"
RETAGGED = "content/articles/2024-02-05-pact.md"


class Worn:
    """A site built twice after edits, so that its state holds what several builds left, and what it should become."""

    def __init__(self, folder: Path) -> None:
        self.site, clean = Site(folder / "live"), Site(folder / "clean")
        files = start()
        files["content/articles/2024-01-10-base.md"]["redirect_from"] = "[/old/]"
        self._write(self.site, files)
        self.site.build("-j", "1")
        files[EDITED] = {**files[EDITED], "body": "More by [[ann]] on [[pact]]."}
        self._write(self.site, files)
        self.site.build("-j", "1")
        self.expected = []
        self.edits = [{}, {EDITED: "body"}, {RETAGGED: "title"}]
        for number, edit in enumerate(self.edits):
            changed = deepcopy(files)
            for path, key in edit.items():
                changed[path][key] = f"Text {number} by [[bob]]." if key == "body" else "Other"
            shutil.rmtree(clean.root, ignore_errors=True)
            self._write(clean, changed)
            built = clean.build("-j", "1")
            self.expected.append((changed, built.stderr, tree_of(clean.root / "site")))
        self.kept = folder / "kept"
        self._link(self.site.root, self.kept)

    def _write(self, site: Site, files: dict[str, dict[str, str]]) -> None:
        write_files(site.root, {path: text_of(path, fields) for path, fields in files.items()})

    def fresh(self) -> Path:
        """Put everything back as it was built, and return the state's file."""
        shutil.rmtree(self.site.root)
        self._link(self.kept, self.site.root)
        return self.site.root / ".digest" / FILE

    def _link(self, source: Path, target: Path) -> None:
        """Copy a folder; all but the state keeps its inodes."""
        shutil.copytree(source, target, copy_function=os.link, ignore=shutil.ignore_patterns("state.sqlite*"))
        shutil.copy2(source / ".digest" / FILE, target / ".digest" / FILE)

    def outlives(self, damage: Callable[[Path], None], edit: int, *, notices: tuple[int, ...] = (0, 1)) -> None:
        """Assert that a build after damage, and after an edit, is a clean one, and that the next has nothing to do."""
        state = self.fresh()
        damage(state)
        files, problems, tree = self.expected[edit]
        for path in self.edits[edit]:
            (self.site.root / path).unlink()
            write_files(self.site.root, {path: text_of(path, files[path])})
        run = self.site.run("build", "-j", "1")
        said = run.stdout.splitlines()
        assert (run.exit_code, run.stderr) == (0, problems), run
        assert sum(line.startswith(NOTICE) for line in said) in notices, said
        assert len(said) <= 2, said
        assert tree_of(self.site.root / "site") == tree
        again = self.site.run("build", "-j", "1", "-v")
        assert again.exit_code == 0
        assert "Nothing has changed" in again.stdout, again
        assert tree_of(self.site.root / "site") == tree


def stamp(seen: os.stat_result) -> str:
    """Return what survives copying by links, so that a copy's stamps are trusted."""
    return f"{seen.st_mtime_ns} {seen.st_size} {seen.st_ino} 0"


@pytest.fixture(scope="module")
def worn() -> Iterator[Worn]:
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory(dir=MEMORY) as folder:
        patch.setenv("SOURCE_DATE_EPOCH", NOON)
        patch.setenv("DIGEST_DEBUG", "1")
        work_once(patch)
        let_time_pass(patch, 10)
        for module in (load, nothing_to_do, inputs, prepare, theme):
            patch.setattr(module, "stamp", stamp)
        patch.setattr(build, "WORTHWHILE", 0)  # pages are made from what the store holds of the site
        yield Worn(Path(folder))


def undone(_: Path) -> None:
    """No damage: to see that the test's own machinery is sound."""


def garbage(state: Path) -> None:
    state.write_bytes(b"not a database at all\n" * 500)


def emptied(state: Path) -> None:
    state.write_bytes(b"")


def foreign(state: Path) -> None:
    state.unlink()
    with sqlite3.connect(state) as other:
        other.execute("CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB)")
        other.execute("INSERT INTO meta VALUES ('version', 'mine')")
    other.close()


def strange(state: Path) -> None:
    state.unlink()
    with sqlite3.connect(state) as other:
        other.execute("CREATE TABLE cats (name TEXT)")
    other.close()


def older(state: Path) -> None:
    store = Store(state, key_of(Path(os.environ["XDG_STATE_HOME"]) / "digest"))
    with store.writing():
        store.set_text("version", "0" * 32)
    store.close()


def folder(state: Path) -> None:
    state.unlink()
    (state / "inner").mkdir(parents=True)


def dead_link(state: Path) -> None:
    state.unlink()
    state.symlink_to("nowhere/at-all")


def journal(state: Path) -> None:
    state.with_name(f"{FILE}-journal").write_bytes(os.urandom(4096))


def hot_journal(state: Path) -> None:
    """A journal with a true header that promises pages it does not hold."""
    header = bytes.fromhex("d9d505f920a163d7") + b"\xff\xff\xff\xff" + b"\0" * 8 + b"\0\0\2\0" + b"\0\0\x20\0"
    state.with_name(f"{FILE}-journal").write_bytes(header.ljust(512, b"\0") + b"x" * 9000)


def journal_folder(state: Path) -> None:
    state.with_name(f"{FILE}-journal").mkdir()


@pytest.mark.parametrize("edit", [0, 1, 2])
@pytest.mark.parametrize("damage", [garbage, foreign, strange, older, folder])
def test_what_is_no_state_of_ours_is_dropped_and_said_once(
    worn: Worn, damage: Callable[[Path], None], edit: int
) -> None:
    worn.outlives(damage, edit, notices=(1,))


@pytest.mark.parametrize("edit", [0, 1, 2])
@pytest.mark.parametrize("damage", [undone, emptied, dead_link, journal, hot_journal, journal_folder])
def test_nothing_else_in_the_state_folder_hurts(worn: Worn, damage: Callable[[Path], None], edit: int) -> None:
    worn.outlives(damage, edit)


@pytest.mark.parametrize("edit", [0, 1, 2])
def test_a_state_cut_off_anywhere_is_dropped(worn: Worn, edit: int) -> None:
    size = worn.fresh().stat().st_size
    for at in (1, 16, 99, 100, 1000, 4096, 8192, 8193, size // 3, size // 2, size - 8192, size - 1):
        worn.outlives(lambda state, at=at: os.truncate(state, at), edit)  # type: ignore[misc]


def flip(state: Path, at: int, bit: int) -> None:
    data = bytearray(state.read_bytes())
    data[at % len(data)] ^= 1 << bit
    state.write_bytes(data)


@pytest.mark.parametrize("edit", [0, 1, 2])
def test_a_flipped_bit_anywhere_changes_no_page(worn: Worn, edit: int) -> None:
    flip_everywhere(worn, edit, step=3301)


@pytest.mark.soak
@pytest.mark.parametrize("edit", [0, 1, 2])
def test_a_flipped_bit_anywhere_changes_no_page_for_long(worn: Worn, edit: int) -> None:
    flip_everywhere(worn, edit, step=29)


def flip_everywhere(worn: Worn, edit: int, *, step: int) -> None:
    size = worn.fresh().stat().st_size
    for at in range(edit, size, step):
        try:
            worn.outlives(lambda state, at=at: flip(state, at, at % 8), edit)  # type: ignore[misc]
        except Exception as error:
            error.add_note(f"flipped bit {at % 8} of byte {at} of {size}")
            raise


CHANGES = [
    ("every row", "DELETE FROM {table}"),
    ("a row", "DELETE FROM {table} WHERE {key} = (SELECT {key} FROM {table} ORDER BY {key} DESC LIMIT 1)"),
    ("the table", "DROP TABLE {table}"),
    ("the values, made nothing", "UPDATE {table} SET {value} = NULL"),
    ("the values, made text", "UPDATE {table} SET {value} = 'text'"),
    ("the values, made a number", "UPDATE {table} SET {value} = 7"),
    ("the values, made empty", "UPDATE {table} SET {value} = x''"),
    ("the values, all the first one", "UPDATE {table} SET {value} = (SELECT {value} FROM {table} LIMIT 1)"),
    (
        "the values, turned round",
        (
            "UPDATE {table} SET {value} = (SELECT other.{value} FROM {table} AS other WHERE other.{key} > {table}.{key}"
            " OR {table}.{key} = (SELECT max({key}) FROM {table}) ORDER BY other.{key} LIMIT 1)"
        ),
    ),
]


@pytest.mark.parametrize("change", [words for _, words in CHANGES], ids=[name for name, _ in CHANGES])
@pytest.mark.parametrize("table", TABLES)
def test_no_table_is_trusted(worn: Worn, table: str, change: str) -> None:
    names = {"inputs": ("path", "digest"), "pages": ("out", "value")}
    key, value = names.get(table, ("path" if table in {"heads", "documents", "bounds"} else "name", "value"))
    statement = change.format(table=table, key=key, value=value)

    def damage(state: Path) -> None:
        connection = sqlite3.connect(state)
        with connection:
            done = connection.execute(statement)
        assert done.rowcount or "DROP" in statement
        connection.close()

    for edit in range(3):
        worn.outlives(damage, edit)


def test_a_state_belongs_to_the_versions_of_all_libraries() -> None:
    names = [name.partition("-")[0].lower() for name in installed()]
    assert names == [
        "jinja2",
        "markdown",
        "markupsafe",
        "msgspec",
        "nh3",
        "pydantic",
        "pydantic_core",
        "pyyaml",
        "tzdata",
    ]
    assert all(re.fullmatch(r".*-\d[\w.]*\.dist-info", name) for name in installed())


def test_a_full_disk_is_called_by_its_name_and_the_store_stays_as_it_was(tmp_path: Path) -> None:
    """SQLite has rolled back by itself then; who rolls back again hears of that instead."""
    store = Store(tmp_path / FILE, KEY)
    store.set_text("before", "here")
    store.connection.execute("PRAGMA max_page_count=20")
    with pytest.raises(OSError, match="No space left on device") as raised, store.writing():
        store.set("documents", ((str(number), b"." * 4096) for number in range(1000)))
    assert raised.value.filename == str(tmp_path / FILE)
    assert store.names("documents") == set()
    assert store.text("before") == "here"
