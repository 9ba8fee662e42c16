"""A process of its own for calls that may never come to an end, so that they can be ended.

It does one call after another: starting it costs 5 ms where a process can be forked and 200 ms elsewhere, a call some
50 microseconds. It is made with the first call, ends when a call takes too long, and is made anew with the next. One
reads the files of a preview or of a small build; several, each with a thread that waits for it, are the workers of
`executor`.

What takes processor time ends by the kernel's timer (`deadline`). What only waits is noticed here, by looking at it now
and then: looks are counted, not hours, so that no time counts in which a machine sleeps or a build is stopped.
"""

from __future__ import annotations

import os
import signal
import threading
import traceback
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar

from digest.deadline import ENDED, OverdueError, become_expendable, within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess, SpawnProcess

P = ParamSpec("P")
R = TypeVar("R")

_LOOK = 0.5
"""Seconds between looks at what a process does."""

_PATIENCE = 30, 5.0
"""Times of the limit, and seconds more, that a process may wait for something and do nothing."""

_BUSY_OR_STOPPED = frozenset("RTt")
"""States of a process in which it waits for nothing that it could wait for in vain (proc(5))."""

_LAST_BREATH = 5.0
"""Seconds that a process has to be gone after its pipe is."""


class DiedError(OverdueError):
    """The process ended, but not because its time was over: for want of memory perhaps."""


class ClosedError(BaseException):
    """The process was ended because nobody wants its answers any more: not a fault, so not an `Exception`."""


class _Child(NamedTuple):
    process: ForkProcess | SpawnProcess
    pipe: Connection


@dataclass(slots=True)
class Apart:
    """Calls functions in a process of its own.

    Functions, arguments and results must be picklable. In another process than its owner's, as in a worker that was
    given it, calls are made there and then: that process can be ended already. Every process begins with `prepare`,
    which must be picklable where processes do not fork.
    """

    prepare: Callable[[], object] | None = None
    _child: _Child | None = None
    _closed: bool = False
    _lock: Lock = field(default_factory=Lock)
    _owner: int = field(default_factory=os.getpid)

    def __reduce__(self) -> tuple[Any, ...]:
        return _elsewhere, ()

    def call(self, seconds: float, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what the function returns, which may take so many seconds of processor time.

        Raises:
            OverdueError: it took longer, or its process ended (`DiedError`).
            ClosedError: `close` was called.
            Exception: the function raised it.
        """
        if os.getpid() != self._owner:
            return function(*args, **kwargs)
        result: R = self.ask(seconds, _within, seconds, function, args, kwargs)
        return result

    def ask(self, seconds: float | None, function: Callable[..., R], *args: Any) -> R:
        """Return what the function returns, which sets its own limits; with `seconds` it may not wait for ever.

        Raises:
            OverdueError, ClosedError, Exception: as `call` does.
        """
        with self._lock:
            done, value = self._answer(self._started(), (function, args), seconds=seconds)
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
        if self._closed:
            raise ClosedError
        if self._child is None:
            self._child = _begun(self.prepare)
            if self._closed:  # by another thread, which found no process to end
                self._child.process.kill()
        return self._child

    def _answer(self, child: _Child, call: object, *, seconds: float | None) -> tuple[bool, Any]:
        with suppress(EOFError, OSError):
            child.pipe.send(call)
            if seconds is None or _has_come(child, seconds=seconds):
                answer: tuple[bool, Any] = child.pipe.recv()
                return answer
            child.process.kill()
            return False, self._lost(child, OverdueError())
        child.process.join(_LAST_BREATH)
        overdue = child.process.exitcode == -ENDED
        child.process.kill()
        return False, self._lost(child, OverdueError() if overdue else DiedError())

    def _lost(self, child: _Child, why: OverdueError) -> BaseException:
        child.pipe.close()
        self._child = None
        return ClosedError() if self._closed else why


def _begun(prepare: Callable[[], object] | None) -> _Child:
    import multiprocessing  # noqa: PLC0415 - only where there is something to read

    fork, spawn = multiprocessing.get_context("fork"), multiprocessing.get_context("spawn")
    here, there = multiprocessing.Pipe()
    make = fork.Process if can_fork() else spawn.Process
    process = make(target=_serve, args=(there, prepare), daemon=True)
    process.start()
    there.close()  # so that the end of the process is the end of what can be received
    return _Child(process, here)


def _has_come(child: _Child, *, seconds: float) -> bool:
    """Wait for an answer, unless its process waits too long for something itself."""
    times, more = _PATIENCE
    left = times * seconds + more
    while left > 0:
        if child.pipe.poll(_LOOK):
            return True
        left -= _LOOK * _is_waiting(child)
    return False


def _is_waiting(child: _Child) -> bool:
    """Tell whether a process neither works nor is stopped; where the system does not tell, it counts as waiting."""
    try:
        told = Path(f"/proc/{child.process.pid}/stat").read_text(encoding="ascii")
    except OSError:
        return True
    return told.rpartition(")")[2].strip()[:1] not in _BUSY_OR_STOPPED


@contextmanager
def forked() -> Iterator[Apart | None]:
    """Yield what makes calls in a process beside this one, if it can be forked; else a timer of this one must do."""
    made = Apart() if can_fork() else None
    try:
        yield made
    finally:
        if made:
            made.close()


def can_fork() -> bool:
    """Tell whether this process may be forked: one with threads can deadlock."""
    return hasattr(os, "fork") and threading.active_count() == 1


def end_with_parent() -> None:
    """End this process when the one that started it is killed: it would wait for ever, for work or to be heard."""
    threading.Thread(target=_watch_parent, daemon=True).start()


def _watch_parent() -> None:
    from multiprocessing import parent_process  # noqa: PLC0415 - only where there is one
    from multiprocessing.connection import wait  # noqa: PLC0415

    parent = parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)


def _elsewhere() -> Apart:
    return Apart(_owner=0)


def _serve(pipe: Connection, prepare: Callable[[], object] | None) -> None:
    """Make one call after another, until the owner ends."""
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the owner says what becomes of an interruption
    become_expendable()
    if prepare:
        prepare()
    with suppress(EOFError, OSError):
        while True:
            function, args = pipe.recv()
            pipe.send(_outcome(function, args))


def _within(seconds: float, function: Callable[..., R], args: Any, kwargs: Any) -> R:
    with within(seconds):
        return function(*args, **kwargs)


def _outcome(function: Callable[..., object], args: Any) -> tuple[bool, object]:
    try:
        return True, function(*args)
    except OverdueError as late:
        return False, late
    except Exception as error:  # noqa: BLE001 - whoever called is told, and what its developers need
        error.add_note("".join(traceback.format_exception(error)))
        return False, error
