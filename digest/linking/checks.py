"""What a linked site must satisfy beyond its references.

A rule for the records of one kind is among the kind's `checks`; a rule for all records, or for entries, stands here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.diagnostics import Diagnostic, Severity
from digest.linking import kinds
from digest.linking.name_index import naming_of
from digest.linking.names import fold
from digest.linking.offices import roles_on
from digest.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from digest.content.document import AnyDocument
    from digest.linking.name_index import NameIndex
    from digest.linking.records import Entry, QuoteFacts
    from digest.linking.site import Site


def check_records(site: Site, name_index: NameIndex, documents: Iterable[AnyDocument]) -> list[Diagnostic]:
    """Run the checks that do not concern entries; `documents` are all but articles, hidden ones too."""
    problems = list[Diagnostic]()
    for kind in kinds.RECORDS:
        for rule in kind.checks:
            problems += rule(site.of(kind), name_index.names)
    return [*problems, *_shared_names(name_index, documents), *_misplaced_quotes(documents)]


def check_entries(site: Site, entries: Iterable[Entry]) -> dict[str, tuple[Diagnostic, ...]]:
    """Run the checks that concern entries; return what each finds, by the entry's path."""
    return {entry.path: check_entry(site, entry) for entry in entries}


def check_entry(site: Site, entry: Entry) -> tuple[Diagnostic, ...]:
    """Find a person who is quoted on a day none of the person's roles covers."""
    quotes = zip(entry.concerns.quotes, entry.spots.quotes, strict=True)
    found = (_office_problem(site, entry, said, place) for said, place in quotes)
    return tuple(problem for problem in found if problem)


def _office_problem(site: Site, entry: Entry, said: QuoteFacts, place: tuple[int, int]) -> Diagnostic | None:
    actor = site.actors.get(said.speaker)
    if not actor or actor.matter.kind != "person" or not actor.matter.roles or roles_on(actor.matter, said.date):
        return None
    return Diagnostic(
        code="no-role-on-date",
        message=f"no role of {actor.matter.name} covers {said.date.iso}",
        path=entry.path,
        start=place[0],
        end=place[1],
        hint=f"add the role to {actor.document.path}, or check the date",
        severity=Severity.WARNING,
    )


def _shared_names(name_index: NameIndex, documents: Iterable[AnyDocument]) -> Iterator[Diagnostic]:
    """Yield each alias that also means another record, once: an alias always means one."""
    reported: set[str] = set()
    for document in sorted(documents, key=lambda document: document.path):
        naming = naming_of(document)
        aliases = {alias.text: alias for alias in naming.aliases} if naming else {}
        for word in name_index.by_path[document.path].spellings if aliases else ():
            others = [
                target
                for target in name_index.names.find(word)
                if (target.kind, target.id) != (document.kind, document.id)
            ]
            if word in aliases and others and fold(word) not in reported:
                reported.add(fold(word))
                yield Diagnostic(
                    code="shared-alias",
                    message=f"`{word}` also means the {others[0].kind} `{others[0].id}`",
                    path=document.path,
                    start=aliases[word].start,
                    end=aliases[word].end,
                    hint="an alias always means one record; make it a weak alias, or drop it",
                )


def _misplaced_quotes(documents: Iterable[AnyDocument]) -> Iterator[Diagnostic]:
    """Yield each attributed quotation outside entries: it is an entry's record, with its date and source."""
    for document in documents:
        for quote in document.quotes:
            if document.kind != Kind.ARTICLE and not quote.wording.inline:
                yield Diagnostic(
                    code="misplaced-quote",
                    message="an attributed quotation belongs in an entry",
                    path=document.path,
                    start=quote.start,
                    end=quote.end,
                    hint="move it into an entry, or leave out the line that attributes it",
                )
