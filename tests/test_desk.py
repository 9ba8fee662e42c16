"""The desk: what is asked for is written, and nothing of anybody's is lost, whatever happens at the same time."""

from __future__ import annotations

import os
import random
import shutil
import stat
import struct
import subprocess
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import pytest

from digest.cli.machine import desk_key
from digest.digests import digest_of
from digest.model import Dialect, NoteKind
from digest.output import exchange
from digest.preview.edit import leases, metadata, replacing, sources, waiting
from digest.preview.edit.desk import Desk, Saved
from digest.preview.edit.insertions import Refusal
from digest.preview.edit.note import annotate
from digest.preview.edit.sources import BUSY, ConflictError, OutOfBoundsError
from digest.preview.edit.waiting import edit_of
from tests.support.preview import serving
from tests.support.site import read_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import FrameType
    from typing import Any

    from tests.support.site import Site

ENTRY = "content/articles/2024-01-18-a.md"
OLD = b"Some words.\n"
NEW = b"Some words!\n"
THEIRS = b"Other words, and more of them.\n"
KEY = b"k" * 32
DIALECT = Dialect(kinds=(NoteKind("note", "Note", "*"), NoteKind("context", "Context", "§")), verdicts=())
SOAK = pytest.mark.soak
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="giving a file to another user takes root")
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="leases and exchanged names are Linux's")


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a power cut leaves is not looked at here, and thousands of edits would wait for it."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def exclaim(data: bytes) -> bytes:
    return data.replace(b"words.", b"words!")


@pytest.fixture
def desk(site: Site) -> Desk:
    return Desk(site.root, KEY)


@pytest.fixture
def entry(site: Site) -> Path:
    """An entry with old words."""
    site.write(ENTRY, OLD)
    return site.root / ENTRY


def content(site: Site) -> dict[str, bytes]:
    return {path: data for path, data in read_tree(site.root).items() if not path.startswith(".digest/")}


def left(site: Site) -> dict[str, bytes]:
    """Return what an edit leaves anywhere but for the source and its lock."""
    ours = {ENTRY, "digest.yaml", ".digest/edit.lock"}
    return {path: data for path, data in read_tree(site.root).items() if path not in ours}


# Saved, undone, refused


def test_an_edit_is_saved_and_undone_once(site: Site, desk: Desk) -> None:
    """
    -- content/articles/2024-01-18-a.md --
    ---
    title: A
    ---

    Some words.
    """
    before = content(site)
    (site.root / ENTRY).chmod(0o640)
    saved = desk.apply(ENTRY, digest_of(before[ENTRY]), exclaim)
    now = (site.root / ENTRY).read_bytes()
    assert now == exclaim(before[ENTRY])
    assert saved == Saved(ENTRY, digest_of(now), 5)
    assert stat.S_IMODE((site.root / ENTRY).stat().st_mode) == 0o640
    assert desk.undo() == Saved(ENTRY, digest_of(before[ENTRY]), 5)
    assert content(site) == before
    assert desk.undo() == Refusal("there is nothing to undo")
    assert content(site) == before


def test_a_file_changed_meanwhile_is_left_alone(site: Site, desk: Desk) -> None:
    """
    -- content/articles/2024-01-18-a.md --
    Some words.
    """
    seen = digest_of((site.root / ENTRY).read_bytes())
    site.write(ENTRY, "Other words.\n")
    before = content(site)
    with pytest.raises(ConflictError):
        desk.apply(ENTRY, seen, exclaim)
    assert content(site) == before
    assert desk.undo() == Refusal("there is nothing to undo")


def test_a_file_changed_while_it_is_edited_is_left_alone(site: Site, desk: Desk) -> None:
    """
    -- content/articles/2024-01-18-a.md --
    Some words.
    """

    def change(data: bytes) -> bytes:
        site.write(ENTRY, "Other words.\n")
        return exclaim(data)

    with pytest.raises(ConflictError):
        desk.apply(ENTRY, digest_of(b"Some words.\n"), change)
    assert sorted(content(site)) == [ENTRY, "digest.yaml"]
    assert (site.root / ENTRY).read_bytes() == b"Other words.\n"


