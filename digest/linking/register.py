"""The register: everything that has a name (actors, topics, agreements), and what its names lead to.

References in all bodies are bound by it and by nothing else, so its `digest` says whether a bound body still holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.content.matter import ActorMatter, AgreementMatter, TopicMatter
from digest.linking.autolink import AutoLinker, auto_linker
from digest.linking.names import ENTITIES, Names, names_of, strong_names
from digest.linking.offices import name_on
from digest.linking.targets import Target
from digest.model import SECTIONS, Kind
from digest.values import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo

    from digest.config import Config
    from digest.content.document import Document
    from digest.dates import PartialDate


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Named records: `records` by target (of twins the first), `targets` and `documents` by path."""

    names: Names
    documents: Mapping[str, Document]
    records: Mapping[Target, Document]
    targets: Mapping[str, Target]
    linker: AutoLinker | None
    zone: tzinfo
    digest: str

    def label(self, target: Target, day: PartialDate | None) -> str:
        """Return what a record is called, on a day where that matters."""
        match self.records[target].matter:
            case ActorMatter() as actor:
                return name_on(actor, day)
            case AgreementMatter() as agreement:
                return agreement.short_name or agreement.name
            case TopicMatter() as topic:
                return topic.name
        raise AssertionError(target)


def register_of(documents: Iterable[Document], config: Config) -> Register:
    """Return the register of all documents of named kinds; others are passed over."""
    named = sorted((document for document in documents if document.kind in ENTITIES), key=lambda named: named.path)
    targets: dict[str, Target] = {}
    records: dict[Target, Document] = {}
    for document in named:
        if document.matter is not None:
            targets[document.path] = Target(document.kind, document.id)
            records.setdefault(targets[document.path], document)
    names = names_of(named)
    return Register(
        names=names,
        documents={document.path: document for document in named},
        records=records,
        targets=targets,
        linker=auto_linker(names) if config.auto_link else None,
        zone=config.zone,
        digest=digest([str(config.zone), config.auto_link, [seen(document) for document in named]]),
    )


def anchors(document: Document) -> tuple[str, ...]:
    """Return the anchors on a document's page that links may name."""
    headings = (heading.anchor for heading in document.headings)
    return (*headings, *(quote.wording.id for quote in document.quotes), *SECTIONS[Kind(document.kind)])


def seen(document: Document) -> tuple[object, ...]:
    """Return what binding may ask of a record: whatever a body's references depend on must stand here."""
    matter = document.matter
    return (
        document.path,
        document.kind,
        document.id,
        matter is None,
        document.known_as,
        strong_names(document),
        matter.name if isinstance(matter, ActorMatter | TopicMatter) else "",
        (matter.short_name or matter.name) if isinstance(matter, AgreementMatter) else "",
        (matter.names, matter.weak_aliases) if isinstance(matter, ActorMatter) else (),
        anchors(document),
    )


def spellings(document: Document) -> frozenset[str]:
    """Return every word by which somebody may refer to a record, rightly or not."""
    weak = document.matter.weak_aliases if isinstance(document.matter, ActorMatter) else ()
    return frozenset({document.id, *document.known_as, *strong_names(document), *weak})
