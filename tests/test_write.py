"""The output folder: what is ours is made new in one step, what is not ours is left alone, nothing is half done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from digest.output import exchange
from digest.output.manifest import MANIFEST
from digest.output.write import PublishReport
from tests.support.publishing import publish

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.site import Site

ENTRY = "---\ntitle: {0}\n---\nText of {0}.\n"


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    found = ((path, path.stat()) for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): (stat.st_ino, stat.st_mtime_ns) for path, stat in found}


def leftovers(site: Site) -> list[str]:
    return sorted(
        path.name
        for path in site.root.iterdir()
        if path.name not in {"content", "digest.yaml", "site", ".digest", "themes"}
    )


def test_a_second_build_touches_nothing_but_the_manifest(site: Site) -> None:
    site.write("content/articles/2024-01-01-a.md", ENTRY.format("A"))
    first = site.build()
    assert ", 0 unchanged, 0 removed" in first.stdout
    before = stamps(site.root / "site")
    second = site.build()
    after = stamps(site.root / "site")
    del before[MANIFEST], after[MANIFEST]
    assert before == after
    assert f"(0 files written, {len(after)} unchanged, 0 removed)" in second.stdout
    assert leftovers(site) == []


def test_stale_pages_go_and_the_rest_stays(site: Site) -> None:
    site.write("content/articles/2024-01-01-a.md", ENTRY.format("A"))
    site.write("content/articles/2024-02-01-b.md", ENTRY.format("B"))
    site.build()
    before = stamps(site.root / "site")
    site.delete("content/articles/2024-02-01-b.md")
    site.build()
    after = stamps(site.root / "site")
    assert before.keys() - after.keys() == {"articles/2024/02/b/index.html", "archive/2024/02/index.html"}
    assert not (site.root / "site" / "articles" / "2024" / "02").exists()
    assert before["404.html"] == after["404.html"]


def test_what_others_put_there_is_kept(site: Site) -> None:
    """Files, and files in folders of ours; over builds, and when ours are cleaned away. Builds say how many."""
    site.build()
    folder = site.root / "site"
    (folder / "CNAME").write_text("example.org")
    (folder / "actors" / "photo.jpg").write_bytes(b"photo")
    (folder / ".well-known").mkdir()
    (folder / ".well-known" / "security.txt").write_text("mail")
    for number in range(2):
        site.write("content/articles/2024-01-01-a.md", ENTRY.format(number))
        assert "site/ also holds 3 files of others." in site.build().stdout
        assert (folder / "CNAME").read_text() == "example.org"
        assert (folder / "actors" / "photo.jpg").read_bytes() == b"photo"
        assert (folder / ".well-known" / "security.txt").read_text() == "mail"
    site.run("clean")
    assert sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()
    ) == [
        ".well-known/security.txt",
        "CNAME",
        "actors/photo.jpg",
    ]


@pytest.mark.parametrize("target", ["/etc/passwd", "404.html", "actors", "nowhere"])
def test_links_of_others_are_not_published(site: Site, target: str) -> None:
    """Who uploads the site would publish what they lead to."""
    site.build()
    (site.root / "site" / "latest").symlink_to(target)
    before = site.outputs()
    site.write("content/articles/2024-01-01-a.md", ENTRY.format("A"))
    run = site.run("build")
    assert (run.exit_code, site.outputs()) == (3, before)
    assert f"digest: {site.root}/site/latest: is no plain file" in run.stderr
    site.delete("site/latest")
    site.build()


def test_a_file_of_ours_that_somebody_changed_is_made_right(site: Site) -> None:
    """The output is that of a clean build, whatever happened to the folder in between."""
    site.build()
    clean = site.outputs()
    (site.root / "site" / "index.html").write_text("defaced")
    (site.root / "site" / "404.html").unlink()
    (site.root / "site" / "actors" / "index.html").write_bytes(clean["actors/index.html"][:-1] + b"x")
    site.build()
    assert site.outputs() == clean


@pytest.mark.parametrize("manifest", ["", "{", "[]", '{"format": 9}', '{"format": 1, "files": 3}', "\x00"])
def test_a_damaged_manifest_loses_nothing(site: Site, manifest: str) -> None:
    site.build()
    clean = site.outputs()
    (site.root / "site" / MANIFEST).write_text(manifest)
    (site.root / "site" / "CNAME").write_text("example.org")
    site.build()
    assert site.outputs() == {**clean, "CNAME": b"example.org"}


def test_a_manifest_cannot_reach_out_of_the_folder(site: Site) -> None:
    site.build()
    outside = site.root / "precious.txt"
    outside.write_text("precious")
    (site.root / "site" / MANIFEST).write_text('{"format": 1, "files": {"../precious.txt": "", "../digest.yaml": ""}}')
    site.run("clean")
    assert outside.exists()
    assert (site.root / "digest.yaml").exists()


@pytest.mark.parametrize("destination", [".", "content", "content/new", "..", "foreign", "repository", "file", "link"])
def test_a_folder_that_is_not_ours_is_never_touched(site: Site, destination: str) -> None:
    site.write("content/articles/2024-01-01-a.md", ENTRY.format("A"))
    site.write("foreign/thesis.tex", "years of work")
    site.write("repository/.git/config", "")
    site.write(f"repository/{MANIFEST}", '{"format": 1, "files": {}}')
    site.write("file", "text")
    (site.root / "target").mkdir()
    (site.root / "link").symlink_to("target")
    before = stamps(site.root)
    run = site.run("build", "-d", str(site.root / destination))
    assert run.exit_code == 2
    assert "choose another with --destination" in run.stderr
    assert stamps(site.root) == before


def test_an_empty_folder_can_be_used(site: Site) -> None:
    (site.root / "public").mkdir()
    site.build("-d", str(site.root / "public"))
    assert (site.root / "public" / "index.html").exists()
    assert not (site.root / "site").exists()


def test_a_site_with_errors_leaves_the_last_one_as_it_was(site: Site) -> None:
    site.write("content/articles/2024-01-01-a.md", ENTRY.format("A"))
    site.build()
    before = stamps(site.root / "site")
    site.write("content/articles/2024-01-02-b.md", ENTRY.format("[[nobody]]").replace("title: [[nobody]]", "title: B"))
    run = site.run("build")
    assert (run.exit_code, "site/ is as it was." in run.stdout) == (1, True)
    site.delete("content/articles/2024-01-02-b.md")
    site.write("themes/mine/theme.yaml", "name: Mine\nextends: broadsheet\n")
    site.write("themes/mine/templates/404.html", "")
    site.write("themes/mine/templates/article.html", "{{ page.gone }}")
    site.write("digest.yaml", "title: T\ntheme: mine\n")
    assert site.run("build").exit_code == 2
    assert stamps(site.root / "site") == before
    assert leftovers(site) == []


def test_two_renames_do_where_the_system_cannot_exchange(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "swap", lambda *_: False)
    site.write("content/articles/2024-01-01-a.md", ENTRY.format("A"))
    site.build()
    (site.root / "site" / "CNAME").write_text("example.org")
    site.write("content/articles/2024-01-02-b.md", ENTRY.format("B"))
    site.build()
    assert {"CNAME", "articles/2024/01/a/index.html", "articles/2024/01/b/index.html"} <= set(site.outputs())
    assert leftovers(site) == []


@pytest.mark.parametrize("moment", ["before", "between", "after"])
def test_an_interrupted_exchange_is_repaired_by_the_next_build(tmp_path: Path, moment: str) -> None:
    """A power cut before, between and after the two renames: nothing of anybody's is lost."""
    folder, spare, aside = tmp_path / "site", tmp_path / ".digest" / "spare", tmp_path / ".site.digest-old"
    publish(tmp_path, {"a.html": b"a", "b.html": b"b"})
    (folder / "CNAME").write_text("example.org")
    if moment == "before":
        (spare / MANIFEST).unlink()
        (spare / "a.html").unlink()
        (spare / "a.html").write_bytes(b"half")
    elif moment == "between":
        folder.rename(aside)
    else:
        spare.rename(aside)
    assert publish(tmp_path, {"a.html": b"a", "c.html": b"c"}) == PublishReport(1, 1, 1, kept=1)
    assert sorted(path.name for path in folder.iterdir()) == [MANIFEST, "CNAME", "a.html", "c.html"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [".digest", "site"]
    assert sorted(path.name for path in spare.iterdir()) == [MANIFEST, "CNAME", "a.html", "b.html"]


def test_a_write_that_fails_leaves_the_last_site(tmp_path: Path) -> None:
    publish(tmp_path, {"a.html": b"a"})
    with pytest.raises(OSError, match=r"site/b'$"):
        publish(tmp_path, {"b": b"file", "b/c.html": b"below a file"})
    assert (tmp_path / "site" / "a.html").read_bytes() == b"a"
    publish(tmp_path, {"a.html": b"a", "b/c.html": b"c"})
    assert sorted(path.name for path in (tmp_path / "site").iterdir()) == [MANIFEST, "a.html", "b"]


def test_a_site_that_is_not_approved_is_not_published(site: Site) -> None:
    """
    -- digest.yaml --
    title: T
    theme: mine
    -- themes/mine/theme.yaml --
    name: Mine
    extends: broadsheet
    -- themes/mine/templates/article.html --
    {{ page.gone }}
    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    ---
    """
    assert site.run("build").exit_code == 2
    assert not (site.root / "site").exists()
    assert leftovers(site) == []


def test_one_build_at_a_time(site: Site) -> None:
    """The second says so and touches nothing; when the first is done, the next may go on."""
    site.build()
    with FileLock(site.root / ".digest" / "lock"):
        run = site.run("build")
        assert (run.exit_code, run.stderr) == (3, "digest: another build of this site is running\n")
    site.build()


def test_a_folder_nobody_may_write_to_is_one_line_and_exit_3(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "/somewhere")

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    run = site.run("build")
    assert (run.exit_code, run.stderr) == (3, "digest: /somewhere: Permission denied\n")


def test_a_folder_that_somebody_holds_keeps_its_place(site: Site) -> None:
    """
    -- digest.yaml --
    title: T
    publish: {in_place: true}
    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    ---
    """
    first = site.build()
    assert "replaced one by one" not in first.stdout
    place = (site.root / "site").stat().st_ino
    (site.root / "site" / "CNAME").write_text("example.org")
    site.write("content/articles/2024-01-01-b.md", ENTRY.format("B"))
    second = site.build()
    assert second.stdout.endswith("site/ kept its place: files were replaced one by one, not all at once.\n")
    assert (site.root / "site").stat().st_ino == place
    made = site.outputs()
    assert made.pop("CNAME") == b"example.org"
    site.run("clean")
    (site.root / "site" / "CNAME").unlink()
    site.build()
    assert site.outputs() == made
    assert leftovers(site) == []


def test_an_edit_of_a_text_keeps_the_place_too(site: Site) -> None:
    """
    -- digest.yaml --
    title: T
    publish: {in_place: true}
    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    ---
    One.
    """
    site.build()
    place = (site.root / "site").stat().st_ino
    site.write("content/articles/2024-01-01-a.md", "---\ntitle: A\n---\nTwo.\n")
    site.build()
    assert "Two." in site.out("articles/2024/01/a/index.html")
    assert (site.root / "site").stat().st_ino == place
    assert "0 files written" in site.build().stdout
