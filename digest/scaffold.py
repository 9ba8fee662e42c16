"""New sites and new content: files that are right from the start."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from slugify import slugify as transliterated

from digest.content.kinds import by_name
from digest.content.load import CONTENT
from digest.content.slugs import slug_problem, slugify
from digest.model import Kind
from digest.project import FILE_NAME, first_link

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


class CannotCreateError(Exception):
    """Something is in the way; the message says what."""


_SITE = """\
title: {title}
# base_url: https://example.org/
# description: What this digest follows, in a sentence or two.
lang: en
timezone: UTC
"""

_IGNORED = """\
/site/
/.digest/
"""

_WELCOME = """\
---
title: A first entry
speakers: [jane-example]
topics: [welcome]
summary: What an entry looks like; replace it with your first story.
---
[[jane-example]] said that an entry [begins with front matter][^where] and goes on in Markdown.

> A quotation ends with a line that says who, on what occasion, and when.
> — [[jane-example]], a first meeting, {today}

She called it [[jane-example|“quite simple”]].

[^where]: Context: this file is `content/articles/{today}-a-first-entry.md`. Its name gives date and address.
"""

_ACTOR = """\
---
name: Jane Example
kind: person
sort_name: Example, Jane
roles:
  - {title: Editor}
---
Jane Example is here so that somebody can be quoted. Replace her with your first speaker.
"""

_TOPIC = """\
---
name: Welcome
---
"""

_ABOUT = """\
---
title: About
---
Say here what this digest follows, and who makes it.
"""


def new_site(folder: Path, *, title: str, today: date) -> list[Path]:
    """Make a site with one entry in an empty folder, or one that is not there yet; returns the files made.

    Raises:
        CannotCreateError: the folder holds something.
        OSError: a file cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CannotCreateError(f"{folder} is not an empty folder")
    day = today.isoformat()
    files = {
        FILE_NAME: _SITE.format(title=_yaml(title)),
        ".gitignore": _IGNORED,
        f"{CONTENT}/articles/{day}-a-first-entry.md": _WELCOME.format(today=day),
        f"{CONTENT}/actors/jane-example.md": _ACTOR,
        f"{CONTENT}/topics/welcome.md": _TOPIC,
        f"{CONTENT}/pages/about.md": _ABOUT,
    }
    return _write(folder, files)


def new_content(
    root: Path, kind: str, name: str, *, today: date, name_id: str = "", actor_kind: str = "person"
) -> Path:
    """Make a file of content with the keys one usually fills in; `name` is its title or name.

    The id is `name_id`, else made from the name, in Latin letters.

    Raises:
        CannotCreateError: the file exists, no id can be made, or a link leads to its folder.
        OSError: the file cannot be written.
    """
    slug = slugify(name_id or transliterated(name))
    problem = slug_problem(slug)
    if problem:
        raise CannotCreateError(f"“{name_id or name}” gives no id: {problem}; give one with --id")
    own = by_name()[kind]
    path = f"{CONTENT}/{own.folder}/{slug}.md"
    if kind == Kind.ARTICLE:
        path = f"{CONTENT}/{own.folder}/{today.year:04}/{today.isoformat()}-{slug}.md"
    if (root / path).exists():
        raise CannotCreateError(f"{path} exists")
    if link := first_link(root, Path(path).parent):
        raise CannotCreateError(f"{link.relative_to(root)} is a link, through which nothing is written")
    return _write(root, {path: own.skeleton.format(name=_yaml(name), kind=actor_kind)})[0]


def write_schemas(folder: Path, schemas: Mapping[str, object]) -> list[Path]:
    """Write each JSON Schema into a file of its own, replacing older ones; a link is replaced, not followed.

    Raises:
        OSError: a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = [folder / f"{name}.schema.json" for name in schemas]
    for file, schema in zip(made, schemas.values(), strict=True):
        _replace(file, json.dumps(schema, ensure_ascii=False, indent=2) + "\n")
    return made


def _replace(file: Path, text: str) -> None:
    new = file.with_name(f".{file.name}.digest-new")
    new.unlink(missing_ok=True)
    with new.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
    new.replace(file)


def _yaml(text: str) -> str:
    """Return a text as a YAML scalar: plain where that is safe, else quoted as JSON, which YAML reads too."""
    plain = text == text.strip() and text[:1].isalnum() and not any(mark in text for mark in (": ", " #", "\n", "\\"))
    special = text.casefold() in {"null", "true", "false", "yes", "no"} or text.endswith(":")
    return text if plain and not special else json.dumps(text, ensure_ascii=False)


def _write(folder: Path, files: Mapping[str, str]) -> list[Path]:
    made = []
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        made.append(file)
    return made
