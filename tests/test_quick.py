"""The quick reading of a file gives what the plain libraries give, to the byte and the offset."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.corpus import files as corpus_files
from benchmarks.facts import generate
from digest.content.kinds import by_name
from digest.content.load import Source
from digest.content.markdown import Converter
from digest.content.parse import Parsed, parse
from digest.content.sentences import END, last_end, spaced
from digest.content.slugs import slugify
from digest.content.syntax import SYNTAX, find_syntax
from digest.decode.events import read_events
from digest.decode.nodes import Mapping, Node, Sequence, read
from digest.decode.plain import read_plain
from digest.decode.schema import decode
from digest.decode.validation import validate
from digest.model import Dialect, Kind, NoteKind
from tests.support.sample import REPOSITORY
from tests.test_bad_inputs import CASES, read_files

if TYPE_CHECKING:
    from pathlib import Path

    from digest.content.kind import Matter

SCHEMAS = {name: kind.schema() for name, kind in by_name().items()}
FOLDERS = {
    "articles": Kind.ARTICLE,
    "actors": Kind.ACTOR,
    "topics": Kind.TOPIC,
    "agreements": Kind.AGREEMENT,
    "pages": Kind.PAGE,
}
KINDS = (
    NoteKind("note", "Note", "*"),
    NoteKind("context", "Context", "§"),
    NoteKind("private", "Private", "-", private=True),
)
DIALECTS = {raw: Dialect(kinds=KINDS, verdicts=("misleading", "accurate"), raw_html=raw) for raw in (False, True)}
PLAIN = {raw: Converter(raw_html=raw, plain=True) for raw in (False, True)}
MANY = settings(max_examples=500, deadline=None, derandomize=True)


def plainly(source: Source, data: bytes, dialect: Dialect) -> Parsed:
    """Parse with the plain libraries."""
    with (
        patch("digest.content.body.converter", lambda *, raw_html: PLAIN[raw_html]),
        patch("digest.decode.nodes.read_plain", lambda _text, _base: None),
        patch("digest.content.parse.decode", validate),
    ):
        return parse(source, data, dialect)


def assert_same(path: str, text: str) -> None:
    source = Source(path, FOLDERS.get(path.split("/")[1], Kind.PAGE))
    data = text.encode(errors="surrogatepass")
    for dialect in DIALECTS.values():
        assert repr(parse(source, data, dialect)) == repr(plainly(source, data, dialect))


def placed(node: Node | None) -> object:
    """Return everything a node holds, places included."""
    if isinstance(node, Mapping):
        inside = [(key, placed(value)) for key, value in node.items()]
        return "mapping", node.span, [*node.keys_at.items()], [*node.empty.items()], inside
    if isinstance(node, Sequence):
        return "sequence", node.span, [placed(item) for item in node]
    return node and ("scalar", str(node), node.span)


def assert_same_yaml(text: str) -> None:
    quick = read_plain(text, 7)
    if quick is not None:
        plain, problems = read_events(text, path="a.md", base=7)
        assert (placed(quick), []) == (placed(plain), problems)


def is_content(path: str) -> bool:
    return path.startswith("content/") and path.endswith(".md") and path.count("/") > 1


def test_the_sample_reads_the_same() -> None:
    files = [*(REPOSITORY / "content").glob("**/*.md")]
    assert len(files) > 20
    for file in files:
        assert_same(file.relative_to(REPOSITORY).as_posix(), file.read_text(encoding="utf-8"))


def test_the_benchmark_reads_the_same() -> None:
    for path, text in corpus_files(generate(60)):
        if is_content(path):
            assert_same(path, text)


@pytest.mark.parametrize("file", sorted(CASES.glob("*.md")), ids=lambda file: file.stem)
def test_bad_input_reads_the_same(file: Path) -> None:
    for path, text in read_files(file.read_text(encoding="utf-8")).items():
        if is_content(path):
            assert_same(path, text)


WORDS = ("one", "two.", "Three", "é", "12", "1.", "A", "http://a.b/c_d", "x&y", "&amp;", "&#38;")
SIGNS = "[]()|!*_`<>#-+=\\&;:~{}\"'“”—^"
INLINE = r"""
    [[a]] [[a|b]] [[!a]] [[a|“b”]] [^a] [x][^a] ](b.md) ](http://c.d) [x](b.md) [x](http://c.d) ![ ** *** __
    ``` ~~~ <b> </b> <http://e.f> <g@h.i>
"""
BREAKS = (
    *(
        "\n",
        "\n\n",
        "\n\n\n",
        "  \n",
        "\n    ",
        "\n> ",
        "\n>\n",
        "\n> > ",
        "\n- ",
        "\n1. ",
        "\n# ",
        "\n---\n",
        "\n===\n",
    ),
    *(
        "\n\n[^a]: ",
        "\n\n[^b]: Context: ",
        "\n> — [[a]], c, 2024-01-02",
        "\n> — d {#e stance=rejects}",
        "\n[r]: http://s",
    ),
    *(
        "\n```\n",
        "\n| a | b |\n|---|---|\n| c | d |\n",
        "\n<div>\n",
        "\n</div>\n",
        "\n    code",
        "\n* * *\n",
        "\t",
        " ",
    ),
)
words = st.sampled_from([*WORDS, " ", " "])
signs = st.sampled_from([*SIGNS, *INLINE.split()])
breaks = st.sampled_from(BREAKS)
bodies = st.lists(words | signs | breaks, max_size=30).map("".join)


