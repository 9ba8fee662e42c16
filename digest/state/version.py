"""What remembered results depend on besides their inputs: our code, the libraries that make them, the interpreter.

Looks at files only and imports none of the libraries, for a build that has nothing to do asks this too.
"""

from __future__ import annotations

import hashlib
import os
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_FORMAT = 1
_LIBRARIES = {
    "jinja2": "jinja2",
    "markdown": "markdown",
    "markupsafe": "markupsafe",
    "msgspec": "msgspec",
    "nh3": "nh3",
    "pydantic": "pydantic",
    "pydantic_core": "pydantic-core",
    "tzdata": "tzdata",
    "yaml": "pyyaml",
}
"""Modules, and the distributions they come from."""


@cache
def version() -> str:
    """Return the digest of everything that makes results and is no input of the project's."""
    made = hashlib.blake2b(digest_size=16)
    made.update(f"{_FORMAT} {sys.implementation.name} {sys.version_info[:3]}".encode())
    package = str(Path(__file__).parents[1])
    for folder, folders, files in os.walk(package):
        folders.sort()
        for name in sorted(files):
            if name.endswith(".py"):
                with open(f"{folder}/{name}", "rb", buffering=0) as file:  # noqa: PTH123 - for every module
                    made.update(f"{folder[len(package) :]}/{name}\0".encode() + file.read())
    made.update(repr(installed()).encode())
    return made.hexdigest()


def installed() -> list[str]:
    """Return the libraries with their versions, as the names of their metadata folders tell (PEP 376).

    Not when they were installed: each run in CI installs them anew, and is to find what the one before remembered.
    """
    origins = [spec.origin for name in _LIBRARIES if (spec := find_spec(name)) and spec.origin]
    found = {name for place in {Path(origin).parents[1] for origin in origins} for name in os.listdir(place)}  # noqa: PTH208 - names, not paths
    return sorted(name for name in found if _distribution(name) in _LIBRARIES.values())


def _distribution(folder: str) -> str:
    """Return the distribution that a metadata folder belongs to, its name normalised (PEP 503); "" for others."""
    name, ending, _ = folder.partition(".dist-info")
    return name.rpartition("-")[0].lower().replace("_", "-") if ending else ""
