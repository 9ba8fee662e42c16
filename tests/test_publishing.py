"""The publisher against a model: whatever was done to its trees, the site is what was asked for, and the counts are true."""

from __future__ import annotations

import errno
import os
import shutil
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.digests import digest_of
from digest.output import exchange, write
from digest.output.manifest import MANIFEST, manifest_of, read_manifest
from digest.output.place import put
from digest.output.stamps import Stamps, stamp_of
from tests.support.publishing import publish, publish_knowing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.output.stamps import Known, Stamp

PATHS = ("index.html", "a", "a/index.html", "a/b", "a/b/c.html", "b/c.html", "b/ü.html")
"""Some of these are a file in one generation and a folder in another."""


def possible(paths: frozenset[str]) -> bool:
    return not any(other.startswith(f"{path}/") for path in paths for other in paths)


FILES = (
    st.frozensets(st.sampled_from(PATHS), min_size=1)
    .filter(possible)
    .flatmap(
        lambda paths: st.fixed_dictionaries({path: st.sampled_from((b"", b"one", b"two", b"longer")) for path in paths})
    )
)
TREES = st.sampled_from(("site", ".digest/spare"))
STEPS = st.one_of(
    st.tuples(st.just("publish"), FILES),
    st.tuples(st.sampled_from(("edit", "resize", "delete", "touch", "link", "fold")), TREES, st.integers(0, 9)),
    st.tuples(st.sampled_from(("lose manifest", "stray")), TREES),
    st.tuples(st.sampled_from(("forget", "lose state", "lose spare", "lose site"))),
    st.tuples(st.just("foreign"), st.sampled_from(("CNAME", "z/photo.jpg", "z/index.html"))),
)


def read(folder: Path) -> dict[str, bytes]:
    """Return every file by a walk of our own, links as what they say."""
    found = {}
    for above, _, names in os.walk(folder):
        for name in names:
            place = Path(above, name)
            found[place.relative_to(folder).as_posix()] = (
                os.fsencode(place.readlink()) if place.is_symlink() else place.read_bytes()
            )
    return found


def ours(tree: Path, number: int) -> Path | None:
    """Choose a file of a tree that is not the manifest."""
    files = [path for path in sorted(read(tree)) if path in PATHS and not (tree / path).is_symlink()]
    return tree / files[number % len(files)] if files else None


def tamper(file: Path, how: str) -> None:
    """Do to a file what people and programs do; another moment, for the clock may count in steps."""
    if how == "edit" and file.stat().st_size:
        file.write_bytes(b"#" * file.stat().st_size)
    elif how == "resize":
        file.write_bytes(file.read_bytes() + b"more")
    elif how == "delete":
        file.unlink()
    elif how == "touch":
        os.utime(file)
    elif how == "link":
        file.unlink()
        file.symlink_to("elsewhere")
    elif how == "fold":
        file.unlink()
        file.mkdir()


def disturb(root: Path, step: tuple[Any, ...]) -> None:
    how, *rest = step
    if how in {"lose state", "lose spare", "lose site"}:
        shutil.rmtree(
            root / {"state": ".digest", "spare": ".digest/spare", "site": "site"}[how[5:]], ignore_errors=True
        )
    elif how == "lose manifest":
        (root / rest[0] / MANIFEST).unlink(missing_ok=True)
    elif how == "stray" and (root / rest[0]).is_dir():
        (root / rest[0] / "stray").mkdir(exist_ok=True)
    elif how == "foreign" and (root / "site").is_dir():
        (root / "site" / rest[0]).parent.mkdir(exist_ok=True)
        (root / "site" / rest[0]).write_bytes(b"theirs")
    elif file := how not in {"stray", "foreign", "forget"} and ours(root / rest[0], int(rest[1])):
        tamper(file, how)


def check(root: Path, files: Mapping[str, bytes], known: Known) -> Known:
    """Publish and compare with what should come of it; returns what is known then."""
    site = root / "site"
    before, listed = read(site), read_manifest(site)
    theirs = {path: data for path, data in before.items() if path not in listed and path != MANIFEST}
    if not possible(frozenset({*files, *theirs})):
        with pytest.raises(FileExistsError, match="both as a file and as a folder"):
            publish_knowing(root, files, known)
        assert read(site) == before
        return known
    mine = listed or before
    same = sum(
        before.get(path) == data for path, data in files.items() if path in mine and not (site / path).is_symlink()
    )
    written, known = publish_knowing(root, files, known)
    assert read(site) == {
        **theirs,
        **files,
        MANIFEST: manifest_of({path: digest_of(data) for path, data in files.items()}),
    }
    assert written == write.Written(len(files) - same, same, len(listed.keys() - files.keys()))
    if written.changed or written.removed:
        assert not [folder for folder in site.rglob("*") if folder.is_dir() and not any(folder.iterdir())]
    return known


