"""What entries add up to for each actor, topic and agreement they concern: where it appears, how often, beside whom.

A tally depends on the entries that concern its record and on nothing else, so when entries change, few are made again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from digest.linking.site import Counts, LastWords
from digest.model import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from digest.linking.records import Entry, Spoken

    Hierarchy = Mapping[str, Collection[str]]
    """Topics, each with itself and all that it is part of."""

    Change = tuple[Entry | None, Entry | None]
    """An entry before and after; None where it was not, or is no longer, published."""

    Names = Callable[[Entry], Iterable[str]]

T = TypeVar("T")

_OWN_WORDS = ("direct", "partial")
"""Kinds of quotations that are somebody's own words, the better first."""


class ActorTally(NamedTuple):
    """`entries` are keys, newest first, of where an actor speaks or is mentioned."""

    entries: tuple[str, ...] = ()
    speaking_count: int = 0
    quote_count: int = 0
    last_words: LastWords | None = None
    co_speakers: Counts = ()
    topics: Counts = ()


class TopicTally(NamedTuple):
    """`entries` are those of a topic and of all below it."""

    entries: tuple[str, ...] = ()
    speakers: Counts = ()
    agreements: tuple[str, ...] = ()


class AgreementTally(NamedTuple):
    """`entries` are where an agreement is named in front matter, quoted about, or mentioned."""

    entries: tuple[str, ...] = ()
    quote_count: int = 0
    topics: Counts = ()


@dataclass(frozen=True, slots=True)
class Tallies:
    """The tallies of all that entries concern, by id."""

    actors: Mapping[str, ActorTally]
    topics: Mapping[str, TopicTally]
    agreements: Mapping[str, AgreementTally]


class Counted(NamedTuple):
    """What was counted another time: tallies of entries with these faces, in a hierarchy of these topics."""

    faces: Mapping[str, str]
    broader: Mapping[str, str]
    tallies: Tallies


class _Moved(NamedTuple):
    """Entries that count for something else than before, by their keys, and all entries with their positions.

    `old` are such entries as they were; None where nobody knows.
    """

    keys: frozenset[str]
    old: list[Entry] | None
    entries: Mapping[str, Entry]
    places: Mapping[str, int]

    def names(self, before: Mapping[str, Any], names: Names) -> set[str]:
        """Return the names that the entries concerned before."""
        if self.old is None:
            return {name for name, tally in before.items() if not self.keys.isdisjoint(tally.entries)}
        return {name for entry in self.old for name in names(entry)}


def tally(entries: Mapping[str, Entry], above: Hierarchy) -> Tallies:
    """Count everything; `entries` are by key, newest first."""
    return Tallies(
        actors=_all(entries, _actors, _actor),
        topics=_all(entries, lambda entry: _topics(entry, above), _topic),
        agreements=_all(entries, _agreements, _agreement),
    )


def tally_again(
    before: Tallies, entries: Mapping[str, Entry], above: Hierarchy, *, places: Mapping[str, int], changed: list[Change]
) -> Tallies:
    """Return what `tally` would, when only some entries have changed; `places` are positions in `entries`."""
    pairs = [(old, new) for old, new in changed if _counted(old) != _counted(new)]
    if not pairs:
        return before
    keys = frozenset(entry.key for pair in pairs for entry in pair if entry)
    return _moved(before, _Moved(keys, [old for old, _ in pairs if old], entries, places), above)


def tally_since(
    before: Counted, entries: Mapping[str, Entry], above: Hierarchy, *, places: Mapping[str, int]
) -> Tallies:
    """Return what `tally` would, from what was counted another time."""
    faces = before.faces
    changed = {key for key, entry in entries.items() if faces.get(key) != entry.face}
    keys = frozenset(changed | (faces.keys() - entries.keys()))
    return _moved(before.tallies, _Moved(keys, None, entries, places), above) if keys else before.tallies


def _moved(before: Tallies, moved: _Moved, above: Hierarchy) -> Tallies:
    return Tallies(
        actors=_again(before.actors, moved, _actors, _actor),
        topics=_again(before.topics, moved, lambda entry: _topics(entry, above), _topic),
        agreements=_again(before.agreements, moved, _agreements, _agreement),
    )


def tally_topics(entries: Mapping[str, Entry], above: Hierarchy) -> Mapping[str, TopicTally]:
    """Count topics alone, as when the hierarchy is another."""
    return _all(entries, lambda entry: _topics(entry, above), _topic)


