"""Running work on a Dask cluster; the only importer of Dask.

Workers must see the project's folder under the same path (a shared file system) and have the same digest installed.
Scheduling, retries and moving data are Dask's: what is shared is sent to each worker once, items in chunks.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from digest.executor import WorkerDiedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from digest.executor import Ending

S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")

_CHUNK = 64
_AHEAD = 64
"""Chunks handed out at once, so that neither items nor results of a large site wait in memory."""

_PATIENCE = "30s"
"""How long the scheduler may take to answer."""


class UnreachableError(OSError):
    """There is no scheduler at the address, or Dask is not installed."""


@dataclass(frozen=True, slots=True)
class Dask:
    """Runs on the workers of the scheduler at an address (`tcp://10.0.0.1:8786`)."""

    scheduler: str

    def map(
        self,
        function: Callable[[S, T], R],
        shared: S,
        items: Iterable[T],
        *,
        ending: Ending | None = None,  # noqa: ARG002
    ) -> Iterator[R]:
        """Yield `function(shared, item)` for every item, in order; the cluster's own means must end what hangs.

        Raises:
            UnreachableError: the scheduler cannot be reached.
            WorkerDiedError: workers died over the same piece of work again and again.
        """
        remaining = iter(items)
        window = list(islice(remaining, _CHUNK * _AHEAD))
        if not window:
            return
        try:
            from distributed import Client, KilledWorker  # noqa: PLC0415 - an extra
        except ImportError:
            raise UnreachableError("Dask is not installed; pip install 'annotated-digest[dask]'") from None
        try:
            client = Client(self.scheduler, timeout=_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as error:
            raise UnreachableError(f"no Dask scheduler answers at {self.scheduler}") from error
        with client:
            [held] = client.scatter([shared], broadcast=True, hash=False)  # type: ignore[no-untyped-call]
            try:
                while window:
                    chunks = [window[at : at + _CHUNK] for at in range(0, len(window), _CHUNK)]
                    for future in client.map(_run, chunks, function=function, shared=held, pure=False):
                        yield from future.result()
                    window = list(islice(remaining, _CHUNK * _AHEAD))
            except KilledWorker as error:
                raise WorkerDiedError(f"workers of {self.scheduler} died: {error}") from None

    def runs_inline(self, items: int) -> bool:
        return not items


def _run(chunk: list[T], *, function: Callable[[S, T], R], shared: S) -> list[R]:
    return [function(shared, item) for item in chunk]
