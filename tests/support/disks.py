"""File systems of their own, in a file: what lies on such a disk at one moment can be copied, as a power cut leaves it.

A file system writes what happened to names soon, and what is in files much later, some 30 seconds. So that nobody has
to wait, it is made to write the names at once: it has to, for the sake of another file that somebody settles.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAKE = {"ext4": ("mkfs.ext4", "-q", "-F"), "xfs": ("mkfs.xfs", "-q", "-f")}
OPTIONS = {"ext4": "loop", "xfs": "loop,nouuid"}
SIZES = {"ext4": 64, "xfs": 320}
"""MiB; XFS is no smaller."""


@dataclass(frozen=True, slots=True)
class Disk:
    """Files that are images of a file system, each mounted at the same place in turn."""

    kind: str
    folder: Path

    @property
    def place(self) -> Path:
        return self.folder / "disk"

    def image(self, name: str) -> Path:
        return self.folder / f"{name}.img"

    def why_not(self) -> str:
        """Make the first image, and say why it cannot be used on this machine; empty where it can."""
        if os.geteuid() != 0:
            return "mounting a disk takes root"
        if not shutil.which(MAKE[self.kind][0]):
            return f"{MAKE[self.kind][0]} is not installed"
        self.place.mkdir()
        with self.image("base").open("wb") as image:
            image.truncate(SIZES[self.kind] << 20)
        subprocess.run([*MAKE[self.kind], self.image("base")], check=True, capture_output=True)
        if problem := self._mount("base"):
            return f"this machine does not mount {self.kind} from a file: {problem}"
        self._unmount()
        return ""

    @contextmanager
    def mounted(self, name: str) -> Iterator[Path]:
        """Mount an image while something is done there."""
        problem = self._mount(name)
        assert not problem, problem
        try:
            yield self.place
        finally:
            self._unmount()

    def copy(self, name: str, to: str) -> None:
        """Copy what lies on a disk now, mounted or not."""
        subprocess.run(["cp", "--sparse=always", self.image(name), self.image(to)], check=True)  # noqa: S607

    def write_names(self) -> None:
        """Have the file system write what has happened to names: another file is to outlast a power cut."""
        descriptor = os.open(self.place / "another", os.O_WRONLY | os.O_CREAT)
        os.fsync(descriptor)
        os.close(descriptor)

    def _mount(self, name: str) -> str:
        command = ["mount", "-t", self.kind, "-o", OPTIONS[self.kind], str(self.image(name)), str(self.place)]
        return subprocess.run(command, capture_output=True, text=True, check=False).stderr.strip()

    def _unmount(self) -> None:
        subprocess.run(["umount", self.place], check=True)  # noqa: S607
