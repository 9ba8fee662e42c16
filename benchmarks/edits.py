"""What editors do to a synthetic digest, and where the site must show it.

Every edit brings in a word that was nowhere before, so that no edit is a no-op and none can be overlooked.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OFFICE = r"(?m)^(  - title|role): .*"
"""The line of an actor's file, in a digest or a Hugo site, that says what office the actor holds."""
DATED = re.compile(r"(\d{4})-(\d{2})-\d{2}-(.+)")
BODIES, TITLES, NEW = 8, 1, 1
"""What a publish after some days of work brings: ten entries."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Where in the site a new word must be found: paths in the output folder."""

    word: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A file's new text, not yet written, and what the site must show of it."""

    file: Path
    text: str
    shown: Shown

    def apply(self) -> Shown:
        self.file.write_text(self.text, encoding="utf-8")
        return self.shown


def edit_body(root: Path, word: str) -> Change:
    """Add a word to the last paragraph of an entry; any tool's entry will do."""
    entry = any_file(root, "articles", word)
    text = replaced(entry, r"\.\n\n\[\^span\]:", f" {word}.\n\n[^span]:")
    return Change(entry, text, Shown(word, (page_of(entry),)))


def edit_title(root: Path, word: str) -> Change:
    """Add a word to the title of an entry, which lists and neighbours show too."""
    entry = any_file(root, "articles", word)
    text = replaced(entry, r"(?m)^title: .*", rf"\g<0> {word}")
    return Change(entry, text, Shown(word, (page_of(entry), month_of(entry))))


def edit_actor(root: Path, word: str) -> Change:
    """Add a word to an actor's office, which every entry shows that quotes the actor."""
    actor = any_file(root, "actors", word)
    text = replaced(actor, OFFICE, rf"\g<0> {word}")
    return Change(actor, text, Shown(word, (f"actors/{actor.stem}/index.html", "actors/index.html")))


def add_entry(root: Path, word: str) -> Change:
    """Add an entry, the newest of all."""
    newest = max((root / "content" / "articles").rglob("*.md"), key=lambda file: file.name)
    added = newest.with_name(f"{newest.name[:10]}-{word}.md")
    text = replaced(newest, r"(?m)^title: .*", f"title: Added {word}")
    return Change(added, text, Shown(word, (page_of(added), month_of(added), "index.html")))


def some_days_work(root: Path, word: str) -> Iterator[Change]:
    """Yield ten changes, as between two publishes; each must be applied before the next is asked for."""
    edits = [edit_body] * BODIES + [edit_title] * TITLES + [add_entry] * NEW
    for number, edit in enumerate(edits):
        yield edit(root, f"{word}n{number}")


def any_file(root: Path, kind: str, word: str) -> Path:
    """Return a file of a kind, another for another word."""
    files = sorted((root / "content" / kind).rglob("*.md"))
    return random.Random(word).choice(files)


def replaced(file: Path, pattern: str, replacement: str) -> str:
    """Return the file's text with the first match replaced; there must be one."""
    text, count = re.subn(pattern, replacement, file.read_text(encoding="utf-8"), count=1)
    if not count:
        raise ValueError(f"nothing to edit in {file}")
    return text


def page_of(entry: Path) -> str:
    year, month, slug = parts(entry)
    return f"articles/{year}/{month}/{slug}/index.html"


def month_of(entry: Path) -> str:
    year, month, _ = parts(entry)
    return f"archive/{year}/{month}/index.html"


def parts(entry: Path) -> tuple[str, ...]:
    found = DATED.fullmatch(entry.stem)
    if not found:
        raise ValueError(f"not an entry's name: {entry.name}")
    return found.groups()
