"""A prepared site kept up to date: only changed files are read again, and only what they concern is linked again.

Whatever was changed, the result is what `prepare` makes of the files as they are; `tests/test_live.py` compares.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from digest.content.kinds import named_kinds
from digest.content.load import find, find_again
from digest.engine.findings import by_path, found_in, own_problems, record_problems, said_of
from digest.engine.inputs import examine
from digest.engine.jobs import Job
from digest.engine.read_content import Reader
from digest.engine.stored_names import keep_same_bindings
from digest.linking.binding import AnyBound, BoundDocument
from digest.linking.checks import check_entries
from digest.linking.name_index import name_index_of, named_record
from digest.linking.relink import Changes, relink
from digest.overlay import updated
from digest.pages.plan import addresses, plan, surely_the_same
from digest.preview.files import ContentFiles
from digest.preview.rebinding import concerned

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from digest.config import Config
    from digest.content.load import Found
    from digest.diagnostics import Diagnostic
    from digest.engine.findings import ByPath, Findings, Problems
    from digest.engine.inputs import Inputs
    from digest.engine.rows import FileRecord
    from digest.engine.session import Session
    from digest.linking.kinds.actor import Actor
    from digest.linking.link import Linked
    from digest.linking.name_index import NameIndex
    from digest.linking.records import Entry
    from digest.linking.site import Site
    from digest.prepare import Whole


@dataclass(slots=True, kw_only=True)
class LiveSite:
    """Keeps a site up to date that was prepared in full; for one thread at a time.

    `heads` are those of all files of the content, by path. `_addresses` is what `findings.collisions` were found in.
    """

    config: Config
    session: Session
    linked: Linked
    heads: Mapping[str, FileRecord]
    files: ContentFiles
    findings: Findings
    _addresses: tuple[object, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._addresses = addresses(self.site)

    @property
    def site(self) -> Site:
        return self.linked.site

    @property
    def diagnostics(self) -> Problems:
        """Every problem there is, in order."""
        return said_of(self.findings, self.heads, self.linked.binding.others, config=self.config)

    @property
    def name_index(self) -> NameIndex:
        """What bodies are bound by."""
        return self.linked.binding.name_index

    def blame_theme(self, problems: Iterable[Diagnostic]) -> None:
        """Let these be what is wrong with the theme, and with the settings that it was read by."""
        self.findings = replace(self.findings, theme=tuple(problems))

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
                keep_same_bindings(self.session.store, read.name_index, self.name_index)
        if read:
            self._link(read)
        return changed

    def _read(self, found: Found, inputs: Inputs, clock: int) -> _Read:
        """Read what changed, and bind again what names concern that changed."""
        reader = Reader(config=self.config, session=replace(self.session, clock=clock), inputs=inputs)
        sources = {source.path: source for source in found.sources if source.path in inputs.changed}
        gone = {path for path in (*inputs.gone, *inputs.changed) if path in self.heads and path not in sources}
        reader.forget_gone({path: self.heads[path] for path in sorted(gone)})
        named = [path for path, source in sources.items() if source.kind in named_kinds()]
        name_index, again = self.name_index, set[str]()
        if named or gone & name_index.by_path.keys():
            read = reader.do([Job(sources[path], None) for path in named], None, self.heads)
            named_records = {path: record for path, record in name_index.by_path.items() if path not in gone}
            named_records |= {path: named_record(reader.document(path)) for path in read}
            name_index = name_index_of(named_records.values(), self.config)
            again = {*read, *self._concerned(name_index) - gone - sources.keys()}
        first = [Job(source, None) for path, source in sources.items() if path not in again]
        second = (Job(self.files.sources.get(path) or sources[path], reader.kept(path)) for path in sorted(again))
        heads = reader.do(chain(first, second), name_index, self.heads)
        others = {
            path: BoundDocument(reader.document(path), reader.bound(path))
            for path, head in heads.items()
            if head.entry is None
        }
        return _Read(heads, others, frozenset(gone), name_index)

    def _concerned(self, name_index: NameIndex) -> set[str]:
        """Return the files whose references a name index may bind differently."""
        if name_index.digest == self.name_index.digest:
            return set()
        return concerned(self.session.store, self.heads, before=self.name_index, after=name_index)

    def _link(self, read: _Read) -> None:
        """Link what was read, and check it."""
        before = self.linked
        changes = _changes(before, read, self.files.published())
        self.linked = relink(before, changes, read.name_index)
        # A new mapping: a snapshot keeps the one it was made with.
        self.heads = updated(self.heads, {**read.heads, **dict.fromkeys(read.gone)})
        self.findings = replace(
            self.findings,
            files=dict(self.files.wrong),
            own=_again(self.findings.own, own_problems(read.heads), {*read.heads, *read.gone}),
            linking=self.linked.problems,
            entries=self._entry_problems(before.site, changes),
            records=record_problems(self.linked) if changes.others else self.findings.records,
            collisions=self._collisions(before.site),
        )

    def _entry_problems(self, before: Site, changes: Changes) -> dict[str, Problems]:
        """Check the entries again that changed, or whose speakers' roles may have."""
        site, kept = self.site, self.findings.entries
        if site.places is before.places:
            keys = {entry.key for entry in changes.entries.values() if entry}
        else:
            keys = {key for key, entry in site.entries.items() if before.entries.get(key) is not entry}
            shown = {entry.path for entry in site.entries.values()}
            kept = {path: problems for path, problems in kept.items() if path in shown}
        for name, actor in site.actors.items():
            if _is_other(before.actors.get(name), actor):
                keys.update(actor.entries)
        again = check_entries(site, [site.entries[key] for key in keys if key in site.entries])
        return _again(kept, found_in(again), again)

    def _collisions(self, before: Site) -> Problems:
        """Return what is wrong with addresses; all are gone through only where there are others than before."""
        if surely_the_same(before, self.site) or (now := addresses(self.site)) == self._addresses:
            return self.findings.collisions
        self._addresses = now
        return tuple(plan(self.site)[1])


class _Read(NamedTuple):
    """What was read: heads and documents that are new, by path, and the paths of those that are gone."""

    heads: Mapping[str, FileRecord]
    others: Mapping[str, AnyBound]
    gone: frozenset[str]
    name_index: NameIndex


def live(prepared: Whole, session: Session) -> LiveSite:
    """Return a prepared site, to be kept up to date."""
    found = prepared.found
    with session.store.writing():
        session.store.set_inputs(prepared.inputs.learned, gone=prepared.inputs.gone)
    inputs = session.store.inputs()
    files = ContentFiles(
        inputs={path: inputs[path] for path in found.stamps if path in inputs},
        sources={source.path: source for source in found.sources},
        assets=dict.fromkeys(found.assets),
        wrong=by_path(found.problems),
    )
    return LiveSite(
        config=prepared.site.config,
        session=session,
        linked=prepared.linked,
        heads=prepared.corpus.heads,
        files=files,
        findings=prepared.findings,
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


def _again(before: ByPath, now: ByPath, paths: Container[str]) -> dict[str, Problems]:
    """Return problems by path, with those of some files taken anew."""
    others = {path: problems for path, problems in before.items() if path not in paths}
    return {**others, **now}
