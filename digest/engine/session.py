"""What a run is given to work with, whichever command it is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.apart import Apart
    from digest.executor import Executor
    from digest.state.store import Store

    Progress = Callable[[str, int, int], None]
    """Told of a stage, how much of it is done, and how much there is: `("Reading", 256, 1500)`."""


def silent(_stage: str, _done: int, _total: int) -> None:
    """Report no progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What is remembered, who works, and what time it is: `clock`, in nanoseconds since the epoch.

    `forget` drops from the store what was made of files as they were before. A preview does not, for a page that it
    shows at that moment may still be asked for. `key` names the options that a build is made with (`Options.key`); a
    build with the key "" is not what the next one goes on from. `apart` is a process that reads files, needed where a
    thread of this one could not be stopped. In a `strict` run no page shows what another page has looked at.
    """

    store: Store
    executor: Executor
    clock: int
    forget: bool = True
    key: str = ""
    progress: Progress = silent
    apart: Apart | None = None
    strict: bool = False
