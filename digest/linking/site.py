"""The linked site: records whose references are bound, in the order readers see them.

Invariants: holds headers, facts and references, never a body; only what may be published is in it; every tuple is
in a stated order, so that equal content gives equal pages. What an entry says word for word, and what only its own
page shows, is behind the mappings `quotations` and `details`, which may read it when asked.

Types that the state store reads back are spelled with names known at run time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from digest.content.document import Document
from digest.content.matter import ActorMatter, AgreementMatter, PageMatter, TopicMatter
from digest.linking.records import Bound, Entry, EntryDetails, Quotations
from digest.linking.targets import Target
from digest.model import Context
from digest.values import Value

if TYPE_CHECKING:
    from digest.config import Config

Counts = tuple[tuple[str, int], ...]
"""Ids with how often, the most frequent first."""


class Redirect(NamedTuple):
    """An old address (`url`) of a page, with the place where it was written."""

    url: str
    target: Target
    path: str
    start: int
    end: int


class LastWords(NamedTuple):
    """Where somebody's last words stand: an entry's key, and the number of the quotation in it."""

    entry: str
    number: int


class Actor(Value, kw_only=True):
    """An actor and what concerns it; `entries` are keys, newest first, of where it speaks or is mentioned.

    `offices` are whom each of its roles belongs to, "" where nobody is named.
    """

    document: Document
    matter: ActorMatter
    bound: Bound
    offices: tuple[str, ...]
    entries: tuple[str, ...]
    speaking_count: int
    quote_count: int
    last_words: LastWords | None
    agreements: tuple[tuple[str, str], ...]
    co_speakers: Counts
    topics: Counts
    office_holders: Counts


class Named(Protocol):
    """What an actor is called and which offices it held, of an `Actor` the part that does not grow with the digest."""

    @property
    def matter(self) -> ActorMatter: ...

    @property
    def offices(self) -> tuple[str, ...]: ...


class Topic(Value, kw_only=True):
    """A topic; `entries` include those of its sub-topics, `narrower` says how many each of them has."""

    document: Document
    matter: TopicMatter
    bound: Bound
    broader: str
    narrower: Counts
    entries: tuple[str, ...]
    speakers: Counts
    agreements: tuple[str, ...]


class Agreement(Value, kw_only=True):
    """An agreement; `entries` are where it is named in front matter, quoted about, or mentioned."""

    document: Document
    matter: AgreementMatter
    bound: Bound
    parties: tuple[str, ...]
    third_parties: tuple[str, ...]
    signatories: tuple[tuple[str, str], ...]
    event_parties: tuple[str, ...]
    relations: tuple[tuple[str, str], ...]
    related_from: tuple[tuple[str, str], ...]
    entries: tuple[str, ...]
    quote_count: int
    topics: Counts


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
    of an actor, topic or agreement besides where it appears, and `standing` that of offices, names and statuses on the
    day of the build; `due` is the next moment at which an entry appears or disappears by itself.
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
    standing: str
    due: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything pages are made from.

    `entries` are by key, newest first, the other records in the order their index shows; `quotations` and `details` are
    by the revision of an entry, `places` are positions in `index.order`. `names` are the actors by id, where they can
    be had without what else is known of them. `memo` is for functions of a site that are asked the same again and
    again.
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
    names: Mapping[str, Named] | None = None
    memo: dict[object, dict[object, Any]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def called(self) -> Mapping[str, Named]:
        """What actors are called, by id; all that most pages ask of them."""
        return self.actors if self.names is None else self.names

    @property
    def named(self) -> Mapping[str, Mapping[str, Actor | Topic | Agreement]]:
        """The records that entries concern, by kind."""
        return {"actor": self.actors, "topic": self.topics, "agreement": self.agreements}

    def neighbours(self, key: str) -> tuple[str, str]:
        """Return the keys of the entries before and after one, in time; "" at the ends."""
        at, order = self.places[key], self.index.order
        return order[at + 1] if at + 1 < len(order) else "", order[at - 1] if at else ""
