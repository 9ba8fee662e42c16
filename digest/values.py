"""Values to bytes and back, and digests of values; the only importer of msgspec.

A value is made of frozen dataclasses, named tuples, tuples, mappings, text, numbers and dates; sets have no order and
are not values. Equal values give equal bytes in every process (`pickle` and `marshal` encode object identity too).
`unpack` builds nothing but the types it is told to, so bytes from a project's folder cannot run code.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar, dataclass_transform

import msgspec

from digest.digests import digest_of

T = TypeVar("T")
_V = TypeVar("_V", bound="Value")


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


def to_text(value: object) -> str:
    """Return a value as JSON."""
    return msgspec.json.encode(value).decode()


def from_text(text: str, kind: type[T]) -> T:
    """Return the value of a type that `to_text` wrote.

    Raises:
        DamagedValueError: the text says something else.
    """
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
        raise DamagedValueError(str(error)) from error


def digest(value: object) -> str:
    """Return the digest of a value's bytes."""
    return digest_of(pack(value))


@cache
def _encoder() -> msgspec.msgpack.Encoder:
    return msgspec.msgpack.Encoder()


@cache
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind)
