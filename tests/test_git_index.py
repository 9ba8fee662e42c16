"""What Git tracks is read from its index as Git itself reads it, whatever the format."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.state.git import tracks

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")

QUIET = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}
NAME = st.sampled_from([".digest", ".digesta", ".digest.d", ".d", ".digest-", "a", "site", "content", "é", "z" * 70])
PATH = st.lists(NAME, min_size=1, max_size=4).map("/".join)
FORMATS = {
    "version 2": [],
    "version 4": ["update-index --index-version 4"],
    "split": ["update-index --split-index"],
    "split, version 4": ["update-index --index-version 4", "update-index --split-index"],
    "with more flags": ["update-index --skip-worktree -- filler/0"],
}


def git(folder: Path, command: str, *more: str) -> str:
    words = ["git", "-C", str(folder), *command.split(), *more]
    return subprocess.run(words, env=QUIET, capture_output=True, text=True, check=True).stdout


def add(folder: Path, path: str) -> None:
    """Write and add a file, unless a file or a folder has its place."""
    file = folder / path
    if not file.is_dir() and not any(above.is_file() for above in file.relative_to(folder).parents if above.name):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            return
        file.write_bytes(b"")
        git(folder, "add -f --", path)


def repository(folder: Path, *, hashing: str = "sha1") -> Path:
    git(folder, f"init -q --object-format={hashing} .")
    for number in range(3):
        add(folder, f"filler/{number}")
    return folder


@pytest.mark.parametrize("hashing", ["sha1", "sha256"])
@pytest.mark.parametrize("kind", FORMATS)
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(before=st.lists(PATH, max_size=5), after=st.lists(PATH, max_size=3), gone=st.integers(0, 4))
def test_it_says_what_git_says(kind: str, hashing: str, before: list[str], after: list[str], gone: int) -> None:
    """For the repository's root and a folder in it; with files added and taken away after the format was chosen."""
    with TemporaryDirectory() as name:
        folder = repository(Path(name).resolve(), hashing=hashing)
        for path in before:
            add(folder, path)
        for command in FORMATS[kind]:
            git(folder, command)
        for path in after:
            add(folder, path)
        if before[gone:]:
            git(folder, "rm -rq --cached --ignore-unmatch --", before[gone])
        if not (folder / "content").is_file():
            (folder / "content").mkdir(exist_ok=True)
        for root in (folder, folder / "content"):
            if root.is_dir():
                assert tracks(root, ".digest") == bool(git(root, "ls-files -- .digest"))


def test_names_may_have_little_in_common_with_long_ones_before_them(tmp_path: Path) -> None:
    main = repository(tmp_path)
    for length in (120, 130, 250):
        add(main, f".d/{'z' * length}/{'z' * length}")
    add(main, ".digest/state.sqlite")
    git(main, "update-index --index-version 4")
    assert tracks(main, ".digest")


def test_a_linked_working_tree_and_a_submodule_say_where_their_index_is(tmp_path: Path) -> None:
    main = repository(tmp_path)
    add(main, ".digest/state.sqlite")
    git(main, "-c user.name=a -c user.email=a@b.example commit -q -m a")
    git(main, "worktree add -q other/tree")
    assert tracks(main / "other" / "tree", ".digest")
    git(main / "other" / "tree", "rm -rq --cached .digest")
    assert not tracks(main / "other" / "tree", ".digest")
    assert tracks(main, ".digest")


def test_a_repository_above_counts_although_there_is_another_without_anything_below(tmp_path: Path) -> None:
    main = repository(tmp_path)
    add(main, "site/.digest/state.sqlite")
    (main / "site" / ".git").mkdir()
    assert tracks(main / "site", ".digest")


def test_a_link_or_a_submodule_in_its_place_is_tracked_too(tmp_path: Path) -> None:
    main = repository(tmp_path)
    (main / ".digest").symlink_to("filler")
    git(main, "add -f .digest")
    assert tracks(main, ".digest")


@pytest.mark.parametrize("size", [0, 3, 11, 12, 40, 73, 74, 75, 100, 150, 200])
@pytest.mark.parametrize("version", [2, 4, 9])
def test_an_index_that_is_damaged_tracks_nothing_and_ends(tmp_path: Path, size: int, version: int) -> None:
    main = repository(tmp_path)
    index = main / ".git" / "index"
    data = bytearray(index.read_bytes()[:size] + b".digest" * 9 + b"\xff" * 90)
    data[4:8] = version.to_bytes(4, "big")
    index.write_bytes(data)
    tracks(main, ".digest")  # whatever it says, it says something


@pytest.mark.parametrize("text", ["", "gitdir: ", "gitdir: gone", "gitdir: \0", "x: y", "gitdir: /dev/null"])
def test_a_file_that_leads_to_no_repository_tracks_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / ".git").write_text(text)
    assert not tracks(tmp_path, ".digest")


def test_a_bitmap_of_billions_is_not_counted_out(tmp_path: Path) -> None:
    """A few bytes in a split index can say that as many entries of its base are gone."""
    folder = repository(tmp_path)
    add(folder, ".digest/a")
    git(folder, "update-index --split-index")
    index = folder / ".git/index"
    data = index.read_bytes()
    at = data.index(b"link") + 4
    run = (1 | 0xFFFFFFFF << 1).to_bytes(8, "big")
    bitmap = (64).to_bytes(4, "big") + (1).to_bytes(4, "big") + run + bytes(4)
    base = data[at + 4 : at + 24]
    index.write_bytes(data[:at] + (20 + len(bitmap)).to_bytes(4, "big") + base + bitmap + bytes(20))
    assert not tracks(folder, ".digest")
