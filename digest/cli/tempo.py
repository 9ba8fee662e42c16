"""How long each stage of a run took, told from its reports of progress."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(slots=True)
class Tempo:
    """Passes reports of progress on, and keeps the seconds that passed in each stage."""

    report: Callable[[str, int, int], None]
    seconds: dict[str, float] = field(default_factory=dict)
    _stage: str = "Starting"
    _since: float = field(default_factory=monotonic)

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self._stage:
            self.stop()
            self._stage = stage
        self.report(stage, done, total)

    def stop(self) -> None:
        """Count what passed since the last stage began."""
        now = monotonic()
        self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + now - self._since
        self._since = now

    @property
    def lines(self) -> list[str]:
        width = max(map(len, self.seconds), default=0)
        return [f"{stage:<{width}}  {seconds:7.3f} s" for stage, seconds in self.seconds.items()]
