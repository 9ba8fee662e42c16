"""What the state store remembers of documents, as values: which type each of its tables holds."""

from __future__ import annotations

from collections.abc import ItemsView, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from digest.content.document import AnyDocument
from digest.content.kinds import by_name
from digest.diagnostics import Diagnostic
from digest.linking.records import Entry, EntryDetails, Quotations
from digest.model import Fragment
from digest.state.store import DamagedStateError, LostValueError, Store
from digest.values import DamagedValueError, Value, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")

_KEPT = 16
"""Values a mapping keeps after reading them; a page asks for the same one several times."""

_KEPT_QUOTATIONS = 1024
"""Entries whose quotations are kept: pages made one after another mention entries of the same months (some 6 MB)."""


class FileRecord(Value, kw_only=True):
    """What is known of one file without its body.

    `input` is the digest of its bytes, `fragment` what its fragment goes by, `dialect` the digest of the settings it
    was read with, `name_index` that of the names its references are bound by. `entry` is None where it is no article,
    or one whose front matter cannot be used. `problems` are those of reading it, `wrong` those of its references.
    """

    kind: str
    input: str
    fragment: str
    dialect: str
    name_index: str
    entry: Entry | None
    problems: tuple[Diagnostic, ...]
    wrong: tuple[Diagnostic, ...]


class _Kept(Value):
    """A document with its front matter apart, whose type follows from the kind."""

    document: AnyDocument
    matter: bytes


def keep(value: object) -> bytes:
    """Return a value as the store holds it."""
    return pack(value)


def recall(data: bytes, kind: type[T]) -> T:
    """Return a value that `keep` wrote.

    Raises:
        DamagedStateError: the bytes are not those.
    """
    try:
        return unpack(data, kind)
    except DamagedValueError as error:
        raise DamagedStateError(str(error)) from error


def recall_row(store: Store, table: str, name: str, kind: type[T]) -> T:
    """Return the value that `keep` wrote into a row of the store.

    Raises:
        DamagedStateError: there is none.
    """
    data = store.get(table, name)
    if data is None:
        raise DamagedStateError(name)
    return recall(data, kind)


def keep_document(document: AnyDocument) -> bytes:
    return keep(_Kept(replace(document, matter=None), pack(document.matter)))


def recall_document(data: bytes) -> AnyDocument:
    kept = recall(data, _Kept)
    matter = recall_matter(kept.matter, kept.document.kind)
    return replace(kept.document, matter=matter)


def recall_matter(data: bytes, kind: str) -> Any:
    try:
        return unpack(data, by_name()[kind].schema() | None)  # type: ignore[arg-type]
    except DamagedValueError as error:
        raise DamagedStateError(str(error)) from error


@dataclass(slots=True)
class Stored(Mapping[str, T]):
    """Values of one table by name, read when asked for; a few are kept."""

    store: Store
    table: str
    read: Callable[[bytes], T]
    kept: int = _KEPT
    _cached: Callable[[str], T] = field(init=False)

    def __post_init__(self) -> None:
        self._cached = lru_cache(self.kept)(self._get)

    def _get(self, name: str) -> T:
        data = self.store.get(self.table, name)
        if data is None:
            raise LostValueError(name)
        return self.read(data)

    def __getitem__(self, name: str) -> T:
        return self._cached(name)

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self.store.all(self.table))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def items(self) -> ItemsView[str, T]:
        """Return all there is, read from end to end: far quicker than asking for each."""
        return _Items(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return Stored, (self.store, self.table, self.read, self.kept)


class _Items(ItemsView[str, T]):
    """Names and values of a table in the order of the names; none is kept."""

    _mapping: Stored[T]

    def __iter__(self) -> Iterator[tuple[str, T]]:
        stored = self._mapping
        return ((name, stored.read(data)) for name, data in stored.store.all(stored.table))


def heads_of(store: Store) -> Mapping[str, FileRecord]:
    return Stored(store, "heads", _head)


def quotations_of(store: Store) -> Mapping[str, Quotations]:
    return Stored(store, "quotations", _quotations, _KEPT_QUOTATIONS)


def details_of(store: Store) -> Mapping[str, EntryDetails]:
    return Stored(store, "details", _details)


def fragments_of(store: Store) -> Mapping[str, Fragment]:
    return Stored(store, "fragments", _fragment)


def _head(data: bytes) -> FileRecord:
    return recall(data, FileRecord)


def _quotations(data: bytes) -> Quotations:
    return recall(data, Quotations)


def _details(data: bytes) -> EntryDetails:
    return recall(data, EntryDetails)


def _fragment(data: bytes) -> Fragment:
    return recall(data, Fragment)


def forget_others(store: Store, heads: Iterable[FileRecord]) -> None:
    """Forget what was made of documents as they were before; `heads` are those of all there are now."""
    now = list(heads)
    fragments = {head.fragment for head in now}
    revisions = {head.entry.revision for head in now if head.entry}
    for table, names in (("fragments", fragments), ("quotations", revisions), ("details", revisions)):
        store.delete(table, store.names(table) - names)
