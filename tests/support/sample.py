"""The repository's own digest, built in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.site import trusting

if TYPE_CHECKING:
    from collections.abc import Mapping

REPOSITORY = Path(__file__).parents[2]
NOW = "1767268800"
"""2026-01-01 12:00 UTC, after the sample's last entry."""

PARTS = ("digest.yaml", "content")


def copy_sample(root: Path) -> Path:
    """Copy the sample into a new folder `root` and return that."""
    root.mkdir()
    for name in PARTS:
        part = REPOSITORY / name
        if part.is_dir():
            shutil.copytree(part, root / name)
        else:
            shutil.copy(part, root / name)
    return root


def build(
    root: Path,
    *args: str,
    cwd: Path = REPOSITORY,
    environment: Mapping[str, str] | None = None,
    umask: int = -1,
) -> Path:
    """Build the digest in `root` in a process of its own and return its site."""
    command = [sys.executable, "-m", "digest", "build", "-C", str(root), *trusting(root), *args]
    env = {**os.environ, "SOURCE_DATE_EPOCH": NOW, **(environment or {})}
    done = subprocess.run(command, cwd=cwd, env=env, umask=umask, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return root / "site"
