"""What one thing may depend on of another is a value of its own, and its digest is that of the whole value."""

from __future__ import annotations

import typing
from typing import TYPE_CHECKING

import pytest

from digest.decode.written import Written
from digest.engine import stored_names
from digest.engine.stored_names import keep_names, open_names
from digest.engine.stored_site import keep_site, open_counted, open_site
from digest.linking.name_index import named_record
from digest.linking.records import Concerns, Entry, Quotations, Shown, Where
from digest.linking.targets import Target
from digest.model import Kind
from digest.values import Value, replaced
from tests.support.prepared import ready

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.content.document import AnyDocument
    from digest.linking.records import NamedRecord
    from tests.support.site import Site

KEY = "2024/01/a"
ARTICLE = "content/articles/2024-01-01-a.md"
ANN, PACT = "content/actors/ann.md", "content/agreements/pact.md"
PUBLIC = (Where, Shown, Concerns, Quotations)
"""What an entry's `public_digest` is made of, besides words."""


def site_with_an_entry(site: Site) -> None:
    site.write("digest.yaml", "title: T\n")
    site.write(ANN, "---\nname: Ann Lee\n---\n")
    site.write(PACT, "---\nname: The Pact of Landia\nshort_name: Pact\n---\n# First\n\nText.\n")
    site.write(
        ARTICLE,
        "---\ntitle: A\nspeakers: [ann]\nredirect_from: [/old/]\n---\nAbout [[pact]].\n\n"
        "> Words\n> — [[ann]], a talk {stance=supports about=pact}\n",
    )


def edited(site: Site, path: str, old: str, new: str) -> None:
    text = (site.root / path).read_text(encoding="utf-8")
    assert old in text
    site.write(path, text.replace(old, new))


def entry(site: Site) -> Entry:
    return ready(site.root)[0].site.entries[KEY]


def names_digest(site: Site) -> str:
    return ready(site.root)[0].corpus.name_index.digest


def types_in(kind: object, seen: set[object]) -> Iterator[tuple[str, object]]:
    """Yield the fields of a value, and of all values in it, with their types."""
    if kind in seen:
        return
    seen.add(kind)
    for part in typing.get_args(kind):
        yield from types_in(part, seen)
    if isinstance(kind, type) and (issubclass(kind, Value) or hasattr(kind, "_fields")):
        for name, type_ in typing.get_type_hints(kind).items():
            yield name, type_
            yield from types_in(type_, seen)


@pytest.mark.parametrize("kind", PUBLIC)
def test_what_others_depend_on_has_no_place_in_the_file(kind: type[Value]) -> None:
    seen: set[object] = set()
    names = {name for name, _ in types_in(kind, seen)}
    assert names
    assert Written not in seen
    assert not names & {"start", "end", "spots"}


def test_an_entry_whose_words_move_is_the_same_for_others(site: Site) -> None:
    site_with_an_entry(site)
    before = entry(site)
    edited(site, ARTICLE, "title: A", "# A remark that moves everything\ntitle: A")
    after = entry(site)
    assert after.spots != before.spots
    assert after.revision != before.revision
    assert replaced(after, spots=before.spots, revision=before.revision) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: A", "title: B"),
        ("[[pact]]", "[[ann]]"),
        ("About", "Of"),
        ("> Words", "> Other words"),
        ("a talk", "a speech"),
        ("supports", "rejects"),
        ("speakers: [ann]", "speakers: [ann]\nembargo: 2024-01-02"),
        ("/old/", "/older/"),
        ("About", "# A heading\n\nAbout"),
    ],
)
def test_whatever_others_may_show_is_in_the_public_digest(site: Site, old: str, new: str) -> None:
    site_with_an_entry(site)
    before = entry(site).public_digest
    edited(site, ARTICLE, old, new)
    assert entry(site).public_digest != before


