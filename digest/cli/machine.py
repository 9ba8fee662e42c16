"""What the machine and its user bring: the key that seals what is remembered, and the home it is kept in."""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from digest.cli.common import say
from digest.cli.ending import USAGE, fail
from digest.state.home import KEY_BYTES, key_of, trusted_themes

if TYPE_CHECKING:
    from digest.cli.options import Options

_KEY = "DIGEST_STATE_KEY"
_SHORTEST = 32
"""Characters of a key that somebody chooses: as many as `openssl rand -hex 16` gives."""


def state_home(root: Path) -> Path:
    """Return where things are kept outside of every project (XDG Base Directory Specification, XDG_STATE_HOME).

    Raises:
        OSError: there is no such place.
    """
    own, above = os.environ.get("XDG_STATE_HOME", ""), os.environ.get("HOME", "")
    folder = Path(own) if Path(own).is_absolute() else Path(above) / ".local" / "state"
    if not folder.is_absolute():
        raise OSError(None, "there is no home folder", "HOME")
    home = folder / "digest"
    if home.resolve().is_relative_to(root.resolve()):
        raise OSError(None, "this lies in the project, which may bring its own", str(home))
    return home


def state_key(root: Path, options: Options) -> bytes:
    """Return the key that seals what is remembered of a project: from the environment, or the user's own."""
    named = os.environ.get(_KEY, "")
    if named:
        if len(named) < _SHORTEST:
            fail(f"{_KEY} has fewer than {_SHORTEST} characters; make one with: openssl rand -hex 32", USAGE)
        return blake2b(named.encode("utf-8", "surrogateescape"), digest_size=KEY_BYTES).digest()
    try:
        return key_of(state_home(root))
    except OSError as error:
        why = f"{error.filename}: {error.strerror or error}"
        say(f"No key can be kept ({why}), so the next build makes everything anew; {_KEY} can be one.", options)
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
