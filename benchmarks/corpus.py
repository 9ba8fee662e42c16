"""A synthetic digest of any size: `python -m benchmarks.corpus N DEST [--seed S] [--tool hugo]`.

The same number and seed give the same bytes, and the same words to every tool. `digest check` finds nothing wrong.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import eleventy_site, hugo_site, pelican_site
from benchmarks.facts import TITLE, URL, Actor, Agreement, Entry, Topic, generate, ids
from benchmarks.markup import DigestMarkup, body

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from benchmarks.facts import Record


def files(records: Iterable[Record]) -> Iterator[tuple[str, str]]:
    """Yield every file of a digest, as its path and its text."""
    yield "digest.yaml", f"title: {TITLE}\nbase_url: {URL}\n"
    for record in records:
        yield f"content/{path(record)}", text(record)


def path(record: Record) -> str:
    """Return the record's path below `content/`."""
    if isinstance(record, Entry):
        return f"articles/{record.day:%Y}/{record.day}-{record.slug}.md"
    return f"{record.named.kind}/{record.named.id}.md"


def text(record: Record) -> str:
    match record:
        case Actor():
            return write_actor(record)
        case Topic():
            return f"---\nname: {record.named.name}\n---\n\n{record.profile}\n"
        case Agreement():
            return write_agreement(record)
        case Entry():
            return write_entry(record)


def write_actor(actor: Actor) -> str:
    name = actor.named.name
    first, last = name.split()
    return (
        f"---\nname: {name}\nkind: {actor.kind}\nsort_name: {last}, {first}\n"
        f"aliases: [{last}]\nroles:\n  - title: {actor.role}\n---\n\n{actor.profile}\n"
    )


def write_agreement(agreement: Agreement) -> str:
    return (
        f"---\nname: {agreement.named.name}\nkind: treaty\nparties: [{ids(agreement.parties)}]\nevents:\n"
        f"  - {{date: {agreement.signed}, event: signed}}\n  - {{date: {agreement.in_force}, event: in-force}}\n---\n\n"
        f"{agreement.profile}\n"
    )


def write_entry(entry: Entry) -> str:
    return f"""\
---
title: {entry.title}
speakers: [{ids(entry.speakers)}]
agreements: [{ids(entry.agreements)}]
topics: [{ids(entry.topics)}]
source:
  publisher: {entry.source.publisher}
  title: {entry.source.title}
  url: {entry.source.url}
summary: {entry.summary}
---

{body(entry, DigestMarkup())}"""


TOOLS = {
    "digest": files,
    "hugo": hugo_site.files,
    "pelican": pelican_site.files,
    "eleventy": eleventy_site.files,
}
"""What makes the files of each tool's site from the records of a digest."""


def write(count: int, folder: Path, *, seed: int = 0, tool: str = "digest") -> None:
    """Write the digest below `folder`, as the tool wants it."""
    for name, content in TOOLS[tool](generate(count, seed)):
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int, help="number of entries")
    parser.add_argument("folder", type=Path, help="where to write")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tool", choices=TOOLS, default="digest")
    options = parser.parse_args()
    write(options.count, options.folder, seed=options.seed, tool=options.tool)


if __name__ == "__main__":
    main()
