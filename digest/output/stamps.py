"""What a tree holds, without reading again what is known: a stamp that did not change stands for what was found.

A stamp is trusted only when nothing could have changed since without changing the stamp: what was modified a moment
before it was looked at is looked at again next time (Git's "racy" rule, git-scm.com/docs/racy-git).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from stat import S_ISREG
from time import time_ns
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from digest.digests import digests_of_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from os import stat_result
    from pathlib import Path

Stamp: TypeAlias = tuple[str, int, int, int]
"""Path in its tree (POSIX; a folder's ends with a slash, the tree's own is empty), inode, bytes, mtime in ns."""

Known: TypeAlias = "Mapping[Stamp, str]"
"""What was found under a stamp: a file's digest, or the names in a folder.

Two trees may share it, the published one and the one before: a file that both have by a link has the same path in its
tree, the same inode, size and time in either, so it is read once. Inodes tell files of one file system apart only.
"""

_SETTLED = 2_000_000_000
"""Nanoseconds after which a second change is sure to have another mtime: the coarsest clocks count two seconds."""

_OLD = 8
"""Stamps for each file after which old ones are forgotten: two trees, with a folder for each file, make four."""

_SEPARATOR = "\0"


def stamp_of(path: str, status: stat_result) -> Stamp:
    return path, status.st_ino, status.st_size, status.st_mtime_ns


class Listing(NamedTuple):
    """What lies below a folder: files, links and the rest; folders with their last slash, each before its contents."""

    files: list[str]
    folders: list[str]


@dataclass(frozen=True, slots=True)
class Stamps:
    """Looks at trees, and learns what it had to read."""

    known: Known
    clock: Callable[[], int] = time_ns
    learned: dict[Stamp, str] = field(default_factory=dict)

    def digests(self, tree: Path, paths: Iterable[str]) -> dict[str, str]:
        """Return the digest of each path that is a regular file now, and leave out the others.

        Raises:
            OSError: a file cannot be read.
        """
        lstat, known, learned, settled = os.lstat, self.known.get, self.learned.get, self.clock() - _SETTLED
        start = f"{tree}/"
        found: dict[str, str] = {}
        unknown: dict[str, stat_result] = {}
        for path in paths:
            try:
                status = lstat(start + path)
            except (FileNotFoundError, NotADirectoryError):
                continue
            stamp = path, status.st_ino, status.st_size, status.st_mtime_ns
            if digest := known(stamp) or learned(stamp):
                found[path] = digest
            elif S_ISREG(status.st_mode):
                unknown[path] = status
        read = digests_of_files([start + path for path in unknown])
        for (path, status), digest in zip(unknown.items(), read, strict=True):
            self._learn(path, status, digest, settled=settled)
            found[path] = digest
        return found

    def walk(self, tree: Path) -> Listing:
        """List everything below a folder that exists; links are not followed.

        Raises:
            OSError: a folder cannot be read.
        """
        lstat, known, settled = os.lstat, self.known.get, self.clock() - _SETTLED
        start = f"{tree}/"
        files: list[str] = []
        folders: list[str] = []
        ahead = [""]
        while ahead:
            folder = ahead.pop()
            folders.append(folder)
            status = lstat(start + folder)
            names = known((folder, status.st_ino, status.st_size, status.st_mtime_ns))
            if names is None:
                names = _names(start + folder)
                self._learn(folder, status, names, settled=settled)
            for name in names.split(_SEPARATOR) if names else ():
                (ahead if name[-1] == "/" else files).append(folder + name)
        return Listing(files, folders)

    def _learn(self, path: str, status: stat_result, found: str, *, settled: int) -> None:
        if status.st_mtime_ns < settled:
            self.learned[stamp_of(path, status)] = found


def _names(folder: str) -> str:
    """Return the names in a folder as one text, sorted; those of folders have their slash."""
    with os.scandir(folder) as entries:
        return _SEPARATOR.join(sorted(f"{e.name}/" if e.is_dir(follow_symlinks=False) else e.name for e in entries))


def newest(known: Known, files: int) -> Known:
    """Return what is worth remembering of trees of so many files: where much is old, the latest stamps of each path.

    A path has at most two stamps that still hold, one for each tree, and both are newer than those before.
    """
    if len(known) < _OLD * files:
        return known
    latest: dict[str, list[Stamp]] = {}
    for stamp in sorted(known, key=lambda stamp: stamp[3]):
        latest.setdefault(stamp[0], []).append(stamp)
    return {stamp: known[stamp] for stamps in latest.values() for stamp in stamps[-2:]}
