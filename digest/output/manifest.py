"""The manifest: which files of a folder are ours, and what they hold. Same files, same bytes."""

from __future__ import annotations

import json
import os
import re
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING

from digest.pages.urls import LONGEST_NAME, out_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MANIFEST = ".digest-manifest.json"
_FORMAT = 1
_LONGEST = 4095
"""Bytes of a whole path that Linux takes."""
_PLAIN = re.compile(r"[\w./-]*", re.ASCII).fullmatch
_ORDINARY = re.compile(r"(?:(?:[\w-]++/)*+[\w-]++(?:\.[\w-]++)*+\n)*+", re.ASCII).fullmatch
"""Paths, a line each, that `out_path` lets pass if they are short."""


def carries_manifest(tree: Path) -> bool:
    """Tell whether this is a folder with a manifest in it, neither of them a link to what lies elsewhere."""
    try:
        return S_ISDIR(tree.lstat().st_mode) and S_ISREG((tree / MANIFEST).lstat().st_mode)
    except OSError:
        return False


def read_manifest(tree: Path) -> Mapping[str, str]:
    """Return the files we wrote, with digests; empty where the manifest is missing, damaged, or none we would write."""
    try:
        found = json.loads((tree / MANIFEST).read_bytes())
        files = found["files"] if found["format"] == _FORMAT else {}
        room = _LONGEST - len(os.fsencode(tree))
        return files if _all_ours(files, room=room) else {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _all_ours(files: Mapping[str, object], *, room: int) -> bool:
    """Tell whether we could have written all these files; with one look at ordinary paths, which are nearly all."""
    lines = "".join(f"{path}\n" for path in files)
    ordinary = _ORDINARY(lines) and lines.count("\n") == len(files)
    if ordinary and max(map(len, files), default=0) < min(room, LONGEST_NAME):
        return all(isinstance(digest, str) for digest in files.values())
    return all(_is_ours(path, digest, room=room) for path, digest in files.items())


def _is_ours(path: str, digest: object, *, room: int) -> bool:
    """Tell whether we could have written a file of that path, which has `room` bytes; also ValueError if not."""
    return out_path(f"/{path}") == path and len(path.encode()) < room and isinstance(digest, str)


def manifest_of(files: Mapping[str, str]) -> bytes:
    """Return the bytes of the manifest that lists these files: path and digest, sorted, a line each."""
    lines = ",\n".join(f'{_quoted(path)}: "{digest}"' for path, digest in sorted(files.items()))
    return f'{{"format": {_FORMAT}, "files": {{\n{lines}\n}}}}\n'.encode()


def _quoted(path: str) -> str:
    """Return a path as JSON has it; of what nearly all are made of, without asking the library."""
    return f'"{path}"' if _PLAIN(path) else json.dumps(path)
