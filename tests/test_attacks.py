"""What somebody wrote who wanted something harmful, hidden or false on the page: each is refused, or harmless."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.bodies import forbidden

if TYPE_CHECKING:
    from tests.support.site import Site

ENTRY = "content/articles/2024-01-18-a.md"
PAGE = "articles/2024/01/a/index.html"
RAW = "title: Test\nmarkdown: {raw_html: true}\n"


def check(site: Site, body: str, *, front: str = "") -> list[str]:
    """Return the codes of what is wrong with an entry."""
    site.write("content/actors/lavrov.md", "---\nname: Sergey Lavrov\nkind: person\n---\n")
    site.write(ENTRY, f"---\ntitle: A\n{front}---\n{body}\n")
    return [problem["code"] for problem in site.diagnostics() if problem["code"] != "unattributed-quote"]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.example/x", "nowhere.md"])
@pytest.mark.parametrize(
    "body",
    [
        "> [x]: {}\n\n[click][x]",
        "- item\n\n    [x]: {}\n\n[click][x]",
        "One[^n].\n\n[^n]: Words.\n\n    [x]: {}\n\n[click][x]",
        "[]: {}\n\n[foo][] [][]",
        "`foo\nbar` [x]({}) `baz",
        " ~~~\n[x]({})\n ~~~",
        "- a `b\n- [x]({}) ` d",
        "![x][y]\n\n> [y]: {}",
        "[x]\n\n>     [x]: {}\n> [x]: {}",
        "[x](<{}>)",
        "[x]( {} )",
    ],
)
def test_an_address_is_checked_wherever_it_stands(site: Site, body: str, address: str) -> None:
    code = {"j": "unsafe-link", "d": "unsafe-link", "/": "invalid-url", "n": "missing-file"}[address[0]]
    assert {*check(site, body.replace("{}", address))} == {code}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<ftp://a.example/b>", "unsafe-link"),
        ("<javascript://a.example/%0aalert(1)>", "unsafe-link"),
        ("[[lavrov|[x](https://a.example/)]]", "nested-link"),
        ("> [x]: [[lavrov]]\n\n[c][x]", "missing-file"),
        ("> [x]: [^n]\n\n[c][x]", "missing-file"),
        ("[x](javascript&colon;alert(1))", "missing-file"),
        ("> [x]: javascript&#58;alert(1)\n\n[c][x]", "missing-file"),
        ("[x](\njavascript:alert(1))", "unsafe-link"),
        ('![a](x"onerror=alert((1)))', "missing-file"),
        ("One &#17;n9&#18; two.", "control-character"),
        ("One &#0; two.", "control-character"),
    ],
)
def test_what_only_the_library_understands_is_refused(site: Site, body: str, code: str) -> None:
    """A place in the file comes with it, so that a writer finds what is meant."""
    assert {*check(site, body)} == {code}
    assert all(problem["line"] >= 4 for problem in site.diagnostics())


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("~~~ a b\n[x](javascript:alert(1))\n~~~", '<code class="language-a">[x](javascript:alert(1))\n</code>'),
        ("```py title=x\n[[lavrov]]\n```", '<code class="language-py">[[lavrov]]\n</code>'),
        ("``` {#content}\na\n```\n\n``` {#content}\nb\n```", '<pre id="content-2"><code>b\n</code></pre>'),
        ("> [x]: https://a.example/\n\n[c][x]", '<a href="https://a.example/">c</a>'),
        ("> [x]: ../actors/lavrov.md\n\n[c][x]", '<a href="/actors/lavrov/">c</a>'),
        ("<a@b.example>", '<a href="mailto:a@b.example">a@b.example</a>'),
        ("Tickets cost 5*3**2*7 crowns.", "Tickets cost 5*3**2*7 crowns."),
        ("## Digest preview", '<h2 id="digest-preview-1">Digest preview</h2>'),
    ],
)
def test_what_means_no_harm_is_shown_as_it_is_meant(site: Site, body: str, shown: str) -> None:
    assert check(site, body) == []
    site.build()
    assert shown in site.out(PAGE)


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ('<code>![a](x"onerror=alert((1)))</code>', {"missing-file"}),
        ("<b>&#14;m0&#15;</b>", {"control-character"}),
        ("<b>&#17;n9&#18;</b>", {"control-character"}),
        ('<img alt="> Lavrov <img src=x onerror=alert(1)>" src="https://e.example/a.png"> Sergey Lavrov', set()),
        ('<a href="//evil.example/">x</a>', {"invalid-url"}),
        ('<img src="nowhere.png">', {"missing-file"}),
        ('<div id="content" onclick="x"><p id="a"></p><p id="a"></p></div>', set()),
        ('<a href="../actors/lavrov.md">x</a>', set()),
        ("<script>alert(1)</script><style>*{}</style><form action=x><input name=id></form>", set()),
    ],
)
def test_html_that_is_let_through_is_held_to_the_same_list(site: Site, body: str, codes: set[str]) -> None:
    site.write("digest.yaml", RAW)
    assert {*check(site, body)} == codes
    if not codes:
        site.build()
        page = re.search('<div class="body">(.*)</div>', site.out(PAGE), re.DOTALL)
        assert page
        assert [fault for fault in forbidden(page[1]) if not fault.startswith("href=/")] == []


def test_addresses_in_html_are_followed_like_all_others(site: Site) -> None:
    site.write("digest.yaml", RAW)
    assert check(site, '<a href="../actors/lavrov.md">x</a>') == []
    site.build()
    assert '<a href="/actors/lavrov/">x</a>' in site.out(PAGE)


# Private notes, drafts, embargoes


@pytest.mark.parametrize(
    "note",
    [
        "Private: ask\n\n\n    His name is SECRET.",
        "Private: ask\n\n\n\n\n    His name is SECRET.",
        "Private: ask\n\n    One.\n\n\n    His name is SECRET.",
        "Private: ask\n\n\tHis name is SECRET.",
        "Private:SECRET",
        "private :SECRET",
        "PRIVATE：SECRET",
        "\n    Private: SECRET",
        "\n\n    Private: SECRET",
        "Private:\n    SECRET",
    ],
)
def test_all_of_a_private_note_stays_private(site: Site, note: str) -> None:
    assert check(site, f"One[^a].\n\n[^a]: {note}\n\nAfter.") == []
    site.build()
    assert not [path for path, data in site.outputs().items() if b"SECRET" in data]


@pytest.mark.parametrize(
    "body",
    [
        "One[^a], two[^b].\n\n[^a]: Note.\n\n[^b]: Context: words.\n\n    More words.\n\nEnd.",
        "One[^a].\n\n[^a]: Note.\n\n    More.\n\n---\n\nEnd.",
        "One[^a].\n\n[^a]: Note.\n\nWords.\n\n    code",
        "One[^a].\n\n[^a]: Note.\n\n```\ncode\n```\n\nEnd.",
        "One[^a].\n\n[^a]: Note.\n[^b]: Note.\n\nTwo[^b].",
    ],
)
def test_notes_as_people_write_them_are_read(site: Site, body: str) -> None:
    assert check(site, body) == []


@pytest.mark.parametrize(
    "rest",
    [
        "   [His name](https://x.example) is SECRET.",
        "\u00a0\u00a0\u00a0\u00a0SECRET",
        "\u200b    SECRET",
        "\u3000SECRET",
        "---\n\n    SECRET",
        "[r]: https://x.example\n\n    SECRET",
        "&nbsp;\n\n    SECRET",
        "```\na\n```\n\n    SECRET",
    ],
)
def test_what_may_go_on_with_a_private_note_is_refused(site: Site, rest: str) -> None:
    assert "half-indented" in check(site, f"One[^a].\n\n[^a]: Private: ask\n\n{rest}")


def test_nothing_ends_a_private_note_before_its_writer_does(site: Site) -> None:
    assert "block-in-note" in check(site, "One[^a].\n\n[^a]: Private: ask\n~~~\nSECRET\n~~~\nmore SECRET")
    site.write("digest.yaml", RAW)
    for html in ("\n<div>SECRET</div>", " <div>a\n\nSECRET</div>", "\n<!-- n -->\nSECRET", "\n<p>SECRET</p>\nmore"):
        assert "block-in-note" in check(site, f"One[^a].\n\n[^a]: Private: ask{html}\n\nAfter.")


# Words that would vanish


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ('![p](https://x.example/p.png "Photo: [[lavrov]]")', []),
        ("[q](https://a.example/?x=[[lavrov]])", []),
        ("<https://a.example/[^n]>", []),
        ("[q](\nhttps://a.example/)", []),
        ("![a [[lavrov]] b][r]\n\n[r]: https://a.example/", ["stray-markup"]),
        ("Yes or no?\n\n[Smith]: Yes.\n\n[Jones]: No.", ["unused-definition", "unused-definition"]),
        ("> [ru]: Да.\n>\n> Yes.\n>\n> — [[lavrov]]", ["unused-definition"]),
        ("One[^a].\n\n[^a]: Private: [[lavrov]], [q](nowhere.md) ![z](y.png)", []),
        ("```\na\n```\n\n    b", []),
    ],
)
def test_no_word_of_a_body_vanishes(site: Site, body: str, codes: list[str]) -> None:
    assert check(site, body) == codes
    if not codes:
        site.build()
        visible = body.partition("[^a]: Private")[0]
        assert [word for word in re.findall(r"\w{3,}", visible) if word not in site.out(PAGE)] == []


def test_code_after_fenced_code_is_a_block_of_its_own(site: Site) -> None:
    check(site, "```py\na\n```\n\n    b")
    site.build()
    assert '<code class="language-py">a\n</code></pre>\n<pre tabindex="0"><code>b\n</code></pre>' in site.out(PAGE)


@pytest.mark.parametrize(
    ("note", "code"),
    [
        ("&#80;rivate: SECRET", "seems-private"),
        ("Priv&shy;ate: SECRET", "seems-private"),
        ("P r i v a t e: SECRET", "seems-private"),
        ("(Private note) SECRET", "seems-private"),
        ("Context: Private note: SECRET", "seems-private"),
        ("Private / desk: SECRET", "seems-private"),
        ("Context: fine.\n\n    Private: SECRET", "seems-private"),
        ("**Private:** SECRET", "seems-private"),
        ("*Private*: SECRET", "seems-private"),
        ("(Private) SECRET", "seems-private"),
        ("[private] SECRET", "seems-private"),
        ("Privat: SECRET", "seems-private"),
        ("Private – SECRET", "seems-private"),
        ("Private - SECRET", "seems-private"),
        ("Private\n    SECRET", "seems-private"),
        ("Pri\u200bvate: SECRET", "seems-private"),
        ("Note: Private: SECRET", "seems-private"),
        ("Desk: SECRET", "seems-private"),
        ("Private: ask\n\n  SECRET", "half-indented"),
        ("Private (later): SECRET", "unknown-verdict"),
    ],
)
def test_what_only_looks_private_is_refused(site: Site, note: str, code: str) -> None:
    """A site's own private kinds count as ours do."""
    kinds = "annotations: {kinds: [{kind: inside, label: Desk (own), private: true}, {kind: desks, label: Desks, private: true}]}"
    site.write("digest.yaml", f"title: Test\n{kinds}\n")
    assert code in check(site, f"One[^a].\n\n[^a]: {note}\n\nAfter.")


