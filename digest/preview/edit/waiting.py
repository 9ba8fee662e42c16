"""Where edits lay their texts: below `.digest/desk/`, under names that only the user's key makes; and what is kept.

Invariants: no link is followed; what lies there without such a name, as an archive may bring it along, is never given
to a file; a text that somebody may have written is never removed, but kept in `.digest/kept/`.
"""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digest.digests import digest_of
from digest.preview.edit.insertions import source_at
from digest.state.folder import FOLDER, KEPT
from digest.state.seal import mark_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_DESK = f"{FOLDER}/desk"
_KEPT = f"{FOLDER}/{KEPT}"
_TEXT = "text"
_SEAL = 32
"""Characters of a mark in a name: 128 bits, and the name stays short enough for every file system."""
_STEM = 100
"""Bytes of a source's name in that of a kept text; a name may have 255 in all."""


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit of the source at a path below a resolved root; the name is made of the digests of its texts, and sealed.

    Example: `.digest/desk/<before>-<after>-<seal>/content/articles/a.md/text`. So whoever finds a text later knows
    which file it is of, and whether it is one of the edit's own or somebody else's.
    """

    root: Path
    path: str
    name: str

    @property
    def file(self) -> Path:
        return self.root / self.path

    @property
    def digests(self) -> list[str]:
        """The digests of the texts before and after the edit."""
        return self.name.split("-")[:2]

    @property
    def folder(self) -> Path:
        return self.root / _DESK / self.name / self.path

    @property
    def places(self) -> tuple[Path, Path]:
        """Where a text may wait: below `.digest/`, where nobody adds it to Git, or else beside its file."""
        return self.folder / _TEXT, self.file.parent / f".digest-{self.name}.text"

    def keep(self, place: Path) -> str:
        """Keep a text that is somebody else's; returns where, from the root."""
        return _keep(self.root, place, self.file.stem)


def edit_of(root: Path, path: str, *, before: str, after: str, key: bytes) -> Edit:
    """Return the edit of the source at a path from one digest to another, under the user's key."""
    digests = f"{before}-{after}"
    return Edit(root, path, f"{digests}-{mark_of(key, f'{digests} {path}')[:_SEAL]}")


def left_edits(root: Path, key: bytes) -> Iterator[Edit | Path]:
    """Yield edits that were cut off and, where a text lies in a folder that was not sealed with the key, its place.

    Links and the like are removed on the way, and each folder once it is empty.
    """
    for folder in (root / _DESK, root / _KEPT):
        if os.path.lexists(folder) and not stat.S_ISDIR(folder.lstat().st_mode):
            folder.unlink()
    for above, folders, files in os.walk(root / _DESK, topdown=False):
        here = Path(above)
        for name in (*folders, *files):
            _remove_odd(here / name)
        name, _, path = here.relative_to(root / _DESK).as_posix().partition("/")
        if edit := _sealed(root, path, name, key=key):
            yield edit
        elif is_plain(here / _TEXT):
            yield here / _TEXT
        with suppress(OSError):
            here.rmdir()


def _sealed(root: Path, path: str, name: str, *, key: bytes) -> Edit | None:
    """Return the edit that a folder on the desk is of, if its name was made with the key."""
    before, _, rest = name.partition("-")
    if not (source_at(path) and name.isascii()):
        return None
    edit = edit_of(root, path, before=before, after=rest.partition("-")[0], key=key)
    return edit if edit.name == name else None


def _remove_odd(path: Path) -> None:
    """Remove what is neither a file nor a folder; it waits for the next time where it cannot be."""
    with suppress(OSError):
        mode = path.lstat().st_mode
        if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
            path.unlink()


def is_plain(path: Path) -> bool:
    """Tell whether a path is a file itself, and no link to one."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def keep_strange(root: Path, place: Path) -> None:
    """Keep a text that lies on the desk and was not sealed with this key; raises OSError where it cannot be."""
    _keep(root, place, place.parent.stem)
    part_of(place).unlink(missing_ok=True)


def _keep(root: Path, place: Path, stem: str) -> str:
    name = printable(stem).encode(errors="ignore")[:_STEM].decode(errors="ignore")
    kept = f"{_KEPT}/{name}-{digest_of(place.read_bytes())}.md"
    (root / kept).parent.mkdir(exist_ok=True)
    _remove_odd(root / kept)
    shutil.move(place, root / kept)
    return kept


def kept(root: Path) -> list[str]:
    """Return where texts are kept that only their writers may remove, as paths from the root."""
    return sorted(printable(f"{_KEPT}/{file.name}") for file in (root / _KEPT).glob("*.md"))


def printable(text: str) -> str:
    """Return a name that a terminal may be shown, for anybody may have given it."""
    return "".join(filter(str.isprintable, text))


def part_of(place: Path) -> Path:
    """Return the name of a text that is not whole yet."""
    return place.with_suffix(".part")


def clear(edit: Edit) -> None:
    """Remove what is of no more use; what cannot be removed now waits for the next edit."""
    for place in edit.places:
        with suppress(OSError):
            part_of(place).unlink(missing_ok=True)
    with suppress(OSError):
        os.removedirs(edit.folder)
