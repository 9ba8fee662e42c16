"""Opening the state store for a command: alone, anew where it was damaged, elsewhere where it is in use."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

from digest.cli.common import say
from digest.cli.ending import ENVIRONMENT, fail
from digest.state import folder as state
from digest.state.store import FILE, PREVIEW_FILE, DamagedStateError, Store, copy, drop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from digest.cli.options import Options

T = TypeVar("T")


def with_store(folder: Path, options: Options, work: Callable[[Store], T]) -> T:
    """Return what `work` makes of the store in a folder; a damaged one is dropped, said once, and work begins anew."""
    path = folder / FILE
    store = Store(path)
    if store.dropped:
        _say_dropped(store.dropped, options)
    try:
        return work(store)
    except DamagedStateError:
        store.close()
        _say_dropped("was damaged", options)
        drop(path)
        store = Store(path)
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


@contextmanager
def any_folder(root: Path) -> Iterator[Path]:
    """Yield the state folder, or a passing one where that is missing, in use or read-only, for a command that looks."""
    try:
        lock = state.only_build(root) if (root / state.FOLDER).is_dir() else None
    except (state.AnotherBuildError, OSError):
        lock = None
    if lock is None:
        with TemporaryDirectory(prefix="digest-") as passing:
            yield Path(passing)
        return
    with lock:
        yield root / state.FOLDER


@contextmanager
def preview_store(root: Path) -> Iterator[Store]:
    """Yield the store of a preview, which begins with what builds remember; a passing one where another runs."""
    with ExitStack() as stack:
        try:
            stack.enter_context(state.only_preview(root))
            folder = root / state.FOLDER
        except (state.AnotherBuildError, OSError):
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="digest-")))
        path = folder / PREVIEW_FILE
        if not path.exists():
            with suppress(state.AnotherBuildError, OSError), state.only_build(root):
                copy(root / state.FOLDER / FILE, path)
        yield Store(path)  # the workshop closes it, for it may have had to begin another