def test_what_others_cannot_show_is_not_in_the_public_digest(site: Site) -> None:
    site_with_an_entry(site)
    before = entry(site)
    edited(site, ARTICLE, "---\nAbout", "updated: 2024-01-03\n---\nSomething else.\n\nAbout")
    after = entry(site)
    assert after.revision != before.revision
    assert after.public_digest == before.public_digest


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (PACT, "short_name: Pact", "short_name: Treaty"),
        (PACT, "# First", "# Second"),
        (ANN, "name: Ann Lee", "name: Ann Lee\nnames: [{name: Ann Ray, to: 2020}]"),
        (ANN, "name: Ann Lee", "name: Ann Lee\nweak_aliases: [Annie]"),
        (ANN, "name: Ann Lee", "name: Ann Ray\naliases: [Ann Lee]"),
    ],
)
def test_whatever_references_may_ask_of_a_record_is_in_the_digest_of_names(
    site: Site, path: str, old: str, new: str
) -> None:
    site_with_an_entry(site)
    before = names_digest(site)
    edited(site, path, old, new)
    assert names_digest(site) != before


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [(ANN, "---\n", "---\n# A remark\nroles: [{title: Envoy}]\n"), (PACT, "Text.", "Other.")],
)
def test_what_references_cannot_ask_of_a_record_binds_nothing_again(site: Site, path: str, old: str, new: str) -> None:
    site_with_an_entry(site)
    before = names_digest(site)
    text = (site.root / path).read_text(encoding="utf-8")
    site.write(path, text.replace(old, new, 1))
    assert names_digest(site) == before


def test_a_register_opened_again_reads_no_record_before_it_is_asked_for(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site_with_an_entry(site)
    prepared, store = ready(site.root)
    kept = prepared.corpus.name_index
    keep_names(store, kept)
    read: list[str] = []

    def noted(document: AnyDocument) -> NamedRecord:
        read.append(document.path)
        return named_record(document)

    monkeypatch.setattr(stored_names, "named_record", noted)
    opened = open_names(store, prepared.site.config)
    assert (opened.digest, [*opened.by_path], read) == (kept.digest, [*kept.by_path], [])
    assert opened.label(Target(Kind.AGREEMENT, "pact"), None) == "Pact"
    assert read == [PACT]
    assert {path: opened.by_path[path] for path in opened.by_path} == kept.by_path


@pytest.mark.parametrize(
    ("path", "old", "new", "same"),
    [
        (ANN, "name: Ann Lee", "name: Ann Ray", False),
        (ANN, "name: Ann Lee", "name: Ann Lee\nroles: [{title: Envoy}]", False),
        (PACT, "short_name: Pact", "short_name: Pact\nthird_parties: [ann]", False),
        (PACT, "short_name: Pact", "short_name: Pact\nsignatories: [{actor: ann}]", False),
        (PACT, "Text.", "Other.", True),
        (ARTICLE, "speakers: [ann]", "topics: []", True),
        (ARTICLE, "> Words\n> — [[ann]], a talk {stance=supports about=pact}", "Nobody spoke.", True),
    ],
)
def test_what_any_page_may_show_of_records_is_in_their_digest(
    site: Site, path: str, old: str, new: str, *, same: bool
) -> None:
    site_with_an_entry(site)
    before = ready(site.root)[0].site.index.entities
    edited(site, path, old, new)
    assert (ready(site.root)[0].site.index.entities == before) is same


def test_what_is_shown_of_actors_is_read_without_what_they_said(site: Site) -> None:
    site_with_an_entry(site)
    prepared, store = ready(site.root)
    keep_site(store, prepared.site)
    kept = open_site(store, prepared.site.config)
    assert {**kept.called} == {name: actor.shown for name, actor in prepared.site.actors.items()}
    assert {**kept.actors} == {**prepared.site.actors}
    assert {**kept.agreements} == {**prepared.site.agreements}
    counted = open_counted(store)
    assert counted
    assert counted.tallies[Kind.ACTOR] == {"ann": prepared.site.actors["ann"].counts}
