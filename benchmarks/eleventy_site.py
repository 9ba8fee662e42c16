"""The synthetic digest as an Eleventy site: actors, topics, agreements and months are collections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.facts import Entry, ids
from benchmarks.markup import CommonMarkup, body
from benchmarks.peer_files import source_files, terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from benchmarks.facts import Record


def files(records: Iterable[Record]) -> Iterator[tuple[str, str]]:
    """Yield every file of the site, as its path and its text."""
    yield from source_files("eleventy")
    known = []
    for record in records:
        if isinstance(record, Entry):
            yield f"content/articles/{record.day:%Y}/{record.day}-{record.slug}.md", write_entry(record)
        else:
            known.append(record)
    yield "content/_data/terms.json", terms(known)


def write_entry(entry: Entry) -> str:
    return f"""\
---
title: {entry.title}
date: {entry.day}
slug: {entry.slug}
actors: [{ids(entry.speakers)}]
agreements: [{ids(entry.agreements)}]
topics: [{ids(entry.topics)}]
source:
  publisher: {entry.source.publisher}
  title: {entry.source.title}
  url: {entry.source.url}
summary: {entry.summary}
---

{body(entry, CommonMarkup())}"""
