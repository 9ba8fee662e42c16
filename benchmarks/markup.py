"""The body of a synthetic entry, in our marks and in those that every Markdown program knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from benchmarks.facts import Entry, Named, Quote


class Markup(Protocol):
    """How a body refers to others."""

    def mention(self, named: Named, label: str = "") -> str: ...

    def plain_name(self, named: Named) -> str: ...

    def span(self, text: str, note: str) -> str: ...

    def attribution(self, quote: Quote) -> str: ...


class DigestMarkup:
    """References by id; names that nobody marked are linked by the program."""

    def mention(self, named: Named, label: str = "") -> str:
        return f"[[{named.id}|{label}]]" if label else f"[[{named.id}]]"

    def plain_name(self, named: Named) -> str:
        return named.name

    def span(self, text: str, note: str) -> str:
        return f"[{text}][^{note}]"

    def attribution(self, quote: Quote) -> str:
        facts = f" {{stance={quote.stance} about={quote.about.id}}}" if quote.about else ""
        return f"[[{quote.speaker.id}]], {quote.occasion}, {quote.day}{facts}"


class CommonMarkup:
    """Links with addresses, and footnotes: what the same editor would type for other generators."""

    def mention(self, named: Named, label: str = "") -> str:
        return f"[{label or named.name}]({self.address(named)})"

    def address(self, named: Named) -> str:
        return f"/{named.kind}/{named.id}/"

    def plain_name(self, named: Named) -> str:
        return self.mention(named)

    def span(self, text: str, note: str) -> str:
        return f"{text}[^{note}]"

    def attribution(self, quote: Quote) -> str:
        facts = f", {quote.stance}, {self.mention(quote.about)}" if quote.about else ""
        return f"{self.mention(quote.speaker)}, {quote.occasion}, {quote.day}{facts}"


def body(entry: Entry, markup: Markup) -> str:
    """Return the Markdown below the front matter."""
    return f"""\
{entry.opening} At length {markup.span(entry.span, "span")}, {entry.opening_rest}

{block_quote(entry.first_quote, markup)}

{entry.middle} “{entry.aside},” wrote {markup.plain_name(entry.aside_by)}; \
{markup.mention(entry.said_by, f"“{entry.said}”")}.

{block_quote(entry.second_quote, markup)}

{entry.later} It rests with {markup.mention(entry.rests_with)} and the {markup.plain_name(entry.topics[0])}.[^point]

{entry.ending}

[^span]: {entry.span_note} [Source]({entry.span_source})

[^point]: {entry.point_note}
"""


def block_quote(quote: Quote, markup: Markup) -> str:
    return f"> {quote.text}\n>\n> — {markup.attribution(quote)}"
