"""A digest built again and again, and what a build from nothing makes of the same files: they must be twins."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, field
from functools import lru_cache, partial
from hashlib import blake2b
from time import time_ns
from typing import TYPE_CHECKING

from digest.cli import building
from digest.output import write
from digest.output.stamps import Stamps
from tests.support.compiled import compile_once
from tests.support.site import NOON, Site
from tests.support.tiny import Files, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import pytest

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - for folders of our own
"""Where sites are made and removed by the thousand, which no disk is quick at; None for the usual temporary files."""

_PASSING = re.compile(r" \([^()]* removed\) in [\d.]+ s| \S+/ is as it was\.|\n?\S+/ also holds \d+ files? of others\.")
"""What a summary says of this very run, and of files that are not ours."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command came to: `tree` are the digests of the published files by path."""

    exit_code: int
    problems: str
    summary: str
    tree: Mapping[str, str]


def run(root: Path, args: Iterable[str]) -> Outcome:
    """Run a command and look at the site; the command must not end in an exception."""
    command, *rest = args
    done = Site(root).run(command, *rest, "-j", "1", "--format", "json")
    return Outcome(done.exit_code, done.stdout, _PASSING.sub("", done.stderr).strip(), tree_of(root / "site"))


def tree_of(folder: Path) -> dict[str, str]:
    """Return the digest of every file below a folder by its path; links are told from files."""
    files = (path for path in sorted(folder.rglob("*")) if not path.is_dir())
    return {path.relative_to(folder).as_posix(): _digest(path) for path in files}


def _digest(file: Path) -> str:
    return "a link" if file.is_symlink() else blake2b(file.read_bytes(), digest_size=16).hexdigest()


@dataclass(slots=True)
class Twins:
    """`files` are written to `root` as they change, and built there, at a moment and with arguments; to `fresh` anew."""

    root: Path
    fresh: Path
    files: Files
    epoch: int = int(NOON)
    args: tuple[str, ...] = ()
    _written: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)

    @property
    def texts(self) -> dict[str, str]:
        return {path: text_of(path, fields) for path, fields in self.files.items()}

    def write(self) -> None:
        """Write what changed, and nothing else."""
        texts = self.texts
        for path in self._written.keys() - texts.keys():
            (self.root / path).unlink()
        changed = {path: text for path, text in texts.items() if self._written.get(path) != text}
        write_files(self.root, changed)
        self._written = texts

    def run(self, command: str) -> Outcome:
        """Run a command on the files as they are, with what it remembers."""
        self.write()
        os.environ["SOURCE_DATE_EPOCH"] = str(self.epoch)
        return run(self.root, [command, *self.args])

    def clean(self, command: str) -> Outcome:
        """Run a command on a copy of the files in a fresh folder."""
        return _clean(self.fresh, tuple(sorted(self.texts.items())), self.epoch, (command, *self.args))

    def write_again(self) -> None:
        """Write every file anew, as a fresh checkout does."""
        for part in {path.partition("/")[0] for path in self._written}:
            shutil.rmtree(self.root / part) if (self.root / part).is_dir() else (self.root / part).unlink()
        self._written = {}
        self.write()


def write_files(root: Path, texts: Mapping[str, str]) -> None:
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


@lru_cache(1 << 14)
def _clean(root: Path, texts: tuple[tuple[str, str], ...], epoch: int, args: tuple[str, ...]) -> Outcome:
    """Remembered, for plays come back to the same files; what is remembered was made from nothing."""
    shutil.rmtree(root, ignore_errors=True)
    write_files(root, dict(texts))
    os.environ["SOURCE_DATE_EPOCH"] = str(epoch)
    return run(root, args)


def let_time_pass(patch: pytest.MonkeyPatch, seconds: int) -> None:
    """Let builds believe that everything was written some time ago, so that they trust stamps."""

    def later() -> int:
        return time_ns() + seconds * 1_000_000_000

    patch.setattr(building, "time_ns", later)
    patch.setattr(write, "Stamps", partial(Stamps, clock=later))


def work_once(patch: pytest.MonkeyPatch) -> None:
    """Keep what Jinja makes of any text, so that plays that come back to a theme need not compile it again."""
    compile_once(patch, lambda _: True)