def follow(steps: list[tuple[Any, ...]]) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        known = check(root, {"index.html": b"first"}, {})
        for step in steps:
            if step[0] == "publish":
                known = check(root, step[1], known)
            elif step[0] == "forget":
                known = {}
            else:
                disturb(root, step)
        check(root, {"index.html": b"last", "b/c.html": b"one"}, known)


@given(st.lists(STEPS, min_size=2, max_size=12))
@settings(max_examples=100, deadline=None)
def test_the_site_is_what_was_asked_for_whatever_happened(steps: list[tuple[Any, ...]]) -> None:
    follow(steps)


@pytest.mark.soak
@given(st.lists(STEPS, min_size=2, max_size=30))
@settings(max_examples=3000, deadline=None)
def test_the_site_is_what_was_asked_for_whatever_happened_for_long(steps: list[tuple[Any, ...]]) -> None:
    follow(steps)


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    """Of two generations that share a file, the third has it from both; nobody's copy of an inode is written into."""
    publish(tmp_path, {"a": b"1", "b": b"1", "c": b"1"})
    mine = tmp_path / "mine"
    mine.hardlink_to(tmp_path / "site" / "a")
    kept = (tmp_path / "site" / "b").stat().st_ino
    assert publish(tmp_path, {"a": b"2", "b": b"1", "c": b"1"}) == write.Written(1, 2, 0)
    assert publish(tmp_path, {"a": b"2", "b": b"1", "c": b"3"}) == write.Written(1, 2, 0)
    assert (tmp_path / "site" / "b").stat().st_ino == kept
    assert mine.read_bytes() == b"1"


def test_a_file_that_is_nowhere_is_a_fault_of_the_caller(tmp_path: Path) -> None:
    publish(tmp_path, {"a": b"1"})
    before = read(tmp_path / "site")
    live = write.survey(tmp_path / "site", {})
    staging = write.stage(tmp_path / "site", write.spare_of(tmp_path / "site", tmp_path), live, {})
    with pytest.raises(LookupError, match=r"^neither put nor held: b$"):
        staging.publish({"a": digest_of(b"1"), "b": digest_of(b"2")})
    assert read(tmp_path / "site") == before


def test_the_state_folder_alone_gives_the_site_again(tmp_path: Path) -> None:
    """As a cache of CI restores it: new inodes, no site. Nothing is put."""
    files = {"a/index.html": b"a", "b.html": b"b"}
    publish(tmp_path, files)
    new = tmp_path / "new"
    shutil.copytree(tmp_path / ".digest", new / ".digest")
    site, spare = new / "site", write.spare_of(new / "site", new)
    digests = {path: digest_of(data) for path, data in files.items()}
    staging = write.stage(site, spare, write.survey(site, {}), {})
    assert all(staging.holds(path, digest) for path, digest in digests.items())
    assert staging.publish(digests) == write.Written(2, 0, 0)
    write.ensure_spare(site, spare, files)
    assert read(site) == read(spare) == read(tmp_path / "site")


def test_what_was_put_and_is_not_listed_is_not_published(tmp_path: Path) -> None:
    site, spare = tmp_path / "site", tmp_path / "spare"
    staging = write.stage(site, spare, write.survey(site, {}), {})
    fresh = [put(spare, path, b"x")[1] for path in ("a", "b/c")]
    staging.publish({"a": digest_of(b"x")}, fresh)
    assert sorted(path.name for path in site.iterdir()) == [MANIFEST, "a"]


def test_where_links_are_refused_files_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    publish(tmp_path, {"a/a": b"1", "b": b"1", "gone": b""})
    (tmp_path / "site" / "CNAME").write_text("example.org")
    (tmp_path / "site" / "latest").symlink_to("nowhere")
    assert publish(tmp_path, {"a/a": b"2", "b": b"1"}) == write.Written(1, 1, 1)
    assert publish(tmp_path, {"a/a": b"2", "b": b"3"}) == write.Written(1, 1, 0)
    found = read(tmp_path / "site")
    del found[MANIFEST]
    assert found == {"a/a": b"2", "b": b"3", "CNAME": b"example.org", "latest": b"nowhere"}
    assert (tmp_path / "site" / "b").stat().st_nlink == 1


