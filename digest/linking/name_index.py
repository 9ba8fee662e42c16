"""The name index: everything that has a name (actors, topics, agreements …), and what its names lead to.

References in all bodies are bound by it and by nothing else, so its `digest` says whether a bound body still holds. It
holds no document, only what a body's references may depend on: its digest is that of these very values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.content.kinds import by_name
from digest.linking.autolink import AutoLinker, auto_linker
from digest.linking.names import Names, names_of
from digest.linking.offices import name_on
from digest.linking.records import NamedRecord
from digest.values import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo

    from digest.config import Config
    from digest.content.document import AnyDocument
    from digest.content.kind import Naming
    from digest.dates import PartialDate
    from digest.linking.targets import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class NameIndex:
    """Named records by the paths of their files, and those that can be used `by_target` (of twins the first)."""

    names: Names
    by_path: Mapping[str, NamedRecord]
    by_target: Mapping[Target, NamedRecord]
    linker: AutoLinker | None
    zone: tzinfo
    digest: str

    def label(self, target: Target, day: PartialDate | None) -> str:
        """Return what a record is called, on a day where that matters."""
        return name_on(self.by_target[target], day)


def name_index_of(records: Iterable[NamedRecord], config: Config) -> NameIndex:
    """Return the name index of all named records."""
    named = sorted(records, key=lambda record: record.path)
    by_target: dict[Target, NamedRecord] = {}
    for record in named:
        if record.target:
            by_target.setdefault(record.target, record)
    names = names_of(named)
    return NameIndex(
        names=names,
        by_path={record.path: record for record in named},
        by_target=by_target,
        linker=auto_linker(names) if config.auto_link else None,
        zone=config.zone,
        digest=digest([str(config.zone), config.auto_link, named]),
    )


def named_record(document: AnyDocument) -> NamedRecord:
    """Return what references see of a record."""
    naming = naming_of(document)
    return NamedRecord(
        path=document.path,
        kind=document.kind,
        id=document.id,
        usable=naming is not None,
        known_as=document.known_as,
        name=naming.name if naming else "",
        names=naming.names if naming else (),
        spellings=naming.spellings if naming else (),
        weak_aliases=naming.weak_aliases if naming else (),
        anchors=anchors(document),
    )


def naming_of(document: AnyDocument) -> Naming | None:
    """Return what a record is called; None where its front matter cannot be used, or its kind has no names."""
    naming = by_name()[document.kind].naming
    return naming(document.matter) if naming and document.matter else None


def anchors(document: AnyDocument) -> tuple[str, ...]:
    """Return the anchors on a document's page that links may name."""
    headings = (heading.anchor for heading in document.headings)
    return (*headings, *(quote.wording.id for quote in document.quotes), *by_name()[document.kind].anchors)
