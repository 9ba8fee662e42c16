"""From files to entries and documents with their references bound: each file is read again only when it changed."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from digest.content.document import usable
from digest.content.kinds import named_kinds
from digest.content.kinds.page import PAGE
from digest.engine.inputs import Inputs, settled
from digest.engine.jobs import Desk, Job, Kept, Made, give_up, make
from digest.engine.recall import Head, recall, recall_document
from digest.engine.registered import open_register, registers_like
from digest.executor import WORTHWHILE, Ending
from digest.linking.binding import AnyBound, BoundDocument
from digest.linking.records import Bound
from digest.linking.register import Register, named_record, register_of
from digest.model import Kind
from digest.state.store import DamagedStateError, Input, Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.apart import Apart
    from digest.config import Config
    from digest.content.document import AnyDocument
    from digest.content.load import Source
    from digest.diagnostics import Diagnostic
    from digest.executor import Executor
    from digest.linking.records import Entry

    Progress = Callable[[str, int, int], None]


_BATCH = 256
"""Results written to the store at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """All content as the linker takes it.

    `parsed` and `bound` are the files that were read and those whose references were bound, this time. `drafts` are
    the paths of what is marked as a draft.
    """

    register: Register
    heads: Mapping[str, Head]
    entries: tuple[Entry, ...]
    others: tuple[AnyBound, ...]
    problems: tuple[Diagnostic, ...]
    drafts: frozenset[str]
    parsed: tuple[str, ...]
    bound: tuple[str, ...]


class Texts(NamedTuple):
    """Entries of which only their own pages tell that they changed: their keys by path, problems, and the drafts."""

    keys: Mapping[str, str]
    problems: tuple[Diagnostic, ...]
    drafts: frozenset[str]


def _same_for_others(old: Entry | None, new: Entry | None) -> bool:
    """Tell whether an entry looks the same from everywhere; links to other files are followed by linking alone."""
    if old is None or new is None or old.spots.pending or new.spots.pending:
        return False
    return old.public_digest == new.public_digest


