"""The synthetic digest as a Pelican site: speakers are authors, topics and agreements are tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.facts import Entry
from benchmarks.markup import CommonMarkup, body
from benchmarks.peer_files import source_files, terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from benchmarks.facts import Named, Record


class PelicanMarkup(CommonMarkup):
    """Links to the pages of authors and tags, the two kinds of term that Pelican has."""

    def address(self, named: Named) -> str:
        return f"/{'actors' if named.kind == 'actors' else 'tags'}/{named.id}/"


def files(records: Iterable[Record]) -> Iterator[tuple[str, str]]:
    """Yield every file of the site, as its path and its text."""
    yield from source_files("pelican")
    known = []
    for record in records:
        if isinstance(record, Entry):
            yield f"content/{record.day:%Y}/{record.day}-{record.slug}.md", write_entry(record)
        else:
            known.append(record)
    yield "terms.json", terms(known)


def write_entry(entry: Entry) -> str:
    speakers = "; ".join(speaker.name for speaker in entry.speakers)
    tags = ", ".join(tag.name for tag in (*entry.topics, *entry.agreements))
    return f"""\
Title: {entry.title}
Date: {entry.day}
Slug: {entry.slug}
Authors: {speakers};
Tags: {tags}
Summary: {entry.summary}
Publisher: {entry.source.publisher}
Story: {entry.source.title}
Address: {entry.source.url}

{body(entry, PelicanMarkup())}"""
