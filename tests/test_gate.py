"""Nothing harmful leaves a body, whatever Python-Markdown makes of it (fuzzed), and nothing of its words is lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from digest.content.body import read_body
from digest.content.gate import Gate
from digest.content.reading import Reading
from digest.decode.written import Written
from tests.support.bodies import DIALECTS, bodies, forbidden, harmful

if TYPE_CHECKING:
    from collections.abc import Callable

CI = settings(max_examples=3000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
SHARDS = 20
SOAK = settings(
    max_examples=10_000,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


@CI
@given(bodies, st.booleans())
def test_no_body_publishes_what_no_page_may_hold(body: str, raw_html: bool) -> None:  # noqa: FBT001 - given so
    assert harmful(body, raw_html=raw_html) == []


@pytest.mark.soak
@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_body_publishes_what_no_page_may_hold_for_long(shard: int) -> None:
    """Ten thousand bodies in each shard, each with a seed of its own."""

    @seed(shard)
    @SOAK
    @given(bodies, st.booleans())
    def holds(body: str, raw_html: bool) -> None:  # noqa: FBT001 - given so
        assert harmful(body, raw_html=raw_html) == []

    holds()


@pytest.mark.parametrize(
    "markup",
    [
        '<p onclick="x">',
        "<script>",
        '<a href="javascript:x">y</a>',
        '<a href="//x">y</a>',
        '<a href="">y</a>',
        '<img src="x" onerror="y">',
        '<p style="color: red">y</p>',
        '<p id="content">y</p>',
        '<p id="a">y</p><p id="a">y</p>',
        '<p id="note-1">y</p>',
        "</main><p>y</p>",
        "<p>\x0em0\x0f</p>",
        '<iframe src="https://a.b"></iframe>',
        '<p title="<">y</p><form>',
    ],
)
def test_the_check_sees_what_is_forbidden(markup: str) -> None:
    """Or the fuzzer would find nothing."""
    assert forbidden(markup) != []


def passed(markup: str, *, raw_html: bool = False) -> tuple[str, list[str]]:
    """Pass finished HTML, whatever made it."""
    reading = Reading((), "a.md", Written("", 0, 0), str)
    return Gate(reading, raw_html).passed(markup), [problem.code for problem in reading.problems]


@pytest.mark.parametrize(
    "markup",
    [
        "<p>one</p><script>two</script>",
        '<p onclick="x">one</p>',
        '<a href="javascript:alert(1)">one</a>',
        '<a href="data:x">one</a>',
        '<a href="//x.org">one</a>',
        '<a href="page.md">one</a>',
        '<a href="javascript&#58;x">one</a>',
        "<a href='https://x.org'>one</a>",
        "<a href=https://x.org>one</a>",
        '<img src="\x11h1\x12" alt="a" onerror="x">',
        '<img alt="> <b>" src="https://x.org">',
        "<p>one",
        "one</p>",
        "<p>one</p",
        "<p",
        "<p><em>one</p></em>",
        '<td style="position: fixed">one</td>',
        "<P>one</P>",
        "<p>one<!-- two --></p>",
        "<p >one</p >",
        '<p class="a"class="b">one</p>',
        "<svg><a></a></svg>",
        '<p xml:lang="x">one</p>',
        "<br></br>",
        "</br>",
        "<",
        "<p>1 < 2</p>",
    ],
)
def test_what_is_not_on_the_list_is_an_error_and_shown_as_text(markup: str) -> None:
    """Whichever way it came about: the gate does not know what is behind it."""
    shown, codes = passed(markup)
    assert codes == ["unsafe-markup"]
    assert "<" not in shown
    assert forbidden(shown) == []


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "one &lt; two > three",
        '<p>one <a class="mention" href="\x11h1\x12">\x11h2\x12</a>\x11n1\x12</p>',
        '<a href="https://x.org/?a=1&amp;b=%22">one</a>',
        '<a href="MAILTO:a@b.c">one</a>',
        '<td style="text-align: right;">one</td>',
        '<ol start="3">\n<li>one<br>two</li>\n</ol>\n<hr>',
    ],
)
def test_what_is_on_the_list_passes_as_it_is(markup: str) -> None:
    assert passed(markup) == (markup, [])


WORD = re.compile(r"[^\W_]")
signed = st.lists(
    st.sampled_from(["*", "**", "***", "_", "__", "a", "b", "7", " ", "é", "\n", "*a", "b*", "\\*", "`", "c"]),
    max_size=30,
).map("".join)


@settings(max_examples=3000, deadline=None, derandomize=True)
@given(signed)
def test_no_letter_is_lost_between_signs_of_emphasis(body: str) -> None:
    """Python-Markdown 3.11.3 by itself makes `5*3<strong>2</strong> crowns` of `5*3**2*7 crowns`."""
    read = read_body(f"x {body} y", base=0, path="a.md", dialect=DIALECTS[False])
    text = re.sub(r"<[^>]*>", "", read.fragment.html)
    assert WORD.findall(text) == WORD.findall(f"x {body} y")


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("Tickets cost 5*3**2*7 crowns.", "Tickets cost 5*3**2*7 crowns."),
        ("*x **y*z", "*x **y*z"),
        ("*a* __b__ ***c***", "<em>a</em> <strong>b</strong> <strong><em>c</em></strong>"),
        ("**a *b* c**", "<strong>a <em>b</em> c</strong>"),
    ],
)
def test_signs_that_the_library_mispairs_are_text(body: str, shown: str) -> None:
    read: Callable[[str], str] = lambda text: re.sub(r"</?p>|\n", "", text)  # noqa: E731 - said once
    assert read(read_body(body, base=0, path="a.md", dialect=DIALECTS[False]).fragment.html) == shown
