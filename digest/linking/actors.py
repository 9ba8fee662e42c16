"""Actors: where they speak and are mentioned, with whom, and their part in agreements."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from digest.content.matter import ActorMatter
from digest.linking.counting import mentions_by, most
from digest.linking.site import Actor, Agreement, Entry
from digest.linking.targets import Target
from digest.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.linking.binding import Binding


def link_actors(
    binding: Binding, entries: Mapping[str, Entry], agreements: Mapping[str, Agreement]
) -> dict[str, Actor]:
    speaks, appears = defaultdict(list), mentions_by(entries, Kind.ACTOR)
    co_speakers: defaultdict[str, Counter[str]] = defaultdict(Counter)
    topics: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for key, entry in entries.items():
        for speaker in entry.speakers:
            speaks[speaker].append(key)
            appears[speaker][key] = None
            co_speakers[speaker].update(other for other in entry.speakers if other != speaker)
            topics[speaker].update(entry.topics)
    parts = _parts(binding, agreements)
    holders = _office_holders(binding)
    actors = {}
    for document in binding.of(Kind.ACTOR):
        matter, name = document.matter, document.id
        assert isinstance(matter, ActorMatter)  # noqa: S101 - by kind
        actors[name] = Actor(
            document=document,
            matter=matter,
            bound=binding.bounds[document.path],
            entries=tuple(key for key in entries if key in appears[name]),
            speaks_in=frozenset(speaks[name]),
            agreements=tuple(parts[name]),
            co_speakers=most(co_speakers[name]),
            topics=most(topics[name]),
            office_holders=tuple(holders[name]),
        )
    return dict(sorted(actors.items(), key=lambda item: sort_key(item[1].matter)))


def _parts(binding: Binding, agreements: Mapping[str, Agreement]) -> dict[str, list[tuple[str, str]]]:
    """Return each actor's part in each agreement."""
    parts: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, agreement in agreements.items():
        for party in agreement.parties:
            parts[party].append((name, "party"))
        for party in agreement.third_parties:
            parts[party].append((name, "third party"))
        for actor, party in agreement.signatories:
            whom = binding.library.label(Target(Kind.ACTOR, party), None) if party else ""
            parts[actor].append((name, f"signatory for {whom}" if whom else "signatory"))
    return parts


def _office_holders(binding: Binding) -> dict[str, list[tuple[str, int]]]:
    """Return who held an office of each actor: (person, number of the role), latest first."""
    holders: dict[str, list[tuple[str, int]]] = defaultdict(list)
    starts: dict[tuple[str, int], str] = {}
    for document in binding.of(Kind.ACTOR):
        assert isinstance(document.matter, ActorMatter)  # noqa: S101 - by kind
        for number, role in enumerate(document.matter.roles):
            of = binding.resolve(role.of, document.path, Kind.ACTOR) if role.of else ""
            starts[document.id, number] = role.start.first.isoformat() if role.start else ""
            if of:
                holders[of].append((document.id, number))
    for held in holders.values():
        held.sort(key=lambda item: (starts[item], item), reverse=True)
    return holders


def sort_key(matter: ActorMatter) -> tuple[str, str]:
    """Return what actors are sorted by: the sort name, else the name, case folded (code points, no locale)."""
    return ((matter.sort_name or matter.name).casefold(), matter.name)
