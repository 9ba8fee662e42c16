"""A linked site kept in the state store, and opened again without linking: its records are read when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from sys import intern
from typing import TYPE_CHECKING, Any, NamedTuple

from digest.engine.recall import Head, details_of, keep, quotations_of, recall, recall_row
from digest.engine.registered import keep_register
from digest.linking.records import Entry
from digest.linking.site import Actor, ActorShown, Agreement, FreePage, Index, Site, Topic
from digest.linking.tallies import Counted, Tallies
from digest.state.store import DamagedStateError
from digest.values import replaced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.config import Config
    from digest.linking.link import Linked
    from digest.state.store import Store

_KEPT_ENTRIES = 2048
"""Entries that are kept after reading them: pages made one after another show the same ones."""

_KEPT_RECORDS = 4096
"""Records of a kind that are kept, of actors what they are called: every page names some."""

_KEPT_ACTORS = 16
"""Actors that are kept with all that grows with the digest: only their own pages show it."""


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


class _Kind(NamedTuple):
    """A kind of record: its type, what is written of one, what is made of that, and how many are kept then."""

    type: type[Any]
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]
    kept: int = _KEPT_RECORDS


_KINDS = {
    "actors": _Kind(Actor, _without_matter, _with_matter, _KEPT_ACTORS),
    "called": _Kind(ActorShown, _as_it_is, _as_it_is),
    "topics": _Kind(Topic, _without_matter, _sharing),
    "agreements": _Kind(Agreement, _without_matter, _sharing),
    "pages": _Kind(FreePage, _without_matter, _with_matter),
}
"""By the name that a site gives to the mapping of such records."""


def keep_linked(store: Store, linked: Linked) -> None:
    """Write a site into the store, with the names it was linked by, in place of the one before.

    What is remembered of the last build, which was of that one, is forgotten.
    """
    keep_site(store, linked.site)
    keep_register(store, linked.binding.register)
    store.set_text("last", "")


def keep_site(store: Store, site: Site) -> None:
    """Write a site into the store, in place of the one before."""
    order = [_Place(entry.key, entry.path, entry.badge) for entry in site.entries.values()]
    digests = {key: entry.public_digest for key, entry in site.entries.items()}
    rows = [("index", keep(site.index)), ("order", keep(order)), ("public digests", keep(digests))]
    for name, kind in _KINDS.items():
        records: Mapping[str, Any] = getattr(site, name)
        rows.append((name, keep(list(records))))
        rows += [(f"{name} {id_}", keep(kind.write(record))) for id_, record in records.items()]
    store.keep_only("site", {name for name, _ in rows})
    store.set("site", rows)


def open_site(store: Store, config: Config) -> Site:
    """Return the site that was kept.

    Raises:
        DamagedStateError: there is none.
    """
    order = recall_row(store, "site", "order", list[_Place])
    places = {intern(place.key): place for place in order}
    return Site(
        config=config,
        index=_shared(recall_row(store, "site", "index", Index), places),
        entries=_Entries(store, places),
        actors=_Records(store, "actors"),
        topics=_Records(store, "topics"),
        agreements=_Records(store, "agreements"),
        pages=_Records(store, "pages"),
        quotations=quotations_of(store),
        details=details_of(store),
        places={key: number for number, key in enumerate(places)},
        called=_Records(store, "called"),
    )


def open_counted(store: Store) -> Counted | None:
    """Return what the site that was kept has counted; None where there is none.

    Raises:
        DamagedStateError: the store is damaged.
    """
    if store.get("site", "public digests") is None:
        return None
    actors, topics, agreements = (_Records(store, name) for name in ("actors", "topics", "agreements"))
    return Counted(
        public_digests=recall_row(store, "site", "public digests", dict[str, str]),
        broader={name: topic.shown.broader for name, topic in topics.items()},
        tallies=Tallies(
            actors=_tallies(actors),
            topics=_tallies(topics),
            agreements=_tallies(agreements),
        ),
    )


def _tallies(records: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tallies of the records that entries concern."""
    return {id_: record.counts for id_, record in records.items() if record.entries}


def _shared(index: Index, places: Mapping[str, object]) -> Index:
    """Return an index that names entries by the very keys of `places`."""
    months = {month: tuple(map(intern, keys)) for month, keys in index.months.items()}
    return replaced(index, order=tuple(places), months=months)


@dataclass(slots=True)
class _Records(Mapping[str, Any]):
    """The records of a kind by id, in their order; read when asked for, and some are kept."""

    store: Store
    kind: str
    _names: dict[str, None] = field(init=False)
    _cached: Callable[[str], Any] = field(init=False)

    def __post_init__(self) -> None:
        self._names = dict.fromkeys(recall_row(self.store, "site", self.kind, list[str]))
        self._cached = lru_cache(_KINDS[self.kind].kept)(self._read)

    def _read(self, name: str) -> Any:
        kind = _KINDS[self.kind]
        return kind.read(recall_row(self.store, "site", f"{self.kind} {name}", kind.type))

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        return self._cached(name)

    def __reduce__(self) -> tuple[Any, ...]:
        return _Records, (self.store, self.kind)

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
        entry = recall(data, Head).entry if data else None
        if entry is None:
            raise DamagedStateError(place.path)
        return replaced(entry, badge=place.badge) if place.badge else entry

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)
