"""What was written is on the disk before anybody is shown it, and before it is remembered.

A power cut takes what only the system's memory holds: a file may then be empty, or hold zeros under the size and time
that it had. So a tree is settled first and shown then, and the store speaks of nothing that is not settled.
"""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_REFUSED = frozenset({errno.ENOSYS, errno.ENOTSUP, errno.EINVAL, errno.EPERM, errno.EACCES})
"""What says that there is no such call here, or none for this kind of file; other errors are the disk's."""


def settle(*trees: Path) -> None:
    """Wait until everything below some folders is on the disk; a folder that is not there is passed over.

    Linux does it in one call for a whole file system, which costs one commit of its journal for a site of any size.
    Elsewhere each file is asked for, old ones too: a build that was killed has settled nothing.

    Raises:
        OSError: the disk failed, or is full; some file systems look for room only now.
    """
    for tree in trees:
        if tree.is_dir() and not _syncfs(tree):
            for path in _everything(tree):
                _ask(path, os.fsync)
            _flush(tree)


def settle_names(*folders: Path) -> None:
    """Wait until the names in some folders are on the disk, where a file system keeps folders there.

    Raises:
        OSError: the disk failed.
    """
    for folder in folders:
        _ask(folder, os.fsync)
        _flush(folder)


def _syncfs(tree: Path) -> bool:
    """Write out the file system that a folder lies on (syncfs(2), Linux 2.6.39); False where the system cannot."""
    import ctypes  # noqa: PLC0415 - 4 ms that a build with nothing to publish does not need

    try:
        call = ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError):
        return False
    descriptor = os.open(tree, os.O_RDONLY | os.O_CLOEXEC)
    try:
        done = call(descriptor) == 0
    finally:
        os.close(descriptor)
    return done or not _is_refused(ctypes.get_errno(), tree)


def _is_refused(number: int, path: Path) -> bool:
    """Return whether an error only says that there is no such call.

    Raises:
        OSError: it says more.
    """
    if number not in _REFUSED:
        raise OSError(number, os.strerror(number), str(path))
    return True


def _ask(path: Path, call: Callable[[int], object]) -> None:
    """Ask for one file or folder, unless the system refuses that: a file of somebody else's, a folder on FAT.

    Raises:
        OSError: the disk failed.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            call(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        _is_refused(error.errno or 0, path)


def _flush(folder: Path) -> None:
    """Have the drive itself write, where `fsync` only hands over to it (fsync(2), macOS)."""
    command = getattr(fcntl, "F_FULLFSYNC", None)
    if command is not None:
        _ask(folder, lambda descriptor: fcntl.fcntl(descriptor, command))


def _everything(tree: Path) -> Iterator[Path]:
    """Yield every folder and regular file of a tree, a folder after what it holds."""
    for above, _, files in os.walk(tree, topdown=False):
        paths = (Path(above, name) for name in files)
        yield from (path for path in paths if path.is_file() and not path.is_symlink())
        yield Path(above)
