"""The publisher: a site is two complete trees on one file system, and publishing exchanges their names in one step.

The *live* tree is the destination. The *spare* tree is the generation before; a build makes the next one of it, so
what did not change for two builds is there already, what changed in the last is linked from live, and only new bytes
are written. Invariants: a reader sees the whole old site or the whole new one; a folder that is not empty and does not
carry our manifest is never touched; plain files that others put into the destination are carried over; a tree is
taken for what its files hold, never for what its manifest says.
"""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from stat import S_ISREG
from typing import TYPE_CHECKING, NamedTuple

from digest.output.durable import settle
from digest.output.exchange import beside, exchange, repair
from digest.output.manifest import MANIFEST, carries_manifest, manifest_of, read_manifest
from digest.output.place import folders_of, link_tree, put, remove, remove_file, remove_folder
from digest.output.stamps import Listing, Stamps
from digest.state.folder import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from digest.output.stamps import Known, Stamp


class PublishReport(NamedTuple):
    """How many files of the live tree were written, were equal already, and were removed.

    `whole` tells whether that was one step, as nearly always, or file by file; `kept` counts files of others.
    """

    changed: int
    unchanged: int
    removed: int
    whole: bool = True
    kept: int = 0


class PublishedTree(NamedTuple):
    """What the live tree holds now: path to digest, of what its manifest lists and of what is really there."""

    listed: Mapping[str, str]
    files: Mapping[str, str]
    learned: Mapping[Stamp, str]

    @property
    def intact(self) -> bool:
        """Tell whether the tree holds every file that its manifest lists, as it lists it."""
        return bool(self.listed) and self.files == self.listed


def spare_of(destination: Path, root: Path) -> Path:
    """Return where the spare tree lies: in the state folder, or beside the destination if that is another disk's."""
    above = next(folder for folder in destination.absolute().parents if folder.exists())
    state = root / FOLDER
    same = above.stat().st_dev == (state if state.exists() else root).stat().st_dev
    return state / "spare" if same else beside(destination, "spare")


def scan_published(destination: Path, known: Known) -> PublishedTree:
    """Look at the live tree, once an exchange that was cut off is repaired.

    Where the manifest is lost, every file counts as somebody else's, but its digest is there to be used.

    Raises:
        OSError: a file cannot be read.
    """
    repair(destination)
    stamps = Stamps(known)
    listed = read_manifest(destination)
    paths = listed or (stamps.walk(destination).files if destination.is_dir() else ())
    files = stamps.digests(destination, paths)
    return PublishedTree(listed=listed, files=files, learned=stamps.learned)


class TreeState(NamedTuple):
    """What a tree holds: regular files with their digests, everything there is, and what was learned by looking."""

    files: dict[str, str]
    listing: Listing
    learned: dict[Stamp, str]


def scan_tree(tree: Path, known: Known, learned: Mapping[Stamp, str]) -> TreeState:
    """Look at a whole tree, and change nothing; `learned` are stamps beside the `known` ones.

    Raises:
        OSError: a file cannot be read.
    """
    stamps = Stamps(known, learned=dict(learned))
    listing = stamps.walk(tree)
    return TreeState(stamps.digests(tree, listing.files), listing, stamps.learned)


def stage(
    destination: Path, spare: Path, live: PublishedTree, known: Known, *, ahead: Callable[[], TreeState] | None = None
) -> Staging:
    """Open the spare tree as the next generation of the destination that `live` describes.

    Only regular files stay in it, each with the digest of what it holds, whoever wrote it and whenever. If somebody has
    begun to look at it ahead, that is taken.

    Raises:
        OSError: the tree cannot be read or made.
    """
    _recover(destination, spare)
    if spare.is_symlink() or not spare.is_dir():
        remove(str(spare))
        spare.mkdir(parents=True)
        ahead = None
    held = ahead() if ahead else scan_tree(spare, known, live.learned)
    remove(f"{spare}/{MANIFEST}")
    files = {path: digest for path, digest in held.files.items() if path != MANIFEST}
    for path in held.listing.files:
        if path not in files:
            remove(f"{spare}/{path}")
    return Staging(
        folder=spare,
        destination=destination,
        live=live,
        held=files,
        folders=held.listing.folders,
        stamps=Stamps(known, learned=held.learned),
    )


