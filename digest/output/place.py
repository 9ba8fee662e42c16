"""Single files in a tree that nobody reads yet: put, linked, removed.

An inode may have names in other trees and in other people's copies, so no file is ever written into twice.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from digest.digests import hashing, pieces_of
from digest.output.stamps import Stamp, stamp_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL


def put(tree: Path, path: str, data: bytes) -> tuple[str, Stamp]:
    """Write one file with its folders, in place of what was there; returns digest and stamp.

    Processes may do so at the same time for different paths.

    Raises:
        OSError: it could not be written; the error names the file.
    """
    return _put(tree, path, (data,))


def copy(source: str, tree: Path, path: str) -> tuple[str, Stamp]:
    """Put a copy of a file of any size; the digest is that of what was copied, whatever the file holds by then.

    Raises:
        OSError: it could not be read, or not be written; the error names the file.
    """
    return _put(tree, path, pieces_of(source))


def _put(tree: Path, path: str, pieces: Iterable[bytes]) -> tuple[str, Stamp]:
    target = f"{tree}/{path}"
    try:
        descriptor = _create(target)
    except NotADirectoryError:
        _clear_the_way(tree, path)
        descriptor = _create(target)
    hashed = hashing()
    try:
        for piece in pieces:
            hashed.update(piece)
            _write(descriptor, piece, target)
        return hashed.hexdigest(), stamp_of(path, os.fstat(descriptor))
    finally:
        os.close(descriptor)


def _write(descriptor: int, data: bytes, target: str) -> None:
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    except OSError as error:
        raise OSError(error.errno, error.strerror, target) from None


def _create(target: str) -> int:
    _make_folder(target[: target.rfind("/")])
    try:
        return os.open(target, _NEW, 0o666)
    except FileExistsError:
        remove(target)
        return os.open(target, _NEW, 0o666)


def _make_folder(folder: str) -> None:
    """Make a folder, trying first what mostly succeeds: one system call for a page's own folder."""
    try:
        os.mkdir(folder)
    except FileExistsError:
        pass
    except FileNotFoundError:
        _make_folder(folder[: folder.rfind("/")])
        _make_folder(folder)


def _clear_the_way(tree: Path, path: str) -> None:
    """Remove the file that stands where a folder is needed."""
    for folder in sorted(folders_of([path])):
        if not (tree / folder.rstrip("/")).is_dir():
            remove(f"{tree}/{folder}".rstrip("/"))
            return


def link(source: str, target: str) -> None:
    """Give a file a second name, in place of what had it; where the system refuses that, make a copy.

    Raises:
        OSError: neither could be done.
    """
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        if not os.path.samestat(os.lstat(source), os.lstat(target)):
            remove(target)
            link(source, target)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def remove(target: str) -> None:
    """Remove what has this name, if anything has.

    Raises:
        OSError: it cannot be removed.
    """
    try:
        os.unlink(target)
    except FileNotFoundError:
        pass
    except OSError:
        if os.path.islink(target) or not os.path.isdir(target):
            raise
        _remove_tree(target)


def _remove_tree(folder: str) -> None:
    try:
        shutil.rmtree(folder)
    except OSError as error:  # it names what it could not remove without saying where that is
        raise OSError(error.errno, error.strerror, folder) from None


def remove_file(target: str) -> None:
    """Remove a file, unless it is gone or has made room for a folder already.

    Raises:
        OSError: it cannot be removed.
    """
    try:
        os.unlink(target)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError:
        if not os.path.isdir(target):
            raise


def remove_folder(target: str) -> None:
    """Remove an empty folder, unless it is gone or has made room for a file already.

    Raises:
        OSError: it cannot be removed.
    """
    with suppress(FileNotFoundError, NotADirectoryError):
        os.rmdir(target)


def folders_of(paths: Iterable[str]) -> set[str]:
    """Return every folder above the paths but the tree's own, each with its last slash."""
    found: set[str] = set()
    for path in paths:
        folder = path[: path.rfind("/") + 1]
        while folder and folder not in found:
            found.add(folder)
            folder = folder[: folder.rfind("/", 0, -1) + 1]
    return found


def link_tree(source: Path, target: Path, paths: Iterable[str], *, made: Iterable[str] = ()) -> None:
    """Give files a second name in another tree, where the folders `made` are already.

    Raises:
        OSError: a folder or a file could not be made.
    """
    listed = list(paths)
    for folder in sorted({"", *folders_of(listed)}.difference(made)):
        _make_folder(f"{target}/{folder}".rstrip("/"))
    for path in listed:
        link(f"{source}/{path}", f"{target}/{path}")
