"""No words vanish in HTML: they are published, or named by a diagnostic, or left out as the manual says."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.content.body import read_body
from digest.content.swallowed import _ELEMENTS, swallowed
from tests.support.bodies import DIALECTS, harmful, published

ODD = (
    *(
        "<!-- ",
        " -->",
        "<!-->",
        "--!>",
        "<![CDATA[ ",
        " ]]>",
        "<!doctype ",
        "<?pi ",
        " ?>",
        "<",
        ">",
        "</",
        "</ ",
        "<3 ",
    ),
    *("<x ", "<x", "</x ", "<div ", "<div", "</div ", '<p title="', "<p title='", '"', "'", "=", "/>", "<a <b>", "a<b"),
    *("<script>", "</script>", "<style>", "</style>", "<title>", "</title>", "<textarea>", "<svg>", "<template>"),
    *("\n", "\n\n", "\n\n> ", "\n- ", "\n\n    ", "`", "\n```\n", "**", "&lt;", "\\", "\n\n[^a]: ", "[^a]"),
)
tags = st.builds("<{}{}>".format, st.sampled_from(["", "/"]), st.sampled_from(sorted(_ELEMENTS)))
pieces = st.lists(st.sampled_from(ODD) | tags | st.just("w"), max_size=12)


def numbered(parts: list[str]) -> str:
    """Return a body in which every word is another one."""
    text = "w ".join([*parts, ""]).replace("ww", "w w")
    counter = iter(range(len(text)))
    return re.sub(r"\bw\b", lambda _: f"w{next(counter)}", text)


def meant_to_vanish(body: str) -> set[str]:
    """Return the words that the manual leaves out: those of comments, scripts and styles."""
    left_out = re.finditer(r"<!--.*?--!?>|<(script|style)\b.*?</\1", body, re.DOTALL | re.IGNORECASE)
    return {word for found in left_out for word in re.findall(r"w\d+", found[0])}


@settings(max_examples=3000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(pieces.map(numbered), st.booleans())
def test_no_word_vanishes_without_a_diagnostic(body: str, raw_html: bool) -> None:  # noqa: FBT001 - given so
    read = read_body(body, base=0, path="a.md", dialect=DIALECTS[raw_html])
    lost = {*re.findall(r"w\d+", body)} - {*re.findall(r"w\d+", published(read))}
    assert read.problems or lost <= (meant_to_vanish(body) if raw_html else set())
    assert harmful(body, raw_html=raw_html) == []


@settings(max_examples=2000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(pieces.map(numbered).filter(lambda body: not re.search(r"[`\\]|    |&lt;", body)))
def test_no_comment_is_published_without_a_diagnostic(body: str) -> None:
    """What would be one in HTML, and is text where Markdown sees no end of it."""
    read = read_body(body, base=0, path="a.md", dialect=DIALECTS[True])
    assert read.problems or "&lt;!--" not in published(read)


@pytest.mark.parametrize(
    ("markup", "piece"),
    [
        ("<p>one <Ann and Bob> two</p>", "<Ann and Bob>"),
        ("<p>one <b and two>three</b></p>", "<b and two>"),
        ("<p>one </b and two></p>", "</b and two>"),
        ("<p>one <x two", "<x two"),
        ("<p>one <i title='two</p>", "<i title='two"),
        ('<p>one <i title="two>three</p><p title="four">', '<i title="two>'),
        ("<p>one</p", "</p"),
        ("<p", "<p"),
        ("<div>one <!-- two</div>", "<!-- two"),
        ("<div><!--> one</div><!-- two", "<!-- two"),
        ("<![CDATA[one]]>", "<![CDATA[one]]>"),
        ("<!doctype html>", "<!doctype html>"),
        ("<?pi one?>", "<?pi one?>"),
        ("</ one>", "</ one>"),
        ("</>", "</>"),
        ("<script>one", "<script>"),
        ("<TITLE>one</titles>", "<TITLE>"),
        ("<plaintext>one", "<plaintext>"),
        ("<svg><text>one</text></svg>", "<svg>"),
        ("<template>one</template>", "<template>"),
        (f"<x {'y' * 80}>", f"<x {'y' * 38}"),
    ],
)
def test_what_swallows_words_is_named(markup: str, piece: str) -> None:
    found = swallowed(markup)
    assert found is not None
    assert found.piece == piece
    assert found.hint


@pytest.mark.parametrize(
    "markup",
    [
        "<p>1 < 2, <3, a <- b and c <> d < </p>",
        "<A HREF=https://x.org/?a=b>one</A  ><br/><img alt src='x>y' width=\"1\"  height = 2 />",
        "<!-- one --><!----><!--> <!---> <!-- two --!><!-- <!-- x -->",
        '<details open><summary data-x hidden>one</summary></details><p title="<b> &lt;">',
        "<script>if (a <b && c) '<!--'</script><style>a<b</style><textarea><x y></TEXTAREA >",
        "<p>&lt;x y <code>&lt;!--</code> <",
        '<a href="\x11h1\x12" class="mention">\x11h2\x12</a>',
    ],
)
def test_whole_html_swallows_nothing(markup: str) -> None:
    assert swallowed(markup) is None