@MANY
@given(bodies)
@example("x\n\n    code\n\n> a\n")
@example("- a\n\n    b\n    # c\n\n    d\n")
@example("a *b [c](d) e* _f_ `g` <h@i.j> &k; l  \nm")
@example("[x [y](z)][^a] ![p](q) [r](s.md) [t](http://u_v)\n\n[^a]: w\n")
@example("1\\. a\n\n2. b\n\n3 c\n")
def test_any_body_reads_the_same(body: str) -> None:
    assert_same("content/articles/2024-01-02-a.md", f"---\ntitle: A\n---\n{body}\n")


@MANY
@given(bodies)
@example("\n \n`\n> — a\n")
def test_syntax_is_found_where_searching_finds_it(body: str) -> None:
    for start in range(len(body) + 1):
        quick, plain = find_syntax(body, start), SYNTAX.search(body, start)
        assert (quick and (quick.span(), quick.groupdict())) == (plain and (plain.span(), plain.groupdict()))


VALUES = (
    "one",
    "two three",
    "[a, b-c]",
    "[ x y ,z ]",
    "[]",
    "'q'",
    '"r: s"',
    "''",
    "2024-01-02",
    "é中🎉",
    "http://a.b/c?d=e#f",
)
YAML_SIGNS = "[]{}:#'\"&*!|>%@`~-?,.\\=<\u00a0\u3000\u0301"
atoms = st.sampled_from(
    [*VALUES, *YAML_SIGNS, "null", "Null", " ", "  ", ": ", " #", "- ", "\t", "---", "...", "(a)", "’"]
)
values = st.sampled_from(VALUES) | st.lists(atoms, max_size=6).map("".join)
keys = st.sampled_from(["a", "b", "c", "d-e", "_f", "G1", "null", "y", "<<", "-", "é", "'g'", "? h"])
indents = st.sampled_from(["", "", "", "  ", "  ", " ", "    "])
ends = st.sampled_from(["\n", "\n", "\n", "\n", " \n", "\n\n", ""])
lines = st.tuples(indents, keys, st.sampled_from([": ", ": ", ": ", ":", ":   "]), values | st.just(""), ends).map(
    "".join
)


@settings(max_examples=4000, deadline=None, derandomize=True)
@given(st.lists(lines, max_size=6).map("".join))
@example("a:\n  b: c\n  d:\ne: f\n")
@example("a: b\n  c: d\n")
@example("a: [b, null]\n")
@example("a: b\na: c\n")
@example("a:\n  b:\n    c: d\n")
def test_any_front_matter_reads_the_same(text: str) -> None:
    assert_same_yaml(text)


