"""The dashboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.preview.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Dashboard:
    """What needs doing in the whole digest."""

    workshop: Workshop
    editor: str

    def html(self) -> str:
        """Return the page."""
        return f"<!doctype html><title>{len(self.workshop.problems)} problems</title>"
