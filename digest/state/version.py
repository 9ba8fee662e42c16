"""What remembered results depend on besides their inputs: our code, the libraries that make them, the interpreter.

Looks at files only and imports none of the libraries, for a build that has nothing to do asks this too.
"""

from __future__ import annotations

import hashlib
import sys
from importlib.util import find_spec
from pathlib import Path

_FORMAT = 1
_LIBRARIES = ("jinja2", "markdown", "markupsafe", "msgspec", "nh3", "pydantic", "pydantic_core", "yaml", "tzdata")


def version() -> str:
    """Return the digest of everything that makes results and is no input of the project's."""
    made = hashlib.blake2b(digest_size=16)
    made.update(f"{_FORMAT} {sys.implementation.name} {sys.version_info[:3]}".encode())
    package = Path(__file__).parents[1]
    for file in sorted(package.rglob("*.py")):
        made.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
    for name in _LIBRARIES:
        made.update(f"{name} {_installed(name)}\n".encode())
    return made.hexdigest()


def _installed(name: str) -> list[tuple[str, int]]:
    """Return the names of a library's metadata folders, which hold its version (PEP 376), and when they were made."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        return []
    place = Path(spec.origin).parents[1]
    wanted = name.replace("_", "-").lower()
    found = place.glob("*.dist-info")
    return sorted(
        (folder.name, folder.stat().st_mtime_ns)
        for folder in found
        if folder.name.rpartition("-")[0].replace("_", "-").lower() in {wanted, f"py{wanted}"}
    )
