"""What a repository brings along where digest writes is not published, not followed, and not deleted."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from digest.cli import main
from digest.output.manifest import MANIFEST
from tests.support.preview import serving
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


@pytest.mark.parametrize("folder", ["site", ASIDE])
def test_a_site_that_an_archive_brings_along_publishes_nothing(site: Site, folder: str) -> None:
    """There is no Git that could tell. Its manifest lists what is replaced, and not the page that would stay."""
    site.write(f"{folder}/{MANIFEST}", '{"format": 1, "files": {"old.html": "x"}}')
    site.write(f"{folder}/old.html", "old")
    site.write(f"{folder}/sub/evil.html", "evil")
    run = site.run("build")
    assert run.exit_code == 2
    assert "site holds files that digest did not make, and was not published by you" in run.stderr
    assert "  sub/evil.html\n" in run.stderr
    assert site.out("sub/evil.html") == "evil"
    (site.root / "site/sub/evil.html").unlink()
    site.build()
    assert not {"old.html", "sub/evil.html"} & site.outputs().keys()


def test_what_somebody_puts_into_the_site_stays_though_the_state_is_lost(site: Site) -> None:
    """The user's home knows that it was published from here; another folder in this place is another project."""
    site.build()
    site.write("site/mine.txt", "mine")
    shutil.rmtree(site.root / ".digest")
    site.build()
    assert site.out("mine.txt") == "mine"
    shutil.copytree(site.root, copied := site.root.with_name("copied"))
    shutil.rmtree(copied / ".digest")
    shutil.rmtree(site.root)
    copied.rename(site.root)
    assert site.run("build").exit_code == 2
    assert site.out("mine.txt") == "mine"


def test_what_is_set_aside_is_no_repository_either(site: Site) -> None:
    site.build()
    (site.root / "site").rename(site.root / ASIDE)
    site.write(f"{ASIDE}/.git/config", "")
    run = site.run("build")
    assert run.exit_code == 2
    assert "is a Git repository" in run.stderr


LONG = "/".join(["x" * 200] * 30)
FORGED = [
    '{"format": 1, "files": {"a\\u0000b": "x"}}',
    '{"format": 1, "files": {"\\ud800": "x"}}',
    '{"format": 1, "files": {"' + "x" * 256 + '": "x"}}',
    '{"format": 1, "files": {"' + "ü" * 128 + '": "x"}}',
    '{"format": 1, "files": {"' + LONG + '": "x"}}',
    '{"format": 1, "files": {"../digest.yaml": "x"}}',
    '{"format": 1, "files": {"/etc/passwd": "x"}}',
    '{"format": 1, "files": {"a/./b": "x"}}',
    '{"format": 1, "files": {"a\\nb": "x"}}',
    '{"format": 1, "files": {"a": "x", "b/../c": "x"}}',
    '{"format": 1, "files": {"a": 1}}',
    '{"format": 1, "files": {"": "x"}}',
    '{"format": 1, "files": {"a": {"b": 1}}}',
    "[" * 200_000,
]


@pytest.mark.parametrize("manifest", FORGED, ids=range(len(FORGED)))
def test_a_manifest_that_we_would_not_write_counts_as_lost(site: Site, manifest: str) -> None:
    site.build()
    clean = site.outputs()
    site.write(f"site/{MANIFEST}", manifest)
    site.build()
    assert site.outputs() == clean
    site.write(f"site/{MANIFEST}", manifest)
    assert site.run("clean").exit_code == 0
    assert (site.root / "digest.yaml").exists()


STEERING = "\x1b]0;pwned\x07\n::error::forged\u2028\u202e"


def test_a_name_in_a_message_is_one_line_and_steers_nothing(site: Site) -> None:
    """In the log of a workflow a line that begins so would be a command."""
    site.build()
    site.write(f"site/{STEERING}", "x")
    (site.root / "site" / STEERING).unlink()
    (site.root / "site" / STEERING).symlink_to("nowhere")
    site.write("content/articles/2024-01-01-a.md", "---\ntitle: A\n---\n")
    run = site.run("build", "--format", "github")
    assert run.exit_code == 3
    assert run.stderr.count("\n") == 1
    assert run.stderr.startswith(f"digest: {site.root}/site/\ufffd]0;pwned\ufffd\ufffd::error::forged\ufffd\ufffd: ")


