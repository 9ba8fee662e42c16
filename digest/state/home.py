"""What this machine keeps for its user, outside of every project: the key, which themes may run, what was published.

A repository's commits cannot put anything there. `home` is `~/.local/state/digest`, or another that the user names.
"""

from __future__ import annotations

import os
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeGuard

from digest.values import DamagedValueError, Value, from_text, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

KEY_BYTES = 32
_KEY, _TRUSTED, _PUBLISHED = "key", "trusted", "published"


def key_of(home: Path) -> bytes:
    """Return the user's key, made at the first need; programs that ask at the same time get the same one.

    Raises:
        OSError: it can be neither read nor made.
    """
    file = home / _KEY
    key = _read(file)
    if not _is_key(key):
        _put(file, os.urandom(KEY_BYTES), again=key is not None)
        key = _read(file)
    if not _is_key(key):
        raise OSError(None, "what was written is not what can be read", str(file))
    return key


def _is_key(data: bytes | None) -> TypeGuard[bytes]:
    return data is not None and len(data) == KEY_BYTES


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None


def _put(file: Path, data: bytes, *, again: bool) -> None:
    """Write a file that nobody else may read, whole or not at all; one that is there stays, unless it is put again."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    passing = file.with_name(f".{file.name}-{os.getpid()}-{os.urandom(4).hex()}")
    descriptor = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        if again:
            passing.replace(file)
        else:
            _link(passing, file)
    finally:
        passing.unlink(missing_ok=True)


def _link(passing: Path, file: Path) -> None:
    try:
        os.link(passing, file)
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        passing.replace(file)


class _Trusted(Value, kw_only=True):
    """A project's folder, for people who look, which one it is, and the names of its themes that may run."""

    project: str
    folder: tuple[int, int]
    themes: tuple[str, ...]


def trusted_themes(home: Path, root: Path) -> frozenset[str]:
    """Return the names of a project's own themes that the user has let run; none where that cannot be read.

    Another folder in the place of the one that the user has seen is another project.
    """
    try:
        kept = from_text(_file_of(home, _TRUSTED, root).read_text(encoding="utf-8"), _Trusted)
        return frozenset(kept.themes if kept.folder == _number(root) else ())
    except (OSError, ValueError, DamagedValueError):
        return frozenset()


def trust(home: Path, root: Path, themes: Iterable[str]) -> None:
    """Let themes of a project run from now on.

    Raises:
        OSError: that cannot be remembered.
    """
    names = tuple(sorted(trusted_themes(home, root).union(themes)))
    kept = _Trusted(project=_shown(root), folder=_number(root), themes=names)
    _put(_file_of(home, _TRUSTED, root), to_text(kept).encode(), again=True)


class _Published(Value, kw_only=True):
    """A project's folder and where it was published, for people who look, and which folder the project's was."""

    project: str
    folder: tuple[int, int]
    destination: str


def has_published(home: Path, root: Path, destination: Path) -> bool:
    """Tell whether the user has published a project there; not, where that cannot be read.

    Another folder in the place of the project's is another project.
    """
    file = _file_of(home, _PUBLISHED, root, destination)
    try:
        return from_text(file.read_text(encoding="utf-8"), _Published).folder == _number(root)
    except (OSError, ValueError, DamagedValueError):
        return False


def keep_published(home: Path, root: Path, destination: Path) -> None:
    """Remember that the user has published a project there.

    Raises:
        OSError: that cannot be remembered.
    """
    if not has_published(home, root, destination):
        kept = _Published(project=_shown(root), folder=_number(root), destination=_shown(destination))
        _put(_file_of(home, _PUBLISHED, root, destination), to_text(kept).encode(), again=True)


def _file_of(home: Path, what: str, *folders: Path) -> Path:
    name = blake2b(b"\0".join(os.fsencode(folder.resolve()) for folder in folders), digest_size=16).hexdigest()
    return home / what / f"{name}.json"


def _number(root: Path) -> tuple[int, int]:
    """Return what tells a folder from all others that there are on this machine."""
    seen = root.stat()
    return seen.st_dev, seen.st_ino


def _shown(root: Path) -> str:
    """Return a folder's real path as text, whatever bytes it is made of."""
    return os.fsencode(root.resolve()).decode("utf-8", "backslashreplace")
