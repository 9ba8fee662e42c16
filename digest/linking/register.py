"""The register: everything that has a name (actors, topics, agreements), and what its names lead to.

References in all bodies are bound by it and by nothing else, so its `digest` says whether a bound body still holds. It
holds no document, only what a body's references may depend on: its digest is that of these very values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.content.matter import ActorMatter, AgreementMatter, TopicMatter
from digest.linking.autolink import AutoLinker, auto_linker
from digest.linking.names import Names, names_of
from digest.linking.offices import name_on
from digest.linking.records import NamedRecord
from digest.model import SECTIONS, Kind
from digest.values import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo

    from digest.config import Config
    from digest.content.document import Document
    from digest.content.matter import Matter
    from digest.dates import PartialDate
    from digest.linking.targets import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
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


def register_of(records: Iterable[NamedRecord], config: Config) -> Register:
    """Return the register of all named records."""
    named = sorted(records, key=lambda record: record.path)
    by_target: dict[Target, NamedRecord] = {}
    for record in named:
        if record.target:
            by_target.setdefault(record.target, record)
    names = names_of(named)
    return Register(
        names=names,
        by_path={record.path: record for record in named},
        by_target=by_target,
        linker=auto_linker(names) if config.auto_link else None,
        zone=config.zone,
        digest=digest([str(config.zone), config.auto_link, named]),
    )


def named_record(document: Document) -> NamedRecord:
    """Return what references see of an actor, topic or agreement."""
    matter = document.matter
    return NamedRecord(
        path=document.path,
        kind=document.kind,
        id=document.id,
        usable=matter is not None,
        known_as=document.known_as,
        name=_name(matter),
        names=matter.names if isinstance(matter, ActorMatter) else (),
        spellings=_spellings(matter),
        weak_aliases=matter.weak_aliases if isinstance(matter, ActorMatter) else (),
        anchors=anchors(document),
    )


def anchors(document: Document) -> tuple[str, ...]:
    """Return the anchors on a document's page that links may name."""
    headings = (heading.anchor for heading in document.headings)
    return (*headings, *(quote.wording.id for quote in document.quotes), *SECTIONS[Kind(document.kind)])


def _name(matter: Matter | None) -> str:
    if isinstance(matter, AgreementMatter):
        return matter.short_name or matter.name
    return matter.name if isinstance(matter, ActorMatter | TopicMatter) else ""


def _spellings(matter: Matter | None) -> tuple[str, ...]:
    """Return every spelling that means a record: its name, short name, period names and aliases."""
    if not isinstance(matter, ActorMatter | AgreementMatter | TopicMatter):
        return ()
    periods = (period.name for period in matter.names) if isinstance(matter, ActorMatter) else ()
    names = (*(alias.text for alias in matter.aliases), matter.name, *periods, _name(matter))
    return tuple(dict.fromkeys(names))
