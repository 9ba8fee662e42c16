"""The same content gives the same bytes, whoever built it, with how many hands, and what was there before."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from digest import cluster as dask
from digest import executor
from digest.engine import read_content
from tests.support.cluster import cluster
from tests.support.sample import build
from tests.support.site import NOON, read_tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from digest.content.load import Source
    from tests.support.site import Site

ENTRIES = 450
SPEAKERS = 12


def files() -> dict[str, str]:
    """Return a digest of more files than one process reads alone, with ties everywhere: days, counts and names."""
    found = {"digest.yaml": "title: Many\npage_size: 20\n"}
    for number in range(SPEAKERS):
        found[f"content/actors/a{number}.md"] = (
            f"---\nname: Same Name {number % 3} {number}\naliases: [Alias {number}]\n---\nNear [[a{(number + 1) % SPEAKERS}]].\n"
        )
        found[f"content/topics/t{number}.md"] = f"---\nname: Topic {number % 3}\n---\n"
        found[f"content/agreements/g{number}.md"] = (
            f"---\nname: Agreement {number}\nparties: [a{number}]\nevents: [{{date: 2020, event: signed}}]\n---\n"
        )
    for number in range(ENTRIES):
        one, other = number % SPEAKERS, (number * 7 + 1) % SPEAKERS
        found[f"content/articles/2023-{number % 12 + 1:02}-{number % 3 + 1:02}-e{number}.md"] = (
            f"---\ntitle: Entry {number}\nspeakers: [a{other}]\ntopics: [t{one}]\nagreements: [g{other}]\n---\n"
            f"Alias {one} spoke.[^n]\n\n> Words {number}\n> — [[a{one}]], a talk {{about=g{one}}}\n\n[^n]: Note {number}\n"
        )
    return found


def write(root: Path, content: dict[str, str], *, seed: int) -> Path:
    order = list(content)
    random.Random(seed).shuffle(order)
    for path in order:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content[path], encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The site of `files`, built by one process."""
    root = write(tmp_path_factory.mktemp("one") / "root", files(), seed=1)
    return read_tree(build(root, "-j", "1", environment={"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": NOON}))


class Machine(NamedTuple):
    """What differs from one machine to the next, and should not be seen; `order` is that of making files."""

    jobs: int
    order: int
    umask: int
    environment: Mapping[str, str]


