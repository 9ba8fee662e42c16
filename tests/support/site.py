"""A digest made from a test's docstring, and the command line run on it in process.

The docstring is in txtar form: what should hold, in prose, then files, each under a line `-- path --`. A file is
written byte for byte as it stands there, without the docstring's indentation.
"""

from __future__ import annotations

import json
import os
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from digest.cli import main
from digest.state.home import trust

NOON = "1709294400"
"""2024-03-01 12:00 UTC, the moment every test builds at (as SOURCE_DATE_EPOCH)."""

KEY = b"a key of tests, of 32 characters"
"""Seals the stores that tests open themselves."""

THEMES = frozenset({"A", "B", "mine", "middle", "own", "broadsheet"})
"""What tests call the themes that they write, and let run."""

_SECTION = re.compile(r"^-- (\S.*) --\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Run:
    """What a command came to."""

    exit_code: int
    stdout: str
    stderr: str


def read_txtar(docstring: str) -> dict[str, str]:
    """Return the files a docstring holds, by path."""
    opening, _, rest = docstring.partition("\n")
    text = f"{opening}\n{textwrap.dedent(rest)}"
    _, *parts = _SECTION.split(text if text.endswith("\n") else f"{text}\n")
    return dict(zip(parts[::2], parts[1::2], strict=True))


@dataclass(frozen=True, slots=True)
class Site:
    """A digest in a folder of its own."""

    root: Path

    def write(self, path: str, content: str | bytes) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)

    def delete(self, path: str) -> None:
        (self.root / path).unlink()

    def run(self, command: str, *args: str) -> Run:
        """Run a command on the site; an exception other than SystemExit is a bug and fails the test."""
        return self.run_as_found(command, *trusting(self.root), *args)

    def run_as_found(self, command: str, *args: str) -> Run:
        """Run a command on the site as on one that somebody else has made."""
        arguments = [command, "-C", str(self.root), *args]
        result = CliRunner().invoke(main, arguments, catch_exceptions=False)
        return Run(result.exit_code, result.stdout, result.stderr)

    def build(self, *args: str) -> Run:
        """Build the site, which must succeed."""
        run = self.run("build", *args)
        assert run.exit_code == 0, run
        return run

    def diagnostics(self, *args: str) -> list[dict[str, Any]]:
        """Return what `check` complains about."""
        found: list[dict[str, Any]] = json.loads(self.run("check", "--format", "json", *args).stdout)
        return found

    def out(self, path: str) -> str:
        """Return the text of a file of the built site."""
        return (self.root / "site" / path).read_text(encoding="utf-8")

    def outputs(self) -> dict[str, bytes]:
        """Return every file of the built site."""
        return read_tree(self.root / "site")


def trusting(root: Path) -> list[str]:
    """Return what lets a site's own theme run: tests write their themes themselves."""
    return ["--trust"] if (root / "themes").exists() else []


def let_run(root: Path, *names: str) -> None:
    """Let themes run that are not there yet, as `--trust` does with those that are."""
    trust(Path(os.environ["XDG_STATE_HOME"]) / "digest", root, names)


def read_tree(folder: Path) -> dict[str, bytes]:
    """Return every file under a folder by its POSIX path, in order."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
