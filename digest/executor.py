"""Running one function over many items, in this process or in several; the results are the same.

Workers are forked while no thread runs, and started afresh otherwise (forking a process with threads can
deadlock). Functions and items must be picklable; results come back in the items' order.
"""

from __future__ import annotations

import multiprocessing
import threading
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")
R = TypeVar("R")

WORTHWHILE = 400
"""Fewer items than this are done sooner in one process (starting two workers costs about 100 ms)."""

_CHUNK = 64


def run(function: Callable[[T], R], items: Sequence[T], *, jobs: int) -> Iterator[R]:
    """Yield `function(item)` for every item, in order."""
    if jobs <= 1 or len(items) < WORTHWHILE:
        yield from map(function, items)
        return
    method = "fork" if _can_fork() else "spawn"
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(max_workers=jobs, mp_context=context) as pool:
        yield from pool.map(function, items, chunksize=_CHUNK)


def _can_fork() -> bool:
    return "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
