"""What makes a folder a project, and what can be known of it before its settings are read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "digest.yaml"
"""The settings file; where it lies is the project's root."""


FOLDERS = ("content", "themes")
"""What is read of a project besides."""


def strange_links(root: Path, settings: Path) -> list[str]:
    """Return the names of links in place of a project's own files that bring in what is not the project's.

    Settings that the user names may lie anywhere.
    """
    strange = [name for name in FOLDERS if (root / name).is_symlink()]
    out = settings == root / FILE_NAME and settings.is_symlink() and not _is_in(settings, root)
    return [*strange, FILE_NAME] if out else strange


def _is_in(file: Path, root: Path) -> bool:
    return file.resolve().is_relative_to(root.resolve())


def first_link(above: Path, way: Path) -> Path | None:
    """Return the first link on a way down from a folder, which a clone may have brought along and leads anywhere.

    None where there is none, or where the way leads out of the folder by its own words.
    """
    if way.is_absolute() or way.parts[:1] == ("..",):
        return None
    steps = (above / step for step in (*reversed(way.parents), way))
    return next((step for step in steps if step != above and step.is_symlink()), None)


def root_above(folder: Path) -> Path | None:
    """Return the nearest folder, from this one upwards, that is a project's root."""
    return next((place for place in (folder, *folder.parents) if (place / FILE_NAME).is_file()), None)


def is_base_url(text: str) -> bool:
    """Tell whether a site can be published at this address: http(s), a host, and no query or fragment."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    return bool(
        parts.scheme in {"http", "https"} and parts.hostname and port != 0 and not parts.query and not parts.fragment
    ) and not re.search(r"[\s<>\"]", text)
