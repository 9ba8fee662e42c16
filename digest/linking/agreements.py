"""Agreements: participants and relations."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from digest.content.matter import AgreementMatter
from digest.linking.site import Agreement, AgreementShown
from digest.linking.status import in_order
from digest.linking.tallies import AgreementTally
from digest.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.content.document import Document
    from digest.linking.binding import Binding


def link_agreements(binding: Binding, tallies: Mapping[str, AgreementTally]) -> dict[str, Agreement]:
    documents = binding.of(Kind.AGREEMENT)
    relations = {document.id: _relations(binding, document) for document, _ in documents}
    related_from = defaultdict(list)
    for name, related in relations.items():
        for kind, other in related:
            related_from[other].append((kind, name))
    agreements = {}
    for document, bound in documents:
        matter, path, name = document.matter, document.path, document.id
        assert isinstance(matter, AgreementMatter)  # noqa: S101 - by kind
        shown = AgreementShown(
            matter=matter,
            parties=binding.resolve_all(matter.parties, path, Kind.ACTOR),
            third_parties=binding.resolve_all(matter.third_parties, path, Kind.ACTOR),
            signatories=_signatories(binding, matter, path),
        )
        agreements[name] = Agreement(
            shown=shown,
            counts=tallies.get(name, AgreementTally()),
            document=document,
            bound=bound,
            event_parties=tuple(
                binding.resolve(event.party, path, Kind.ACTOR) if event.party else ""
                for event in in_order(matter.events)
            ),
            relations=relations[name],
            related_from=tuple(related_from[name]),
        )
    by_name = sorted(agreements.items())
    return dict(sorted(by_name, key=lambda item: _first_event(item[1]), reverse=True))


def _relations(binding: Binding, document: Document) -> tuple[tuple[str, str], ...]:
    matter = document.matter
    assert isinstance(matter, AgreementMatter)  # noqa: S101 - by kind
    bound = (
        (relation.type, binding.resolve(relation.agreement, document.path, Kind.AGREEMENT))
        for relation in matter.relations
    )
    return tuple((kind, other) for kind, other in bound if other)


def _signatories(binding: Binding, matter: AgreementMatter, path: str) -> tuple[tuple[str, str], ...]:
    bound = (
        (
            binding.resolve(signatory.actor, path, Kind.ACTOR),
            binding.resolve(signatory.party, path, Kind.ACTOR) if signatory.party else "",
        )
        for signatory in matter.signatories
    )
    return tuple((actor, party) for actor, party in bound if actor)


def _first_event(agreement: Agreement) -> str:
    events = in_order(agreement.matter.events)
    return events[0].date.first.isoformat() if events else ""
