"""What is left to do in a digest, as values and as the dashboard shows it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from benchmarks import corpus
from digest.content.slugs import slugify
from digest.engine.rows import fragments_of
from digest.model import Fragment
from digest.preview.dashboard import page
from digest.preview.names import NameUses, found_in, unrecorded
from digest.preview.survey import MOST, Memory, Overview, survey
from tests.support.prepared import ready

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.support.site import Site


class Reading(dict[str, Fragment]):
    """Fragments of a site that remember which were asked for."""

    def __init__(self, fragments: Mapping[str, Fragment]) -> None:
        super().__init__()
        self.fragments, self.asked = fragments, list[str]()

    def __getitem__(self, key: str) -> Fragment:
        self.asked.append(key)
        return self.fragments[key]


def surveyed(root: Path, memory: Memory | None = None) -> Overview:
    return surveyed_with(root, memory)[0]


def surveyed_with(root: Path, memory: Memory | None = None) -> tuple[Overview, list[str]]:
    """Return the survey, and the bodies that were read for it."""
    made = ready(root)
    site, names = made.prepared.site, made.prepared.corpus.name_index.names
    reading = Reading(fragments_of(made.store))
    found = survey(
        site,
        reading,
        problems=made.prepared.diagnostics,
        names=names,
        memory={} if memory is None else memory,
    )
    made.store.close()
    return found, reading.asked


def names(found: Overview) -> list[tuple[str, int, int]]:
    return [(name.name, name.times, name.entries) for name in found.names.shown]


ARTICLES = "content/articles/"


def body(text: str, title: str = "An entry") -> str:
    return f"---\ntitle: {title}\n---\n{text}\n"


# Names


@pytest.mark.parametrize(
    ("text", "within", "first"),
    [
        ("He met Jane Roe in Paris.", ["Jane Roe", "Paris"], ["He"]),
        ("Jane Roe spoke. Then Paris fell.", [], ["Jane Roe", "Then Paris"]),
        ("He met Mr. Smith and J. Doe.", ["Mr", "Smith", "J", "Doe"], ["He"]),
        ("One “Wagner” man; a “fully Russian” one.", ["Russian"], ["One", "Wagner"]),
        ("He said: “They left”. Nobody did.", [], ["He", "They", "Nobody"]),
        ("It is Biden’s and Biden's.", ["Biden", "Biden"], ["It"]),
        ("He saw Jean-Claude O’Brien.", ["Jean-Claude O’Brien"], ["He"]),
        ("With Ursula von der Leyen.", [], ["With Ursula von der Leyen"]),
        ("with Ursula von der Leyen.", ["Ursula von der Leyen"], []),
        ("По словам Сергея Лаврова, Άνθρωπος.", ["Сергея Лаврова", "Άνθρωπος"], ["По"]),
        ("nobody, McDonald eBay iPhone NATO.", ["McDonald", "NATO"], []),
    ],
)
def test_capitalised_words_are_told_apart_by_where_they_stand(text: str, within: list[str], first: list[str]) -> None:
    assert found_in(f"<p>{text}</p>") == NameUses(tuple(within), tuple(first))


@pytest.mark.parametrize(
    "markup",
    [
        '<p>see <a href="/x">Jane Roe</a></p>',
        "<p>see <code>Jane Roe</code></p>",
        "<h2>About Jane Roe</h2>",
        '<blockquote><p class="original" lang="ru">see Jane Roe</p></blockquote>',
        "<p>see \x11h1\x12 there</p>",
    ],
)
def test_nothing_is_found_where_no_names_are_linked(markup: str) -> None:
    assert found_in(markup) == NameUses()


def test_a_name_goes_over_markup_and_line_ends_but_not_over_blocks() -> None:
    assert found_in("<p>see <em>Jane</em>\nRoe</p><p>Paris</p>") == NameUses(("Jane Roe",), ("Paris",))
    assert found_in("<p>see Jane</p><p>Roe</p>") == NameUses(("Jane",), ("Roe",))


def test_names_without_a_record_come_by_frequency_with_their_entries(site: Site) -> None:
    """
    -- content/actors/sergey-lavrov.md --
    ---
    name: Sergey Lavrov
    aliases: [Foreign Minister]
    weak_aliases: [The Minister]
    ---
    -- content/agreements/minsk.md --
    ---
    name: Minsk Protocol
    ---
    -- content/articles/2024-01-01-a.md --
    ---
    title: Jane Roe in the title
    ---
    In Paris Sergey Lavrov met Jane Roe. Jane Roe met the Foreign Minister and The Minister, and the Minsk Protocol.
    -- content/articles/2024-01-02-b.md --
    ---
    title: B
    ---
    On Friday in January, Old Jane Roe saw Jane Roe in Paris, with Russia's Sergey Lavrov and Lavrov.[^n]

    [^n]: Jane Roe again, and of Five Words In One Name.
    """
    found = surveyed(site.root)
    assert names(found) == [
        ("Jane Roe", 4, 2),
        ("Lavrov", 1, 1),
        ("Old Jane Roe", 1, 1),
        ("Paris", 1, 1),
        ("Russia", 1, 1),
    ]
    lavrov = next(name for name in found.names.shown if name.name == "Lavrov")
    assert lavrov.like == "Sergey Lavrov"
    assert [(place.path, place.url) for place in lavrov.places] == [
        ("content/articles/2024-01-02-b.md", "/articles/2024/01/b/")
    ]


def test_a_word_at_the_beginning_of_a_sentence_counts_if_it_is_a_name_elsewhere(site: Site) -> None:
    site.write("content/articles/2024-01-01-a.md", body("Paris fell. Nobody saw it. Yesterday Paris fell."))
    assert names(surveyed(site.root)) == []
    site.write("content/articles/2024-01-02-b.md", body("They love Paris."))
    assert names(surveyed(site.root)) == [("Paris", 3, 2)]


def test_no_more_than_a_hundred_are_shown_and_all_are_counted(site: Site) -> None:
    listed = ", ".join(f"N{letter}{other}" for letter in "abcdefghijkl" for other in "abcdefghijkl")
    site.write("content/articles/2024-01-01-a.md", body(f"They are {listed}."))
    found = surveyed(site.root).names
    assert (len(found.shown), found.total, found.rest) == (MOST, 144, 44)


# Entries


def test_what_is_not_public_is_listed_with_its_reason(site: Site) -> None:
    """
    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    draft: true
    ---
    -- content/articles/2024-12-24-b.md --
    ---
    title: B
    ---
    -- content/articles/2024-01-03-c.md --
    ---
    title: C
    ---
    """
    found = surveyed(site.root).badged
    assert [(place.path, place.remark) for place in found.shown] == [
        ("content/articles/2024-01-01-a.md", "draft"),
        ("content/articles/2024-12-24-b.md", "future"),
    ]


def test_sources_without_a_copy_and_quotations_without_a_speaker_are_listed(site: Site) -> None:
    """
    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    source: {publisher: The Paper, archived: https://example.org/kept}
    ---
    -- content/articles/2024-01-02-b.md --
    ---
    title: B
    source: {publisher: The Paper}
    ---
    > Somebody said that.
    """
    found = surveyed(site.root)
    assert [(place.title, place.remark, place.url) for place in found.unarchived.shown] == [
        ("B", "The Paper", "/articles/2024/01/b/")
    ]
    ((problem, place),) = found.unattributed.shown
    assert (problem.code, place and place.title) == ("unattributed-quote", "B")


# What is done again


def test_only_what_changed_is_read_again(site: Site) -> None:
    for day in range(1, 9):
        site.write(f"content/articles/2024-01-0{day}-day-{day}.md", body(f"He met Jane Roe on day {day}."))
    memory: Memory = {}
    assert len(surveyed_with(site.root, memory)[1]) == 8
    assert surveyed_with(site.root, memory)[1] == []
    site.write("content/articles/2024-01-03-day-3.md", body("He met Richard Roe."))
    found, asked = surveyed_with(site.root, memory)
    assert len(asked) == 1
    assert found == surveyed(site.root)
    assert len(memory) == 8
    site.delete("content/articles/2024-01-03-day-3.md")
    assert surveyed(site.root, memory) == surveyed(site.root)
    assert len(memory) == 7


def test_a_new_record_takes_its_name_off_the_list_without_reading_a_body(site: Site) -> None:
    site.write("content/articles/2024-01-01-a.md", body("He met Jane Roe."))
    memory: Memory = {}
    assert names(surveyed(site.root, memory)) == [("Jane Roe", 1, 1)]
    site.write(f"content/actors/{slugify('Jane Roe')}.md", "---\nname: Jane Roe\nkind: person\n---\n")
    assert names(surveyed(site.root, memory)) == []


def test_counts_are_those_of_a_plain_count(tmp_path: Path) -> None:
    """Counted in another way: every name by a search through all texts."""
    corpus.write(200, tmp_path / "root")
    made = ready(tmp_path / "root")
    site, name_index = made.prepared.site, made.prepared.corpus.name_index
    found = survey(site, fragments_of(made.store), problems=(), names=name_index.names, memory={})
    fragments = fragments_of(made.store)
    bodies = [
        found_in("\n\n".join((fragments[key].html, *fragments[key].notes))) for key in fragments if ARTICLES in key
    ]
    entries = [body for body in bodies if body.within or body.first]
    assert found.names.shown
    for name in found.names.shown[:20]:
        inside = {run for body in entries for run in body.within}
        assert name.name in inside
        assert name.times == sum(
            [*body.within].count(name.name)
            + sum(run == name.name or (run not in inside and run.partition(" ")[2] == name.name) for run in body.first)
            for body in entries
        )


def test_a_survey_takes_about_as_long_as_reading_what_changed(tmp_path: Path) -> None:
    """The second one reads nothing: a tenth of the time would do, half of it is asked for."""
    corpus.write(300, tmp_path / "root")
    made = ready(tmp_path / "root")
    memory: Memory = {}

    def once() -> float:
        begun = time.process_time()
        survey(
            made.prepared.site,
            fragments_of(made.store),
            problems=(),
            names=made.prepared.corpus.name_index.names,
            memory=memory,
        )
        return time.process_time() - begun

    first = once()
    assert min(once() for _ in range(5)) < first / 2


def test_nothing_comes_of_nothing() -> None:
    from digest.linking.names import names_of  # noqa: PLC0415

    assert unrecorded({}, names_of(()), most=5) == ([], 0)


# The page


def test_the_dashboard_shows_all_with_links_and_escapes_what_files_hold(site: Site) -> None:
    """
    -- content/articles/2024-01-01-a.md --
    ---
    title: <script>alert(1)</script> & "Co"
    source: {publisher: "<img src=x>"}
    ---
    He met Jane Roe.

    > <b>Somebody</b> said that.
    -- content/articles/2024-01-02-b.md --
    ---
    title: B
    draft: true
    ---
    """
    html = page(surveyed(site.root), editor="vscode://file", root=site.root)
    path = "content/articles/2024-01-01-a.md"
    assert "<script" not in html
    assert "<img" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;Co&#34;" in html
    assert "&lt;img src=x&gt;" in html
    assert '<code class="command">digest new actor "Jane Roe"</code>' in html
    assert "once in 1 entry" in html
    assert '<a class="title" href="/articles/2024/01/a/">' in html
    assert f'<a href="vscode://file{site.root.as_posix()}/{path}:1:1">{path}</a>' in html
    assert f"{path}:7:1</a>" in html
    assert '<span class="badge">draft</span>' in html
    assert "https://" not in html


def test_an_empty_dashboard_says_so(site: Site) -> None:
    """Nothing but settings."""
    html = page(surveyed(site.root), editor="", root=site.root)
    assert "Nothing is wrong." in html
    assert "Every quotation names its speaker." in html
    assert html.count('<span class="total">0</span>') == 10
    waiting = page(Overview.of_nothing(()), editor="", root=site.root)
    assert "Nothing is wrong." in waiting
