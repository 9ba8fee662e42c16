"""The linked site: records whose references are bound, in the order readers see them.

Invariants: holds headers, facts and references, never a body; only what may be published is in it; every tuple is
in a stated order, so that equal content gives equal pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from digest.config import Config
    from digest.content.document import Document
    from digest.content.matter import ActorMatter, AgreementMatter, ArticleMatter, PageMatter, TopicMatter
    from digest.dates import PartialDate
    from digest.linking.names import Names
    from digest.linking.targets import Target
    from digest.model import Context, Quote


class Redirect(NamedTuple):
    """An old address (`url`) of a page, with the place where it was written."""

    url: str
    target: Target
    path: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoLink:
    """A name found in a fragment's HTML, to be linked by itself."""

    start: int
    end: int
    target: Target
    context: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentioned:
    """One mention: who or what, and the sentence, names filled in."""

    target: Target
    context: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A document's references, resolved: where slots lead, what names fill slots, and who is mentioned."""

    hrefs: tuple[tuple[int, Target], ...] = ()
    labels: tuple[tuple[int, str], ...] = ()
    autolinks: tuple[AutoLink, ...] = ()
    mentions: tuple[Mentioned, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A quotation, bound. `speaker` is an actor's id, or "" where `quote.description` says who."""

    quote: Quote
    entry: str
    speaker: str
    on_behalf_of: str
    about: tuple[Target, ...]
    date: PartialDate
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A published article. `key` is "2024/01/slug"; `speakers` are those listed and those quoted, in that order."""

    document: Document
    matter: ArticleMatter
    key: str
    day: date
    order: tuple[str, str, str]
    badge: str
    bound: Bound
    speakers: tuple[str, ...]
    agreements: tuple[str, ...]
    topics: tuple[str, ...]
    quotes: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """An actor and what concerns it; `entries` are keys, newest first, of where it speaks or is mentioned."""

    document: Document
    matter: ActorMatter
    bound: Bound
    entries: tuple[str, ...]
    speaks_in: frozenset[str]
    agreements: tuple[tuple[str, str], ...]
    co_speakers: tuple[tuple[str, int], ...]
    topics: tuple[tuple[str, int], ...]
    office_holders: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic; `entries` include those of its sub-topics."""

    document: Document
    matter: TopicMatter
    bound: Bound
    broader: str
    narrower: tuple[str, ...]
    entries: tuple[str, ...]
    speakers: tuple[tuple[str, int], ...]
    agreements: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
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
    topics: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FreePage:
    """A free page."""

    document: Document
    matter: PageMatter
    bound: Bound
    badge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """Entries left out, by reason; paths, sorted."""

    drafts: tuple[str, ...] = ()
    future: tuple[str, ...] = ()
    embargoed: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything pages are made from.

    `entries` are newest first, the other records in the order their index shows; `neighbours` are the keys of the
    entries before and after each, in time ("" at the ends); `months` are entries by "2024/01", newest first.
    """

    config: Config
    names: Names
    entries: Mapping[str, Entry]
    actors: Mapping[str, Actor]
    topics: Mapping[str, Topic]
    agreements: Mapping[str, Agreement]
    pages: Mapping[str, FreePage]
    assets: tuple[str, ...]
    neighbours: Mapping[str, tuple[str, str]]
    months: Mapping[str, tuple[str, ...]]
    redirects: tuple[Redirect, ...]
    backlinks: Mapping[Target, tuple[tuple[Target, tuple[Context, ...]], ...]]
    hidden: Hidden
