"""What `digest list` prints: records as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.content.matter import PageMatter
from digest.linking.status import status_on
from digest.linking.visibility import reason_hidden
from digest.pages.routes import url_of
from digest.pages.urls import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from digest.content.document import Document
    from digest.engine.reading import Corpus
    from digest.linking.records import Schedule
    from digest.linking.site import Site

Record = dict[str, object]


def articles(site: Site, _corpus: Corpus) -> list[Record]:
    return [
        {
            "path": entry.path,
            "url": url_of(Page("article", key)),
            "id": key,
            "title": entry.shown.title,
            "date": entry.shown.day.isoformat(),
            "speakers": list(entry.concerns.speakers),
            "agreements": list(entry.concerns.agreements),
            "topics": list(entry.concerns.topics),
            "quotes": len(entry.concerns.quotes),
            "notes": entry.shown.note_count,
        }
        for key, entry in site.entries.items()
    ]


def actors(site: Site, _corpus: Corpus) -> list[Record]:
    return [
        {
            **_named(actor.document, actor.matter.name),
            "kind": actor.matter.kind,
            "entries": len(actor.entries),
        }
        for actor in site.actors.values()
    ]


def topics(site: Site, _corpus: Corpus) -> list[Record]:
    return [
        {**_named(topic.document, topic.matter.name), "entries": len(topic.entries)} for topic in site.topics.values()
    ]


def agreements(site: Site, _corpus: Corpus) -> list[Record]:
    return [
        {
            **_named(agreement.document, agreement.matter.name),
            "status": status_on(agreement.matter, site.config.today).word,
            "parties": list(agreement.shown.parties),
            "entries": len(agreement.entries),
        }
        for agreement in site.agreements.values()
    ]


def quotes(site: Site, _corpus: Corpus) -> list[Record]:
    return [
        {
            "path": entry.path,
            "url": f"{url_of(Page('article', key))}#{said.wording.id}",
            "id": said.wording.id,
            "title": " ".join(said.paragraphs),
            "speaker": said.speaker or said.wording.description,
            "date": said.date.iso,
            "kind": said.wording.kind,
            "stance": said.wording.stance,
            "about": [target.id for target in said.about],
        }
        for key, entry in site.entries.items()
        for said in site.quotations[entry.revision].quotes
    ]


def drafts(site: Site, corpus: Corpus) -> list[Record]:
    """List what is not published today, with the reason."""
    timed: list[tuple[str, str, str, Schedule | PageMatter]] = [
        (entry.path, entry.where.id, entry.shown.title, entry.where.schedule) for entry in corpus.entries
    ]
    timed += [
        (document.path, document.id, document.matter.title, document.matter)
        for document, _ in corpus.others
        if isinstance(document.matter, PageMatter)
    ]
    return [
        {"path": path, "url": "", "id": name, "title": title, "reason": reason}
        for path, name, title, when in sorted(timed, key=lambda item: item[0])
        if (reason := reason_hidden(when, site.config))
    ]


def _named(document: Document, name: str) -> Record:
    return {
        "path": document.path,
        "url": url_of(Page(document.kind, document.id)),
        "id": document.id,
        "name": name,
    }


LISTS: Mapping[str, Callable[[Site, Corpus], list[Record]]] = {
    "articles": articles,
    "actors": actors,
    "topics": topics,
    "agreements": agreements,
    "quotes": quotes,
    "drafts": drafts,
}
"""What can be listed."""
