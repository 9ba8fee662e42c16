"""A power cut without a machine to switch off: what a disk would hold that has lost all that nobody asked it to keep.

The program ends, as if killed, when it is about to make a change chosen beforehand. Then each file that was written and
not settled since loses its bytes: it is empty, or holds zeros under the size, time and inode that it had, as ext4 and
XFS leave files. A file is settled when the program asks the system for it, or for the whole file system.

The state store is SQLite's affair, which settles by itself. It is left as it was at that moment, or as it was before.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import TYPE_CHECKING, Any

from digest.output import durable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    Seen = tuple[int, int, int]
    """A file as it was: inode, size, time."""

LOSSES = ("empty", "zeros")
STORES = ("store as it is", "store as it was")
NEVER = 2**31
_CHANGES = frozenset({"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.truncate"})
_STATE = ("state.sqlite", "known.json")


# In the program


def arm(root: str, orders: str, *, model: bool = True) -> None:
    """End the program at the change that is ordered; keep account of what it settles until then.

    Without the model it settles on a disk.
    """
    with open(f"{orders}/change", encoding="utf-8") as file:  # noqa: PTH123
        last = int(file.read())
    made = 0
    settled = {tuple(seen) for seen in _read(f"{orders}/settled")}
    account, count = (os.open(f"{orders}/{name}", os.O_WRONLY | os.O_CREAT) for name in ("settled", "made"))

    def change() -> None:
        nonlocal made
        made += 1
        os.pwrite(count, b"%d" % made, 0)
        if made == last:
            os._exit(137)

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        opens = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if (opens or event in _CHANGES) and str(arguments[0]).startswith(root):
            change()

    def settle(files: Iterable[Seen]) -> None:
        settled.update(files)
        os.ftruncate(account, 0)
        os.pwrite(account, json.dumps([*settled]).encode(), 0)

    def syncfs(_: Path) -> bool:
        change()
        settle(_look(root))
        return True

    def fsync(descriptor: int) -> None:
        change()
        settle([_seen(os.fstat(descriptor))])

    if model:
        vars(durable)["_syncfs"], vars(os)["fsync"] = syncfs, fsync
    sys.addaudithook(watch)


def _look(folder: str) -> Iterator[Seen]:
    for above, _, names in os.walk(folder):
        yield from (_seen(os.lstat(f"{above}/{name}")) for name in names)


def _seen(status: os.stat_result) -> Seen:
    return status.st_ino, status.st_size, status.st_mtime_ns


def _read(file: str) -> list[Seen]:
    with open(file, encoding="utf-8") as opened:  # noqa: PTH123
        return [(inode, size, time) for inode, size, time in json.load(opened)]


# Around it


def order(orders: Path, root: Path, change: int) -> None:
    """Say at which change the program is to end; all that is there now is settled."""
    shutil.rmtree(orders, ignore_errors=True)
    orders.mkdir()
    (orders / "change").write_text(f"{change}")
    (orders / "settled").write_text(json.dumps([*_look(str(root))]))


def changes_made(orders: Path) -> int:
    return int((orders / "made").read_text())


def cut(orders: Path, root: Path, loss: str) -> None:
    """Leave of the files below `root` what the disk has kept."""
    settled = {*_read(str(orders / "settled"))}
    for above, _, names in os.walk(root):
        for name in names:
            _lose(f"{above}/{name}", loss, settled)


def _lose(file: str, loss: str, settled: set[Seen]) -> None:
    status = os.lstat(file)
    if _seen(status) in settled or any(name in file for name in _STATE) or os.path.islink(file):  # noqa: PTH114
        return
    with open(file, "r+b") as opened:  # noqa: PTH123
        if loss == "empty":
            opened.truncate(0)
        else:
            opened.write(bytes(status.st_size))
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def set_back(template: Path, root: Path) -> None:
    """Put the state store back to what it was before the program ran."""
    for name in _STATE:
        (root / ".digest" / name).unlink(missing_ok=True)
        (root / ".digest" / f"{name}-journal").unlink(missing_ok=True)
        if (template / ".digest" / name).exists():
            shutil.copy2(template / ".digest" / name, root / ".digest" / name)
