"""Entries: articles with their front matter's references and their quotations bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.content.matter import ArticleMatter
from digest.dates import PartialDate, whole
from digest.linking.binding import Binding, key_of
from digest.linking.references import fill_labels
from digest.linking.site import Entry, Said
from digest.linking.visibility import reason_hidden
from digest.model import Kind, Quote

if TYPE_CHECKING:
    from digest.content.document import Document
    from digest.linking.targets import Target


def link_entries(binding: Binding) -> dict[str, Entry]:
    """Return the published entries by key, newest first; hidden ones are bound too, for their problems."""
    everyone = [_entry(binding, document) for document in binding.of(Kind.ARTICLE)]
    newest_first = sorted(everyone, key=lambda entry: entry.order, reverse=True)
    return {entry.key: entry for entry in newest_first if entry.document.path not in binding.hidden}


def _entry(binding: Binding, document: Document) -> Entry:
    matter, path = document.matter, document.path
    assert isinstance(matter, ArticleMatter)  # noqa: S101 - by kind
    assert matter.date is not None  # noqa: S101 - parse gave none without
    zone = binding.config.zone
    day, key = matter.date.civil(zone), key_of(document, binding.config)
    listed = binding.resolve_all(matter.speakers, path, Kind.ACTOR)
    said = [_said(binding, document, quote, key=key, day=whole(day)) for quote in document.quotes]
    quotes = tuple(quote for quote in said if quote)
    quoted = (said.speaker for said in quotes if said.speaker)
    return Entry(
        document=document,
        matter=matter,
        key=key,
        day=day,
        order=(day.isoformat(), matter.date.instant(zone).isoformat(), key),
        badge=reason_hidden(document, binding.config),
        bound=binding.bounds[path],
        speakers=tuple(dict.fromkeys([*listed, *quoted])),
        agreements=binding.resolve_all(matter.agreements, path, Kind.AGREEMENT),
        topics=binding.resolve_all(matter.topics, path, Kind.TOPIC),
        quotes=quotes,
    )


def _said(binding: Binding, document: Document, quote: Quote, *, key: str, day: PartialDate) -> Said | None:
    """Bind a quotation; None when its speaker cannot be bound, or when it quotes a text and nobody."""
    speaker, behalf = "", quote.on_behalf_of
    on_behalf_of = binding.resolve(behalf, document.path, Kind.ACTOR) if behalf else ""
    about = _about(binding, quote, document.path)
    if quote.speaker and quote.inline:
        found = binding.library.names.find(quote.speaker.text)
        if len(found) != 1 or found[0].kind != Kind.ACTOR:
            return None  # unknown and ambiguous names were reported as mentions
        speaker = found[0].id
    elif quote.speaker:
        speaker = binding.resolve(quote.speaker, document.path, Kind.ACTOR)
        if not speaker:
            return None
    labels = dict(binding.bounds[document.path].labels)
    return Said(
        quote=quote,
        entry=key,
        speaker=speaker,
        on_behalf_of=on_behalf_of,
        about=about,
        date=quote.date or day,
        paragraphs=tuple(fill_labels(paragraph, labels) for paragraph in quote.paragraphs),
    )


def _about(binding: Binding, quote: Quote, path: str) -> tuple[Target, ...]:
    targets = []
    for written in quote.about:
        target, problems = binding.library.names.resolve(written, path)
        binding.problems += problems
        targets += [target] if target else []
    return tuple(targets)