def test_nor_does_one_of_what_edits_left(site: Site) -> None:
    site.write("content/articles/2024-01-01-a.md", "---\ntitle: A\n---\n")
    site.write(f".digest/kept/{STEERING}.md", "x")
    with serving(site.root, "--edit") as served:
        served.text("/")
    said = served.errors.read_text()
    assert "::error::forged.md was saved while an edit was cut off" in said
    assert "\n::error" not in said
    assert "\x1b" not in said


@pytest.mark.parametrize("command", [("actor", "Mara Lind"), ("article", "Leap")])
def test_new_content_is_written_through_no_link(site: Site, victim: Path, command: tuple[str, str]) -> None:
    (site.root / "content").mkdir()
    (site.root / f"content/{command[0]}s").symlink_to(victim)
    run = site.run("new", *command)
    assert run.exit_code == 2
    assert run.stderr == f"digest: content/{command[0]}s is a link, through which nothing is written\n"
    assert sorted(path.name for path in victim.iterdir()) == [MANIFEST, "empty", "secret.txt"]


@pytest.mark.parametrize("folder", ["public", "public/html", "./public/empty", "deep/../public/html"])
@pytest.mark.parametrize("command", [("build", "-d"), ("clean", "-d"), ("schema", "-o"), ("init",)])
def test_no_command_writes_behind_a_link(
    site: Site, victim: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], folder: str
) -> None:
    (site.root / "deep").mkdir()
    (site.root / "public").symlink_to(victim)
    monkeypatch.chdir(site.root)
    run = CliRunner().invoke(main, [*command, folder])
    assert run.exit_code == 2
    assert "public is a link, through which nothing is written; name where it leads" in run.stderr
    assert sorted(path.name for path in victim.iterdir()) == [MANIFEST, "empty", "secret.txt"]
    assert not any((victim / "empty").iterdir())


def test_a_schema_takes_the_place_of_a_link(site: Site, victim: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (site.root / "schemas").mkdir()
    for name in ("article.schema.json", ".topic.schema.json.digest-new"):
        (site.root / "schemas" / name).symlink_to(victim / "secret.txt")
    monkeypatch.chdir(site.root)
    assert CliRunner().invoke(main, ["schema", "-o", "schemas"]).exit_code == 0
    assert (victim / "secret.txt").read_text() == "private"
    assert "title" in (site.root / "schemas" / "article.schema.json").read_text()
    assert not [path for path in (site.root / "schemas").iterdir() if path.is_symlink() or path.name[0] == "."]


def test_an_excerpt_is_of_the_projects_own_settings(site: Site, tmp_path: Path) -> None:
    """Digest's own checkout has such a file, too."""
    (tmp_path / "outside.yaml").write_text("nothing: x\n")
    site.delete("digest.yaml")
    (site.root / "digest.yaml").symlink_to(tmp_path / "outside.yaml")
    run = site.run("check")
    assert run.exit_code == 2
    assert "digest.yaml:1:1: error" in run.stderr
    assert " | " not in run.stderr


@pytest.mark.parametrize("settings", ["title: T\ntheme: {0}\n", "title: T\ntheme: mine\n"])
def test_a_theme_of_a_name_too_long_is_unknown(site: Site, settings: str) -> None:
    site.write("digest.yaml", settings.format("x" * 300))
    site.write("themes/mine/theme.yaml", f"name: Mine\nextends: {'x' * 300}\n")
    assert [problem["code"] for problem in site.diagnostics()] == ["unknown-theme"]


@pytest.mark.parametrize("name", ["x.css", "x.js"])
def test_a_style_sheet_is_not_read_without_end(site: Site, name: str) -> None:
    site.write("digest.yaml", "title: T\ntheme: mine\n")
    site.write("themes/mine/theme.yaml", "name: Mine\nextends: broadsheet\n")
    site.write(f"themes/mine/static/{name}", "")
    os.truncate(site.root / "themes/mine/static" / name, 20 << 30)
    found = site.diagnostics()
    assert [(problem["code"], problem["path"]) for problem in found] == [("too-large", f"themes/mine/static/{name}")]


def test_a_folder_whose_name_is_no_text_is_one_line(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = site.root.with_name(os.fsdecode(b"odd\xff"))
    site.root.rename(odd)
    for command in (["build", "-C", str(odd)], ["check", "-c", str(odd / "digest.yaml")], ["build"]):
        monkeypatch.chdir(odd)
        run = CliRunner().invoke(main, command)
        assert run.exit_code == 2
        assert run.stderr.count("\n") == 1
        assert "odd\ufffd" in run.stderr
        assert "is not UTF-8: rename the folder" in run.stderr
    odd.rename(site.root)
    refused = site.run("build", "-d", str(odd))
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
