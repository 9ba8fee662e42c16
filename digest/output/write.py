"""The output folder: a new generation is built beside it and exchanged with it in one step.

Invariants: a reader of the folder sees the whole old site or the whole new one; a folder that is not empty and
does not carry our manifest is never touched; only files our manifest lists are removed, others are carried over.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

MANIFEST = ".digest-manifest.json"
_FORMAT = 1
_RENAME_EXCHANGE = 2
_AT_FDCWD = -100


class UnsafeDestinationError(Exception):
    """The folder cannot be used as output; the message says why."""


@dataclass(frozen=True, slots=True)
class Written:
    """How many files were written, were equal already, and were removed."""

    changed: int
    unchanged: int
    removed: int


def check_destination(destination: Path, root: Path) -> None:
    """Refuse a folder that may hold something other than our output.

    Raises:
        UnsafeDestinationError: it does, or may.
    """
    real = destination.resolve()
    content = (root / "content").resolve()
    if content.is_relative_to(real) or real.is_relative_to(content) or root.resolve().is_relative_to(real):
        raise UnsafeDestinationError(f"{destination} holds or is part of the project's own files")
    if destination.is_symlink() or (destination.exists() and not destination.is_dir()):
        raise UnsafeDestinationError(f"{destination} is not a folder")
    if (destination / ".git").exists():
        raise UnsafeDestinationError(f"{destination} is a Git repository")
    if destination.is_dir() and any(destination.iterdir()) and not (destination / MANIFEST).is_file():
        raise UnsafeDestinationError(f"{destination} is not empty and was not made by digest")


def publish(destination: Path, outputs: Iterable[tuple[str, bytes]], *, commit: Callable[[], bool]) -> Written | None:
    """Make the folder hold `outputs` (path and bytes; paths come from `urls.out_path`) and what others put there.

    `commit` is asked when all is written and nothing is published yet; None when it says no.

    Raises:
        OSError: something could not be written; the folder is then as it was.
    """
    repair(destination)
    staging = _beside(destination, "new")
    _remove(staging)
    staging.mkdir(parents=True)
    try:
        return _publish_by_way_of(staging, destination, outputs, commit=commit)
    finally:
        _remove(staging)


def _publish_by_way_of(
    staging: Path, destination: Path, outputs: Iterable[tuple[str, bytes]], *, commit: Callable[[], bool]
) -> Written | None:
    old = read_manifest(destination)
    new: dict[str, str] = {}
    unchanged = 0
    made = {staging}
    for path, data in outputs:
        new[path] = hashlib.blake2b(data, digest_size=16).hexdigest()
        target = staging / path
        if target.parent not in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            made.add(target.parent)
        if _holds(destination / path, data) and _linked(destination / path, target):
            unchanged += 1
        else:
            target.write_bytes(data)
    if not commit():
        return None
    _carry_over(destination, staging, known={*old, *new, MANIFEST})
    listing = json.dumps({"format": _FORMAT, "files": dict(sorted(new.items()))}, indent=0)
    (staging / MANIFEST).write_text(listing + "\n", encoding="utf-8")
    _exchange(staging, destination)
    return Written(len(new) - unchanged, unchanged, len(old.keys() - new.keys()))


def read_manifest(destination: Path) -> Mapping[str, str]:
    """Return the files we wrote, with digests; empty where the manifest is missing or damaged."""
    try:
        found = json.loads((destination / MANIFEST).read_text(encoding="utf-8"))
        files = found["files"] if found["format"] == _FORMAT else {}
        return {str(path): str(digest) for path, digest in files.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def clean(destination: Path) -> int:
    """Remove the files our manifest lists, folders left empty, and what an interrupted build left beside.

    Returns how many files were removed.
    """
    repair(destination)
    _remove(_beside(destination, "new"))
    files = read_manifest(destination)
    removed = 0
    for path in [*files, MANIFEST]:
        file = destination / path
        if file.resolve().is_relative_to(destination.resolve()) and file.is_file():
            file.unlink()
            removed += path != MANIFEST
    folders = sorted((folder for folder in destination.rglob("*") if folder.is_dir()), reverse=True)
    for folder in [*folders, destination]:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    return removed


def repair(destination: Path) -> None:
    """Put back a folder that an interrupted exchange had set aside."""
    aside = _beside(destination, "old")
    if aside.is_dir() and not destination.exists():
        aside.rename(destination)
    _remove(aside)


def _beside(destination: Path, name: str) -> Path:
    return destination.with_name(f".{destination.name}.digest-{name}")


def _remove(folder: Path) -> None:
    if folder.is_dir():
        shutil.rmtree(folder)


def _holds(file: Path, data: bytes) -> bool:
    """Tell whether a file holds these bytes now, whatever the manifest says of it."""
    try:
        return file.stat().st_size == len(data) and not file.is_symlink() and file.read_bytes() == data
    except OSError:
        return False


def _linked(old: Path, new: Path) -> bool:
    """Give an unchanged file a second name in the new generation; False where that is not possible."""
    try:
        os.link(old, new)
    except OSError:
        return False
    return True


def _carry_over(destination: Path, staging: Path, *, known: set[str]) -> None:
    """Keep files that others put into the folder."""
    if not destination.is_dir():
        return
    for file in sorted(destination.rglob("*")):
        path = file.relative_to(destination).as_posix()
        if path not in known and (file.is_symlink() or file.is_file()):
            (staging / path).parent.mkdir(parents=True, exist_ok=True)
            if file.is_symlink() or not _linked(file, staging / path):
                shutil.copy2(file, staging / path, follow_symlinks=False)


def _exchange(staging: Path, destination: Path) -> None:
    """Swap two folders: in one system call on Linux, elsewhere by two renames that `repair` can finish."""
    if not destination.exists():
        staging.rename(destination)
    elif not _renameat2(staging, destination):
        aside = _beside(destination, "old")
        destination.rename(aside)
        staging.rename(destination)
        _remove(aside)


def _renameat2(staging: Path, destination: Path) -> bool:
    """Exchange two names atomically (renameat2(2), Linux 3.15); False where the system cannot."""
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    names = os.fsencode(staging), os.fsencode(destination)
    return bool(call(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)
