"""A limit to the processor time that one call may take, for a file that nobody thought of.

The limits of `content.limits` count what is known to be costly. What is not known is ended here: by a timer of the
process, in its main thread, where Python's own code and its regular expressions notice a signal. Where another thread
does the work, `apart` has it done by a process that can be killed.

Processor time is measured, not the time of day: a busy or a sleeping machine must not make another site of the same
files.
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


class OverdueError(BaseException):
    """The time is over. Not an `Exception`, so that no code takes it for a fault of its own that it can mend."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let what happens inside take so many seconds of processor time; without a limit where no timer can be set.

    Raises:
        OverdueError: it took longer.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, _end)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise OverdueError
