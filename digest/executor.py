"""Running one function over many items: in this process, in several, or on a cluster. The results are the same.

A function takes what all calls share and one item; results come in the items' order. Functions, items and results
must be picklable, and so must what is shared where processes do not fork. What makes processes is imported when one is
to be made: most builds have little to do.

A worker is a process that ends when an item takes too long (`apart`). The items that it had are then done one by one,
so that the rest of them are answered as if there had been no such item.
"""

from __future__ import annotations

import gc
import signal
from collections import deque
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from digest.apart import Apart, DiedError, can_fork, end_with_parent
from digest.deadline import OverdueError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from multiprocessing.connection import Connection

S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")

WORTHWHILE = 400
"""Fewer items than this are done sooner in one process (starting two workers costs about 100 ms)."""

_CHUNK = 32
_AHEAD = 128
"""Chunks handed out at once, so that neither items nor results of a large site wait in memory."""

_shared: ContextVar[Any] = ContextVar("shared")


class WorkerDiedError(OSError):
    """A process that was given work ended without an answer."""


class Ending(NamedTuple):
    """What becomes of an item that takes too long: `instead(shared, item)` is its result.

    The function itself keeps to `seconds` of processor time (`deadline.within`); a worker that does not is ended.
    """

    seconds: float
    instead: Callable[[Any, Any], Any]


class Executor(Protocol):
    """Something that runs a function over items."""

    def map(
        self, function: Callable[[S, T], R], shared: S, items: Iterable[T], *, ending: Ending | None = None
    ) -> Iterator[R]:
        """Yield `function(shared, item)` for every item, in order.

        Raises:
            WorkerDiedError: a worker was killed, for want of memory perhaps.
        """
        ...

    def runs_inline(self, items: int) -> bool:
        """Tell whether so many items are done in this process."""
        ...


@dataclass(frozen=True, slots=True)
class Serial:
    """Runs everything here and now; nothing can end an item but the function."""

    def map(
        self,
        function: Callable[[S, T], R],
        shared: S,
        items: Iterable[T],
        *,
        ending: Ending | None = None,  # noqa: ARG002
    ) -> Iterator[R]:
        for item in items:
            yield function(shared, item)

    def runs_inline(self, items: int) -> bool:  # noqa: ARG002 - all are
        return True


@dataclass(frozen=True, slots=True)
class Processes:
    """Runs in `jobs` processes what is worth it.

    They are forked while no thread runs, and so see what is shared without a copy; else they are started afresh, for
    forking a process with threads can deadlock.
    """

    jobs: int

    def map(
        self, function: Callable[[S, T], R], shared: S, items: Iterable[T], *, ending: Ending | None = None
    ) -> Iterator[R]:
        remaining = iter(items)
        first = list(islice(remaining, WORTHWHILE))
        if self.runs_inline(len(first)):
            yield from Serial().map(function, shared, first)
            return
        with _frozen():
            workers = [Apart(partial(_take, function, shared)) for _ in range(self.jobs)]
            for worker in workers:
                worker.start()
            yield from _spread(workers, chain(first, remaining), ending)

    def runs_inline(self, items: int) -> bool:
        return items < WORTHWHILE


def _spread(workers: Sequence[Apart], items: Iterable[Any], ending: Ending | None) -> Iterator[Any]:
    """Yield results in the items' order; each worker has a thread that waits for it."""
    from concurrent.futures import ThreadPoolExecutor
    from queue import SimpleQueue

    free: SimpleQueue[Apart] = SimpleQueue()
    for worker in workers:
        free.put(worker)

    def done(chunk: list[Any]) -> list[Any]:
        worker = free.get()
        try:
            return _answers(worker, chunk, ending)
        finally:
            free.put(worker)

    chunks = _chunks(items)
    with ThreadPoolExecutor(len(workers)) as threads:
        try:
            waiting = deque(threads.submit(done, chunk) for chunk in islice(chunks, _AHEAD))
            while waiting:
                yield from waiting.popleft().result()
                waiting.extend(threads.submit(done, chunk) for chunk in islice(chunks, 1))
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            for worker in workers:
                worker.close()  # or the end of this process would wait for what nobody wants


def _answers(worker: Apart, chunk: list[Any], ending: Ending | None) -> list[Any]:
    """Return the results of a chunk, whatever ends its worker."""
    try:
        return worker.ask(ending and ending.seconds, _call_all, chunk)
    except DiedError:
        raise WorkerDiedError("a worker process died; less --jobs needs less memory") from None
    except OverdueError:
        if ending is None:
            raise
        if len(chunk) > 1:
            return [answer for item in chunk for answer in _answers(worker, [item], ending)]
        return [worker.ask(None, _call_instead, ending.instead, chunk[0])]


def prefetch(call: Callable[[], R]) -> Callable[[], R]:
    """Begin a call in a process beside this one, if it can be forked; what is returned waits for the result.

    If the call fails there, or its process is killed, the call is made again here, when the result is asked for: an
    error is raised where there is somebody to catch it. So `prefetch(hold_tree)` on a folder that cannot be read says
    nothing, and what it returned raises OSError. The call must not write: nobody waits for the process if this one ends
    before it.
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


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """Yield items in lists of at most `_CHUNK`."""
    remaining = iter(items)
    while chunk := list(islice(remaining, _CHUNK)):
        yield chunk


def local(jobs: int) -> Executor:
    """Return the executor for a number of processes."""
    return Processes(jobs) if jobs > 1 else Serial()


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


def _take(function: Callable[[Any, Any], Any], shared: Any) -> None:
    gc.enable()
    gc.set_threshold(50_000, 50, 100)  # what a worker makes is small, and reference counts free nearly all of it
    _shared.set((function, shared))


def _call_all(chunk: list[Any]) -> list[Any]:
    function, shared = _shared.get()
    return [function(shared, item) for item in chunk]


def _call_instead(instead: Callable[[Any, Any], Any], item: Any) -> Any:
    _, shared = _shared.get()
    return instead(shared, item)