def test_a_refused_rename_between_mounts_takes_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two mounts of one file system have one device number and refuse renames all the same."""
    rename = Path.rename

    def refuse(source: Path, target: Path) -> Path:
        if source.parent != target.parent:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(source))
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", refuse)
    monkeypatch.setattr(exchange, "swap", lambda *_: False)
    for generation in (b"1", b"2", b"3"):
        publish(tmp_path, {"a": generation, "b": b"1"})
        assert read(tmp_path / "site")["a"] == generation
    assert sorted(path.name for path in tmp_path.iterdir()) == [".digest", "site"]


@pytest.mark.parametrize("how", ["edit", "resize", "delete", "touch", "link", "fold"])
def test_a_survey_knows_what_happened(tmp_path: Path, how: str) -> None:
    publish(tmp_path, {"a": b"1", "b": b"2"})
    site = tmp_path / "site"
    known = {
        stamp: digest_of(data) for path, data in {"a": b"1", "b": b"2"}.items() for stamp in [stamp_at(site, path)]
    }
    assert write.survey(site, known).intact
    tamper(site / "a", how)
    found = write.survey(site, known)
    assert found.intact is (how == "touch")
    assert found.files.get("b") == digest_of(b"2")
    assert found.files.get("a") in {None, digest_of(read(site).get("a", b""))}


def stamp_at(tree: Path, path: str) -> Stamp:
    return stamp_of(path, (tree / path).lstat())


def test_what_is_known_is_not_read_again_and_what_is_too_fresh_is_not_known(tmp_path: Path) -> None:
    put(tmp_path, "a/b", b"1")
    modified = (tmp_path / "a" / "b").stat().st_mtime_ns
    fresh, settled = (Stamps({}, clock=partial(int, modified + age)) for age in (10**9, 3 * 10**9))
    for stamps in (fresh, settled):
        assert stamps.digests(tmp_path, ["a/b", "missing"]) == {"a/b": digest_of(b"1")}
        assert stamps.walk(tmp_path).files == ["a/b"]
    assert fresh.learned == {}
    assert sorted(stamp[0] for stamp in settled.learned) == ["", "a/", "a/b"]
    lies = {stamp: found.replace("b", "c") for stamp, found in settled.learned.items()}
    assert Stamps(lies).walk(tmp_path).files == ["a/c"]
    assert Stamps(dict.fromkeys(lies, "what was known")).digests(tmp_path, ["a/b"]) == {"a/b": "what was known"}


def test_stamps_put_just_before_the_manifest_are_not_remembered(tmp_path: Path) -> None:
    """A change in the same tick of the clock would look the same; an older one is remembered."""
    site, spare = tmp_path / "site", tmp_path / "spare"
    staging = write.stage(site, spare, write.survey(site, {}), {})
    digest, (path, inode, size, modified) = put(spare, "a", b"1")
    old, new = (path, inode, size, modified - 10**9), ("b", inode, size, modified + 10**10)
    staging.publish({"a": digest, "b": digest}, [old, new])
    assert staging.learned == {old: digest}


def test_a_manifest_has_the_same_bytes_whatever_the_order(tmp_path: Path) -> None:
    data = manifest_of({"b": "2", 'ü"': "1", "a/c": "3"})
    assert data == manifest_of({"a/c": "3", 'ü"': "1", "b": "2"})
    put(tmp_path, MANIFEST, data)
    assert read_manifest(tmp_path) == {"a/c": "3", "b": "2", 'ü"': "1"}
    assert manifest_of({}) == b'{"format": 1, "files": {\n\n}}\n'


@pytest.mark.parametrize("path", [".digest", ".digest/spare", ".digest/new"])
def test_the_state_folder_is_no_destination(tmp_path: Path, path: str) -> None:
    with pytest.raises(write.UnsafeDestinationError, match="project's own"):
        write.check_destination(tmp_path / path, tmp_path)


def test_a_mount_point_is_no_destination(tmp_path: Path) -> None:
    with pytest.raises(write.UnsafeDestinationError, match="mount point"):
        write.check_destination(Path("/proc"), tmp_path)


def test_the_spare_lies_beside_the_destination_on_another_disk(tmp_path: Path) -> None:
    assert write.spare_of(tmp_path / "public" / "site", tmp_path) == tmp_path / ".digest" / "spare"
    other = Path("/proc")
    assert write.spare_of(other / "site", tmp_path) == other / ".site.digest-spare"


def test_cleaning_takes_the_spare_too(tmp_path: Path) -> None:
    publish(tmp_path, {"a/b": b"1"})
    (tmp_path / "site" / "CNAME").write_text("example.org")
    assert write.clean(tmp_path / "site", write.spare_of(tmp_path / "site", tmp_path)) == 1
    assert sorted(path.name for path in tmp_path.rglob("*")) == [".digest", "CNAME", "site"]
