"""The ground that linking stands on: all documents, what they may refer to, and their bodies bound."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.content.matter import ArticleMatter
from digest.diagnostics import Diagnostic
from digest.linking.autolink import auto_linker
from digest.linking.names import ENTITIES, names_of
from digest.linking.references import Library, bind
from digest.linking.targets import Target
from digest.linking.visibility import hidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.config import Config
    from digest.content.document import Document
    from digest.decode.types import Written
    from digest.linking.site import Bound
    from digest.model import Fragment, Kind


@dataclass(slots=True)
class Binding:
    """Resolves references for one site and collects what cannot be resolved.

    Documents without front matter (it could not be decoded) take part with their bodies, and as names that must
    not be called unknown; no record is made of them.
    """

    config: Config
    documents: tuple[Document, ...]
    hidden: Mapping[str, str]
    library: Library
    bounds: dict[str, Bound] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)

    def of(self, kind: Kind) -> list[Document]:
        """Return the usable documents of a kind, of twins the first only."""
        library = self.library
        return [
            document
            for document in self.documents
            if document.kind is kind and document.matter and library.records[library.targets[document.path]] is document
        ]

    def resolve(self, written: Written, path: str, kind: Kind) -> str:
        """Return the id of the record of a kind, or "" after reporting."""
        target, problems = self.library.names.resolve(written, path, kinds=(kind,))
        self.problems += problems
        return target.id if target else ""

    def resolve_all(self, written: Iterable[Written], path: str, kind: Kind) -> tuple[str, ...]:
        """Return the ids of the records of a kind, each once, in the order written."""
        found = (self.resolve(word, path, kind) for word in written)
        return tuple(dict.fromkeys(name for name in found if name))


def bind_all(
    documents: Iterable[Document], fragments: Mapping[str, Fragment], *, assets: tuple[str, ...], config: Config
) -> Binding:
    """Bind the references of every document's body."""
    ordered = tuple(sorted(documents, key=lambda document: document.path))
    unpublished = hidden(ordered, config)
    library, problems = _library(ordered, unpublished, assets=assets, config=config)
    binding = Binding(config, ordered, unpublished, library, problems=problems)
    for document in ordered:
        binding.bounds[document.path], wrong = bind(document, fragments[document.path], library)
        binding.problems += wrong
    return binding


def key_of(document: Document, config: Config) -> str:
    """Return what tells a document from others of its kind: its id, and for an article its month too."""
    matter = document.matter
    if not isinstance(matter, ArticleMatter) or matter.date is None:
        return document.id
    day = matter.date.civil(config.zone)
    return f"{day.year:04}/{day.month:02}/{document.id}"


def _library(
    documents: tuple[Document, ...], unpublished: Mapping[str, str], *, assets: tuple[str, ...], config: Config
) -> tuple[Library, list[Diagnostic]]:
    targets: dict[str, Target] = {}
    records: dict[Target, Document] = {}
    problems = []
    # A published document keeps its address when a hidden one would have the same.
    for document in sorted(documents, key=lambda document: (document.path in unpublished, document.path)):
        if document.matter is None:
            continue
        target = Target(document.kind, key_of(document, config))
        targets[document.path] = target
        if target in records and document.path not in unpublished:
            problems.append(_twin(document, records[target]))
        records.setdefault(target, document)
    names = names_of(documents)
    library = Library(
        names=names,
        documents={document.path: document for document in documents},
        records=records,
        targets=targets,
        assets=frozenset(assets),
        hidden=frozenset(unpublished),
        linker=auto_linker(names) if config.auto_link else None,
        zone=config.zone,
    )
    return library, problems


def _twin(document: Document, first: Document) -> Diagnostic:
    message = f"the same address as {first.path}: both are the {document.kind} `{document.id}`"
    hint = "rename one of the files" if document.kind in ENTITIES else "give one of them another `slug`"
    return Diagnostic(code="same-address", message=message, path=document.path, hint=hint)
