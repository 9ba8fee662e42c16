"""The front matter of every kind of content, as schemas.

The field names are the keys writers use; the descriptions are shown by editors while typing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from digest.decode.types import (
    STRICT,
    Address,
    Day,
    Flag,
    Instant,
    Language,
    Line,
    OneOf,
    Partial,
    Reference,
    Text,
    doc,
    key,
    mistake,
)

if TYPE_CHECKING:
    from digest.dates import PartialDate

ACTOR_KINDS = ("person", "organisation", "state", "group")
EVENTS = (
    "signed",
    "ratified",
    "accepted",
    "approved",
    "acceded",
    "provisional",
    "in-force",
    "amended",
    "suspended",
    "withdrawn",
    "terminated",
    "superseded",
)
RELATIONS = ("implements", "amends", "supersedes", "complements", "based-on")


def _check_period(start: PartialDate | None, end: PartialDate | None) -> None:
    if start and end and end.last < start.first:
        raise mistake(
            "contradictory-dates", f"this ends in {end.iso}, before it begins in {start.iso}", "check the dates"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMatter:
    """A story an entry rests on."""

    __pydantic_config__ = STRICT
    publisher: Annotated[Line, doc("Who published the story.")]
    title: Annotated[Line | None, doc("Its headline.")] = None
    url: Annotated[Address | None, doc("Where it was published.")] = None
    author: Annotated[Line | None, doc("Who wrote it.")] = None
    published: Annotated[Instant | None, doc("When it was published.")] = None
    lang: Annotated[Language | None, doc("The language it is written in, as a BCP 47 tag.")] = None
    archived: Annotated[Address | None, doc("Where a copy is kept.")] = None
    retrieved: Annotated[Day | None, doc("When it was read.")] = None
    grade: Annotated[Line | None, doc("How far it can be relied on, in your words or as a code such as B2.")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionMatter:
    """Something put right after publication."""

    __pydantic_config__ = STRICT
    date: Annotated[Day, doc("When it was put right.")]
    text: Annotated[Text, doc("What was wrong and what is right.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationMatter:
    """A note on a passage that is left untouched (a W3C TextQuoteSelector)."""

    __pydantic_config__ = STRICT
    exact: Annotated[Reference, doc("The passage, word for word; it must stand in the body once.")]
    prefix: Annotated[Line | None, doc("Words right before it, to tell it from a twin.")] = None
    suffix: Annotated[Line | None, doc("Words right after it.")] = None
    kind: Annotated[Reference | None, doc("The kind of note: context, fact-check, translation …")] = None
    verdict: Annotated[Reference | None, doc("A fact-check's verdict.")] = None
    text: Annotated[Reference, doc("The note, in Markdown.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleMatter:
    """An entry: what a story says, in your words."""

    __pydantic_config__ = STRICT
    title: Annotated[Line, doc("The headline: who did or said what.")]
    date: Annotated[Instant | None, doc("The day the entry is about; taken from the file name if left out.")] = None
    speakers: Annotated[tuple[Reference, ...], doc("Who speaks; whoever is quoted is added.")] = ()
    agreements: Annotated[tuple[Reference, ...], doc("Agreements it is about.")] = ()
    topics: Annotated[tuple[Reference, ...], doc("Topics it belongs to.")] = ()
    source: Annotated[SourceMatter | None, doc("The story it rests on.")] = None
    also_covered_by: Annotated[tuple[SourceMatter, ...], doc("Other stories on the same thing.")] = ()
    summary: Annotated[Text | None, doc("One or two sentences for lists.")] = None
    updated: Annotated[Instant | None, doc("When it was last changed in substance.")] = None
    slug: Annotated[Reference | None, doc("The last part of its address; taken from the file name.")] = None
    draft: Annotated[Flag, doc("Keep it out of everything published.")] = False
    embargo: Annotated[Instant | None, doc("Keep it out until then.")] = None
    expires: Annotated[Instant | None, doc("Take it out from then on.")] = None
    lang: Annotated[Language | None, doc("Its language, if not the site's.")] = None
    corrections: Annotated[tuple[CorrectionMatter, ...], doc("What was put right after publication.")] = ()
    redirect_from: Annotated[tuple[Reference, ...], doc("Old addresses on this site that lead here.")] = ()
    annotations: Annotated[tuple[AnnotationMatter, ...], doc("Notes on passages left untouched.")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleMatter:
    """An office and when it was held."""

    __pydantic_config__ = STRICT
    title: Annotated[Line, doc("The office: Foreign minister.")]
    of: Annotated[Reference | None, doc("Of whom: the id of a state or organisation.")] = None
    start: Annotated[Partial | None, doc("Since when: 2004, 2004-03 or 2004-03-09.")] = field(
        default=None, metadata=key("from")
    )
    end: Annotated[Partial | None, doc("Until when; left out while it lasts.")] = field(
        default=None, metadata=key("to")
    )

    def __post_init__(self) -> None:
        _check_period(self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameMatter:
    """A name that was valid for a time."""

    __pydantic_config__ = STRICT
    name: Annotated[Line, doc("The name.")]
    start: Annotated[Partial | None, doc("Since when.")] = field(default=None, metadata=key("from"))
    end: Annotated[Partial | None, doc("Until when.")] = field(default=None, metadata=key("to"))

    def __post_init__(self) -> None:
        _check_period(self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorMatter:
    """Somebody who acts or speaks: a person, an organisation, a state, a group."""

    __pydantic_config__ = STRICT
    name: Annotated[Line, doc("The name readers know.")]
    kind: Annotated[str, OneOf(ACTOR_KINDS), doc("What it is.")] = "person"
    sort_name: Annotated[Line | None, doc("The name to sort by: Lavrov, Sergey.")] = None
    aliases: Annotated[tuple[Reference, ...], doc("Spellings that always mean this actor.")] = ()
    weak_aliases: Annotated[tuple[Line, ...], doc("Shown, never linked by themselves.")] = ()
    roles: Annotated[tuple[RoleMatter, ...], doc("Offices with their dates.")] = ()
    same_as: Annotated[tuple[Address, ...], doc("Pages elsewhere about the same actor.")] = ()
    names: Annotated[tuple[NameMatter, ...], doc("Earlier or later names with their dates.")] = ()
    redirect_from: Annotated[tuple[Reference, ...], doc("Old addresses on this site that lead here.")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicMatter:
    """A subject that entries belong to."""

    __pydantic_config__ = STRICT
    name: Annotated[Line, doc("What it is called.")]
    aliases: Annotated[tuple[Reference, ...], doc("Other words that always mean it.")] = ()
    broader: Annotated[Reference | None, doc("The topic it is part of.")] = None
    redirect_from: Annotated[tuple[Reference, ...], doc("Old addresses on this site that lead here.")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatoryMatter:
    """Who signed, and for whom."""

    __pydantic_config__ = STRICT
    actor: Annotated[Reference, doc("Who signed.")]
    party: Annotated[Reference | None, doc("For which party.")] = field(default=None, metadata=key("for"))


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMatter:
    """A dated step in an agreement's life."""

    __pydantic_config__ = STRICT
    date: Annotated[Partial, doc("When.")]
    event: Annotated[Reference, OneOf(EVENTS, placed=True), doc("What happened.")]
    party: Annotated[Reference | None, doc("Whose act it was, where it was one party's.")] = None
    place: Annotated[Line | None, doc("Where.")] = None
    note: Annotated[Text | None, doc("Anything worth adding.")] = None
    source: Annotated[Address | None, doc("A page that shows it.")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationMatter:
    """How it stands to another agreement."""

    __pydantic_config__ = STRICT
    type: Annotated[str, OneOf(RELATIONS), doc("The relation.")]
    agreement: Annotated[Reference, doc("The other agreement.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementMatter:
    """A treaty, declaration or memorandum. Its status follows from its events and is never typed."""

    __pydantic_config__ = STRICT
    name: Annotated[Line, doc("Its full name.")]
    short_name: Annotated[Line | None, doc("A name for lists.")] = None
    aliases: Annotated[tuple[Reference, ...], doc("Other names that always mean it.")] = ()
    kind: Annotated[Line | None, doc("What it is: treaty, declaration, memorandum …")] = None
    process: Annotated[Line | None, doc("The negotiations it belongs to.")] = None
    parties: Annotated[tuple[Reference, ...], doc("Who is bound.")] = ()
    third_parties: Annotated[tuple[Reference, ...], doc("Guarantors, mediators, witnesses.")] = ()
    signatories: Annotated[tuple[SignatoryMatter, ...], doc("Who signed.")] = ()
    events: Annotated[tuple[EventMatter, ...], doc("Its life, in dated steps.")] = ()
    relations: Annotated[tuple[RelationMatter, ...], doc("How it stands to other agreements.")] = ()
    text_url: Annotated[Address | None, doc("Where its text is published.")] = None
    redirect_from: Annotated[tuple[Reference, ...], doc("Old addresses on this site that lead here.")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMatter:
    """A free page, such as about or method."""

    __pydantic_config__ = STRICT
    title: Annotated[Line, doc("Its title.")]
    summary: Annotated[Text | None, doc("One sentence for search engines.")] = None
    slug: Annotated[Reference | None, doc("Its address; taken from the file name.")] = None
    draft: Annotated[Flag, doc("Keep it out of everything published.")] = False
    lang: Annotated[Language | None, doc("Its language, if not the site's.")] = None
    redirect_from: Annotated[tuple[Reference, ...], doc("Old addresses on this site that lead here.")] = ()
