"""A site kept up to date is the site prepared anew, whatever an editor does."""

from __future__ import annotations

import random
import shutil
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from digest.config import Show, load
from digest.engine.jobs import Job, JobContext, JobResult, make
from digest.engine.session import Session
from digest.executor import Serial
from digest.linking.link import Linked
from digest.linking.site import Site as Linkage
from digest.pages.plan import page_at
from digest.pages.routes import url_of
from digest.prepare import prepare
from digest.preview.live import LiveSite, live
from digest.state.store import FILE, Store
from digest.values import replaced
from tests.support.choices import CHOICES
from tests.support.site import KEY, NOON, THEMES
from tests.support.tiny import ADDED, ASSETS, BROKEN, Files, folder_of, start, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.config import Config
    from digest.prepare import Whole

SHOWN = Show(drafts=True, future=True)
CLOCK = 2**62
"""A time after which every stamp is settled; file systems count no further."""
CONTENT = [folder for folder in CHOICES if folder.startswith("content/")]


class Editor:
    """Somebody who writes into a folder; the names of what changed are what a watcher would report."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root, self.chance = root, random.Random(seed)
        self.files: Files = start()
        for path in self.files:
            self.write(path)

    def write(self, path: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text_of(path, self.files[path]), encoding="utf-8")

    def paths(self) -> list[str]:
        return sorted(path for path in self.files if folder_of(path) in CONTENT)

    def edit(self) -> set[str]:
        """Change one thing; return the paths it concerns."""
        doings = (
            self.set_key,
            self.set_key,
            self.set_key,
            self.blunder,
            self.add,
            self.remove,
            self.rename,
            self.asset,
        )
        return self.chance.choice(doings)()

    def set_key(self) -> set[str]:
        path = self.chance.choice(self.paths())
        choices = CHOICES[folder_of(path)]
        key = self.chance.choice(sorted(choices))
        return self.put(path, key, self.chance.choice(choices[key]))

    def blunder(self) -> set[str]:
        path = self.chance.choice(self.paths())
        return self.put(path, *self.chance.choice(BROKEN[folder_of(path)]))

    def put(self, path: str, key: str, value: str) -> set[str]:
        self.files[path] = {**self.files[path], key: value}
        self.write(path)
        return {path}

    def add(self) -> set[str]:
        folder = self.chance.choice(sorted(ADDED))
        path = f"{folder}/{self.chance.choice(ADDED[folder])}.md"
        like = self.chance.choice([known for known in self.paths() if folder_of(known) == folder] or [""])
        self.files[path] = {**self.files.get(like, {"title": "New", "name": "New"})}
        self.write(path)
        return {path}

    def remove(self) -> set[str]:
        path = self.chance.choice(
            [path for path in self.paths() if len(self.paths()) > 6 or "/articles/" in path] or [""]
        )
        if path:
            del self.files[path]
            (self.root / path).unlink()
        return {path} - {""}

    def rename(self) -> set[str]:
        old = self.chance.choice(self.paths())
        new = f"{folder_of(old)}/{self.chance.choice(ADDED[folder_of(old)])}.md"
        self.files[new] = self.files.pop(old)
        (self.root / old).unlink()
        self.write(new)
        return {old, new}

    def asset(self) -> set[str]:
        path = self.chance.choice(sorted(ASSETS))
        if self.chance.random() < 0.3 and path in self.files:
            del self.files[path]
            (self.root / path).unlink()
        else:
            self.files[path] = {"text": self.chance.choice(ASSETS[path])}
            self.write(path)
        return {path}


def config_of(root: Path, show: Show) -> Config:
    now = datetime.fromtimestamp(int(NOON), UTC)
    config, problems = load(root, path=root / "digest.yaml", now=now, show=show, trusted=THEMES)
    assert config, problems
    return config


def fresh(root: Path, config: Config, name: str) -> tuple[Whole, Session]:
    store = Store(root.parent / f"{name}-{FILE}", KEY)
    session = Session(store=store, executor=Serial(), clock=CLOCK, forget=False)
    return prepare(config, session), session


def assert_same(kept: LiveSite, root: Path) -> None:
    """Compare with what reading and linking everything gives."""
    wanted, session = fresh(root, kept.config, "fresh")
    linked = wanted.linked
    for field in fields(Linkage):
        if field.name not in {"entries", "quotations", "details", "memo", "config"}:
            assert in_order(getattr(kept.site, field.name)) == in_order(getattr(linked.site, field.name)), field.name
    assert [*kept.site.entries] == [*linked.site.entries]
    for entry, other in zip(kept.site.entries.values(), linked.site.entries.values(), strict=True):
        # A revision says by which names an entry was bound, also where others would bind it the same.
        assert replaced(entry, revision=other.revision) == other
        assert kept.site.quotations[entry.revision] == linked.site.quotations[other.revision]
        assert kept.site.details[entry.revision] == linked.site.details[other.revision]
    for field in fields(Linked):
        if field.name not in {"site", "binding", "problems"}:
            assert getattr(kept.linked, field.name) == getattr(linked, field.name), field.name
    assert kept.name_index.digest == wanted.corpus.name_index.digest
    assert kept.diagnostics == wanted.diagnostics
    session.store.close()
    session.store.path.unlink()


def in_order(value: object) -> object:
    return list(value.items()) if isinstance(value, dict) else value


@pytest.mark.parametrize("seed", range(28, 32))
@pytest.mark.parametrize("show", [SHOWN, Show()], ids=["all", "published"])
def test_what_is_kept_is_what_is_made_anew(tmp_path: Path, seed: int, show: Show) -> None:
    root = tmp_path / "site"
    editor = Editor(root, seed)
    prepared, session = fresh(root, config_of(root, show), "kept")
    kept = live(prepared, session)
    assert_same(kept, root)
    for _ in range(20):
        paths = editor.edit()
        for _ in range(editor.chance.choice((0, 0, 0, 2))):
            paths |= editor.edit()
        kept.update(None if editor.chance.random() < 0.1 else paths, clock=CLOCK)
        assert_same(kept, root)
        assert kept.update(paths, clock=CLOCK) == frozenset()
    session.store.close()
    again, session = fresh(root, kept.config, "kept")  # what the store holds is right for the next start, too
    assert again.diagnostics == kept.diagnostics
    assert again.parsed == ()
    session.store.close()
    shutil.rmtree(root)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[LiveSite]:
    root = tmp_path / "site"
    Editor(root, 0)
    prepared, session = fresh(root, config_of(root, SHOWN), "kept")
    yield live(prepared, session)
    session.store.close()


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the files that are read, or bound again, each time."""
    paths: list[str] = []

    def counted(desk: JobContext, job: Job) -> JobResult:
        paths.append(job.source.path)
        return make(desk, job)

    monkeypatch.setattr("digest.engine.read_content.make", counted)
    return paths


