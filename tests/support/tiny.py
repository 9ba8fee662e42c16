"""A tiny digest as a value, and everything an editor may do to it: what the tests of incremental builds play with.

A file is a mapping of keys to what is written after them; "" leaves a key out. `body` is what follows front matter,
`text` a whole file. `choices` says what may be written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from tests.support.choices import ACTOR, AGREEMENT, BODIES, CHOICES, NOTED, QUOTE
from tests.support.sample import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Mapping

Files: TypeAlias = "dict[str, dict[str, str]]"


def _broadsheet(name: str, old: str, new: str) -> str:
    text = (REPOSITORY / "themes/broadsheet" / name).read_text(encoding="utf-8")
    assert old in text, name
    return text.replace(old, new)


_CARD = "macros/card.html"
THEME: Mapping[str, tuple[str, ...]] = {
    "themes/mine/templates/topics.html": (
        "{{ page }}",
        "{% extends 'broadsheet/topics.html' %}{% block layout %}own{% endblock %}",
        "{% extends 'broadsheet/topics.html' %}{% block layout %}{{ super() }}{{ site }}{% endblock %}",
    ),
    "themes/mine/templates/article.html": (
        "{{ page }}",
        "{{ site }}{{ page.head }}{{ body(page.body) }}",
        "{% extends 'broadsheet/article.html' %}{% block layout %}{{ super() }}{{ page.also_covered_by }}{% endblock %}",
    ),
    "themes/mine/templates/home.html": (
        "{{ page }}",
        "{% include 'partials/own.html' ignore missing %}{{ page.days }}",
    ),
    "themes/mine/templates/actor.html": ("{{ page }}",),
    "themes/mine/templates/partials/own.html": ("{{ site.title }}", "{{ static('style.css') }}"),
    "themes/mine/templates/partials/note.html": ("({{ note }}: {{ html }})",),
    f"themes/mine/templates/{_CARD}": (
        _broadsheet(f"templates/{_CARD}", "Speaking", "Heard"),
        _broadsheet(f"templates/{_CARD}", "Speaking", "{{ entry }}"),
    ),
    "themes/mine/static/style.css": ("p { color: red }", "p { color: tan }"),
    "themes/mine/static/own.txt": ("own",),
}
"""Files that may be laid over the theme, and what they may hold."""

ASSETS: Mapping[str, tuple[str, ...]] = {
    "content/assets/base.txt": ("base", "bass", "longer"),
    "content/assets/more/new.txt": ("new", "now"),
    "content/articles/photo.txt": ("photo",),
}
ADDED: Mapping[str, tuple[str, ...]] = {
    "content/articles": (
        "2024-01-15-new",
        "2024-02-05-twin",
        "2023-05-04-older",
        "2024-03-02-soon",
        "2023/2023-11-30-lone",
        "2024-01-10-zero",
    ),
    "content/actors": ("carl", "dora"),
    "content/topics": ("trade",),
    "content/agreements": ("accord",),
    "content/pages": ("method",),
}
"""Names that new and renamed files may have, by folder."""

BROKEN: Mapping[str, tuple[tuple[str, str], ...]] = {
    "content/articles": (
        ("body", "[[nobody]]"),
        ("body", "[^lost]"),
        ("titel", "x"),
        ("topics", "[nothing]"),
        ("date", "soon"),
        ("title", "["),
    ),
    "content/actors": (("name", ""), ("roles", "[{title: A, from: 2024, to: 2023}]"), ("body", "[[nobody]]")),
    "content/topics": (("broader", "nothing"),),
    "content/agreements": (("parties", "[nobody]"), ("events", "[{event: sung, date: 2023}]")),
    "content/pages": (("body", "[x](nowhere.md)"),),
    "digest.yaml": (("page_size", "none"), ("theme", "lost"), ("titel", "x")),
}
"""Mistakes: what must not be written, by folder and key."""

FAILING: Mapping[str, str] = {
    "themes/mine/templates/topic.html": "{{ page.nothing }}",
    "themes/mine/templates/actor.html": "{% if page.roles %}{{ page.nothing }}{% endif %}",
    "themes/mine/templates/archive.html": "{% if %}",
}


def start() -> Files:
    """Return the digest that every play begins with; it has a warning."""
    return {
        "digest.yaml": {"title": "Tiny", "page_size": "2"},
        "themes/mine/theme.yaml": {"text": "name: Mine\nextends: broadsheet\n"},
        "content/assets/base.txt": {"text": "base"},
        "content/actors/ann.md": {"name": "Ann Lee", "roles": ACTOR["roles"][1], "body": "Near [[bob]]."},
        "content/actors/bob.md": {"name": "Bob Ray"},
        "content/actors/land.md": {"name": "Landia", "kind": "state"},
        "content/topics/aid.md": {"name": "Aid"},
        "content/topics/food.md": {"name": "Food", "broader": "aid"},
        "content/agreements/pact.md": {"name": "The Pact", "parties": "[land]", "events": AGREEMENT["events"][1]},
        "content/agreements/deal.md": {"name": "The Deal"},
        "content/pages/about.md": {"title": "About", "body": "By [[ann]]."},
        "content/articles/2024-01-10-base.md": {"title": "Base", "topics": "[aid]", "body": BODIES[5]},
        "content/articles/2024-01-20-ann.md": {"title": "Ann speaks", "topics": "[food]", "body": BODIES[3]},
        "content/articles/2024-02-05-pact.md": {"title": "Pact", "agreements": "[pact]", "body": BODIES[2]},
        "content/articles/2023-05-03-old.md": {
            "title": "Old",
            "speakers": "[ann]",
            "body": QUOTE.format("ann", ", 2022"),
        },
    }


def text_of(path: str, fields: Mapping[str, str]) -> str:
    """Return what a file holds."""
    if "text" in fields:
        return fields["text"]
    lines = "".join(f"{key}: {value}\n" for key, value in fields.items() if value and key != "body")
    if path == "digest.yaml":
        return lines
    noted = f"{NOTED}\n\n" if "exact" in fields.get("annotations", "") else ""
    return f"---\n{lines}---\n{noted}{fields.get('body', '')}\n"


def folder_of(path: str) -> str:
    """Return the folder whose choices concern a file, or the file where it has choices of its own."""
    return next((folder for folder in CHOICES if path == folder or path.startswith(f"{folder}/")), "")


def is_needed(files: Files, path: str) -> bool:
    """Tell whether another file may refer to this one."""
    stem = path.rpartition("/")[2].removesuffix(".md")
    return any(
        re.search(rf"\b{re.escape(stem)}\b", text_of(other, fields)) for other, fields in files.items() if other != path
    )
