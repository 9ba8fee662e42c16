"""A limit to the processor time that one call may take, for a file that nobody thought of.

The limits of `content.limits` count what is known to be costly. What is not known is ended here: by a timer of the
process, in its main thread, where Python's own code and its regular expressions notice a signal. A loop in somebody's
C does not, so a second timer ends the whole process where that may be: in a worker, which others replace (`apart`).

Processor time is measured, not the time of day: a busy or a sleeping machine must not make another site of the same
files.
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

GRACE = 2.0
"""Seconds of processor time beyond the limit after which a process is ended: it does not notice that time is over."""

ENDED = signal.SIGVTALRM
"""What a process is ended by; its exit code tells."""

_expendable: ContextVar[bool] = ContextVar("expendable", default=False)


class OverdueError(BaseException):
    """The time is over. Not an `Exception`, so that no code takes it for a fault of its own that it can mend."""


def become_expendable() -> None:
    """Let a limit end this process, if nothing less ends what happens within it."""
    signal.signal(ENDED, signal.SIG_DFL)  # the kernel's own doing, whatever holds the interpreter
    _expendable.set(True)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let what happens inside take so many seconds of processor time; without a limit where no timer can be set.

    A process that is expendable ends `GRACE` seconds later, if it has not come to the end of this block.

    Raises:
        OverdueError: it took longer.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with _ended_after(seconds + GRACE if _expendable.get() else 0), _told_after(seconds):
        yield


@contextmanager
def _told_after(seconds: float) -> Iterator[None]:
    before = signal.signal(signal.SIGPROF, _tell)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextmanager
def _ended_after(seconds: float) -> Iterator[None]:
    """End the process after so many seconds; 0 are none. A block of its own, which the other's error cannot skip."""
    if not seconds:
        yield
        return
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _tell(_signal: int, _frame: FrameType | None) -> None:
    raise OverdueError