@pytest.mark.parametrize(
    "note",
    [
        "Private investors sold.",
        "Private-sector debt grew.",
        "Private, and public.",
        "Prevention: see below.",
        "Primate (the archbishop) said.",
        "Private (ret.) John Smith.",
        "Privat. A bank.",
        "*Private*, a novel.",
    ],
)
def test_words_that_only_begin_alike_are_published(site: Site, note: str) -> None:
    assert check(site, f"One[^a].\n\n[^a]: {note}") == []


@pytest.mark.parametrize(
    "name",
    [
        "2024-01-16-x.MD",
        "2024-01-16-x.Md",
        "2024-01-16-y.markdown",
        "y.mdown",
        "y.mkd",
        "y.mdx",
        "y.md.bak",
        "y.md.orig",
        "y.markdown.txt",
        "y.md (2)",
        "y.md.2024",
        "y.txt",
        "y",
        "y.yaml",
        "y.html",
    ],
)
@pytest.mark.parametrize("folder", ["articles", "files"])
def test_a_source_by_another_name_is_never_copied(site: Site, folder: str, name: str) -> None:
    site.write(f"content/{folder}/{name}", "---\ntitle: A\ndraft: true\n---\nSECRET\n\n[^a]: Private: SECRET\n")
    assert [problem["code"] for problem in site.diagnostics()] == ["misplaced-content"]
    assert site.run("build").exit_code == 1
    assert not (site.root / "site").exists()


