"""Links that open a file in an editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def link(template: str, path: Path, line: int = 1, column: int = 1) -> str:
    """Return the address that opens a file at a place."""
    return f"{template}{path}:{line}:{column}"
