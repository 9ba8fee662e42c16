"""What a build did: how much it read, rendered and wrote, and which files of the site it made anew."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.site import Run, Site

_COUNTS = re.compile(r"(\d+) files? read, (\d+) pages? rendered")
_FILES = re.compile(r"\((\d+) files written, \d+ unchanged, (\d+) removed\)")


class Work(NamedTuple):
    """How many files were read, pages rendered, files written and removed; `made` are the files that are new inodes."""

    read: int
    rendered: int
    written: int
    removed: int
    made: frozenset[str]


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """Return inode and time of each file below a folder, but the manifest, which every publication writes."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".digest-manifest.json")
    return {path.relative_to(folder).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns) for path in files}


def build_counting(site: Site, *args: str) -> Work:
    """Build, and say what was done."""
    before = stamps(site.root / "site")
    run = site.build("-v", "-j", "1", *args)
    after = stamps(site.root / "site")
    made = frozenset(path for path, seen in after.items() if before.get(path) != seen)
    return Work(*_counted(run), made)


def _counted(run: Run) -> tuple[int, int, int, int]:
    files = _FILES.search(run.stdout)
    assert files, run
    counts = _COUNTS.search(run.stdout)
    if not counts:
        assert "Nothing has changed" in run.stdout, run
    read, rendered = (int(counts[1]), int(counts[2])) if counts else (0, 0)
    return read, rendered, int(files[1]), int(files[2])