KEYS = (
    "name",
    "title",
    "date",
    "kind",
    "aliases",
    "roles",
    "events",
    "relations",
    "source",
    "draft",
    "corrections",
    "wrong",
)
typed = st.recursive(
    st.sampled_from(["one", "2024-01-02", "2024", "true", "http://a.b", "person", "signed", "amends", "en", "' '", ""]),
    lambda inner: (
        st.lists(inner, max_size=2).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(
            st.sampled_from(
                ["title", "from", "to", "of", "date", "event", "text", "publisher", "url", "type", "agreement", "x"]
            ),
            inner,
            max_size=3,
        ).map(lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs.items()) + "}")
    ),
    max_leaves=5,
)


@MANY
@given(st.sampled_from([*SCHEMAS.values()]), st.dictionaries(st.sampled_from(KEYS), typed, max_size=5))
@example(SCHEMAS[Kind.ACTOR], {"name": "a", "roles": "[{title: b, from: 2024, to: 2023}]"})
@example(SCHEMAS[Kind.ACTOR], {"name": "a", "roles": "[{title: b, start: 2024}]"})
@example(SCHEMAS[Kind.AGREEMENT], {"name": "a", "events": "[{date: 2024-01-02, event: singed}]"})
@example(SCHEMAS[Kind.AGREEMENT], {"name": "a", "events": "[{date: 2024-01-02, event: signed}]"})
@example(SCHEMAS[Kind.AGREEMENT], {"name": "a", "relations": "[{type: amend, agreement: b}]"})
@example(SCHEMAS[Kind.ARTICLE], {"title": "a", "source": "{publisher: b, url: 'http://c.d'}", "draft": "true"})
def test_any_front_matter_decodes_the_same(schema: type[Matter], pairs: dict[str, str]) -> None:
    node, _ = read("".join(f"{key}: {value}\n" for key, value in pairs.items()), path="a.md")
    if node is not None:
        assert repr(decode(schema, node, "a.md")) == repr(validate(schema, node, "a.md"))


def test_a_common_entry_loads_no_library_it_does_not_need(tmp_path: Path) -> None:
    entry = tmp_path / "entry.md"
    entry.write_text(next(text for path, text in corpus_files(generate(1)) if "/articles/" in path), encoding="utf-8")
    program = f"""
import pathlib, sys
from digest.content.load import Source
from digest.content.parse import parse
from digest.model import Dialect, Kind, NoteKind
before = {{*sys.modules}} & {{"markdown"}}
dialect = Dialect(kinds=(NoteKind("note", "Note", "*"),), verdicts=("misleading", "accurate"))
source = Source("content/articles/2024-01-02-a.md", Kind.ARTICLE)
assert parse(source, pathlib.Path({str(entry)!r}).read_bytes(), dialect).document.matter
print(before, {{*sys.modules}} & {{"yaml", "pydantic", "nh3"}})
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout == "set() set()\n"


def test_common_front_matter_is_read_quickly() -> None:
    entries = [text for path, text in corpus_files(generate(5)) if "/articles/" in path]
    assert all(read_plain(text.split("---\n")[1], 0) for text in entries)


_END = re.compile(r"(?<![A-ZА-Я])(?<!\b[A-Z][a-z])(?<!\bNo)[.!?…][”’\"'»)\]]*\s+(?=[\"“‘«(\[]?[\w\x11])")
prose = st.lists(st.sampled_from([*"Aa.!?…”’»)]\n ÉЯя\x11", "Mr", "No", "U.", " The", "\u00a0"]), max_size=12).map(
    "".join
)


@MANY
@given(prose)
@example("No. 1 Mr. A. b. C")
def test_sentences_end_where_they_did(text: str) -> None:
    assert [found.span() for found in END.finditer(text)] == [found.span() for found in _END.finditer(text)]
    long = text * 40
    assert last_end(long) == max([0, *(found.end() for found in _END.finditer(f"{long}\x11"))])
    assert spaced(text) == re.sub(r"\s+", " ", text)


@MANY
@given(st.text(st.characters(max_codepoint=127), max_size=12))
def test_ascii_names_give_the_slugs_that_others_give(name: str) -> None:
    assert slugify(name) == slugify(f"é{name}")[1:].lstrip("-")
