"""What is measured: steps, each a preparation, a build, and a look at what came out."""

from __future__ import annotations

import re
import shutil
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.edits import add_entry, edit_actor, edit_body, edit_title, some_days_work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from benchmarks.edits import Change, Shown
    from benchmarks.tools import Tool

RENDERED = re.compile(r"([\d,]+) (?:pages? )?rendered|rendered ([\d,]+)")
WRITTEN = re.compile(r"([\d,]+) files? written")


@dataclass(frozen=True, slots=True)
class Site:
    """A tool's site in a folder."""

    tool: Tool
    root: Path

    @property
    def output(self) -> Path:
        return self.root / self.tool.output

    @property
    def state(self) -> Path:
        return self.root / self.tool.state


@dataclass(frozen=True, slots=True)
class Prepared:
    """A site ready to be built, and what its pages must then show."""

    site: Site
    shown: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """Prepares a site for a build. The word given to `prepare` is new to the site."""

    name: str
    prepare: Callable[[Site, str], Prepared]


def cold(site: Site, _: str) -> Prepared:
    """Leave nothing of an earlier build."""
    shutil.rmtree(site.output, ignore_errors=True)
    shutil.rmtree(site.state, ignore_errors=True)
    return Prepared(site)


def again(site: Site, _: str) -> Prepared:
    return Prepared(site)


def after(edit: Callable[[Path, str], Change]) -> Callable[[Site, str], Prepared]:
    return lambda site, word: Prepared(site, (edit(site.root, word).apply(),))


def publish(site: Site, word: str) -> Prepared:
    """Stand where a publish in CI stands: content checked out anew, the state from a cache, no pages, ten edits."""
    root = site.root.with_name(f"{site.root.name}-ci")
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(site.root, root, copy_function=shutil.copyfile, ignore=ours(site))
    through_tar(site.state, root)
    return Prepared(Site(site.tool, root), tuple(change.apply() for change in some_days_work(root, word)))


def ours(site: Site) -> Callable[[str, list[str]], set[str]]:
    """Return what tells `copytree` to leave out what the tool has written."""
    names = {site.tool.output, site.tool.state}
    return lambda folder, _: names if folder == str(site.root) else set()


def through_tar(folder: Path, root: Path) -> None:
    """Copy a folder as a CI cache does, through an archive: new inodes, times in whole seconds."""
    if not folder.exists():
        return
    archive = root.with_suffix(".tar")
    with tarfile.open(archive, "w", format=tarfile.GNU_FORMAT) as tar:
        tar.add(folder, folder.name)
    with tarfile.open(archive) as tar:
        tar.extractall(root, filter="tar")
    archive.unlink()


COLD = Step("cold", cold)
STEPS = {
    "digest": (
        COLD,
        Step("no-op", again),
        Step("body", after(edit_body)),
        Step("title", after(edit_title)),
        Step("actor", after(edit_actor)),
        Step("entry", after(add_entry)),
        Step("publish", publish),
    ),
    "hugo": (COLD, Step("again", again)),
    "pelican": (COLD,),
    "eleventy": (COLD,),
}
"""The steps of a repetition, in their order: each finds what those before it have left."""


def number(pattern: re.Pattern[str], text: str) -> int:
    """Return the last number that the pattern finds, or -1."""
    found = [next(filter(None, match.groups())) for match in pattern.finditer(text)]
    return int(found[-1].replace(",", "")) if found else -1


def problem(prepared: Prepared) -> str:
    """Return what is missing in the site that was built, or nothing."""
    output = prepared.site.output
    missing = [
        f"{shown.word} is not in {name}"
        for shown in prepared.shown
        for name in shown.files
        if not holds(output / name, shown.word)
    ]
    if not (output / "index.html").is_file():
        missing.append("there is no index.html")
    return "; ".join(missing)


def showing(prepared: Prepared) -> int:
    """Return how many pages hold a new word; -1 if there is none to look for."""
    if not prepared.shown:
        return -1
    words = [shown.word.encode() for shown in prepared.shown]
    return sum(any(word in text for word in words) for text in texts(prepared.site.output.rglob("*.html")))


def texts(files: Iterable[Path]) -> Iterator[bytes]:
    for file in files:
        yield file.read_bytes()


def holds(file: Path, word: str) -> bool:
    return file.is_file() and word.encode() in file.read_bytes()


def sizes(folder: Path, ending: str = "") -> list[int]:
    """Return the size in bytes of each file below the folder whose name ends so."""
    return [file.lstat().st_size for file in folder.rglob(f"*{ending}") if file.is_file() and not file.is_symlink()]
