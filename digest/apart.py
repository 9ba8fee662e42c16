"""A process of its own for calls that may never come to an end, so that they can be ended.

There is one, which does one call after another: starting it costs 5 ms where a process can be forked and 200 ms
elsewhere, a call some 50 microseconds. It is made with the first call, killed when a call takes too long, and made anew
with the next.
"""

from __future__ import annotations

import os
import signal
import traceback
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar

from digest.deadline import OverdueError, within
from digest.executor import can_fork, end_with_parent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess, SpawnProcess

P = ParamSpec("P")
R = TypeVar("R")

_GRACE = 2.0
"""Seconds of processor time beyond the limit after which a process is killed: it does not notice that time is over."""

_LOOKS = 0.5
"""Seconds between looks at how much it has had."""

_PATIENCE = 30, 5.0
"""Times of the limit, and seconds more, after which a process is killed that waits for something and does nothing."""


class ClosedError(BaseException):
    """The process was ended because nobody wants its answers any more: not a fault, so not an `Exception`."""


class _Child(NamedTuple):
    process: ForkProcess | SpawnProcess
    pipe: Connection


@dataclass(slots=True)
class Apart:
    """Calls functions in a process of its own.

    Functions, arguments and results must be picklable. In another process than its owner's, as in a worker that was
    given it, calls are made there and then: that process can be ended already.
    """

    _child: _Child | None = None
    _closed: bool = False
    _lock: Lock = field(default_factory=Lock)
    _owner: int = field(default_factory=os.getpid)

    def __reduce__(self) -> tuple[Any, ...]:
        return _elsewhere, ()

    def call(self, seconds: float, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what the function returns, which may take so many seconds of processor time.

        Raises:
            OverdueError: it took longer, or its process ended, for want of memory perhaps.
            ClosedError: `close` was called.
            Exception: the function raised it.
        """
        if os.getpid() != self._owner:
            return function(*args, **kwargs)
        with self._lock:
            done, value = self._answer(self._started(), (seconds, function, args, kwargs), seconds=seconds)
        if done:
            result: R = value
            return result
        raise value

    def start(self) -> None:
        """Make the process now, while no thread hinders its forking, and not with the first call."""
        with self._lock:
            self._started()

    def close(self) -> None:
        """End the process now, whatever it does; from any thread."""
        self._closed = True
        if child := self._child:
            child.process.kill()
            child.process.join()

    def _started(self) -> _Child:
        import multiprocessing  # noqa: PLC0415 - only where there is something to read

        if self._closed:
            raise ClosedError
        if self._child:
            return self._child
        fork, spawn = multiprocessing.get_context("fork"), multiprocessing.get_context("spawn")
        here, there = multiprocessing.Pipe()
        make = fork.Process if can_fork() else spawn.Process
        process = make(target=_serve, args=(there,), daemon=True)
        process.start()
        there.close()
        self._child = _Child(process, here)
        return self._child

    def _answer(self, child: _Child, call: object, *, seconds: float) -> tuple[bool, Any]:
        with suppress(EOFError, OSError):
            child.pipe.send(call)
            if _has_come(child, seconds=seconds):
                answer: tuple[bool, Any] = child.pipe.recv()
                return answer
        child.process.kill()
        child.pipe.close()
        self._child = None
        return False, ClosedError() if self._closed else OverdueError()


def _has_come(child: _Child, *, seconds: float) -> bool:
    """Wait for an answer as long as its process may take; a busy machine gives it more time, not another answer."""
    times, more = _PATIENCE
    end, had = monotonic() + times * seconds + more, _processor_time(child)
    while monotonic() < end:
        if child.pipe.poll(_LOOKS):
            return True
        if _processor_time(child) - had > seconds + _GRACE:
            return False
    return False


def _processor_time(child: _Child) -> float:
    """Return the seconds of processor time that a process has had (proc(5)); 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{child.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def forked() -> Iterator[Apart | None]:
    """Yield what makes calls in a process beside this one, if it can be forked; else a timer of this one must do."""
    made = Apart() if can_fork() else None
    try:
        yield made
    finally:
        if made:
            made.close()


def _elsewhere() -> Apart:
    return Apart(_owner=0)


def _serve(pipe: Connection) -> None:
    """Make one call after another, until the owner ends."""
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the owner says what becomes of an interruption
    with suppress(EOFError, OSError):
        while True:
            seconds, function, args, kwargs = pipe.recv()
            pipe.send(_outcome(seconds, function, args, kwargs))


def _outcome(seconds: float, function: Callable[..., object], args: Any, kwargs: Any) -> tuple[bool, object]:
    try:
        with within(seconds):
            return True, function(*args, **kwargs)
    except OverdueError as late:
        return False, late
    except Exception as error:  # noqa: BLE001 - whoever called is told, and what its developers need
        error.add_note("".join(traceback.format_exception(error)))
        return False, error
