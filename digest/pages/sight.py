"""What a page may look at, as a value.

Every page says beforehand what its view depends on: its `Sight`. The view is made through a lens (`digest.pages.lens`)
that shows this much of the site and raises at anything else; and digests of exactly this much (`digest.pages.scope`)
tell whether the view may have changed. So nothing can be read that is not declared, and what is declared is compared.

A page about an actor, for example, may look at the actor's whole record, at what lists show of the entries in its part
of the record, at what any page may show of other records, and at the day of the build:

    Sight(records=(ann,), entries=keys, part=part, everyone=True, facts=(Fact.DAY, Fact.PAGES))
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from digest.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from digest.linking.site import Site
    from digest.linking.targets import Target
    from digest.pages.paging import Part


class Fact(StrEnum):
    """Something that is known of the site as a whole, and small; `FACTS` says what it is."""

    TOTALS = "totals"
    SPEAKERS = "speakers"
    MONTHS = "months"
    ACTORS = "actor counts"
    TOPICS = "topic counts"
    AGREEMENTS = "agreement counts"
    PAGES = "free pages"
    DAY = "days"


FACTS: Mapping[Fact, Callable[[Site], Any]] = {
    Fact.TOTALS: lambda site: site.index.totals,
    Fact.SPEAKERS: lambda site: site.index.speakers,
    Fact.MONTHS: lambda site: tuple((month, len(keys)) for month, keys in site.index.months.items()),
    Fact.ACTORS: lambda site: {
        name: (actor.counts.quote_count, len(actor.entries)) for name, actor in site.actors.items()
    },
    Fact.TOPICS: lambda site: {name: (topic.shown.broader, len(topic.entries)) for name, topic in site.topics.items()},
    Fact.AGREEMENTS: lambda site: {name: len(agreement.entries) for name, agreement in site.agreements.items()},
    Fact.PAGES: lambda site: {name: page.matter.title for name, page in site.pages.items()},
    Fact.DAY: lambda site: site.config.today,
}
"""How each fact is found. A page that names one depends on its value, whole."""


class Sight(Value, kw_only=True):
    """What a page's view may look at, besides the settings.

    `texts` are entries shown whole: their words, and what only their own pages show. `part` is the part of a list that
    the page is; its entries, and other `entries`, are shown as lists show them, with their quotations. With an entry
    come the records that it names, as far as any page may show them.

    `near` are entries or months before and after, of which the name alone is shown. `records` are shown whole, with
    their bodies, counts and backlinks, `named` as far as any page may show them; `everyone` stands for all records in
    the latter way. `facts` are of the site as a whole. `old` is an old address that leads elsewhere.
    """

    texts: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    records: tuple[Target, ...] = ()
    named: tuple[Target, ...] = ()
    everyone: bool = False
    facts: tuple[Fact, ...] = ()
    part: Part | None = None
    old: str = ""

    @property
    def listed(self) -> tuple[str, ...]:
        """The entries that are shown as lists show them."""
        return (*self.part.keys, *self.entries) if self.part else self.entries


WORDS: Mapping[str, str] = {
    "settings": "the site's settings",
    "text": "the words of its file, and what its references lead to",
    "entries": "the entries listed on it",
    "records": "names, offices, dates and relations of actors, topics and agreements",
    "record": "what the digest knows of its actor, topic, agreement or page",
    "neighbours": "the entries, or months, before and after",
    "part": "which part of its list it is",
    "target": "where it leads",
    "templates": "its templates, the theme's files and what every page shows of the site",
    Fact.TOTALS: "how much the digest holds",
    Fact.SPEAKERS: "who speaks, and how often",
    Fact.MONTHS: "how many entries each month has",
    Fact.ACTORS: "how often each actor appears",
    Fact.TOPICS: "how many entries each topic has, and what it is part of",
    Fact.AGREEMENTS: "how many entries concern each agreement",
    Fact.PAGES: "the titles of free pages",
    Fact.DAY: "the day of the build",
}
"""What the parts of a page's scope stand for, in words for people."""
