"""From files to entries and documents with their references bound: each file is read again only when it changed."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from digest.content.kinds import named_kinds
from digest.engine.inputs import Inputs, settled
from digest.engine.jobs import Job, JobContext, JobResult, Kept, give_up, make
from digest.engine.rows import FileRecord, recall, recall_document
from digest.engine.stored_names import open_names, same_bindings
from digest.executor import WORTHWHILE, Ending
from digest.linking.binding import AnyBound, BoundDocument
from digest.linking.name_index import NameIndex, name_index_of, named_record
from digest.linking.records import Bound
from digest.model import Kind
from digest.state.store import DamagedStateError, Input

if TYPE_CHECKING:
    from digest.config import Config
    from digest.content.document import AnyDocument
    from digest.content.load import Source
    from digest.engine.session import Session
    from digest.linking.records import Entry

_BATCH = 256
"""Results written to the store at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """All content as the linker takes it; `parsed` are the paths of the files that were read this time."""

    name_index: NameIndex
    heads: Mapping[str, FileRecord]
    entries: tuple[Entry, ...]
    others: tuple[AnyBound, ...]
    parsed: tuple[str, ...]


def _same_for_others(old: Entry | None, new: Entry | None) -> bool:
    """Tell whether an entry looks the same from everywhere; links to other files are followed by linking alone."""
    if old is None or new is None or old.spots.pending or new.spots.pending:
        return False
    return old.public_digest == new.public_digest


