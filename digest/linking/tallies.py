"""What entries add up to for each actor, topic and agreement they concern: where it appears, how often, beside whom.

A tally depends on the entries that concern its record and on nothing else, so when entries change, few are made again.
Of an entry it depends on what it `Concerns` and on its place among the others; no function here can read more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from digest.model import Kind
from digest.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from digest.linking.records import Concerns, QuoteFacts, Where

    Hierarchy = Mapping[str, Collection[str]]
    """Topics, each with itself and all that it is part of."""

    Member = tuple[str, Concerns]
    """An entry that concerns a record: its key, and what it concerns."""

    Names = Callable[[Concerns], Iterable[str]]

T = TypeVar("T")


class Countable(Protocol):
    """What may be seen of an entry here."""

    @property
    def where(self) -> Where: ...

    @property
    def concerns(self) -> Concerns: ...


class Published(Countable, Protocol):
    """The same, and the digest that tells whether it is as it was another time."""

    @property
    def public_digest(self) -> str: ...


if TYPE_CHECKING:
    Change = tuple[Countable | None, Countable | None]
    """An entry before and after; None where it was not, or is no longer, published."""

_OWN_WORDS = ("direct", "partial")
"""Kinds of quotations that are somebody's own words, the better first."""


Counts = tuple[tuple[str, int], ...]
"""Ids with how often, the most frequent first."""


class LastWords(NamedTuple):
    """Where somebody's last words stand: an entry's key, and the number of the quotation in it."""

    entry: str
    number: int


class ActorTally(Value, kw_only=True):
    """`entries` are keys, newest first, of where an actor speaks or is mentioned."""

    entries: tuple[str, ...] = ()
    speaking_count: int = 0
    quote_count: int = 0
    last_words: LastWords | None = None
    co_speakers: Counts = ()
    topics: Counts = ()


class TopicTally(Value, kw_only=True):
    """`entries` are those of a topic and of all below it."""

    entries: tuple[str, ...] = ()
    speakers: Counts = ()
    agreements: tuple[str, ...] = ()


class AgreementTally(Value, kw_only=True):
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
    """What was counted another time: tallies of entries with these digests, in a hierarchy of these topics."""

    public_digests: Mapping[str, str]
    broader: Mapping[str, str]
    tallies: Tallies


class _Moved(NamedTuple):
    """Entries that count for something else than before, by their keys, and all entries with their positions.

    `old` are such entries as they were; None where nobody knows.
    """

    keys: frozenset[str]
    old: list[Concerns] | None
    entries: Mapping[str, Countable]
    places: Mapping[str, int]

    def names(self, before: Mapping[str, Any], names: Names) -> set[str]:
        """Return the names that the entries concerned before."""
        if self.old is None:
            return {name for name, tally in before.items() if not self.keys.isdisjoint(tally.entries)}
        return {name for concerns in self.old for name in names(concerns)}


def tally(entries: Mapping[str, Countable], above: Hierarchy) -> Tallies:
    """Count everything; `entries` are by key, newest first."""
    return Tallies(
        actors=_all(entries, _actors, _actor),
        topics=_all(entries, lambda concerns: _topics(concerns, above), _topic),
        agreements=_all(entries, _agreements, _agreement),
    )


def tally_again(
    before: Tallies,
    entries: Mapping[str, Countable],
    above: Hierarchy,
    *,
    places: Mapping[str, int],
    changed: Iterable[Change],
) -> Tallies:
    """Return what `tally` would, when only some entries have changed; `places` are positions in `entries`."""
    pairs = [(old, new) for old, new in changed if not _counts_alike(old, new)]
    if not pairs:
        return before
    keys = frozenset(entry.where.key for pair in pairs for entry in pair if entry)
    return _moved(before, _Moved(keys, [old.concerns for old, _ in pairs if old], entries, places), above)


def tally_since(
    before: Counted, entries: Mapping[str, Published], above: Hierarchy, *, places: Mapping[str, int]
) -> Tallies:
    """Return what `tally` would, from what was counted another time."""
    digests = before.public_digests
    changed = {key for key, entry in entries.items() if digests.get(key) != entry.public_digest}
    keys = frozenset(changed | (digests.keys() - entries.keys()))
    return _moved(before.tallies, _Moved(keys, None, entries, places), above) if keys else before.tallies


