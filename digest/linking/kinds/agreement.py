"""Agreements: participants, relations, and what contradicts itself in their life."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from digest.content.kinds import agreement as content
from digest.content.matter import AgreementMatter
from digest.diagnostics import Diagnostic
from digest.linking.kind import Record, RecordKind
from digest.linking.status import contradictions, in_order, status_on
from digest.linking.tally import Counts, Tally, counts_of, keys_of
from digest.linking.targets import Target
from digest.model import Kind
from digest.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from digest.content.document import Document
    from digest.linking.binding import Binding
    from digest.linking.kind import Linking
    from digest.linking.names import Names
    from digest.linking.records import Concerns
    from digest.linking.tally import Member


class AgreementTally(Tally, kw_only=True):
    """The `entries` are those where an agreement is named in front matter, quoted about, or mentioned."""

    quote_count: int = 0
    topics: Counts = ()


class AgreementShown(Value, kw_only=True):
    """What any page may show of an agreement; `signatories` are who signed, with the party, "" where none is named."""

    matter: AgreementMatter
    parties: tuple[str, ...]
    third_parties: tuple[str, ...]
    signatories: tuple[tuple[str, str], ...]


class Agreement(Record[AgreementMatter, AgreementShown, AgreementTally], kw_only=True):
    """An agreement; `event_parties` are whose act each event was, "" where it was all's."""

    event_parties: tuple[str, ...]
    relations: tuple[tuple[str, str], ...]
    related_from: tuple[tuple[str, str], ...]


def _link(linking: Linking) -> dict[str, Agreement]:
    binding, tallies = linking.binding, linking.tallies[Kind.AGREEMENT]
    documents = binding.of(content.AGREEMENT)
    relations = {document.id: _relations(binding, document) for document, _ in documents}
    related_from = defaultdict(list)
    for name, related in relations.items():
        for kind, other in related:
            related_from[other].append((kind, name))
    agreements = {}
    for document, bound in documents:
        agreements[document.id] = Agreement(
            shown=_shown(binding, document),
            counts=tallies.get(document.id, _UNCOUNTED),
            document=document,
            bound=bound,
            event_parties=_event_parties(binding, document),
            relations=relations[document.id],
            related_from=tuple(related_from[document.id]),
        )
    by_name = sorted(agreements.items())
    return dict(sorted(by_name, key=lambda item: _first_event(item[1]), reverse=True))


def _shown(binding: Binding, document: Document[AgreementMatter]) -> AgreementShown:
    matter, path = document.matter, document.path
    return AgreementShown(
        matter=matter,
        parties=binding.resolve_all(matter.parties, path, Kind.ACTOR),
        third_parties=binding.resolve_all(matter.third_parties, path, Kind.ACTOR),
        signatories=_signatories(binding, document),
    )


def _event_parties(binding: Binding, document: Document[AgreementMatter]) -> tuple[str, ...]:
    """Return whose act each event was, in the order of time."""
    return tuple(
        binding.resolve(event.party, document.path, Kind.ACTOR) if event.party else ""
        for event in in_order(document.matter.events)
    )


def _relations(binding: Binding, document: Document[AgreementMatter]) -> tuple[tuple[str, str], ...]:
    bound = (
        (relation.type, binding.resolve(relation.agreement, document.path, Kind.AGREEMENT))
        for relation in document.matter.relations
    )
    return tuple((kind, other) for kind, other in bound if other)


def _signatories(binding: Binding, document: Document[AgreementMatter]) -> tuple[tuple[str, str], ...]:
    bound = (
        (
            binding.resolve(signatory.actor, document.path, Kind.ACTOR),
            binding.resolve(signatory.party, document.path, Kind.ACTOR) if signatory.party else "",
        )
        for signatory in document.matter.signatories
    )
    return tuple((actor, party) for actor, party in bound if actor)


def _first_event(agreement: Agreement) -> str:
    events = in_order(agreement.matter.events)
    return events[0].date.first.isoformat() if events else ""


def _concerned(concerns: Concerns) -> Iterable[str]:
    agreement = Kind.AGREEMENT
    quoted = [target for quote in concerns.quotes for target in quote.about]
    named = [target.id for target in (*concerns.mentions, *quoted) if target.kind == agreement]
    return dict.fromkeys([*concerns.agreements, *named])


def _count(name: str, members: list[Member]) -> AgreementTally:
    return AgreementTally(
        entries=keys_of(members),
        quote_count=sum(_quotes_about(name, concerns) for _, concerns in members),
        topics=counts_of([concerns.topics for _, concerns in members if name in concerns.agreements]),
    )


def _quotes_about(name: str, concerns: Concerns) -> int:
    target = (Kind.AGREEMENT, name)
    return sum(any(about[:2] == target for about in quote.about) for quote in concerns.quotes)


def _belonging(shown: AgreementShown) -> Iterable[Target]:
    return (Target(Kind.ACTOR, party) for party in shown.parties)


def _columns(agreement: Agreement, day: date) -> dict[str, object]:
    return {"status": status_on(agreement.matter, day).word, "parties": list(agreement.shown.parties)}


def events(agreements: Mapping[str, Agreement], _names: Names) -> Iterator[Diagnostic]:
    """Events of an agreement contradict each other."""
    for agreement in agreements.values():
        for event, why in contradictions(agreement.matter, agreement.event_parties):
            yield Diagnostic(
                code="contradictory-events",
                message=f"this cannot be: {why}",
                path=agreement.document.path,
                start=event.event.start,
                end=event.event.end,
                hint="check the dates",
            )


def parties(agreements: Mapping[str, Agreement], names: Names) -> Iterator[Diagnostic]:
    """An act of consent or a signature is given to somebody who is no party."""
    for agreement in agreements.values():
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


def self_relations(agreements: Mapping[str, Agreement], names: Names) -> Iterator[Diagnostic]:
    """An agreement is related to itself."""
    for name, agreement in agreements.items():
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


_UNCOUNTED = AgreementTally()

AGREEMENT = RecordKind(
    content=content.AGREEMENT,
    record=Agreement,
    shown=AgreementShown,
    link=_link,
    concerned=_concerned,
    count=_count,
    uncounted=_UNCOUNTED,
    belonging=_belonging,
    columns=_columns,
    checks=(events, parties, self_relations),
)
