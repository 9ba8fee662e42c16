"""Noticing that files changed; the only importer of watchdog.

Events are hints: every change is confirmed by comparing stamps (time in nanoseconds, size, inode) of all watched
files, and a regular comparison finds what events missed.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from watchdog.observers.api import BaseObserver

HEARTBEAT = 2.0
"""Seconds between comparisons when no event comes."""

_QUIET = 0.05
_READS = frozenset({"opened", "closed_no_write"})

Stamps = frozenset[tuple[str, int, int, int]]


class _Hint(FileSystemEventHandler):
    """Sets a flag; reading emits events too, which do not count."""

    def __init__(self, changed: threading.Event) -> None:
        self._changed = changed

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type not in _READS:
            self._changed.set()


def stamps(paths: list[Path]) -> Stamps:
    """Return the stamps of all files in the folders, and of the files, in `paths`."""
    files = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*"))]
    found = set()
    for file in files:
        try:
            stat = file.stat()
        except OSError:
            continue
        found.add((str(file), stat.st_mtime_ns, stat.st_size, stat.st_ino))
    return frozenset(found)


def watch(
    paths: list[Path], changed: Callable[[], None], *, since: Stamps, stop: threading.Event, poll: bool = False
) -> None:
    """Call `changed` whenever a file in `paths` is made, changed or removed, until `stop` is set.

    `since` are the stamps from before the files were last read, so that no change is missed while watching starts.
    """
    hint = threading.Event()
    observer = None if poll else _observer(paths, hint)
    before = since
    try:
        while not stop.is_set():
            if hint.wait(HEARTBEAT if observer else _QUIET * 10):
                stop.wait(_QUIET)
                hint.clear()
            now = stamps(paths)
            if now != before:
                before = now
                changed()
    finally:
        if observer:
            observer.stop()
            observer.join()


def _observer(paths: list[Path], hint: threading.Event) -> BaseObserver | None:
    """Start watching folders; None where the system refuses, and comparisons alone must do."""
    observer = Observer()
    try:
        # A file's folder is not watched below: a project may hold node_modules, and the output changes all the time.
        for path in paths:
            observer.schedule(_Hint(hint), str(path if path.is_dir() else path.parent), recursive=path.is_dir())
        observer.start()
    except OSError:
        return None
    return observer
