"""What comes into sight with an entry or a record, in one place: lenses let it be seen, and scopes compare it.

With an entry, everything that pages may show of the records it names. With a record, what the records it belongs to are
called: of a foreign minister's page the name of the state, but not that state's own offices.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from digest.linking.targets import Target
from digest.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.linking.records import Entry
    from digest.linking.site import Actor, Agreement, FreePage, Site, Topic


def named_by(entry: Entry) -> Iterator[Target]:
    """Yield the records that an entry names, in the order in which it does; some more than once."""
    about = chain.from_iterable(quote.about for quote in entry.quotes)
    behalf = (quote.on_behalf_of for quote in entry.quotes if quote.on_behalf_of)
    yield from (Target(Kind.ACTOR, name) for name in chain(entry.speakers, behalf))
    yield from (Target(Kind.AGREEMENT, name) for name in entry.agreements)
    yield from (Target(Kind.TOPIC, name) for name in entry.topics)
    yield from (target._replace(anchor="") for target in chain(entry.mentions, about))


def belonging(site: Site, target: Target) -> tuple[Target, ...]:
    """Return the records that one belongs to, as pages show it: states of an actor, parties of an agreement."""
    match target.kind:
        case Kind.ACTOR:
            return tuple(Target(Kind.ACTOR, owner) for owner in site.called[target.id].offices if owner)
        case Kind.AGREEMENT:
            return tuple(Target(Kind.ACTOR, party) for party in site.agreements[target.id].parties)
        case _:
            broader = site.topics[target.id].broader
            return (Target(Kind.TOPIC, broader),) if broader else ()


def record(site: Site, target: Target) -> Actor | Topic | Agreement | FreePage:
    """Return the record of any kind that a page may be about."""
    return site.pages[target.id] if target.kind == Kind.PAGE else site.named[target.kind][target.id]


def shown(site: Site, target: Target) -> object:
    """Return all that any page may show of a record, besides where it appears."""
    match target.kind:
        case Kind.ACTOR:
            actor = site.called[target.id]
            return actor.matter, actor.offices
        case Kind.AGREEMENT:
            agreement = site.agreements[target.id]
            return agreement.matter, agreement.parties
        case _:
            topic = site.topics[target.id]
            return topic.matter, topic.broader


def called(site: Site, target: Target) -> object:
    """Return all that decides what a record is called."""
    match target.kind:
        case Kind.ACTOR:
            matter = site.called[target.id].matter
            return matter.name, matter.names
        case Kind.AGREEMENT:
            agreement = site.agreements[target.id].matter
            return agreement.name, agreement.short_name
        case _:
            return site.topics[target.id].matter.name
