"""The site as one page may see it: through its `Sight`, and no further.

Functions that make views are given a lens and nothing else of the site. What they ask for and have not declared raises
`OutOfSightError`, always: a page that looked further would stay as it was when what it saw there changes.

Parts of views that many pages show, such as the card of an entry, are made once for a site (`digest.pages.cache`). A
page could then show such a part without looking, so whoever wants to be certain (`build --verify`, the tests) takes
lenses that are `strict`: each page makes its parts by itself.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from digest.linking.kinds.actor import ACTOR
from digest.linking.kinds.agreement import AGREEMENT
from digest.linking.kinds.topic import TOPIC
from digest.linking.offices import name_on
from digest.linking.targets import Target
from digest.model import Kind
from digest.pages import reach
from digest.pages.settings import page_settings
from digest.pages.sight import FACTS, Fact, Sight

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping
    from datetime import date, tzinfo

    from digest.dates import PartialDate
    from digest.linking.kind import Record, RecordKind, RecordShown
    from digest.linking.kinds.actor import Actor, ActorShown
    from digest.linking.kinds.agreement import Agreement, AgreementShown
    from digest.linking.kinds.topic import Topic, TopicShown
    from digest.linking.records import Concerns, Entry, EntryDetails, Quotations, Shown
    from digest.linking.site import Backlinks, FreePage, Redirect, Site, Totals
    from digest.linking.tally import Counts
    from digest.pages.paging import Part
    from digest.pages.settings import PageSettings
    from digest.pages.urls import Page


S = TypeVar("S", bound="RecordShown")
R = TypeVar("R", bound="Record[Any, Any, Any]")


class OutOfSightError(Exception):
    """A page's view asked for something that its sight does not name."""


class Viewpoint:
    """What all lenses on one site share: the site, where pages stand, and the parts of views already made."""

    __slots__ = ("backlinks", "facts", "parts", "settings", "site", "strict", "url_of")

    def __init__(self, site: Site, url_of: Callable[[Page], str], *, strict: bool = False) -> None:
        self.site = site
        self.url_of = url_of
        self.strict = strict
        self.settings = page_settings(site.config)
        self.facts: dict[Fact, Any] = {}
        self.parts: dict[object, dict[object, Any]] = {}
        self.backlinks: Mapping[Target, Backlinks] = dict(site.index.backlinks)

    def fact(self, fact: Fact) -> Any:
        if fact not in self.facts:
            self.facts[fact] = FACTS[fact](self.site)
        return self.facts[fact]