def test_undo_leaves_later_changes_alone(site: Site, desk: Desk) -> None:
    """
    -- content/articles/2024-01-18-a.md --
    Some words.
    """
    desk.apply(ENTRY, digest_of(b"Some words.\n"), exclaim)
    site.write(ENTRY, "Other words.\n")
    with pytest.raises(ConflictError):
        desk.undo()
    assert (site.root / ENTRY).read_bytes() == b"Other words.\n"
    site.delete(ENTRY)
    with pytest.raises(OutOfBoundsError):
        desk.undo()
    assert sorted(content(site)) == ["digest.yaml"]


def test_a_refusal_writes_nothing(site: Site, desk: Desk) -> None:
    """
    -- content/articles/2024-01-18-a.md --
    Some words.
    """
    before = (site.root / ENTRY).stat()
    assert desk.apply(ENTRY, digest_of(b"Some words.\n"), lambda _: Refusal("no")) == Refusal("no")
    assert (site.root / ENTRY).stat() == before


@pytest.mark.parametrize(
    "path",
    [
        "content/articles/../../digest.md", "content/articles/../pages/a.md", "../root/content/articles/a.md",
        "{root}/content/articles/a.md", "/content/articles/a.md", "content//articles/a.md", "content/articles//a.md",
        "content/articles/./a.md", "./content/articles/a.md", "content/sources/a.md", "content/articles/.a.md",
        "content/.git/a.md", "content/a.md", "content/articles/a.txt", "content/articles/a.md/", "digest.yaml", "",
        "content/articles/a.md\0", "content/articles/\0.md", "content\\articles\\a.md", "content/articles/a.md\n",
        "content/articles/none.md", "content/articles/folder.md", "content/articles/inner.md",
        "content/articles/outer.md", "content/articles/dead.md", "content/pages/a.md", "content/topics/a.md",
        "content/articles/\ud800.md", "content/articles/" + "a" * 5000 + ".md", "content/Articles/a.md",
        "content/articles/pipe.md", "CONTENT/articles/a.md", "content/articles/..%2fa.md",
    ],
)  # fmt: skip
def test_nothing_but_sources_is_touched(site: Site, desk: Desk, tmp_path: Path, path: str) -> None:
    """
    -- digest.md --
    words.
    -- content/a.md --
    words.
    -- content/articles/a.md --
    words.
    -- content/articles/.a.md --
    words.
    -- content/articles/a.txt --
    words.
    -- content/articles/folder.md/a.txt --
    words.
    -- content/sources/a.md --
    words.
    -- content/.git/a.md --
    words.
    """
    articles, outside = site.root / "content/articles", tmp_path / "outside"
    outside.mkdir()
    (outside / "a.md").write_text("words.\n")
    (articles / "inner.md").symlink_to("a.md")
    (articles / "outer.md").symlink_to(outside / "a.md")
    (articles / "dead.md").symlink_to("dead.md")
    (site.root / "content/pages").symlink_to(outside)
    (site.root / "content/topics").symlink_to(articles)
    os.mkfifo(articles / "pipe.md")
    before = read_tree(tmp_path)
    with pytest.raises(OutOfBoundsError):
        desk.apply(path.replace("{root}", str(site.root)), digest_of(b"words.\n"), exclaim)
    assert read_tree(tmp_path) == before
    assert isinstance(desk.apply("content/articles/a.md", digest_of(b"words.\n"), exclaim), Saved)


