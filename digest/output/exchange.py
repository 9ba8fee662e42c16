"""A folder takes the place of another in one step, so that a reader sees the whole old one or the whole new one.

Linux exchanges two names in one system call. Elsewhere it takes two renames, and `repair` finishes what was cut off
between them. What is shown is on the disk before, and its name is before anybody is told.

Some folders cannot be renamed (in a container, those that its image brought along), and some must not be, because
somebody holds them and not their name. They keep their place, and `inplace` replaces what they hold.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from digest.output.durable import settle, settle_names
from digest.output.inplace import fill
from digest.output.manifest import carries_manifest
from digest.output.mounts import is_mounted_elsewhere
from digest.output.place import link_tree, remove
from digest.output.stamps import Stamps

if TYPE_CHECKING:
    from pathlib import Path

_RENAME_EXCHANGE = 2
_AT_FDCWD = -100


def beside(folder: Path, name: str) -> Path:
    """Return the hidden neighbour of a folder that serves a purpose of ours."""
    return folder.with_name(f".{folder.name}.digest-{name}")


def exchange(spare: Path, destination: Path, *, in_place: bool = False) -> bool:
    """Give `destination` what `spare` holds, and keep what it held as `spare`; it need not exist yet.

    Returns whether that was one step. Where it cannot be, or must not (`in_place`), files are replaced one by one, and
    `spare` stays as it is.

    Raises:
        OSError: that is not possible; the destination is then as it was, unless its files were being replaced.
    """
    destination.parent.mkdir(parents=True, exist_ok=True)
    settle(spare)
    held = destination.exists() and (in_place or is_mounted_elsewhere(destination))
    whole = not held and (_exchanged(spare, destination) or _exchanged_copy(spare, destination))
    if not whole:
        near = _copied(spare, destination)
        fill(destination, near)
        remove(str(near))
    settle_names(destination.parent, spare.parent)
    return whole


def _exchanged_copy(spare: Path, destination: Path) -> bool:
    """Exchange a copy, where the spare tree cannot be moved: it lies in another mount, or came with an image."""
    near = _copied(spare, destination)
    settle(near)
    if not _exchanged(near, destination):
        return False
    if near.exists():  # what was shown before becomes the spare tree, if it can get there
        aside = beside(spare, "new")
        with suppress(OSError):
            near.rename(aside)
            remove(str(spare))
            aside.rename(spare)
        remove(str(near))
    return True


def _copied(spare: Path, destination: Path) -> Path:
    """Make a second tree beside the destination, of the same files where they can be linked."""
    near = beside(destination, "new")
    remove(str(near))
    link_tree(spare, near, Stamps({}).walk(spare).files)
    return near


def _exchanged(spare: Path, destination: Path) -> bool:
    """Exchange two names, or return False where one of the folders cannot be renamed there."""
    try:
        if not destination.exists():
            spare.rename(destination)
        elif not swap(spare, destination):
            _rename_both(spare, destination)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return False
    return True


def _rename_both(spare: Path, destination: Path) -> None:
    aside = beside(destination, "old")
    remove(str(aside))
    destination.rename(aside)
    try:
        spare.rename(destination)
    except OSError:
        aside.rename(destination)
        raise
    aside.rename(spare)


def swap(one: Path, other: Path) -> bool:
    """Exchange the names of two files or folders in one step (renameat2(2), Linux 3.15); False if that cannot be."""
    import ctypes  # noqa: PLC0415 - 4 ms that a build with nothing to publish does not need

    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    names = os.fsencode(one), os.fsencode(other)
    return bool(call(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)


def repair(destination: Path) -> bool:
    """Put back a folder that an interrupted exchange had set aside; tells whether there was one.

    A name is soon taken: what carries no manifest, or is a link, is none of ours, whoever brought it.

    Raises:
        OSError: that is not possible.
    """
    aside = beside(destination, "old")
    if os.path.lexists(destination) or not carries_manifest(aside):
        return False
    aside.rename(destination)
    return True
