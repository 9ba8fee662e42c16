"""Files that are copied to the site: assets and the theme's. They may be large, and may change while a build runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import pytest

from digest.engine import render_pages
from digest.output.theme import load_theme
from tests.support.sample import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.config import Config
    from tests.support.site import Run, Site

LARGE = 200 << 20
ROOM = 130 << 20
BUILD = """
import sys
from pathlib import Path
from tests.support.site import Site
Site(Path(sys.argv[1])).build()
print(Path("/proc/self/status").read_text())
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="only Linux says how much memory was needed")  # noqa: PTH110
def test_a_large_asset_needs_no_memory(site: Site) -> None:
    """
    -- content/files/film.mp4 --
    """
    film = site.root / "content/files/film.mp4"
    with film.open("wb") as file:
        file.truncate(LARGE - 1)
        file.seek(LARGE - 1)
        file.write(b"!")
    command = [sys.executable, "-c", BUILD, str(site.root)]
    status = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert peak
    assert int(peak[1]) << 10 < ROOM
    copied = site.root / "site/files/film.mp4"
    assert copied.stat().st_size == LARGE
    with copied.open("rb") as file:
        file.seek(-2, os.SEEK_END)
        assert file.read() == b"\0!"


def while_it_is_built(monkeypatch: pytest.MonkeyPatch, site: Site, change: Callable[[], object]) -> Run:
    """Build, and change something when everything was looked at and nothing is copied yet."""
    make = render_pages.make_pages

    def changed(*arguments: Any, **named: Any) -> Any:
        change()
        return make(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr("digest.build.make_pages", changed)
        return site.run("build")


@pytest.mark.parametrize("path", ["content/files/map.txt", "themes/mine/static/map.txt"])
def test_a_copy_that_changes_and_changes_back_while_a_build_runs_is_right_in_the_end(
    site: Site, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """
    -- digest.yaml --
    title: T
    theme: mine
    -- themes/mine/theme.yaml --
    name: Mine
    extends: broadsheet
    -- themes/mine/static/map.txt --
    right
    -- content/files/map.txt --
    right
    """
    source = site.root / path
    shown = "files/map.txt" if path.startswith("content") else "theme/map.txt"
    seen = source.stat()
    while_it_is_built(monkeypatch, site, lambda: source.write_text("wrong\n"))
    assert site.out(shown) == "wrong\n"
    assert '"files/map.txt"' in site.out(".digest-manifest.json")
    source.write_text("right\n")
    os.utime(source, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert "1 files written" in site.build().stdout
    assert site.out(shown) == "right\n"
    assert "0 files written" in site.build().stdout


def test_a_copy_that_changes_while_a_build_runs_is_taken_by_the_next(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    -- content/files/map.txt --
    old
    """
    site.build()
    source = site.root / "content/files/map.txt"
    source.write_text("new")
    while_it_is_built(monkeypatch, site, lambda: source.write_text("newer"))
    source.write_text("newest")
    site.build()
    assert site.out("files/map.txt") == "newest"


def test_a_name_with_a_fingerprint_never_holds_anything_else(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    -- digest.yaml --
    title: T
    theme: mine
    -- themes/mine/theme.yaml --
    name: Mine
    extends: broadsheet
    -- themes/mine/static/css/mine.css --
    a {}
    """
    sheet = site.root / "themes/mine/static/css/mine.css"
    site.build()
    before = site.outputs()
    sheet.write_text("b {}\n")
    run = while_it_is_built(monkeypatch, site, lambda: sheet.write_text("c {}\n"))
    assert (run.exit_code, run.stderr) == (3, f"digest: {sheet}: changed while the site was made; build again\n")
    assert site.outputs() == before
    site.build()
    sheets = {path: data for path, data in site.outputs().items() if path.startswith("theme/css/mine")}
    assert [*sheets.values()] == [b"c {}\n"]
    for path, data in sheets.items():
        assert f".{blake2b(data, digest_size=5).hexdigest()}." in path


def test_a_page_never_names_a_sheet_that_is_not_there(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The theme is read while its sheet is another for a moment; but for that, one text was edited.
    -- digest.yaml --
    title: T
    theme: mine
    -- themes/mine/theme.yaml --
    name: Mine
    extends: broadsheet
    -- themes/mine/templates/article.html --
    {{ static("mine.css") }}
    -- themes/mine/static/mine.css --
    a {}
    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    ---
    One.
    """
    sheet = site.root / "themes/mine/static/mine.css"
    site.build()
    before = site.outputs()
    site.write("content/articles/2024-01-01-a.md", "---\ntitle: A\n---\nTwo.\n")

    def load(config: Config) -> Any:
        sheet.write_text("b {}\n")
        loaded = load_theme(config)
        sheet.write_text("a {}\n")
        return loaded

    with monkeypatch.context() as patch:
        patch.setattr("digest.prepare.load_theme", load)
        run = site.run("build")
    assert (run.exit_code, run.stderr) == (3, f"digest: {sheet}: changed while the site was made; build again\n")
    assert site.outputs() == before
    site.build()
    assert site.out("articles/2024/01/a/index.html").strip("/\n") in site.outputs()


def test_a_pipe_in_place_of_an_asset_keeps_nobody_waiting(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    -- content/files/map.txt --
    old
    """
    source = site.root / "content/files/map.txt"

    def exchange() -> None:
        source.unlink()
        os.mkfifo(source)

    while_it_is_built(monkeypatch, site, exchange)
    run = site.run("build")
    assert run.exit_code == 1
    assert "not-a-file" in run.stdout + run.stderr
