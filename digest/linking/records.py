"""What linking makes of one document: its references bound, and for an entry what lists, others and its own page show.

Types that the state store reads back are spelled with names known at run time.
"""

from __future__ import annotations

from datetime import date

from digest.content.matter import ArticleMatter
from digest.dates import Moment, PartialDate
from digest.decode.written import Written
from digest.linking.targets import Target
from digest.model import Context, Link, Note, Quote
from digest.values import Value


class AutoLink(Value, kw_only=True):
    """A name found in a fragment's HTML, to be linked by itself."""

    start: int
    end: int
    target: Target
    context: Context


class Mentioned(Value, kw_only=True):
    """One mention: who or what, and the sentence, names filled in."""

    target: Target
    context: Context


class Bound(Value, kw_only=True):
    """A body's references, bound: where slots lead, what names fill slots, and who is mentioned.

    `pending` are links to files that have no name (entries, pages, assets): they are followed when all are known.
    """

    hrefs: tuple[tuple[int, Target], ...] = ()
    labels: tuple[tuple[int, str], ...] = ()
    autolinks: tuple[AutoLink, ...] = ()
    mentions: tuple[Mentioned, ...] = ()
    pending: tuple[Link, ...] = ()


class Said(Value, kw_only=True):
    """A quotation, bound. `speaker` is an actor's id, or "" where `quote.description` says who."""

    quote: Quote
    entry: str
    speaker: str
    on_behalf_of: str
    about: tuple[Target, ...]
    date: PartialDate
    paragraphs: tuple[str, ...]


class Spoken(Value, kw_only=True):
    """What lists count of a quotation; its place among the entry's words is its place in `Entry.quotes`."""

    speaker: str
    on_behalf_of: str
    about: tuple[Target, ...]
    date: PartialDate
    kind: str
    start: int
    end: int


class Schedule(Value, kw_only=True):
    """What decides whether an entry is published at a moment."""

    draft: bool
    date: Moment
    embargo: Moment | None
    expires: Moment | None


class Entry(Value, kw_only=True):
    """An article, as lists show it.

    `key` is "2024/01/slug"; `speakers` are those listed and those quoted, in that order. `face` is the digest of
    everything that other pages may show of it, `text` that of everything on its own page; `Site.words` and
    `Site.insides` are by the latter.
    """

    path: str
    id: str
    key: str
    face: str
    text: str
    title: str
    summary: str
    lang: str
    publisher: str
    day: date
    order: tuple[str, str, str]
    schedule: Schedule
    speakers: tuple[str, ...]
    agreements: tuple[str, ...]
    topics: tuple[str, ...]
    mentions: tuple[Target, ...]
    quotes: tuple[Spoken, ...]
    note_count: int
    anchors: tuple[str, ...]
    pending: tuple[Link, ...]
    redirects: tuple[Written, ...]
    badge: str = ""


class Words(Value, kw_only=True):
    """What an entry says that other pages quote: its quotations, and the sentences that mention somebody."""

    quotes: tuple[Said, ...] = ()
    mentions: tuple[Mentioned, ...] = ()


class Inside(Value, kw_only=True):
    """What only an entry's own page shows; `fragment` is the digest of its document, "" where there is no body."""

    matter: ArticleMatter
    fragment: str
    hrefs: tuple[tuple[int, Target], ...]
    labels: tuple[tuple[int, str], ...]
    autolinks: tuple[AutoLink, ...]
    notes: tuple[Note, ...]
