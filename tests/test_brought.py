"""What a repository brings along where digest writes is not published, not followed, and not deleted."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from digest.output.manifest import MANIFEST
from tests.support.site import read_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.site import Site

EMPTY = '{"format": 1, "files": {}}'
ASIDE = ".site.digest-old"

needs_git = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")


def commit(folder: Path) -> None:
    """Make a repository of a folder, as its clone has it: what Git tracks is in its index."""
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "PATH": os.environ["PATH"]}
    for words in (("init", "-q"), ("add", "-A")):
        command = ["git", "-C", str(folder), *words]
        subprocess.run(command, env=quiet, check=True)


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A folder of somebody's outside the site, with a folder in it that is empty."""
    folder = tmp_path / "victim"
    (folder / "empty").mkdir(parents=True)
    (folder / "secret.txt").write_text("private")
    (folder / MANIFEST).write_text(EMPTY)
    return folder


@pytest.mark.parametrize("name", ["old", "new", "spare"])
@pytest.mark.parametrize("command", ["build", "clean"])
def test_no_name_beside_the_site_leads_out(site: Site, victim: Path, name: str, command: str) -> None:
    (site.root / f".site.digest-{name}").symlink_to(victim)
    assert site.run(command).exit_code == 0
    assert sorted(path.name for path in victim.iterdir()) == [MANIFEST, "empty", "secret.txt"]
    assert not (site.root / "site").is_symlink()
    assert not (site.root / "site" / "secret.txt").exists()
    site.build()


def test_nor_one_that_leads_to_the_manifest_of_another(site: Site, victim: Path) -> None:
    site.write(f"{ASIDE}/_worker.js", "x")
    (site.root / ASIDE / MANIFEST).symlink_to(victim / MANIFEST)
    site.build()
    assert not (site.root / "site" / "_worker.js").exists()


def test_a_folder_set_aside_that_carries_no_manifest_is_not_taken_up(site: Site) -> None:
    site.write(f"{ASIDE}/_worker.js", "x")
    site.build()
    assert not (site.root / "site" / "_worker.js").exists()


@needs_git
@pytest.mark.parametrize("folder", ["site", ASIDE])
@pytest.mark.parametrize("command", ["build", "clean"])
def test_a_site_that_git_tracks_is_refused_and_left_as_it_is(site: Site, folder: str, command: str) -> None:
    """Its manifest says that it is ours, and so does anybody's."""
    site.write(f"{folder}/{MANIFEST}", EMPTY)
    site.write(f"{folder}/_worker.js", "x")
    (site.root / folder / "pw.txt").symlink_to("/etc/passwd")
    commit(site.root)
    before = read_tree(site.root)
    run = site.run(command)
    assert run.exit_code == 2
    assert f"Git tracks {site.root}/{folder}" in run.stderr
    assert read_tree(site.root) == before
    shutil.rmtree(site.root / folder)
    assert site.run(command, "-d", str(site.root / "public")).exit_code == 0


@needs_git
def test_so_is_any_other_destination(site: Site) -> None:
    site.write(f"public/html/{MANIFEST}", EMPTY)
    commit(site.root)
    run = site.run("build", "-d", str(site.root / "public" / "html"))
    assert run.exit_code == 2
    assert f"git rm -r --cached {site.root}/public/html" in run.stderr


def test_what_is_set_aside_is_no_repository_either(site: Site) -> None:
    site.build()
    (site.root / "site").rename(site.root / ASIDE)
    site.write(f"{ASIDE}/.git/config", "")
    run = site.run("build")
    assert run.exit_code == 2
    assert "is a Git repository" in run.stderr
