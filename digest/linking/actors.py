"""Actors: where they speak and are mentioned, with whom, and their part in agreements."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from digest.content.matter import ActorMatter
from digest.linking.counting import most
from digest.linking.site import Actor, Agreement, LastWords
from digest.linking.targets import Target
from digest.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.linking.binding import Binding
    from digest.linking.records import Entry, Spoken

_OWN_WORDS = ("direct", "partial")
"""Kinds of quotations that are somebody's own words, the better first."""


def link_actors(
    binding: Binding, entries: Mapping[str, Entry], agreements: Mapping[str, Agreement]
) -> dict[str, Actor]:
    records: defaultdict[str, _Record] = defaultdict(_Record)
    for key, entry in entries.items():
        _count(records, key, entry)
    parts = _parts(binding, agreements)
    offices = _offices(binding)
    holders = _office_holders(binding, offices)
    actors = {}
    for document, bound in binding.of(Kind.ACTOR):
        matter, record = document.matter, records[document.id]
        assert isinstance(matter, ActorMatter)  # noqa: S101 - by kind
        actors[document.id] = Actor(
            document=document,
            matter=matter,
            bound=bound,
            offices=offices[document.id],
            entries=tuple(record.entries),
            speaking_count=record.speaking,
            quote_count=record.quotes,
            last_words=record.last_words,
            agreements=tuple(parts[document.id]),
            co_speakers=most(record.beside),
            topics=most(record.topics),
            office_holders=tuple(holders[document.id]),
        )
    return dict(sorted(actors.items(), key=lambda item: sort_key(item[1].matter)))


@dataclass(slots=True)
class _Record:
    """What entries, newest first, add up to for one actor."""

    entries: dict[str, None] = field(default_factory=dict)
    speaking: int = 0
    quotes: int = 0
    beside: Counter[str] = field(default_factory=Counter)
    topics: Counter[str] = field(default_factory=Counter)
    last: tuple[int, date] = (len(_OWN_WORDS), date.min)
    last_words: LastWords | None = None

    def quoted(self, key: str, number: int, spoken: Spoken) -> None:
        """Count a quotation; last words are somebody's own, a whole quotation before a fragment, the newest first."""
        self.quotes += 1
        if spoken.kind not in _OWN_WORDS:
            return  # a paraphrase is not theirs
        rank, day = _OWN_WORDS.index(spoken.kind), spoken.date.first  # a new entry may quote old words
        if rank < self.last[0] or (rank == self.last[0] and day > self.last[1]):
            self.last, self.last_words = (rank, day), LastWords(key, number)


def _count(records: defaultdict[str, _Record], key: str, entry: Entry) -> None:
    for target in entry.mentions:
        if target.kind == Kind.ACTOR:
            records[target.id].entries[key] = None
    for speaker in entry.speakers:
        record = records[speaker]
        record.entries[key] = None
        record.speaking += 1
        record.beside.update(other for other in entry.speakers if other != speaker)
        record.topics.update(entry.topics)
    for number, spoken in enumerate(entry.quotes):
        if spoken.speaker:
            records[spoken.speaker].quoted(key, number, spoken)


def _parts(binding: Binding, agreements: Mapping[str, Agreement]) -> dict[str, list[tuple[str, str]]]:
    """Return each actor's part in each agreement."""
    parts: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, agreement in agreements.items():
        for party in agreement.parties:
            parts[party].append((name, "party"))
        for party in agreement.third_parties:
            parts[party].append((name, "third party"))
        for actor, party in agreement.signatories:
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
