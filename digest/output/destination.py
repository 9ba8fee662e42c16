"""Which folders may be written as a site: those that hold nothing of anybody else's, and that no repository brings.

What is refused is left as it is. A folder is ours only where it is one itself, and not a link to one.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from digest.output.exchange import beside
from digest.output.manifest import MANIFEST, carries_manifest
from digest.output.stamps import Stamps
from digest.state.folder import FOLDER
from digest.state.git import tracks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


class UnsafeDestinationError(Exception):
    """The folder cannot be used as output; the message says why."""


def check_destination(destination: Path, root: Path) -> None:
    """Refuse a folder that may hold something other than our output.

    Raises:
        UnsafeDestinationError: it does, or may.
    """
    real = destination.resolve()
    own = [(root / name).resolve() for name in ("content", FOLDER)]
    if root.resolve().is_relative_to(real) or any(
        folder.is_relative_to(real) or real.is_relative_to(folder) for folder in own
    ):
        raise UnsafeDestinationError(f"{destination} holds or is part of the project's own files")
    if destination.is_symlink() or (destination.exists() and not destination.is_dir()):
        raise UnsafeDestinationError(f"{destination} is not a folder")
    if destination.is_mount():
        raise UnsafeDestinationError(f"{destination} is a mount point, which cannot be exchanged; a folder in it can")
    if os.path.lexists(destination / ".git"):
        raise UnsafeDestinationError(f"{destination} is a Git repository")
    _check_untracked(destination)
    if destination.is_dir() and any(destination.iterdir()) and not carries_manifest(destination):
        raise UnsafeDestinationError(f"{destination} is not empty and was not made by digest")


def _check_untracked(destination: Path) -> None:
    """Refuse what a repository brings along, for it would be carried over into the site as the work of others."""
    aside = beside(destination, "old")
    for folder in (destination, *([aside] if os.path.lexists(aside) else [])):
        if tracks(folder.parent, folder.name):
            raise UnsafeDestinationError(
                f"Git tracks {folder}, so anybody may have filled it: delete it after git rm -r --cached {folder}"
            )


def unlisted(destination: Path, listed: Mapping[str, str]) -> Iterator[str]:
    """Yield what a site holds beside its manifest and the files that this lists, in no particular order.

    Raises:
        OSError: a folder cannot be read.
    """
    there = Stamps({}).walk(destination).files if destination.is_dir() else ()
    return (path for path in there if path != MANIFEST and path not in listed)
