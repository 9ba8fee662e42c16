"""What entries add up to for each record they concern: where it appears, how often, beside whom.

A tally depends on the entries that concern its record and on nothing else, so when entries change, few are made again.
Of an entry it depends on what it `Concerns` and on its place among the others; no function here can read more.

Tallies are by kind of record, and by id: `tallies["actor"]["ann"]`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from digest.linking import kinds
from digest.linking.hierarchy import above

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from digest.linking.hierarchy import Broader
    from digest.linking.kind import RecordKind, Tallies
    from digest.linking.records import Concerns, Where
    from digest.linking.tally import Member, Tally

    Hierarchies = Mapping[str, Broader]
    """What each record is directly part of, by kind."""


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


class Counted(NamedTuple):
    """What was counted another time: tallies of entries with these digests, in these hierarchies."""

    public_digests: Mapping[str, str]
    broader: Hierarchies
    tallies: Tallies


@dataclass(frozen=True, slots=True)
class _Counter:
    """How the records of one kind are counted; `above` are those of a hierarchy, each with all that it is part of."""

    kind: RecordKind[Any, Any, Any]
    above: Mapping[str, Iterable[str]] | None

    def names(self, concerns: Concerns) -> Iterable[str]:
        """Return the records of the kind that an entry concerns, each once."""
        named: Iterable[str] = self.kind.concerned(concerns)
        if self.above is None:
            return named
        return {name for one in named for name in self.above.get(one, ())}

    def all(self, entries: Mapping[str, Countable]) -> dict[str, Tally]:
        """Count for each record the entries that concern it."""
        members: defaultdict[str, list[Member]] = defaultdict(list)
        for key, entry in entries.items():
            member = key, entry.concerns
            for name in self.names(entry.concerns):
                members[name].append(member)
        return {name: self.kind.count(name, found) for name, found in members.items()}

    def again(self, before: Mapping[str, Tally], moved: _Moved) -> dict[str, Tally]:
        """Count again for the records that changed entries concern, or did."""
        concerning = {key: {*self.names(moved.entries[key].concerns)} for key in moved.keys if key in moved.entries}
        after = dict(before)
        for name in moved.names(before, self.names).union(*concerning.values()):
            kept = (key for key in (before[name].entries if name in before else ()) if key not in moved.keys)
            keys = [*kept, *(key for key, found in concerning.items() if name in found)]
            keys.sort(key=moved.places.__getitem__)
            after.pop(name, None)
            if keys:
                after[name] = self.kind.count(name, [(key, moved.entries[key].concerns) for key in keys])
        return after


def _counters(broader: Hierarchies) -> list[_Counter]:
    return [_Counter(kind, above(broader[kind.name]) if kind.broader else None) for kind in kinds.RECORDS]


class _Moved(NamedTuple):
    """Entries that count for something else than before, by their keys, and all entries with their positions.

    `old` are such entries as they were; None where nobody knows.
    """

    keys: frozenset[str]
    old: list[Concerns] | None
    entries: Mapping[str, Countable]
    places: Mapping[str, int]

    def names(self, before: Mapping[str, Tally], names: Callable[[Concerns], Iterable[str]]) -> set[str]:
        """Return the names that the entries concerned before."""
        if self.old is None:
            return {name for name, tally in before.items() if not self.keys.isdisjoint(tally.entries)}
        return {name for concerns in self.old for name in names(concerns)}


def tally(entries: Mapping[str, Countable], broader: Hierarchies) -> Tallies:
    """Count everything; `entries` are by key, newest first."""
    return {counter.kind.name: counter.all(entries) for counter in _counters(broader)}


def tally_again(
    before: Tallies,
    entries: Mapping[str, Countable],
    broader: Hierarchies,
    *,
    places: Mapping[str, int],
    changed: Iterable[Change],
) -> Tallies:
    """Return what `tally` would, when only some entries have changed; `places` are positions in `entries`."""
    pairs = [(old, new) for old, new in changed if not _counts_alike(old, new)]
    if not pairs:
        return before
    keys = frozenset(entry.where.key for pair in pairs for entry in pair if entry)
    return _moved(before, _Moved(keys, [old.concerns for old, _ in pairs if old], entries, places), broader)


def tally_since(
    before: Counted, entries: Mapping[str, Published], broader: Hierarchies, *, places: Mapping[str, int]
) -> Tallies:
    """Return what `tally` would, from what was counted another time."""
    digests = before.public_digests
    changed = {key for key, entry in entries.items() if digests.get(key) != entry.public_digest}
    keys = frozenset(changed | (digests.keys() - entries.keys()))
    moved = _Moved(keys, None, entries, places)
    tallies = _moved(before.tallies, moved, broader) if keys else before.tallies
    return in_hierarchies(tallies, entries, broader, before=before.broader)


def in_hierarchies(
    tallies: Tallies, entries: Mapping[str, Countable], broader: Hierarchies, *, before: Hierarchies
) -> Tallies:
    """Count the records of a kind anew where what they are part of is not what it was before."""
    other = [counter for counter in _counters(broader) if broader[counter.kind.name] != before[counter.kind.name]]
    return {**tallies, **{counter.kind.name: counter.all(entries) for counter in other}} if other else tallies


def _moved(before: Tallies, moved: _Moved, broader: Hierarchies) -> Tallies:
    return {counter.kind.name: counter.again(before[counter.kind.name], moved) for counter in _counters(broader)}


def _counts_alike(old: Countable | None, new: Countable | None) -> bool:
    """Tell whether an entry counts for what it did, at the place where it was."""
    if old is None or new is None:
        return old is new
    return old.where == new.where and old.concerns == new.concerns
