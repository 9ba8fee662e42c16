"""Two folders swap their names in one step, so that a reader sees the whole old one or the whole new one.

Linux does it in one system call. Elsewhere it takes two renames, and `repair` finishes what was cut off between them.
"""

from __future__ import annotations

import errno
import os
import shutil
from typing import TYPE_CHECKING

from digest.output.place import remove

if TYPE_CHECKING:
    from pathlib import Path

_RENAME_EXCHANGE = 2
_AT_FDCWD = -100


def beside(folder: Path, name: str) -> Path:
    """Return the hidden neighbour of a folder that serves a purpose of ours."""
    return folder.with_name(f".{folder.name}.digest-{name}")


def exchange(spare: Path, destination: Path) -> None:
    """Give `destination` what `spare` holds, and the other way round; it need not exist yet.

    Raises:
        OSError: that is not possible; both are then as they were.
    """
    destination.parent.mkdir(parents=True, exist_ok=True)
    try:
        _exchange(spare, destination)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        near = beside(destination, "new")  # mounts of one file system look like one and refuse renames between them
        remove(str(near))
        shutil.copytree(spare, near, symlinks=True)
        _exchange(near, destination)
        remove(str(near))


def _exchange(spare: Path, destination: Path) -> None:
    if not destination.exists():
        spare.rename(destination)
    elif not swap(spare, destination):
        _rename_both(spare, destination)


def _rename_both(spare: Path, destination: Path) -> None:
    aside = beside(destination, "old")
    remove(str(aside))
    destination.rename(aside)
    try:
        spare.rename(destination)
    except OSError:
        aside.rename(destination)
        raise
    aside.rename(spare)


def swap(one: Path, other: Path) -> bool:
    """Exchange the names of two files or folders in one step (renameat2(2), Linux 3.15); False if that cannot be."""
    import ctypes  # noqa: PLC0415 - 4 ms that a build with nothing to publish does not need

    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    names = os.fsencode(one), os.fsencode(other)
    return bool(call(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)


def repair(destination: Path) -> None:
    """Put back a folder that an interrupted exchange had set aside.

    Raises:
        OSError: that is not possible.
    """
    aside = beside(destination, "old")
    if not destination.exists() and aside.is_dir():
        aside.rename(destination)
