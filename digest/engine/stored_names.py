"""The name index kept in the state store, and opened again without reading the records it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from digest.engine.rows import Stored, keep, recall_document, recall_row
from digest.linking.autolink import auto_linker
from digest.linking.name_index import NameIndex, named_record
from digest.linking.names import Names
from digest.linking.records import NamedRecord
from digest.linking.targets import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.config import Config
    from digest.state.store import Store


_LIKE = "name indexes"


class _Names(NamedTuple):
    """A name index as the store holds it: what its records are is seen from their documents.

    `targets` are what links to their files lead to, of twins each; None where the document cannot be used.
    """

    names: Names
    targets: tuple[tuple[str, Target | None], ...]
    digest: str


def keep_names(store: Store, name_index: NameIndex) -> None:
    """Write the name index into the store, in place of the one before."""
    targets = tuple((path, record.target) for path, record in name_index.by_path.items())
    store.set("site", [("names", keep(_Names(name_index.names, targets, name_index.digest)))])


def open_names(store: Store, config: Config) -> NameIndex:
    """Return the name index that was kept; its records are read when asked for.

    Raises:
        DamagedStateError: there is none.
    """
    kept: _Names = recall_row(store, "site", "names", _Names)
    records = Stored(store, "documents", _named_record)
    paths = {target: path for path, target in reversed(kept.targets) if target}
    return NameIndex(
        names=kept.names,
        by_path=_Only(records, frozenset(path for path, _ in kept.targets)),
        by_target=_Renamed(records, paths),
        linker=auto_linker(kept.names) if config.auto_link else None,
        zone=config.zone,
        digest=kept.digest,
    )


def _named_record(data: bytes) -> NamedRecord:
    return named_record(recall_document(data))


def same_bindings(store: Store, name_index: NameIndex) -> frozenset[str]:
    """Return the digests of the name indexes by which a file in the store may be bound, if it need not be bound again.

    Each file's record says by which name index its references were bound. A preview that is told of a new alias binds
    only the few files that hold a word of it: all others still name the index before, and are as right as if they had
    been bound by this one. So the digests of both are returned; after a second alias, those of all three.
    """
    current, *others = store.text(_LIKE).split() or [""]
    return frozenset({current, *others}) if current == name_index.digest else frozenset({name_index.digest})


def keep_same_bindings(store: Store, name_index: NameIndex, before: NameIndex) -> None:
    """Remember that files that still say the name index `before` are bound as this one would bind them.

    True as soon as the files that it would bind differently have been bound again (`preview/rebinding.py`).
    """
    same = {before.digest, *same_bindings(store, before)} - {name_index.digest}
    store.set_text(_LIKE, " ".join([name_index.digest, *sorted(same)]))


@dataclass(slots=True)
class _Renamed(Mapping[Target, NamedRecord]):
    """Records by target."""

    records: Mapping[str, NamedRecord]
    paths: Mapping[Target, str]

    def __getitem__(self, target: Target) -> NamedRecord:
        return self.records[self.paths[target]]

    def __iter__(self) -> Iterator[Target]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)


@dataclass(slots=True)
class _Only(Mapping[str, NamedRecord]):
    """Records of the documents that have a name."""

    records: Mapping[str, NamedRecord]
    paths: frozenset[str]

    def __getitem__(self, path: str) -> NamedRecord:
        if path not in self.paths:
            raise KeyError(path)
        return self.records[path]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.paths))

    def __len__(self) -> int:
        return len(self.paths)
