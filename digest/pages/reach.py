"""What comes into sight with an entry or a record, in one place: lenses let it be seen, and scopes compare it.

With an entry, everything that pages may show of the records it names. With a record, what the records it belongs to are
called: of a foreign minister's page the name of the state, but not that state's own offices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.content import kinds as content
from digest.linking import kinds
from digest.linking.targets import Target
from digest.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.content.kind import Naming
    from digest.linking.kind import Record
    from digest.linking.records import Concerns
    from digest.linking.site import FreePage, Site


def named_by(concerns: Concerns) -> Iterator[Target]:
    """Yield the records that an entry names, in the order in which it does; some more than once."""
    for name in concerns.speakers:
        yield Target(Kind.ACTOR, name)
    for name in concerns.agreements:
        yield Target(Kind.AGREEMENT, name)
    for name in concerns.topics:
        yield Target(Kind.TOPIC, name)
    for kind, name, _ in concerns.mentions:
        yield Target(kind, name)
    for quote in concerns.quotes:
        if quote.on_behalf_of:
            yield Target(Kind.ACTOR, quote.on_behalf_of)
        for kind, name, _ in quote.about:
            yield Target(kind, name)


def shown(site: Site, target: Target) -> Any:
    """Return all that any page may show of a record, besides where it appears."""
    return site.shown[target.kind][target.id]


def belonging(site: Site, target: Target) -> tuple[Target, ...]:
    """Return the records that one belongs to, as pages show it: states of an actor, parties of an agreement."""
    return tuple(kinds.by_name()[target.kind].belonging(shown(site, target)))


def naming(site: Site, target: Target) -> Naming:
    """Return what a record is called."""
    named = content.by_name()[target.kind].naming
    assert named is not None  # noqa: S101 - of records there are only such
    return named(shown(site, target).matter)


def called(site: Site, target: Target) -> object:
    """Return all that decides what a record is called, on whatever day."""
    found = naming(site, target)
    return found.name, found.names


def record(site: Site, target: Target) -> Record[Any, Any, Any] | FreePage:
    """Return the record of any kind that a page may be about."""
    return site.pages[target.id] if target.kind == Kind.PAGE else site.records[target.kind][target.id]
