"""Sources as files: found without a link and without going up, and read. Nothing here writes."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from digest.preview.edit.insertions import source_at

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

CHANGED = "the file has changed since this page was made; nothing was written"
BUSY = "another program is writing this file; nothing was written"
OVERWRITTEN = "another program saved this file in the same moment: look whether your edit is in it"


class OutOfBoundsError(ValueError):
    """A path leads to something that is not a Markdown source below `content/`."""


class ConflictError(Exception):
    """Another program has changed the file, or is about to; says so in words for the editor."""


def find(root: Path, path: str) -> Path:
    """Return the source that a path leads to without a link and without going up.

    Raises:
        OutOfBoundsError: it leads to something else.
    """
    if source_at(path) is None:
        raise OutOfBoundsError(path)
    file = root.resolve() / path
    try:
        seen = file.lstat()
    except OSError:  # a name that is too long, too
        raise OutOfBoundsError(path) from None
    if not stat.S_ISREG(seen.st_mode) or file.resolve() != file:
        raise OutOfBoundsError(path)
    return file


def read(root: Path, path: str) -> bytes:
    """Return the bytes of the source at a path; raises as `find` and `opened` do."""
    with opened(find(root, path)) as file:
        return file.read()


def opened(file: Path) -> BinaryIO:
    """Open a file to read it, if it is no link.

    Raises:
        ConflictError: there is none any more.
        OSError: it cannot be opened.
    """
    try:
        return os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW), "rb")
    except FileNotFoundError:
        raise ConflictError(CHANGED) from None


def holds(file: Path, data: bytes) -> bool:
    try:
        with opened(file) as reading:
            return reading.read() == data
    except (ConflictError, OSError):
        return False
