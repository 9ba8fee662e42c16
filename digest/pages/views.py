"""What templates may see: one small frozen view for every kind of page.

A page is a template and one of these values. Views hold text, site paths and other views, never a record
of the model, so `repr(view)` with the template's closure is everything a page depends on. Every `url` is
either a site path (`/actors/sergey-lavrov/`, joined with the base URL by the `href` filter) or an absolute
http(s) address. Fields named `html` are markup made by `digest.content.body`; everything else is plain text.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """A label that leads somewhere; an empty `url` is a label alone."""

    url: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DateView:
    """A civil date or a part of one: `iso` for `<time datetime>`, `text` for people ("18 January 2024")."""

    iso: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What every page has: its own site path, title, description, language and breadcrumbs (home excluded)."""

    url: str
    canonical: str
    title: str
    description: str
    lang: str
    section: str
    breadcrumbs: tuple[LinkView, ...] = ()
    noindex: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """Neighbours in a list paged from the oldest entry; `number` counts from the oldest page."""

    number: int
    older: str = ""
    newer: str = ""
    newest: str = ""
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteView:
    """Somebody's words with everything needed to attribute them.

    `url` is the permalink. `speaker.label` is the name valid on the day, `office` the roles held that day
    ("Foreign minister of Russia"). An anonymous speaker has an empty `speaker.url`. `paragraphs` are the words
    as printed by the entry, `original` those in the language spoken. `stance` and `kind` are words of the
    content format; `inline` tells a fragment within running text from a block quotation. `statuses` gives, for
    each agreement in `about`, its status on the day ("signed", "in force").
    """

    id: str
    url: str
    speaker: LinkView
    office: str
    paragraphs: tuple[str, ...]
    original: tuple[str, ...]
    original_lang: str
    occasion: str
    date: DateView
    kind: str
    stance: str
    about: tuple[LinkView, ...]
    statuses: tuple[str, ...]
    on_behalf_of: LinkView | None
    article: LinkView
    inline: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """An annotation: `number` in the entry, `kind` (a CSS-safe word), its `label` and `sign`, a `verdict` or ""."""

    number: int
    id: str
    kind: str
    label: str
    sign: str
    verdict: str
    spans: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A converted body: the fragment's digest and what fills its slots.

    `path` and `fragment` name the body and its state; `hrefs` (slot, url) and `labels` (slot, name) fill slots,
    `autolinks` are (start, end, url) in the fragment's HTML; `quotes` and `notes` fill the slots of their number.
    """

    path: str
    fragment: str
    hrefs: tuple[tuple[int, str], ...] = ()
    labels: tuple[tuple[int, str], ...] = ()
    autolinks: tuple[tuple[int, int, str], ...] = ()
    quotes: tuple[QuoteView, ...] = ()
    notes: tuple[NoteView, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.fragment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An entry in a list. `badge` is "", "draft", "future", "embargoed" or "expired" (only in previews of hidden entries)."""

    url: str
    title: str
    date: DateView
    summary: str
    lang: str
    publisher: str
    speakers: tuple[LinkView, ...]
    agreements: tuple[LinkView, ...]
    topics: tuple[LinkView, ...]
    quote_count: int
    note_count: int
    badge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """The sentence that mentions something, cut around the mention: `before` + `mention` + `after`."""

    before: str
    mention: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """One entry in the record of an actor or agreement: the quotes that belong here, else the sentences that mention it."""

    card: Card
    speaks: bool
    quotes: tuple[QuoteView, ...]
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlink:
    """A page other than an entry that mentions this one. `kind` is "actor", "topic", "agreement" or "page"."""

    link: LinkView
    kind: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The entries of one day, newest first."""

    date: DateView
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A link with a number that says how often."""

    link: LinkView
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """The story an entry rests on. `grade` is the editor's word on the source, as written ("B2", "state-funded outlet")."""

    publisher: str
    title: str
    url: str
    author: str
    published: DateView | None
    lang: str
    archived: str
    retrieved: DateView | None
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    date: DateView
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A speaker of an entry with the office held on its date and the ids of the quotes they have in it."""

    link: LinkView
    office: str
    quotes: tuple[LinkView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
    """`articles/…`: template `article.html`."""

    head: Head
    date: DateView
    updated: DateView | None
    summary: str
    badge: str
    body: Body
    speakers: tuple[Speaker, ...]
    agreements: tuple[AgreementLine, ...]
    topics: tuple[LinkView, ...]
    mentions: tuple[LinkView, ...]
    source: SourceView | None
    also_covered_by: tuple[SourceView, ...]
    corrections: tuple[Correction, ...]
    kinds: tuple[Kind, ...]
    older: LinkView | None
    newer: LinkView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of annotation used on the page, for the legend."""

    kind: str
    label: str
    sign: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """An office: `title` ("Foreign minister"), `of`, dates as written; `current` on the day of the build."""

    title: str
    of: LinkView | None
    start: DateView | None
    end: DateView | None
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Participation:
    """An actor's part in an agreement: `part` is "party", "third party", "signatory" or "signatory for …"."""

    agreement: AgreementLine
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorView:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorLine:
    """A row of the actor index."""

    link: LinkView
    office: str
    quotes: int
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorGroup:
    """One kind of actor in the index: "person", "organisation", "state", "group"."""

    kind: str
    label: str
    actors: tuple[ActorLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorsView:
    """`actors/`: template `actors.html`."""

    head: Head
    groups: tuple[ActorGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicView:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLine:
    """A row of the topic index with its sub-topics below it."""

    link: LinkView
    count: int
    narrower: tuple[TopicLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicsView:
    """`topics/`: template `topics.html`."""

    head: Head
    topics: tuple[TopicLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementLine:
    """An agreement in a list: its status and since when (on the day of the build, or of the entry that shows it)."""

    link: LinkView
    kind: str
    status: str
    since: DateView | None
    signed: DateView | None
    parties: tuple[LinkView, ...]
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """A dated event of an agreement; `label` is its word for people ("Entered into force")."""

    event: str
    label: str
    date: DateView
    party: LinkView | None
    place: str
    note: str
    source: str
    status_after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """Who signed, for whom, in which office on the day of signature."""

    actor: LinkView
    for_party: LinkView | None
    office: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A typed relation to another agreement: `label` reads "Implements", "Implemented by" …"""

    label: str
    agreement: LinkView


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementView:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementsView:
    """`agreements/`: template `agreements.html`; newest signature first."""

    head: Head
    agreements: tuple[AgreementLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How much the digest holds."""

    entries: int
    quotes: int
    notes: int
    actors: int
    topics: int
    agreements: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """`/`: template `home.html`. `first_page` is true on the newest page only."""

    head: Head
    first_page: bool
    totals: Totals
    days: tuple[Day, ...]
    pager: Pager
    topics: tuple[Count, ...]
    speakers: tuple[Count, ...]
    agreements: tuple[AgreementLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthView:
    """`archive/2024/01/`: template `month.html`."""

    head: Head
    date: DateView
    days: tuple[Day, ...]
    older: LinkView | None
    newer: LinkView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveYear:
    year: str
    months: tuple[Count, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveView:
    """`archive/`: template `archive.html`; newest year first."""

    head: Head
    years: tuple[ArchiveYear, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """A free page, `<slug>/`: template `page.html`."""

    head: Head
    body: Body
    backlinks: tuple[Backlink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFoundView:
    """`404.html`: template `not-found.html`."""

    head: Head


@dataclass(frozen=True, slots=True, kw_only=True)
class RedirectView:
    """An old address that leads to the new one: template `redirect.html`."""

    head: Head
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """What templates know about the site itself, the same on every page.

    `sections` are the main parts (actors, topics …), `pages` the free pages; `extra` is `digest.yaml`'s `extra`.
    """

    title: str
    description: str
    lang: str
    base_url: str
    sections: tuple[LinkView, ...]
    pages: tuple[LinkView, ...]
    extra: tuple[tuple[str, object], ...]
    generator: str


View = (
    HomeView
    | ArticleView
    | ActorView
    | ActorsView
    | TopicView
    | TopicsView
    | AgreementView
    | AgreementsView
    | PageView
    | MonthView
    | ArchiveView
    | NotFoundView
    | RedirectView
)
