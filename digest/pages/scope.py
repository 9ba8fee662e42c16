"""What a page's view may look at, as digests: equal scopes give equal views, so that few views need be made.

A scope is a coarse answer, and a safe one: it names everything the functions of `digest.pages` may read for a page.
Where scopes differ the view is made, and its own digest decides. `tests/test_scope.py` holds both directions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from digest.linking.targets import Target
from digest.pages.paging import is_newest, part
from digest.pages.parts import backlinks
from digest.values import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from digest.config import Config
    from digest.linking.records import Entry
    from digest.linking.site import Actor, Agreement, Site, Topic
    from digest.pages.urls import Page

K = TypeVar("K")
V = TypeVar("V")

Scope = dict[str, str]
"""Digests by what they stand for, in words for people."""

_Name = tuple[str, str]
"""A record: its kind and its id."""


class _Asked(dict[K, V]):
    """Values that a function gives, each asked for once."""

    def __init__(self, ask: Callable[[K], V]) -> None:
        self._ask = ask

    def __missing__(self, key: K) -> V:
        found = self[key] = self._ask(key)
        return found


@dataclass(slots=True)
class Scopes:
    """The scopes of one site's pages.

    `_shown` are the digests of what pages may show of a record that they name, `_named` those of what may be shown of
    all records that an entry names, `_public` what entries show of themselves elsewhere.
    """

    site: Site
    _settings: str = field(init=False)
    _memo: dict[_Name, str] = field(default_factory=dict)
    _shown: _Asked[_Name, str] = field(init=False)
    _named: _Asked[str, str] = field(init=False)
    _public: _Asked[str, tuple[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        site, entries = self.site, self.site.entries  # and not `self`: a circle would keep the site alive
        self._settings = settings_digest(site.config)
        shown: _Asked[_Name, str] = _Asked(lambda name: digest((name, _SHOWN[name[0]](site, name[1]))))
        self._shown = shown
        self._named = _Asked(lambda key: digest([*map(shown.__getitem__, _names(entries[key]))]))
        self._public = _Asked(lambda key: (entries[key].public_digest, entries[key].badge))

    def of(self, page: Page) -> Scope:
        """Return the scope of a page that `plan` names."""
        everywhere = {"settings": self._settings, "records": self.site.index.entities}
        return everywhere | _SCOPES[page.kind](self, page)

    def records(self, keys: Iterable[str], page: Page) -> str:
        """Return the digest of what may be shown of the actors, topics and agreements that entries, or a page, name."""
        own = [self._shown[page.kind, page.key]] if page.kind in _SHOWN else []
        return digest([*map(self._named.__getitem__, keys), *own])

    def public(self, keys: Iterable[str]) -> str:
        """Return the digest of what entries show of themselves in lists."""
        return digest([*map(self._public.__getitem__, keys)])

    def article(self, page: Page) -> Scope:
        site = self.site
        entry = site.entries[page.key]
        near = [key and (key, site.entries[key].shown.title) for key in site.neighbours(page.key)]
        followed = site.index.followed.get(entry.path)
        return {
            "records": self._named[page.key],
            "text": digest([entry.revision, entry.badge, followed]) if entry.badge or followed else entry.revision,
            "neighbours": digest(near),
        }

    def listed(self, page: Page, keys: tuple[str, ...], about: Callable[[], Scope]) -> Scope:
        """Return the scope of a part of a list; `about` gives what only the newest part shows."""
        size = self.site.config.page_size
        newest, shown = is_newest(page, len(keys), size), part(keys, page, size)
        own = {"entries": self.public(shown), "part": f"{page.number}{' newest' * newest}"}
        if newest:
            return own | {"days": self.site.index.standing} | about()
        return own | {"records": self.records(shown, page)}

    def home(self, page: Page) -> Scope:
        index = self.site.index
        return self.listed(
            page, index.order, lambda: {"counts": digest([index.totals, index.speakers, self._topics()])}
        )

    def actor(self, page: Page) -> Scope:
        record = self.site.actors[page.key]
        last = record.counts.last_words
        words = {"last words": self.public([last.entry])} if last else {}
        return self.listed(page, record.entries, lambda: self._record(page, record) | words)

    def topic(self, page: Page) -> Scope:
        record = self.site.topics[page.key]
        return self.listed(page, record.entries, lambda: self._record(page, record))

    def agreement(self, page: Page) -> Scope:
        record = self.site.agreements[page.key]
        return self.listed(page, record.entries, lambda: self._record(page, record))

    def _record(self, page: Page, record: Actor | Topic | Agreement) -> Scope:
        key = (page.kind, page.key)
        if key not in self._memo:  # asked for the bare address and for the newest number
            self._memo[key] = digest([record, self._around(record.document.path, Target(*key))])
        return {"record": self._memo[key]}

    def _around(self, path: str, target: Target) -> tuple[object, ...]:
        """Return where the links of a body lead, and who links to its record from outside entries."""
        index = self.site.index
        return index.followed.get(path), backlinks(self.site, target), self._labels()

    def _labels(self) -> str:
        """Return the digest of free pages' titles, which backlinks show."""
        return digest([page.matter.title for page in self.site.pages.values()])

    def _topics(self) -> list[tuple[str, int, str]]:
        return [(name, len(topic.entries), topic.shown.broader) for name, topic in self.site.topics.items()]

    def month(self, page: Page) -> Scope:
        months = list(self.site.index.months)
        at = months.index(page.key)
        near, keys = digest(months[max(0, at - 1) : at + 2]), self.site.index.months[page.key]
        return {"records": self.records(keys, page), "entries": self.public(keys), "neighbours": near}

    def archive(self, _page: Page) -> Scope:
        return {"counts": digest([(month, len(keys)) for month, keys in self.site.index.months.items()])}

    def actors(self, _page: Page) -> Scope:
        rows = [(name, actor.counts.quote_count, len(actor.entries)) for name, actor in self.site.actors.items()]
        return {"counts": digest(rows), "days": self.site.index.standing}

    def topics(self, _page: Page) -> Scope:
        return {"counts": digest(self._topics())}

    def agreements(self, _page: Page) -> Scope:
        rows = [(name, len(agreement.entries)) for name, agreement in self.site.agreements.items()]
        return {"counts": digest(rows), "days": self.site.index.standing}

    def free_page(self, page: Page) -> Scope:
        record = self.site.pages[page.key]
        return {"text": digest([record, self._around(record.document.path, Target(page.kind, page.key))])}

    def redirect(self, page: Page) -> Scope:
        return {"target": digest([old.target for old in self.site.index.redirects if old.url == page.key])}

    def not_found(self, _page: Page) -> Scope:
        return {}


