"""The desk: edits Markdown sources that are what they were, one at a time, and undoes the last edit.

How a file gets its new text, `replacing` knows.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from itertools import takewhile
from threading import Lock
from typing import TYPE_CHECKING

from digest.decode.text import normalise
from digest.digests import digest_of
from digest.preview.edit.insertions import Refusal
from digest.preview.edit.replacing import replace, tidy
from digest.preview.edit.sources import BUSY, CHANGED, ConflictError, read
from digest.preview.edit.waiting import kept
from digest.state.folder import AnotherBuildError, RefusedStateError, only_edit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_PATIENCE = 10
"""Seconds to wait for an edit of another preview; it takes milliseconds."""


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
    """Edits the sources of the project at `root`, one at a time, and remembers the last edit.

    What waits is sealed with the user's key.
    """

    root: Path
    key: bytes
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
            before = read(self.root, path)
            if digest_of(before) != digest:
                raise ConflictError(CHANGED)
            after = change(before)
            return after if isinstance(after, Refusal) else self._exchange(_Step(path, before, after), last=True)

    def undo(self) -> Saved | Refusal:
        """Put back what was before the last edit, once, if the file holds what was written.

        Raises:
            OutOfBoundsError, ConflictError, OSError: as `apply` does.
        """
        with self._lock:
            step = self._last
            if step is None:
                return Refusal("there is nothing to undo")
            return self._exchange(_Step(step.path, step.after, step.before), last=False)

    def _exchange(self, step: _Step, *, last: bool) -> Saved | Refusal:
        """Take a step, and remember it as the last one, or that there is none."""
        try:
            with only_edit(self.root, patience=_PATIENCE):
                refused = replace(self.root, step.path, step.before, step.after, key=self.key)
        except AnotherBuildError:
            raise ConflictError(BUSY) from None
        except RefusedStateError as error:
            return Refusal(str(error))
        if refused:
            return refused
        self._last = step if last else None
        return _saved(step.path, step.before, step.after)

    def clear(self) -> list[str]:
        """Finish edits that were cut off, if none is going on; returns paths of texts left for their writers."""
        stuck: list[str] = []
        with suppress(AnotherBuildError, RefusedStateError, OSError), only_edit(self.root, patience=0):
            stuck = tidy(self.root, self.key)
        return [*kept(self.root), *stuck]


def _saved(path: str, before: bytes, after: bytes) -> Saved:
    old, new = (normalise(data.decode(errors="replace")).split("\n") for data in (before, after))
    same = takewhile(lambda lines: lines[0] == lines[1], zip(old, new, strict=False))
    return Saved(path, digest_of(after), sum(1 for _ in same) + 1)
