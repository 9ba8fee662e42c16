"""The state folder `.digest/`: what may be deleted at any time and is never published."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

FOLDER = ".digest"
KEPT = "kept"
"""What edits in the preview could not give back to its file: the one thing here that is nowhere else."""


class AnotherBuildError(Exception):
    """Another process is building the same site, or does else what only one may do."""


def only_build(root: Path) -> AbstractContextManager[object]:
    """Take the lock that one build at a time holds; the system frees it when a process dies.

    Raises:
        AnotherBuildError: another process holds it.
        OSError: the folder cannot be made.
    """
    return _only(root, "lock")


def only_preview(root: Path) -> AbstractContextManager[object]:
    """Take the lock that one preview at a time holds; as `only_build`."""
    return _only(root, "preview.lock")


def only_edit(root: Path, *, patience: float) -> AbstractContextManager[object]:
    """Take the lock that one edit of a source at a time holds, of all previews; waits some seconds. As `only_build`."""
    return _only(root, "edit.lock", patience=patience)


def _only(root: Path, name: str, *, patience: float = 0) -> AbstractContextManager[object]:
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    try:
        return FileLock(folder / name, timeout=patience).acquire()
    except Timeout:
        raise AnotherBuildError from None


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
    if (folder / KEPT).is_dir() and not folder.is_symlink():
        for path in folder.iterdir():
            _remove(path)
    elif folder.is_dir():
        shutil.rmtree(folder)


def _remove(path: Path) -> None:
    if path.name == KEPT:
        return
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
