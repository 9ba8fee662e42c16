"""Provide what tests need beside Python packages: Chromium, Java, Node, strace. Run as `python -m tools.provide`.

What the machine has is used; what it lacks is installed by its package manager where that is allowed. Says
nothing when there is nothing to do.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Program:
    """A program: the names it may have, the option that only prints its version, its Debian packages."""

    label: str
    names: tuple[str, ...]
    version: str
    packages: tuple[str, ...]


CHROMIUM = Program("Chromium", ("chromium", "google-chrome", "google-chrome-stable"), "--version", ("chromium",))
JAVA = Program("Java", ("java",), "-version", ("default-jre-headless",))
NODE = Program("Node", ("node",), "--version", ("nodejs",))
NPM = Program("npm", ("npm",), "--version", ("npm",))
STRACE = Program("strace", ("strace",), "--version", ("strace",))


def find(program: Program) -> str | None:
    """Return the path of a program that starts; systems ship stubs that only say what to install.

    The environment variable CHROMIUM, when set, says which Chromium to use.
    """
    chosen = os.environ.get("CHROMIUM") if program is CHROMIUM else None
    for name in (chosen,) if chosen else program.names:
        path = shutil.which(name)
        if path and _succeeds(path, program.version):
            return path
    return None


def provide(program: Program) -> bool:
    """Find the program or install it; tell whether it is there now."""
    if find(program):
        return True
    print(f"{program.label} is missing: installing it", flush=True)
    return (_install(program.packages) and find(program) is not None) or (
        program is CHROMIUM and _install_own_chromium()
    )


def _install(packages: tuple[str, ...]) -> bool:
    return _have_fresh_lists() and _succeeds(
        *_as_root(), "apt-get", "install", "--yes", "--no-install-recommends", *packages
    )


@cache
def _have_fresh_lists() -> bool:
    if not shutil.which("apt-get") or not (os.geteuid() == 0 or _succeeds("sudo", "-n", "true")):
        return False
    return _succeeds(*_as_root(), "apt-get", "update")


def _as_root() -> tuple[str, ...]:
    quiet = ("env", "DEBIAN_FRONTEND=noninteractive")
    return quiet if os.geteuid() == 0 else ("sudo", "-n", *quiet)


def _install_own_chromium() -> bool:
    """Let Playwright fetch its own build, which it then finds by itself."""
    playwright = (sys.executable, "-m", "playwright", "install")
    return _succeeds(*playwright, "--with-deps", "chromium") or _succeeds(*playwright, "chromium")


def _succeeds(*command: str) -> bool:
    if not shutil.which(command[0]):
        return False
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0


def main() -> None:
    missing = [program for program in (CHROMIUM, JAVA, NODE, NPM, STRACE) if not provide(program)]
    if missing:
        packages = " ".join(package for program in missing for package in program.packages)
        sys.exit(f"Tests also need {packages}: install them (apt install {packages}) and run this again.")


if __name__ == "__main__":
    main()
