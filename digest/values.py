"""Values to bytes and back, and digests of values; the only importer of msgspec.

A value is made of frozen dataclasses, named tuples, tuples, mappings, text, numbers and dates; sets have no order and
are not values. Equal values give equal bytes in every process (`pickle` and `marshal` encode object identity too).
`unpack` builds nothing but the types it is told to, so bytes from a project's folder cannot run code.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform
from zlib import crc32

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")
_V = TypeVar("_V", bound="Value")

_DIGEST = 16
"""Bytes of a digest that tells values apart."""

_CHUNK = 1 << 16
"""Bytes read at once: most files whole, into memory that need not be mapped anew for each."""

_SEAL = 4
"""Bytes of a checksum against accidents."""


@dataclass_transform(frozen_default=True)
class Value(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A frozen dataclass made in C, for what there are many kinds of, or very many.

    Defining one takes 40 microseconds instead of 1000, making one a quarter of the time, and the collector passes over
    it, for values have no circles. Its bytes hold the fields in their order, without their names.
    """


def replaced(value: _V, **changes: object) -> _V:
    """Return a value with other values for some of its fields, as `dataclasses.replace` does."""
    return msgspec.structs.replace(value, **changes)


class DamagedValueError(ValueError):
    """Bytes that do not hold the value they should."""


def pack(value: object) -> bytes:
    """Return a value as MessagePack."""
    return _encoder().encode(value)


def unpack(data: bytes, kind: type[T]) -> T:
    """Return the value of a type that `pack` wrote.

    Raises:
        DamagedValueError: the bytes hold something else.
    """
    try:
        value: T = _decoder(kind).decode(data)  # type: ignore[arg-type]
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, OverflowError, RecursionError) as error:
        raise DamagedValueError(str(error)) from error
    return value


def seal(data: bytes, name: str) -> bytes:
    """Return bytes with a checksum of them and of their name before them, for a place where they may be damaged."""
    return _checksum(data, name) + data


def unseal(sealed: object, name: str) -> bytes:
    """Return what `seal` was given with this name.

    Raises:
        DamagedValueError: it was given something else.
    """
    data = sealed[_SEAL:] if isinstance(sealed, bytes) else b""
    if not isinstance(sealed, bytes) or _checksum(data, name) != sealed[:_SEAL]:
        raise DamagedValueError("the checksum does not match")
    return data


def _checksum(data: bytes, name: str) -> bytes:
    return crc32(data, crc32(name.encode())).to_bytes(_SEAL, "big")


def digest(value: object) -> str:
    """Return a value's digest: BLAKE2b of its bytes, 16 bytes in hexadecimal."""
    return digest_of(pack(value))


def digest_of(data: bytes) -> str:
    """Return the digest of bytes."""
    return hashlib.blake2b(data, digest_size=_DIGEST).hexdigest()


def digest_of_file(path: str | Path) -> str:
    """Return the digest of a file's bytes, read in pieces; plain system calls, for there are many files.

    Raises:
        OSError: it cannot be read.
    """
    made = hashlib.blake2b(digest_size=_DIGEST)
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        while chunk := os.read(descriptor, _CHUNK):
            made.update(chunk)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        os.close(descriptor)
    return made.hexdigest()


@cache
def _encoder() -> msgspec.msgpack.Encoder:
    return msgspec.msgpack.Encoder()


@cache
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind)
