"""A progress bar, for work that turns out to be long."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from digest.cli.options import Options

_PROGRESS_AFTER = 1.0


@contextmanager
def progress(options: Options) -> Iterator[Callable[[str, int, int], None]]:
    """Yield a reporter of progress: a bar on a terminal, for work that takes longer than a second."""
    if options.quiet or not sys.stderr.isatty():
        yield lambda _stage, _done, _total: None
        return
    bar = _Bar(monotonic())
    try:
        yield bar.report
    finally:
        bar.close()


class _Bar:
    """A progress bar that appears when the work turns out to be long; rich is imported only then."""

    def __init__(self, start: float) -> None:
        self._start = start
        self._bar: Any = None
        self._stage: Any = None
        self._name = ""

    def report(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` are done in a stage."""
        if self._bar is None:
            if monotonic() - self._start < _PROGRESS_AFTER:
                return
            self._open()
        if stage != self._name:
            if self._stage is not None:
                self._bar.remove_task(self._stage)
            self._name, self._stage = stage, self._bar.add_task(stage, total=total)
        self._bar.update(self._stage, completed=done)

    def _open(self) -> None:
        from rich.console import Console
        from rich.progress import Progress

        self._bar = Progress(console=Console(stderr=True), transient=True)
        self._bar.start()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
