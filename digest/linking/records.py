"""What linking makes of one document: its references bound, and for an entry what lists, others and its own page show.

A value that decides something for others holds what they may depend on and nothing else. So that "whatever it depends
on" is no list: a digest is that of the whole value, and a function that is given one cannot read more.

Types that the state store reads back are spelled with names known at run time.
"""

from __future__ import annotations

from datetime import date

from digest.content.matter import ArticleMatter, NameMatter
from digest.dates import Moment, PartialDate
from digest.decode.written import Written
from digest.linking.targets import Target
from digest.model import Context, Link, Note, Wording
from digest.values import Value


class NamedRecord(Value, kw_only=True):
    """A record that has a name as references see it: all that binding may ask of it.

    `name` is what it is usually called, `names` what it was called in a time, `spellings` are all that mean this record
    and `weak_aliases` those that may. A record whose front matter cannot be used is only `known_as` something, so that
    it is not called unknown. `anchors` are what links may name on its page.
    """

    path: str
    kind: str
    id: str
    usable: bool
    known_as: tuple[str, ...]
    name: str
    names: tuple[NameMatter, ...]
    spellings: tuple[str, ...]
    weak_aliases: tuple[str, ...]
    anchors: tuple[str, ...]

    @property
    def target(self) -> Target | None:
        """What a link to its file leads to; None where it cannot be used."""
        return Target(self.kind, self.id) if self.usable else None

    @property
    def words(self) -> frozenset[str]:
        """Every word by which somebody may refer to it, rightly or not."""
        return frozenset({self.id, *self.known_as, *self.spellings, *self.weak_aliases})


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


class BoundQuote(Value, kw_only=True):
    """A quotation, bound. `speaker` is an actor's id, or "" where `wording.description` says who."""

    wording: Wording
    entry: str
    speaker: str
    on_behalf_of: str
    about: tuple[Target, ...]
    date: PartialDate
    paragraphs: tuple[str, ...]


class QuoteFacts(Value, kw_only=True):
    """What lists count of a quotation."""

    speaker: str
    on_behalf_of: str
    about: tuple[Target, ...]
    date: PartialDate
    kind: str


class Schedule(Value, kw_only=True):
    """What decides whether an entry is published at a moment."""

    draft: bool
    date: Moment
    embargo: Moment | None
    expires: Moment | None


class Where(Value, kw_only=True):
    """What decides an entry's address, its place in time, and when it is published.

    `key` is "2024/01/slug"; `order` sorts entries: the day, the moment, the key.
    """

    path: str
    id: str
    key: str
    order: tuple[str, str, str]
    schedule: Schedule


class Shown(Value, kw_only=True):
    """What lists show of an entry, besides whom it concerns; `lang` is "" where it is the site's."""

    title: str
    summary: str
    lang: str
    publisher: str
    day: date
    note_count: int


class Concerns(Value, kw_only=True):
    """Whom and what an entry concerns: all of it that a tally may depend on.

    `speakers` are those listed and those quoted, in that order. The number of a quotation in `quotes` is also its
    number in `Quotations.quotes`.
    """

    speakers: tuple[str, ...]
    agreements: tuple[str, ...]
    topics: tuple[str, ...]
    mentions: tuple[Target, ...]
    quotes: tuple[QuoteFacts, ...]


class Spots(Value, kw_only=True):
    """Places in an entry's file, and what hangs on them: what linking follows, and where diagnostics point.

    `quotes` are (start, end) of each of `Concerns.quotes`. Those of a changed file are made anew, so nobody else need
    know when they move.
    """

    pending: tuple[Link, ...]
    redirects: tuple[Written, ...]
    quotes: tuple[tuple[int, int], ...]


class Entry(Value, kw_only=True):
    """An article, as everybody but its own page sees it.

    `anchors` are what links may name on its page. `public_digest` is the digest of everything that other pages may
    depend on, `revision` that of everything on its own page; `Site.quotations` and `Site.details` are by the latter.
    """

    where: Where
    shown: Shown
    concerns: Concerns
    anchors: tuple[str, ...]
    spots: Spots
    public_digest: str
    revision: str
    badge: str = ""

    @property
    def path(self) -> str:
        return self.where.path

    @property
    def key(self) -> str:
        return self.where.key


class Quotations(Value, kw_only=True):
    """What an entry says that other pages quote: its quotations, and the sentences that mention somebody."""

    quotes: tuple[BoundQuote, ...] = ()
    mentions: tuple[Mentioned, ...] = ()


class EntryDetails(Value, kw_only=True):
    """What only an entry's own page shows; `fragment` is the digest of its document, "" where there is no body."""

    matter: ArticleMatter
    fragment: str
    hrefs: tuple[tuple[int, Target], ...]
    labels: tuple[tuple[int, str], ...]
    autolinks: tuple[AutoLink, ...]
    notes: tuple[Note, ...]
