"""Actors: their offices, who holds offices of theirs, and their part in agreements."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from digest.content.matter import ActorMatter
from digest.linking.site import Actor, ActorShown, Agreement
from digest.linking.tallies import ActorTally
from digest.linking.targets import Target
from digest.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.linking.binding import Binding


def link_actors(
    binding: Binding, tallies: Mapping[str, ActorTally], agreements: Mapping[str, Agreement]
) -> dict[str, Actor]:
    parts = _parts(binding, agreements)
    offices = _offices(binding)
    holders = _office_holders(binding, offices)
    actors = {}
    for document, bound in binding.of(Kind.ACTOR):
        matter = document.matter
        assert isinstance(matter, ActorMatter)  # noqa: S101 - by kind
        actors[document.id] = Actor(
            shown=ActorShown(matter=matter, offices=offices[document.id]),
            counts=tallies.get(document.id, ActorTally()),
            document=document,
            bound=bound,
            agreements=tuple(parts[document.id]),
            office_holders=tuple(holders[document.id]),
        )
    return dict(sorted(actors.items(), key=lambda item: sort_key(item[1].matter)))


def _parts(binding: Binding, agreements: Mapping[str, Agreement]) -> dict[str, list[tuple[str, str]]]:
    """Return each actor's part in each agreement."""
    parts: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, agreement in agreements.items():
        for party in agreement.shown.parties:
            parts[party].append((name, "party"))
        for party in agreement.shown.third_parties:
            parts[party].append((name, "third party"))
        for actor, party in agreement.shown.signatories:
            whom = binding.register.label(Target(Kind.ACTOR, party), None) if party else ""
            parts[actor].append((name, f"signatory for {whom}" if whom else "signatory"))
    return parts


def _offices(binding: Binding) -> dict[str, tuple[str, ...]]:
    """Return whom each role of each actor belongs to, "" where nobody is named."""
    offices = {}
    for document, _ in binding.of(Kind.ACTOR):
        assert isinstance(document.matter, ActorMatter)  # noqa: S101 - by kind
        offices[document.id] = tuple(
            binding.resolve(role.of, document.path, Kind.ACTOR) if role.of else "" for role in document.matter.roles
        )
    return offices


def _office_holders(binding: Binding, offices: Mapping[str, tuple[str, ...]]) -> dict[str, list[tuple[str, int]]]:
    """Return who held an office of each actor: (person, number of the role), latest first."""
    holders: dict[str, list[tuple[str, int]]] = defaultdict(list)
    starts: dict[tuple[str, int], str] = {}
    for document, _ in binding.of(Kind.ACTOR):
        assert isinstance(document.matter, ActorMatter)  # noqa: S101 - by kind
        for number, role in enumerate(document.matter.roles):
            starts[document.id, number] = role.start.first.isoformat() if role.start else ""
            if of := offices[document.id][number]:
                holders[of].append((document.id, number))
    for held in holders.values():
        held.sort(key=lambda item: (starts[item], item), reverse=True)
    return holders


def sort_key(matter: ActorMatter) -> tuple[str, str]:
    """Return what actors are sorted by: the sort name, else the name, case folded (code points, no locale)."""
    return ((matter.sort_name or matter.name).casefold(), matter.name)
