"""Install this project and what it needs into the environment that runs this: `python -m tools.install dev`.

From the lock, with the hash of every file compared. A Python that the lock is not made for gets what `pyproject.toml`
allows, and is told so; a file of another hash is never a reason for that.
"""

from __future__ import annotations

import subprocess
import sys

LOCKED = ((3, 11), (3, 14))
"""The first and the last Python that the lock is made for."""
_PIP = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")


def main(what: str) -> None:
    if LOCKED[0] <= sys.version_info[:2] <= LOCKED[1]:
        names = [f"requirements/{name}.txt" for name in ((what,) if what == "dev" else (what, "build"))]
        _pip("--require-hashes", *(option for name in names for option in ("--requirement", name)))
        _pip("--no-deps", "--no-build-isolation", "--editable", ".")
    else:
        version = ".".join(map(str, sys.version_info[:2]))
        print(f"There is no lock for Python {version}: installing the newest that pyproject.toml allows", flush=True)
        _pip("--editable", ".[dev]" if what == "dev" else ".")


def _pip(*arguments: str) -> None:
    if code := subprocess.run([*_PIP, *arguments], check=False).returncode:
        sys.exit(code)


if __name__ == "__main__":
    main(sys.argv[1])
