"""What a body gives: Markdown, and our syntax on top of it; what means nothing is said, and nothing is lost."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.site import Site

ANN = "---\nname: Ann\n---\n"


def rendered(site: Site, body: str, *, matter: str = "") -> str:
    """Return the HTML of an entry's body."""
    site.write("content/actors/ann.md", ANN)
    site.write("content/articles/2024-01-01-x.md", f"---\ntitle: X\n{matter}---\n{body}")
    site.build()
    page = site.out("articles/2024/01/x/index.html")
    found = re.search(r'<div class="body">\n(.*?)\n    </div>', page, re.DOTALL)
    assert found
    return found[1]


def problems(site: Site, body: str, *, matter: str = "") -> list[tuple[str, int, int]]:
    site.write("content/actors/ann.md", ANN)
    site.write("content/articles/2024-01-01-x.md", f"---\ntitle: X\n{matter}---\n{body}")
    return [(each["code"], each["line"] - matter.count("\n"), each["column"]) for each in site.diagnostics()]


def quotes(site: Site) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(site.run("list", "quotes", "--format", "json").stdout)
    return found


@pytest.mark.parametrize(
    ("body", "html"),
    [
        (
            "One\ntwo *three* **four** `five`\n",
            "<p>One\ntwo <em>three</em> <strong>four</strong> <code>five</code></p>",
        ),
        ("# Title\n", '<h2 id="title">Title</h2>'),
        (
            "## What’s *new*, [here](https://x.org/)?\n",
            '<h2 id="whats-new-here">What’s <em>new</em>, <a href="https://x.org/">here</a>?</h2>',
        ),
        ("## A\n\n## A\n", '<h2 id="a">A</h2>\n<h2 id="a-1">A</h2>'),
        (
            "## Content\n\n## Main\n\n## Note 1\n",
            '<h2 id="content-1">Content</h2>\n<h2 id="main-1">Main</h2>\n<h2 id="note-1-1">Note 1</h2>',
        ),
        ("1. a\n2. b\n\n- c\n", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n<ul>\n<li>c</li>\n</ul>"),
        ("    code [[ann]]\n", '<pre tabindex="0"><code>code [[ann]]\n</code></pre>'),
        (
            "```\n[[ann]] [^n] > — [[ann]], x\n```\n",
            '<pre tabindex="0"><code>[[ann]] [^n] &gt; — [[ann]], x\n</code></pre>',
        ),
        ("`[[ann]]` and `[^n]`\n", "<p><code>[[ann]]</code> and <code>[^n]</code></p>"),
        (r"\[[ann]] and \*x\*", "<p>[[ann]] and *x*</p>"),
        ("[[ann]]\n", '<p><a class="mention" href="/actors/ann/">Ann</a></p>'),
        ("[[ann|the *minister*]]\n", '<p><a class="mention" href="/actors/ann/">the <em>minister</em></a></p>'),
        ("[[ Ann | she ]]\n", '<p><a class="mention" href="/actors/ann/">she</a></p>'),
        ("[[!Ann]] [[!ann|she]]\n", "<p>Ann she</p>"),
        ("<https://x.org/?a=1&b=2>\n", '<p><a href="https://x.org/?a=1&amp;b=2">https://x.org/?a=1&amp;b=2</a></p>'),
        ("5 < 6 & 7 &amp; 8 &lt;\n", "<p>5 &lt; 6 &amp; 7 &amp; 8 &lt;</p>"),
        ("<script>alert(1)</script>\n", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        (
            "a <b onclick=x>b</b> `<!-- c -->`\n",
            "<p>a &lt;b onclick=x&gt;b&lt;/b&gt; <code>&lt;!-- c --&gt;</code></p>",
        ),
        (
            "[ref] and [text][ref]\n\n[ref]: https://x.org/\n",
            '<p><a href="https://x.org/">ref</a> and <a href="https://x.org/">text</a></p>',
        ),
        ("snake_case_word and 2*3*4\n", "<p>snake_case_word and 2<em>3</em>4</p>"),
    ],
)
def test_markdown_gives(site: Site, body: str, html: str) -> None:
    assert rendered(site, body) == html


def test_a_table_can_be_scrolled_from_the_keyboard(site: Site) -> None:
    html = rendered(site, "| a | b |\n|---|--:|\n| [[ann]] | 2 |\n")
    opening = html.partition("<table>")[0]
    assert 'role="region"' in opening
    assert 'tabindex="0"' in opening
    assert '<td><a class="mention" href="/actors/ann/">Ann</a></td>' in html


def test_html_is_let_through_sanitised_where_the_settings_say_so(site: Site) -> None:
    """Scripts, handlers, unsafe addresses and drawings go; our own markup stays.

    -- digest.yaml --
    title: Raw
    markdown: {raw_html: true}
    """
    html = rendered(
        site,
        '<b onclick="x()">bold</b> <script>alert(1)</script><svg onload="x()"></svg> <a href="javascript:x()">y</a> [[ann]].[^n]\n\n'
        "> Words\n> — [[ann]], a talk {#said}\n\n[^n]: <i>Note</i>\n",
    )
    assert "<b>bold</b>" in html
    assert not re.search("script|onclick|onload|svg|alert", html)
    assert '<a class="mention" href="/actors/ann/">Ann</a>' in html
    assert 'id="said"' in html
    assert "<i>Note</i>" in html


def test_a_block_quotation_is_a_record(site: Site) -> None:
    body = (
        "Before.\n\n> [ru] «Полуфабрикаты»\n>\n> “Half-baked”, he *said*\n> of [[ann]]\n"
        '> — [[ann]], the annual press conference, in Moscow, 2024-01 {#joke stance=rejects kind=paraphrase about="ann"}\n\nAfter.\n'
    )
    html = rendered(site, body)
    assert html.startswith("<p>Before.</p>\n<figure")
    assert html.rstrip().endswith("<p>After.</p>")
    assert '<p class="original" lang="ru">«Полуфабрикаты»</p>' in html
    assert "“Half-baked”, he <em>said</em>" in html
    assert "— <a" not in html
    caption = html.partition("<figcaption")[2]
    assert 'data-kind="paraphrase"' in html
    assert (
        'the annual press conference, in Moscow, <a href="/articles/2024/01/x/#joke"><time datetime="2024-01">January 2024</time></a>, paraphrase'
        in caption
    )
    (quote,) = quotes(site)
    assert (
        quote
        | {
            "title": "“Half-baked”, he said of Ann",
            "id": "joke",
            "stance": "rejects",
            "date": "2024-01",
            "about": ["ann"],
        }
        == quote
    )


def test_quotations_one_after_the_other_keep_their_own_speakers(site: Site) -> None:
    """A blank line ends a quotation, with and without an attribution; `>` alone on a line is a new paragraph."""
    body = "> One\n> — [[ann]], first\n\n> Two\n>\n> and a half\n> — a diplomat, second\n\n> Nobody's\n\n> Three\n> — [[ann]], third\n"
    html = rendered(site, body)
    assert html.count("<figure") == 3
    assert html.count("<blockquote") == 4
    assert [(quote["title"], quote["speaker"]) for quote in quotes(site)] == [
        ("One", "ann"),
        ("Two and a half", "a diplomat"),
        ("Three", "ann"),
    ]
    assert problems(site, body) == [("unattributed-quote", 12, 1)]


@pytest.mark.parametrize("dash", ["—", "―", "–", "--"])
def test_every_usual_dash_attributes(site: Site, dash: str) -> None:
    rendered(site, f"> Words\n> {dash} [[ann]], a talk\n")
    assert [quote["speaker"] for quote in quotes(site)] == ["ann"]


def test_a_dash_inside_a_quotation_is_text(site: Site) -> None:
    rendered(site, "> — Who?\n> — You.\n>\n> — Me.\n> — [[ann]], a play\n")
    assert [quote["title"] for quote in quotes(site)] == ["— Who? — You. — Me."]


@pytest.mark.parametrize(
    ("words", "quoted"),
    [
        ("“x”", True),
        ('"x"', True),
        ("«x»", True),
        ("„x“", True),
        ("‘x’", True),
        ("「x」", True),
        ("“x” and “y”", False),
        ("so “x”", False),
        ("x", False),
    ],
)
def test_a_mention_in_quotation_marks_is_that_actors_words(site: Site, words: str, *, quoted: bool) -> None:
    html = rendered(site, f"She said [[ann|{words}]].\n")
    assert len(quotes(site)) == quoted
    assert ('class="said"' in html) == quoted


def test_a_quotations_address_stays_when_others_come_and_go(site: Site) -> None:
    rendered(site, "> Words\n> — [[ann]], a talk\n")
    (alone,) = quotes(site)
    rendered(site, "> Others\n> — [[ann]], a talk\n\nText [[ann|“inline”]].\n\n> Words\n> — [[ann]], another talk\n")
    assert alone["id"] in [quote["id"] for quote in quotes(site)]


def test_notes_stand_beside_their_words(site: Site) -> None:
    """In the order of their anchors, with kind and verdict, whatever the order of definitions."""
    html = rendered(
        site,
        "One [two **three**][^b] four[^a]. [Five][^c] six.[^d]\n\n[^a]: Plain, see [source](https://x.org/).\n[^b]: Fact-check (misleading): wrong\n"
        "    on the second line.\n\n    A second paragraph.\n[^c]: context: by [[ann]]\n[^d]: Note to self: not a kind.\n",
    )
    assert '<span class="noted noted-fact-check" id="ref-1">two <strong>three</strong></span>' in html
    heads = re.findall(r'aria-label="(Note \d[^"]*)"', html)
    assert heads == ["Note 1, Fact-check: misleading", "Note 2, Note", "Note 3, Context", "Note 4, Note"]
    assert "wrong\non the second line." in html
    assert "A second paragraph." in html
    assert '<a href="https://x.org/">source</a>' in html
    assert 'by <a class="mention" href="/actors/ann/">Ann</a>' in html
    assert "Note to self: not a kind." in html
    assert "[^" not in html


def test_notes_from_outside_leave_the_text_alone(site: Site) -> None:
    matter = 'annotations:\n  - {exact: "the *very* words", kind: fact-check, verdict: "false", text: "Not *so*."}\n  - {exact: told, prefix: "were ", text: Second}\n'
    html = rendered(
        site, "All of the *very* words were told and told again.\n", matter=matter.replace("*very*", "very")
    )
    assert '<span class="noted noted-fact-check" id="ref-1">the <em>very</em> words</span>' in html
    assert "Not <em>so</em>." in html
    assert re.search(r'were <span class="noted noted-note" id="ref-2">told</span>.* and told again', html)


@pytest.mark.parametrize(
    ("around", "found"),
    [
        ("prefix: was", 1),
        ("prefix: again", 2),
        ("suffix: once", 1),
        ("suffix: twice", 2),
        ("prefix: was, suffix: once", 1),
        ("prefix: was, suffix: twice", None),
    ],
)
def test_words_before_and_after_tell_twins_apart(site: Site, around: str, found: int | None) -> None:
    matter, body = f"annotations: [{{exact: told, {around}, text: N}}]\n", "It was told once, and again told twice.\n"
    if found is None:
        assert [code for code, *_ in problems(site, body, matter=matter)] == ["missing-passage"]
        return
    before = rendered(site, body, matter=matter).partition('<span class="noted')[0]
    assert before.rpartition("<p>")[2].count("told") == found - 1


def test_a_passage_is_looked_for_in_the_text_and_not_in_notes(site: Site) -> None:
    matter = (
        'annotations:\n  - {exact: the treaty, text: "Of the treaty."}\n  - {exact: old, text: "The treaty, again."}\n'
    )
    html = rendered(
        site, "They read the treaty.[^n] It is old.\n\n[^n]: This is the treaty, which is old.\n", matter=matter
    )
    assert '<span class="noted noted-note" id="ref-1">the treaty</span>' in html
    assert '">old</span>' in html


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("A [span][^gone] here.\n", [("missing-note", 4, 9)]),
        ("Text.\n\n[^alone]: A note.\n", [("unanchored-note", 6, 1)]),
        ("A[^n] and b[^n].\n\n[^n]: Note\n", [("duplicate-anchor", 4, 12)]),
        ("A[^n].\n\n[^n]: Note\n[^n]: Again\n", [("duplicate-note", 7, 1)]),
        ("A[^n].\n\n[^n]:\n", [("empty-note", 6, 1)]),
        ("## A[^n]\n\n[^n]: Note\n", [("misplaced-note", 4, 5)]),
        ("A[^n].\n\n[^n]: Fact-check (mislead): x\n", [("unknown-verdict", 6, 19)]),
        ("A[^n].\n\n[^n]: Contxt: x\n", [("unknown-kind", 6, 7)]),
        ("A [[ann and more.\n", [("unclosed-mention", 4, 3)]),
        ("A [[]] and [[|x]].\n", [("empty-reference", 4, 3), ("empty-reference", 4, 12)]),
        ("[a [[ann]]](https://x.org/)\n", [("nested-link", 4, 4)]),
        ("> — [[ann]], a talk\n", [("empty-quote", 4, 3)]),
        ("> x\n> — , a talk\n", [("missing-speaker", 5, 5)]),
        ("> x\n> — [[ann]], t {stence=rejects}\n", [("unknown-key", 5, 17)]),
        ("> x\n> — [[ann]], t {stance=reject}\n", [("unknown-word", 5, 24)]),
        ("> x\n> — [[ann]], t {#a #b}\n", [("duplicate-key", 5, 20)]),
        ("> x\n> — [[ann]], t {#a}\n\n> y\n> — [[ann]], t {#a}\n", [("duplicate-id", 8, 17)]),
        ("> x\n> — [[ann]], t, 2024-13-01\n", [("invalid-date", 5, 17)]),
    ],
)
def test_what_means_nothing_is_said_where_it_stands(site: Site, body: str, found: list[tuple[str, int, int]]) -> None:
    assert problems(site, body) == found