@dataclass(slots=True, kw_only=True)
class Reader:
    """Reads a site's content by way of the store; with `forget`, what was made of files as they were is dropped."""

    config: Config
    store: Store
    executor: Executor
    inputs: Inputs
    clock: int
    forget: bool
    progress: Progress
    apart: Apart | None = None
    _parsed: list[str] = field(init=False, default_factory=list)

    def read(self, sources: Iterable[Source]) -> Corpus:
        """Return all content; what had to be made is in the store when this returns.

        Raises:
            OSError: a file cannot be read.
            DamagedStateError: the store is.
        """
        everything = {source.path: source for source in sources}
        heads = {path: recall(data, Head) for path, data in self.store.all("heads")}
        self.forget_gone({path: heads.pop(path) for path in sorted(heads.keys() - everything.keys())})
        dialect = self.config.dialect.digest
        stale = [path for path in everything if not self._holds(path, heads.get(path), dialect)]
        kinds = named_kinds()
        named = [path for path, source in everything.items() if source.kind in kinds]
        total = len(stale)
        first = [Job(everything[path], None) for path in stale if everything[path].kind in kinds]
        heads |= self.do(first, None, heads, total=total)
        documents = {path: self.document(path) for path in named}
        register = register_of(map(named_record, documents.values()), self.config)
        parsed = {path for path in stale if everything[path].kind not in kinds}
        same = registers_like(self.store, register)
        loose = [path for path in everything if path in parsed or heads[path].register not in same]
        jobs = (Job(everything[path], None if path in parsed else self.kept(path)) for path in loose)
        done = total - len(parsed)
        heads |= self.do(jobs, register, heads, done=done, total=done + len(loose))
        return self._corpus(heads, register, documents, loose=loose)

    def read_texts(self, sources: Iterable[Source], linked: Container[str]) -> Texts | None:
        """Read some changed entries; None for many, and when a change may show on other pages than the entry's own.

        `linked` are the paths of problems that only linking finds again. What was read is in the store either way.

        Raises:
            OSError: a file cannot be read.
            DamagedStateError: the store is.
        """
        articles = {source.path: source for source in sources if source.kind == Kind.ARTICLE}
        changed = self.inputs.changed
        if self.inputs.gone or not changed or not changed <= articles.keys():
            return None
        if len(changed) >= WORTHWHILE:
            return None  # done by workers, which could not look names up in a store that is being written
        before = {path: self.store.get("heads", path) for path in sorted(changed)}
        if None in before.values():
            return None
        old = {path: recall(data or b"", Head) for path, data in before.items()}
        register = open_register(self.store, self.config)
        jobs = [Job(articles[path], None) for path in old]
        new = self.do(jobs, register, old)
        alone = all(path not in linked and _same_for_others(old[path].entry, new[path].entry) for path in old)
        problems = [problem for head in new.values() for problem in (*head.problems, *head.wrong)]
        drafts = frozenset(path for path, head in new.items() if head.entry and head.entry.where.schedule.draft)
        keys = {path: head.entry.key for path, head in new.items() if head.entry}
        return Texts(keys, tuple(problems), drafts) if alone else None

    def _holds(self, path: str, head: Head | None, dialect: str) -> bool:
        return head is not None and head.input == self.inputs.known.get(path) and head.dialect == dialect

    def do(
        self,
        jobs: Iterable[Job],
        register: Register | None,
        before: Mapping[str, Head],
        *,
        done: int = 0,
        total: int = 0,
    ) -> dict[str, Head]:
        """Do jobs, and write what comes of them to the store, in place of what was before; returns the heads."""
        config = self.config
        desk = Desk(config.root, config.dialect, register, seconds=config.timeout, apart=self.apart)
        results = self.executor.map(make, desk, jobs, ending=Ending(config.timeout, give_up))
        heads: dict[str, Head] = {}
        with self.store.writing():
            while batch := list(islice(results, _BATCH)):
                new = {made.path: recall(made.head, Head) for made in batch}
                self._forget(before[path] for path in new if path in before)
                self._write(batch, new)
                heads |= new
                self.progress("Reading", done + len(heads), total)
            if heads:
                self.store.set_text("last", "")
        return heads

    def _write(self, batch: list[Made], heads: Mapping[str, Head]) -> None:
        store, entries = self.store, {path: head.entry for path, head in heads.items()}
        self._parsed += [made.path for made in batch if made.read]
        store.set("heads", ((made.path, made.head) for made in batch))
        store.set("documents", ((made.path, made.document) for made in batch))
        store.set("bounds", ((made.path, made.bound) for made in batch if made.bound))
        store.set("fragments", ((heads[made.path].fragment, made.fragment) for made in batch))
        articles = [(entry.revision, made) for made in batch if (entry := entries[made.path])]
        store.set("quotations", ((revision, made.quotations) for revision, made in articles))
        store.set("details", ((revision, made.details) for revision, made in articles))
        stamps = self.inputs.stamps
        read = {made.path: Input(settled(stamps[made.path], self.clock), made.read) for made in batch if made.read}
        store.set_inputs(read, gone=())

    def _forget(self, heads: Iterable[Head]) -> None:
        """Forget what was made of documents as they were."""
        old = list(heads) if self.forget else []
        revisions = [head.entry.revision for head in old if head.entry]
        self.store.delete("fragments", [head.fragment for head in old])
        self.store.delete("quotations", revisions)
        self.store.delete("details", revisions)

    def forget_gone(self, heads: Mapping[str, Head]) -> None:
        """Forget files that are no longer there."""
        if heads:
            with self.store.writing():
                self._forget(heads.values())
                for table in ("heads", "documents", "bounds"):
                    self.store.delete(table, heads)
                self.store.set_text("last", "")

    def document(self, path: str) -> AnyDocument:
        return recall_document(self._row("documents", path))

    def kept(self, path: str) -> Kept:
        head = self._row("heads", path)
        return Kept(head, self._row("documents", path), self._row("fragments", recall(head, Head).fragment))

    def _row(self, table: str, name: str) -> bytes:
        data = self.store.get(table, name)
        if data is None:
            raise DamagedStateError(name)
        return data

    def _corpus(
        self, heads: Mapping[str, Head], register: Register, known: Mapping[str, AnyDocument], *, loose: list[str]
    ) -> Corpus:
        entries = tuple(head.entry for head in heads.values() if head.entry)
        rest = [path for path, head in heads.items() if head.entry is None]
        others = tuple(BoundDocument(known.get(path) or self.document(path), self.bound(path)) for path in rest)
        return Corpus(
            register=register,
            heads=heads,
            entries=entries,
            others=others,
            problems=tuple(problem for head in heads.values() for problem in (*head.problems, *head.wrong)),
            drafts=drafts_of(heads, {other.document.path: other for other in others}),
            parsed=tuple(self._parsed),
            bound=tuple(loose),
        )

    def bound(self, path: str) -> Bound:
        return recall(self._row("bounds", path), Bound)


def drafts_of(heads: Mapping[str, Head], others: Mapping[str, AnyBound]) -> frozenset[str]:
    """Return the paths of what is marked as a draft."""
    entries = {path for path, head in heads.items() if head.entry and head.entry.where.schedule.draft}
    documents = ((path, other.document) for path, other in others.items())
    pages = {path for path, document in documents if usable(document, PAGE) and document.matter.draft}
    return frozenset(entries | pages)