@pytest.mark.parametrize(
    "text",
    [
        '---\n"title": D\n"draft": true\n---\nx',
        "---\rtitle: D\rdraft: true\r---\rx",
        "---\n{title: D, draft: true}\n---\nx",
        "---\n title: D\n---\nx",
        "---\nTitle: D\nDraft: true\n---\nx",
        "--- # c\ntitle: D\n---\nx",
        "---\ntitle: D\n---   x",
        "---\nsummary: " + "long " * 9000 + "\ntitle: D\n---\nx",
        "+++\ntitle = 'D'\n+++\nx",
        "<!-- c -->\n---\ntitle: D\n---\nx",
        "---\ntitle: D\ndraft: true\n",
        "Words.[^a]\n\n[^a]: Private: ask the desk\n",
        "\ufeff---\ntitle: D\n---\nx",
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.json", "a"])
def test_a_source_in_any_dress_is_never_copied(site: Site, name: str, text: str) -> None:
    for data in (text.encode(), text.encode("utf-16")):
        site.write(f"content/files/{name}", data)
        assert [problem["code"] for problem in site.diagnostics()] == ["misplaced-content"]


def test_stored_sources_are_passed_over_in_any_case(site: Site) -> None:
    site.write("content/Sources/leak.txt", "SECRET")
    site.build()
    assert not [path for path, data in site.outputs().items() if b"SECRET" in data]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", "Words.\n---\ntitle: x\n---\n"),
        ("a.yaml", "---\ntitle: x\nrows: []\n"),
        ("a.csv", "---\n"),
        ("amd.txt", "a"),
        ("a.mdb", "a"),
        ("README", "a"),
    ],
)
def test_other_files_are_copied_as_they_are(site: Site, name: str, data: str) -> None:
    site.write(f"content/files/{name}", data)
    site.build()
    assert site.out(f"files/{name}") == data


