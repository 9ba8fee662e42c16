"""A folder that keeps its place gets other contents, file by file: what is left where two cannot be exchanged.

A reader finds every file whole and none missing, but for a moment some of the old site and some of the new. What is
new comes first, so that a new page finds its style sheet, and what is gone goes last. Meanwhile the manifest lists
both, so that the next build knows which files are ours, whatever ends this one.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from digest.output.durable import settle
from digest.output.manifest import MANIFEST, manifest_of, read_manifest
from digest.output.place import folders_of, put, remove, remove_file
from digest.output.stamps import Stamps

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_BOTH = f"{MANIFEST}.both"


def fill(folder: Path, new: Path) -> None:
    """Make a folder hold what `new` holds, which loses its files to it.

    Raises:
        OSError: a file cannot be moved; the folder then holds some of both.
    """
    wanted, there = ({*Stamps({}).walk(tree).files} - {MANIFEST} for tree in (new, folder))
    put(new, _BOTH, manifest_of({**read_manifest(folder), **read_manifest(new)}))
    settle(new)
    (new / _BOTH).replace(folder / MANIFEST)
    for path in sorted(folders_of(wanted)):
        _make_folder(folder / path)
    for path in sorted(wanted, key=lambda path: (path in there, path)):
        _move(new / path, folder / path)
    _remove(folder, there - wanted, needed=folders_of(wanted))
    settle(folder)
    (new / MANIFEST).replace(folder / MANIFEST)
    settle(folder)


def _make_folder(place: Path) -> None:
    if place.is_symlink() or not place.is_dir():
        remove(str(place))
        place.mkdir()


def _move(source: Path, target: Path) -> None:
    if target.is_dir() and not target.is_symlink():
        remove(str(target))
    source.replace(target)


def _remove(folder: Path, gone: Iterable[str], *, needed: set[str]) -> None:
    """Remove files, and the folders that this leaves empty."""
    for path in gone:
        remove_file(f"{folder}/{path}")
    for path in sorted(folders_of(gone) - needed, reverse=True):
        with suppress(OSError):  # somebody has put a file there meanwhile
            (folder / path).rmdir()
