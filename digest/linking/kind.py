"""A kind of record: everything that linking makes of actors, topics, agreements, as one value.

A record has four parts: what any page may `shown` of it, what entries add up to (`counts`), and its document with the
references of its body, which its own page shows. A kind adds what else its own page shows.

Types that the state store reads back are spelled with names known at run time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from digest.content.document import AnyDocument
from digest.content.kind import Matter
from digest.linking.records import Bound
from digest.linking.tally import Tally
from digest.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    from digest.content.kind import ContentKind
    from digest.decode.written import Written
    from digest.diagnostics import Diagnostic
    from digest.linking.binding import Binding
    from digest.linking.hierarchy import Broader
    from digest.linking.names import Names
    from digest.linking.records import Concerns
    from digest.linking.tally import Member
    from digest.linking.targets import Target

    Tallies = Mapping[str, Mapping[str, Any]]
    """What entries add up to: by kind of record, by id, for those that some entry concerns."""


class RecordShown(Protocol):
    """What any page may show of a record: all of it that does not grow with the digest."""

    @property
    def matter(self) -> Any: ...


M = TypeVar("M", bound=Matter)
S = TypeVar("S", bound=RecordShown)
C = TypeVar("C", bound=Tally)


class Record(Value, Generic[M, S, C], kw_only=True):
    """A record of any kind: `Record[ActorMatter, ActorShown, ActorTally]`."""

    shown: S
    counts: C
    document: AnyDocument
    bound: Bound

    @property
    def matter(self) -> M:
        """Its front matter."""
        matter: M = self.shown.matter
        return matter

    @property
    def entries(self) -> tuple[str, ...]:
        """The keys of the entries that concern it, newest first."""
        return self.counts.entries


R = TypeVar("R", bound=Record[Any, Any, Any])


@dataclass(slots=True)
class Linking:
    """The records of a site while they are made: each kind is linked when it, or another kind, asks for it."""

    binding: Binding
    tallies: Tallies
    broader: Mapping[str, Broader]
    _linked: dict[str, dict[str, Any]] = field(default_factory=dict)

    def of(self, kind: RecordKind[M, S, R]) -> dict[str, R]:
        """Return the records of a kind by id, in the order of its index."""
        if kind.name not in self._linked:
            self._linked[kind.name] = kind.link(self)
        return self._linked[kind.name]


def _unchanged(records: dict[str, Any], _tallies: Mapping[str, Any], _broader: Broader) -> dict[str, Any]:
    return records


def _nothing(_shown: Any) -> Iterable[Target]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKind(Generic[M, S, R]):
    """One kind of record.

    `content` says where its files lie and how they are read. `record` and `shown` are the types that hold a record, and
    what any page may show of it. `link` makes the records of a site, in the order of their index.

    `concerned` names the records that an entry concerns, and `count` says what the entries add up to that concern one;
    for a record that none concerns it is `uncounted`. Where a record's other parts depend on the counts of others of
    its kind, `recount` corrects them after a few counts have changed. Where records are part of others, `broader` is
    the reference that says so: an entry then concerns all that lie above, too.

    `belonging` are the records whose names are shown with one: of a foreign minister the state. `columns` are what
    `digest list` says besides name and place, `checks` the rules that the records of a site must satisfy.

    A record of a kind that is `prolific` grows so much with the digest that few are kept in memory, and what any page
    may show is remembered apart from it: 8 MB less in each worker, for actors of 10,000 entries.
    """

    content: ContentKind[M]
    record: type[R]
    shown: type[S]
    link: Callable[[Linking], dict[str, R]]
    concerned: Callable[[Concerns], Iterable[str]]
    count: Callable[[str, list[Member]], Tally]
    uncounted: Tally
    recount: Callable[[dict[str, R], Mapping[str, Any], Broader], dict[str, R]] = _unchanged
    broader: Callable[[M], Written | None] | None = None
    belonging: Callable[[S], Iterable[Target]] = _nothing
    columns: Callable[[R, date], Mapping[str, object]]
    checks: tuple[Callable[[Mapping[str, R], Names], Iterator[Diagnostic]], ...] = ()
    prolific: bool = False

    @property
    def name(self) -> str:
        return self.content.name
