"""An edit at the desk in a process of its own, to be killed or failed: `words.` becomes `words!` in one entry.

Exit codes: 0 where it was saved, 3 where the disk failed and 4 where another program had saved, told in a line.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

from digest.digests import digest_of
from digest.output.exchange import swap
from digest.preview.edit import replacing
from digest.preview.edit.desk import Desk
from digest.preview.edit.sources import ConflictError

ENTRY = "content/articles/2024-01-18-a.md"
BEFORE = b"Some words.\n" * 2000
AFTER = b"Some words!\n" * 2000
KEY = b"k" * 32
THEIRS = b"Other words, and more of them.\n"


def run() -> None:
    """Edit the entry of the digest in a folder; `outside` says that another program saves before names are exchanged."""
    root, outside = Path(sys.argv[1]), sys.argv[2] == "outside"
    if outside:
        vars(replacing)["swap"] = lambda one, other: _saved(other) and swap(one, other)
    try:
        Desk(root, KEY).apply(ENTRY, digest_of(BEFORE), lambda data: data.replace(b"words.", b"words!"))
    except ConflictError as conflict:
        _end(4, str(conflict))
    except OSError as error:
        _end(3, f"{error.strerror}")


def _saved(file: Path) -> bool:
    """Save other words by renaming, once; True."""
    if file.read_bytes() == BEFORE:
        beside = file.with_name("beside~")
        beside.write_bytes(THEIRS)
        beside.replace(file)
    return True


def _end(code: int, text: str) -> NoReturn:
    print(text, file=sys.stderr)  # noqa: T201 - the test reads it
    sys.exit(code)
