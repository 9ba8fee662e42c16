"""The linked site: records whose references are bound, in the order readers see them.

Invariants: holds headers, facts and references, never a body; only what may be published is in it; every tuple is
in a stated order, so that equal content gives equal pages. What an entry says word for word, and what only its own
page shows, is behind the mappings `quotations` and `details`, which may read it when asked.

What other pages may show of a record is a value of its own, `shown`, and so is what entries add up to for it, `counts`
(`digest.linking.kind`).

Types that the state store reads back are spelled with names known at run time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from digest.content.document import AnyDocument
from digest.content.kinds import by_name
from digest.content.matter import PageMatter
from digest.linking.kinds.actor import ACTOR
from digest.linking.kinds.agreement import AGREEMENT
from digest.linking.kinds.topic import TOPIC
from digest.linking.records import Bound, Entry, EntryDetails, Quotations
from digest.linking.tally import Counts
from digest.linking.targets import Target
from digest.model import Context
from digest.values import Value

if TYPE_CHECKING:
    from digest.config import Config
    from digest.linking.kind import Record, RecordKind
    from digest.linking.kinds.actor import Actor, ActorShown
    from digest.linking.kinds.agreement import Agreement
    from digest.linking.kinds.topic import Topic

R = TypeVar("R", bound="Record[Any, Any, Any]")


class Redirect(NamedTuple):
    """An old address (`url`) of a page, with the place where it was written."""

    url: str
    target: Target
    path: str
    start: int
    end: int


class FreePage(Value, kw_only=True):
    """A free page."""

    document: AnyDocument
    matter: PageMatter
    bound: Bound
    badge: str


class Hidden(Value, kw_only=True):
    """Entries left out, by reason; paths, sorted."""

    drafts: tuple[str, ...] = ()
    future: tuple[str, ...] = ()
    embargoed: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()


class Totals(NamedTuple):
    """How much the digest holds; `records` says how many there are of each kind ("actor")."""

    entries: int
    quotes: int
    notes: int
    records: Mapping[str, int]

    @property
    def amounts(self) -> Mapping[str, int]:
        """The same by the words of a summary: "entries", "actors"."""
        kinds = by_name()
        records = {kinds[kind].folder: number for kind, number in self.records.items()}
        return {"entries": self.entries, "quotes": self.quotes, "notes": self.notes, **records}


Backlinks = tuple[tuple[Target, tuple[Context, ...]], ...]
"""The pages besides entries that mention a record, with their sentences."""


class Index(Value, kw_only=True):
    """What is known of the site as a whole.

    `months` are entries by "2024/01", newest first; `speakers` are all who speak, the most frequent first; `followed`
    are links between files, by the file they stand in; `entities` is the digest of everything that any page may show
    of a record besides where it appears; `due` is the next moment at which an entry appears or
    disappears by itself.
    """

    order: tuple[str, ...]
    months: Mapping[str, tuple[str, ...]]
    assets: tuple[str, ...]
    redirects: tuple[Redirect, ...]
    backlinks: tuple[tuple[Target, Backlinks], ...]
    followed: Mapping[str, tuple[tuple[int, Target], ...]]
    hidden: Hidden
    totals: Totals
    speakers: Counts
    entities: str
    due: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything pages are made from.

    `entries` are by key, newest first; `records` by kind ("actor") and by id, in the order their index shows.
    `quotations` and `details` are by the revision of an entry, `places` are positions in `index.order`. `shown` is what
    any page may show of each record, by kind and by id: nearly every page asks for it, and few for what else is known.
    """

    config: Config
    index: Index
    entries: Mapping[str, Entry]
    records: Mapping[str, Mapping[str, Record[Any, Any, Any]]]
    pages: Mapping[str, FreePage]
    quotations: Mapping[str, Quotations]
    details: Mapping[str, EntryDetails]
    places: Mapping[str, int]
    shown: Mapping[str, Mapping[str, Any]]

    def of(self, kind: RecordKind[Any, Any, R]) -> Mapping[str, R]:
        """Return the records of a kind by id."""
        records: Mapping[str, Any] = self.records[kind.name]
        return records

    @property
    def actors(self) -> Mapping[str, Actor]:
        return self.of(ACTOR)

    @property
    def topics(self) -> Mapping[str, Topic]:
        return self.of(TOPIC)

    @property
    def agreements(self) -> Mapping[str, Agreement]:
        return self.of(AGREEMENT)

    @property
    def called(self) -> Mapping[str, ActorShown]:
        """What pages show of actors, by id."""
        return self.shown[ACTOR.name]

    def neighbours(self, key: str) -> tuple[str, str]:
        """Return the keys of the entries before and after one, in time; "" at the ends."""
        at, order = self.places[key], self.index.order
        return order[at + 1] if at + 1 < len(order) else "", order[at - 1] if at else ""