def fail(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("call", ["os.fsync", "os.fchmod", "os.open", "pathlib.Path.rename", "pathlib.Path.mkdir"])
def test_a_failure_leaves_the_file_whole(site: Site, desk: Desk, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """
    -- content/articles/2024-01-18-a.md --
    Some words.
    """
    before = content(site)
    with monkeypatch.context() as patched:
        patched.setattr(call, fail)
        with pytest.raises(OSError, match="No space"):
            desk.apply(ENTRY, digest_of(b"Some words.\n"), exclaim)
    assert content(site) == before
    assert desk.undo() == Refusal("there is nothing to undo")
    assert isinstance(desk.apply(ENTRY, digest_of(b"Some words.\n"), exclaim), Saved)


def test_a_file_that_may_not_be_written_is_not_replaced(
    site: Site, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    -- content/articles/2024-01-18-a.md --
    Some words.
    """
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anything
    with pytest.raises(PermissionError):
        desk.apply(ENTRY, digest_of(b"Some words.\n"), exclaim)
    assert (site.root / ENTRY).read_bytes() == b"Some words.\n"


def test_nothing_but_the_source_is_ever_seen_in_the_content(desk: Desk, entry: Path) -> None:
    """So nobody adds to Git what an edit needs for a moment, and nobody is told that it is there."""
    seen: set[str] = set()
    with at_lines(dict.fromkeys(range(1, 1000), lambda: seen.update(os.listdir(entry.parent)))):  # noqa: PTH208
        saved(desk, entry)
    assert seen == {entry.name}


def test_a_note_written_at_the_desk_is_built(site: Site, desk: Desk) -> None:
    """
    -- content/articles/2024-01-18-a.md --
    ---
    title: A
    ---

    Some words.
    """
    done = desk.apply(
        ENTRY,
        digest_of((site.root / ENTRY).read_bytes()),
        lambda data: annotate(
            data,
            ENTRY,
            "words",
            kind="context",
            text="Whose?",
            dialect=DIALECT,
        ),
    )
    assert isinstance(done, Saved)
    site.build("--strict")
    assert ">words</span>" in site.out("articles/2024/01/a/index.html")
    assert "Whose?" in site.out("articles/2024/01/a/index.html")


# What a file is besides its text


def saved(desk: Desk, entry: Path) -> None:
    assert isinstance(desk.apply(ENTRY, digest_of(entry.read_bytes()), exclaim), Saved)
    assert entry.read_bytes() == NEW


@AS_ROOT
def test_owner_group_and_permissions_stay(desk: Desk, entry: Path) -> None:
    os.chown(entry, 1234, 2345)
    entry.chmod(0o2640)
    os.chown(entry.parent, 3456, 4567)
    entry.parent.chmod(0o2777)  # new files get the folder's group
    for edit in (lambda: saved(desk, entry), desk.undo):
        edit()
        now = entry.stat()
        assert (now.st_uid, now.st_gid, stat.S_IMODE(now.st_mode)) == (1234, 2345, 0o2640)


def access_list(*entries: tuple[int, int, int]) -> bytes:
    """Return a POSIX access list as the system keeps it: tag, permissions and id of each entry."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


NOBODY = 0xFFFFFFFF
ACCESS = access_list((1, 6, NOBODY), (2, 6, 1234), (4, 4, NOBODY), (16, 6, NOBODY), (32, 0, NOBODY))


@ON_LINUX
@pytest.mark.parametrize(
    ("name", "value"),
    [("user.origin", b"https://example.org/"), ("system.posix_acl_access", ACCESS)],
    ids=["attribute", "access list"],
)
def test_extended_attributes_and_access_lists_stay(
    site: Site, desk: Desk, entry: Path, name: str, value: bytes
) -> None:
    try:
        os.setxattr(entry, name, value)
    except OSError as error:
        pytest.skip(f"this file system keeps no {name}: {error.strerror}")
    mode = entry.stat().st_mode
    saved(desk, entry)
    assert {name: os.getxattr(entry, name) for name in os.listxattr(entry)} == {name: value}
    assert entry.stat().st_mode == mode
    assert left(site) == {}


@ON_LINUX
def test_a_folder_s_access_list_is_not_given_to_a_file_that_has_none(site: Site, desk: Desk, entry: Path) -> None:
    (site.root / ".digest").mkdir()
    try:
        for folder in (site.root / ".digest", entry.parent):
            os.setxattr(folder, "system.posix_acl_default", ACCESS)
    except OSError as error:
        pytest.skip(f"this file system keeps no access lists: {error.strerror}")
    mode = entry.stat().st_mode
    saved(desk, entry)
    assert os.listxattr(entry) == []
    assert entry.stat().st_mode == mode


def not_permitted(*_: object, **__: object) -> None:
    raise PermissionError(1, "Operation not permitted")


def assert_refused(site: Site, desk: Desk, entry: Path, reason: str) -> None:
    before = entry.stat()
    answer = desk.apply(ENTRY, digest_of(OLD), exclaim)
    assert isinstance(answer, Refusal)
    assert reason in answer.reason
    assert entry.stat() == before
    assert left(site) == {}
    assert desk.undo() == Refusal("there is nothing to undo")


@AS_ROOT
def test_a_file_of_somebody_else_is_refused_to_whoever_cannot_give_it_back(
    site: Site, desk: Desk, entry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.chown(entry, 1234, 2345)
    monkeypatch.setattr(os, "fchown", not_permitted)
    assert_refused(
        site, desk, entry, "it belongs to user 1234 and group 2345, which a file written here could not have"
    )


@ON_LINUX
def test_an_attribute_that_cannot_be_given_is_a_reason_to_refuse(
    site: Site, desk: Desk, entry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        os.setxattr(entry, "user.origin", b"here")
    except OSError as error:
        pytest.skip(f"this file system keeps no attributes: {error.strerror}")
    monkeypatch.setattr(os, "setxattr", not_permitted)
    assert_refused(site, desk, entry, "it has the extended attribute `user.origin`")


@ON_LINUX
def test_a_full_disk_is_no_attribute_that_cannot_be_given(
    site: Site, desk: Desk, entry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        os.setxattr(entry, "user.origin", b"here")
    except OSError as error:
        pytest.skip(f"this file system keeps no attributes: {error.strerror}")
    monkeypatch.setattr(os, "setxattr", fail)
    with pytest.raises(OSError, match="No space"):
        desk.apply(ENTRY, digest_of(OLD), exclaim)
    assert entry.read_bytes() == OLD
    assert left(site) == {}


def test_a_file_with_two_names_is_refused(site: Site, desk: Desk, entry: Path, tmp_path: Path) -> None:
    os.link(entry, tmp_path / "another")
    assert_refused(site, desk, entry, "this file has 2 names (hard links)")


@pytest.fixture
def mounted(site: Site) -> Iterator[None]:
    """The content is a mount of its own, as in a container; of the same file system, which is the harder case."""
    (site.root / "content/articles").mkdir(parents=True, exist_ok=True)
    folder = str(site.root / "content")
    mounting = ["mount", "--bind", folder, folder]
    if os.geteuid() != 0 or subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("mounting a folder takes root and a machine that permits it")
    yield
    subprocess.run(["umount", folder], check=True)  # noqa: S607


@ON_LINUX
@pytest.mark.usefixtures("entry", "mounted")
def test_an_edit_waits_beside_its_file_where_the_content_is_a_mount(site: Site, desk: Desk) -> None:
    saved(desk, site.root / ENTRY)
    assert left(site) == {}
    for number in lines_of(site, "apply")[::9]:
        asked, outside = edit(site, "apply"), Outside(site.root / ENTRY, by_renaming)
        with at_lines({number: outside.save}):
            answer = outcome(asked)
        assert isinstance(answer, ConflictError) or outside.seen == NEW, f"before line {number}"
        assert (site.root / ENTRY).read_bytes() == THEIRS, f"before line {number}"
        assert left(site) == {}


# Other programs that save at the same time


FILES = frozenset(module.__file__ for module in (replacing, waiting, sources, leases, metadata, exchange))


@contextmanager
def at_lines(acts: Mapping[int, Callable[[], object]]) -> Iterator[Callable[[], int]]:
    """Do things before lines of those that write are run, counted from 1; yields how many there were."""
    last = 0

    def line(_frame: FrameType, event: str, _arg: Any) -> Any:
        nonlocal last
        if event == "line":
            last += 1
            acts.get(last, int)()
        return line

    def call(frame: FrameType, _event: str, _arg: Any) -> Any:
        return line if frame.f_code.co_filename in FILES else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        yield lambda: last
    finally:
        sys.settrace(before)


def by_renaming(file: Path, data: bytes = THEIRS) -> None:
    beside = file.with_name(f"{file.name}~")
    beside.write_bytes(data)
    beside.replace(file)


def in_place(file: Path, data: bytes = THEIRS) -> None:
    file.write_bytes(data)


def with_a_backup(file: Path) -> None:
    file.replace(file.with_name(".backup"))
    file.write_bytes(THEIRS)
    file.with_name(".backup").unlink()


class Outside:
    """A program that saves the entry, and remembers what it held then."""

    def __init__(self, file: Path, how: Callable[[Path], object]) -> None:
        self.file = file
        self.how = how
        self.seen = b""

    def save(self) -> None:
        self.seen = self.file.read_bytes()
        self.how(self.file)


def edit(site: Site, act: str) -> Callable[[], Saved | Refusal]:
    """Return an edit of old words to new ones: by the desk's first edit, or by undoing one."""
    desk = Desk(site.root, KEY)
    if act == "apply":
        site.write(ENTRY, OLD)
        return lambda: desk.apply(ENTRY, digest_of(OLD), exclaim)
    site.write(ENTRY, NEW)
    desk.apply(ENTRY, digest_of(NEW), lambda _: OLD)
    return desk.undo


def lines_of(site: Site, act: str) -> range:
    """Return the numbers of the lines of an edit that nothing disturbs, and the one after."""
    asked = edit(site, act)
    with at_lines({}) as lines:
        assert isinstance(asked(), Saved)
        return range(1, lines() + 1)


def outcome(asked: Callable[[], Saved | Refusal]) -> Saved | Refusal | ConflictError | OutOfBoundsError:
    try:
        return asked()
    except (ConflictError, OutOfBoundsError) as error:
        return error


@ON_LINUX
@pytest.mark.parametrize("act", ["apply", "undo"])
@pytest.mark.parametrize("how", [by_renaming, in_place, with_a_backup])
def test_a_save_at_any_moment_of_an_edit_is_not_lost(site: Site, act: str, how: Callable[[Path], object]) -> None:
    """It stays as it is; and whoever asked for the edit hears of it, unless the save was one of the edited text."""
    conflicts = 0
    for number in lines_of(site, act):
        asked, outside = edit(site, act), Outside(site.root / ENTRY, how)
        with at_lines({number: outside.save}):
            answer = outcome(asked)
        assert outside.seen in (OLD, NEW)
        assert isinstance(answer, ConflictError) or outside.seen == NEW, f"before line {number}"
        assert (site.root / ENTRY).read_bytes() == THEIRS, f"before line {number}"
        assert left(site) == {}
        conflicts += outside.seen == OLD
    assert conflicts > 50


@ON_LINUX
@pytest.mark.parametrize("act", ["apply", "undo"])
def test_a_file_that_goes_away_while_it_is_edited_stays_away(site: Site, act: str) -> None:
    for number in lines_of(site, act):
        asked, file = edit(site, act), site.root / ENTRY
        with at_lines({number: file.unlink}):
            answer = outcome(asked)
        assert not isinstance(answer, Refusal)
        assert not file.exists(), f"before line {number}"
        assert left(site) == {}


@ON_LINUX
@pytest.mark.parametrize("act", ["apply", "undo"])
@pytest.mark.parametrize("later", [1, 7, 30, 1000])
def test_a_file_that_another_program_has_open_is_not_taken_away_from_it(site: Site, act: str, later: int) -> None:
    """It is opened before a line, and written some lines later or when all is done."""
    entry, busy = site.root / ENTRY, 0
    for number in lines_of(site, act):
        asked, opened = edit(site, act), list[BinaryIO]()

        def write(opened: list[BinaryIO] = opened) -> None:
            with opened.pop() as file:
                file.truncate()
                file.write(THEIRS)

        with at_lines({number: lambda: opened.append(entry.open("r+b")), number + later: write}):  # noqa: B023
            answer = outcome(asked)
        if opened:
            write()
        assert entry.read_bytes() == THEIRS, f"opened before line {number}"
        assert left(site) == {}
        busy += isinstance(answer, ConflictError) and str(answer) == BUSY
    assert busy > 20 or later < 1000


@ON_LINUX
def test_a_program_that_is_about_to_open_the_file_is_waited_for(site: Site) -> None:
    """It has looked the name up, and opens what has lost that name meanwhile; for two lines it comes too late."""
    in_time = too_late = 0
    for number in lines_of(site, "apply"):
        asked, entry = edit(site, "apply"), site.root / ENTRY
        old, found = entry.stat(), list[bool]()

        def late(old: os.stat_result = old, found: list[bool] = found) -> None:
            places = (site.root / ".digest/desk").rglob("text")
            found.extend(opens_at_once(place) for place in places if os.path.samestat(place.stat(), old))

        with at_lines({number: late}):
            answer = outcome(asked)
        if found == [False]:
            given_back = isinstance(answer, ConflictError) and os.path.samestat(entry.stat(), old)
            in_time, too_late = in_time + given_back, too_late + (not given_back)
            assert entry.read_bytes() == (OLD if given_back else NEW)
        assert left(site) == {}
    assert in_time > 1
    assert too_late <= 2


def opens_at_once(file: Path) -> bool:
    """Tell whether a file is opened to write without waiting; nothing is written."""
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_NONBLOCK))
    except BlockingIOError:
        return False
    return True


@ON_LINUX
@pytest.mark.parametrize("seeds", [range(40), pytest.param(range(40, 4000), marks=SOAK)])
def test_two_saves_in_one_edit_leave_the_later_one(site: Site, seeds: range) -> None:
    """And the earlier one is kept, where the later one did not come upon it."""
    lines, entry = lines_of(site, "apply"), site.root / ENTRY
    for seed in seeds:
        chosen, seen = random.Random(seed), list[bytes]()

        def save(data: bytes, chosen: random.Random = chosen, seen: list[bytes] = seen) -> None:
            seen.append(entry.read_bytes())
            chosen.choice([by_renaming, in_place])(entry, data)

        first, second = sorted(chosen.sample(lines, 2))
        with at_lines({first: partial(save, b"First.\n"), second: partial(save, THEIRS)}):
            outcome(edit(site, "apply"))
        kept = list(left(site).values())
        assert all(path.startswith(".digest/kept/") for path in left(site))
        if len(seen) == 1:  # the edit was over before the second
            assert entry.read_bytes() == b"First.\n"
            continue
        assert entry.read_bytes() == THEIRS
        assert kept in ([], [b"First.\n"])
        assert seen[1] == b"First.\n" or kept, f"seed {seed}"
        shutil.rmtree(site.root / ".digest", ignore_errors=True)


def test_whoever_asked_for_an_edit_hears_that_it_was_overwritten_at_once(
    site: Site, desk: Desk, entry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replacing, "_keep_name", lambda _: by_renaming(entry))
    with pytest.raises(ConflictError, match="look whether your edit is in it"):
        desk.apply(ENTRY, digest_of(OLD), exclaim)
    assert entry.read_bytes() == THEIRS
    assert left(site) == {}


def test_where_names_cannot_be_exchanged_a_save_before_the_edit_is_noticed(
    site: Site, desk: Desk, entry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replacing, "swap", lambda *_: False)
    saved(desk, entry)
    assert isinstance(desk.undo(), Saved)
    assert left(site) == {}

    def meanwhile(data: bytes) -> bytes:
        by_renaming(entry)
        return exclaim(data)

    with pytest.raises(ConflictError):
        desk.apply(ENTRY, digest_of(OLD), meanwhile)
    assert entry.read_bytes() == THEIRS
    assert left(site) == {}


WRITER = """
import os, sys
from pathlib import Path
from time import monotonic, sleep
file, saves, way = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]

def save(number):
    text = b"%d\\n" % number
    if way == "place":
        file.write_bytes(text)
    else:
        file.with_name(".mine").write_bytes(text)
        file.with_name(".mine").replace(file)

def is_there(number):
    end = monotonic() + 30
    while monotonic() < end:  # an edit that is given back shows itself for a moment
        try:
            if file.read_bytes().split(b"\\n")[0] == b"%d" % number:
                return True
        except FileNotFoundError:
            pass
    return False

lost = 0
for number in range(1, saves + 1):
    save(number)
    lost += not is_there(number)
print(lost)
"""


@ON_LINUX
@pytest.mark.parametrize("way", ["place", "rename"])
@pytest.mark.parametrize("saves", [300, pytest.param(20_000, marks=SOAK)])
def test_saves_that_race_with_edits_are_all_there(site: Site, desk: Desk, entry: Path, saves: int, way: str) -> None:
    """A program saves without pause, and looks whether its text, with whatever was added, is what the file holds."""
    done = {"edits": 0, "conflicts": 0}
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(entry), str(saves), way], stdout=subprocess.PIPE, text=True
    ) as writer:
        while writer.poll() is None:
            try:
                desk.apply(ENTRY, digest_of(entry.read_bytes()), lambda data: data + b"!\n")
                done["edits"] += 1
            except ConflictError:
                done["conflicts"] += 1
        assert writer.stdout
        assert int(writer.stdout.read()) == 0
    assert sum(done.values()) > 0
    assert [path for path in left(site) if not path.startswith(".digest/kept/")] == []


# What a preview finds that was killed


def name_of(path: str, key: bytes = KEY) -> str:
    """Return the name under which an edit from the old words to the new ones lays its texts."""
    return edit_of(Path(), path, before=digest_of(OLD), after=digest_of(NEW), key=key).name


def test_another_preview_that_starts_takes_nothing_away_from_an_edit(site: Site) -> None:
    for number in lines_of(site, "apply"):
        asked = edit(site, "apply")
        with at_lines({number: Desk(site.root, KEY).clear}):
            assert isinstance(asked(), Saved), f"before line {number}"
        assert (site.root / ENTRY).read_bytes() == NEW
        assert left(site) == {}


def test_an_edit_keeps_what_the_same_edit_left_when_it_was_killed(site: Site, desk: Desk, entry: Path) -> None:
    folder = f".digest/desk/{name_of(ENTRY)}/{ENTRY}"
    site.write(f"{folder}/text", THEIRS)
    site.write(f"{folder}/text.part", b"Some")
    saved(desk, entry)
    assert list(left(site).values()) == [THEIRS]
    (kept,) = desk.clear()
    assert (site.root / kept).read_bytes() == THEIRS


def test_a_preview_that_starts_removes_what_was_left(site: Site, entry: Path) -> None:
    """Texts of the edit's own are removed, another's comes back into its file or is kept, and told of."""
    key = desk_key(site.root)
    for name, data in (("own", NEW), ("came-out", OLD), ("displaced", THEIRS), ("late", THEIRS)):
        path = f"content/articles/{name}.md"
        site.write(path, NEW if name != "late" else b"Saved since.\n")
        site.write(f".digest/desk/{name_of(path, key)}/{path}/text", data)
    path = "content/articles/half.md"
    site.write(f".digest/desk/{name_of(path, key)}/{path}/text.part", b"Some")
    site.write(f"content/articles/.digest-{name_of(path, key)}.text", NEW)
    site.write(f"content/articles/.digest-{name_of(path, key)}.part", b"Some")
    with serving(site.root, "--edit") as served:
        said = served.said
    assert not (site.root / ".digest/desk").exists()
    assert (site.root / "content/articles/displaced.md").read_bytes() == THEIRS
    assert (site.root / "content/articles/late.md").read_bytes() == b"Saved since.\n"
    assert [path.name for path in entry.parent.iterdir() if path.name.startswith(".")] == []
    (kept,) = (site.root / ".digest/kept").iterdir()
    assert kept.read_bytes() == THEIRS
    assert f".digest/kept/{kept.name}" in said
    assert site.run("clean").exit_code == 0
    assert list(read_tree(site.root / ".digest")) == [f"kept/{kept.name}"]


def test_links_in_the_place_of_the_desk_lead_nowhere(site: Site, tmp_path: Path) -> None:
    """As a repository may bring them along: what they lead to is not tidied, and nothing is kept there."""
    outside = tmp_path / "outside"
    waiting = outside / f"{digest_of(OLD)}-{digest_of(NEW)}" / ENTRY
    waiting.mkdir(parents=True)
    (waiting / "text").write_bytes(THEIRS)
    site.write(ENTRY, NEW)
    (site.root / ".digest").mkdir()
    for name in ("desk", "kept"):
        (site.root / ".digest" / name).symlink_to(outside)
    replacing.tidy(site.root, KEY)
    assert (site.root / ENTRY).read_bytes() == NEW
    assert (waiting / "text").read_bytes() == THEIRS
    assert [file.name for file in outside.iterdir()] == [waiting.relative_to(outside).parts[0]]


@pytest.mark.parametrize("claimed", [True, False], ids=["unpacked over one's own", "as it came"])
def test_a_desk_that_is_brought_along_writes_nothing(site: Site, entry: Path, tmp_path: Path, *, claimed: bool) -> None:
    """Words that it holds are kept, links in it are removed, and edits of other files are saved all the same."""
    outside = tmp_path / "outside"
    site.write("content/articles/b.md", OLD)
    if claimed:
        site.run("build")
    outside.mkdir()
    (outside / "text").write_bytes(THEIRS)
    forged = f".digest/desk/{'0' * 32}-{digest_of(OLD)}"
    for name in (forged, f"{forged}-{'0' * 32}"):
        site.write(f"{name}/{ENTRY}/text", b"The attacker's.\n")
    site.write(f"{forged}/content/topics/{83 * '字'}.md/text", b"Long.\n")
    site.write(f"{forged}/content/topics/\x1b[2J.md/text", b"Seen.\n")
    site.write(f"{forged}/content/pages/b.md/text.part", b"")
    (site.root / forged / "content/pages/b.md/text").symlink_to(outside / "text")
    (site.root / forged / "content/reviews").symlink_to(outside)
    os.mkfifo(site.root / forged / "content/pipe")
    with serving(site.root, "--edit") as served:
        assert "\x1b" not in served.said
    assert entry.read_bytes() == OLD
    assert (outside / "text").read_bytes() == THEIRS
    held = sorted(path.read_bytes() for path in (site.root / ".digest/kept").iterdir())
    assert held == [b"Long.\n", b"Seen.\n", b"The attacker's.\n"]
    assert isinstance(Desk(site.root, KEY).apply("content/articles/b.md", digest_of(OLD), exclaim), Saved)


def test_a_text_that_cannot_be_kept_keeps_nobody_from_edits(site: Site, desk: Desk, entry: Path) -> None:
    text = f".digest/desk/strange/{ENTRY}/text"
    site.write(text, THEIRS)
    (site.root / ".digest/kept" / f"{entry.stem}-{digest_of(THEIRS)}.md" / "text").mkdir(parents=True)
    saved(desk, entry)
    assert text in desk.clear()
    assert (site.root / text).read_bytes() == THEIRS


def test_a_state_that_git_came_to_track_is_told(site: Site, desk: Desk, entry: Path) -> None:
    for words in (["init", "-q"], ["add", "-f", ".digest"]):
        (site.root / ".digest").mkdir(exist_ok=True)
        site.write(".digest/machine", "x")
        subprocess.run(["git", "-C", str(site.root), *words], check=True)  # noqa: S607
    answer = desk.apply(ENTRY, digest_of(OLD), exclaim)
    assert isinstance(answer, Refusal)
    assert "Git tracks" in answer.reason
    assert entry.read_bytes() == OLD