def test_all_problems_of_a_file_come_in_one_run(site: Site) -> None:
    body = "[[nobody]] [x](gone.md) [y][^gone]\n\n> z\n> — [[none]], t {stance=x about=nothing on_behalf_of=nowhere}\n\n[^alone]: N\n"
    codes = [code for code, *_ in problems(site, body, matter="speakers: [unknown]\ntopics: [missing]\n")]
    assert sorted(codes) == sorted(
        [*["unknown-reference"] * 6, "missing-file", "missing-note", "unknown-word", "unanchored-note"]
    )


def test_brackets_of_an_editor_stay_in_the_quotation(site: Site) -> None:
    """Only a language's code in lower case makes an original; everything else in brackets is part of the words.

    -- content/actors/ann.md --
    ---
    name: Ann
    ---
    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    ---
    > [the] man went.
    >
    > [We] should go. [sic] was said.
    >
    > [UK] troops too.
    >
    > [ru-RU] Слова.
    > — [[ann]], a visit
    """
    (quote,) = json.loads(site.run("list", "quotes", "--format", "json").stdout)
    assert quote["title"] == "[the] man went. [We] should go. [sic] was said. [UK] troops too."
    site.build()
    assert '<p class="original" lang="ru-RU">Слова.</p>' in site.out("articles/2024/01/a/index.html")


