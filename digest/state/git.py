"""Whether Git tracks a path: read from the index, for running `git` would let a repository's settings run programs.

Source of the format: git-scm.com/docs/index-format (versions 2, 3 and 4, either hash, split and sparse indexes).
What cannot be understood tracks nothing: Git itself could not read it either.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HASHES = (20, 32)
"""Bytes of SHA-1 and SHA-256; nothing in an index says which of them it has."""

_HEADER = 12
_TIMES_AND_SUCH = 40
"""Bytes of an entry before its hash."""

_LENGTH, _EXTENDED = 0x0FFF, 0x4000
"""Of an entry's flags: how long its name is, and whether there are more flags."""

_LARGEST = 1 << 29
"""Bytes: the index of four million files has that many."""

_LONGEST = 1 << 12
"""Bytes of the path of a repository that is kept elsewhere."""

_COMPRESSED = 4
"""The version that leaves out what a name has in common with the one before."""


def tracks(root: Path, name: str) -> bool:
    """Tell whether a repository that the folder `root` lies in tracks `name` there, or anything below it."""
    here = root.resolve()
    return any(
        _holds(folder, os.fsencode((here / name).relative_to(above).as_posix()))
        for above in (here, *here.parents)
        if (folder := _git_folder(above))
    )


def _git_folder(above: Path) -> Path | None:
    """Return where a repository is kept; a linked working tree or a submodule has a file that says so."""
    place = above / ".git"
    if not os.path.lexists(place) or place.is_dir():
        return place if place.is_dir() else None
    kind, _, where = _read(place)[:_LONGEST].rstrip(b"\r\n").partition(b": ")
    return above / os.fsdecode(where) if kind == b"gitdir" and b"\0" not in where else None


def _holds(folder: Path, path: bytes) -> bool:
    data = _read(folder / "index")
    shared = any(name.startswith("sharedindex.") for name in os.listdir(folder)) if data else False  # noqa: PTH208 - names
    if not shared and not _may_hold(data, path):
        return False
    for size in _HASHES:
        try:
            return any(_is_below(name, path) for name in _names(folder, data, size, whole=shared, path=path))
        except (IndexError, ValueError):
            continue
    return False


def _read(file: Path) -> bytes:
    """Return a file's bytes; none of what is no file, cannot be read, or is larger than any index."""
    try:
        return file.read_bytes() if file.is_file() and file.stat().st_size < _LARGEST else b""
    except OSError:
        return b""


def _may_hold(data: bytes, path: bytes) -> bool:
    """Tell whether the path can be in an index: where names stand as they are, a search, quicker from the end."""
    return data[:4] == b"DIRC" and (_version(data) == _COMPRESSED or data.rfind(path) >= 0)


def _version(data: bytes) -> int:
    return int.from_bytes(data[4:8], "big")


def _is_below(name: bytes, path: bytes) -> bool:
    return name.startswith(path) and name[len(path) : len(path) + 1] in {b"", b"/"}


def _names(folder: Path, data: bytes, size: int, *, whole: bool, path: bytes) -> Iterator[bytes]:
    """Yield the names in an index, in their order, at least those that begin with `path`; all where it is split."""
    end = _HEADER
    for name, end in _entries(data, size):  # noqa: B007 - where the last one ended
        if not whole and name[: len(path)] > path:
            return
        yield name
    if whole and (split := _split(data, end, size)):
        base = _read(folder / f"sharedindex.{split.base.hex()}")
        deleted = frozenset(_bits(split.deleted, most=len(base) // _TIMES_AND_SUCH))
        for number, (name, _) in enumerate(_entries(base, size) if base else ()):
            if number not in deleted:
                yield name


def _entries(data: bytes, size: int) -> Iterator[tuple[bytes, int]]:
    """Yield each entry's name, and where the entry ends.

    Raises:
        ValueError: this is no index with hashes of that size; so does IndexError.
    """
    version, name, at = _version(data), b"", _HEADER
    for _ in range(int.from_bytes(data[8:12], "big")):
        flags = int.from_bytes(data[at + _TIMES_AND_SUCH + size : at + _TIMES_AND_SUCH + size + 2], "big")
        start = at + _TIMES_AND_SUCH + size + (4 if flags & _EXTENDED else 2)
        kept = b""
        if version == _COMPRESSED:
            left_out, start = _number(data, start)
            kept = name[: len(name) - left_out]
        end = data.index(b"\0", start)
        name = kept + data[start:end]
        if min(len(name), _LENGTH) != flags & _LENGTH:
            raise ValueError(size)
        at = end + 1 if version == _COMPRESSED else at + (end - at + 8) // 8 * 8
        yield name, at


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of any length, and where it ends (the encoding of offsets in packs)."""
    value = data[at] & 0x7F
    while data[at] & 0x80:
        at += 1
        value = (value + 1 << 7) + (data[at] & 0x7F)
    return value, at + 1


class _Split(NamedTuple):
    """The index that another one goes on from, and which of its entries are gone, or are in the other: a bitmap."""

    base: bytes
    deleted: bytes


def _split(data: bytes, at: int, size: int) -> _Split | None:
    """Return what an index's extensions, which begin at an offset, say of its being split."""
    while at + 8 <= len(data) - size:
        length = int.from_bytes(data[at + 4 : at + 8], "big")
        if data[at : at + 4] == b"link":
            start = at + 8
            return _Split(data[start : start + size], data[start + size : start + length])
        at += 8 + length
    return None


def _bits(bitmap: bytes, *, most: int) -> Iterator[int]:
    """Yield the numbers of the bits that a compressed bitmap sets (EWAH, git-scm.com/docs/bitmap-format).

    Of runs none from `most` on, for a few bytes can say that there are billions.
    """
    words = [
        int.from_bytes(bitmap[at : at + 8], "big") for at in range(8, 8 + 8 * int.from_bytes(bitmap[4:8], "big"), 8)
    ]
    bit, number = 0, 0
    while number < len(words):
        marker = words[number]
        run, literal = 64 * (marker >> 1 & 0xFFFFFFFF), marker >> 33
        if marker & 1:
            yield from range(bit, min(bit + run, most))
        bit += run
        for word in words[number + 1 : number + 1 + literal]:
            yield from (bit + place for place in range(64) if word >> place & 1)
            bit += 64
        number += 1 + literal
