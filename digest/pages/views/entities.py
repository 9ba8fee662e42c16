"""Views of actors, topics and agreements, and of their indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.values import Value

if TYPE_CHECKING:
    from digest.pages.views.parts import (
        AgreementLine,
        Appearance,
        Backlink,
        Body,
        Count,
        DateView,
        Day,
        Head,
        LinkView,
        Pager,
        QuoteView,
    )


class Role(Value, kw_only=True):
    """An office: `title` ("Foreign minister"), `of`, dates as written; `current` on the day of the build."""

    title: str
    of: LinkView | None
    start: DateView | None
    end: DateView | None
    current: bool


class Participation(Value, kw_only=True):
    """An actor's part in an agreement: `part` is "party", "third party", "signatory" or "signatory for …"."""

    agreement: AgreementLine
    part: str


class ActorView(Value, kw_only=True):
    """`actors/<id>/`: template `actor.html`. Older pages of the record carry `pager.number` < newest and no profile."""

    head: Head
    name: str
    kind: str
    first_page: bool
    aliases: tuple[str, ...]
    former_names: tuple[tuple[str, DateView | None, DateView | None], ...]
    office: str
    roles: tuple[Role, ...]
    office_holders: tuple[Role, ...]
    same_as: tuple[LinkView, ...]
    body: Body
    latest_quote: QuoteView | None
    quote_count: int
    entry_count: int
    speaking_count: int
    agreements: tuple[Participation, ...]
    topics: tuple[Count, ...]
    co_speakers: tuple[Count, ...]
    record: tuple[Appearance, ...]
    pager: Pager
    backlinks: tuple[Backlink, ...]


class ActorLine(Value, kw_only=True):
    """A row of the actor index."""

    link: LinkView
    office: str
    quotes: int
    entries: int


class ActorGroup(Value, kw_only=True):
    """One kind of actor in the index: "person", "organisation", "state", "group"."""

    kind: str
    label: str
    actors: tuple[ActorLine, ...]


class ActorsView(Value, kw_only=True):
    """`actors/`: template `actors.html`."""

    head: Head
    groups: tuple[ActorGroup, ...]


class TopicView(Value, kw_only=True):
    """`topics/<id>/`: template `topic.html`. `entries` includes those of the sub-topics."""

    head: Head
    name: str
    first_page: bool
    aliases: tuple[str, ...]
    body: Body
    broader: LinkView | None
    narrower: tuple[Count, ...]
    speakers: tuple[Count, ...]
    agreements: tuple[AgreementLine, ...]
    entry_count: int
    days: tuple[Day, ...]
    pager: Pager
    backlinks: tuple[Backlink, ...]


class TopicLine(Value, kw_only=True):
    """A row of the topic index with its sub-topics below it."""

    link: LinkView
    count: int
    narrower: tuple[TopicLine, ...]


class TopicsView(Value, kw_only=True):
    """`topics/`: template `topics.html`."""

    head: Head
    topics: tuple[TopicLine, ...]


class EventView(Value, kw_only=True):
    """A dated event of an agreement; `label` is its word for people ("Entered into force")."""

    event: str
    label: str
    date: DateView
    party: LinkView | None
    place: str
    note: str
    source: str
    status_after: str


class Signatory(Value, kw_only=True):
    """Who signed, for whom, in which office on the day of signature."""

    actor: LinkView
    for_party: LinkView | None
    office: str


class Relation(Value, kw_only=True):
    """A typed relation to another agreement: `label` reads "Implements" or "Implemented by"."""

    label: str
    agreement: LinkView


class AgreementView(Value, kw_only=True):
    """`agreements/<id>/`: template `agreement.html`."""

    head: Head
    name: str
    short_name: str
    kind: str
    process: str
    first_page: bool
    aliases: tuple[str, ...]
    status: str
    since: DateView | None
    parties: tuple[LinkView, ...]
    third_parties: tuple[LinkView, ...]
    signatories: tuple[Signatory, ...]
    events: tuple[EventView, ...]
    relations: tuple[Relation, ...]
    text_url: str
    body: Body
    quote_count: int
    entry_count: int
    topics: tuple[Count, ...]
    record: tuple[Appearance, ...]
    pager: Pager
    backlinks: tuple[Backlink, ...]


class AgreementRow(Value, kw_only=True):
    """A row of the agreement index: the agreement, and how many entries concern it."""

    line: AgreementLine
    entries: int


class AgreementsView(Value, kw_only=True):
    """`agreements/`: template `agreements.html`; newest signature first."""

    head: Head
    agreements: tuple[AgreementRow, ...]