def test_a_quotation_within_a_quotation_is_its_own_speakers(site: Site) -> None:
    """Each has its record with its words alone.

    -- content/actors/ann.md --
    ---
    name: Ann
    ---
    -- content/actors/bob.md --
    ---
    name: Bob
    ---
    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    ---
    > Ann's words.
    >
    > > Bob's words.
    > > — [[bob]], a letter
    >
    > — [[ann]], a visit
    """
    site.build()
    quotes = json.loads(site.run("list", "quotes", "--format", "json").stdout)
    assert {(quote["speaker"], quote["title"]) for quote in quotes} == {
        ("ann", "Ann's words."),
        ("bob", "Bob's words."),
    }


def test_ids_of_quotations_and_headings_do_not_depend_on_other_mentions(site: Site) -> None:
    """A permanent link stays when a mention is added further up.

    -- content/actors/ann.md --
    ---
    name: Ann
    ---
    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    ---
    Intro.

    ## On [[ann]]

    > I met [[ann]] today.
    > — somebody
    """
    site.build()
    page = site.out("articles/2024/01/a/index.html")
    before = set(re.findall(r'id="(q-[^"]+|on-[^"]+)"', page))
    assert "on-ann" in before
    assert len(before) == 2

    source = (site.root / "content/articles/2024-01-01-a.md").read_text(encoding="utf-8")
    site.write("content/articles/2024-01-01-a.md", source.replace("Intro.", "Intro of [[ann]]."))
    site.build()
    assert set(re.findall(r'id="(q-[^"]+|on-[^"]+)"', site.out("articles/2024/01/a/index.html"))) == before


def test_a_span_may_begin_with_a_mention_and_hold_code(site: Site) -> None:
    """Brackets are matched as a reader would; escapes in labels are undone; tables may escape the bar.

    -- content/actors/ann.md --
    ---
    name: Ann
    ---
    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    ---
    [[[ann|Her]] words][^a] and [see `a ] b` here][^b]. [[ann|“was \\[bad\\] then”]]

    | who |
    |-----|
    | [[ann\\|Annie]] |

    [^a]: One.
    [^b]: Two.
    """
    site.build()
    page = site.out("articles/2024/01/a/index.html")
    assert re.search(r'<span class="noted noted-note" id="ref-1"><a [^>]+>Her</a> words</span>', page)
    assert re.search(r'<span class="noted noted-note" id="ref-2">see <code>a \] b</code> here</span>', page)
    assert "“was [bad] then”" in page
    assert ">Annie</a>" in page
