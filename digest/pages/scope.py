"""Digests of what pages may look at: equal scopes give equal views, so that few views need be made.

A scope holds the digest of everything that a page's `Sight` names, under words for people. Where scopes differ the view
is made, and its own digest decides. So a scope may be too large, which costs a view; that it is never too small follows
from the lens, which shows nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from digest.linking.targets import Target
from digest.pages import reach
from digest.pages.settings import page_settings
from digest.pages.sight import FACTS, Fact, Sight
from digest.values import digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.linking.site import Backlinks, Site

K = TypeVar("K")
V = TypeVar("V")

Scope = dict[str, str]
"""Digests by what they stand for: `sight.WORDS` has the words."""


class _Asked(dict[K, V]):
    """Values that a function gives, each asked for once."""

    def __init__(self, ask: Callable[[K], V]) -> None:
        self._ask = ask

    def __missing__(self, key: K) -> V:
        found = self[key] = self._ask(key)
        return found


class Scopes:
    """The scopes of one site's pages.

    What is asked for by many pages is asked for once: the functions below take the site and not `self`, for a circle
    would keep the site alive while workers run.
    """

    __slots__ = ("_entries", "_everyone", "_facts", "_named", "_names", "_records", "_settings", "_texts", "site")

    def __init__(self, site: Site) -> None:
        self.site = site
        self._settings = digest(page_settings(site.config))
        self._everyone = site.index.entities
        self._facts = _Asked[Fact, str](lambda fact: digest(FACTS[fact](site)))
        self._entries = _Asked[str, tuple[str, str]](lambda key: _entry(site, key))
        self._texts = _Asked[str, tuple[object, ...]](lambda key: _text(site, key))
        named = self._named = _Asked[Target, str](lambda target: _named(site, target))
        self._names = _Asked[str, str](
            lambda key: digest([*map(named.__getitem__, reach.named_by(site.entries[key].concerns))])
        )
        backlinks = dict(site.index.backlinks)
        self._records = _Asked[Target, str](lambda target: _record(site, target, backlinks.get(target)))

    def of(self, sight: Sight) -> Scope:
        """Return the scope of a page with this sight."""
        scope = {"settings": self._settings}
        if sight.texts:
            scope["text"] = digest([*map(self._texts.__getitem__, sight.texts)])
        if sight.listed:
            scope["entries"] = digest([*map(self._entries.__getitem__, sight.listed)])
        if sight.everyone:
            scope["records"] = self._everyone
        elif keys := (*sight.texts, *sight.listed):
            scope["records"] = digest([*map(self._names.__getitem__, keys), *map(self._named.__getitem__, sight.named)])
        if sight.records:
            scope["record"] = digest([*map(self._records.__getitem__, sight.records)])
        if sight.part:
            scope["part"] = digest((sight.part.number, sight.part.newest, sight.part.total))
        if sight.near:
            scope["neighbours"] = digest([(key, _title(self.site, key)) for key in sight.near])
        if sight.old:
            scope["target"] = digest([old.target for old in self.site.index.redirects if old.url == sight.old])
        for fact in sight.facts:
            scope[fact] = self._facts[fact]
        return scope


def _entry(site: Site, key: str) -> tuple[str, str]:
    """Return what lists show of an entry."""
    entry = site.entries[key]
    return entry.public_digest, entry.badge


def _text(site: Site, key: str) -> tuple[object, ...]:
    """Return what an entry's own page shows."""
    entry = site.entries[key]
    return entry.revision, entry.badge, site.index.followed.get(entry.where.path)


def _title(site: Site, key: str) -> str:
    """Return an entry's title; "" for a month, which has none."""
    return site.entries[key].shown.title if key in site.places else ""


def _named(site: Site, target: Target) -> str:
    """Return the digest of what any page may show of a record, and of what those are called that it belongs to."""
    belonging = [reach.called(site, other) for other in reach.belonging(site, target)]
    return digest((target, reach.shown(site, target), belonging))


def _record(site: Site, target: Target, mentions: Backlinks | None) -> str:
    """Return the digest of all that is known of a record, and of who mentions it."""
    record = reach.record(site, target)
    return digest((record, site.index.followed.get(record.document.path), mentions))


def middle(site: Site, sight: Sight) -> int:
    """Return about where in time the entries on a page stand: a position in the order of all entries."""
    keys = (*sight.texts, *sight.listed)
    return site.places[keys[len(keys) // 2]] if keys else 0
