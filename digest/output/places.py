"""Where themes lie; knows their folders and not what is in them."""

from __future__ import annotations

import os
from pathlib import Path


def bundled() -> Path:
    """Return the folder of the themes that come with the package: inside the wheel, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


def is_bundled(folder: Path) -> bool:
    """Tell whether a theme's folder came with the package, and is the program's own."""
    return folder.parent.samefile(bundled())  # whatever path leads there


def folder_of(root: Path, name: str) -> Path | None:
    """Return the folder of a theme: the site's own before one that comes with the package; None where there is none."""
    if "/" in name or "\\" in name or name.startswith("."):
        return None
    places = (place / name for place in (root / "themes", bundled()))
    return next((folder for folder in places if os.path.isdir(folder)), None)  # noqa: PTH112 - it raises nothing
