"""One source's new text in place of the old one, so that nobody's words are lost: all that the preview writes.

Invariants: a source holds its old text or its new one, whole, whatever fails; its file stays what it is besides its
text; what another program saves meanwhile stays, and the edit is refused; whatever a killed edit leaves lies in
`.digest/desk/`, or is named there.

The new text is written to a file that waits, and the two exchange their names in one step. Only what comes out then is
compared with what was expected, so that no save slips in between. A program that still has the old file open might
write into it after it lost its name: the system tells of such a one (a lease, fcntl(2)), and the names go back.
Where names cannot be exchanged, or there are no leases, a save in the very moment of the edit may go unnoticed.
"""

from __future__ import annotations

import errno
import os
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from digest.digests import digest_of
from digest.output.exchange import swap
from digest.preview.edit.insertions import Refusal
from digest.preview.edit.leases import is_wanted, lease
from digest.preview.edit.metadata import NotGivenError, give
from digest.preview.edit.sources import (
    BUSY,
    CHANGED,
    OVERWRITTEN,
    ConflictError,
    OutOfBoundsError,
    find,
    holds,
    opened,
    read,
)
from digest.preview.edit.waiting import Edit, clear, edit_of, is_plain, keep_strange, left_edits, part_of, printable

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO


def replace(root: Path, path: str, before: bytes, after: bytes, *, key: bytes) -> Refusal | None:
    """Give the source at a path the bytes `after` in place of `before`; the user's key seals what waits.

    To be called where no other edit can be going on (`state.folder.only_edit`).

    Raises:
        OutOfBoundsError: the path leads to something else than a source.
        ConflictError: the file holds something else, or another program is writing it.
        OSError: it could not be written, and is as it was.
    """
    tidy(root, key)
    file = find(root, path)
    edit = edit_of(root.resolve(), path, before=digest_of(before), after=digest_of(after), key=key)
    with opened(file) as old:
        if old.read() != before:
            raise ConflictError(CHANGED)
        _ask_for_permission(file)
        if (names := os.fstat(old.fileno()).st_nlink) > 1:
            return Refusal(f"this file has {names} names (hard links), and one alone would get the edit")
        try:
            edit.folder.mkdir(parents=True)
            _put(edit, old, before, after)
        except NotGivenError as lack:
            return Refusal(f"{lack}, which a file written here could not have: edit it in your editor")
        finally:
            clear(edit)
    if not holds(file, after):
        raise ConflictError(OVERWRITTEN)
    return None


def _ask_for_permission(file: Path) -> None:
    """Make sure that the file may be written, for a rename asks for the folder's permission alone."""
    if not os.access(file, os.W_OK) and file.exists():
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))


def _put(edit: Edit, old: BinaryIO, before: bytes, after: bytes) -> None:
    """Put new text in place from the first place that can: mounts of one file system refuse renames between them."""
    for place in edit.places:
        try:
            ours = _write(place, after, like=old.fileno())
            swapped = swap(place, edit.file)
            if not swapped:
                _put_blindly(place, edit.file, before)
        except (OSError, NotGivenError) as error:
            with suppress(OSError):  # the next edit removes it
                place.unlink(missing_ok=True)
            elsewhere = isinstance(error, NotGivenError) or error.errno == errno.EXDEV
            if not elsewhere or place == edit.places[-1]:
                raise
        else:
            if swapped:
                _take_or_give_back(edit, place, before, after, ours=ours)
            _keep_name(edit.file.parent)
            return


def _write(place: Path, data: bytes, *, like: int) -> int:
    """Write a file that is like another but for its bytes, on the disk before it gets its name; returns its inode."""
    part = part_of(place)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        give(descriptor, like)
        os.fsync(descriptor)
        inode = os.fstat(descriptor).st_ino
    part.rename(place)
    return inode


def _put_blindly(place: Path, file: Path, before: bytes) -> None:
    """Put new text in place where names cannot be exchanged."""
    if not holds(file, before):
        place.unlink()
        raise ConflictError(CHANGED)
    place.replace(file)


def _take_or_give_back(edit: Edit, place: Path, before: bytes, after: bytes, *, ours: int) -> None:
    """Remove what came out if it is what was expected, and nobody is writing it; else give it back."""
    trouble = _remove(place, before)
    if trouble and not _is_given_back(place, edit.file, after, ours=ours):
        raise ConflictError(f"this file was saved twice meanwhile; the earlier text is kept in {edit.keep(place)}")
    if trouble:
        raise ConflictError(trouble)


def _remove(place: Path, expected: bytes) -> str:
    """Remove a file that has lost its name if it holds what is expected; returns what keeps us from that, or ""."""
    try:
        with opened(place) as file:
            leased = lease(file.fileno())
            if leased is False:
                return BUSY
            if file.read() != expected:
                return CHANGED
            if leased and is_wanted(file.fileno()):
                return BUSY
            place.unlink()
            return ""
    except OSError as error:
        return f"nothing was written: {error.strerror or error}"


def _is_given_back(place: Path, file: Path, after: bytes, *, ours: int) -> bool:
    """Give a file back what came out of it, or what was saved since; False if an earlier text is left to be kept.

    What comes out next is later than what we put there, unless it is just that: then nobody saved in between. At first
    that is the edited text, `after` in the inode `ours`.
    """
    edited = there = ours, after
    with ExitStack() as held:
        while True:
            back = held.enter_context(opened(place))  # held, so that its inode does not become another file's
            put = os.fstat(back.fileno()).st_ino, back.read()
            if not swap(place, file):
                return False
            with opened(place) as out:
                found = os.fstat(out.fileno()).st_ino, out.read()
            if found == there != edited:
                return False
            if found == edited == there and _remove(place, after) not in {BUSY, CHANGED}:
                return True
            there = put


# What edits leave that were cut off


def tidy(root: Path, key: bytes) -> list[str]:
    """Finish edits that were cut off; where no edit can be going on, as `replace`.

    Returns the paths of texts that could neither be given back nor kept: none of them is to keep others from edits.

    Raises:
        OSError: what stands in the place of the folders cannot be removed.
    """
    root, stuck = root.resolve(), list[str]()
    for left in left_edits(root, key):
        try:
            if isinstance(left, Edit):
                _settle(left)
            else:
                keep_strange(root, left)
        except (ConflictError, OSError):
            place = left.folder if isinstance(left, Edit) else left
            stuck.append(printable(str(place.relative_to(root))))
    return stuck


def _settle(edit: Edit) -> None:
    for place in edit.places:
        if is_plain(place) and not _is_settled(edit, place):
            edit.keep(place)
    clear(edit)


def _is_settled(edit: Edit, place: Path) -> bool:
    """Remove a text of the edit's own; give another back to its file, if that still holds what the edit wrote."""
    if digest_of(place.read_bytes()) in edit.digests:
        place.unlink()
        return True
    try:
        now, ours = read(edit.root, edit.path), edit.file.stat().st_ino
    except (OutOfBoundsError, ConflictError, OSError):
        return False
    return edit.digests[-1] == digest_of(now) and _is_given_back(place, edit.file, now, ours=ours)


def _keep_name(folder: Path) -> None:
    """Make a new name last through a power cut, where folders can be synchronised."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
