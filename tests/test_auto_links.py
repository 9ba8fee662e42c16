"""Names that nobody marked are linked: once, whole, longest first, and never where a link cannot stand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.linking.autolink import AutoLinker, auto_linker
from digest.linking.names import Names
from digest.linking.targets import Target

if TYPE_CHECKING:
    from tests.support.site import Site

SPELLINGS = {
    "Georgia": "georgia",
    "South Georgia": "south-georgia",
    "Ann": "ann",
    "Ann Smith": "ann",
    "Сергей Лавров": "lavrov",
    "AT&T": "att",
    "İzmir": "izmir",
    "दी": "di",
    "मोदी": "modi",
    "U.S.": "us",
}


def linker(spellings: dict[str, str]) -> AutoLinker:
    targets = {word: (Target("actor", name),) for word, name in spellings.items()}
    return auto_linker(Names({}, {}, {}, targets, frozenset()))


def linked(markup: str, *skip: str) -> list[tuple[str, str]]:
    """Return what is linked in a fragment: words and id."""
    found = linker(SPELLINGS).find(markup, skip=frozenset(Target("actor", name) for name in skip))
    return [(markup[link.start : link.end], link.target.id) for link in found]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>Georgia and Georgia</p>", [("Georgia", "georgia")]),
        ("<p>South Georgia</p>", [("South Georgia", "south-georgia")]),
        ("<p>South Georgia, Georgia</p>", [("South Georgia", "south-georgia"), ("Georgia", "georgia")]),
        ("<p>South\nGeorgia</p>", [("South\nGeorgia", "south-georgia")]),
        ("<p>Ann Smith, then Ann</p>", [("Ann Smith", "ann")]),
        ("<p>(Ann), “Ann”</p>", [("Ann", "ann")]),
        ("<p>Ann’s and Ann's</p>", [("Ann", "ann")]),
        ("<p>Annette, Joann, Ann_, 1Ann</p>", []),
        ("<p>ann ANN</p>", []),
        ("<p>Georgia–Russia, Ann-Marie, pro-Georgia, UK—Georgia</p>", []),
        ("<p>Сергей Лавровский, Сергей Лавров</p>", [("Сергей Лавров", "lavrov")]),
        ("<p>AT&amp;T</p>", [("AT&amp;T", "att")]),
        ("<p>the U.S. and</p>", [("U.S.", "us")]),
        ("<p>मोदी</p>", [("मोदी", "modi")]),
        ("<p>मोदीी and गदी</p>", []),
        ("<p><a href='x'>Ann</a> <code>Ann</code></p><pre>Ann</pre><h2>Ann</h2>", []),
        ("<p><a href='x'><em>Ann</em> and Ann</a> <em>Ann</em></p>", [("Ann", "ann")]),
        ('<p class="original" lang="ru">Ann</p>', []),
        ('<p title="Ann">x</p>', []),
        ("<p>a < Ann</p>", [("Ann", "ann")]),
    ],
)
def test_a_name_is_linked_once_and_whole(markup: str, expected: list[tuple[str, str]]) -> None:
    assert linked(markup) == expected


words = st.sampled_from([*SPELLINGS, "South", "Smith", "Annette", "x", "–", "-", ".", " ", "\n", "’s"])
inline = st.one_of(
    words,
    st.sampled_from(["em", "a", "code", "strong"]).flatmap(
        lambda tag: words.map(lambda word: f"<{tag}>{word}</{tag}>")
    ),
)
fragments = st.lists(inline, max_size=25).map(lambda parts: f"<p>{' '.join(parts).replace('&', '&amp;')}</p>")


@settings(max_examples=200)
@given(fragments)
def test_linking_twice_gives_the_same(markup: str) -> None:
    once = apply(markup)
    again = linker(SPELLINGS).find(
        once, skip=frozenset(link.target for link in linker(SPELLINGS).find(markup, skip=frozenset()))
    )
    assert again == ()


@settings(max_examples=200)
@given(fragments)
def test_links_leave_the_words_and_never_nest(markup: str) -> None:
    once = apply(markup)
    assert re.sub(r"</?l>", "", once) == markup
    for closed in re.findall(r"<(?:a|code)>(.*?)</(?:a|code)>", once):
        assert "<l>" not in closed
    for name in re.findall(r"<l>(.*?)</l>", once, re.DOTALL):
        assert " ".join(name.split()).replace("&amp;", "&") in SPELLINGS


def apply(markup: str) -> str:
    for link in reversed(linker(SPELLINGS).find(markup, skip=frozenset())):
        markup = f"{markup[: link.start]}<l>{markup[link.start : link.end]}</l>{markup[link.end :]}"
    return markup


def test_names_in_an_entry_are_linked_unless_told_otherwise(site: Site) -> None:
    """Not after a mention, not twice, not a weak alias, not the opted-out, not an ambiguous name; not its own page.

    -- content/actors/georgia.md --
    ---
    name: Georgia
    kind: state
    aliases: [Sakartvelo]
    weak_aliases: [the country]
    ---
    Georgia lies by the sea.
    -- content/actors/ann.md --
    ---
    name: Ann
    ---
    -- content/actors/bob.md --
    ---
    name: Bob
    ---
    -- content/topics/bob-talks.md --
    ---
    name: Bob
    ---
    -- content/topics/aid.md --
    ---
    name: Aid
    ---
    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    ---
    Sakartvelo, that is Georgia, the country, gives Aid. Bob too. See [Ann](https://example.org/) and Ann.
    -- content/articles/2024-01-02-b.md --
    ---
    title: B
    ---
    Ann lives in [[!Georgia]], as Georgia goes. [[ann|She]] is well.
    -- content/articles/2024-01-03-c.md --
    ---
    title: C
    ---
    ## Georgia

    > Georgia is here
    > — an official, a talk

    A word.[^n]

    [^n]: Ann said so.
    """
    site.build()
    auto = re.compile(r'<a class="mention auto" href="/([^"]*)/">([^<]*)</a>')
    a, b, c = (auto.findall(site.out(f"articles/2024/01/{name}/index.html")) for name in "abc")
    assert a == [("actors/georgia", "Sakartvelo"), ("topics/aid", "Aid"), ("actors/ann", "Ann")]
    assert b == []
    assert c == [("actors/georgia", "Georgia")]
    assert auto.findall(site.out("actors/georgia/index.html")) == []
    assert "[[!" not in site.out("articles/2024/01/b/index.html")
    assert "<mark>Sakartvelo</mark>, that is Georgia" in site.out("actors/georgia/index.html")
    assert "Ann lives" not in site.out("actors/georgia/index.html")


def test_auto_links_can_be_turned_off(site: Site) -> None:
    """For the whole site.

    -- digest.yaml --
    title: Plain
    auto_link: false
    -- content/actors/ann.md --
    ---
    name: Ann
    ---
    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    ---
    Ann and [[ann]].
    """
    site.build()
    page = site.out("articles/2024/01/a/index.html")
    assert "mention auto" not in page
    assert 'class="mention"' in page
