"""What `digest list` prints: records as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.content.document import usable
from digest.content.kinds.page import PAGE
from digest.linking import kinds
from digest.linking.name_index import naming_of
from digest.linking.visibility import reason_hidden
from digest.pages.routes import url_of
from digest.pages.urls import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from digest.content.document import AnyDocument
    from digest.content.matter import PageMatter
    from digest.engine.read_content import Corpus
    from digest.linking.kind import RecordKind
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


def records(kind: RecordKind[Any, Any, Any], site: Site) -> list[Record]:
    """List the records of a kind; between its name and the number of its entries stands what the kind says of one."""
    return [
        {
            **_named(record.document),
            **kind.columns(record, site.config.today),
            "entries": len(record.entries),
        }
        for record in site.of(kind).values()
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
        if usable(document, PAGE)
    ]
    return [
        {"path": path, "url": "", "id": name, "title": title, "reason": reason}
        for path, name, title, when in sorted(timed, key=lambda item: item[0])
        if (reason := reason_hidden(when, site.config))
    ]


def _named(document: AnyDocument) -> Record:
    naming = naming_of(document)
    return {
        "path": document.path,
        "url": url_of(Page(document.kind, document.id)),
        "id": document.id,
        "name": naming.full_name if naming else "",
    }


def lists() -> Mapping[str, Callable[[Site, Corpus], list[Record]]]:
    """Return what can be listed, by the words of commands."""
    return {
        "articles": articles,
        **{kind.content.folder: _of_kind(kind) for kind in kinds.RECORDS},
        "quotes": quotes,
        "drafts": drafts,
    }


def _of_kind(kind: RecordKind[Any, Any, Any]) -> Callable[[Site, Corpus], list[Record]]:
    return lambda site, _corpus: records(kind, site)
