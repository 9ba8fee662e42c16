"""What is written in one file and shown on the page of another: the next build is a clean build, edit by edit.

Each edit changes one fact alone, for one that comes with others may be noticed by them. Random edits, in
`test_incremental.py`, come to combinations that nobody thinks of; these name what must be noticed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.twins import Twins, work_once

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.tiny import Files

LAND, ISLE, ANN, BOB = (f"content/actors/{name}.md" for name in ("land", "isle", "ann", "bob"))
AID, FOOD, PACT, FRAME = (
    f"content/{name}.md" for name in ("topics/aid", "topics/food", "agreements/pact", "agreements/frame")
)
ABOUT = "content/pages/about.md"
OLD, NAMED, OTHER, FAR, SAID = (
    f"content/articles/2023-{name}.md"
    for name in ("01-01-old", "02-01-named", "05-01-other", "07-01-far", "08-01-said")
)

FILES = {
    "digest.yaml": "title: T\npage_size: 2\n",
    LAND: "---\nname: Land\nkind: state\n---\n",
    ISLE: "---\nname: Isle\nkind: state\nnames: [{name: Rock, to: 2023-02}]\n---\n",
    ANN: (
        "---\nname: Ann\nroles: [{title: Minister, of: land, from: 2020}, {title: Envoy, from: 2020, to: 2023-07-30}]\n"
        "names: [{name: Old Name, to: 2023-02-15}]\n---\n## Early years\n\nNear [[bob]].\n"
    ),
    BOB: "---\nname: Bob\n---\n",
    AID: "---\nname: Aid\n---\n",
    FOOD: "---\nname: Food\nbroader: aid\n---\nMore by [[ann]].\n",
    FRAME: "---\nname: Frame\n---\n",
    PACT: (
        "---\nname: The Pact of All\nshort_name: Pact\nparties: [land, isle]\nsignatories: [{actor: ann, for: land}]\n"
        "events: [{event: signed, date: 2023-01-20}]\n---\n"
    ),
    ABOUT: "---\ntitle: About\n---\nBy [[ann]], see [it](../articles/2023-01-01-old.md).\n",
    OLD: "---\ntitle: Old\n---\nText.\n",
    NAMED: "---\ntitle: Named\ntopics: [food]\n---\n[[ann]] of [[isle]] came.\n",
    OTHER: "---\ntitle: Other\nspeakers: [bob]\nsummary: In short.\nsource: {publisher: Post}\n---\nText.\n",
    FAR: (
        "---\ntitle: Far\n---\nAfter [that](2023-01-01-old.md), [years](../actors/ann.md#early-years) of [[pact]], "
        "[[food]] and [words](2023-08-01-said.md#w).\n"
    ),
    SAID: (
        "---\ntitle: Said\n---\n> Words\n> — [[ann]], a talk, 2023-07-30 "
        "{#w stance=supports kind=direct about=pact on_behalf_of=land}\n"
    ),
    "content/articles/2023-06-01-alone.md": "---\ntitle: Alone\nspeakers: [ann]\n---\nText.\n",
    **{
        f"content/articles/2023-{month:02}-20-filler.md": f"---\ntitle: Filler {month}\nspeakers: [bob]\n---\nText.\n"
        for month in range(1, 11)
    },
}

EDITS = {
    "a stance": [(SAID, "supports", "rejects")],
    "what a quotation is": [(SAID, "kind=direct", "kind=paraphrase")],
    "an occasion": [(SAID, "a talk", "a speech")],
    "a quotation's words": [(SAID, "> Words", "> Other words")],
    "a quotation's day": [(SAID, "2023-07-30", "2023-07-31")],
    "what words are about": [(SAID, "about=pact", "about=frame")],
    "for whom they are said": [(SAID, "on_behalf_of=land", "on_behalf_of=isle")],
    "a quotation's anchor": [(SAID, "#w", "#v")],
    "a heading": [(ANN, "Early years", "First years")],
    "an agreement's short name": [(PACT, "short_name: Pact", "short_name: Treaty")],
    "a short name that is an alias": [(PACT, "name: Pact", "name: Pact\naliases: [Pact]"), (PACT, "short_name: Pact\n", "")],
    "a name that is an alias": [(BOB, "name: Bob", "name: Bob\naliases: [Bob, Rob]"), (BOB, "name: Bob\n", "name: Rob\n")],
    "a topic's name that is an alias": [
        (FOOD, "name: Food", "name: Food\naliases: [Food, Meals]"),
        (FOOD, "name: Food\n", "name: Meals\n"),
    ],
    "an agreement's name": [(PACT, "The Pact of All", "The Pact of Some")],
    "a topic's name": [(FOOD, "name: Food", "name: Meals")],
    "the name of the topic above": [(AID, "name: Aid", "name: Help")],
    "the topic above": [(FOOD, "broader: aid\n", "")],
    "a sentence in a topic": [(FOOD, "More by [[ann]]", "All by [[ann]]")],
    "a name": [(BOB, "name: Bob", "name: Bob Ray")],
    "an earlier name": [(ANN, "Old Name", "Former Name")],
    "the end of an earlier name": [(ANN, "2023-02-15", "2023-01-15")],
    "a party's earlier name": [(ISLE, "Rock", "Stone")],
    "a weak alias": [(FAR, "of [[pact]]", "of [[the chief]]"), (ANN, "name: Ann", "name: Ann\nweak_aliases: [the chief]")],
    "an alias that somebody uses": [(FAR, "of [[pact]]", "of [[the chief]]"), (ANN, "name: Ann", "name: Ann\naliases: [the chief]")],
    "an alias that is a word": [(BOB, "name: Bob", "name: Bob\naliases: [After]")],
    "what an actor is": [(ISLE, "kind: state", "kind: group")],
    "a place in the list": [(ANN, "name: Ann", "name: Ann\nsort_name: Zed")],
    "an office": [(ANN, "Minister", "President")],
    "the beginning of an office": [(ANN, "land, from: 2020", "land, from: 2023-03")],
    "the end of an office": [(ANN, "2023-07-30}", "2023-07-29}")],
    "the name of whom an office is of": [(LAND, "name: Land", "name: Landia")],
    "a party": [(PACT, "[land, isle]", "[land]")],
    "a third party": [(PACT, "parties: [land, isle]", "parties: [land, isle]\nthird_parties: [bob]")],
    "a signatory": [(PACT, "actor: ann", "actor: bob")],
    "an event": [(PACT, "2023-01-20}", "2023-01-20}, {event: in-force, date: 2023-06-01}")],
    "a relation": [(FRAME, "name: Frame", "name: Frame\nrelations: [{type: amends, agreement: pact}]")],
    "the address of what is linked to": [(OLD, "title: Old", "title: Old\nslug: ancient")],
    "an old address": [(OLD, "title: Old", "title: Old\nredirect_from: [/before/]")],
    "a title": [(OTHER, "title: Other", "title: Another")],
    "a summary": [(OTHER, "In short.", "In brief.")],
    "a publisher": [(OTHER, "Post", "Paper")],
    "a language": [(OTHER, "title: Other", "title: Other\nlang: de")],
    "a day": [(OTHER, "title: Other", "title: Other\ndate: 2023-06-02")],
    "a note": [(OTHER, "Text.", "Text.[^n]\n\n[^n]: Note")],
    "a speaker": [(OTHER, "[bob]", "[bob, ann]")],
    "a topic": [(OTHER, "speakers: [bob]", "speakers: [bob]\ntopics: [aid]")],
    "an agreement": [(OTHER, "speakers: [bob]", "speakers: [bob]\nagreements: [frame]")],
    "a mention": [(OTHER, "Text.", "By [[isle]].")],
    "a sentence around a mention": [(NAMED, "came.", "came back.")],
    "a draft": [(OTHER, "title: Other", "title: Other\ndraft: true")],
    "a page's title": [(ABOUT, "title: About", "title: Who we are")],
    "a page's sentence": [(ABOUT, "By [[ann]]", "Of [[ann]]")],
    "a record that cannot be read": [(BOB, "name: Bob", "name: Bob\nkind: robot")],
}  # fmt: skip
"""By what changes: where, and what is written instead of what; the last one is the edit, those before it prepare it."""


@pytest.mark.parametrize("what", EDITS)
def test_what_other_pages_show_of_a_file_changes_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    work_once(monkeypatch)
    monkeypatch.setenv("DIGEST_DEBUG", "1")
    files: Files = {path: {"text": text} for path, text in FILES.items()}
    twins = Twins(tmp_path / "live", tmp_path / "clean", files)
    before = twins.run("build")
    assert before.exit_code == 0
    published = before.tree
    for path, old, new in EDITS[what]:
        assert files[path]["text"].count(old) == 1
        files[path] = {"text": files[path]["text"].replace(old, new)}
        found, expected = twins.run("build"), twins.clean("build")
        assert (found.exit_code, found.problems) == (expected.exit_code, expected.problems)
        assert found.tree == (published if found.exit_code else expected.tree)
        assert (found.tree, found.problems) != (before.tree, before.problems)
        before, published = found, found.tree
