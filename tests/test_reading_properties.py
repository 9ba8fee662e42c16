"""What holds of reading, whatever is written: places, dates, marks, and that no word gets lost."""

from __future__ import annotations

import html
import os
import re
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.content import load
from digest.content.body import read_body
from digest.content.scan import scan
from digest.content.tokens import MARK, Token
from digest.dates import Moment, PartialDate, parse_moment, parse_partial
from digest.decode.nodes import Mapping, Scalar, Sequence, read
from digest.decode.text import position
from digest.decode.written import Written
from digest.model import Dialect, NoteKind

if TYPE_CHECKING:
    from pathlib import Path

DIALECT = Dialect(kinds=(NoteKind("note", "Note", "*"), NoteKind("context", "Context", "§")), verdicts=("false",))
FEW = settings(max_examples=300, deadline=None, derandomize=True)

words = st.text("abcdefé中🎉", min_size=1, max_size=8)
trees = st.recursive(
    words,
    lambda inner: st.lists(inner, min_size=1, max_size=4) | st.dictionaries(words, inner, min_size=1, max_size=4),
    max_leaves=12,
)
pieces = st.sampled_from(
    [
        *[
            "[",
            "]",
            "[[",
            "]]",
            "(",
            ")",
            "[^a]",
            "|",
            "!",
            "*",
            "_",
            "`",
            "```",
            ">",
            "—",
            "<",
            "#",
            "-",
            "\\",
            "&",
            ";",
            ":",
            "{",
            "}",
            "=",
            '"',
            "“",
            "”",
        ],
        "\n[^a]: ",
        "\n",
        "\n\n",
        "    ",
        " ",
    ]
)
bodies = st.lists(pieces | words, max_size=40).map("".join)


def in_yaml(tree: object, indent: str = "") -> str:
    """Write a tree as block YAML; every scalar and key is plain."""
    if isinstance(tree, dict):
        items = [(f"{indent}{key}:", value) for key, value in tree.items()]
    elif isinstance(tree, list):
        items = [(f"{indent}-", value) for value in tree]
    else:
        return f" {tree}\n"
    return "".join(
        head + (in_yaml(value) if isinstance(value, str) else "\n" + in_yaml(value, f"{indent}  "))
        for head, value in items
    )


def assert_in_place(node: object, tree: object, text: str) -> None:
    """Every key and scalar of the node stands in the text where the node says."""
    if isinstance(tree, str):
        assert isinstance(node, Scalar)
        assert text[slice(*node.span)] == tree
        line, column = position(text, node.span[0])
        assert text.split("\n")[line - 1][column - 1 :] == tree
    elif isinstance(tree, list):
        assert isinstance(node, Sequence)
        for part, branch in zip(node, tree, strict=True):
            assert_in_place(part, branch, text)
    elif isinstance(tree, dict):
        assert isinstance(node, Mapping)
        for key, branch in tree.items():
            assert text[slice(*node.keys_at[key])] == key
            assert_in_place(node[key], branch, text)


@FEW
@given(st.dictionaries(words, trees, min_size=1, max_size=4))
def test_keys_and_values_know_their_place(tree: dict[str, object]) -> None:
    text = in_yaml(tree)
    node, problems = read(text, path="a.md")
    assert problems == []
    assert_in_place(node, tree, text)


@FEW
@given(st.dates().map(lambda day: day.isoformat()), st.sampled_from([4, 7, 10]))
def test_a_vague_date_is_written_as_it_was_read(day: str, length: int) -> None:
    read_date: PartialDate = parse_partial(day[:length])
    assert read_date.iso == day[:length]
    assert read_date.first <= read_date.last


@FEW
@given(
    st.dates(min_value=parse_moment("0002-01-01").day, max_value=parse_moment("9998-12-31").day),
    st.times().map(lambda clock: clock.replace(microsecond=0, second=clock.second or 1)),
    st.sampled_from(["", "+00:00", "-09:30", "+14:00"]),
)
def test_a_moment_is_written_as_it_was_read(day: object, clock: object, offset: str) -> None:
    text = f"{day}T{clock}{offset}"
    moment: Moment = parse_moment(text)
    assert moment.iso == text


@FEW
@given(bodies)
def test_marks_put_back_give_the_text(body: str) -> None:
    found = scan(Written(body, 0, len(body)), path="a.md", dialect=DIALECT)

    def source(mark: re.Match[str]) -> str:
        token: Token = found.tokens[int(mark[2])]
        return token.at.text

    # Scanning may set blocks apart by empty lines, and takes white space out of them; nothing else may change.
    assert "".join(MARK.sub(source, found.text).split()) == "".join(body.split())


@FEW
@given(bodies)
def test_no_body_raises_and_no_word_is_lost(body: str) -> None:
    result = read_body(body, base=0, path="a.md", dialect=DIALECT)
    if result.problems:
        return  # the build stops, and says where
    markup = html.unescape(" ".join([result.fragment.html, *result.fragment.notes]))
    facts = repr((result.mentions, result.facts))
    for word in re.findall(r"[^\W_]+", body):
        assert word in markup or word in facts, (word, markup)


@pytest.mark.parametrize("said", [0, 3, 12, 10**9])
def test_a_file_is_read_whole_whatever_size_it_had_a_moment_ago(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: int
) -> None:
    """Somebody may be writing to it."""
    (tmp_path / "a.md").write_bytes(b"twelve bytes")
    mode = (tmp_path / "a.md").stat().st_mode
    monkeypatch.setattr(os, "fstat", lambda _: SimpleNamespace(st_size=said, st_mode=mode))
    assert load.read(tmp_path, "a.md") == b"twelve bytes"


def test_no_more_is_read_than_is_ever_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "MAX_BYTES", 5)
    (tmp_path / "a.md").write_bytes(b"twelve bytes")
    assert load.read(tmp_path, "a.md") == b"twelve"
