"""Whether somebody has mounted a folder at another place, and so holds the folder itself and not its name.

Only mounts that this process can see are found. A container has mounts of its own, which nobody outside it sees.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

_MOUNTS = Path("/proc/self/mountinfo")
_ESCAPED = re.compile(r"\\([0-7]{3})")


class _Mount(NamedTuple):
    """A line of mountinfo (proc_pid_mountinfo(5)): a folder of a device, and where it is seen."""

    device: str
    folder: Path
    at: Path


def is_mounted_elsewhere(folder: Path) -> bool:
    """Tell whether a folder, or one in it, is the root of a mount; False where the system does not say."""
    mounts, place = _mounts(), folder.resolve()
    above = [mount for mount in reversed(mounts) if place.is_relative_to(mount.at)]  # the last one hides those before
    own = max(above, key=_depth, default=None)
    if own is None:
        return False
    on_device = own.folder / place.relative_to(own.at)
    return any(mount.device == own.device and mount.folder.is_relative_to(on_device) for mount in mounts)


def _depth(mount: _Mount) -> int:
    return len(mount.at.parts)


def _mounts() -> list[_Mount]:
    try:
        lines = _MOUNTS.read_bytes().decode(errors="surrogateescape").splitlines()
    except OSError:
        return []
    fields = (line.split(" ") for line in lines)
    return [_Mount(device, _path(folder), _path(at)) for _, _, device, folder, at, *_ in fields]


def _path(written: str) -> Path:
    """Return a path as mountinfo writes it, with blanks and the like in octal."""
    return Path(_ESCAPED.sub(lambda found: chr(int(found[1], 8)), written))
