"""What a linked site must satisfy beyond its references: a list of functions from a site to diagnostics.

A new rule for records is a new function in `CHECKS`; what an entry must satisfy stands in `check_entry`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.diagnostics import Diagnostic, Severity
from digest.linking.names import fold
from digest.linking.offices import roles_on
from digest.linking.status import contradictions
from digest.linking.targets import Target
from digest.linking.topics import LEVELS
from digest.model import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from digest.content.document import Document
    from digest.linking.names import Names
    from digest.linking.records import Entry, QuoteFacts
    from digest.linking.register import Register
    from digest.linking.site import Site


def check_records(site: Site, register: Register, documents: Iterable[Document]) -> list[Diagnostic]:
    """Run the checks that do not concern entries; `documents` are all but articles, hidden ones too."""
    problems = [problem for rule in CHECKS for problem in rule(site, register.names)]
    return [*problems, *_shared_names(register, documents), *_misplaced_quotes(documents)]


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


def events(site: Site, _names: Names) -> Iterator[Diagnostic]:
    """Events of an agreement contradict each other."""
    for agreement in site.agreements.values():
        for event, why in contradictions(agreement.matter, agreement.event_parties):
            yield Diagnostic(
                code="contradictory-events",
                message=f"this cannot be: {why}",
                path=agreement.document.path,
                start=event.event.start,
                end=event.event.end,
                hint="check the dates",
            )


def parties(site: Site, names: Names) -> Iterator[Diagnostic]:
    """An act of consent or a signature is given to somebody who is no party."""
    for agreement in site.agreements.values():
        matter = agreement.matter
        known = {*agreement.shown.parties, *agreement.shown.third_parties}
        for written in [event.party for event in matter.events if event.party and known]:
            target = next(iter(names.find(written.text, (Kind.ACTOR,))), None)
            if target and target.id not in known:
                yield Diagnostic(
                    code="not-a-party",
                    message=f"`{written.text}` is not among the parties",
                    path=agreement.document.path,
                    start=written.start,
                    end=written.end,
                    hint="add it to `parties` or `third_parties`",
                )


def circles(site: Site, _names: Names) -> Iterator[Diagnostic]:
    """A topic is, by way of others, part of itself; said once for a circle."""
    walk_of: dict[str, str] = {}
    for start in site.topics:
        name = start
        while name in site.topics and name not in walk_of:
            walk_of[name] = start
            name = site.topics[name].shown.broader
        if walk_of.get(name) == start and (first := min(_circle(site, name))):
            yield from _wrong_broader(
                site, first, "circular-topics", "is part of itself", hint="take `broader` out of one of the topics"
            )


def _circle(site: Site, name: str) -> list[str]:
    """Return the topics of the circle that one of them is in."""
    names = [name]
    while (above := site.topics[names[-1]].shown.broader) != name:
        names.append(above)
    return names


def depths(site: Site, _names: Names) -> Iterator[Diagnostic]:
    """A topic lies more than `LEVELS` deep; said of the first of each branch."""
    for name in site.topics:
        above = [name]
        while (broader := site.topics[above[-1]].shown.broader) in site.topics and len(above) <= LEVELS + 1:
            above.append(broader)
        if len(above) == LEVELS + 1:
            message = f"is nested more than {LEVELS} levels deep"
            yield from _wrong_broader(site, name, "too-deep", message, hint="make it part of a topic further above")


def _wrong_broader(site: Site, name: str, code: str, message: str, *, hint: str) -> Iterator[Diagnostic]:
    topic = site.topics[name]
    if written := topic.matter.broader:
        path, start, end = topic.document.path, written.start, written.end
        yield Diagnostic(code=code, message=f"the topic `{name}` {message}", path=path, start=start, end=end, hint=hint)


def self_relations(site: Site, names: Names) -> Iterator[Diagnostic]:
    """An agreement is related to itself."""
    for name, agreement in site.agreements.items():
        for relation in agreement.matter.relations:
            if (Target(Kind.AGREEMENT, name),) == names.find(relation.agreement.text, (Kind.AGREEMENT,)):
                yield Diagnostic(
                    code="self-relation",
                    message=f"`{name}` is related to itself",
                    path=agreement.document.path,
                    start=relation.agreement.start,
                    end=relation.agreement.end,
                    hint="name the other agreement",
                )


CHECKS: tuple[Callable[[Site, Names], Iterator[Diagnostic]], ...] = (
    events,
    parties,
    circles,
    depths,
    self_relations,
)


def _shared_names(register: Register, documents: Iterable[Document]) -> Iterator[Diagnostic]:
    """Yield each alias that also means another record, once: an alias always means one."""
    reported: set[str] = set()
    for document in sorted(documents, key=lambda document: document.path):
        aliases = {alias.text: alias for alias in getattr(document.matter, "aliases", ())}
        for word in register.by_path[document.path].spellings if aliases else ():
            others = [
                target
                for target in register.names.find(word)
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


def _misplaced_quotes(documents: Iterable[Document]) -> Iterator[Diagnostic]:
    """Yield each attributed quotation outside entries: it is an entry's record, with its date and source."""
    for document in documents:
        for quote in document.quotes:
            if document.kind is not Kind.ARTICLE and not quote.wording.inline:
                yield Diagnostic(
                    code="misplaced-quote",
                    message="an attributed quotation belongs in an entry",
                    path=document.path,
                    start=quote.start,
                    end=quote.end,
                    hint="move it into an entry, or leave out the line that attributes it",
                )
