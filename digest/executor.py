"""Running one function over many items: in this process, in several, or on a cluster. The results are the same.

A function takes what all calls share and one item; results come in the items' order. Functions, items and results
must be picklable, and so must what is shared where processes do not fork. What makes processes is imported when one is
to be made: most builds have little to do.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection

S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")

WORTHWHILE = 400
"""Fewer items than this are done sooner in one process (starting two workers costs about 100 ms)."""

_CHUNK = 32
_WINDOW = 4096
"""Items handed out at once, so that neither items nor results of a large site wait in memory."""

_shared: ContextVar[Any] = ContextVar("shared")


class WorkerDiedError(OSError):
    """A process that was given work ended without an answer."""


class Executor(Protocol):
    """Something that runs a function over items."""

    def map(self, function: Callable[[S, T], R], shared: S, items: Iterable[T]) -> Iterator[R]:
        """Yield `function(shared, item)` for every item, in order.

        Raises:
            WorkerDiedError: a worker was killed, for want of memory perhaps.
        """
        ...

    def alone(self, items: int) -> bool:
        """Tell whether so many items are done in this process."""
        ...


@dataclass(frozen=True, slots=True)
class Serial:
    """Runs everything here and now."""

    def map(self, function: Callable[[S, T], R], shared: S, items: Iterable[T]) -> Iterator[R]:
        for item in items:
            yield function(shared, item)

    def alone(self, items: int) -> bool:  # noqa: ARG002 - all are
        return True


@dataclass(frozen=True, slots=True)
class Processes:
    """Runs in `jobs` processes what is worth it.

    They are forked while no thread runs, and so see what is shared without a copy; else they are started afresh, for
    forking a process with threads can deadlock.
    """

    jobs: int

    def map(self, function: Callable[[S, T], R], shared: S, items: Iterable[T]) -> Iterator[R]:
        windows = _windows(items)
        window = next(windows, [])
        if self.alone(len(window)):
            yield from Serial().map(function, shared, window)
            return
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor
        from concurrent.futures.process import BrokenProcessPool

        context = multiprocessing.get_context("fork" if can_fork() else "spawn")
        with _frozen(), ProcessPoolExecutor(self.jobs, context, _take, ((function, shared),)) as pool:
            try:
                while window:
                    yield from pool.map(_call, window, chunksize=_CHUNK)
                    window = next(windows, [])
            except BrokenProcessPool:
                raise WorkerDiedError("a worker process died; less --jobs needs less memory") from None
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                for worker in multiprocessing.active_children():
                    worker.kill()  # or the end of this process would wait for what nobody wants
                raise

    def alone(self, items: int) -> bool:
        return items < WORTHWHILE


def meanwhile(call: Callable[[], R]) -> Callable[[], R]:
    """Begin a call in a process beside this one, if it can be forked; what is returned waits for the result.

    What comes to nothing there is done here, so that its errors are raised where somebody waits for it. The call must
    not write: nobody waits for the process if this one ends before it.
    """
    if not can_fork():
        return call
    import multiprocessing

    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    context.Process(target=_send, args=(there, call), daemon=True).start()
    there.close()  # so that the end of the process is the end of what can be received
    return partial(_received, here, call)


def _send(there: Connection, call: Callable[[], object]) -> None:
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that waits says that it was interrupted
    with suppress(Exception):
        there.send(call())


def _received(here: Connection, call: Callable[[], R]) -> R:
    try:
        with here:
            result: R = here.recv()
    except (EOFError, OSError):
        return call()
    return result


def _windows(items: Iterable[T]) -> Iterator[list[T]]:
    """Yield items in lists of at most `_WINDOW`."""
    remaining = iter(items)
    while window := list(islice(remaining, _WINDOW)):
        yield window


def local(jobs: int) -> Executor:
    """Return the executor for a number of processes."""
    return Processes(jobs) if jobs > 1 else Serial()


def can_fork() -> bool:
    """Tell whether this process may be forked: one with threads can deadlock."""
    return hasattr(os, "fork") and threading.active_count() == 1


@contextmanager
def _frozen() -> Iterator[None]:
    """Keep the collector from touching what workers share: looking at an object copies its page.

    What nobody needs is collected before, or every worker would hold it to its end.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def end_with_parent() -> None:
    """End this process when the one that started it is killed: it would wait for ever, for work or to be heard."""
    threading.Thread(target=_watch_parent, daemon=True).start()


def _watch_parent() -> None:
    from multiprocessing import parent_process
    from multiprocessing.connection import wait

    parent = parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)


def _take(task: tuple[Callable[[Any, Any], Any], Any]) -> None:
    end_with_parent()
    gc.enable()
    gc.set_threshold(50_000, 50, 100)  # what a worker makes is small, and reference counts free nearly all of it
    _shared.set(task)


def _call(item: Any) -> Any:
    function, shared = _shared.get()
    return function(shared, item)