@dataclass(slots=True, kw_only=True)
class Reader:
    """Reads a site's content by way of the store."""

    config: Config
    session: Session
    inputs: Inputs
    _parsed: list[str] = field(init=False, default_factory=list)

    def read(self, sources: Iterable[Source]) -> Corpus:
        """Return all content; what had to be made is in the store when this returns.

        Raises:
            OSError: a file cannot be read.
            DamagedStateError: the store is.
        """
        everything = {source.path: source for source in sources}
        heads = {path: recall(data, FileRecord) for path, data in self.session.store.all("heads")}
        self.forget_gone({path: heads.pop(path) for path in sorted(heads.keys() - everything.keys())})
        dialect = self.config.dialect.digest
        stale = [path for path in everything if not self._holds(path, heads.get(path), dialect)]

        # Records before all else: their names decide what a word in any file refers to.
        kinds = named_kinds()
        named = [path for path, source in everything.items() if source.kind in kinds]
        records = [path for path in stale if everything[path].kind in kinds]
        first = [Job(everything[path], None) for path in records]
        heads |= self.do(first, None, heads, total=len(stale))
        documents = {path: self.document(path) for path in named}
        name_index = name_index_of(map(named_record, documents.values()), self.config)

        # Then all files that are to be read, or were bound by other names; records too, for they have bodies.
        others = {*stale} - {*records}
        same = same_bindings(self.session.store, name_index)
        loose = [path for path in everything if path in others or heads[path].name_index not in same]
        jobs = (Job(everything[path], None if path in others else self.kept(path)) for path in loose)
        heads |= self.do(jobs, name_index, heads, done=len(records), total=len(records) + len(loose))
        return self._corpus(heads, name_index, documents)

    def read_texts(self, sources: Iterable[Source], linked: Container[str]) -> dict[str, FileRecord] | None:
        """Read the entries that changed, and return their heads by path, if no page but their own can show it.

        A typing error mended in a body is such a change: the entry's own page is made again, and nothing is linked. A
        new title is none, for lists show it. Whatever is not surely such a change gives None, and everything is to be
        read (`read`), which finds in the store what was read here: an actor that changed, an entry with a link to
        another file, one whose path is in `linked` (linking found a problem there, and alone can tell if it is gone),
        and as many files as are better read by several processes.

        Raises:
            OSError: a file cannot be read.
            DamagedStateError: the store is.
        """
        store, changed = self.session.store, self.inputs.changed
        articles = {source.path: source for source in sources if source.kind == Kind.ARTICLE}
        if self.inputs.gone or not changed or not changed <= articles.keys():
            return None
        if len(changed) >= WORTHWHILE:
            return None  # done by workers, which could not look names up in a store that is being written
        rows = {path: store.get("heads", path) for path in sorted(changed)}
        old = {path: recall(row, FileRecord) for path, row in rows.items() if row is not None}
        if len(old) < len(rows):
            return None
        jobs = [Job(articles[path], None) for path in old]
        new = self.do(jobs, open_names(store, self.config), old)
        for path, head in new.items():
            if path in linked or not _same_for_others(old[path].entry, head.entry):
                return None
        return new

    def _holds(self, path: str, head: FileRecord | None, dialect: str) -> bool:
        return head is not None and head.input == self.inputs.known.get(path) and head.dialect == dialect

    def do(
        self,
        jobs: Iterable[Job],
        name_index: NameIndex | None,
        before: Mapping[str, FileRecord],
        *,
        done: int = 0,
        total: int = 0,
    ) -> dict[str, FileRecord]:
        """Do jobs, and write what comes of them to the store, in place of what was before; returns the heads."""
        config, session = self.config, self.session
        desk = JobContext(config.root, config.dialect, name_index, seconds=config.timeout, apart=session.apart)
        results = session.executor.map(make, desk, jobs, ending=Ending(config.timeout, give_up))
        heads: dict[str, FileRecord] = {}
        with session.store.writing():
            while batch := list(islice(results, _BATCH)):
                new = {made.path: recall(made.head, FileRecord) for made in batch}
                self._forget(before[path] for path in new if path in before)
                self._write(batch, new)
                heads |= new
                session.progress("Reading", done + len(heads), total)
            if heads:
                session.store.set_text("last", "")
        return heads

    def _write(self, batch: list[JobResult], heads: Mapping[str, FileRecord]) -> None:
        store, entries = self.session.store, {path: head.entry for path, head in heads.items()}
        self._parsed += [made.path for made in batch if made.read]
        store.set("heads", ((made.path, made.head) for made in batch))
        store.set("documents", ((made.path, made.document) for made in batch))
        store.set("bounds", ((made.path, made.bound) for made in batch if made.bound))
        store.set("fragments", ((heads[made.path].fragment, made.fragment) for made in batch))
        articles = [(entry.revision, made) for made in batch if (entry := entries[made.path])]
        store.set("quotations", ((revision, made.quotations) for revision, made in articles))
        store.set("details", ((revision, made.details) for revision, made in articles))
        stamps = self.inputs.stamps
        read = {
            made.path: Input(settled(stamps[made.path], self.session.clock), made.read) for made in batch if made.read
        }
        store.set_inputs(read, gone=())

    def _forget(self, heads: Iterable[FileRecord]) -> None:
        """Forget what was made of documents as they were."""
        if not self.session.forget:
            return
        store, old = self.session.store, list(heads)
        revisions = [head.entry.revision for head in old if head.entry]
        store.delete("fragments", [head.fragment for head in old])
        store.delete("quotations", revisions)
        store.delete("details", revisions)

    def forget_gone(self, heads: Mapping[str, FileRecord]) -> None:
        """Forget files that are no longer there."""
        store = self.session.store
        if heads:
            with store.writing():
                self._forget(heads.values())
                for table in ("heads", "documents", "bounds"):
                    store.delete(table, heads)
                store.set_text("last", "")

    def document(self, path: str) -> AnyDocument:
        return recall_document(self._row("documents", path))

    def kept(self, path: str) -> Kept:
        head = self._row("heads", path)
        return Kept(head, self._row("documents", path), self._row("fragments", recall(head, FileRecord).fragment))

    def _row(self, table: str, name: str) -> bytes:
        data = self.session.store.get(table, name)
        if data is None:
            raise DamagedStateError(name)
        return data

    def _corpus(
        self, heads: Mapping[str, FileRecord], name_index: NameIndex, known: Mapping[str, AnyDocument]
    ) -> Corpus:
        entries = tuple(head.entry for head in heads.values() if head.entry)
        rest = [path for path, head in heads.items() if head.entry is None]
        others = tuple(BoundDocument(known.get(path) or self.document(path), self.bound(path)) for path in rest)
        return Corpus(
            name_index=name_index,
            heads=heads,
            entries=entries,
            others=others,
            parsed=tuple(self._parsed),
        )

    def bound(self, path: str) -> Bound:
        return recall(self._row("bounds", path), Bound)
