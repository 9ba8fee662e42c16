"""The desk: the one place of the preview that writes, and only Markdown sources that are what they were.

Invariants: nothing is written if the file does not hold what its page was made from; a file is written beside the old
one and takes its name in one step, so that it is whole whatever fails; no link is followed.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from tempfile import mkstemp
from threading import Lock
from typing import TYPE_CHECKING

from digest.decode.text import normalise
from digest.digests import digest_of
from digest.preview.edits import Refusal, source_at

if TYPE_CHECKING:
    from collections.abc import Callable


class OutOfBoundsError(ValueError):
    """A path leads to something that is not a Markdown source below `content/`."""


class ConflictError(Exception):
    """The file holds something else than it did when its page was made."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What is to be shown: the file, the digest of what it holds now, and the first line that changed, from 1."""

    path: str
    digest: str
    line: int


@dataclass(frozen=True, slots=True)
class _Step:
    path: str
    before: bytes
    after: bytes


@dataclass(slots=True)
class Desk:
    """Edits the sources of the project at `root`, one at a time, and remembers the last edit."""

    root: Path
    _last: _Step | None = None
    _lock: Lock = field(default_factory=Lock)

    def apply(self, path: str, digest: str, change: Callable[[bytes], bytes | Refusal]) -> Saved | Refusal:
        """Write what `change` makes of the bytes of the source at `path`, relative to the root, if their digest is it.

        Raises:
            OutOfBoundsError: the path leads to something else than a source.
            ConflictError: the file holds something else.
            OSError: it could not be read or written, and is as it was.
        """
        with self._lock:
            file = self._file(path)
            before = file.read_bytes()
            if digest_of(before) != digest:
                raise ConflictError(path)
            after = change(before)
            if isinstance(after, Refusal):
                return after
            _exchange(file, before, after)
            self._last = _Step(path, before, after)
        return _saved(path, before, after)

    def undo(self) -> Saved | Refusal:
        """Put back what was before the last edit, once, if the file holds what was written.

        Raises:
            OutOfBoundsError, ConflictError, OSError: as `apply` does.
        """
        with self._lock:
            step = self._last
            if step is None:
                return Refusal("there is nothing to undo")
            _exchange(self._file(step.path), step.after, step.before)
            self._last = None
        return _saved(step.path, step.after, step.before)

    def _file(self, path: str) -> Path:
        """Return the file that a path leads to without a link and without going up."""
        if source_at(path) is None:
            raise OutOfBoundsError(path)
        root = self.root.resolve()
        file = root / path
        try:
            seen = file.lstat()
        except OSError:  # a name that is too long, too
            raise OutOfBoundsError(path) from None
        if not stat.S_ISREG(seen.st_mode) or file.resolve() != file:
            raise OutOfBoundsError(path)
        return file


def _saved(path: str, before: bytes, after: bytes) -> Saved:
    old, new = (normalise(data.decode(errors="replace")).split("\n") for data in (before, after))
    same = takewhile(lambda lines: lines[0] == lines[1], zip(old, new, strict=False))
    return Saved(path, digest_of(after), sum(1 for _ in same) + 1)


def _exchange(file: Path, before: bytes, after: bytes) -> None:
    """Put new bytes in place of those before.

    Raises:
        ConflictError: the file holds others.
        OSError: they could not be written.
    """
    if not os.access(file, os.W_OK):  # a rename asks for the folder's permission alone
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))
    descriptor, beside = mkstemp(prefix=f".{file.stem[:40]}-", suffix=".tmp", dir=file.parent)
    try:
        _fill(descriptor, after)
        Path(beside).chmod(stat.S_IMODE(file.stat().st_mode))
        _expect(file, before)
        Path(beside).replace(file)
    except BaseException:
        with suppress(OSError):
            Path(beside).unlink()
        raise
    _keep_name(file.parent)


def _expect(file: Path, data: bytes) -> None:
    if file.read_bytes() != data:
        raise ConflictError(file.name)


def _fill(descriptor: int, data: bytes) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _keep_name(folder: Path) -> None:
    """Make a new name last through a power cut, where folders can be synchronised."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
