"""Which files changed since they were last read.

Stamps decide only whether a file is read; digests decide whether it changed. A stamp is trusted once it is older than
the clock's coarseness: a file written twice within a tick may keep its stamp (git calls such an index entry racy).
"""

from __future__ import annotations

import os
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from digest.content.load import stamp
from digest.digests import digests_of_files
from digest.output.files import files_of
from digest.state.store import Input
from digest.values import Value

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping
    from pathlib import Path

    from digest.diagnostics import Diagnostic

NONE: Mapping[str, str] = MappingProxyType({})

_TICK = 50_000_000
"""Nanoseconds within which a stamp may not tell two states of a file apart: a kernel's clock ticks every 1 to 10 ms."""

_COARSE = 2_000_000_000
"""The same where times are whole milliseconds or less exact (FAT counts two seconds)."""


class Inputs(Value, kw_only=True):
    """The project's files as they are now.

    `known` holds those whose bytes are known, with their digests; `changed` those that are new or hold other bytes
    than before; `gone` those that were there; `learned` what is to be remembered.
    """

    stamps: Mapping[str, str]
    known: Mapping[str, str]
    changed: frozenset[str]
    gone: tuple[str, ...]
    learned: Mapping[str, Input]

    @property
    def same(self) -> bool:
        return not self.changed and not self.gone


def examine(
    root: Path,
    stamps: Mapping[str, str],
    before: Mapping[str, Input],
    *,
    later: Container[str],
    clock: int,
    read: Mapping[str, str] = NONE,
) -> Inputs:
    """Compare files with what is remembered of them; `clock` is the time in nanoseconds since the epoch.

    New files among `later` are not read here, for somebody will read them anyway and tell their digest; `read` are the
    digests of those that were read already, after their stamps were taken.

    Raises:
        OSError: a file cannot be read.
    """
    same = {
        path
        for path, seen in stamps.items()
        if path in before and before[path].stamp == seen and read.get(path, before[path].digest) == before[path].digest
    }
    asked = [path for path in stamps if path not in same and path not in read and (path in before or path not in later)]
    digests = digests_of_files([os.path.join(root, path) for path in asked])  # noqa: PTH118
    read = {**dict(zip(asked, digests, strict=True)), **{path: read[path] for path in read if path not in same}}
    new = {path for path in stamps if path not in before}
    changed = new | {path for path, digest in read.items() if path in before and digest != before[path].digest}
    return Inputs(
        stamps=stamps,
        known={path: before[path].digest for path in same} | read,
        changed=frozenset(changed),
        gone=tuple(path for path in before if path not in stamps),
        learned={path: Input(settled(stamps[path], clock), digest) for path, digest in read.items()},
    )


class Themes(NamedTuple):
    """The stamps of all files of the themes, by path as `shown`; and what must not be there."""

    stamps: Mapping[str, str]
    problems: tuple[Diagnostic, ...]


def look_at_themes(root: Path, folders: Iterable[Path]) -> Themes:
    """Look at the files of the themes' folders, without reading any.

    Raises:
        OSError: a folder cannot be read.
    """
    stamps: dict[str, str] = {}
    problems: list[Diagnostic] = []
    for folder in folders:
        files = files_of(folder)
        stamps |= {shown(root, folder / path): stamp(seen) for path, seen in files.seen.items()}
        problems += files.problems
    return Themes(stamps, tuple(problems))


def shown(root: Path, file: Path) -> str:
    """Return the name an input goes by."""
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)


def is_as_seen(root: Path, path: str, seen: str, *, clock: int) -> bool:
    """Tell whether nobody can have written to a file since its stamp was taken, some time after `clock`.

    Raises:
        OSError: it cannot be looked at.
    """
    return stamp((root / path).stat()) == settled(seen, clock)


def settled(seen: str, clock: int) -> str:
    """Return a stamp to remember; "", which no file has, where it cannot be trusted yet."""
    modified, _, _, changed = seen.split()
    latest = max(int(modified), int(changed))
    return seen if latest < clock - (_TICK if latest % 1_000_000 else _COARSE) else ""
