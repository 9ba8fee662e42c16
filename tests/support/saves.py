"""How editors and other programs save a file: each way leaves a text in it, and may leave other names behind it."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Save = Callable[[Path, str], None]


def in_place(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


def vim_with_backup(file: Path, text: str) -> None:
    probe, backup = file.with_name("4913"), file.with_name(f"{file.name}~")
    probe.touch()
    probe.unlink()
    file.rename(backup)
    with file.open("w", encoding="utf-8") as written:
        written.write(text)
        written.flush()
        os.fsync(written.fileno())
    file.chmod(0o644)
    backup.unlink()


def emacs(file: Path, text: str) -> None:
    lock, written = file.with_name(f".#{file.name}"), file.with_name(f"{file.name}.tmp")
    lock.symlink_to("somebody@somewhere.1234:1")
    written.write_text(text, encoding="utf-8")
    written.replace(file)
    lock.unlink()


def code(file: Path, text: str) -> None:
    with file.open("r+", encoding="utf-8") as written:
        written.truncate()
        written.write(text)


def jetbrains(file: Path, text: str) -> None:
    written, old = file.with_name(f"{file.name}___jb_tmp___"), file.with_name(f"{file.name}___jb_old___")
    written.write_text(text, encoding="utf-8")
    file.rename(old)
    written.rename(file)
    old.unlink()


def hidden_and_renamed(file: Path, text: str) -> None:
    written = file.with_name(f".{file.name}.swp")
    written.write_text(text, encoding="utf-8")
    written.replace(file)


def backup_and_renamed(file: Path, text: str) -> None:
    written = file.with_name(f"{file.name}~")
    written.write_text(text, encoding="utf-8")
    written.replace(file)


def from_outside(file: Path, text: str) -> None:
    """From a folder that nobody watches, three levels up."""
    written = file.parents[2] / "elsewhere"
    written.write_text(text, encoding="utf-8")
    written.replace(file)


def truncated_for_a_while(file: Path, text: str) -> None:
    with file.open("w", encoding="utf-8") as written:
        written.flush()
        time.sleep(0.1)
        written.write(text)


def truncated_and_opened_again(file: Path, text: str) -> None:
    file.write_text("", encoding="utf-8")
    time.sleep(0.1)
    file.write_text(text, encoding="utf-8")


def in_many_parts(file: Path, text: str) -> None:
    with file.open("w", encoding="utf-8") as written:
        for start in range(0, len(text), len(text) // 6 + 1):
            written.write(text[start : start + len(text) // 6 + 1])
            written.flush()
            time.sleep(0.03)


def same_length_and_time(file: Path, text: str) -> None:
    """As far as the text allows: it is filled up with spaces."""
    before = file.stat()
    file.write_text(text.ljust(before.st_size), encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


SAVES: tuple[Save, ...] = (
    in_place,
    vim_with_backup,
    emacs,
    code,
    jetbrains,
    hidden_and_renamed,
    backup_and_renamed,
    from_outside,
    truncated_for_a_while,
    truncated_and_opened_again,
    in_many_parts,
    same_length_and_time,
)
