"""The state folder `.digest/`: what may be deleted at any time and is never published.

Invariants: nothing in it is used that this user did not make on this machine, which a mark under the user's key tells;
no link is followed from it; one that Git tracks, or that is not a folder, is left as it is and never used.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from digest.state.git import tracks
from digest.state.seal import mark_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

FOLDER = ".digest"
_LOCK, _PREVIEW_LOCK = "lock", "preview.lock"
_MARK, _IGNORE = "machine", ".gitignore"
_MARK_BYTES = 64
_ENDINGS = ("", "-journal", "-wal", "-shm")
_MADE = (
    _MARK,
    _IGNORE,
    "spare",
    *(f"{name}.sqlite{ending}" for name in ("state", "preview") for ending in _ENDINGS),
)
"""What builds and previews leave there besides locks and texts of edits (`preview.waiting`), which nobody loses."""
KEPT = "kept"
"""What edits in the preview could not give back to its file: the one thing here that is nowhere else."""


class AnotherBuildError(Exception):
    """Another process is building the same site, or does else what only one may do."""


class RefusedStateError(Exception):
    """The folder must not be used, nor changed; the message says why, and what to do."""


def only_build(root: Path) -> AbstractContextManager[object]:
    """Take the lock that one build at a time holds; the system frees it when a process dies.

    Raises:
        AnotherBuildError: another process holds it.
        RefusedStateError: the folder must not be used.
        OSError: the folder cannot be made.
    """
    return _only(root, _LOCK)


def only_preview(root: Path) -> AbstractContextManager[object]:
    """Take the lock that one preview at a time holds; as `only_build`."""
    return _only(root, _PREVIEW_LOCK)


def only_edit(root: Path, *, patience: float) -> AbstractContextManager[object]:
    """Take the lock that one edit of a source at a time holds, of all previews; waits some seconds. As `only_build`."""
    return _only(root, "edit.lock", patience=patience)


def _only(root: Path, name: str, *, patience: float = 0) -> AbstractContextManager[object]:
    folder = root / FOLDER
    check(root)
    folder.mkdir(exist_ok=True)
    _make_room(folder / name)
    try:
        return FileLock(folder / name, timeout=patience).acquire()
    except Timeout:
        raise AnotherBuildError from None


def check(root: Path) -> None:
    """Make sure that the folder is one, or is not there yet, and that it is none of the repository's.

    Raises:
        RefusedStateError: it must not be used.
    """
    folder = root / FOLDER
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise RefusedStateError(f"{folder} is not a folder of its own, so nothing in it is used: delete it")
    if tracks(root, FOLDER):
        raise RefusedStateError(
            f"Git tracks {folder}, so nothing in it is used: stop that with git rm -r --cached {FOLDER}, and delete it"
        )


def _make_room(lock: Path) -> None:
    """Put a file of its own in the place of what is no plain file; what a link leads to stays.

    One process at a time: else the second, which has looked before, would take away what the first has just locked,
    and lock another file.
    """
    with _one_at_a_time(lock.parent):
        try:
            seen = lock.lstat()
        except FileNotFoundError:
            return
        if not stat.S_ISREG(seen.st_mode) or seen.st_nlink > 1:
            _remove(lock)
            lock.touch()


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Wait for a lock on the folder itself, which is held for a moment only."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def claim(root: Path, key: bytes) -> bool:
    """Make the folder ours, under the lock of a build; false where somebody else's remembered things were in it.

    Raises:
        OSError: it cannot be.
    """
    if is_ours(root, key):
        return True
    folder = root / FOLDER
    strange = any(os.path.lexists(folder / name) for name in _MADE if name != _IGNORE)
    for name in _MADE:
        _remove(folder / name)
    _write(folder / _IGNORE, "*\n")
    _write(folder / _MARK, mark_of(key, FOLDER))
    return not strange


def is_ours(root: Path, key: bytes) -> bool:
    """Tell whether what is in the folder was made with the user's key."""
    try:
        descriptor = os.open(root / FOLDER / _MARK, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        return os.read(descriptor, _MARK_BYTES + 1) == mark_of(key, FOLDER).encode()
    except OSError:
        return False
    finally:
        os.close(descriptor)


def _write(file: Path, text: str) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "w", encoding="utf-8") as stream:
        stream.write(text)


def _remove(file: Path) -> None:
    if file.is_dir() and not file.is_symlink():
        shutil.rmtree(file)
    else:
        file.unlink(missing_ok=True)


def keep_crash(text: str) -> Path:
    """Keep what developers need to understand a fault of ours, outside the site; returns the file.

    Raises:
        OSError: it cannot be written.
    """
    with NamedTemporaryFile("w", encoding="utf-8", prefix="digest-", suffix=".txt", delete=False) as file:
        file.write(text)
    return Path(file.name)


def remove(root: Path) -> None:
    """Remove the folder, but for texts that are kept for their writers."""
    folder = root / FOLDER
    if folder.is_symlink() or not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.name != KEPT:
            _remove(path)
    if not any(folder.iterdir()):
        folder.rmdir()