def _names(entry: Entry) -> Iterator[_Name]:
    """Yield the records that an entry names, in the order in which it does."""
    concerns = entry.concerns
    for actor in concerns.speakers:
        yield "actor", actor
    for agreement in concerns.agreements:
        yield "agreement", agreement
    for topic in concerns.topics:
        yield "topic", topic
    for kind, name, _ in concerns.mentions:
        yield kind, name
    for said in concerns.quotes:
        if said.on_behalf_of:
            yield "actor", said.on_behalf_of
        for kind, name, _ in said.about:
            yield kind, name


def _actor(site: Site, name: str) -> object:
    """An actor, and the names of those whose offices it held."""
    shown = site.called[name]
    return shown, [_called(site, owner) for owner in shown.offices if owner]


def _topic(site: Site, name: str) -> object:
    """A topic, and the name of the one above it."""
    shown = site.topics[name].shown
    return shown, shown.broader and site.topics[shown.broader].matter.name


def _agreement(site: Site, name: str) -> object:
    """An agreement, and the names of its parties."""
    shown = site.agreements[name].shown
    return shown, [_called(site, party) for party in shown.parties]


def _called(site: Site, name: str) -> object:
    matter = site.called[name].matter
    return matter.name, matter.names


_SHOWN: Mapping[str, Callable[[Site, str], object]] = {"actor": _actor, "topic": _topic, "agreement": _agreement}


def place(site: Site, page: Page) -> int:
    """Return about where in time the entries on a page stand: a position in the order of all entries."""
    if page.kind == "article":
        return site.places[page.key]
    records = site.named
    keys = records[page.kind][page.key].entries if page.kind in records else site.index.order
    shown = part(keys, page, site.config.page_size)
    return site.places[shown[len(shown) // 2]] if shown and page.kind in _PAGED else 0


_PAGED = frozenset({"home", "actor", "topic", "agreement"})


def settings_digest(config: Config) -> str:
    """Return the digest of the settings that views depend on; the moment of the build is in what it decides."""
    return digest(
        [
            config.title,
            config.description,
            config.lang,
            config.base_url,
            str(config.zone),
            config.page_size,
            config.dialect,
        ]
    )


_SCOPES: Mapping[str, Callable[[Scopes, Page], Scope]] = {
    "home": Scopes.home,
    "article": Scopes.article,
    "month": Scopes.month,
    "archive": Scopes.archive,
    "page": Scopes.free_page,
    "actor": Scopes.actor,
    "actors": Scopes.actors,
    "topic": Scopes.topic,
    "topics": Scopes.topics,
    "agreement": Scopes.agreement,
    "agreements": Scopes.agreements,
    "not-found": Scopes.not_found,
    "redirect": Scopes.redirect,
}
