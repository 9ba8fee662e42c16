"""The ground that linking stands on: entries, all other documents with their bodies bound, and what is hidden."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from digest.diagnostics import Diagnostic
from digest.linking.files import Files, Followed
from digest.linking.names import ENTITIES
from digest.linking.references import target_of
from digest.linking.register import anchors
from digest.linking.targets import Target
from digest.linking.visibility import hidden
from digest.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.config import Config
    from digest.content.document import Document
    from digest.decode.written import Written
    from digest.linking.records import Bound, Entry
    from digest.linking.register import Register


class BoundDocument(NamedTuple):
    """A document with its body's references bound; of an article only where its front matter cannot be used."""

    document: Document
    bound: Bound


@dataclass(slots=True, kw_only=True)
class Binding:
    """Resolves what only the whole site can resolve, and collects what cannot be resolved.

    `hidden` are the paths left out, with the reason. Documents without front matter (it could not be decoded) take
    part with their bodies, and as names that must not be called unknown; no record is made of them.
    """

    config: Config
    register: Register
    entries: tuple[Entry, ...]
    others: tuple[BoundDocument, ...]
    hidden: Mapping[str, str]
    targets: Mapping[str, Target | None]
    records: Mapping[Target, str]
    followed: dict[str, Followed] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)

    def of(self, kind: Kind) -> list[BoundDocument]:
        """Return the usable documents of a kind, of twins the first only."""
        return [
            other
            for other in self.others
            if other.document.kind is kind and other.document.matter and self.is_record(other.document.path)
        ]

    def is_record(self, path: str) -> bool:
        """Tell whether a file is the one its address belongs to."""
        target = self.targets[path]
        return target is not None and self.records[target] == path

    def resolve(self, written: Written, path: str, kind: Kind) -> str:
        """Return the id of the record of a kind, or "" after reporting."""
        target, problems = self.register.names.resolve(written, path, kinds=(kind,))
        self.problems += problems
        return target.id if target else ""

    def resolve_all(self, written: Iterable[Written], path: str, kind: Kind) -> tuple[str, ...]:
        """Return the ids of the records of a kind, each once, in the order written."""
        found = (self.resolve(word, path, kind) for word in written)
        return tuple(dict.fromkeys(name for name in found if name))


def bind_all(
    register: Register,
    entries: Iterable[Entry],
    others: Iterable[BoundDocument],
    *,
    assets: tuple[str, ...],
    config: Config,
) -> Binding:
    """Gather everything, decide whose each address is, and follow the links between files."""
    articles = tuple(sorted(entries, key=lambda entry: entry.path))
    rest = tuple(sorted(others, key=lambda other: other.document.path))
    schedules = {entry.path: entry.schedule for entry in articles}
    matters = {other.document.path: other.document.matter for other in rest}
    unpublished = hidden({**schedules, **matters}, config)
    targets: dict[str, Target | None] = {entry.path: Target(Kind.ARTICLE, entry.key) for entry in articles}
    targets |= {other.document.path: target_of(other.document, config.zone) for other in rest}
    records, twins = _records(targets, unpublished)
    binding = Binding(
        config=config,
        register=register,
        entries=articles,
        others=rest,
        hidden=unpublished,
        targets=targets,
        records=records,
        problems=twins,
    )
    known = {entry.path: entry.anchors for entry in articles}
    known |= {other.document.path: anchors(other.document) for other in rest}
    files = Files(targets=targets, anchors=known, assets=frozenset(assets), hidden=frozenset(unpublished))
    pending = [(entry.path, entry.pending) for entry in articles if entry.pending]
    pending += [(other.document.path, other.bound.pending) for other in rest if other.bound.pending]
    for path, links in sorted(pending):
        binding.followed[path], wrong = files.follow(links, path)
        binding.problems += wrong
    return binding


def _records(
    targets: Mapping[str, Target | None], unpublished: Mapping[str, str]
) -> tuple[dict[Target, str], list[Diagnostic]]:
    """Decide which file has each address: a published one keeps it when a hidden one would have the same."""
    records: dict[Target, str] = {}
    problems = []
    for path in sorted(targets, key=lambda path: (path in unpublished, path)):
        target = targets[path]
        if target is None:
            continue
        if target in records and path not in unpublished:
            problems.append(_twin(path, records[target], target))
        records.setdefault(target, path)
    return records, problems


def _twin(path: str, first: str, target: Target) -> Diagnostic:
    message = f"the same address as {first}: both are the {target.kind} `{target.id.rpartition('/')[2]}`"
    hint = "rename one of the files" if target.kind in ENTITIES else "give one of them another `slug`"
    return Diagnostic(code="same-address", message=message, path=path, hint=hint)
