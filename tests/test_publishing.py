"""The publisher against a model: whatever was done to its trees, the site is what was asked for, and the counts are true."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.digests import digest_of
from digest.output import durable, exchange, mounts, write
from digest.output.destination import UnsafeDestinationError, check_destination
from digest.output.manifest import MANIFEST, manifest_of, read_manifest
from digest.output.place import put
from digest.output.stamps import Stamps, stamp_of
from tests.support.publishing import publish, publish_knowing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    links = [path for path in theirs if path not in files and (site / path).is_symlink()]
    if links:
        with pytest.raises(OSError, match="no plain file"):
            publish_knowing(root, files, known)
        assert read(site) == before
        for path in links:
            (site / path).unlink()
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
    assert written == write.PublishReport(len(files) - same, same, len(listed.keys() - files.keys()), kept=written.kept)
    assert written.kept in {0, len(theirs.keys() - files.keys())}
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
    assert publish(tmp_path, {"a": b"2", "b": b"1", "c": b"1"}) == write.PublishReport(1, 2, 0)
    assert publish(tmp_path, {"a": b"2", "b": b"1", "c": b"3"}) == write.PublishReport(1, 2, 0)
    assert (tmp_path / "site" / "b").stat().st_ino == kept
    assert mine.read_bytes() == b"1"


def test_a_file_that_is_nowhere_is_a_fault_of_the_caller(tmp_path: Path) -> None:
    publish(tmp_path, {"a": b"1"})
    before = read(tmp_path / "site")
    live = write.scan_published(tmp_path / "site", {})
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
    staging = write.stage(site, spare, write.scan_published(site, {}), {})
    assert all(staging.holds(path, digest) for path, digest in digests.items())
    assert staging.publish(digests) == write.PublishReport(2, 0, 0)
    write.ensure_spare(site, spare, files)
    assert read(site) == read(spare) == read(tmp_path / "site")


def test_what_was_put_and_is_not_listed_is_not_published(tmp_path: Path) -> None:
    site, spare = tmp_path / "site", tmp_path / "spare"
    staging = write.stage(site, spare, write.scan_published(site, {}), {})
    fresh = [put(spare, path, b"x")[1] for path in ("a", "b/c")]
    staging.publish({"a": digest_of(b"x")}, fresh)
    assert sorted(path.name for path in site.iterdir()) == [MANIFEST, "a"]


def test_where_links_are_refused_files_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    publish(tmp_path, {"a/a": b"1", "b": b"1", "gone": b""})
    (tmp_path / "site" / "CNAME").write_text("example.org")
    assert publish(tmp_path, {"a/a": b"2", "b": b"1"}) == write.PublishReport(1, 1, 1, kept=1)
    assert publish(tmp_path, {"a/a": b"2", "b": b"3"}) == write.PublishReport(1, 1, 0, kept=1)
    found = read(tmp_path / "site")
    del found[MANIFEST]
    assert found == {"a/a": b"2", "b": b"3", "CNAME": b"example.org"}
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
    assert write.scan_published(site, known).intact
    tamper(site / "a", how)
    found = write.scan_published(site, known)
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
    staging = write.stage(site, spare, write.scan_published(site, {}), {})
    digest, (path, inode, size, modified) = put(spare, "a", b"1")
    old, new = (path, inode, size, modified - 10**9), ("b", inode, size, modified + 10**10)
    staging.publish({"a": digest, "b": digest}, [old, new])
    assert staging.learned == {old: digest}


def test_a_manifest_has_the_same_bytes_whatever_the_order(tmp_path: Path) -> None:
    data = manifest_of({"b": "2", "ü": "1", "a/c": "3"})
    assert data == manifest_of({"a/c": "3", "ü": "1", "b": "2"})
    put(tmp_path, MANIFEST, data)
    assert read_manifest(tmp_path) == {"a/c": "3", "b": "2", "ü": "1"}
    assert manifest_of({}) == b'{"format": 1, "files": {\n\n}}\n'


@pytest.mark.parametrize("path", [".digest", ".digest/spare", ".digest/new"])
def test_the_state_folder_is_no_destination(tmp_path: Path, path: str) -> None:
    with pytest.raises(UnsafeDestinationError, match="project's own"):
        check_destination(tmp_path / path, tmp_path)


def test_a_mount_point_is_no_destination(tmp_path: Path) -> None:
    with pytest.raises(UnsafeDestinationError, match="mount point"):
        check_destination(Path("/proc"), tmp_path)


def test_the_spare_lies_beside_the_destination_on_another_disk(tmp_path: Path) -> None:
    assert write.spare_of(tmp_path / "public" / "site", tmp_path) == tmp_path / ".digest" / "spare"
    other = Path("/proc")
    assert write.spare_of(other / "site", tmp_path) == other / ".site.digest-spare"


def test_cleaning_takes_the_spare_too(tmp_path: Path) -> None:
    publish(tmp_path, {"a/b": b"1"})
    (tmp_path / "site" / "CNAME").write_text("example.org")
    assert write.clean(tmp_path / "site", write.spare_of(tmp_path / "site", tmp_path)) == 1
    assert sorted(path.name for path in tmp_path.rglob("*")) == [".digest", "CNAME", "site"]


def test_where_a_file_system_cannot_be_settled_at_once_each_file_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of the new tree before it is shown, and the names when it is."""
    settled: list[int] = []
    shown: list[set[int]] = []
    fsync, renamed = os.fsync, exchange._exchanged  # noqa: SLF001

    def settle(descriptor: int) -> None:
        settled.append(os.fstat(descriptor).st_ino)
        fsync(descriptor)

    def show(spare: Path, destination: Path) -> bool:
        shown.append({*settled})
        settled.clear()
        return renamed(spare, destination)

    monkeypatch.setattr(durable, "_syncfs", lambda _: False)
    monkeypatch.setattr(os, "fsync", settle)
    monkeypatch.setattr(exchange, "_exchanged", show)
    for generation in (b"1", b"2"):
        publish(tmp_path, {"a/b": generation, "c": b"1"})
    site = tmp_path / "site"
    assert {path.lstat().st_ino for path in (site, *site.rglob("*"))} <= shown[-1]
    assert {*settled} == {tmp_path.stat().st_ino, (tmp_path / ".digest").stat().st_ino}


