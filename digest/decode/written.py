"""Words of a writer's with their place."""

from __future__ import annotations

from typing import NamedTuple


class Written(NamedTuple):
    """Words of the writer's with their place: a reference before it is resolved, a passage to be found."""

    text: str
    start: int
    end: int
