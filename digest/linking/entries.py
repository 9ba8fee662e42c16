"""Entries: one article with its front matter's references and its quotations bound."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from digest.content.matter import ArticleMatter
from digest.dates import PartialDate, whole
from digest.linking.records import Entry, Inside, Said, Schedule, Spoken, Words
from digest.linking.references import bind, fill_labels, target_of
from digest.linking.register import anchors
from digest.model import Kind, Quote
from digest.values import Value, digest, replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from digest.content.document import Document
    from digest.decode.written import Written
    from digest.diagnostics import Diagnostic
    from digest.linking.records import Bound
    from digest.linking.register import Register
    from digest.linking.targets import Target
    from digest.model import Fragment


class Article(Value):
    """One article bound: what lists show, what others quote, and what its own page shows."""

    entry: Entry
    words: Words
    inside: Inside


def bind_article(document: Document, fragment: Fragment, register: Register) -> tuple[Article, list[Diagnostic]]:
    """Bind an article whose front matter can be used."""
    bound, problems = bind(document, fragment, register)
    matter, own = document.matter, target_of(document, register.zone)
    assert isinstance(matter, ArticleMatter)  # noqa: S101 - by kind
    assert matter.date is not None  # noqa: S101 - parse gave none without
    assert own is not None  # noqa: S101 - for the type checker; it always is
    binder = _Binder(document, register, problems)
    day = matter.date.civil(register.zone)
    listed = binder.resolve_all(matter.speakers, Kind.ACTOR)
    said = [binder.said(quote, key=own.id, day=whole(day), labels=dict(bound.labels)) for quote in document.quotes]
    words = Words(quotes=tuple(filter(None, said)), mentions=bound.mentions)
    speakers = (*listed, *(said.speaker for said in words.quotes if said.speaker))
    entry = Entry(
        path=document.path,
        id=document.id,
        key=own.id,
        face="",
        text=digest([document.path, document.digest, register.digest]),
        title=matter.title,
        summary=matter.summary or "",
        lang=matter.lang or "",
        publisher=matter.source.publisher if matter.source else "",
        day=day,
        order=(day.isoformat(), matter.date.instant(register.zone).isoformat(), own.id),
        schedule=Schedule(draft=matter.draft, date=matter.date, embargo=matter.embargo, expires=matter.expires),
        speakers=tuple(dict.fromkeys(speakers)),
        agreements=binder.resolve_all(matter.agreements, Kind.AGREEMENT),
        topics=binder.resolve_all(matter.topics, Kind.TOPIC),
        mentions=tuple(dict.fromkeys(mention.target for mention in bound.mentions)),
        quotes=tuple(_spoken(said) for said in words.quotes),
        note_count=len(document.notes),
        anchors=anchors(document),
        pending=bound.pending,
        redirects=matter.redirect_from,
    )
    inside = _inside(document, matter, bound)
    return Article(replaced(entry, face=_face(entry, words)), words, inside), binder.problems


def _inside(document: Document, matter: ArticleMatter, bound: Bound) -> Inside:
    return Inside(
        matter=matter,
        fragment=document.digest if document.has_body else "",
        hrefs=bound.hrefs,
        labels=bound.labels,
        autolinks=bound.autolinks,
        notes=document.notes,
    )


def _spoken(said: Said) -> Spoken:
    quote = said.quote
    return Spoken(
        speaker=said.speaker,
        on_behalf_of=said.on_behalf_of,
        about=said.about,
        date=said.date,
        kind=quote.kind,
        start=quote.start,
        end=quote.end,
    )


def _face(entry: Entry, words: Words) -> str:
    """Return the digest of all that other pages may show: everything but places in the file.

    A place matters to diagnostics only, and those of a changed file are made anew.
    """
    spoken = [replaced(one, start=0, end=0) for one in entry.quotes]
    said = [(replaced(one, quote=None), _placeless(one.quote), _texts(one.quote)) for one in words.quotes]
    redirects = [written.text for written in entry.redirects]
    return digest([_shown(entry), spoken, redirects, said, words.mentions])


def _all_but(kind: type[Entry | Quote], *names: str) -> Callable[[object], tuple[object, ...]]:
    """Return what gives all fields of a record as a tuple, without some."""
    return attrgetter(*(name for name in kind.__struct_fields__ if name not in names))


_shown = _all_but(Entry, "text", "quotes", "redirects")
_placeless = _all_but(Quote, "start", "end", "speaker", "on_behalf_of", "about")


def _texts(quote: Quote) -> list[str]:
    return [word.text if word else "" for word in (quote.speaker, quote.on_behalf_of, *quote.about)]


@dataclass(slots=True)
class _Binder:
    """Resolves the references of one article and collects what cannot be resolved."""

    document: Document
    register: Register
    problems: list[Diagnostic]

    def resolve(self, written: Written, kind: Kind) -> str:
        """Return the id of the record of a kind, or "" after reporting."""
        target, problems = self.register.names.resolve(written, self.document.path, kinds=(kind,))
        self.problems += problems
        return target.id if target else ""

    def resolve_all(self, written: Iterable[Written], kind: Kind) -> tuple[str, ...]:
        """Return the ids of the records of a kind, each once, in the order written."""
        found = (self.resolve(word, kind) for word in written)
        return tuple(dict.fromkeys(name for name in found if name))

    def said(self, quote: Quote, *, key: str, day: PartialDate, labels: Mapping[int, str]) -> Said | None:
        """Bind a quotation; None when its speaker cannot be bound."""
        speaker, behalf = "", quote.on_behalf_of
        on_behalf_of = self.resolve(behalf, Kind.ACTOR) if behalf else ""
        about = self._about(quote)
        if quote.speaker and quote.inline:
            found = self.register.names.find(quote.speaker.text)
            if len(found) != 1 or found[0].kind != Kind.ACTOR:
                return None  # unknown and ambiguous names were reported as mentions
            speaker = found[0].id
        elif quote.speaker:
            speaker = self.resolve(quote.speaker, Kind.ACTOR)
            if not speaker:
                return None
        return Said(
            quote=quote,
            entry=key,
            speaker=speaker,
            on_behalf_of=on_behalf_of,
            about=about,
            date=quote.date or day,
            paragraphs=tuple(fill_labels(paragraph, labels) for paragraph in quote.paragraphs),
        )

    def _about(self, quote: Quote) -> tuple[Target, ...]:
        targets = []
        for written in quote.about:
            target, problems = self.register.names.resolve(written, self.document.path)
            self.problems += problems
            targets += [target] if target else []
        return tuple(targets)
