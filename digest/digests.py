"""Digests: what tells two states of something apart. BLAKE2b of 16 bytes (RFC 7693), in hexadecimal."""

from __future__ import annotations

import errno
import os
import stat
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_BYTES = 16

_CHUNK = 1 << 16
"""Bytes read at once: most files whole, into memory that need not be mapped anew for each."""

_MANY = 500
_THREADS = 2
"""Reading and digesting let go of the interpreter's lock; what is left of Python keeps two threads busy."""


class Reading(NamedTuple):
    """The bytes of a file that was read once, and what it looked like before, which no newer bytes can have had."""

    data: bytes
    seen: os.stat_result

    @property
    def digest(self) -> str:
        return digest_of(self.data)


def read_once(file: Path, *, most: int | None = None) -> Reading:
    """Read a file, of one larger than `most` a byte more than that.

    Raises:
        OSError: it cannot be read.
    """
    with open(file, "rb", opener=plain) as stream:
        seen = os.fstat(stream.fileno())
        return Reading(stream.read(-1 if most is None else most + 1), seen)


def plain(path: str, flags: int) -> int:
    """Open a file, for `open`; nobody waits for the other end of a pipe that has taken its place, nor reads a device.

    Raises:
        OSError: it is neither a file nor a folder, or cannot be opened.
    """
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):  # of which reading says what is wrong
        return descriptor
    os.close(descriptor)
    raise OSError(errno.EINVAL, "this is no file", path)


def digest_of(data: bytes) -> str:
    """Return the digest of bytes."""
    return blake2b(data, digest_size=_BYTES).hexdigest()


def digest_of_file(file: str) -> str:
    """Return the digest of a file's bytes, without holding all of them.

    Raises:
        OSError: it cannot be read.
    """
    hashed = hashing()
    for piece in pieces_of(file):
        hashed.update(piece)
    return hashed.hexdigest()


def hashing() -> blake2b:
    """Return what makes a digest of pieces, one after the other."""
    return blake2b(digest_size=_BYTES)


def pieces_of(file: str) -> Iterator[bytes]:
    """Yield a file's bytes piece by piece; plain system calls, for there are many files.

    Raises:
        OSError: it cannot be read; the error names the file.
    """
    descriptor = plain(file, os.O_RDONLY)
    try:
        while piece := os.read(descriptor, _CHUNK):  # until nothing comes: a network's file may come in short pieces
            yield piece
    except OSError as error:
        raise OSError(error.errno, error.strerror, file) from None
    finally:
        os.close(descriptor)


def digests_of_files(files: Sequence[str]) -> list[str]:
    """Return the digest of each file, in threads where there are many; none runs on afterwards.

    Raises:
        OSError: one cannot be read.
    """
    if len(files) < _MANY:
        return [digest_of_file(file) for file in files]
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - nearly always there are few

    parts = [files[start : start + _MANY] for start in range(0, len(files), _MANY)]
    with ThreadPoolExecutor(_THREADS) as threads:
        return [digest for part in threads.map(lambda part: [*map(digest_of_file, part)], parts) for digest in part]
