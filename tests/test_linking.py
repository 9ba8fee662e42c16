"""References are bound to one record each, or say why not; what is said and mentioned is found from both ends."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from digest.decode.written import Written
from digest.linking.files import FileLinks
from digest.linking.targets import Target
from digest.model import Link
from digest.pages.routes import url_of
from tests.support.links import broken_links
from tests.support.prepared import ready

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.site import Site


def listed(site: Site, what: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(site.run("list", what, "--format", "json").stdout)
    return found


def codes(site: Site) -> list[tuple[str, str, int, int]]:
    return [
        (each["code"], each["path"].rpartition("/")[2], each["line"], each["column"]) for each in site.diagnostics()
    ]


def test_a_record_is_referred_to_by_id_name_or_alias(site: Site) -> None:
    """In front matter as in the body, in any case, with any spaces, in any script.

    -- content/actors/sergey-lavrov.md --
    ---
    name: Sergey Lavrov
    aliases: [Сергей Лавров, Lavroff]
    names: [{name: Sergei Kalantaryan, to: 1960}]
    ---
    -- content/agreements/pact.md --
    ---
    name: The Pact of Friendship
    short_name: Pact
    aliases: [Friendship]
    ---
    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    speakers: [sergey-lavrov]
    agreements: [pact]
    ---
    -- content/articles/2024-01-02-b.md --
    ---
    title: B
    speakers: [Sergey  Lavrov]
    agreements: [the pact of friendship]
    ---
    -- content/articles/2024-01-03-c.md --
    ---
    title: C
    speakers: [СЕРГЕЙ ЛАВРОВ]
    agreements: [Friendship]
    ---
    -- content/articles/2024-01-04-d.md --
    ---
    title: D
    speakers: [actor:sergey-lavrov]
    agreements: [agreement:pact]
    ---
    -- content/articles/2024-01-05-e.md --
    ---
    title: E
    ---
    [[Lavroff]], [[Sergei Kalantaryan]] and [[friendship]], [[sergey
    lavrov]]
    -- content/articles/2024-01-06-f.md --
    ---
    title: F
    speakers: [sergey-lavrov, Сергей Лавров, Lavroff]
    ---
    """
    site.build()
    found = {entry["title"]: (entry["speakers"], entry["agreements"]) for entry in listed(site, "articles")}
    both = (["sergey-lavrov"], ["pact"])
    assert found == {"A": both, "B": both, "C": both, "D": both, "E": ([], []), "F": (["sergey-lavrov"], [])}
    assert site.out("articles/2024/01/e/index.html").count('class="mention" href="/actors/sergey-lavrov/"') == 3
    assert [record["entries"] for record in listed(site, "actors")] == [6]


def test_ambiguous_names_are_errors_with_candidates(site: Site) -> None:
    """In front matter a kind is expected, so a topic of the same name does not disturb.

    -- content/actors/georgia.md --
    ---
    name: Georgia
    kind: state
    ---
    -- content/topics/georgia.md --
    ---
    name: Georgia
    ---
    -- content/actors/ann-smith.md --
    ---
    name: Ann Smith
    ---
    -- content/actors/ann-smith-2.md --
    ---
    name: Ann Smith
    ---
    -- content/articles/2024-01-01-x.md --
    ---
    title: X
    speakers: [georgia, Ann Smith]
    topics: [Georgia]
    ---
    [[Georgia]] and [[actor:georgia]] and [[topic:georgia]] and [[Ann Smith]].

    Ann Smith and Georgia stay unlinked.
    """
    found = site.diagnostics()
    assert [(each["code"], each["line"], each["column"]) for each in found] == [
        ("ambiguous-reference", 3, 21),
        ("ambiguous-reference", 6, 3),
        ("ambiguous-reference", 6, 63),
    ]
    assert found[0]["hint"] == "write `ann-smith` or `ann-smith-2`"
    assert found[1]["hint"] == "write `actor:georgia` or `topic:georgia`"


def test_unknown_references_are_errors_where_they_stand(site: Site) -> None:
    """Everything that can refer to something says so, all in one run.

    -- content/actors/lavrov.md --
    ---
    name: Lavrov
    weak_aliases: [the minister]
    roles: [{title: Minister, of: nowhere}]
    ---
    -- content/topics/aid.md --
    ---
    name: Aid
    broader: nothing
    ---
    -- content/agreements/pact.md --
    ---
    name: Pact
    parties: [nobody-1]
    third_parties: [nobody-2]
    signatories: [{actor: nobody-3, for: nobody-4}]
    events: [{date: 2024, event: signed, party: nobody-5}]
    relations: [{type: amends, agreement: no-pact}]
    ---
    -- content/articles/2024-01-01-x.md --
    ---
    title: X
    speakers: [lavrow, the minister, aid]
    agreements: [pactt]
    topics: [pact]
    ---
    [[nobody-6]] and [[nobody-7|“words”]] and [[!nobody-8]].[^n]

    > Words
    > — [[nobody-9]], a talk {about="lavrov, nothing-10" on_behalf_of=nobody-11}

    [^n]: By [[nobody-12]].
    """
    found = site.diagnostics()
    assert {each["code"] for each in found} == {"unknown-reference"}
    named = [re.search("`(.*?)`", each["message"]) for each in found]
    words = {each[1] for each in named if each}
    assert words == {
        *(f"nobody-{number}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12)),
        *("nowhere", "nothing", "no-pact", "lavrow", "the minister", "aid", "pactt", "pact", "nothing-10"),
    }
    hints = {each["message"]: each["hint"] for each in found}
    assert hints["no actor `lavrow`"] == "did you mean `lavrov`?"
    assert hints["no actor `the minister`"] == "it is a weak alias; write `lavrov`"
    assert hints["no actor `aid`"] == "`aid` is the topic `aid`"
    assert hints["no agreement `pactt`"] == "did you mean `pact`?"


RICH = {
    "content/actors/land.md": "---\nname: Land\nkind: state\n---\n",
    "content/actors/isle.md": "---\nname: Isle\nkind: state\n---\nBeside [[land]].\n",
    "content/actors/ann.md": "---\nname: Ann\nroles: [{title: Minister, of: land, from: 2020}]\n---\nMet [[bob]] on [[aid]].\n",
    "content/actors/bob.md": "---\nname: Bob\nroles: [{title: Envoy, of: isle}]\n---\n",
    "content/topics/aid.md": "---\nname: Aid\n---\n",
    "content/topics/food.md": "---\nname: Food\nbroader: aid\n---\nPart of [[aid]].\n",
    "content/agreements/frame.md": "---\nname: Frame\n---\n",
    "content/agreements/pact.md": (
        "---\nname: Pact\nparties: [land, isle]\nsignatories: [{actor: ann, for: land}, {actor: bob, for: isle}]\n"
        "events:\n  - {date: 2024-01-01, event: signed, party: land}\n  - {date: 2024-01-02, event: signed, party: isle}\n"
        "relations: [{type: implements, agreement: frame}]\n---\nOn [[food]].\n"
    ),
    "content/pages/about.md": "---\ntitle: About\n---\nOn [[ann]] and the [entry](../articles/2024-01-03-x.md#one).\n",
    "content/articles/2024-01-03-x.md": (
        "---\ntitle: X\nspeakers: [isle]\nagreements: [pact, frame]\ntopics: [food]\nredirect_from: [/old/]\n---\n"
        "[[ann]] of [[land]] said [[bob|“so”]].[^n] Bob and Aid are named.\n\n"
        '> One\n> — [[ann]], a talk {#one about=pact on_behalf_of=land}\n\n> Two\n> — [[bob]], a talk {#two about="frame, food"}\n\n'
        "> Three\n> — an official, a talk\n\n[^n]: Context: said by [[isle]] in [another](2024-01-04-y.md).\n"
    ),
    "content/articles/2024-01-04-y.md": "---\ntitle: Y\nspeakers: [bob, ann]\ntopics: [aid]\n---\nSee [X](2024-01-03-x.md).\n",
}


def test_the_rich_site_is_sound(site: Site) -> None:
    for path, text in RICH.items():
        site.write(path, text)
    site.build("--strict")
    assert list(broken_links(site.outputs())) == []


@pytest.mark.parametrize("missing", sorted(RICH))
def test_a_missing_record_is_a_diagnostic_and_the_rest_is_still_shown(site: Site, missing: str) -> None:
    for path, text in RICH.items():
        if path != missing:
            site.write(path, text)
    found = site.diagnostics()
    assert all(each["code"] in {"unknown-reference", "missing-file", "missing-anchor"} for each in found)
    for what in ("articles", "actors", "topics", "agreements", "quotes", "drafts"):
        assert site.run("list", what).exit_code == bool(found)
    assert_every_page_can_be_previewed(site)


@pytest.mark.parametrize("broken", sorted(RICH))
@pytest.mark.parametrize("text", ["", "---\nname: Z\ntitle: Z\n---\n"])
def test_a_broken_record_is_a_diagnostic_and_the_rest_is_still_shown(site: Site, broken: str, text: str) -> None:
    for path, right in RICH.items():
        site.write(path, text if path == broken else right)
    assert broken in {each["path"] for each in site.diagnostics()}
    assert site.run("build").exit_code == 1
    assert not (site.root / "site").exists()
    assert_every_page_can_be_previewed(site)


def assert_every_page_can_be_previewed(site: Site) -> None:
    """Ask for each page as a browser would."""
    prepared = ready(site.root)
    shown = prepared.snapshot
    for page, source in prepared.prepared.planned:
        found = shown.page(url_of(page))
        assert (found.problem, found.found, found.source) == (None, True, source), page


@pytest.mark.parametrize("word", ["ann", "ANN", "Ann Lee", "ann lee", "Annie"])
def test_a_record_that_cannot_be_read_is_not_called_unknown(site: Site, word: str) -> None:
    """By none of its names: what is wrong is said once, where it is wrong.

    -- content/actors/ann.md --
    ---
    name: Ann Lee
    aliases: [Annie]
    kind: robot
    ---
    """
    site.write("content/articles/2024-01-01-x.md", f"---\ntitle: X\nspeakers: [{word}]\n---\nBy [[{word}]].\n")
    found = [(each["path"], each["code"]) for each in site.diagnostics()]
    assert found == [("content/actors/ann.md", "unknown-word")]


def test_a_preview_never_puts_words_into_the_wrong_mouth(site: Site) -> None:
    """The first speaker is not known; the second quotation keeps its own caption.

    -- content/actors/ann.md --
    ---
    name: Ann
    ---
    -- content/articles/2024-01-01-x.md --
    ---
    title: X
    ---
    > First
    > — [[nobody]], a talk

    > Second
    > — [[ann]], a speech
    """
    page = ready(site.root).snapshot.page("/articles/2024/01/x/").html.decode()
    first, second = page.split('<figure class="quote"')[1:]
    assert "Ann" not in first
    assert "Ann" in second
    assert "a speech" in second


def test_whoever_is_quoted_is_a_speaker(site: Site) -> None:
    """Those listed first, in their order; then those quoted, in block or inline, by whatever name.

    -- content/actors/ann.md --
    ---
    name: Ann
    aliases: [Anna]
    ---
    -- content/actors/bob.md --
    ---
    name: Bob
    ---
    -- content/actors/cid.md --
    ---
    name: Cid
    ---
    -- content/actors/dan.md --
    ---
    name: Dan
    ---
    -- content/actors/eve.md --
    ---
    name: Eve
    ---
    -- content/articles/2024-01-01-x.md --
    ---
    title: X
    speakers: [dan, ann]
    ---
    [[bob|“Inline”]] and [[eve|a mere mention]] and [[eve]], and Eve.

    > Block
    > — [[Anna]], a talk, 2024-01-01

    > Another
    > — [[cid]], a talk {on_behalf_of=eve}

    > Nobody's
    > — an official, a talk
    """
    assert listed(site, "articles")[0]["speakers"] == ["dan", "ann", "bob", "cid"]
    assert [(quote["speaker"], quote["kind"]) for quote in listed(site, "quotes")] == [
        ("bob", "partial"),
        ("ann", "direct"),
        ("cid", "direct"),
        ("an official", "direct"),
    ]
    site.build()
    assert "No entry quotes" not in site.out("actors/dan/index.html")
    assert "<mark>a mere mention</mark>" in site.out("actors/eve/index.html")
    assert "<blockquote>" not in site.out("actors/eve/index.html")
    assert 'class="behalf">on behalf of <a href="/actors/eve/">Eve</a>' in site.out("actors/cid/index.html")


def test_redirects_lead_from_old_addresses(site: Site) -> None:
    """Old addresses of every kind of record; their own target, with the base URL's path.

    -- digest.yaml --
    title: Moved
    base_url: https://example.org/news/
    -- content/actors/ann.md --
    ---
    name: Ann
    redirect_from: [/people/ann/, old/ann.html]
    ---
    -- content/pages/about.md --
    ---
    title: About
    redirect_from: [/über uns/]
    ---
    """
    site.build()
    for path in ("people/ann/index.html", "old/ann.html"):
        page = site.out(path)
        assert 'content="0; url=/news/actors/ann/"' in page
        assert 'content="noindex"' in page
    assert "url=/news/about/" in site.out("über uns/index.html")


@pytest.mark.parametrize("base", ["https://example.org/news/", "https://example.org/a/b", "https://example.org"])
def test_every_link_begins_with_the_path_of_the_base_url(site: Site, base: str) -> None:
    for path, text in RICH.items():
        site.write(path, text)
    site.write("content/files/a b.txt", "text")
    site.write("content/articles/2024-01-05-z.md", "---\ntitle: Z\n---\n[file](/files/a%20b.txt) and [[ann]]\n")
    site.build("-b", base)
    files = site.outputs()
    assert list(broken_links(files, base_url=base)) == []
    path = base.removeprefix("https://example.org").rstrip("/")
    for name, data in files.items():
        if name.endswith(".html"):
            for address in re.findall(r'(?:href|src)="(/[^"]*)"', data.decode()):
                assert address.startswith(f"{path}/"), (name, address)


def test_links_between_files_are_followed(site: Site) -> None:
    """Relative or from `content/`, with anchors of headings, quotations and sections; dead ones are errors.

    -- content/actors/ann.md --
    ---
    name: Ann
    ---
    -- content/agreements/pact.md --
    ---
    name: Pact
    ---
    -- content/articles/2024/2024-01-01-x.md --
    ---
    title: X
    ---
    ## A heading

    > Words
    > — [[ann]], a talk {#said}

    [1](../2024-01-02-y.md#a-b) [2](/actors/ann.md#record) [3](#said) [4](../../agreements/pact.md#timeline)
    [5](../2024-01-02-y.md) [6]: text [7](#a-heading) ![8](/pic.png)
    -- content/articles/2024-01-02-y.md --
    ---
    title: Y
    ---
    ## A B

    [dead](2024-01-03-z.md) [anchor](2024/2024-01-01-x.md#gone) [script](javascript:alert(1)) [www](www.example.org)
    [out](../../digest.yaml) [empty]()
    -- content/pic.png --
    picture
    """
    found = [(each["code"], each["line"]) for each in site.diagnostics()]
    assert sorted(found) == sorted(
        [
            *((code, 6) for code in ("missing-file", "missing-anchor", "unsafe-link", "invalid-url")),
            *((code, 7) for code in ("missing-file", "empty-link")),
        ]
    )
    site.delete("content/articles/2024-01-02-y.md")
    site.write("content/articles/2024-01-02-y.md", "---\ntitle: Y\n---\n## A B\n")
    site.build()
    page = site.out("articles/2024/01/x/index.html")
    for address in (
        "/articles/2024/01/y/#a-b",
        "/actors/ann/#record",
        "#said",
        "/agreements/pact/#timeline",
        "/articles/2024/01/y/",
        "/pic.png",
    ):
        assert f'"{address}"' in page or f'{address}"' in page, address
    assert list(broken_links(site.outputs())) == []


def test_an_alias_that_means_two_records_is_an_error(site: Site) -> None:
    """Once, at the first of the aliases; a weak alias may be shared.

    -- content/actors/ann.md --
    ---
    name: Ann
    aliases: [The Boss]
    weak_aliases: [the minister]
    ---
    -- content/actors/bob.md --
    ---
    name: Bob
    weak_aliases: [the minister]
    aliases:
      - the boss
    ---
    """
    assert [(code, path, line) for code, path, line, _ in codes(site)] == [("shared-alias", "ann.md", 3)]


def test_topics_in_a_circle_are_errors_not_loops(site: Site) -> None:
    """One mistake is one problem, at the first topic of the circle; a topic below it has none.

    -- content/topics/a.md --
    ---
    name: A
    broader: b
    ---
    -- content/topics/b.md --
    ---
    name: B
    broader: a
    ---
    -- content/topics/c.md --
    ---
    name: C
    broader: c
    ---
    -- content/topics/d.md --
    ---
    name: D
    broader: a
    ---
    -- content/articles/2024-01-01-x.md --
    ---
    title: X
    topics: [d]
    ---
    """
    assert [(code, path) for code, path, *_ in codes(site)] == [("circular-topics", f"{name}.md") for name in "ac"]
    assert_every_page_can_be_previewed(site)


def test_records_of_other_kinds_quote_nobody(site: Site) -> None:
    """An attributed quotation is a record of an entry; elsewhere it is an error, not lost.

    -- content/actors/ann.md --
    ---
    name: Ann
    ---
    -- content/pages/about.md --
    ---
    title: About
    ---
    > Words
    > — [[ann]], a talk
    """
    assert codes(site) == [("misplaced-quote", "about.md", 5, 3)]
    assert_every_page_can_be_previewed(site)


def test_an_id_does_not_hide_another_records_name(site: Site) -> None:
    """`georgia` is the record with that id; `Georgia` may be either, and is not guessed.

    -- content/actors/georgia.md --
    ---
    name: Georgia Meloni
    ---
    -- content/actors/ge.md --
    ---
    name: Georgia
    kind: state
    ---
    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    ---
    [[georgia]] and [[Georgia]].
    """
    (problem,) = site.diagnostics()
    assert (problem["code"], problem["line"], problem["column"]) == ("ambiguous-reference", 4, 19)
    assert "`ge`" in problem["hint"]
    assert "`georgia`" in problem["hint"]


def test_a_link_to_a_records_file_is_a_mention_of_it(site: Site) -> None:
    """The record shows the sentence, as it does for `[[…]]`.

    -- content/agreements/pact.md --
    ---
    name: The Pact
    ---
    -- content/pages/about.md --
    ---
    title: About
    ---
    We follow one text. It is [this agreement](../agreements/pact.md#status) of friendship. No other.
    -- content/articles/2024-01-01-a.md --
    ---
    title: An entry
    ---
    He spoke. He meant [the treaty](../agreements/pact.md), he said.
    """
    site.build()
    page = re.sub(r"<[^>]+>", "", site.out("agreements/pact/index.html"))
    assert "It is this agreement of friendship." in " ".join(page.split())
    assert "He meant the treaty, he said." in " ".join(page.split())
    assert "No other" not in page


def test_the_words_an_attribution_names_its_speaker_by_are_shown(site: Site) -> None:
    """`[[id|words]]` in an attribution shows the words and leads to the record.

    -- content/actors/ann.md --
    ---
    name: Ann Lee
    ---
    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    ---
    > Words.
    > — [[ann|the minister]], a visit
    """
    site.build()
    assert '<a href="/actors/ann/">the minister</a>' in site.out("articles/2024/01/a/index.html")


def test_a_name_typed_in_decomposed_letters_is_linked(site: Site) -> None:
    """As editors on some systems write it: u and a combining diaeresis are ü.

    -- content/actors/zurich.md --
    ---
    name: Zürich
    kind: group
    ---
    """
    site.write("content/articles/2024-01-01-a.md", "---\ntitle: A\n---\nIn Zu\u0308rich.\n")
    site.build()
    assert '<a class="mention auto" href="/actors/zurich/">Zürich</a>' in site.out("articles/2024/01/a/index.html")


class Walked(dict[str, Target | None]):
    """Counts how often it is gone through."""

    walks = 0

    def __iter__(self) -> Iterator[str]:
        self.walks += 1
        return super().__iter__()


def test_the_names_of_all_files_are_put_in_order_once_for_all_dead_links() -> None:
    paths = [f"content/articles/2024-01-01-story-{number}.md" for number in range(20)]
    targets = Walked(dict.fromkeys(paths))
    files = FileLinks(targets=targets, anchors={}, assets=frozenset(), hidden=frozenset())
    hints = []
    for number in range(20):
        wrong = Written(f"2024-01-01-STORY{number}.md", 0, 1)
        _, problems = files.follow([Link(target=wrong, href=1, context=None)], "content/articles/a.md")
        hints += [problem.hint for problem in problems]
    assert hints == [f"did you mean `{path}`?" for path in paths]
    assert targets.walks == 1
