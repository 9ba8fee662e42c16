"""The hand-written part of other generators' sites: settings and templates in `benchmarks/peers/`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.facts import Actor, Agreement, Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.facts import Record, Topic

PEERS = Path(__file__).with_name("peers")


def source_files(tool: str) -> Iterator[tuple[str, str]]:
    """Yield the tool's settings and templates, as paths in the site and texts."""
    folder = PEERS / tool
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield file.relative_to(folder).as_posix(), file.read_text(encoding="utf-8")


def terms(records: Sequence[Record]) -> str:
    """Return what is known of actors, topics and agreements as JSON, by kind and id."""
    found: dict[str, dict[str, object]] = {"actors": {}, "topics": {}, "agreements": {}}
    for record in records:
        if not isinstance(record, Entry):
            found[record.named.kind][record.named.id] = term(record)
    return json.dumps(found, indent=1)


def term(record: Actor | Topic | Agreement) -> dict[str, object]:
    known: dict[str, object] = {"name": record.named.name, "profile": record.profile}
    match record:
        case Actor():
            known["role"] = record.role
        case Agreement():
            known["parties"] = [party.id for party in record.parties]
            known |= {"signed": f"{record.signed}", "in_force": f"{record.in_force}"}
    return known