@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_finds_no_room_when_it_is_to_keep_the_site_leaves_the_last_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    def fail(folder: Path) -> bool:
        raise OSError(error, os.strerror(error), str(folder))

    publish(tmp_path, {"a": b"1"})
    with monkeypatch.context() as patch:
        patch.setattr(durable, "_syncfs", fail)
        with pytest.raises(OSError, match=os.strerror(error)):
            publish(tmp_path, {"a": b"2"})
    assert read(tmp_path / "site")["a"] == b"1"
    publish(tmp_path, {"a": b"2"})
    assert read(tmp_path / "site")["a"] == b"2"


# A folder that cannot be exchanged, or must not be


@pytest.fixture
def image(tmp_path: Path) -> Iterator[Path]:
    """A project as a container finds it whose image brought a site along: a folder on overlayfs."""
    lower, upper, work, place = (tmp_path / name for name in ("lower", "upper", "work", "place"))
    for folder in (lower, upper, work, place):
        folder.mkdir()
    publish(lower, OLD)
    (lower / "site" / "CNAME").write_text("example.org")
    options = f"lowerdir={lower},upperdir={upper},workdir={work},redirect_dir=off"
    command = ["mount", "-t", "overlay", "overlay", "-o", options, str(place)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"this machine does not mount overlayfs: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)  # noqa: S607


OLD = {"a/b/index.html": b"old", "same.html": b"same", "file": b"a file", "folder/index.html": b"a folder", "gone": b""}
NEW = {"a/b/index.html": b"new", "same.html": b"same", "file/index.html": b"", "folder": b"a file", "a/new.html": b""}


def shown(site: Path) -> dict[str, bytes]:
    """Return the files of a site but for its manifest, which must list ours."""
    found = read(site)
    ours = {path: digest_of(data) for path, data in found.items() if path not in {MANIFEST, "CNAME"}}
    assert read_manifest(site) == ours
    del found[MANIFEST]
    return found


@pytest.mark.parametrize("brought", ["all", "site", "spare"])
def test_a_site_that_a_container_image_brought_is_published(image: Path, brought: str) -> None:
    """Again and again; nothing is left beside it, and what others put there stays."""
    if brought == "site":
        shutil.rmtree(image / ".digest")
    elif brought == "spare":
        shutil.rmtree(image / "site")
    theirs = {} if brought == "spare" else {"CNAME": b"example.org"}
    for number, files in enumerate((NEW, OLD, NEW)):
        written = publish(image, files)
        assert shown(image / "site") == {**files, **theirs}
        assert written.whole is (brought == "spare"), number
        assert sorted(path.name for path in image.iterdir()) == [".digest", "site"]
        assert sorted(path.name for path in (image / ".digest").iterdir()) == ["spare"]
    assert write.clean(image / "site", image / ".digest" / "spare") == len(NEW)


@pytest.fixture
def nothing_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders that cannot be renamed, as on overlayfs."""

    def refuse(spare: Path, _: Path) -> bool:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(spare))

    monkeypatch.setattr(exchange, "swap", lambda *_: False)
    monkeypatch.setattr(exchange, "_rename_both", refuse)


@pytest.mark.usefixtures("nothing_moves")
def test_where_no_folder_can_be_renamed_files_are_replaced_one_by_one(tmp_path: Path) -> None:
    publish(tmp_path, OLD)
    (tmp_path / "site" / "CNAME").write_text("example.org")
    place = (tmp_path / "site").stat().st_ino
    for files in (NEW, OLD, NEW):
        assert not publish(tmp_path, files).whole
        assert shown(tmp_path / "site") == {**files, "CNAME": b"example.org"}
        assert (tmp_path / "site").stat().st_ino == place
        assert sorted(path.name for path in tmp_path.iterdir()) == [".digest", "site"]
    assert publish(tmp_path, NEW) == write.PublishReport(0, len(NEW), 0)


@pytest.mark.usefixtures("nothing_moves")
@pytest.mark.parametrize("moment", range(12))
def test_replacing_that_was_cut_off_is_finished_by_the_next_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    """Nothing of ours stays behind for ever, although the next build is another; nothing of theirs is lost."""
    publish(tmp_path, OLD)
    (tmp_path / "site" / "CNAME").write_text("example.org")
    before, rename, made = read(tmp_path / "site"), Path.replace, 0

    def replace(source: Path, target: Path) -> Path:
        nonlocal made
        made += 1
        if made > moment:
            raise KeyboardInterrupt
        return rename(source, target)

    with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
        patch.setattr(Path, "replace", replace)
        publish(tmp_path, NEW)
    assert all(
        data in {before.get(path), NEW.get(path)} for path, data in read(tmp_path / "site").items() if path in NEW
    )
    publish(tmp_path, {"index.html": b"another"})
    assert shown(tmp_path / "site") == {"index.html": b"another", "CNAME": b"example.org"}
    assert sorted(path.name for path in tmp_path.iterdir()) == [".digest", "site"]


def bind(folder: Path, place: Path) -> None:
    """Mount a folder at another place."""
    command = ["mount", "--bind", str(folder), str(place)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"this machine does not bind folders: {mounted.stderr.strip()}")


@pytest.mark.parametrize("held", ["site", "site/a"])
def test_whoever_has_mounted_the_site_reads_the_new_one(tmp_path: Path, held: str) -> None:
    """A mount holds the folder, whatever its name is by then; so the folder keeps its place, and no file is missing."""
    root, other = tmp_path / "with blank", tmp_path / "other"
    root.mkdir()
    other.mkdir()
    publish(root, OLD)
    bind(root / held, other)
    try:
        page = other / Path("a/b/index.html").relative_to(held.removeprefix("site").strip("/") or ".")
        assert page.read_bytes() == b"old"
        for files in (NEW, OLD, NEW):
            assert not publish(root, files).whole
            assert page.read_bytes() == files["a/b/index.html"]
            assert shown(root / "site") == files
    finally:
        subprocess.run(["umount", str(other)], check=True)  # noqa: S607
    assert publish(root, OLD).whole


def test_a_mount_of_the_folder_above_is_none_of_the_site(tmp_path: Path) -> None:
    """What a container should mount: there the site is found by its name."""
    root, other = tmp_path / "root", tmp_path / "other"
    root.mkdir()
    other.mkdir()
    bind(root, other)
    try:
        for files in (OLD, NEW):
            assert publish(root, files).whole
            assert read(other / "site") == read(root / "site")
    finally:
        subprocess.run(["umount", str(other)], check=True)  # noqa: S607


def test_a_system_that_does_not_say_what_is_mounted_exchanges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mounts, "_MOUNTS", tmp_path / "nowhere")
    assert [publish(tmp_path, files).whole for files in (OLD, NEW)] == [True, True]
