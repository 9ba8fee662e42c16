"""A linked site kept in the state store, and opened again without linking: its records are read when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from sys import intern
from typing import TYPE_CHECKING, Any, NamedTuple

from digest.engine.rows import FileRecord, details_of, keep, quotations_of, recall, recall_row
from digest.engine.stored_names import keep_names
from digest.linking import kinds
from digest.linking.records import Entry
from digest.linking.site import FreePage, Index, Site
from digest.linking.tallies import Counted
from digest.state.store import DamagedStateError
from digest.values import replaced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.config import Config
    from digest.linking.kind import Record, RecordKind
    from digest.linking.link import Linked
    from digest.state.store import Store

_KEPT_ENTRIES = 2048
"""Entries that are kept after reading them: pages made one after another show the same ones."""

_KEPT_RECORDS = 4096
"""Records of a kind that are kept, of prolific ones what any page shows: every page names some."""

_KEPT_PROLIFIC = 16
"""Records that are kept with all that grows with the digest: only their own pages show it."""


class _Place(NamedTuple):
    """Where an entry is found, and the badge it has in this run."""

    key: str
    path: str
    badge: str


def _without_matter(record: Any) -> Any:
    """Drop the second reference to the front matter, whose type a document alone does not tell."""
    return replaced(record, document=replace(record.document, matter=None))


def _with_matter(record: Any) -> Any:
    return replaced(record, document=replace(record.document, matter=record.matter))


def _sharing(record: Any) -> Any:
    """Return a topic or agreement whose entries' keys are the site's own strings, not copies of them.

    Up to `_KEPT_RECORDS` of them are kept, and a topic of 1,000 entries would hold 1,000 keys of some 70 bytes again.
    """
    counts = replaced(record.counts, entries=tuple(map(intern, record.entries)))
    return replaced(_with_matter(record), counts=counts)


def _as_it_is(record: Any) -> Any:
    return record


class _Table(NamedTuple):
    """How values of one kind are kept: their type, what is written of one, what is made of that, how many are held."""

    type: type[Any]
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]
    kept: int = _KEPT_RECORDS


def _records(kind: RecordKind[Any, Any, Any]) -> _Table:
    read, kept = (_with_matter, _KEPT_PROLIFIC) if kind.prolific else (_sharing, _KEPT_RECORDS)
    return _Table(kind.record, _without_matter, read, kept)


def _shown(kind: RecordKind[Any, Any, Any]) -> _Table:
    return _Table(kind.shown, _as_it_is, _as_it_is)


_PAGES = _Table(FreePage, _without_matter, _with_matter)


def keep_linked(store: Store, linked: Linked) -> None:
    """Write a site into the store, with the names it was linked by, in place of the one before.

    What is remembered of the last build, which was of that one, is forgotten.
    """
    keep_site(store, linked.site)
    keep_names(store, linked.binding.name_index)
    store.set_text("last", "")


def keep_site(store: Store, site: Site) -> None:
    """Write a site into the store, in place of the one before."""
    order = [_Place(entry.key, entry.path, entry.badge) for entry in site.entries.values()]
    digests = {key: entry.public_digest for key, entry in site.entries.items()}
    rows = [("index", keep(site.index)), ("order", keep(order)), ("public digests", keep(digests))]
    rows += _rows("page", _PAGES, site.pages)
    for kind in kinds.RECORDS:
        rows += _rows(kind.name, _records(kind), site.of(kind))
        if kind.prolific:
            rows += _rows(f"shown {kind.name}", _shown(kind), site.shown[kind.name])
    store.keep_only("site", {name for name, _ in rows})
    store.set("site", rows)


def _rows(name: str, table: _Table, values: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    yield name, keep(list(values))
    for id_, value in values.items():
        yield f"{name} {id_}", keep(table.write(value))


def open_site(store: Store, config: Config) -> Site:
    """Return the site that was kept.

    Raises:
        DamagedStateError: there is none.
    """
    order = recall_row(store, "site", "order", list[_Place])
    records = {kind.name: _Stored(store, kind.name, _records(kind)) for kind in kinds.RECORDS}
    places = {intern(place.key): place for place in order}
    return Site(
        config=config,
        index=_shared(recall_row(store, "site", "index", Index), places),
        entries=_Entries(store, places),
        records=records,
        pages=_Stored(store, "page", _PAGES),
        quotations=quotations_of(store),
        details=details_of(store),
        places={key: number for number, key in enumerate(places)},
        shown={kind.name: _open_shown(store, kind, records[kind.name]) for kind in kinds.RECORDS},
    )


def _open_shown(store: Store, kind: RecordKind[Any, Any, Any], records: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what any page may show of the records of a kind, read without the rest where there is much of that."""
    return _Stored(store, f"shown {kind.name}", _shown(kind)) if kind.prolific else _OfRecords(records)


