"""Files made to take for ever, or all memory: each is refused, or read soon.

None takes two seconds of processor time where nothing else runs; `timeout` leaves room for a machine that is busy.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.site import Site

ENTRY = "content/articles/2024-01-18-a.md"
MEMORY = 700 * 1024 * 1024
"""Bytes of address space; a check of a small site takes some 250 MB of it, nearly all for mapped libraries."""


def words(number: int, *, paragraph: int = 3000) -> str:
    """Return so many words in paragraphs."""
    return " ".join(f"w{at % 5000}" if at % paragraph else "x\n\n" for at in range(number))


def annotated(*passages: str) -> str:
    """Return front matter with a note at each passage."""
    return "annotations:\n" + "".join(f"  - {{exact: {passage}, text: N}}\n" for passage in passages)


TABLE = "|" + "a|" * 190 + "\n|" + "-|" * 190 + "\n"
BOMBS: dict[str, tuple[str, str, set[str]]] = {
    "brackets in what is a fence": ("", "~~~ a b\n" + "[" * 16_000 + "\n~~~", set()),
    "brackets in what looks like a fence": ("", " ~~~ a b\n" + "[" * 16_000 + "\n ~~~", {"too-complex"}),
    "declarations in what looks like a fence": ("", "~~~ a\n" + "<![CDATA[" * 6000, {"too-complex"}),
    "ten tables of short rows": ("", "\n\n".join([TABLE + "|\n" * 1990] * 10), {"too-complex"}),
    "a table of rows without a sign": ("", TABLE + "x\n" * 1990, {"too-complex"}),
    "a table in a quotation": ("", "> " + (TABLE + "|\n" * 1990).replace("\n", "\n> "), {"too-complex"}),
    "a passage of one letter": (annotated("a"), "a " * 32_000, {"ambiguous-passage"}),
    "passages that no longer match": (
        annotated(*(f"w{n} w{n + 1} wx{n}" for n in range(30))),
        words(2000),
        {"missing-passage"},
    ),
    "a misspelt passage in a long text": (annotated("w12 w13 wx14"), words(30_000), {"missing-passage"}),
    "many misspelt passages in a long text": (
        annotated(*(f"w{n} w{n + 1} wx{n}" for n in range(400))),
        words(100_000),
        {"missing-passage"},
    ),
    "a passage of 12,000 words": (annotated("w1x " * 12_000), words(80_000), {"missing-passage"}),
    "more passages than notes are read": (annotated(*["a"] * 600), "b", {"too-complex"}),
    "open links in long paragraphs": ("", "\n\n".join(["[x](" * 499 + "prose " * 10_500] * 14), {"too-complex"}),
    "open tags in long paragraphs": ("", "\n\n".join(["<a " * 499 + "prose " * 10_500] * 14), {"too-complex"}),
    "fences of falling length": ("", "\n\n".join("~" * length for length in range(1200, 3, -1)), {"unclosed-fence"}),
    "many fences": ("", "```\na\n```\n\n" * 20_000, {"too-complex"}),
    "combining marks": ("", ("a" + "\u0316\u0301" * 7500) * 15, {"control-character"}),
    "isolates in isolates": ("", "\u2066" * 100_000, {"control-character"}),
    "unclosed emphasis": ("", "\n\n".join(["*a **b _c " * 300 + "prose " * 9000] * 14), set()),
    "backticks": ("", "\n\n".join(["`a" * 990 + " prose" * 9000] * 14), set()),
    "many attributes": ("", '> w\n>\n> — x {about="' + "a, " * 20_000 + '"}', {"unknown-reference"}),
    "quotations in quotations": ("", ("> " * 30 + "y\n\n") * 3000, {"too-complex"}),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_or_read_soon(site: Site, name: str) -> None:
    front, body, codes = BOMBS[name]
    site.write("digest.yaml", "title: Test\ntimeout: 6\n")
    site.write(ENTRY, f"---\ntitle: A\n{front}---\n{body}\n")
    found = site.diagnostics()
    assert {problem["code"] for problem in found} == codes
    assert len(found) == 1 or "too-complex" not in codes


HTML = {
    "formatting that is opened again in each paragraph": "\n\n".join([*["<b id=x>" * 500] * 5, *["<p>" * 5000] * 5]),
    "links": "<a href=x>" * 3000 + "<p>" * 3000,
    "tables in tables": "<table><tr>" * 5000,
    "elements in elements": "\n\n".join(["<div>" * 5000] * 5),
}


@pytest.mark.parametrize("name", HTML)
def test_html_that_is_let_through_is_no_bomb(site: Site, name: str) -> None:
    site.write("digest.yaml", "title: Test\ntimeout: 6\nmarkdown: {raw_html: true}\n")
    site.write(ENTRY, f"---\ntitle: A\n---\n{HTML[name]}\n")
    assert {problem["code"] for problem in site.diagnostics()} <= {"too-complex"}


MANY: dict[str, tuple[str, str]] = {
    "problems in one long line": ("", '> w\n>\n> — x {about="' + "a, " * 20_000 + '"}'),
    "unknown speakers": (f"speakers: [{', '.join(f's{number}' for number in range(9000))}]\n", ""),
    "unknown mentions": ("", "\n\n".join("".join(f"[[m{n}-{m}]] " for m in range(190)) for n in range(10))),
}


@pytest.mark.parametrize("name", MANY)
def test_thousands_of_problems_fit_into_memory(site: Site, name: str) -> None:
    """Each shows an excerpt that is bounded, whatever the line's length."""
    front, body = MANY[name]
    site.write(ENTRY, f"---\ntitle: A\n{front}---\n{body}\n")
    for number in range(200):
        site.write(f"content/actors/a{number}.md", f"---\nname: Somebody {number}\nkind: person\n---\n")
    command = [sys.executable, "-m", "digest", "check", "-C", str(site.root), "-j1", "-v"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=_limit, timeout=200)
    assert (run.returncode, run.stdout.count("\n")) == (1, 1), run.stderr[-500:]
    assert "unknown-reference" in run.stderr
    assert max(map(len, run.stderr.splitlines())) < 300


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def test_of_a_long_line_what_is_near_is_shown(site: Site) -> None:
    site.write(ENTRY, f"---\ntitle: A\n---\n{'before ' * 200}[[nobody]]{' after' * 200}\n")
    shown = site.run("check").stderr.splitlines()
    line, carets = shown[1], shown[2]
    assert line[carets.index("^") :].startswith("nobody]] after")
    assert line.startswith("  4 | … ")
    assert line.endswith(" …")
    assert len(line) < 200


def test_links_to_missing_headings_are_compared_with_headings_a_few_times(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Linking has no deadline in a preview: what it does for a file grows with the file, and not with its square."""
    compared: list[str] = []

    def compare(word: str, _words: object) -> str:
        compared.append(word)
        return ""

    monkeypatch.setattr("digest.linking.references.did_you_mean", compare)
    site.write("content/articles/2024-01-01-other.md", "---\ntitle: Other\n---\n# One\n")
    links = "\n\n".join(f"[a](#to-{number}) [b](2024-01-01-other.md#to-{number})" for number in range(300))
    site.write("content/articles/2024-01-02-many.md", f"---\ntitle: Many\n---\n# Two\n\n{links}\n")
    found = site.diagnostics()
    assert [problem["code"] for problem in found] == ["missing-anchor"] * 600
    assert len(compared) == 40