@pytest.mark.parametrize("target", ["../articles/2024-01-18-a.md", "../../.git/config", "../../.digest/state.sqlite"])
def test_no_link_makes_an_asset_of_what_is_not_published(site: Site, target: str) -> None:
    site.write(ENTRY, "---\ntitle: A\ndraft: true\n---\nSECRET\n")
    for path in (".git/config", ".digest/state.sqlite"):
        site.write(path, "SECRET")
    (site.root / "content/files").mkdir()
    (site.root / "content/files/a.txt").symlink_to(target)
    assert [problem["code"] for problem in site.diagnostics()] == ["folder-link"]


def test_records_hold_no_control_characters(site: Site) -> None:
    """Code in a quotation is told as it is written, on the speaker's page too."""
    body = "> Words:\n>\n> ```\n> see [[lavrov]] and a[^x] `<b>`\n> ```\n>\n> — [[lavrov]]"
    assert check(site, body) == []
    site.build()
    record = site.out("actors/lavrov/index.html")
    assert "see [[lavrov]] and a[^x]" in record
    assert not re.search("[\x00-\x08\x0b-\x1f]", record)
    assert not re.search("[\x00-\x08\x0b-\x1f]", site.run("list", "quotes").stdout)


def test_topics_nested_without_end_are_refused(site: Site) -> None:
    """Once for a branch, however long it is; a circle of any length ends, too."""
    for number in range(1000):
        site.write(f"content/topics/t{number}.md", f"---\nname: T{number}\nbroader: t{number + 1}\n---\n")
    site.write("content/topics/t1000.md", "---\nname: T1000\n---\n")
    found = site.diagnostics()
    assert [(problem["code"], problem["path"]) for problem in found] == [("too-deep", "content/topics/t984.md")]
    site.write("content/topics/t1000.md", "---\nname: T1000\nbroader: t0\n---\n")
    assert [problem["code"] for problem in site.diagnostics()] == ["circular-topics"]
    for number in range(1, 17):
        site.write(f"content/topics/t{number}.md", f"---\nname: T{number}\nbroader: t{number + 1}\n---\n")
    site.write("content/topics/t16.md", "---\nname: T16\n---\n")
    site.write("content/topics/t1000.md", "---\nname: T1000\n---\n")
    paths = [(problem["code"], problem["path"]) for problem in site.diagnostics()]
    assert ("too-deep", "content/topics/t0.md") in paths
    site.write("content/topics/t0.md", "---\nname: T0\n---\n")
    assert ("too-deep", "content/topics/t0.md") not in [
        (problem["code"], problem["path"]) for problem in site.diagnostics()
    ]
