"""A program that builds a site, to be disturbed again and again, and what must hold of the site whatever was done.

Each time the inputs and the site before are made anew from a template. A site is whole if it is the old one or the one
that a clean build makes, and the next build must need no help.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING

from tests.support import faults, publishing
from tests.support.faults import Call, fingerprint
from tests.support.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import ExitStack
    from pathlib import Path

    from tests.support.forks import Ended, Program

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
MANY = {f"many/{number}/index.html": f"{number}{'.' * 8000}" for number in range(40)}
PUBLISH = "from tests.support.publishing import run; run()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """A program that builds `case/site` from inputs in `case`, made anew from a template each time."""

    folder: Path
    program: Program
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
            return f"{len(found or {})} files that are neither the old site nor the new one"
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


def publisher(
    folder: Path,
    programs: ExitStack,
    *,
    kind: str,
    writer: str = "careful",
    more: Mapping[str, str] = MappingProxyType({}),
    before: str = "",
) -> Battery:
    """Return a battery of the publisher alone, which is quick; `more` pages differ between old and new."""
    empty = Battery(
        folder=folder,
        program=programs.enter_context(
            faults.in_years("from tests.support.publishing import run", before + PUBLISH, str(folder / "case"), writer)
        ),
        again=lambda root: publishing.main(root, writer),
        old=None,
        new={},
    )
    return prepared(
        empty,
        kind=kind,
        old=lambda root: want(root, OLD | dict(more)),
        new=lambda root: want(root, {**NEW, **{path: text[::-1] for path, text in more.items()}}),
    )


def command(folder: Path, programs: ExitStack, *, kind: str, before: str = "", settings: str = "title: T\n") -> Battery:
    """Return a battery of `digest build`."""
    entry = "---\ntitle: {0}\n---\n{0}\n"
    digest = {"digest.yaml": settings, "content/articles/2024-01-01-a.md": entry.format("A")}

    def old(root: Path) -> None:
        write_files(root, {**digest, "content/articles/2024-02-01-b.md": entry.format("B")})

    def new(root: Path) -> None:
        (root / "content/articles/2024-02-01-b.md").unlink(missing_ok=True)
        write_files(root, {**digest, "content/articles/2024-01-02-c.md": entry.format("C")})

    empty = Battery(
        folder=folder,
        program=programs.enter_context(faults.digest("build", "-q", "-j1", "-C", str(folder / "case"), before=before)),
        again=lambda root: Site(root).build(),
        old=None,
        new={},
    )
    return prepared(empty, kind=kind, old=old, new=new)
