"""Results, one line of JSON each, so that a run that was interrupted goes on where it stopped."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Result:
    """One measurement. Times in seconds, memory and size in bytes; 0 where not measured.

    `kind` names what was measured together, `repeat` counts from 0: only results that share both are compared, and
    the medium. `times` says how often the usual number of entries is in `entries`.
    `problem` is empty if all went well. `rendered` is what the tool says; `showing` counts the pages that hold the
    new word; -1 where nobody says or counts.
    """

    kind: str
    medium: str
    repeat: int
    entries: int
    times: int
    tool: str
    step: str
    problem: str
    wall: float
    processor: float
    peak: int
    rendered: int = -1
    written: int = -1
    showing: int = -1
    pages: int = 0
    files: int = 0
    size: int = 0
    state: int = 0


@dataclass(frozen=True, slots=True)
class Store:
    """A file of results."""

    path: Path

    def read(self) -> list[Result]:
        """Return all results; a last line that was cut off is left out."""
        return list(self._lines()) if self.path.exists() else []

    def _lines(self) -> Iterator[Result]:
        for line in self.path.read_text(encoding="utf-8").splitlines():
            try:
                yield Result(**json.loads(line))
            except json.JSONDecodeError:
                continue

    def add(self, results: Iterable[Result]) -> None:
        """Append results, all of them or none."""
        lines = "".join(f"{json.dumps(asdict(result))}\n" for result in results)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(lines)