def most(counts: Counter[str]) -> Counts:
    """Return counts, the most frequent first, equal ones by id."""
    names = sorted(counts)
    names.sort(key=counts.__getitem__, reverse=True)
    return tuple((name, counts[name]) for name in names)


def _all(entries: Mapping[str, Entry], names: Names, count: Callable[[str, list[Entry]], T]) -> dict[str, T]:
    """Count for each name the entries that concern it."""
    members: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries.values():
        for name in names(entry):
            members[name].append(entry)
    return {name: count(name, found) for name, found in members.items()}


def _again(
    before: Mapping[str, Any], moved: _Moved, names: Names, count: Callable[[str, list[Entry]], Any]
) -> dict[str, Any]:
    """Count again for the names that changed entries concern, or did."""
    concerning = {key: {*names(moved.entries[key])} for key in moved.keys if key in moved.entries}
    after = dict(before)
    for name in moved.names(before, names).union(*concerning.values()):
        kept = (key for key in (before[name].entries if name in before else ()) if key not in moved.keys)
        keys = [*kept, *(key for key, found in concerning.items() if name in found)]
        keys.sort(key=moved.places.__getitem__)
        after.pop(name, None)
        if keys:
            after[name] = count(name, [moved.entries[key] for key in keys])
    return after


def _counted(entry: Entry | None) -> tuple[object, ...]:
    """Return everything of an entry that a tally may depend on."""
    if entry is None:
        return ()
    spoken = tuple((quote.speaker, quote.about, quote.date, quote.kind) for quote in entry.quotes)
    return entry.key, entry.order, entry.speakers, entry.agreements, entry.topics, entry.mentions, spoken


def _actors(entry: Entry) -> Iterable[str]:
    actor = Kind.ACTOR
    return dict.fromkeys([*entry.speakers, *[target.id for target in entry.mentions if target.kind == actor]])


def _topics(entry: Entry, above: Hierarchy) -> Iterable[str]:
    return {name for topic in entry.topics for name in above.get(topic, ())}


def _agreements(entry: Entry) -> Iterable[str]:
    agreement = Kind.AGREEMENT
    targets = [*entry.mentions, *[target for quote in entry.quotes for target in quote.about]]
    return dict.fromkeys([*entry.agreements, *[target.id for target in targets if target.kind == agreement]])


def _actor(name: str, entries: list[Entry]) -> ActorTally:
    speaking = [entry for entry in entries if name in entry.speakers]
    said = [
        (quote, entry.key, number)
        for entry in speaking
        for number, quote in enumerate(entry.quotes)
        if quote.speaker == name
    ]
    return ActorTally(
        entries=tuple(entry.key for entry in entries),
        speaking_count=len(speaking),
        quote_count=len(said),
        last_words=_last_words(said),
        co_speakers=_counts([entry.speakers for entry in speaking], besides=name),
        topics=_counts([entry.topics for entry in speaking]),
    )


def _last_words(said: list[tuple[Spoken, str, int]]) -> LastWords | None:
    """Return where the last words stand: a whole quotation before a fragment, of these the newest, the first of equals.

    A paraphrase is not somebody's own; and a new entry may quote old words.
    """
    for kind in _OWN_WORDS:
        own = [item for item in said if item[0].kind == kind]
        if own:
            _, key, number = max(own, key=lambda item: item[0].date.first)
            return LastWords(key, number)
    return None


def _topic(_name: str, entries: list[Entry]) -> TopicTally:
    return TopicTally(
        entries=tuple(entry.key for entry in entries),
        speakers=_counts([entry.speakers for entry in entries]),
        agreements=tuple(name for name, _ in _counts([entry.agreements for entry in entries])),
    )


def _agreement(name: str, entries: list[Entry]) -> AgreementTally:
    target = (Kind.AGREEMENT, name)
    return AgreementTally(
        entries=tuple(entry.key for entry in entries),
        quote_count=sum(
            any(about[:2] == target for about in quote.about) for entry in entries for quote in entry.quotes
        ),
        topics=_counts([entry.topics for entry in entries if name in entry.agreements]),
    )


def _counts(names: Iterable[Iterable[str]], *, besides: str = "") -> Counts:
    counts = Counter(chain.from_iterable(names))
    del counts[besides]
    return most(counts)
