"""The synthetic digest as a Hugo site: actors, topics, agreements and months are its taxonomies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.facts import Actor, Agreement, Entry, Topic, ids
from benchmarks.markup import CommonMarkup, body
from benchmarks.peer_files import source_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from benchmarks.facts import Record


def files(records: Iterable[Record]) -> Iterator[tuple[str, str]]:
    """Yield every file of the site, as its path and its text."""
    yield from source_files("hugo")
    for record in records:
        yield f"content/{path(record)}", text(record)


def path(record: Record) -> str:
    if isinstance(record, Entry):
        return f"articles/{record.day:%Y}/{record.day}-{record.slug}.md"
    return f"{record.named.kind}/{record.named.id}/_index.md"


def text(record: Record) -> str:
    match record:
        case Actor():
            return page(record.named.name, record.profile, f"role: {record.role}\n")
        case Topic():
            return page(record.named.name, record.profile)
        case Agreement():
            dates = f"signed: {record.signed}\nin_force: {record.in_force}\n"
            return page(record.named.name, record.profile, f"parties: [{ids(record.parties)}]\n{dates}")
        case Entry():
            return write_entry(record)


def page(title: str, profile: str, more: str = "") -> str:
    return f"---\ntitle: {title}\n{more}---\n\n{profile}\n"


def write_entry(entry: Entry) -> str:
    return f"""\
---
title: {entry.title}
date: {entry.day}
slug: {entry.slug}
actors: [{ids(entry.speakers)}]
agreements: [{ids(entry.agreements)}]
topics: [{ids(entry.topics)}]
months: ["{entry.day:%Y-%m}"]
source:
  publisher: {entry.source.publisher}
  title: {entry.source.title}
  url: {entry.source.url}
description: {entry.summary}
---

{body(entry, CommonMarkup())}"""
