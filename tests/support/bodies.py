"""Bodies as somebody writes them who wants something harmful on the page: a grammar of Markdown with bad addresses.

Everything is made of parts of which each may be anywhere: a link in a quotation in a note, a definition in a list, a
fence that is none. What comes out is checked with an HTML5 parser that knows nothing of how it was made.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from digest.config import _KINDS, _VERDICTS
from digest.content.body import read_body
from digest.content.kinds import reserved_ids
from digest.model import Dialect, fill

if TYPE_CHECKING:
    from digest.content.body import ParsedBody

DIALECTS = {raw: Dialect(kinds=_KINDS, verdicts=_VERDICTS, raw_html=raw) for raw in (False, True)}

ADDRESSES = (
    *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "javascript&#58;alert(1)", "javascript&colon;alert(1)"),
    *("\\javascript:alert(1)", "java\tscript:alert(1)", "javascript:alert((1))", "<javascript:alert(1)>"),
    *(
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://a.b/c",
        "//evil.example/x",
    ),
    *("/\\evil.example", "nowhere.md", "../../x", "#a", "#", "", "www.a.b", "blob:x", 'x"onerror=alert(1)', "x'y"),
    *("[[lavrov]]", "[^a]", "https://ok.example/", "HTTP://ok.example", "mailto:a@b.c", 'https://a.b/"onclick="x'),
    *(
        " https://a.b",
        "&#x6a;avascript:alert(1)",
        "\x01javascript:x".strip("\x01"),
        "a b",
        "a&b;c",
        "`x`",
        "*x*",
        "x\\)",
    ),
)
WORDS = (
    "one",
    "two*three",
    "“four”",
    "five_six",
    "a `b",
    "`",
    "``",
    "x < y",
    "&amp;",
    "&lt;",
    "&#14;m0&#15;",
    "&#17;n9&#18;",
)
HTML = (
    *(
        "<b>",
        "</b>",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)>",
        "<style>*{}",
    ),
    *(
        '<a href="javascript:x">',
        "</a>",
        '<div id="content" onclick=x>',
        "</div>",
        '<p id="a">',
        "<!-- c -->",
        "<code>",
    ),
    *("</code>", "<![CDATA[x]]>", "<?php x ?>", '<img alt="> <img src=x onerror=alert(1)>" src="https://e.org/a.png">'),
    *(
        '<form action="x"><input name=id>',
        '<iframe src="//x">',
        '<a name="x" id="note-1">',
        "<table><td>",
        "<math><mi>",
    ),
    *("<b id=&#16;q>", '<pre id="ref-1">', '<blockquote cite="javascript:x">', "<details open>", "<base href=//x>"),
)
OPENINGS = (
    *(
        "\n\n",
        "\n",
        "\n\n> ",
        "\n> ",
        "\n>> ",
        "\n\n- ",
        "\n- ",
        "\n1. ",
        "\n\n    ",
        "\n\n        ",
        "\n\n## ",
        "\n| a | b |\n|---|:-:|\n| ",
    ),
    *(
        " | ",
        "\n```\n",
        "\n~~~ a b\n",
        "\n ~~~\n",
        "\n``` {#content .x}\n",
        "\n``` {#digest-preview}\n",
        '\n```py "><b>\n',
    ),
    *(
        "\n\n[^a]: ",
        "\n\n[^a]: Private: ",
        "\n\n[^b]:\n    ",
        "\n> — [[lavrov]], ",
        "\n> — [[lavrov]] {#content stance=rejects}",
        "  \n",
    ),
    *(
        "\n\n---\n",
        "\n===\n",
        "[^a]",
        "\n\n[x]: ",
        "\n> [x]: ",
        "\n- i\n\n    [x]: ",
        "\n\n[]: ",
        "\n* * *\n",
        "\n\\",
        "\n\n\n\n\n",
    ),
)

addresses = st.sampled_from(ADDRESSES)
words = st.sampled_from(WORDS)
labels = st.recursive(
    words | st.sampled_from(HTML),
    lambda inner: st.one_of(
        st.builds("[{}]({})".format, inner, addresses),
        st.builds('![{}]({} "t{}")'.format, inner, addresses, words),
        st.builds("[{}](<{}>)".format, inner, addresses),
        st.builds("[[lavrov|{}]]".format, inner),
        st.builds("[{}][^a]".format, inner),
        st.builds("[{}][x]".format, inner),
        st.builds("![{}][]".format, inner),
        st.builds("**{}*".format, inner),
        st.builds("`{}\n{}`".format, inner, words),
        st.builds("{} {}".format, inner, inner),
    ),
    max_leaves=6,
)
autolinks = st.builds("<{}>".format, addresses | st.just("a@b.c") | st.just("javascript://x%0aalert(1)"))
definitions = st.builds(
    "{}[{}]: {}\n".format,
    st.sampled_from(["", "> ", "- ", "    ", "[^c]: N\n\n    "]),
    st.sampled_from("xyX"),
    addresses,
)
parts = labels | autolinks | definitions | st.sampled_from(OPENINGS) | st.sampled_from(HTML) | words
bodies = st.lists(parts, min_size=1, max_size=16).map("".join)

_TAGS = frozenset(
    """
    a abbr article aside b bdi bdo blockquote br caption cite code col colgroup data dd del details dfn div dl dt em
    figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd li mark nav ol p pre q rp rt ruby s samp
    section small span strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr
    """.split()  # noqa: SIM905 - words read better than a list of literals
)
_NAMES = frozenset(
    """
    abbr alt aria-label cite class colspan datetime dir headers height href hreflang id lang open reversed role rowspan
    scope span src start style tabindex title value width
    """.split()  # noqa: SIM905 - words read better than a list of literals
)
_ADDRESS = re.compile(r"/ok/|https?://|mailto:", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def forbidden(markup: str) -> list[str]:
    """Return what stands in HTML and may not; markup is parsed as browsers do, in the body of a page."""
    tree = LexborHTMLParser(f"<!doctype html><body><main>{markup}</main></body>")
    main = tree.css_first("body > main")
    assert main is not None, markup
    found = [f"control {markup!r}"] if _CONTROL.search(markup) else []
    beside = [node.tag for node in tree.css("body > *, head > *")]
    found += [f"outside: {beside}"] if beside != ["main"] else []
    ids: list[str] = []
    for node in main.css("*"):
        if node.mem_id == main.mem_id:
            continue
        found += [] if node.tag in _TAGS else [f"<{node.tag}>"]
        for name, value in node.attributes.items():
            found += [] if name in _NAMES else [f"{node.tag} {name}={value}"]
            if name in {"href", "src", "cite"} and not _ADDRESS.match(value or ""):
                found.append(f"{name}={value}")
            if name == "style" and value not in {"text-align: left;", "text-align: center;", "text-align: right;"}:
                found.append(f"style={value}")
            if name == "id":
                ids.append(value or "")
    taken = {*reserved_ids(), "digest-preview"}
    found += [
        f"id {name}"
        for name in ids
        if ids.count(name) > 1 or name in taken or re.fullmatch(r"(?:note|toggle)-\d+", name)
    ]
    return found


def published(body: ParsedBody) -> str:
    """Return all of a body that a page would hold, each slot filled with something of ours."""
    gaps = {"h": "/ok/", "q": "", "n": ""}
    fragment = body.fragment
    return "".join(fill(part, lambda kind, _: gaps[kind]) for part in (fragment.html, *fragment.notes))


def harmful(text: str, *, raw_html: bool) -> list[str]:
    """Return what is forbidden in a body's HTML, and control characters in what it says."""
    body = read_body(text, base=0, path="content/articles/2024-01-18-a.md", dialect=DIALECTS[raw_html])
    said = [part for quote in body.facts.quotes for part in (*quote.wording.paragraphs, *quote.wording.original)]
    said += [heading.text for heading in body.facts.headings]
    contexts = [mention.context for mention in body.mentions]
    said += [part for one in contexts for part in (one.before, one.mention, one.after)]
    plain = [fill(part, lambda _kind, _number: "") for part in said]
    return forbidden(published(body)) + [f"control in {part!r}" for part in plain if _CONTROL.search(part)]