class Lens:
    """What one page sees of the site. Every method raises `OutOfSightError` at what the sight does not name."""

    __slots__ = ("_called", "_entries", "_named", "_point", "_site", "parts", "settings", "sight", "url_of")

    def __init__(self, point: Viewpoint, sight: Sight) -> None:
        self._point = point
        self._site = point.site
        self._entries = frozenset((*sight.texts, *sight.listed))
        self._named: frozenset[Target] | None = None
        self._called: frozenset[Target] | None = None
        self.parts: dict[object, dict[object, Any]] = {} if point.strict else point.parts
        self.settings: PageSettings = point.settings
        self.sight = sight
        self.url_of = point.url_of

    # The site as a whole.

    @property
    def zone(self) -> tzinfo:
        """The time zone that `settings` names."""
        return self._site.config.zone

    @property
    def today(self) -> date:
        """The day of the build."""
        self._fact(Fact.DAY)
        return self._site.config.today

    @property
    def totals(self) -> Totals:
        totals: Totals = self._fact(Fact.TOTALS)
        return totals

    @property
    def speakers(self) -> Counts:
        """All who speak, and how often, the most frequent first."""
        speakers: Counts = self._fact(Fact.SPEAKERS)
        return speakers

    @property
    def months(self) -> Counts:
        """The months that have entries ("2024/01"), newest first, and how many."""
        months: Counts = self._fact(Fact.MONTHS)
        return months

    @property
    def actors(self) -> Mapping[str, tuple[int, int]]:
        """How many quotations and entries each actor has, in the order of the index."""
        counts: Mapping[str, tuple[int, int]] = self._fact(Fact.ACTORS)
        return counts

    @property
    def topics(self) -> Mapping[str, tuple[str, int]]:
        """What each topic is part of ("" for nothing), and how many entries it has, in the order of the index."""
        counts: Mapping[str, tuple[str, int]] = self._fact(Fact.TOPICS)
        return counts

    @property
    def agreements(self) -> Mapping[str, int]:
        """How many entries concern each agreement, in the order of the index."""
        counts: Mapping[str, int] = self._fact(Fact.AGREEMENTS)
        return counts

    def _fact(self, fact: Fact) -> Any:
        if fact not in self.sight.facts:
            raise OutOfSightError(fact)
        return self._point.fact(fact)

    @property
    def part(self) -> Part:
        """The part of a list that the page is."""
        if self.sight.part is None:
            raise OutOfSightError("a part of a list")
        return self.sight.part

    # Entries.

    def shown(self, key: str) -> Shown:
        """Return what lists show of an entry, besides whom it concerns."""
        return self._see(key, self._entries).shown

    def concerns(self, key: str) -> Concerns:
        """Return whom and what an entry concerns."""
        return self._see(key, self._entries).concerns

    def badge(self, key: str) -> str:
        """Return why an entry would not be published; "" for one that is."""
        return self._see(key, self._entries).badge

    def quotations(self, key: str) -> Quotations:
        """Return what an entry says that other pages quote."""
        return self._site.quotations[self._see(key, self._entries).revision]

    def details(self, key: str) -> EntryDetails:
        """Return what only pages show that show an entry's whole text."""
        return self._site.details[self._see(key, self.sight.texts).revision]

    def path(self, key: str) -> str:
        """Return the file of an entry whose whole text is shown."""
        return self._see(key, self.sight.texts).where.path

    def _see(self, key: str, keys: Container[str]) -> Entry:
        if key not in keys:
            raise OutOfSightError(f"the entry {key}")
        return self._site.entries[key]

    # Records, as far as any page may show them.

    def of(self, kind: RecordKind[Any, S, Any], name: str) -> S:
        """Return what any page may show of a record."""
        target = Target(kind.name, name)
        if not self.sight.everyone and target not in self._records():
            raise OutOfSightError(f"the {kind.name} {name}")
        shown: S = reach.shown(self._site, target)
        return shown

    def actor(self, name: str) -> ActorShown:
        return self.of(ACTOR, name)

    def topic(self, name: str) -> TopicShown:
        return self.of(TOPIC, name)

    def agreement(self, name: str) -> AgreementShown:
        return self.of(AGREEMENT, name)

    def label(self, target: Target, day: PartialDate | None = None) -> str:
        """Return what a record of any kind is called, on a day where that matters."""
        if target.kind == Kind.ARTICLE:
            return self._title(target.id)
        if target.kind == Kind.PAGE:
            titles: Mapping[str, str] = self._fact(Fact.PAGES)
            return titles[target.id]
        bare = target._replace(anchor="") if target.anchor else target
        self._may_be_called(bare)
        return name_on(reach.naming(self._site, bare), day)

    def _title(self, key: str) -> str:
        if key not in self._entries and key not in self.sight.near:
            raise OutOfSightError(f"the title of the entry {key}")
        return self._site.entries[key].shown.title

    def _may_be_called(self, target: Target) -> None:
        if self.sight.everyone or target in self._records():
            return
        if self._called is None:
            belonging = (reach.belonging(self._site, record) for record in self._records())
            self._called = frozenset(chain.from_iterable(belonging))
        if target not in self._called:
            raise OutOfSightError(f"the name of the {target.kind} {target.id}")

    def _records(self) -> frozenset[Target]:
        """Return the records that come into sight with what the page shows."""
        if self._named is None:
            entries = (self._site.entries[key].concerns for key in self._entries)
            named = chain.from_iterable(map(reach.named_by, entries))
            self._named = frozenset((*named, *self.sight.named, *self.sight.records))
        return self._named

    # What the page is about.

    def record(self, kind: RecordKind[Any, Any, R], name: str) -> R:
        """Return all that is known of a record."""
        return self._site.of(kind)[self._own(kind.name, name)]

    def actor_record(self, name: str) -> Actor:
        return self.record(ACTOR, name)

    def topic_record(self, name: str) -> Topic:
        return self.record(TOPIC, name)

    def agreement_record(self, name: str) -> Agreement:
        return self.record(AGREEMENT, name)

    def page_record(self, name: str) -> FreePage:
        return self._site.pages[self._own(Kind.PAGE, name)]

    def backlinks(self, target: Target) -> Backlinks:
        """Return the pages besides entries that mention a record which is shown whole, with their sentences."""
        self._own(target.kind, target.id)
        return self._point.backlinks.get(target, ())

    def followed(self, path: str) -> tuple[tuple[int, Target], ...]:
        """Return where the links between files lead that stand in a text which is shown whole."""
        if path not in self._paths():
            raise OutOfSightError(f"the links of {path}")
        return self._site.index.followed.get(path, ())

    @property
    def redirect(self) -> Redirect:
        """What an old address leads to."""
        return next(old for old in self._site.index.redirects if old.url == self.sight.old)

    def _own(self, kind: str, name: str) -> str:
        if Target(kind, name) not in self.sight.records:
            raise OutOfSightError(f"the record of the {kind} {name}")
        return name

    def _paths(self) -> set[str]:
        """Return the files whose texts are shown whole."""
        entries = {self._site.entries[key].where.path for key in self.sight.texts}
        return entries | {reach.record(self._site, target).document.path for target in self.sight.records}
