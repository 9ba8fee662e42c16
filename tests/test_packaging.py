"""The wheel is all there is: it holds the default theme and makes and builds a site away from the repository."""

from __future__ import annotations

import email
import json
import os
import subprocess
import sys
import zipfile
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

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


def test_the_wheel_says_what_it_is_made_of(wheel: Path) -> None:
    """In its metadata (PEP 770), with the hash of each vendored file; what pip asks for besides is named there, too."""
    archive = zipfile.ZipFile(wheel)
    (inventory,) = [name for name in archive.namelist() if ".dist-info/sboms/" in name]
    bom = json.loads(archive.read(inventory))
    parts = [part for component in bom["components"] for part in component.get("components", ())]
    assert len(parts) > 10
    for part in parts:
        assert sha256(archive.read(part["name"])).hexdigest() == part["hashes"][0]["content"], part["name"]
    (metadata,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
    said = email.message_from_bytes(archive.read(metadata))
    itself = bom["metadata"]["component"]
    assert (itself["name"], itself["version"]) == (said["Name"], said["Version"])
    named = {component["name"]: component.get("version") for component in bom["components"]}
    for wanted in map(Requirement, said.get_all("Requires-Dist", [])):
        if not wanted.marker:
            assert wanted.specifier.contains(named[canonicalize_name(wanted.name)]), wanted


def test_the_same_sources_make_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    run("-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(REPOSITORY), cwd=tmp_path)
    (again,) = tmp_path.glob("*.whl")
    assert again.read_bytes() == wheel.read_bytes()


def test_the_source_distribution_holds_what_its_documents_name(tmp_path: Path) -> None:
    run("-m", "build", "--sdist", "--no-isolation", "--outdir", str(tmp_path), str(REPOSITORY), cwd=tmp_path)
    (made,) = tmp_path.glob("*.tar.gz")
    names = {name.partition("/")[2] for name in run("-m", "tarfile", "--list", str(made), cwd=tmp_path).split()}
    for wanted in ("SECURITY.md", ".ci/run", ".github/workflows/test.yml", "requirements/core.txt", "tools/lock.py"):
        assert wanted in names


def test_a_new_site_is_built_with_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    zipfile.ZipFile(wheel).extractall(packages)
    origin = run("-c", "import digest; print(digest.__file__)", cwd=tmp_path, packages=packages)
    assert origin.startswith(str(packages))
    run("-m", "digest", "init", "news", cwd=tmp_path, packages=packages)
    run("-m", "digest", "build", "-C", "news", cwd=tmp_path, packages=packages)
    assert "</html>" in (tmp_path / "news" / "site" / "index.html").read_text(encoding="utf-8")
