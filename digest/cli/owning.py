"""Whether a folder may be written as the site: it is fit for one, and what it holds was not brought along.

A manifest says that a site is ours, and so does anybody's: an archive may hold a `site/` with one, and beside what it
lists a page of somebody's, which would be carried over as the user's own. So the first build into a folder takes only
what its manifest lists, which the build replaces. That it was not the first is known from the state that the user's key
sealed, or from the user's home, which outlasts it.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from digest.cli.ending import USAGE, fail
from digest.cli.machine import key_is_given, state_home
from digest.output.destination import UnsafeDestinationError, check_destination, unlisted
from digest.output.exchange import repair
from digest.state.home import has_published, keep_published

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_NAMED = 10
"""Files that are named where some are in the way."""


def check_folder(folder: Path, root: Path) -> None:
    """End the command where a folder must not be written as the site."""
    try:
        check_destination(folder, root)
    except UnsafeDestinationError as error:
        fail(f"{error}; choose another with --destination", USAGE)


def repair_folder(folder: Path, root: Path) -> None:
    """Put back what an interrupted exchange had set aside, which must be as fit for a site as what is there."""
    if repair(folder):
        check_folder(folder, root)


def check_brought(folder: Path, root: Path, *, listed: Mapping[str, str], known: bool) -> None:
    """End the command where a site holds files of others and was not published by this user.

    `listed` are the files of its manifest; `known` says that the state, which is the user's, knows of a publication.
    """
    if known or has_published_here(folder, root):
        return
    others = unlisted(folder, listed)
    if named := [*islice(others, _NAMED)]:
        more = sum(1 for _ in others)
        where = f"{folder} holds files that digest did not make, and was not published by you"
        hint = "delete them, or move them away, build, and put back what is yours"
        fail(f"{where}: {hint}", USAGE, listed=[*named, *([f"and {more} more"] if more else [])])


def has_published_here(folder: Path, root: Path) -> bool:
    """Tell whether this user has published a project into a folder."""
    try:
        return has_published(state_home(root), root, folder)
    except OSError:
        return False


def remember_published(folder: Path, root: Path) -> None:
    """Remember that this user has published a project into a folder, where that can be remembered.

    Who names a key keeps the project's state from one machine to the next, and wants nothing left in a home.
    """
    if key_is_given():
        return
    with suppress(OSError):
        keep_published(state_home(root), root, folder)
