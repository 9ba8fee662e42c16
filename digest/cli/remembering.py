"""Opening the state store for a command: alone, anew where it is damaged or not ours, elsewhere where it is in use."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from digest.cli.common import say
from digest.cli.ending import ENVIRONMENT, fail
from digest.cli.machine import KEY_VARIABLE, passing_key, state_key
from digest.state import folder as state
from digest.state.files import copy, drop
from digest.state.store import FILE, PREVIEW_FILE, DamagedStateError, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from digest.cli.options import Options

T = TypeVar("T")


class Place(NamedTuple):
    """A folder for stores, and the key that seals them."""

    folder: Path
    key: bytes


def with_store(place: Place, options: Options, work: Callable[[Store], T]) -> T:
    """Return what `work` makes of the store in a folder; a damaged one is dropped, said once, and work begins anew."""
    path = place.folder / FILE
    store = Store(path, place.key)
    if store.dropped:
        _say_dropped(store.dropped, options)
    try:
        return work(store)
    except DamagedStateError:
        store.close()
        _say_dropped("was damaged", options)
        drop(path)
        store = Store(path, place.key)
        return work(store)
    finally:
        store.close()


def _say_dropped(why: str, options: Options) -> None:
    say(f"What was remembered of earlier builds {why}; everything is made anew.", options)


def only_build(root: Path) -> AbstractContextManager[object]:
    """Take the lock that one build at a time holds, or end."""
    try:
        return state.only_build(root)
    except state.AnotherBuildError:
        return fail("another build of this site is running", ENVIRONMENT)
    except state.RefusedStateError as error:
        return fail(str(error), ENVIRONMENT)


def own_folder(root: Path, options: Options) -> Place:
    """Return the state folder, begun anew where it was not ours; under the lock of a build."""
    key = _key(root, options)
    if not state.claim(root, key):
        _say_foreign(options)
    return Place(root / state.FOLDER, key)


def _key(root: Path, options: Options) -> bytes:
    """Return the key that seals what is remembered of a project; a passing one where none can be kept."""
    try:
        return state_key(root)
    except OSError as error:
        why = f"{error.filename}: {error.strerror or error}"
        say(f"No key can be kept ({why}), so the next build makes everything anew; {KEY_VARIABLE} can be one.", options)
        return passing_key()


def _say_foreign(options: Options) -> None:
    say("What was remembered of earlier builds was not made with your key, so it is not used.", options)


@contextmanager
def any_folder(root: Path, options: Options) -> Iterator[Place]:
    """Yield the state folder for a command that looks; a passing one where that is not ours, in use or read-only."""
    _check(root)
    with ExitStack() as stack:
        place = _locked(root, options, stack) if (root / state.FOLDER).is_dir() else None
        yield place or _passing(stack)


def _passing(stack: ExitStack) -> Place:
    """Return a folder that is there until the stack is left."""
    return Place(Path(stack.enter_context(TemporaryDirectory(prefix="digest-"))), passing_key())


def _locked(root: Path, options: Options, stack: ExitStack) -> Place | None:
    """Return the state folder, where it is ours and nobody builds there until the stack is left."""
    key = _key(root, options)
    if not state.is_ours(root, key):
        _say_foreign(options)
        return None
    try:
        stack.enter_context(state.only_build(root))
    except (state.AnotherBuildError, OSError):
        return None
    return Place(root / state.FOLDER, key)


def _check(root: Path) -> None:
    try:
        state.check(root)
    except state.RefusedStateError as error:
        fail(str(error), ENVIRONMENT)


@contextmanager
def preview_store(root: Path, options: Options) -> Iterator[Store]:
    """Yield the store of a preview, which begins with what builds remember; a passing one where another runs."""
    _check(root)
    with ExitStack() as stack:
        try:
            stack.enter_context(state.only_preview(root))
            place = _preview_folder(root, options)
        except (state.AnotherBuildError, OSError):
            place = _passing(stack)
        yield Store(place.folder / PREVIEW_FILE, place.key)  # the workshop closes it, for it may have begun another


def _preview_folder(root: Path, options: Options) -> Place:
    """Return the state folder, with what builds remember where there is nothing of a preview.

    Raises:
        AnotherBuildError: it is not ours, and somebody is building there.
        OSError: it cannot be made ours.
    """
    place = Place(root / state.FOLDER, _key(root, options))
    if not state.is_ours(root, place.key):
        with state.only_build(root):
            if not state.claim(root, place.key):
                _say_foreign(options)
    with suppress(state.AnotherBuildError, OSError), state.only_build(root):
        copy(place.folder / FILE, place.folder / PREVIEW_FILE)
    return place
