"""What may be written after each key of a tiny digest's files; "" leaves a key out.

Edits must change pages, or they would prove nothing: `tests/test_choices.py` asks the schemas for every key, and holds
that some edit changes it alone, and a page with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def each(first: Mapping[str, str], second: Mapping[str, str]) -> tuple[str, ...]:
    """Return the first mapping as YAML, then for each key the same with the second's value."""
    assert first.keys() == second.keys()
    return (_flow(first), *(_flow({**first, key: value}) for key, value in second.items()))


def each_listed(first: Mapping[str, str], second: Mapping[str, str]) -> tuple[str, ...]:
    """Return the same as lists of one."""
    return tuple(f"[{written}]" for written in each(first, second))


def _flow(fields: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in fields.items()) + "}"


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
NOTED = "Hear: when told now, once told now, when told late, when said now."
"""What a body begins with where front matter has notes on passages, which must stand there once."""

DATES = ("", "2024-01-20", "2024-02-29", "2023-05-03", "2024-03-01T15:00", "2024-03-02", "2024-03-11")

SOURCE = each(
    {
        "publisher": "Post",
        "title": "A headline",
        "url": "https://example.org/a",
        "author": "Ed Poe",
        "published": "2024-01-02",
        "lang": "fr",
        "archived": "https://example.org/kept/a",
        "retrieved": "2024-01-03",
        "grade": "B2",
    },
    {
        "publisher": "Other",
        "title": "Ann Lee",
        "url": "https://example.org/b",
        "author": "Eve Poe",
        "published": "2024-01-02T09:00",
        "lang": "es",
        "archived": "https://example.org/kept/b",
        "retrieved": "2024-01-04",
        "grade": "A1",
    },
)
ARTICLE = {
    "title": ("One", "Two", "Ann Lee, again", "“Two” & <three>"),
    "date": DATES,
    "speakers": ("", "[ann]", "[bob, ann]", "[land]", "[Bob Ray]"),
    "topics": ("", "[aid]", "[food]", "[food, aid]"),
    "agreements": ("", "[pact]", "[deal]", "[deal, pact]"),
    "source": ("", *SOURCE, "{publisher: Other}"),
    "also_covered_by": ("", *(f"[{source}]" for source in SOURCE), f"[{SOURCE[0]}, {SOURCE[1]}]"),
    "summary": ("", "In short."),
    "updated": ("", "2024-02-20", "2024-02-20T10:00"),
    "slug": ("", "renamed"),
    "draft": ("", "true"),
    "embargo": ("", "2024-03-01T16:00", "2024-03-02", "2024-02-01"),
    "expires": ("", "2024-03-02", "2024-03-01T13:00", "2024-02-01"),
    "lang": ("", "de"),
    "corrections": (
        "",
        *each_listed({"date": "2024-02-02", "text": "Put right."}, {"date": "2024-02-03", "text": "It was seven."}),
    ),
    "redirect_from": ("", "[/old/]", "[/older/]"),
    "annotations": (
        "",
        *each_listed(
            {
                "exact": "told",
                "prefix": "when",
                "suffix": "now",
                "kind": "context",
                "verdict": "misleading",
                "text": '"By [[bob]]."',
            },
            {
                "exact": "said",
                "prefix": "once",
                "suffix": "late",
                "kind": "fact-check",
                "verdict": "disputed",
                "text": "By hand.",
            },
        ),
    ),
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
        *each_listed(
            {"title": "Envoy", "of": "land", "from": "2022", "to": "2024-02"},
            {"title": "Consul", "of": "bob", "from": "2023-06", "to": "2024-01-15"},
        ),
    ),
    "same_as": ("", "[https://example.org/ann]", "[https://example.org/ann, https://example.net/ann]"),
    "names": (
        "",
        "[{name: Old Name, to: 2023-12}]",
        *each_listed(
            {"name": "Old Name", "from": "2022", "to": "2023-12"},
            {"name": "Former Name", "from": "2023-06", "to": "2024-02"},
        ),
    ),
    "redirect_from": ("", "[/people/x/]"),
    "body": ("", "Near [[bob]].", "## Early years\n\nSee [us](../pages/about.md) and [[pact]]."),
}
TOPIC = {
    "name": ("Aid", "Food", "Help"),
    "aliases": ("", "[meals]"),
    "broader": ("", "aid"),
    "redirect_from": ("", "[/subjects/x/]"),
    "body": ("", "See [[ann]]."),
}
AGREEMENT = {
    "name": ("The Pact", "The Deal", "A Treaty"),
    "short_name": ("", "Pact II"),
    "aliases": ("", "[the bargain]", "[words]"),
    "kind": ("", "treaty"),
    "process": ("", "The Talks"),
    "parties": ("", "[land]", "[land, bob]"),
    "third_parties": ("", "[ann]"),
    "signatories": ("", *each_listed({"actor": "ann", "for": "land"}, {"actor": "bob", "for": "bob"})),
    "events": (
        "",
        "[{event: signed, date: 2023-05}]",
        "[{event: signed, date: 2023-05}, {event: in-force, date: 2024-01-15}]",
        "[{event: signed, date: 2023-05, party: land}, {event: terminated, date: 2024-03-02}]",
        *each_listed(
            {
                "event": "signed",
                "date": "2023-05",
                "party": "land",
                "place": "Town",
                "note": "At last.",
                "source": "https://example.org/signed",
            },
            {
                "event": "acceded",
                "date": "2023-06-07",
                "party": "bob",
                "place": "Village",
                "note": "At long last.",
                "source": "https://example.org/film",
            },
        ),
    ),
    "relations": (
        "",
        *each_listed({"type": "amends", "agreement": "pact"}, {"type": "implements", "agreement": "deal"}),
    ),
    "text_url": ("", "https://example.org/text", "https://example.org/other"),
    "redirect_from": ("", "[/treaties/x/]"),
    "body": ("", "Made by [[bob]]."),
}
PAGE = {
    "title": ("About", "Who we are"),
    "summary": ("", "All about us."),
    "slug": ("", "us"),
    "draft": ("", "true"),
    "lang": ("", "de"),
    "redirect_from": ("", "[/who/]"),
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
    "annotations": (
        "",
        "{kinds: [{kind: context, label: Setting}]}",
        "{verdicts: [misleading, disputed, sound]}",
        *(
            f"{{kinds: {kinds}, verdicts: [misleading, disputed]}}"
            for kinds in each_listed(
                {"kind": "remark", "label": "Remark", "sign": "+", "private": "false"},
                {"kind": "aside", "label": "Aside", "sign": '"="', "private": "true"},
            )
        ),
    ),
    "timeout": ("", "20"),
    "publish": (
        "",
        *each({"host_files": "[CNAME]", "in_place": "false"}, {"host_files": "[feed.xml]", "in_place": "true"}),
    ),
    "extra": ("", "{colour: red}"),
    "theme": ("", "mine"),
}


CHOICES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "content/articles": ARTICLE,
    "content/actors": ACTOR,
    "content/topics": TOPIC,
    "content/agreements": AGREEMENT,
    "content/pages": PAGE,
    "digest.yaml": SETTINGS,
}