def _moved(before: Tallies, moved: _Moved, above: Hierarchy) -> Tallies:
    return Tallies(
        actors=_again(before.actors, moved, _actors, _actor),
        topics=_again(before.topics, moved, lambda concerns: _topics(concerns, above), _topic),
        agreements=_again(before.agreements, moved, _agreements, _agreement),
    )


def tally_topics(entries: Mapping[str, Countable], above: Hierarchy) -> Mapping[str, TopicTally]:
    """Count topics alone, as when the hierarchy is another."""
    return _all(entries, lambda concerns: _topics(concerns, above), _topic)


def most(counts: Counter[str]) -> Counts:
    """Return counts, the most frequent first, equal ones by id."""
    names = sorted(counts)
    names.sort(key=counts.__getitem__, reverse=True)
    return tuple((name, counts[name]) for name in names)


def _all(entries: Mapping[str, Countable], names: Names, count: Callable[[str, list[Member]], T]) -> dict[str, T]:
    """Count for each name the entries that concern it."""
    members: defaultdict[str, list[Member]] = defaultdict(list)
    for key, entry in entries.items():
        member = key, entry.concerns
        for name in names(entry.concerns):
            members[name].append(member)
    return {name: count(name, found) for name, found in members.items()}


def _again(
    before: Mapping[str, Any], moved: _Moved, names: Names, count: Callable[[str, list[Member]], Any]
) -> dict[str, Any]:
    """Count again for the names that changed entries concern, or did."""
    concerning = {key: {*names(moved.entries[key].concerns)} for key in moved.keys if key in moved.entries}
    after = dict(before)
    for name in moved.names(before, names).union(*concerning.values()):
        kept = (key for key in (before[name].entries if name in before else ()) if key not in moved.keys)
        keys = [*kept, *(key for key, found in concerning.items() if name in found)]
        keys.sort(key=moved.places.__getitem__)
        after.pop(name, None)
        if keys:
            after[name] = count(name, [(key, moved.entries[key].concerns) for key in keys])
    return after


def _counts_alike(old: Countable | None, new: Countable | None) -> bool:
    """Tell whether an entry counts for what it did, at the place where it was."""
    if old is None or new is None:
        return old is new
    return old.where == new.where and old.concerns == new.concerns


def _actors(concerns: Concerns) -> Iterable[str]:
    actor = Kind.ACTOR
    return dict.fromkeys([*concerns.speakers, *[target.id for target in concerns.mentions if target.kind == actor]])


def _topics(concerns: Concerns, above: Hierarchy) -> Iterable[str]:
    return {name for topic in concerns.topics for name in above.get(topic, ())}


def _agreements(concerns: Concerns) -> Iterable[str]:
    agreement = Kind.AGREEMENT
    targets = [*concerns.mentions, *[target for quote in concerns.quotes for target in quote.about]]
    return dict.fromkeys([*concerns.agreements, *[target.id for target in targets if target.kind == agreement]])


def _actor(name: str, members: list[Member]) -> ActorTally:
    speaking = [(key, concerns) for key, concerns in members if name in concerns.speakers]
    said = [
        (quote, key, number)
        for key, concerns in speaking
        for number, quote in enumerate(concerns.quotes)
        if quote.speaker == name
    ]
    return ActorTally(
        entries=_keys(members),
        speaking_count=len(speaking),
        quote_count=len(said),
        last_words=_last_words(said),
        co_speakers=_counts([concerns.speakers for _, concerns in speaking], besides=name),
        topics=_counts([concerns.topics for _, concerns in speaking]),
    )


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


def _topic(_name: str, members: list[Member]) -> TopicTally:
    return TopicTally(
        entries=_keys(members),
        speakers=_counts([concerns.speakers for _, concerns in members]),
        agreements=tuple(name for name, _ in _counts([concerns.agreements for _, concerns in members])),
    )


def _agreement(name: str, members: list[Member]) -> AgreementTally:
    target = (Kind.AGREEMENT, name)
    return AgreementTally(
        entries=_keys(members),
        quote_count=sum(
            any(about[:2] == target for about in quote.about) for _, concerns in members for quote in concerns.quotes
        ),
        topics=_counts([concerns.topics for _, concerns in members if name in concerns.agreements]),
    )


def _keys(members: list[Member]) -> tuple[str, ...]:
    return tuple(key for key, _ in members)


def _counts(names: Iterable[Iterable[str]], *, besides: str = "") -> Counts:
    counts = Counter(chain.from_iterable(names))
    del counts[besides]
    return most(counts)
