"""What the events of a file system come to: one hint for one save. Knows no clock and no library.

Invariants: a hint waits until its files look finished, and never longer than `_LONGEST`; a hint that would name very
many files, or that cannot name them, says to look at everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_QUIET = 0.008  # after a file was closed: its companions are a few microseconds away
_FEW = 3  # what a save may come to; of more files each adds to the quiet, for a checkout pauses now and then
_STREAM = 0.1  # the longest quiet
_BLIND = 0.03  # the same where the system never says that a file was closed
_UNFINISHED = 0.15  # an open file may be written for long, and a file that went away be put back at once
_FOLDER = 0.05  # a new folder is about to be filled
_EMPTY = 0.3  # an empty file is mostly one that is being written again
_LONGEST = 1.0
_MANY = 500


@dataclass(frozen=True, slots=True)
class Hint:
    """Absolute paths of files that may have changed; or, with `everything`, that any may have."""

    paths: frozenset[Path] = frozenset()
    everything: bool = False


NOTHING = Hint()
EVERYTHING = Hint(everything=True)


def together(hints: Iterable[Hint]) -> Hint:
    """Return what several hints say."""
    hints = [hint for hint in hints if hint != NOTHING]
    return EVERYTHING if any(hint.everything for hint in hints) else Hint(frozenset().union(*(h.paths for h in hints)))


class Happened(Enum):
    """What became of a path."""

    WRITTEN = "written"  # and perhaps still open
    WHOLE = "whole"  # closed after writing, or put in place by renaming
    TOUCHED = "touched"  # its times or rights changed
    GONE = "gone"
    FOLDER = "folder"  # a folder came, went or moved, and all below it
    LOST = "lost"  # the system does not know what else happened


@dataclass(frozen=True, slots=True)
class Change:
    """Something happened to a path at a moment, in seconds of the monotonic clock."""

    path: Path
    happened: Happened
    at: float


class Gathering:
    """Changes until they are ripe to be looked at; `closes` says that the system tells when a file is closed."""

    def __init__(self, *, closes: bool) -> None:
        self._waits = {
            Happened.WRITTEN: _UNFINISHED if closes else _BLIND,
            Happened.GONE: _UNFINISHED,
            Happened.FOLDER: _FOLDER,
        }
        self._quiet = _QUIET if closes else _BLIND
        self._changes: dict[Path, Change] = {}
        self._first = inf
        self._last = -inf
        self._everything = False
        self._folders = False

    def add(self, change: Change) -> None:
        """Take in a change."""
        self._first = min(self._first, change.at)
        self._last = max(self._last, change.at)
        self._folders |= change.happened is Happened.FOLDER
        self._everything |= change.happened in {Happened.FOLDER, Happened.LOST}
        if len(self._changes) >= _MANY:
            self._everything = True
            self._changes.clear()
        self._changes[change.path] = self._with_what_went_before(change)

    def _with_what_went_before(self, change: Change) -> Change:
        before = self._changes.get(change.path)
        if before and change.happened is Happened.TOUCHED:
            return Change(change.path, before.happened, change.at)
        if before and change.happened is Happened.GONE:  # a temporary file: nobody waits for it to come back
            return Change(change.path, Happened.WHOLE, change.at)
        return change

    @property
    def folders(self) -> bool:
        """Whether a folder came, went or moved."""
        return self._folders

    def ripe(self, now: float) -> float:
        """Return when to look at the changes, or to ask again; infinity when there are none.

        Sizes are asked for when nothing else is in the way, so that a stream of changes costs little.
        """
        finished = max((change.at + self._wait(change) for change in self._changes.values()), default=inf)
        quiet = self._last + min(self._quiet * max(1, len(self._changes) / _FEW), _STREAM)
        soon = max(finished, quiet)
        if soon <= now and not self._everything:
            soon = max([soon, *(change.at + _EMPTY for change in self._changes.values() if _is_empty(change.path))])
        return min(soon, self._first + _LONGEST)

    def _wait(self, change: Change) -> float:
        return self._waits.get(change.happened, 0.0)

    def take(self) -> Hint:
        """Return what there is as one hint, and begin anew."""
        hint = EVERYTHING if self._everything else Hint(frozenset(self._changes))
        self._changes, self._first, self._last = {}, inf, -inf
        self._everything = self._folders = False
        return hint


def _is_empty(path: Path) -> bool:
    try:
        return path.stat().st_size == 0
    except OSError:
        return False
