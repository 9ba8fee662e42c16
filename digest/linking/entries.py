"""Entries: one article with its front matter's references and its quotations bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.dates import PartialDate, whole
from digest.linking.name_index import anchors
from digest.linking.records import (
    BoundQuote,
    Concerns,
    Entry,
    EntryDetails,
    Quotations,
    QuoteFacts,
    Schedule,
    Shown,
    Spots,
    Where,
)
from digest.linking.references import bind, fill_labels, key_of
from digest.model import Kind
from digest.values import Value, digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.content.document import Document
    from digest.content.matter import ArticleMatter
    from digest.decode.written import Written
    from digest.diagnostics import Diagnostic
    from digest.linking.name_index import NameIndex
    from digest.linking.records import Bound
    from digest.linking.targets import Target
    from digest.model import Fragment, Quote


class Article(Value):
    """One article bound: what everybody may know of it, what others quote, and what its own page shows."""

    entry: Entry
    quotations: Quotations
    details: EntryDetails


def bind_article(
    document: Document[ArticleMatter], fragment: Fragment, name_index: NameIndex
) -> tuple[Article, list[Diagnostic]]:
    """Bind an article whose front matter can be used."""
    bound, problems = bind(document, fragment, name_index)
    matter = document.matter
    assert matter.date is not None  # noqa: S101 - parse gave none without
    binder = _Binder(document, name_index, problems)
    day = matter.date.civil(name_index.zone)
    key = key_of(day, document.id)
    listed = binder.resolve_all(matter.speakers, Kind.ACTOR)
    said = _said(binder, key, day=whole(day), labels=dict(bound.labels))
    quotations = Quotations(quotes=tuple(quote for _, quote in said), mentions=bound.mentions)
    where = Where(
        path=document.path,
        id=document.id,
        key=key,
        order=(day.isoformat(), matter.date.instant(name_index.zone).isoformat(), key),
        schedule=Schedule(draft=matter.draft, date=matter.date, embargo=matter.embargo, expires=matter.expires),
    )
    shown = Shown(
        title=matter.title,
        summary=matter.summary or "",
        lang=matter.lang or "",
        publisher=matter.source.publisher if matter.source else "",
        day=day,
        note_count=len(document.notes),
    )
    quoted = (quote.speaker for quote in quotations.quotes if quote.speaker)
    concerns = Concerns(
        speakers=tuple(dict.fromkeys((*listed, *quoted))),
        agreements=binder.resolve_all(matter.agreements, Kind.AGREEMENT),
        topics=binder.resolve_all(matter.topics, Kind.TOPIC),
        mentions=tuple(dict.fromkeys(mention.target for mention in bound.mentions)),
        quotes=tuple(_facts(quote) for quote in quotations.quotes),
    )
    spots = Spots(
        pending=bound.pending,
        redirects=matter.redirect_from,
        quotes=tuple((written.start, written.end) for written, _ in said),
    )
    named = anchors(document)
    redirects = [written.text for written in matter.redirect_from]
    entry = Entry(
        where=where,
        shown=shown,
        concerns=concerns,
        anchors=named,
        spots=spots,
        public_digest=digest([where, shown, concerns, named, redirects, quotations]),
        revision=digest([document.path, document.digest, name_index.digest]),
    )
    return Article(entry, quotations, _details(document, bound)), binder.problems


def _details(document: Document[ArticleMatter], bound: Bound) -> EntryDetails:
    return EntryDetails(
        matter=document.matter,
        fragment=document.digest if document.has_body else "",
        hrefs=bound.hrefs,
        labels=bound.labels,
        autolinks=bound.autolinks,
        notes=document.notes,
    )


def _said(binder: _Binder, key: str, *, day: PartialDate, labels: Mapping[int, str]) -> list[tuple[Quote, BoundQuote]]:
    """Return the quotations whose speakers can be bound, as written and bound."""
    bound = ((quote, binder.said(quote, key=key, day=day, labels=labels)) for quote in binder.document.quotes)
    return [(written, quote) for written, quote in bound if quote]


def _facts(quote: BoundQuote) -> QuoteFacts:
    return QuoteFacts(
        speaker=quote.speaker,
        on_behalf_of=quote.on_behalf_of,
        about=quote.about,
        date=quote.date,
        kind=quote.wording.kind,
    )


@dataclass(slots=True)
class _Binder:
    """Resolves the references of one article and collects what cannot be resolved."""

    document: Document[ArticleMatter]
    name_index: NameIndex
    problems: list[Diagnostic]

    def resolve(self, written: Written, kind: str) -> str:
        """Return the id of the record of a kind, or "" after reporting."""
        target, problems = self.name_index.names.resolve(written, self.document.path, kinds=(kind,))
        self.problems += problems
        return target.id if target else ""

    def resolve_all(self, written: Iterable[Written], kind: str) -> tuple[str, ...]:
        """Return the ids of the records of a kind, each once, in the order written."""
        found = (self.resolve(word, kind) for word in written)
        return tuple(dict.fromkeys(name for name in found if name))

    def said(self, quote: Quote, *, key: str, day: PartialDate, labels: Mapping[int, str]) -> BoundQuote | None:
        """Bind a quotation; None when its speaker cannot be bound."""
        speaker, behalf = "", quote.on_behalf_of
        on_behalf_of = self.resolve(behalf, Kind.ACTOR) if behalf else ""
        about = self._about(quote)
        if quote.speaker and quote.wording.inline:
            found = self.name_index.names.find(quote.speaker.text)
            if len(found) != 1 or found[0].kind != Kind.ACTOR:
                return None  # unknown and ambiguous names were reported as mentions
            speaker = found[0].id
        elif quote.speaker:
            speaker = self.resolve(quote.speaker, Kind.ACTOR)
            if not speaker:
                return None
        return BoundQuote(
            wording=quote.wording,
            entry=key,
            speaker=speaker,
            on_behalf_of=on_behalf_of,
            about=about,
            date=quote.wording.date or day,
            paragraphs=tuple(fill_labels(paragraph, labels) for paragraph in quote.wording.paragraphs),
        )

    def _about(self, quote: Quote) -> tuple[Target, ...]:
        targets = []
        for written in quote.about:
            target, problems = self.name_index.names.resolve(written, self.document.path)
            self.problems += problems
            targets += [target] if target else []
        return tuple(targets)
