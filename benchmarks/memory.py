"""The memory of a process and all its descendants, sampled: shared pages are counted once."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PROC = Path("/proc")
INTERVAL = 0.015
"""Seconds between two samples."""


class Sampler(threading.Thread):
    """Samples until it is told to stop; `peak` is the largest sum seen, in bytes."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._process = process
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(INTERVAL):
            self.peak = max(self.peak, sum(map(memory, family(self._process))))

    def stop(self) -> int:
        """End sampling and return the peak."""
        self._done.set()
        self.join()
        return self.peak


def family(process: int) -> Iterator[int]:
    """Yield the process and its descendants, as far as they are still there."""
    yield process
    for child in children(process):
        yield from family(child)


def children(process: int) -> Iterator[int]:
    for thread in (PROC / str(process) / "task").glob("*/children"):
        yield from map(int, _read(thread).split())


def memory(process: int) -> int:
    """Return the process's proportional set size in bytes: its own pages and its share of shared ones."""
    for line in _read(PROC / str(process) / "smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(path: Path) -> str:
    """Return the file's text; nothing if the process has ended."""
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""