MACHINES = [
    Machine(2, 2, 0o022, {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Asia/Tokyo"}),
    Machine(5, 3, 0o077, {"PYTHONHASHSEED": "2", "LC_ALL": "tr_TR.UTF-8", "TZ": "America/Los_Angeles"}),
    Machine(1, 4, 0o002, {"PYTHONHASHSEED": "3", "LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONUTF8": "0", "LANG": "POSIX"}),
]


def build_at_noon(root: Path, machine: Machine, *args: str) -> dict[str, bytes]:
    environment = {**machine.environment, "SOURCE_DATE_EPOCH": NOON}
    return read_tree(build(root, "-j", str(machine.jobs), *args, environment=environment, umask=machine.umask))


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: f"{machine.jobs} jobs")
def test_no_machine_changes_a_byte(built: dict[str, bytes], tmp_path: Path, machine: Machine) -> None:
    """Cold, and warm after edits that are taken back; some of so many that workers take part."""
    assert len(files()) > executor.WORTHWHILE
    root = write(tmp_path / "root", files(), seed=machine.order)
    assert build_at_noon(root, machine) == built
    write(
        root, {path: text.replace("Alias", "Nobody").replace("Entry", "News") for path, text in files().items()}, seed=0
    )
    other = build_at_noon(root, machine)
    assert other.keys() == built.keys()
    assert other != built
    write(root, files(), seed=machine.order)
    assert build_at_noon(root, machine) == built


def test_many_texts_are_edited_at_once_without_a_word(tmp_path: Path) -> None:
    """More than one process reads alone, all at once, with nothing else changed: nothing is said, and all is right."""
    root = write(tmp_path / "root", files(), seed=6)
    build_at_noon(root, MACHINES[0])
    edited = {path: f"{text}\nMore of [[a1]].\n" for path, text in files().items() if "/articles/" in path}
    write(root, edited, seed=0)
    command = [sys.executable, "-m", "digest", "build", "-C", str(root), "-j", "2", "--verify", "-q"]
    done = subprocess.run(
        command, env={**os.environ, "SOURCE_DATE_EPOCH": NOON}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(("edited", "whole"), [(2, 0), (3, 1)])
def test_what_workers_would_read_is_read_in_full(
    site: Site, monkeypatch: pytest.MonkeyPatch, edited: int, whole: int
) -> None:
    """They may not look names up in a store that this process writes to, as the way for a few texts does."""
    paths = [f"content/articles/2024-01-0{number}-e{number}.md" for number in range(1, 5)]
    for path in paths:
        site.write(path, "---\ntitle: Entry\n---\nText.\n")
    assert site.build().exit_code == 0
    full: list[object] = []
    monkeypatch.setattr(read_content, "WORTHWHILE", 3)
    read = read_content.Reader.read

    def counted(reader: read_content.Reader, sources: Iterable[Source]) -> read_content.Corpus:
        full.append(reader)
        return read(reader, sources)

    monkeypatch.setattr(read_content.Reader, "read", counted)
    for path in paths[:edited]:
        site.write(path, "---\ntitle: Entry\n---\nOther text.\n")
    assert site.build().exit_code == 0
    assert len(full) == whole
    assert "Other text." in site.out("articles/2024/01/e1/index.html")


def test_a_cluster_makes_the_same_bytes(built: dict[str, bytes], tmp_path: Path) -> None:
    """Two worker processes of Dask, cold and after an edit."""
    root = write(tmp_path / "root", files(), seed=5)
    with cluster() as address:
        assert address.startswith("tcp://127.0.0.1:")
        remote = ("--executor", "dask", "--scheduler", address)
        assert build_at_noon(root, MACHINES[0], *remote) == built
        name = "content/actors/a0.md"
        write(root, {name: files()[name].replace("Same Name", "Another Name")}, seed=0)
        edited = build_at_noon(root, MACHINES[0], *remote, "--verify")
    assert edited != built
    shutil.rmtree(root / ".digest")
    assert build_at_noon(root, MACHINES[2]) == edited


def test_a_cluster_that_does_not_answer_is_said_in_a_line(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    -- content/articles/2024-01-01-one.md --
    ---
    title: One
    ---
    """
    monkeypatch.setattr(dask, "_PATIENCE", "1s")
    for address in ("tcp://127.0.0.1:9", "nonsense://x", "not an address"):
        run = site.run("build", "--executor", "dask", "--scheduler", address)
        assert run.exit_code == 3, run
        assert run.stderr.splitlines() == [f"digest: no Dask scheduler answers at {address}"]
    assert not (site.root / "site").exists()


def test_problems_come_in_the_same_order_from_several_workers(site: Site) -> None:
    for path, text in files().items():
        site.write(path, text.replace("speakers: [a1]", "speakers: [a1, nobody]").replace("[^n]: Note 7", ""))
    found = [site.run("check", "--format", "json", "-j", jobs).stdout for jobs in ("1", "2")]
    assert found[0] == found[1]
    assert found[0].count('"code"') > 30


CHANGES = [
    ("content/articles/2023-01-01-e0.md", None),
    ("content/articles/2024-01-01-new.md", "---\ntitle: New\nspeakers: [a0]\n---\n[[a1|“Words”]]\n"),
    ("content/articles/2023-02-02-e1.md", "---\ntitle: Renamed\nslug: elsewhere\nredirect_from: [/old/]\n---\n"),
    ("content/actors/a2.md", "---\nname: Another Name\nnames: [{name: Old Name, to: 2023-06}]\n---\n"),
    ("content/topics/t4.md", "---\nname: Topic\nbroader: t5\n---\n"),
    (
        "content/agreements/g3.md",
        "---\nname: Agreement 3\nparties: [a3]\nevents: [{date: 2020, event: signed}, {date: 2021, event: terminated}]\n---\n",
    ),
    ("digest.yaml", "title: Other\npage_size: 7\nbase_url: https://example.org/x/\n"),
]


def test_a_site_built_after_a_change_is_the_one_built_anew(site: Site) -> None:
    """Whatever was there before, and whether or not the state is deleted."""
    content = {
        path: text for path, text in files().items() if "articles" not in path or "2023-01" in path or "2023-02" in path
    }
    for path, text in content.items():
        site.write(path, text)
    site.build()
    for path, change in CHANGES:
        if change is None:
            site.delete(path)
        else:
            site.write(path, change)
        site.build()
        incremental = site.outputs()
        shutil.rmtree(site.root / "site")
        shutil.rmtree(site.root / ".digest")
        site.build()
        assert site.outputs() == incremental, path