def open_counted(store: Store) -> Counted | None:
    """Return what the site that was kept has counted; None where there is none.

    Raises:
        DamagedStateError: the store is damaged.
    """
    if store.get("site", "public digests") is None:
        return None
    tallies, broader = {}, {}
    for kind in kinds.RECORDS:
        records = _Stored(store, kind.name, _records(kind))
        tallies[kind.name] = _tallies(records)
        broader[kind.name] = {name: record.shown.broader for name, record in records.items()} if kind.broader else {}
    return Counted(
        public_digests=recall_row(store, "site", "public digests", dict[str, str]),
        broader=broader,
        tallies=tallies,
    )


def _tallies(records: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tallies of the records that entries concern."""
    return {id_: record.counts for id_, record in records.items() if record.entries}


def _shared(index: Index, places: Mapping[str, object]) -> Index:
    """Return an index that names entries by the very keys of `places`."""
    months = {month: tuple(map(intern, keys)) for month, keys in index.months.items()}
    return replaced(index, order=tuple(places), months=months)


@dataclass(slots=True)
class _OfRecords(Mapping[str, Any]):
    """What any page may show of records."""

    records: Mapping[str, Record[Any, Any, Any]]

    def __getitem__(self, name: str) -> Any:
        return self.records[name].shown

    def __iter__(self) -> Iterator[str]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)


@dataclass(slots=True)
class _Stored(Mapping[str, Any]):
    """The values of a table by id, in their order; read when asked for, and some are kept."""

    store: Store
    name: str
    table: _Table
    _names: dict[str, None] = field(init=False)
    _cached: Callable[[str], Any] = field(init=False)

    def __post_init__(self) -> None:
        self._names = dict.fromkeys(recall_row(self.store, "site", self.name, list[str]))
        self._cached = lru_cache(self.table.kept)(self._read)

    def _read(self, name: str) -> Any:
        return self.table.read(recall_row(self.store, "site", f"{self.name} {name}", self.table.type))

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        return self._cached(name)

    def __reduce__(self) -> tuple[Any, ...]:
        return _Stored, (self.store, self.name, self.table)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@dataclass(slots=True)
class _Entries(Mapping[str, Entry]):
    """The published entries by key, newest first; read when asked for, and some are kept."""

    store: Store
    places: Mapping[str, _Place]
    _cached: Callable[[str], Entry] = field(init=False)

    def __post_init__(self) -> None:
        self._cached = lru_cache(_KEPT_ENTRIES)(self._read)

    def __getitem__(self, key: str) -> Entry:
        return self._cached(key)

    def __reduce__(self) -> tuple[Any, ...]:
        return _Entries, (self.store, self.places)

    def _read(self, key: str) -> Entry:
        place = self.places[key]
        data = self.store.get("heads", place.path)
        entry = recall(data, FileRecord).entry if data else None
        if entry is None:
            raise DamagedStateError(place.path)
        return replaced(entry, badge=place.badge) if place.badge else entry

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)
