"""The system's events about files, by watchdog; its only importer.

Invariants: an event is told if it concerns a place or what lies below one, and is no reading; what is told names the
place as it was given, whatever links lead there. A folder is watched by its inode, so whoever holds `Watches` asks
from time to time whether they still are where the places are, and opens them anew.
"""

from __future__ import annotations

import logging
import os
import stat
import sys
import warnings
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)

from digest.content.load import passed_over
from digest.preview.hints import Change, Happened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from watchdog.observers.api import BaseObserver

CLOSES = sys.platform == "linux"
"""Whether there is an event when a file is closed after writing."""

_FILES = {
    "created": Happened.WRITTEN,
    "modified": Happened.WRITTEN,
    "attrib": Happened.TOUCHED,
    "closed": Happened.WHOLE,
    "deleted": Happened.GONE,
}
_FOLDERS = frozenset({"created", "deleted", "moved"})

# Reading is asked for by none of these, so the system does not even tell of it. The first lets pass what else comes.
_WANTED: tuple[type[FileSystemEvent], ...] = (
    FileSystemEvent,
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
)


class Watches:
    """What the system watches for us; not open at first. For one thread; `put` is called from others."""

    def __init__(self, places: tuple[Path, ...], put: Callable[[Change], None]) -> None:
        self._places = places
        self._put = put
        self._observer: BaseObserver | None = None
        self._log = _Log(put)
        self._identities: dict[Path, tuple[int, int] | None] = {}

    def open(self) -> None:
        """Begin to watch, or begin anew with what is there now.

        Folders of the places come last: where watches run out below a place watchdog does not say so, but then it
        cannot watch these either.

        Raises:
            OSError: the system's watches have run out.
        """
        self.close()
        self._identities = {folder: _identity(folder) for folder in _folders(self._places)}
        self._observer = _start()
        logging.getLogger("watchdog").addHandler(self._log)
        handler = Handler(_names(self._places), self._put)
        for folder, identity in self._identities.items():
            if identity:
                self._watch(folder, handler)

    def _watch(self, folder: Path, handler: Handler) -> None:
        assert self._observer  # noqa: S101 - for the type checker
        recursive = folder in self._places
        try:
            self._observer.schedule(handler, os.path.realpath(folder), recursive=recursive, event_filter=list(_WANTED))
        except (FileNotFoundError, NotADirectoryError):
            self._identities[folder] = None  # gone in between: `astray` will tell when it is back

    def astray(self) -> bool:
        """Return whether a place has come, gone or been replaced, so that it is not what is watched."""
        emitters = self._observer.emitters if self._observer else set()
        moved = any(_identity(folder) != before for folder, before in self._identities.items())
        return moved or not all(emitter.is_alive() for emitter in emitters)

    @property
    def alive(self) -> bool:
        """Whether events can still come."""
        return self._observer is not None and self._observer.is_alive()

    def close(self) -> None:
        """End watching; may be called twice."""
        logging.getLogger("watchdog").removeHandler(self._log)
        if self._observer:
            self._observer.stop()
            self._observer.join()
            self._observer = None


class Handler(FileSystemEventHandler):
    """Passes on what concerns the places. Must be quick: a slow handler loses events."""

    def __init__(self, names: tuple[tuple[str, Path], ...], put: Callable[[Change], None]) -> None:
        self._names = names
        self._put = put

    def on_any_event(self, event: FileSystemEvent) -> None:
        now = monotonic()
        for path, happened in self._changes(event):
            self._put(Change(path, happened, now))

    def _changes(self, event: FileSystemEvent) -> Iterator[tuple[Path, Happened]]:
        source, target = self._place(event.src_path), self._place(event.dest_path)
        if event.is_directory:
            happened = Happened.FOLDER if event.event_type in _FOLDERS else None
        elif event.event_type == "moved":
            # What goes to a place of ours will not come back; what goes elsewhere may be a copy before saving.
            happened = Happened.WHOLE if target else Happened.GONE
        else:
            happened = _FILES.get(event.event_type)
        if happened and source:
            yield source, happened
        if happened and target:
            yield target, happened

    def _place(self, path: bytes | str) -> Path | None:
        """Return the path as the places name it; None where it is none of ours, or hidden."""
        name = os.fsdecode(path)
        if not name or passed_over(name):
            return None
        for real, place in self._names:
            if name == real:
                return place
            if name.startswith(real + os.sep):
                return place / name[len(real) + 1 :]
        return None


class _Log(logging.Handler):
    """Hears of what watchdog says in its log alone: that the system lost events."""

    def __init__(self, put: Callable[[Change], None]) -> None:
        super().__init__(logging.WARNING)
        self._put = put

    def emit(self, _: logging.LogRecord) -> None:
        self._put(Change(Path(), Happened.LOST, monotonic()))


def _start() -> BaseObserver:
    # Its warnings and its log are about its own bookkeeping; they would go to the user's terminal.
    warnings.filterwarnings("ignore", module=r"watchdog\.")
    observer = make_observer()
    observer.start()
    return observer


def make_observer() -> BaseObserver:
    """Return the system's observer; raises OSError where the system has none left."""
    if sys.platform != "linux":
        from watchdog.observers import Observer  # noqa: PLC0415 - looks for the system's one while it is imported

        return Observer()
    from watchdog.observers.inotify import InotifyObserver  # noqa: PLC0415 - there is none elsewhere
    from watchdog.observers.inotify_move_event_grouper import InotifyMoveEventGrouper  # noqa: PLC0415 - Linux has it alone

    # Watchdog holds every event back for half a second when one half of a move comes, even if the other half is
    # a microsecond late. Full events tell of the halves too, so there is no need to wait for them.
    InotifyMoveEventGrouper.delay = 0.002
    return InotifyObserver(generate_full_events=True)


def _folders(places: tuple[Path, ...]) -> list[Path]:
    """Return the folders to be watched: the places that are or may be folders, then those that hold places."""
    holding = dict.fromkeys(place.parent for place in places)
    return [*places, *(folder for folder in holding if not {folder, *folder.parents} & set(places))]


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells a folder from another that takes its name; None where there is no folder."""
    try:
        seen = folder.stat()
    except OSError:
        return None
    return (seen.st_dev, seen.st_ino) if stat.S_ISDIR(seen.st_mode) else None


def _names(places: tuple[Path, ...]) -> tuple[tuple[str, Path], ...]:
    """Return the names that events know places by, and the places: as their folders and as themselves."""
    real = [(os.path.realpath(place), place) for place in places]
    held = [(str(Path(os.path.realpath(place.parent), place.name)), place) for place in places]
    return tuple(dict.fromkeys([*real, *held]))