def edited(kept: LiveSite, path: str, old: str, new: str) -> frozenset[str]:
    file = kept.config.root / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    return kept.update([path], clock=CLOCK)


def test_an_edit_of_an_entry_reads_that_entry(kept: LiveSite, done: list[str]) -> None:
    before, path = kept.site, "content/articles/2024-01-10-base.md"
    assert edited(kept, path, "title: Base", "title: Basis") == {path}
    assert done == [path]
    assert kept.site.actors is before.actors
    assert kept.site.index.order is before.index.order


def test_an_edit_of_an_office_binds_no_entry_again(kept: LiveSite, done: list[str]) -> None:
    path = "content/actors/ann.md"
    edited(kept, path, "title: Envoy", "title: Judge")
    assert done == [path, path]  # read, then bound


def test_a_new_alias_binds_only_what_holds_its_word(kept: LiveSite, done: list[str]) -> None:
    path = "content/actors/bob.md"
    edited(kept, path, "name: Bob Ray", "name: Bob Ray\naliases: [again]")
    # The two that say “never again”, the old and the new names in the others, and what the actor's own words are.
    assert {*done} < {*kept.heads}
    assert "content/pages/about.md" not in done
    assert_same(kept, kept.config.root)


def test_what_did_not_change_is_not_read(kept: LiveSite, done: list[str]) -> None:
    path = kept.config.root / "content/articles/2024-01-10-base.md"
    path.touch()
    assert kept.update([path.relative_to(kept.config.root).as_posix()], clock=CLOCK) == frozenset()
    assert kept.update(None, clock=CLOCK) == frozenset()
    assert (
        kept.update(["content/articles/nowhere.md", "content/../digest.yaml", "elsewhere"], clock=CLOCK) == frozenset()
    )
    assert done == []


@pytest.mark.parametrize("seed", range(4))
def test_every_planned_page_is_at_its_address_and_no_other(tmp_path: Path, seed: int) -> None:
    root = tmp_path / "site"
    editor = Editor(root, seed)
    for _ in range(30):
        editor.edit()
    prepared, session = fresh(root, config_of(root, SHOWN), "kept")
    planned = {url_of(page): (page, source) for page, source in reversed(prepared.planned)}
    for url, wanted in planned.items():
        assert page_at(prepared.site, url) == wanted
    for url in planned:
        for other in (f"{url}page/2/", f"{url}page/1/", f"{url}x/", url.rstrip("/"), f"/{url}", url.upper()):
            assert (page_at(prepared.site, other) is not None) == (other in planned), other
    session.store.close()


COLLISIONS = {
    "an old address": ("content/topics/aid.md", "---\nname: Aid\nredirect_from: [/actors/ann/]\n---\n"),
    "an asset": ("content/archive/index.html", "mine"),
    "a free page": ("content/pages/who.md", "---\ntitle: Who\n---\n"),
    "an entry": ("content/articles/2024-02-07-moved.md", "---\ntitle: Moved\nslug: gone\n---\n"),
    "a record": ("content/actors/carl.md", "---\nname: Carl\n---\n"),
    "a list that grows": (
        "content/articles/2024-02-07-more.md",
        "---\ntitle: More\ntopics: [food]\n---\n",
    ),
    "a month": ("content/articles/2022-07-01-month.md", "---\ntitle: Month\n---\n"),
}
"""Files that bring one address twice, by what they claim it as; `OLD` claims most of them already."""

OLD = "[/who/, /articles/2024/02/gone/, /actors/carl/, /topics/food/page/1/, /archive/2022/07/]"


@pytest.mark.parametrize("what", COLLISIONS)
def test_one_address_twice_is_a_problem_as_long_as_it_is_so(kept: LiveSite, what: str) -> None:
    root = kept.config.root
    path, text = COLLISIONS[what]
    for number in range(1, 3):
        file = root / f"content/articles/2023-01-0{number}-food{number}.md"
        file.write_text("---\ntitle: Food\ntopics: [food]\n---\n", encoding="utf-8")
    edited(kept, "content/pages/about.md", "title: About", f"title: About\nredirect_from: {OLD}")
    kept.update(None, clock=CLOCK)
    before = kept.diagnostics
    assert "same-address" not in {problem.code for problem in before}
    standing = (root / path).read_bytes() if (root / path).exists() else None
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")
    kept.update([path], clock=CLOCK)
    assert "same-address" in {problem.code for problem in kept.diagnostics}
    assert_same(kept, root)
    if standing is None:
        (root / path).unlink()
    else:
        (root / path).write_bytes(standing)
    kept.update([path], clock=CLOCK)
    assert kept.diagnostics == before
