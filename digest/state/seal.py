"""Seals: a code before each value that only who has the key can make (keyed BLAKE2b, RFC 7693).

A checksum would show accidents alone: anybody can make one that fits.
"""

from __future__ import annotations

from hashlib import blake2b

_BYTES = 16


class BrokenSealError(ValueError):
    """Bytes that were not sealed with this key under this name."""


class Seal:
    """Seals bytes together with their name, so that none can take another's place."""

    __slots__ = ("_start",)

    def __init__(self, key: bytes) -> None:
        self._start = blake2b(key=key, digest_size=_BYTES, person=b"digest value")

    def close(self, data: bytes, name: str) -> bytes:
        """Return bytes with the code of them and of their name before them."""
        return self._code(data, name) + data

    def open(self, sealed: object, name: str) -> bytes:
        """Return what `close` was given with this name.

        Raises:
            BrokenSealError: it was given something else, or another had the key.
        """
        if isinstance(sealed, bytes):
            data = sealed[_BYTES:]
            if self._code(data, name) == sealed[:_BYTES]:
                return data
        raise BrokenSealError(name)

    def _code(self, data: bytes, name: str) -> bytes:
        made = self._start.copy()
        made.update(b"%s\0" % name.encode())  # no name holds a NUL
        made.update(data)
        return made.digest()


def mark_of(key: bytes, name: str) -> str:
    """Return the mark that who has the key puts on a whole: 64 hexadecimal characters."""
    return blake2b(name.encode(), key=key, digest_size=32, person=b"digest mark").hexdigest()
