"""An incremental build is a clean build: after any edits, to the byte, with the same problems and the same exit code."""

from __future__ import annotations

import gc
import os
import shutil
from copy import deepcopy
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from digest import build
from digest.executor import WORTHWHILE
from digest.output.manifest import MANIFEST
from tests.support.choices import ARTICLE, CHOICES
from tests.support.site import NOON
from tests.support.tiny import (
    ADDED,
    ASSETS,
    BROKEN,
    FAILING,
    THEME,
    Files,
    folder_of,
    is_needed,
    start,
)
from tests.support.twins import MEMORY, Twins, let_time_pass, tree_of, work_once

HOURS = (0, 1, 4, 7, 12, 24, 36, 24 * 11, 24 * 400, -2, -24 * 20)
FLAGS = (("--drafts",), ("--future",), ("--expired",), ("--base-url", "https://example.org/elsewhere/"), ("--strict",))
GOOD = precondition(lambda self: self.is_good)
DATA = st.data()


def pick(data: st.DataObject, values: object, label: str) -> str:
    found = sorted(values)  # type: ignore[call-overload]
    chosen: str = data.draw(st.sampled_from(found), label=label)
    return chosen


class Editor(RuleBasedStateMachine):
    """Somebody who changes anything, and builds after every change."""

    def __init__(self, folder: Path, fresh: Path, patch: pytest.MonkeyPatch) -> None:
        super().__init__()
        gc.collect()
        gc.freeze()  # what earlier plays left; every build would look through it
        self.patch = patch
        self.twins = Twins(folder / "live", fresh / "clean", start())
        self.is_good = True
        self.past: list[Files] = [start()]
        self.before_mistake = start()
        self.foreign: set[str] = set()

    @property
    def files(self) -> Files:
        return self.twins.files

    @property
    def site(self) -> Path:
        return self.twins.root / "site"

    @initialize(seconds=st.sampled_from((0, 10)), much=st.sampled_from((0, WORTHWHILE)))
    def begin(self, seconds: int, much: int) -> None:
        """Begin long after what was written, or at once; make pages from the store, or few from the site at hand."""
        let_time_pass(self.patch, seconds)
        self.patch.setattr(build, "WORTHWHILE", much)

    # What editors do

    def _in(self, folder: str) -> list[str]:
        return [path for path in self.files if folder_of(path) == folder]

    def _set(self, data: st.DataObject, folder: str, keys: object = None) -> None:
        paths = self._in(folder)
        if not paths:
            return
        path = pick(data, paths, "file")
        key = pick(data, keys or CHOICES[folder], "key")
        others = {*CHOICES[folder][key]} - {self.files[path].get(key, "")}
        self.files[path] = {**self.files[path], key: pick(data, others, "value")}

    def _also_edit(self, data: st.DataObject) -> None:
        """Edit something at the same time, for what disturbs the engine must not hide an edit from it."""
        if self.is_good and data.draw(st.integers(0, 4), label="also"):
            self._set(data, data.draw(st.sampled_from(("content/articles",) * 4 + tuple(CHOICES)), label="folder"))

    @GOOD
    @rule(data=DATA)
    def edit_a_body(self, data: st.DataObject) -> None:
        self._set(data, "content/articles", ("body",))

    @GOOD
    @rule(data=DATA)
    def edit_a_title(self, data: st.DataObject) -> None:
        self._set(data, "content/articles", ("title",))

    @GOOD
    @rule(data=DATA)
    def edit_an_entry(self, data: st.DataObject) -> None:
        self._set(data, "content/articles")

    @GOOD
    @rule(data=DATA)
    def hide_or_show_an_entry(self, data: st.DataObject) -> None:
        self._set(data, "content/articles", ("draft", "date", "embargo", "expires"))

    @GOOD
    @rule(data=DATA)
    def edit_an_actor(self, data: st.DataObject) -> None:
        self._set(data, "content/actors")

    @GOOD
    @rule(data=DATA, folder=st.sampled_from(("content/topics", "content/agreements", "content/pages")))
    def edit_a_record(self, data: st.DataObject, folder: str) -> None:
        self._set(data, folder)

    @GOOD
    @rule(data=DATA)
    def edit_settings(self, data: st.DataObject) -> None:
        self._set(data, "digest.yaml")

    @GOOD
    @rule(data=DATA)
    def edit_several(self, data: st.DataObject) -> None:
        for _ in range(data.draw(st.integers(2, 3), label="edits")):
            self._set(data, pick(data, ("content/articles", "content/actors", "content/topics"), "folder"))

    @GOOD
    @rule(data=DATA)
    def add_an_entry(self, data: st.DataObject) -> None:
        path = f"content/articles/{pick(data, ADDED['content/articles'], 'name')}.md"
        keys = ("title", "speakers", "topics", "agreements", "body")
        self.files.setdefault(path, {key: pick(data, ARTICLE[key], key) for key in keys})

    @GOOD
    @rule(data=DATA)
    def add_a_record(self, data: st.DataObject) -> None:
        folder = pick(data, ADDED.keys() - {"content/articles"}, "folder")
        name = pick(data, ADDED[folder], "name")
        key = "title" if folder == "content/pages" else "name"
        self.files.setdefault(f"{folder}/{name}.md", {key: name.title()})

    @GOOD
    @rule(data=DATA)
    def rename_a_file(self, data: st.DataObject) -> None:
        path = self._loose(data)
        folder = folder_of(path)
        new = f"{folder}/{pick(data, ADDED[folder], 'name')}.md"
        if path and new not in self.files:
            self.files[new] = self.files.pop(path)

    @GOOD
    @rule(data=DATA)
    def delete_a_file(self, data: st.DataObject) -> None:
        self.files.pop(self._loose(data), None)

    def _loose(self, data: st.DataObject) -> str:
        """Draw a file that no other refers to."""
        return pick(
            data, (path for path in self.files if path.endswith(".md") and not is_needed(self.files, path)), "file"
        )

    @GOOD
    @rule(data=DATA)
    def change_the_theme(self, data: st.DataObject) -> None:
        self.files["digest.yaml"]["theme"] = "mine"
        self._toggle(data, pick(data, THEME, "file"), THEME)

    @GOOD
    @rule(data=DATA)
    def change_an_asset(self, data: st.DataObject) -> None:
        self._toggle(data, pick(data, ASSETS, "file"), ASSETS)

    def _toggle(self, data: st.DataObject, path: str, choices: object) -> None:
        """Add a file, change it or remove it."""
        texts = ["", *choices[path]]  # type: ignore[index]
        text = data.draw(st.sampled_from(texts), label="text")
        if text:
            self.files[path] = {"text": text}
        elif not is_needed(self.files, path):
            self.files.pop(path, None)

    # Mistakes, and what mends them

    @GOOD
    @rule(data=DATA)
    def make_a_mistake(self, data: st.DataObject) -> None:
        self.before_mistake = deepcopy(self.files)
        path = pick(data, (path for path in self.files if folder_of(path)), "file")
        key, value = data.draw(st.sampled_from(BROKEN[folder_of(path)]), label="mistake")
        self.files[path] = {**self.files[path], key: value}

    @GOOD
    @rule(data=DATA)
    def break_a_template(self, data: st.DataObject) -> None:
        self.before_mistake = deepcopy(self.files)
        self.files["digest.yaml"]["theme"] = "mine"
        path = pick(data, FAILING, "file")
        self.files[path] = {"text": FAILING[path]}

    @precondition(lambda self: not self.is_good)
    @rule(data=DATA)
    def edit_beside_a_mistake(self, data: st.DataObject) -> None:
        if paths := self._in("content/articles"):
            path = pick(data, paths, "file")
            self.files[path] = {**self.files[path], "summary": pick(data, ("", "Beside."), "summary")}

    @precondition(lambda self: not self.is_good)
    @rule()
    def mend(self) -> None:
        self.twins.files = deepcopy(self.before_mistake)

    @rule(data=DATA)
    def revert(self, data: st.DataObject) -> None:
        self.twins.files = deepcopy(data.draw(st.sampled_from(self.past), label="to"))

    # What is not an edit

    @rule(data=DATA, hours=st.sampled_from(HOURS))
    def let_the_clock_move(self, data: st.DataObject, hours: int) -> None:
        self.twins.epoch = int(NOON) + hours * 3600
        self._also_edit(data)

    @rule(data=DATA, chosen=st.sets(st.sampled_from(FLAGS), max_size=2))
    def give_options(self, data: st.DataObject, chosen: set[tuple[str, ...]]) -> None:
        self.twins.args = tuple(word for flag in sorted(chosen) for word in flag)
        self._also_edit(data)

    @rule(data=DATA)
    def touch(self, data: st.DataObject) -> None:
        os.utime(self.twins.root / pick(data, self.files, "file"))
        self._also_edit(data)

    @rule(data=DATA)
    def write_everything_again(self, data: st.DataObject) -> None:
        self.twins.write_again()
        self._also_edit(data)

    @GOOD
    @rule(path=st.sampled_from(("content/articles/2024-02-05-pact.md", "content/assets/base.txt")))
    def set_the_time_back(self, path: str) -> None:
        """Change a file to another text of the same length, with the time it had."""
        fields = self.files.get(path)
        if fields is None:
            return
        swaps = {"title": ("One", "Two"), "text": ("base", "bass")}
        key = "text" if "text" in fields else "title"
        seen = (self.twins.root / path).stat()
        same = [other for other in swaps[key] if len(other) == len(fields[key]) and other != fields[key]]
        self.files[path] = {**fields, key: same[0] if same else swaps[key][0]}
        self.twins.write()
        os.utime(self.twins.root / path, ns=(seen.st_atime_ns, seen.st_mtime_ns))

    @rule(data=DATA)
    def check(self, data: st.DataObject) -> None:
        self._also_edit(data)
        found, expected = self.twins.run("check"), self.twins.clean("check")
        assert (found.exit_code, found.problems, found.summary) == (
            expected.exit_code,
            expected.problems,
            expected.summary,
        )

    @rule(data=DATA, part=st.sampled_from(("site", ".digest", ".digest/spare", ".digest/state.sqlite")))
    def delete_what_was_made(self, data: st.DataObject, part: str) -> None:
        place = self.twins.root / part
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
        if part == "site":
            self.foreign = set()
        self._also_edit(data)

    @precondition(lambda self: self.site.is_dir())
    @rule(data=DATA, how=st.sampled_from(("same size", "longer", "gone", "folder gone", "link")))
    def tamper_with_the_site(self, data: st.DataObject, how: str) -> None:
        self._tamper(data, self.site, how)

    @precondition(lambda self: (self.twins.root / ".digest/spare").is_dir())
    @rule(data=DATA, how=st.sampled_from(("same size", "longer", "gone", "folder gone", "link")))
    def tamper_with_the_spare_tree(self, data: st.DataObject, how: str) -> None:
        self._tamper(data, self.twins.root / ".digest/spare", how)

    def _tamper(self, data: st.DataObject, tree: Path, how: str) -> None:
        path = pick(data, tree_of(tree).keys() - {MANIFEST} - self.foreign, "file")
        file = tree / path
        match how:
            case "same size":
                file.write_bytes(b"x" * file.stat().st_size)
            case "longer":
                file.write_bytes(file.read_bytes() + b"x")
            case "gone":
                file.unlink()
            case "folder gone" if "/" in path:
                shutil.rmtree(file.parent)
                self.foreign -= {name for name in self.foreign if not (self.site / name).exists()}
            case _:
                file.unlink()
                file.symlink_to(tree / MANIFEST)
        self._also_edit(data)

    @precondition(lambda self: self.site.is_dir())
    @rule(data=DATA, path=st.sampled_from(("foreign.txt", "articles/foreign.txt", "own/foreign.txt")))
    def add_a_file_to_the_site(self, data: st.DataObject, path: str) -> None:
        (self.site / path).parent.mkdir(exist_ok=True)
        (self.site / path).write_text("foreign")
        self.foreign.add(path)
        self._also_edit(data)

    # What must hold

    @invariant()
    def is_a_clean_build(self) -> None:
        self.twins.write()
        before = tree_of(self.site)
        found, expected = self.twins.run("build"), self.twins.clean("build")
        self.is_good = expected.exit_code == 0
        assert (found.exit_code, found.problems) == (expected.exit_code, expected.problems)
        assert found.summary == expected.summary
        if not self.is_good:
            assert found.tree == before
            return
        own = {path: digest for path, digest in found.tree.items() if path not in self.foreign}
        wrong = {path for path in own.keys() | expected.tree.keys() if own.get(path) != expected.tree.get(path)}
        assert not wrong
        assert self.foreign <= found.tree.keys()
        assert self.twins.run("build") == found
        self.past = [*self.past[-3:], deepcopy(self.files)]


def play(folder: Path, *, runs: int, edits: int, number: int | None = None) -> None:
    """Let an editor work; the same `number` gives the same edits, none gives others each time."""
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory(dir=MEMORY) as fresh:
        patch.setenv("SOURCE_DATE_EPOCH", NOON)
        patch.setenv("DIGEST_DEBUG", "1")
        work_once(patch)
        editor = partial(Editor, folder, Path(fresh), patch)
        run_state_machine_as_test(
            editor if number is None else seed(number)(editor),  # type: ignore[arg-type] # any maker of machines will do
            settings=settings(
                max_examples=runs,
                stateful_step_count=edits,
                database=None,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                print_blob=True,
            ),
        )


@pytest.mark.timeout(900)
@pytest.mark.parametrize("number", range(6))  # six, so that they are shared out
def test_an_incremental_build_is_a_clean_build(tmp_path: Path, number: int) -> None:
    play(tmp_path, runs=10, edits=15, number=number)


@pytest.mark.soak
@pytest.mark.parametrize("share", range(8))  # of a thousand; each gives other edits every time
def test_an_incremental_build_is_a_clean_build_for_long(tmp_path: Path, share: int) -> None:  # noqa: ARG001
    play(tmp_path, runs=125, edits=20)
