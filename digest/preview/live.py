"""A prepared site kept up to date: only changed files are read again, and only what they concern is linked again.

Whatever was changed, the result is what `prepare` makes of the files as they are; `tests/test_live.py` compares.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from digest.content.kinds import named_kinds
from digest.content.load import find, find_again
from digest.diagnostics import in_order
from digest.engine.inputs import examine
from digest.engine.jobs import Job
from digest.engine.reading import Reader, drafts_of
from digest.engine.registered import keep_register_like
from digest.linking.binding import AnyBound, BoundDocument
from digest.linking.checks import check_entries, check_records
from digest.linking.register import named_record, register_of
from digest.linking.relink import Changes, relink
from digest.overlay import updated
from digest.pages.plan import addresses, plan, surely_the_same
from digest.prepare import Prepared, Session, held_back, softened
from digest.preview.files import Files, by_path
from digest.preview.rebinding import concerned

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.config import Config
    from digest.content.load import Found
    from digest.diagnostics import Diagnostic
    from digest.engine.inputs import Inputs
    from digest.engine.recall import Head
    from digest.linking.kinds.actor import Actor
    from digest.linking.link import Linked
    from digest.linking.records import Entry
    from digest.linking.register import Register
    from digest.linking.site import Site

    Problems = tuple[Diagnostic, ...]


@dataclass(slots=True, kw_only=True)
class Live:
    """Keeps a site up to date that was prepared in full; for one thread at a time.

    `own` are the problems of single files, `entries` those of entries in the linked site, by path; `records` are those
    of other records, `collisions` those of addresses (for pages counted by `_pages`), `theme` those of the theme.
    """

    config: Config
    session: Session
    linked: Linked
    register: Register
    heads: Mapping[str, Head]
    files: Files
    own: dict[str, Problems]
    entries: dict[str, Problems]
    records: Problems
    collisions: Problems
    theme: Problems
    _pages: tuple[object, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._pages = addresses(self.site)

    @property
    def site(self) -> Site:
        return self.linked.site

    @property
    def diagnostics(self) -> Problems:
        """Every problem there is, in order."""
        whole = [*self.theme, *self.linked.problems, *_flat(self.files.wrong), *_flat(self.entries)]
        problems = [*whole, *self.records, *self.collisions, *_flat(self.own)]
        return in_order(softened(problems, held_back(self._drafts(), self.config))) if problems else ()

    def _drafts(self) -> frozenset[str]:
        return frozenset() if self.config.show.drafts else drafts_of(self.heads, self.linked.binding.others)

    def update(self, paths: Iterable[str] | None, *, clock: int) -> frozenset[str]:
        """Take in what has become of some files of the content, or of all; return the paths that had changed.

        The settings, the theme and the day must be those the site was prepared for.

        Raises:
            OSError: a file cannot be read; a later update takes it in.
            DamagedStateError: the store is damaged; the site must be prepared anew.
        """
        files, root = self.files, self.config.root
        asked = {*files.inputs, *files.wrong} if paths is None else {*paths}
        found = find(root) if paths is None else find_again(root, asked)
        known = {path: files.inputs[path] for path in asked & files.inputs.keys()}
        inputs = examine(root, found.stamps, known, later=(), clock=clock)
        wrong = by_path(found.problems)
        odd = {path for path in asked | wrong.keys() if files.wrong.get(path) != wrong.get(path)}
        changed = frozenset({*inputs.changed, *inputs.gone, *odd})
        if not changed and not inputs.learned:
            return changed
        read = self._read(found, inputs, clock) if changed else None
        files.take(asked, found, inputs)
        with self.session.store.writing():
            self.session.store.set_inputs(inputs.learned, gone=inputs.gone)
            if read:
                keep_register_like(self.session.store, read.register, self.register)
        if read:
            self._link(read)
        return changed

    def _read(self, found: Found, inputs: Inputs, clock: int) -> _Read:
        """Read what changed, and bind again what names concern that changed."""
        reader = self._reader(inputs, clock)
        sources = {source.path: source for source in found.sources if source.path in inputs.changed}
        gone = {path for path in (*inputs.gone, *inputs.changed) if path in self.heads and path not in sources}
        reader.forget_gone({path: self.heads[path] for path in sorted(gone)})
        named = [path for path, source in sources.items() if source.kind in named_kinds()]
        register, again = self.register, set[str]()
        if named or gone & register.by_path.keys():
            read = reader.do([Job(sources[path], None) for path in named], None, self.heads)
            named_records = {path: record for path, record in register.by_path.items() if path not in gone}
            named_records |= {path: named_record(reader.document(path)) for path in read}
            register = register_of(named_records.values(), self.config)
            again = {*read, *self._concerned(register) - gone - sources.keys()}
        first = [Job(source, None) for path, source in sources.items() if path not in again]
        second = (Job(self.files.sources.get(path) or sources[path], reader.kept(path)) for path in sorted(again))
        heads = reader.do(chain(first, second), register, self.heads)
        others = {
            path: BoundDocument(reader.document(path), reader.bound(path))
            for path, head in heads.items()
            if head.entry is None
        }
        return _Read(heads, others, frozenset(gone), register)

    def _concerned(self, register: Register) -> set[str]:
        """Return the files whose references a register may bind differently."""
        if register.digest == self.register.digest:
            return set()
        return concerned(self.session.store, self.heads, before=self.register, after=register)

    def _reader(self, inputs: Inputs, clock: int) -> Reader:
        session = self.session
        return Reader(
            config=self.config,
            store=session.store,
            executor=session.executor,
            inputs=inputs,
            clock=clock,
            forget=False,
            progress=session.progress,
            apart=session.apart,
        )

    def _link(self, read: _Read) -> None:
        """Link what was read, and check it."""
        before = self.linked
        changes = _changes(before, read, self.files.published())
        self.linked = relink(before, changes, read.register)
        # A new mapping: a snapshot keeps the one it was made with.
        self.heads = updated(self.heads, {**read.heads, **dict.fromkeys(read.gone)})
        self.own |= {path: (*head.problems, *head.wrong) for path, head in read.heads.items()}
        self.own = {path: problems for path, problems in self.own.items() if problems and path not in read.gone}
        self.register = read.register
        self._check(before.site, changes)

    def _check(self, before: Site, changes: Changes) -> None:
        """Check again what may have changed."""
        site = self.site
        if site.places is before.places:
            keys = {entry.key for entry in changes.entries.values() if entry}
        else:
            keys = {key for key, entry in site.entries.items() if before.entries.get(key) is not entry}
            shown = {entry.path for entry in site.entries.values()}
            self.entries = {path: problems for path, problems in self.entries.items() if path in shown}
        keys.update(
            *(actor.entries for name, actor in site.actors.items() if _is_other(before.actors.get(name), actor))
        )
        again = check_entries(site, [site.entries[key] for key in keys if key in site.entries])
        self.entries = {path: problems for path, problems in {**self.entries, **again}.items() if problems}
        if changes.others:
            documents = [document for document, _ in self.linked.binding.others.values()]
            self.records = tuple(check_records(site, self.register, documents))
        pages = self._pages if surely_the_same(before, site) else addresses(site)
        if pages != self._pages:
            self._pages, self.collisions = pages, tuple(plan(site)[1])


class _Read(NamedTuple):
    """What was read: heads and documents that are new, by path, and the paths of those that are gone."""

    heads: Mapping[str, Head]
    others: Mapping[str, AnyBound]
    gone: frozenset[str]
    register: Register


def live(prepared: Prepared, session: Session) -> Live:
    """Return a site that was prepared in full, to be kept up to date."""
    corpus, linked, findings, found = prepared.corpus, prepared.linked, prepared.findings, prepared.found
    assert corpus and linked and findings  # noqa: S101, PT018 - it was read in full
    with session.store.writing():
        session.store.set_inputs(prepared.inputs.learned, gone=prepared.inputs.gone)
    inputs = session.store.inputs()
    files = Files(
        inputs={path: inputs[path] for path in found.stamps if path in inputs},
        sources={source.path: source for source in found.sources},
        assets=dict.fromkeys(found.assets),
        wrong=by_path(found.problems),
    )
    own = {path: (*head.problems, *head.wrong) for path, head in corpus.heads.items()}
    return Live(
        config=prepared.config,
        session=session,
        linked=linked,
        register=corpus.register,
        heads=corpus.heads,
        files=files,
        own={path: problems for path, problems in own.items() if problems},
        entries={path: problems for path, problems in findings.entries.items() if problems},
        records=findings.records,
        collisions=findings.collisions,
        theme=findings.theme,
    )


def _changes(before: Linked, read: _Read, assets: tuple[str, ...]) -> Changes:
    """Sort what was read into entries and others; a file may have gone from one to the other."""
    entries: dict[str, Entry | None] = dict.fromkeys(
        path for path in (*read.gone, *read.others) if path in before.binding.entries
    )
    others: dict[str, AnyBound | None] = dict.fromkeys(
        path for path in (*read.gone, *read.heads) if path in before.binding.others and path not in read.others
    )
    new = {path: head.entry for path, head in read.heads.items() if head.entry}
    old = before.binding.entries
    entries |= {path: entry for path, entry in new.items() if entry != old.get(path)}
    return Changes(entries=entries, others={**others, **read.others}, assets=assets)


def _is_other(before: Actor | None, after: Actor) -> bool:
    return before is None or before.matter is not after.matter


def _flat(problems: Mapping[str, Problems]) -> list[Diagnostic]:
    return [problem for some in problems.values() for problem in some]
