"""Whatever ends a build, and wherever: the site is whole, the old one or the new one, and the next build needs no help.

A program is killed, or told that the disk failed, at every system call that changes something. A writer that clears
the site and writes it in place goes through the same, to show that these tests can fail. What they show is about
processes that end; a machine that loses power may also lose what it had not written to the disk yet.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from tests.support import faults, publishing
from tests.support.faults import Call, Ended, fingerprint
from tests.support.site import NOON, Site

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

OLD = {
    "index.html": "old",
    "same.html": "same",
    "a/index.html": "a",
    "a/gone/index.html": "gone",
    "file": "will be a folder",
    "folder/index.html": "will be a file",
}
NEW = {
    "index.html": "new",
    "same.html": "same",
    "a/index.html": "a",
    "b/new/index.html": "new",
    "file/index.html": "was a file",
    "folder": "was a folder",
}
ERRORS = ("ENOSPC", "EIO", "EACCES")
KINDS = ("full", "incremental")

needs_strace = pytest.mark.skipif(bool(faults.why_not()), reason=faults.why_not())


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """A program that builds `case/site` from inputs in `case`, made anew from a template each time."""

    folder: Path
    program: list[str]
    again: Callable[[Path], object]
    """Builds the site once more, in this process."""
    old: Mapping[str, str] | None
    """What the site may hold but for `new`, which is what a clean build makes of the inputs."""
    new: Mapping[str, str]

    @property
    def template(self) -> Path:
        return self.folder / "template"

    @property
    def case(self) -> Path:
        return self.folder / "case"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def calls(self) -> list[Call]:
        faults.copy(self.template, self.case)
        return faults.calls(self.program, self.case, self.log)

    def killed(self, call: Call) -> str:
        """Kill the program at a call; returns what is wrong then."""
        faults.copy(self.template, self.case)
        faults.killed_at(call, self.program, self.log)
        return about(f"killed at {call.text}", self.complaint())

    def failed(self, call: Call, error: str) -> str:
        """Let a call fail; returns what is wrong with how the program ends or with what it leaves."""
        faults.copy(self.template, self.case)
        ended = faults.failing_at(call, self.program, self.log, error=error)
        return about(f"{error} at {call.text}", self.bad_end(ended) or self.complaint())

    def bad_end(self, ended: Ended) -> str:
        if (ended.code, ended.stderr) == (0, ""):
            return "" if fingerprint(self.case / "site") == self.new else "it said nothing, and nothing was done"
        told = ended.stderr.startswith("digest: ") and ended.stderr.count("\n") == 1 and str(self.case) in ended.stderr
        return "" if ended.code == 3 and told else f"{ended}"

    def complaint(self) -> str:
        """Say what is wrong with the site, or with the next build; empty if nothing is."""
        found = fingerprint(self.case / "site")
        if found not in (self.old, self.new):
            return f"neither the old site nor the new one: {found}"
        self.again(self.case)
        if fingerprint(self.case / "site") != self.new:
            return "the next build made something else than a clean one"
        left = {path.name for path in self.case.iterdir()} - {path.name for path in self.template.iterdir()}
        return f"left behind: {left}" if left - {"site", ".digest"} else ""


def about(what: str, complaint: str) -> str:
    return complaint and f"{what}: {complaint}"


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def want(root: Path, files: Mapping[str, str]) -> None:
    shutil.rmtree(root / "wanted", ignore_errors=True)
    write_files(root / "wanted", files)


def prepared(battery: Battery, *, kind: str, old: Callable[[Path], None], new: Callable[[Path], None]) -> Battery:
    """Make the template (for an incremental build: a site made from the old inputs) and the site to expect."""
    clean = battery.folder / "clean"
    new(clean)
    battery.again(clean)
    expected = dict(fingerprint(clean / "site") or {})
    if kind == "incremental":
        old(battery.template)
        battery.again(battery.template)
        (battery.template / "site" / "CNAME").write_text("example.org")
        expected["CNAME"] = sha256(b"example.org").hexdigest()
    new(battery.template)
    return replace(battery, old=fingerprint(battery.template / "site"), new=expected)


def publisher(folder: Path, *, kind: str, writer: str = "careful") -> Battery:
    """Return a battery of the publisher alone, which starts quickly."""
    empty = Battery(
        folder=folder,
        program=[sys.executable, "-m", "tests.support.publishing", str(folder / "case"), writer],
        again=lambda root: publishing.main(root, writer),
        old=None,
        new={},
    )
    return prepared(empty, kind=kind, old=lambda root: want(root, OLD), new=lambda root: want(root, NEW))


def command(folder: Path, *, kind: str) -> Battery:
    """Return a battery of `digest build`."""
    entry = "---\ntitle: {0}\n---\n{0}\n"
    digest = {"digest.yaml": "title: T\n", "content/articles/2024-01-01-a.md": entry.format("A")}

    def old(root: Path) -> None:
        write_files(root, {**digest, "content/articles/2024-02-01-b.md": entry.format("B")})

    def new(root: Path) -> None:
        (root / "content/articles/2024-02-01-b.md").unlink(missing_ok=True)
        write_files(root, {**digest, "content/articles/2024-01-02-c.md": entry.format("C")})

    empty = Battery(
        folder=folder,
        program=[sys.executable, "-m", "digest", "build", "-q", "-j1", "-C", str(folder / "case")],
        again=lambda root: Site(root).build(),
        old=None,
        new={},
    )
    return prepared(empty, kind=kind, old=old, new=new)


def sample(calls: list[Call], count: int) -> list[Call]:
    """Take the exchange, and some calls from all the way."""
    exchanges = [call for call in calls if call.name.startswith("rename")]
    return [*exchanges, *calls[:: max(1, len(calls) // count)]]


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOON)


@needs_strace
@pytest.mark.parametrize("kind", KINDS)
def test_the_publisher_killed_at_any_call_leaves_a_whole_site(tmp_path: Path, kind: str) -> None:
    battery = publisher(tmp_path, kind=kind)
    before = fingerprint(battery.template)
    calls = battery.calls()
    assert {"write", "mkdir", "openat"} < {call.name for call in calls}
    assert [complaint for call in calls if (complaint := battery.killed(call))] == []
    assert fingerprint(battery.template) == before, "a file was written in place"


@needs_strace
@pytest.mark.parametrize("kind", KINDS)
def test_the_command_killed_at_some_calls_leaves_a_whole_site(tmp_path: Path, kind: str) -> None:
    battery = command(tmp_path, kind=kind)
    assert [complaint for call in sample(battery.calls(), 4) if (complaint := battery.killed(call))] == []


@needs_strace
@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", KINDS)
def test_the_command_killed_at_any_call_leaves_a_whole_site(tmp_path: Path, kind: str) -> None:
    battery = command(tmp_path, kind=kind)
    assert [complaint for call in battery.calls() if (complaint := battery.killed(call))] == []
