"""What a reader must know of the machine to judge the figures."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def describe(media: Mapping[str, Path]) -> str:
    """Return a paragraph: processors, memory, kernel, and the file system of each medium."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    places = ", ".join(f"{name} is {file_system(folder)}" for name, folder in media.items())
    return (
        f"{len(os.sched_getaffinity(0))} cores ({processor()}), {memory:.0f} GiB of memory, "
        f"{platform.system()} {platform.release()}, {platform.machine()}; {places}; "
        f"Python {platform.python_version()}"
    )


def processor() -> str:
    found = re.search(r"(?m)^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return found[1] if found else "unknown"


def file_system(folder: Path) -> str:
    """Return the type of the file system that the folder is, or will be, on."""
    lines = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    types = {Path(words[1]): words[2] for words in map(str.split, lines)}
    place = folder.resolve()
    return next(types[above] for above in (place, *place.parents) if above in types)
