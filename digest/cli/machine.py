"""What the machine and its user bring: the key that seals what is remembered, and the home it is kept in."""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path

from digest.cli.ending import USAGE, fail
from digest.state.home import KEY_BYTES, key_of, trusted_themes

KEY_VARIABLE = "DIGEST_STATE_KEY"
_SHORTEST = 32
"""Characters of a key that somebody chooses: as many as `openssl rand -hex 16` gives."""


def state_home(root: Path) -> Path:
    """Return where things are kept outside of every project (XDG Base Directory Specification, XDG_STATE_HOME).

    Raises:
        OSError: there is no such place.
    """
    own = Path(os.environ.get("XDG_STATE_HOME", ""))
    folder = own if own.is_absolute() else Path(os.path.expanduser("~/.local/state"))  # noqa: PTH111 - it raises nothing
    if not folder.is_absolute() or (folder != own and os.environ.get("HOME") == ""):  # that would be the root's
        raise OSError(None, "there is no home folder", "HOME")
    home = folder / "digest"
    if home.resolve().is_relative_to(root.resolve()):
        raise OSError(None, "this lies in the project, which may bring its own", str(home))
    return home


def state_key(root: Path) -> bytes:
    """Return the key that seals what is remembered of a project: from the environment, or the user's own.

    Raises:
        OSError: no key can be kept.
    """
    named = os.environ.get(KEY_VARIABLE, "")
    if named:
        if len(named) < _SHORTEST:
            fail(f"{KEY_VARIABLE} has fewer than {_SHORTEST} characters; make one with: openssl rand -hex 32", USAGE)
        return blake2b(named.encode("utf-8", "surrogateescape"), digest_size=KEY_BYTES).digest()
    return key_of(state_home(root))


def key_is_given() -> bool:
    """Tell whether the environment names the key, so that nothing is kept in a home."""
    return bool(os.environ.get(KEY_VARIABLE))


def desk_key(root: Path) -> bytes:
    """Return the key that seals what edits leave for a moment: a passing one where none can be kept."""
    try:
        return state_key(root)
    except OSError:
        return passing_key()


def themes_trusted(root: Path) -> frozenset[str]:
    """Return the names of a project's own themes that may run on this machine."""
    try:
        return trusted_themes(state_home(root), root)
    except OSError:
        return frozenset()


def passing_key() -> bytes:
    """Return a key for what is not opened again."""
    return os.urandom(KEY_BYTES)
