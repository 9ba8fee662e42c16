"""The wheel is all there is: it holds the default theme and makes and builds a site away from the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.support.sample import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

LICENCE = "idiomorph-LICENSE.txt"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as it is published."""
    folder = tmp_path_factory.mktemp("dist")
    options = ("--wheel", "--no-isolation", "--outdir", str(folder))
    run("-m", "build", *options, str(REPOSITORY), cwd=folder)
    (made,) = folder.glob("*.whl")
    return made


def run(*args: str, cwd: Path, packages: Path | None = None) -> str:
    env = {**os.environ, "PYTHONPATH": str(packages or "")}
    done = subprocess.run([sys.executable, *args], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_the_theme_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    theme = "digest/themes/broadsheet"
    assert {f"{theme}/templates/base.html", f"{theme}/static/style.css"} <= set(names)
    preview = "digest/preview"
    assert {f"{preview}/client/{name}" for name in ("preview.js", "preview.css", "idiomorph.js", LICENCE)} <= set(names)
    assert {f"{preview}/templates/panel.html", f"{preview}/templates/dashboard.html"} <= set(names)
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"digest", "annotated_digest"}


def test_a_new_site_is_built_with_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    zipfile.ZipFile(wheel).extractall(packages)
    origin = run("-c", "import digest; print(digest.__file__)", cwd=tmp_path, packages=packages)
    assert origin.startswith(str(packages))
    run("-m", "digest", "init", "news", cwd=tmp_path, packages=packages)
    run("-m", "digest", "build", "-C", "news", cwd=tmp_path, packages=packages)
    assert "</html>" in (tmp_path / "news" / "site" / "index.html").read_text(encoding="utf-8")
