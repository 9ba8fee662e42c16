"""The files of a store: which of them SQLite may be shown.

SQLite is never left to recover a file: a journal can name any other file of the disk, which recovery then deletes
(`pager_delsuper` in SQLite's pager.c). A store that somebody was writing when the process died is dropped.
"""

from __future__ import annotations

import os
import shutil
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def _files(path: Path) -> tuple[Path, ...]:
    """Return the store's own file, and those that SQLite may read with it."""
    return path, *(path.with_name(f"{path.name}-{ending}") for ending in ("journal", "wal", "shm"))


def trouble(path: Path) -> str:
    """Return why a store must not be opened, or ""; there may be none, and an empty journal is left beside each."""
    for file in _files(path):
        try:
            seen = file.lstat()
        except FileNotFoundError:
            continue
        if not stat.S_ISREG(seen.st_mode) or seen.st_nlink > 1:
            return "was damaged"
        if file != path and seen.st_size:
            return "was cut off while it was written"
    return ""


def copy(path: Path, to: Path) -> None:
    """Copy a store that nobody writes to, to where there is nothing.

    Raises:
        OSError: there is none, or no room for another.
    """
    with (
        os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as source,
        os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as target,
    ):
        shutil.copyfileobj(source, target)


def drop(path: Path) -> None:
    """Delete a store, or what is in its place; what a link leads to stays."""
    for file in _files(path):
        if file.is_dir() and not file.is_symlink():
            shutil.rmtree(file)
        else:
            file.unlink(missing_ok=True)
