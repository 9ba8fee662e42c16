"""What comes into sight with an entry or a record, in one place: lenses let it be seen, and scopes compare it.

With an entry, everything that pages may show of the records it names. With a record, what the records it belongs to are
called: of a foreign minister's page the name of the state, but not that state's own offices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.content.matter import ActorMatter, AgreementMatter, TopicMatter
from digest.linking.site import ActorShown, AgreementShown, TopicShown
from digest.linking.targets import Target
from digest.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.linking.records import Concerns
    from digest.linking.site import Actor, Agreement, FreePage, Site, Topic


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


def shown(site: Site, target: Target) -> ActorShown | TopicShown | AgreementShown:
    """Return all that any page may show of a record, besides where it appears."""
    if target.kind == Kind.ACTOR:
        return site.called[target.id]  # and not the whole actor, which grows with the digest
    return site.named[target.kind][target.id].shown


def belonging(site: Site, target: Target) -> tuple[Target, ...]:
    """Return the records that one belongs to, as pages show it: states of an actor, parties of an agreement."""
    match shown(site, target):
        case ActorShown(offices=offices):
            return tuple(Target(Kind.ACTOR, owner) for owner in offices if owner)
        case AgreementShown(parties=parties):
            return tuple(Target(Kind.ACTOR, party) for party in parties)
        case TopicShown(broader=broader):
            return (Target(Kind.TOPIC, broader),) if broader else ()


def called(site: Site, target: Target) -> object:
    """Return all that decides what a record is called."""
    match shown(site, target).matter:
        case ActorMatter(name=name, names=names):
            return name, names
        case AgreementMatter(name=name, short_name=short_name):
            return short_name or name
        case TopicMatter(name=name):
            return name


def record(site: Site, target: Target) -> Actor | Topic | Agreement | FreePage:
    """Return the record of any kind that a page may be about."""
    return site.pages[target.id] if target.kind == Kind.PAGE else site.named[target.kind][target.id]