def _recover(destination: Path, spare: Path) -> None:
    """Take the old tree for the spare one where the last of two renames was cut off."""
    aside = beside(destination, "old")
    if carries_manifest(aside) and not os.path.lexists(spare):
        aside.rename(spare)
    remove(str(aside))
    for tree in (destination, spare):
        remove(str(beside(tree, "new")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Staging:
    """The next generation, which nobody reads yet. `put` writes into `folder`; `publish` completes and shows it."""

    folder: Path
    destination: Path
    live: PublishedTree
    held: Mapping[str, str]
    """What the folder held when it was opened: path to digest."""
    folders: list[str] = field(repr=False)
    stamps: Stamps = field(repr=False)

    @property
    def learned(self) -> Mapping[Stamp, str]:
        """What to remember for the next build, beside what was known."""
        return self.stamps.learned

    def holds(self, path: str, digest: str) -> bool:
        """Tell whether a file need not be put, because one of the trees has it."""
        return self.held.get(path) == digest or self.live.files.get(path) == digest

    def publish(
        self, files: Mapping[str, str], fresh: Iterable[Stamp] = (), *, in_place: bool = False
    ) -> PublishReport:
        """Make the destination hold `files` (path to digest), and what others put there; keep the old tree as spare.

        `fresh` are the stamps of what was put. Every other file must be one the staging `holds`. The folder itself
        stays where it is if `in_place` says so, or if it cannot be exchanged.

        Raises:
            LookupError: a file is listed that no tree holds: a fault of the caller's.
            OSError: something could not be written or is in the way; the destination is then as it was, unless its
                files were being replaced one by one.
        """
        put_ones = {stamp[0]: stamp for stamp in fresh}
        linked = [path for path, digest in files.items() if path not in put_ones and self.held.get(path) != digest]
        lost = [path for path in linked if self.live.files.get(path) != files[path]]
        if lost:
            raise LookupError(f"neither put nor held: {', '.join(lost[:3])}")
        needed = folders_of(files)
        others = self._others(files, needed)
        made = {*self.folders, *folders_of(put_ones)}
        self._make_room({*files, *others}, put_ones, unneeded=made - needed - folders_of(others))
        link_tree(self.destination, self.folder, [*linked, *others], made=made)
        self._remember(files, put_ones)
        vouch(self.live.learned, self.destination)
        whole = exchange(self.folder, self.destination, in_place=in_place)
        same = sum(self.live.files.get(path) == digest for path, digest in files.items())
        return PublishReport(len(files) - same, same, len(self.live.listed.keys() - files.keys()), whole, len(others))

    def _others(self, files: Mapping[str, str], needed: set[str]) -> list[str]:
        """List what others put into the destination and the new generation does not replace.

        Raises:
            FileExistsError: a file stands where a folder is needed, be it theirs or ours.
            OSError: one of theirs is no plain file; whoever uploads the site would publish what a link leads to.
        """
        there = self.stamps.walk(self.destination).files if self.destination.is_dir() else ()
        others = [path for path in there if path not in files and path not in self.live.listed and path != MANIFEST]
        clashes = [folder[:-1] for folder in needed | folders_of(others) if folder[:-1] in files]
        clashes += [path for path in others if f"{path}/" in needed]
        if clashes:
            where = str(self.destination / min(clashes))
            raise FileExistsError(errno.EEXIST, "is needed both as a file and as a folder", where)
        for path in others:
            if not S_ISREG((self.destination / path).lstat().st_mode):
                raise OSError(
                    errno.EINVAL, "is no plain file, so it is not kept: delete it", str(self.destination / path)
                )
        return others

    def _make_room(self, wanted: set[str], put_ones: Iterable[str], *, unneeded: set[str]) -> None:
        """Remove the files and folders that are not part of the new generation."""
        for path in (*self.held, *put_ones):
            if path not in wanted:
                remove_file(f"{self.folder}/{path}")
        for folder in sorted(unneeded - {""}, reverse=True):
            remove_folder(f"{self.folder}/{folder}")

    def _remember(self, files: Mapping[str, str], fresh: Mapping[str, Stamp]) -> None:
        """Write the manifest, and learn what was put so long before it that a later change cannot look the same."""
        _, manifest = put(self.folder, MANIFEST, manifest_of(files))
        settled = (path for path, stamp in fresh.items() if path in files and stamp[3] < manifest[3])
        self.stamps.learned.update((fresh[path], files[path]) for path in settled)


def vouch(learned: Mapping[Stamp, str], *trees: Path) -> None:
    """Have what was learned of trees outlast a power cut, before it is remembered: somebody may have just written it.

    Raises:
        OSError: the disk failed.
    """
    if learned:
        settle(*trees)


def ensure_spare(destination: Path, spare: Path, files: Iterable[str]) -> None:
    """Make a second tree of the files just published where there is none, so that either can give the other.

    It only saves work: a disk that has no room for it keeps the site without it.
    """
    if (spare / MANIFEST).exists():
        return
    try:
        remove(str(spare))
        link_tree(destination, spare, [*files, MANIFEST])
    except OSError:
        shutil.rmtree(spare, ignore_errors=True)


def clean(destination: Path, spare: Path) -> int:
    """Remove the files our manifest lists, folders left empty, and the spare tree.

    Returns how many files were removed.
    """
    repair(destination)
    for tree in (spare, beside(spare, "new"), beside(destination, "old"), beside(destination, "new")):
        remove(str(tree))
    files = read_manifest(destination)
    removed = 0
    for path in [*files, MANIFEST]:
        file = destination / path
        if file.resolve().is_relative_to(destination.resolve()) and file.is_file():
            file.unlink()
            removed += path != MANIFEST
    for folder in sorted(Stamps({}).walk(destination).folders if destination.is_dir() else (), reverse=True):
        with suppress(OSError):  # it holds something of others'
            (destination / folder).rmdir()
    return removed
