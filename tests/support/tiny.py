"""A tiny digest as a value, and everything an editor may do to it: what the tests of incremental builds play with.

A file is a mapping of keys to what is written after them; "" leaves a key out. `body` is what follows front matter,
`text` a whole file. `CHOICES` holds what may be written, by folder or file and key.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from tests.support.sample import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Mapping

Files: TypeAlias = "dict[str, dict[str, str]]"

QUOTE = "> Never again\n> — [[{}]], a talk{}\n"
BODIES = (
    "",
    "Text.",
    "Bob Ray came to Landia, then to Aid.",
    "More by [[ann]] on [[pact]], and [[deal|this]].",
    QUOTE.format("ann", ", 2024-01-09"),
    QUOTE.format("bob", " {#joke stance=rejects about=pact}"),
    QUOTE.format("ann", " {stance=supports about=deal}"),
    QUOTE.format("land", ", 2023-04 {about=pact}"),
    "She said so.[^n]\n\n[^n]: Context: a note by [[bob]].",
    "[The text][^f] is new.\n\n[^f]: Fact-check (misleading): it is [old](https://example.org/).",
    "Seen.[^r]\n\n[^r]: Remark: kept.\n",
    "Said.[^p]\n\n[^p]: Private: never shown.\n",
    "<b>Raw</b> & plain.\n",
    "See [the first](2024-01-10-base.md), [Bob](../actors/bob.md) and [us](../pages/about.md).",
    "## A heading\n\nAnn Lee and Anna. ![Picture](../assets/base.txt)",
    "[[bob|“half-baked”]] words, no [[!Landia]].",
)
DATES = ("", "2024-01-20", "2024-02-29", "2023-05-03", "2024-03-01T15:00", "2024-03-02", "2024-03-11")

ARTICLE = {
    "title": ("One", "Two", "Ann Lee, again", "“Two” & <three>"),
    "date": DATES,
    "speakers": ("", "[ann]", "[bob, ann]", "[land]", "[Bob Ray]"),
    "topics": ("", "[aid]", "[food]", "[food, aid]"),
    "agreements": ("", "[pact]", "[deal]", "[deal, pact]"),
    "source": ("", "{publisher: Post, url: https://example.org/a}", "{publisher: Other, published: 2024-01-02}"),
    "summary": ("", "In short."),
    "slug": ("", "renamed"),
    "draft": ("", "true"),
    "embargo": ("", "2024-03-01T16:00", "2024-03-02", "2024-02-01"),
    "expires": ("", "2024-03-02", "2024-03-01T13:00", "2024-02-01"),
    "lang": ("", "de"),
    "corrections": ("", "[{date: 2024-02-02, text: Put right.}]"),
    "redirect_from": ("", "[/old/]", "[/older/]"),
    "body": BODIES,
}
ACTOR = {
    "name": ("Ann Lee", "Bob Ray", "Landia", "Someone Else"),
    "kind": ("", "state", "organisation"),
    "sort_name": ("", "Lee, Ann"),
    "aliases": ("", "[Anna]", "[Robert, text]"),
    "weak_aliases": ("", "[the minister]"),
    "roles": (
        "",
        "[{title: Envoy, of: land, from: 2023}]",
        "[{title: Envoy, from: 2024-02, to: 2024-03-01}]",
        "[{title: Minister, of: land, from: 2023-06, to: 2024-02-15}, {title: Judge, from: 2024-03-02}]",
    ),
    "names": ("", "[{name: Old Name, to: 2023-12}]"),
    "redirect_from": ("", "[/people/x/]"),
    "body": ("", "Near [[bob]].", "## Early years\n\nSee [us](../pages/about.md) and [[pact]]."),
}
TOPIC = {
    "name": ("Aid", "Food", "Help"),
    "aliases": ("", "[meals]"),
    "broader": ("", "aid"),
    "body": ("", "See [[ann]]."),
}
AGREEMENT = {
    "name": ("The Pact", "The Deal", "A Treaty"),
    "short_name": ("", "Pact II"),
    "kind": ("", "treaty"),
    "parties": ("", "[land]", "[land, bob]"),
    "third_parties": ("", "[ann]"),
    "signatories": ("", "[{actor: ann, for: land}]"),
    "events": (
        "",
        "[{event: signed, date: 2023-05}]",
        "[{event: signed, date: 2023-05}, {event: in-force, date: 2024-01-15}]",
        "[{event: signed, date: 2023-05, party: land}, {event: terminated, date: 2024-03-02}]",
    ),
    "relations": ("", "[{type: amends, agreement: pact}]"),
    "body": ("", "Made by [[bob]]."),
}
PAGE = {
    "title": ("About", "Who we are"),
    "summary": ("", "All about us."),
    "slug": ("", "us"),
    "draft": ("", "true"),
    "body": ("", "By [[ann]], see [one](../articles/2024-01-10-base.md)."),
}
SETTINGS = {
    "title": ("Tiny", "Small"),
    "description": ("", "A digest."),
    "lang": ("", "de"),
    "page_size": ("2", "1", "3", "50"),
    "base_url": ("", "https://example.org/", "https://example.org/news/"),
    "timezone": ("", "Asia/Tokyo", "America/Los_Angeles"),
    "auto_link": ("", "false"),
    "markdown": ("", "{raw_html: true}"),
    "annotations": ("", "{kinds: [{kind: remark, label: Remark}]}", "{kinds: [{kind: context, label: Setting}]}"),
    "extra": ("", "{colour: red}"),
    "theme": ("", "mine"),
}


def _broadsheet(name: str, old: str, new: str) -> str:
    text = (REPOSITORY / "themes/broadsheet" / name).read_text(encoding="utf-8")
    assert old in text, name
    return text.replace(old, new)


_CARD = "macros/card.html"
THEME: Mapping[str, tuple[str, ...]] = {
    "themes/mine/templates/topics.html": (
        "{{ page }}",
        "{% extends 'broadsheet/topics.html' %}{% block layout %}own{% endblock %}",
    ),
    "themes/mine/templates/article.html": ("{{ page }}", "{{ site }}{{ page.head }}{{ body(page.body) }}"),
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

CHOICES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "content/articles": ARTICLE,
    "content/actors": ACTOR,
    "content/topics": TOPIC,
    "content/agreements": AGREEMENT,
    "content/pages": PAGE,
    "digest.yaml": SETTINGS,
}

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
    return lines if path == "digest.yaml" else f"---\n{lines}---\n{fields.get('body', '')}\n"


def folder_of(path: str) -> str:
    """Return the folder whose choices concern a file, or the file where it has choices of its own."""
    return next((folder for folder in CHOICES if path == folder or path.startswith(f"{folder}/")), "")


def is_needed(files: Files, path: str) -> bool:
    """Tell whether another file may refer to this one."""
    stem = path.rpartition("/")[2].removesuffix(".md")
    return any(
        re.search(rf"\b{re.escape(stem)}\b", text_of(other, fields)) for other, fields in files.items() if other != path
    )
