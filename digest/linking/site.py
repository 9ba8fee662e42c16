"""The linked site: records whose references are bound, in the order readers see them.

Invariants: holds headers, facts and references, never a body; only what may be published is in it; every tuple is
in a stated order, so that equal content gives equal pages. What an entry says word for word, and what only its own
page shows, is behind the mappings `quotations` and `details`, which may read it when asked.

What other pages may show of an actor, a topic or an agreement is a value of its own, `shown`, and so is what entries
add up to for it, `counts`.

Types that the state store reads back are spelled with names known at run time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from digest.content.document import Document
from digest.content.matter import ActorMatter, AgreementMatter, PageMatter, TopicMatter
from digest.linking.records import Bound, Entry, EntryDetails, Quotations
from digest.linking.tallies import ActorTally, AgreementTally, Counts, TopicTally
from digest.linking.targets import Target
from digest.model import Context
from digest.values import Value

if TYPE_CHECKING:
    from digest.config import Config


class Redirect(NamedTuple):
    """An old address (`url`) of a page, with the place where it was written."""

    url: str
    target: Target
    path: str
    start: int
    end: int


class ActorShown(Value, kw_only=True):
    """What any page may show of an actor: all of it that does not grow with the digest.

    `offices` are whom each of its roles belongs to, "" where nobody is named.
    """

    matter: ActorMatter
    offices: tuple[str, ...]


class Actor(Value, kw_only=True):
    """An actor: what any page may show of it, what entries add up to, and the rest, which only its own page shows.

    `agreements` are those it has a part in, with the part; `office_holders` say whose role (its number) belongs to it.
    """

    shown: ActorShown
    counts: ActorTally
    document: Document
    bound: Bound
    agreements: tuple[tuple[str, str], ...]
    office_holders: Counts

    @property
    def matter(self) -> ActorMatter:
        return self.shown.matter

    @property
    def entries(self) -> tuple[str, ...]:
        return self.counts.entries


class TopicShown(Value, kw_only=True):
    """What any page may show of a topic; `broader` is "" where it is part of nothing."""

    matter: TopicMatter
    broader: str


class Topic(Value, kw_only=True):
    """A topic, in parts like an actor; `narrower` says how many entries each of its sub-topics has."""

    shown: TopicShown
    counts: TopicTally
    document: Document
    bound: Bound
    narrower: Counts

    @property
    def matter(self) -> TopicMatter:
        return self.shown.matter

    @property
    def entries(self) -> tuple[str, ...]:
        return self.counts.entries


class AgreementShown(Value, kw_only=True):
    """What any page may show of an agreement; `signatories` are who signed, with the party, "" where none is named."""

    matter: AgreementMatter
    parties: tuple[str, ...]
    third_parties: tuple[str, ...]
    signatories: tuple[tuple[str, str], ...]


class Agreement(Value, kw_only=True):
    """An agreement, in parts like an actor; `event_parties` are whose act each event was, "" where it was all's."""

    shown: AgreementShown
    counts: AgreementTally
    document: Document
    bound: Bound
    event_parties: tuple[str, ...]
    relations: tuple[tuple[str, str], ...]
    related_from: tuple[tuple[str, str], ...]

    @property
    def matter(self) -> AgreementMatter:
        return self.shown.matter

    @property
    def entries(self) -> tuple[str, ...]:
        return self.counts.entries


class FreePage(Value, kw_only=True):
    """A free page."""

    document: Document
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
    """How much the digest holds."""

    entries: int
    quotes: int
    notes: int
    actors: int
    topics: int
    agreements: int


NO_TOTALS = Totals(0, 0, 0, 0, 0, 0)

Backlinks = tuple[tuple[Target, tuple[Context, ...]], ...]
"""The pages besides entries that mention a record, with their sentences."""


class Index(Value, kw_only=True):
    """What is known of the site as a whole.

    `months` are entries by "2024/01", newest first; `speakers` are all who speak, the most frequent first; `followed`
    are links between files, by the file they stand in; `entities` is the digest of everything that any page may show
    of an actor, topic or agreement besides where it appears; `due` is the next moment at which an entry appears or
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

    `entries` are by key, newest first, the other records in the order their index shows; `quotations` and `details` are
    by the revision of an entry, `places` are positions in `index.order`. `called` is what pages show of actors, by id:
    nearly every page asks for it, and few for what else is known of them.
    """

    config: Config
    index: Index
    entries: Mapping[str, Entry]
    actors: Mapping[str, Actor]
    topics: Mapping[str, Topic]
    agreements: Mapping[str, Agreement]
    pages: Mapping[str, FreePage]
    quotations: Mapping[str, Quotations]
    details: Mapping[str, EntryDetails]
    places: Mapping[str, int]
    called: Mapping[str, ActorShown]

    @property
    def named(self) -> Mapping[str, Mapping[str, Actor | Topic | Agreement]]:
        """The records that entries concern, by kind."""
        return {"actor": self.actors, "topic": self.topics, "agreement": self.agreements}

    def neighbours(self, key: str) -> tuple[str, str]:
        """Return the keys of the entries before and after one, in time; "" at the ends."""
        at, order = self.places[key], self.index.order
        return order[at + 1] if at + 1 < len(order) else "", order[at - 1] if at else ""
