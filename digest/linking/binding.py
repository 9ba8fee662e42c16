"""The ground of linking: entries, all other documents with their bodies bound, and what is hidden."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeAlias, TypeVar

from digest.content.document import usable
from digest.content.kinds import named_kinds
from digest.diagnostics import Diagnostic
from digest.linking.files import FileLinks, Followed
from digest.linking.name_index import anchors
from digest.linking.references import target_of
from digest.linking.targets import Target
from digest.linking.visibility import hidden
from digest.model import Kind
from digest.overlay import updated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.config import Config
    from digest.content.document import Document
    from digest.content.kind import ContentKind, Matter
    from digest.decode.written import Written
    from digest.linking.name_index import NameIndex
    from digest.linking.records import Bound, Entry
    from digest.model import Link


M = TypeVar("M", bound="Matter")
M_co = TypeVar("M_co", covariant=True)


class BoundDocument(NamedTuple, Generic[M_co]):
    """A document with its body's references bound; of an article only where its front matter cannot be used."""

    document: Document[M_co]
    bound: Bound


AnyBound: TypeAlias = "BoundDocument[Matter | None]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """Resolves what only the whole site can resolve, and collects in `unresolved` what cannot be resolved.

    `entries` and `others` are by path, in order. `hidden` are the paths left out, with the reason. `targets` says what
    a link to each file leads to, `records` which file each address belongs to, `twins` which files want one that
    another has. `followed` are links between files, `dead` those that lead nowhere, by the file they stand in.

    Documents without front matter (it could not be decoded) take part with their bodies, and as names that must not be
    called unknown; no record is made of them.
    """

    config: Config
    name_index: NameIndex
    entries: Mapping[str, Entry]
    others: Mapping[str, AnyBound]
    assets: tuple[str, ...]
    hidden: Mapping[str, str]
    targets: Mapping[str, Target | None]
    records: Mapping[Target, str]
    twins: tuple[Diagnostic, ...]
    followed: Mapping[str, Followed]
    dead: Mapping[str, tuple[Diagnostic, ...]]
    unresolved: list[Diagnostic] = field(default_factory=list)

    def of(self, kind: ContentKind[M]) -> list[BoundDocument[M]]:
        """Return the usable documents of a kind, of twins the first only."""
        return [
            BoundDocument(document, bound)
            for path, (document, bound) in self.others.items()
            if usable(document, kind) and self.is_record(path)
        ]

    def is_record(self, path: str) -> bool:
        """Tell whether a file is the one its address belongs to."""
        target = self.targets[path]
        return target is not None and self.records[target] == path

    def shows(self, path: str) -> bool:
        """Tell whether an entry is published."""
        return path in self.entries and path not in self.hidden and self.is_record(path)

    def resolve(self, written: Written, path: str, kind: str) -> str:
        """Return the id of the record of a kind, or "" after reporting."""
        target, problems = self.name_index.names.resolve(written, path, kinds=(kind,))
        self.unresolved.extend(problems)
        return target.id if target else ""

    def resolve_all(self, written: Iterable[Written], path: str, kind: str) -> tuple[str, ...]:
        """Return the ids of the records of a kind, each once, in the order written."""
        found = (self.resolve(word, path, kind) for word in written)
        return tuple(dict.fromkeys(name for name in found if name))

    @property
    def problems(self) -> list[Diagnostic]:
        """What linking found wrong."""
        return [*self.twins, *(problem for found in self.dead.values() for problem in found), *self.unresolved]


def bind_all(
    name_index: NameIndex,
    entries: Iterable[Entry],
    others: Iterable[AnyBound],
    *,
    assets: tuple[str, ...],
    config: Config,
) -> Binding:
    """Gather everything, decide whose each address is, and follow the links between files."""
    articles = {entry.path: entry for entry in sorted(entries, key=lambda entry: entry.path)}
    rest = {other.document.path: other for other in sorted(others, key=lambda other: other.document.path)}
    schedules = {path: entry.where.schedule for path, entry in articles.items()}
    unpublished = hidden({**schedules, **{path: other.document.matter for path, other in rest.items()}}, config)
    targets: dict[str, Target | None] = {path: Target(Kind.ARTICLE, entry.key) for path, entry in articles.items()}
    targets |= {path: target_of(other.document, config.zone) for path, other in rest.items()}
    records, twins = _records(targets, unpublished)
    loose = Binding(
        config=config,
        name_index=name_index,
        entries=articles,
        others=rest,
        assets=assets,
        hidden=unpublished,
        targets=targets,
        records=records,
        twins=tuple(twins),
        followed={},
        dead={},
    )
    return _followed(loose, [*articles, *rest])


def bind_again(
    before: Binding,
    *,
    name_index: NameIndex,
    entries: Mapping[str, Entry | None],
    others: Mapping[str, AnyBound | None],
    assets: tuple[str, ...],
) -> Binding:
    """Return what `bind_all` would, when only these files have changed; None stands for one that is gone."""
    articles = updated(before.entries, entries)
    rest = updated(before.others, others)
    settled = assets == before.assets and all(
        _same_place(before, path, entries, others) for path in (*entries, *others)
    )
    if not settled:
        return bind_all(name_index, articles.values(), rest.values(), assets=assets, config=before.config)
    after = replace(before, name_index=name_index, entries=articles, others=rest, unresolved=[])
    same_anchors = all(_anchors(before, path) == _anchors(after, path) for path in (*entries, *others))
    return _followed(after, [*entries, *others] if same_anchors else [*articles, *rest])


def _same_place(
    before: Binding, path: str, entries: Mapping[str, Entry | None], others: Mapping[str, AnyBound | None]
) -> bool:
    """Tell whether a file is where it was for everybody else: its address, and when it is published."""
    old, new = before.entries.get(path), entries.get(path)
    if old and new:
        return old.where == new.where
    was, now = before.others.get(path), others.get(path)
    if old or new or not was or not now:
        return False
    return (
        target_of(now.document, before.config.zone) == before.targets[path]
        and hidden({path: now.document.matter}, before.config).get(path) == before.hidden.get(path)
        and (was.document.matter is None) == (now.document.matter is None)
    )


def _anchors(binding: Binding, path: str) -> tuple[str, ...]:
    entry = binding.entries.get(path)
    return entry.anchors if entry else anchors(binding.others[path].document)


def _pending(binding: Binding, path: str) -> tuple[Link, ...]:
    entry = binding.entries.get(path)
    return entry.spots.pending if entry else binding.others[path].bound.pending


def _followed(binding: Binding, paths: Iterable[str]) -> Binding:
    """Follow the links that stand in some files."""
    pending = [
        (path, links) for path in sorted(paths) if (links := _pending(binding, path)) or path in binding.followed
    ]
    if not pending:
        return binding
    files = FileLinks(
        targets=binding.targets,
        anchors={path: _anchors(binding, path) for path in binding.targets},
        assets=frozenset(binding.assets),
        hidden=frozenset(binding.hidden),
    )
    followed, dead = dict(binding.followed), dict(binding.dead)
    for path, links in pending:
        followed[path], wrong = files.follow(links, path)
        dead[path] = tuple(wrong)
    live = [path for path in sorted(followed) if _pending(binding, path)]
    return replace(binding, followed={path: followed[path] for path in live}, dead={path: dead[path] for path in live})


def _records(
    targets: Mapping[str, Target | None], unpublished: Mapping[str, str]
) -> tuple[dict[Target, str], list[Diagnostic]]:
    """Decide which file has each address: a published one keeps it when a hidden one would have the same."""
    records: dict[Target, str] = {}
    problems = []
    for path in sorted(sorted(targets), key=unpublished.__contains__):
        target = targets[path]
        if target is None:
            continue
        if target in records and path not in unpublished:
            problems.append(_twin(path, records[target], target))
        records.setdefault(target, path)
    return records, problems


def _twin(path: str, first: str, target: Target) -> Diagnostic:
    message = f"the same address as {first}: both are the {target.kind} `{target.id.rpartition('/')[2]}`"
    hint = "rename one of the files" if target.kind in named_kinds() else "give one of them another `slug`"
    return Diagnostic(code="same-address", message=message, path=path, hint=hint)
