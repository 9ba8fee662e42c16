"""Actors: their offices, who holds offices of theirs, and their part in agreements."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from digest.content.kinds import actor as content
from digest.content.matter import ActorMatter
from digest.linking.kind import Record, RecordKind
from digest.linking.kinds.agreement import AGREEMENT
from digest.linking.tally import Counts, Tally, counts_of, keys_of
from digest.linking.targets import Target
from digest.model import Kind
from digest.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from digest.linking.binding import Binding
    from digest.linking.kind import Linking
    from digest.linking.kinds.agreement import Agreement
    from digest.linking.records import Concerns, QuoteFacts
    from digest.linking.tally import Member

_OWN_WORDS = ("direct", "partial")
"""Kinds of quotations that are somebody's own words, the better first."""


class LastWords(NamedTuple):
    """Where somebody's last words stand: an entry's key, and the number of the quotation in it."""

    entry: str
    number: int


class ActorTally(Tally, kw_only=True):
    """The `entries` are those where an actor speaks or is mentioned."""

    speaking_count: int = 0
    quote_count: int = 0
    last_words: LastWords | None = None
    co_speakers: Counts = ()
    topics: Counts = ()


class ActorShown(Value, kw_only=True):
    """What any page may show of an actor: all of it that does not grow with the digest.

    `offices` are whom each of its roles belongs to, "" where nobody is named.
    """

    matter: ActorMatter
    offices: tuple[str, ...]


class Actor(Record[ActorMatter, ActorShown, ActorTally], kw_only=True):
    """An actor.

    `agreements` are those it has a part in, with the part; `office_holders` say whose role (its number) belongs to it.
    """

    agreements: tuple[tuple[str, str], ...]
    office_holders: Counts


def _link(linking: Linking) -> dict[str, Actor]:
    binding, tallies = linking.binding, linking.tallies[Kind.ACTOR]
    parts = _parts(binding, linking.of(AGREEMENT))
    offices = _offices(binding)
    holders = _office_holders(binding, offices)
    actors = {}
    for document, bound in binding.of(content.ACTOR):
        actors[document.id] = Actor(
            shown=ActorShown(matter=document.matter, offices=offices[document.id]),
            counts=tallies.get(document.id, _UNCOUNTED),
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
            whom = binding.name_index.label(Target(Kind.ACTOR, party), None) if party else ""
            parts[actor].append((name, f"signatory for {whom}" if whom else "signatory"))
    return parts


def _offices(binding: Binding) -> dict[str, tuple[str, ...]]:
    """Return whom each role of each actor belongs to, "" where nobody is named."""
    return {
        document.id: tuple(
            binding.resolve(role.of, document.path, Kind.ACTOR) if role.of else "" for role in document.matter.roles
        )
        for document, _ in binding.of(content.ACTOR)
    }


def _office_holders(binding: Binding, offices: Mapping[str, tuple[str, ...]]) -> dict[str, list[tuple[str, int]]]:
    """Return who held an office of each actor: (person, number of the role), latest first."""
    holders: dict[str, list[tuple[str, int]]] = defaultdict(list)
    starts: dict[tuple[str, int], str] = {}
    for document, _ in binding.of(content.ACTOR):
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


def _concerned(concerns: Concerns) -> Iterable[str]:
    actor = Kind.ACTOR
    mentioned = [target.id for target in concerns.mentions if target.kind == actor]
    return dict.fromkeys([*concerns.speakers, *mentioned])


def _count(name: str, members: list[Member]) -> ActorTally:
    speaking = [(key, concerns) for key, concerns in members if name in concerns.speakers]
    said = [*_said(name, speaking)]
    return ActorTally(
        entries=keys_of(members),
        speaking_count=len(speaking),
        quote_count=len(said),
        last_words=_last_words(said),
        co_speakers=counts_of([concerns.speakers for _, concerns in speaking], besides=name),
        topics=counts_of([concerns.topics for _, concerns in speaking]),
    )


def _said(name: str, speaking: list[Member]) -> Iterator[tuple[QuoteFacts, str, int]]:
    """Yield what somebody said, and where it stands: the entry, and the number of the quotation in it."""
    for key, concerns in speaking:
        for number, quote in enumerate(concerns.quotes):
            if quote.speaker == name:
                yield quote, key, number


def _last_words(said: list[tuple[QuoteFacts, str, int]]) -> LastWords | None:
    """Return where the last words stand: a whole quotation before a fragment, of these the newest, the first of equals.

    A paraphrase is not somebody's own; and a new entry may quote old words.
    """
    for kind in _OWN_WORDS:
        own = [item for item in said if item[0].kind == kind]
        if own:
            _, key, number = max(own, key=lambda item: item[0].date.first)
            return LastWords(key, number)
    return None


def _belonging(shown: ActorShown) -> Iterable[Target]:
    return (Target(Kind.ACTOR, owner) for owner in shown.offices if owner)


def _columns(actor: Actor, _day: date) -> dict[str, object]:
    return {"kind": actor.matter.kind}


_UNCOUNTED = ActorTally()

ACTOR = RecordKind(
    content=content.ACTOR,
    record=Actor,
    shown=ActorShown,
    link=_link,
    concerned=_concerned,
    count=_count,
    uncounted=_UNCOUNTED,
    belonging=_belonging,
    columns=_columns,
    prolific=True,
)
