"""Whether there is anything to do. Imports little: this is all that a build does where nothing changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from digest.content.load import Found, find, stamp
from digest.digests import digest_of
from digest.engine.inputs import Inputs, examine, look_at_themes, settled, shown
from digest.output.places import folder_of
from digest.project import strange_links
from digest.values import replaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.engine.last_build import Last
    from digest.state.store import Store


class Looked(NamedTuple):
    """The project's files as they were found after the `last` build, with those of the themes in `folders`."""

    last: Last
    found: Found
    inputs: Inputs
    folders: tuple[Path, ...]


def look(root: Path, settings: Path, *, last: Last, store: Store, clock: int) -> Looked | None:
    """Look at all files; None where no input has changed since the last build.

    Raises:
        OSError: a file cannot be read.
    """
    found, folders = find(root), tuple(map(Path, last.themes.values()))
    themes = look_at_themes(root, folders)
    stamps = {**found.stamps, **themes.stamps, shown(root, settings): stamp(settings.stat())}
    wrong = bool(found.problems or themes.problems or strange_links(root, settings))
    moved = any(str(folder_of(root, name)) != folder for name, folder in last.themes.items())
    if not moved and not wrong and last.stamps and _digest(stamps) == last.stamps:  # to be trusted, then and now
        return None
    before = store.inputs()
    inputs = examine(root, stamps, before, later={source.path for source in found.sources}, clock=clock)
    if moved or wrong or not inputs.same:
        return Looked(last, found, inputs, folders)
    with store.writing():
        store.set_inputs({path: known for path, known in inputs.learned.items() if known != before.get(path)}, gone=())
        store.set_text("last", replaced(last, stamps=stamps_digest(stamps, clock)).text())
    return None


def stamps_digest(stamps: Mapping[str, str], clock: int) -> str:
    """Return the digest of all files' stamps; "", which is no digest, where one is "" or cannot be trusted yet."""
    if not all(seen and settled(seen, clock) for seen in stamps.values()):
        return ""
    return _digest(stamps)


def _digest(stamps: Mapping[str, str]) -> str:
    return digest_of("\n".join(f"{path}\0{seen}" for path, seen in sorted(stamps.items())).encode())


def tree_digest(tree: Path, paths: Iterable[str]) -> str:
    """Return the digest of what files of a tree look like from outside: inode, size and time; "" where one is missing.

    It stands for their bytes, but for one case: a kernel's clock ticks every 1 to 10 ms, and who writes as many bytes
    into a file in the tick in which we wrote it leaves its size and time as they were.
    """
    start, lines = f"{tree}/", []
    try:
        for path in sorted(paths):
            seen = os.lstat(start + path)
            lines.append(f"{path}\0{seen.st_ino} {seen.st_size} {seen.st_mtime_ns}")
    except OSError:
        return ""
    return digest_of("\n".join(lines).encode())
