"""Edits from the preview: what is asked for is written, and nothing else changes, by a byte or in meaning."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.content.load import Source
from digest.content.parse import Parsed, parse
from digest.model import Dialect, Kind, NoteKind
from digest.preview.edit.alias import add_alias
from digest.preview.edit.insertions import Edit, Refusal, edited, place_before
from digest.preview.edit.note import annotate
from digest.preview.edit.quotation import attribute

KINDS = (
    NoteKind("note", "Note", "*"),
    NoteKind("context", "Context", "§"),
    NoteKind("fact-check", "Fact-check", "†"),
    NoteKind("private", "Private", "", private=True),
)
DIALECT = Dialect(kinds=KINDS, verdicts=("false", "lacks context"))
RAW = Dialect(kinds=KINDS, verdicts=("false",), raw_html=True)
ENTRY = "content/articles/2024-01-18-a.md"
ACTOR = "content/actors/kyiv.md"
HEAD = "---\ntitle: A\n---\n\n"
MANY = settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def noted(body: str, selection: str, *, kind: str = "context", text: str = "T.", verdict: str = "") -> str:
    """Annotate a body and return what became of it, or why nothing did after `refused: `."""
    data = annotate((HEAD + body).encode(), ENTRY, selection, kind=kind, text=text, verdict=verdict, dialect=DIALECT)
    return told(data)


def said(body: str, selection: str, *, speaker: str = "lavrov", head: str = HEAD) -> str:
    return told(attribute((head + body).encode(), ENTRY, selection, speaker=speaker, dialect=DIALECT), head=head)


def told(data: bytes | Refusal, *, head: str = HEAD) -> str:
    if isinstance(data, Refusal):
        return f"refused: {data.reason}"
    assert data.decode().startswith(head)
    return data.decode().removeprefix(head)


def alias(matter: str, spelling: str = "Kiev") -> str:
    """Add an alias to an actor with this front matter and return its front matter."""
    before = f"---\n{matter}---\nBody --- [x\n".encode()
    after = add_alias(before, ACTOR, spelling)
    if isinstance(after, Refusal):
        return f"refused: {after.reason}"
    assert after.startswith(b"---\n")
    assert after.endswith(b"---\nBody --- [x\n")
    return after.decode().removeprefix("---\n").removesuffix("---\nBody --- [x\n")


# Notes


@pytest.mark.parametrize(
    ("body", "selection", "result"),
    [
        ("He said so.\n", "said", "He [said][^context] so.\n\n[^context]: Context: T.\n"),
        ("He said so.", "said so", "He [said so][^context].\n\n[^context]: Context: T."),
        ("He said  \n\n\n", "said", "He [said][^context]  \n\n[^context]: Context: T.\n\n\n"),
        ("One two\nthree four.\n", "two three", "One [two\nthree][^context] four.\n\n[^context]: Context: T.\n"),
        ("> One two\n> three.\n", "two three", "> One [two\n> three][^context].\n\n[^context]: Context: T.\n"),
        ("One\ttwo \u00a0 six.\n", "One two six", "[One\ttwo \u00a0 six][^context].\n\n[^context]: Context: T.\n"),
        ("Cafe\u0301 noir.\n", "Caf\u00e9", "[Cafe\u0301][^context] noir.\n\n[^context]: Context: T.\n"),
        ("- A list of *things* here.\n", "of", "- A list [of][^context] *things* here.\n\n[^context]: Context: T.\n"),
        ("*All of it.*\n", "of", "*All [of][^context] it.*\n\n[^context]: Context: T.\n"),
        ("a.*b a-b\n", "a.*b", "[a.*b][^context] a-b\n\n[^context]: Context: T.\n"),
        ("# H\n\n| a | b |\n|---|---|\n| x y | z |\n", "x y", None),
    ],
)
def test_a_note_is_two_insertions(body: str, selection: str, result: str | None) -> None:
    expected = result or body.replace(selection, f"[{selection}][^context]") + "\n[^context]: Context: T.\n"
    assert noted(body, selection) == expected


@pytest.mark.parametrize(
    ("notes", "result"),
    [
        ("[^a]: A.\n", "[^a]: A.\n[^note]: T.\n"),
        ("[^a]: A.\n[^b]: B.\n", "[^a]: A.\n[^b]: B.\n[^note]: T.\n"),
        ("[^a]: A.\n\n[^b]: B.\n", "[^a]: A.\n\n[^b]: B.\n\n[^note]: T.\n"),
        ("[^a]: A.\n\n[^b]: B.\n\n    More.\n", "[^a]: A.\n\n[^b]: B.\n\n    More.\n\n[^note]: T.\n"),
        ("[^a]: A.\n\nThe end.\n", "[^a]: A.\n\nThe end.\n\n[^note]: T.\n"),
    ],
)
def test_a_note_joins_those_at_the_end(notes: str, result: str) -> None:
    anchors = "".join(f"[^{name}]" for name in "ab" if f"[^{name}]:" in notes)
    assert noted(f"Some words.{anchors}\n\n{notes}", "words", kind="note") == (
        f"Some [words][^note].{anchors}\n\n{result}"
    )


@pytest.mark.parametrize(
    ("kind", "verdict", "text", "definition"),
    [
        ("note", "", "T.", "[^note]: T."),
        ("Note", "false", "T.", "[^note]: Note (false): T."),
        ("Fact-check", "lacks context", "T.", "[^fact-check]: Fact-check (lacks context): T."),
        ("private", "", "Ask.", "[^private]: Private: Ask."),
        ("context", "", " A [link](https://e.org/) \r\n", "[^context]: Context: A [link](https://e.org/)"),
        ("context", "", "A [[kyiv]] *b*, [[kyiv|“c”]].", "[^context]: Context: A [[kyiv]] *b*, [[kyiv|“c”]]."),
        ("context", "", "One\ntwo.\n\n \n\nThree.", "[^context]: Context: One\n    two.\n\n    Three."),
    ],
)
def test_a_note_says_what_was_typed(kind: str, verdict: str, text: str, definition: str) -> None:
    name = definition[2 : definition.index("]")]
    after = noted("Some words.\n", "words", kind=kind, verdict=verdict, text=text)
    assert after == f"Some [words][^{name}].\n\n{definition}\n"


def test_a_name_is_fresh_in_front_matter_too() -> None:
    head = (
        "---\ntitle: A\nannotations:\n- {exact: Some, text: 'T, not [[kyiv]]'}\nsummary: '[^context-2] [^NOTE]'\n---\n"
    )
    body = "Some words, few.[^context]\n\n[^context]: X.\n"
    for kind, name in (("context", "context-3"), ("note", "note-2")):
        after = annotate((head + body).encode(), ENTRY, "words", kind=kind, text="T.", dialect=DIALECT)
        assert isinstance(after, bytes)
        assert f"[words][^{name}]".encode() in after


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_byte_order_mark_and_line_ends_stay(line_end: str, mark: str) -> None:
    before = f"{mark}{HEAD}One\ntwo three.\n\nMore.  \n".replace("\n", line_end)
    after = annotate(before.encode(), ENTRY, "One two", kind="note", text="A.\n\nB.", dialect=DIALECT)
    edit = f"{mark}{HEAD}[One\ntwo][^note] three.\n\nMore.  \n\n[^note]: A.\n\n    B.\n"
    assert isinstance(after, bytes)
    assert after.decode() == edit.replace("\n", line_end)


def test_mixed_line_ends_stay_mixed() -> None:
    before = b"---\r\ntitle: A\n---\r\nOne\r\n\ntwo three.\n\r\n\r"
    after = annotate(before, ENTRY, "two", kind="note", text="T.", dialect=DIALECT)
    assert after == b"---\r\ntitle: A\n---\r\nOne\r\n\n[two][^note] three.\r\n\r\n[^note]: T.\n\r\n\r"


@pytest.mark.parametrize(
    ("body", "selection", "reason"),
    [
        ("He said so.\n", "   ", "no words are selected"),
        ("He said so.\n", "says", "do not stand in this file's text"),
        ("He said, he said.\n", "said", "stand 2 times in this file: select more words"),
        ("aaa\n", "aa", "stand 2 times"),
        ("He *said* so.\n", "said so", "interrupted by emphasis"),
        ("He [said](https://e.org) so.\n", "said so", "interrupted by a link"),
        ("The [[lavrov|minister]] went.\n", "The minister", "interrupted by a mention"),
        ("He said[^a] so.\n\n[^a]: A.\n", "said so", "interrupted by a note"),
        ("[He said][^a] so.\n\n[^a]: A.\n", "said so", "interrupted by a note"),
        ("He `said` so.\n", "said so", "interrupted by code"),
        (r"He said\! so." + "\n", "said! so", "interrupted by a backslash"),
        ("He &amp; she.\n", "He & she", "interrupted by a character reference"),
        ("He *said* [so](https://e.org).\n", "He said so", "interrupted by markup"),
        ("One.\n\nTwo.\n", "One. Two", "run over the end of a paragraph"),
        ("> One.\n>\n> Two.\n", "One. Two", "run over the end of a paragraph"),
        ("A `code span` b.\n", "span", "stand in code"),
        ("```\ncode block\n```\n", "block", "stand in code"),
        ("A.\n\n    code block\n", "block", "stand in code"),
        ("A [b](https://e.org/path).\n", "path", "stand in a link's address"),
        ("A [b](../pages/path.md).\n", "path", "stand in a link's address"),
        ("A [link text](https://e.org/).\n", "text", "stand in a link"),
        ("A [[lavrov|the minister]].\n", "minister", "stand in a mention"),
        ("A [[lavrov]].\n", "lavrov", "stand in a mention"),
        ("The [marked words][^a].\n\n[^a]: A.\n", "marked", "stand in the words of another note"),
        ("The [old marked words][^a].\n\n[^a]: A.\n", "marked", "stand in the words of another note"),
        ("The [marked words][^a].\n\n[^a]: A.\n", "marked words", "stand in the words of another note"),
        ("A.[^a]\n\n[^a]: Some text.\n", "Some", "stand in a note"),
        ("## Big words\n\nA.\n", "Big", "stand in a heading"),
        ("Big words\n---\n\nA.\n", "Big", "stand in a heading"),
        ("> A.\n> — [[lavrov]], a conference\n", "conference", "stand in an attribution"),
        ("A [b][c].\n\n[c]: https://e.org/path\n", "path", "stand in a link's definition"),
        ("A \\word.\n", "word", "that would be a mistake in the file: this `]` closes no `[`"),
    ],
)
def test_a_refusal_says_why(body: str, selection: str, reason: str) -> None:
    assert reason in noted(body, selection)
    assert noted(body, selection).startswith("refused: ")


@pytest.mark.parametrize(
    ("kind", "verdict", "text", "reason"),
    [
        ("rumour", "", "T.", "`rumour` is not a kind of note: `note`, `context`"),
        ("fact-check", "wrong", "T.", "`wrong` is not a verdict"),
        ("note", "", " \n", "the note is empty"),
        ("note", "", "a\x00b", "U+0000"),
        ("note", "", "a\ud800", "U+D800"),
        ("note", "", "Context: T.", "begins like the label of a kind"),
        ("note", "", "Contxt: T.", "is not a kind of note"),
        ("note", "", "- a\n- b", "a note holds paragraphs only"),
        ("note", "", "A.\n\n# B", "a note holds paragraphs only"),
        ("note", "", "A.\n\n> B\n> — [[lavrov]]", "a note holds paragraphs only"),
        ("note", "", "[^x]: A.", "no note `x`"),
        ("note", "", "A\n[^x]: A.", "a note is defined at the beginning"),
        ("note", "", "A\n\n[^x]: A.", "a note is defined at the beginning"),
        ("note", "", "A [^note].", ""),
        ("note", "", "A [[lavrov.", "never closed"),
        ("note", "", "A <!-- b", "would be published"),
    ],
)
def test_a_note_that_would_mean_something_else_is_refused(kind: str, verdict: str, text: str, reason: str) -> None:
    after = noted("Some words.\n", "words", kind=kind, verdict=verdict, text=text)
    assert after.startswith("refused: ")
    assert reason in after


def test_a_note_that_changes_other_words_is_refused() -> None:
    body = "Some words of [another] kind.\n"
    assert "refused: " in noted(body, "Some", text="A.\n\n[another]: https://e.org/")


def test_a_passage_noted_from_outside_is_not_cut() -> None:
    head = HEAD.replace("---\n\n", "annotations:\n- {exact: marked words, text: T.}\n---\n")
    for selection, fine in (("The marked", False), ("of old", True)):
        data = f"{head}The marked words of old.\n".encode()
        after = annotate(data, ENTRY, selection, kind="note", text="T.", dialect=DIALECT)
        assert isinstance(after, bytes) == fine


def test_a_file_that_cannot_be_read_is_refused() -> None:
    for data in (
        b"No front matter.",
        b"---\ntitle: A\n---\nSome \xff words",
        b"---\n- a\n---\nSome words",
        b"",
        b"---",
    ):
        assert isinstance(annotate(data, ENTRY, "words", kind="note", text="T.", dialect=DIALECT), Refusal)
    for path in (
        "content/a.md",
        "content/sources/a.md",
        "a.md",
        "content/articles/a.txt",
        "",
        "content/articles/\0.md",
    ):
        data = f"{HEAD}Some words.\n".encode()
        assert isinstance(annotate(data, path, "words", kind="note", text="T.", dialect=DIALECT), Refusal)


@pytest.mark.parametrize(
    "hostile",
    [
        "]]", "[^", "[^context]", "[[x]]", "\n\n", "\0", "\ud800", "a" * 10_240, "a " * 5_120, ".*", "(a+)+$", "\\",
        "](x", "<!--", "\x0em0\x0f", "\x11h1\x12", "---", "[[[", "| a |\n|---|", "`", "> \n> ", "\u2028", "![",
    ],
)  # fmt: skip
def test_hostile_words_do_no_harm(hostile: str) -> None:
    """Wherever they stand: selected, in the text, as a name, in the file."""
    body = f"Some words (a+)+$ .* of `code` [[lavrov]] {hostile} more.\n"
    data = (HEAD + body).encode(errors="replace")
    for selection, text in ((hostile, "T."), ("Some", hostile), (f"of {hostile}", hostile), ("more.", "T.")):
        assert_sound(data, annotate(data, ENTRY, selection, kind="context", text=text, dialect=DIALECT))
        attribute(data, ENTRY, selection, speaker=hostile, dialect=DIALECT)
        attribute(data, ENTRY, hostile, speaker="lavrov", dialect=RAW)
    for kind, verdict in ((hostile, ""), ("note", hostile)):
        assert isinstance(annotate(data, ENTRY, "Some", kind=kind, text="T.", verdict=verdict, dialect=RAW), Refusal)
    matter = b"---\nname: Kyiv\naliases: [a]\n---\n"
    after = add_alias(matter, ACTOR, hostile)
    assert isinstance(after, Refusal) or parse(Source(ACTOR, Kind.ACTOR), after, DIALECT).problems == ()


# What holds of any body


PIECES = st.sampled_from(
    [
        *["[", "]", "[[", "]]", "(", ")", "[^a]", "|", "!", "*", "_", "`", "```", ">", "<", "#", "-", "\\", "&", "“"],
        *["[[lavrov]]", "[[lavrov|he]]", "[b](c.md)", "[d][^a]", "*e f*", "`g h`", "”", "é", "e\u0301", "\t", "  \n"],
        *["\n[^a]: ", "\n[^a]: Context: ", "\n\n", "\n> ", "\n- ", "\n## ", "    ", "\n", "\n> — [[lavrov]]\n"],
    ]
)
WORDS = st.text("abcdefghijklmnopé中🎉", min_size=2, max_size=7).map(lambda word: f"{word} ")
BODIES = st.lists(PIECES | WORDS | WORDS, min_size=1, max_size=24).map("".join)
TEXTS = st.lists(PIECES | WORDS | WORDS | WORDS, min_size=1, max_size=5).map("".join)


def visible(markup: str) -> str:
    return html.unescape(re.sub("<[^>]*>|\x11[nq][0-9]+\x12|(?<=\x11h)[0-9]+", "", markup)).strip()


def read(data: bytes) -> Parsed:
    shown = Dialect(kinds=tuple(NoteKind(kind.id, kind.label, kind.sign) for kind in KINDS), verdicts=DIALECT.verdicts)
    return parse(Source(ENTRY, Kind.ARTICLE), data, shown)


DEFINED = re.compile(r"^\[\^([^\]\s]+)\]:", re.MULTILINE)


def assert_sound(data: bytes, after: bytes | Refusal, selection: str = "") -> None:
    """A note is two insertions, and the new file says the same and one note more; a refusal has words."""
    if isinstance(after, Refusal):
        assert after.reason
        return
    old, new = data.decode(), after.decode()
    (name,) = set(DEFINED.findall(new)) - set(DEFINED.findall(old))
    assert new.count(f"[^{name}]") == 2
    marked, definition = new.split(f"][^{name}]", 1)
    rest = re.sub(rf"\r?\n(?:\r?\n)?\[\^{name}\]: (?:[^\r\n]|\r?\n(?=    )|\r?\n(?=\r?\n    ))*", "", definition)
    openings = [found.start() for found in re.finditer(r"\[", marked)]
    assert old in {marked[:at] + marked[at + 1 :] + rest for at in openings}
    before, now = read(data), read(after)
    assert len(now.problems) <= len(before.problems)  # a bracket before backticks makes words of an open fence
    assert len(now.document.notes) == len(before.document.notes) + 1
    assert visible(now.fragment.html) == visible(before.fragment.html)
    spans = re.findall('id="ref-[0-9]+">(.*?)</span>\x11n', now.fragment.html, re.DOTALL)
    assert not selection or selection in [" ".join(visible(span).split()) for span in spans]


@st.composite
def selected(draw: st.DrawFn) -> tuple[str, str]:
    """A body, and words of it as a browser gives them; sometimes words of another."""
    body = draw(BODIES)
    words = [found.span() for found in re.finditer(r"[^\W_]+", body)] or [(0, len(body))]
    first = draw(st.integers(0, len(words) - 1))
    last = draw(st.integers(first, min(first + 2, len(words) - 1)))
    start, end = words[first][0], words[last][1] + draw(st.sampled_from([0, 0, 0, 0, 1, -1, 3]))
    return body, re.sub(r"\s*\n[ >]*", " ", body[start:end]) if draw(st.integers(0, 9)) else draw(TEXTS)


def test_any_note_is_sound_or_refused() -> None:
    accepted: list[str] = []

    @MANY
    @given(
        selected(),
        st.just("T.") | TEXTS,
        st.sampled_from(KINDS),
        st.sampled_from(["\n", "\r\n"]),
        st.sampled_from([DIALECT, RAW]),
    )
    def holds(chosen: tuple[str, str], text: str, kind: NoteKind, line_end: str, dialect: Dialect) -> None:
        body, selection = chosen
        data = (HEAD + body).replace("\n", line_end).encode()
        after = annotate(data, ENTRY, selection, kind=kind.id, text=text, dialect=dialect)
        if isinstance(after, bytes) and dialect is DIALECT:
            accepted.append(selection)
            assert_sound(data, after, " ".join(selection.replace("e\u0301", "é").split()))

    holds()
    assert len(accepted) >= 50


def test_any_quotation_is_one_more_or_refused() -> None:
    accepted: list[str] = []

    @MANY
    @given(selected(), st.sampled_from(["lavrov", "Sergey Lavrov", "topic:x"]))
    def holds(chosen: tuple[str, str], speaker: str) -> None:
        body, selection = chosen
        data = (HEAD + body).encode()
        after = attribute(data, ENTRY, selection, speaker=speaker, dialect=DIALECT)
        if isinstance(after, Refusal):
            assert after.reason
            return
        accepted.append(selection)
        old, new = read(data), read(after)
        assert len(new.document.quotes) == len(old.document.quotes) + 1
        assert len(new.problems) <= len(old.problems)
        assert re.sub("[“”]", "", visible(new.fragment.html)) == re.sub("[“”]", "", visible(old.fragment.html))

    holds()
    assert len(accepted) >= 50


@MANY
@given(BODIES, st.lists(st.tuples(st.integers(0, 40), st.text("ab\n", max_size=4)), max_size=4))
def test_places_after_insertions_lead_back(body: str, insertions: list[tuple[int, str]]) -> None:
    text = body.replace("\r", "")
    edits = [Edit(at, at, new) for at, new in sorted(insertions, key=lambda edit: edit[0]) if at <= len(text)]
    for line_end in ("\n", "\r\n"):
        after = edited(text.replace("\n", line_end).encode(), edits).decode().replace("\r\n", "\n")
        places = [place_before(edits, at) for at in range(len(after))]
        assert [place for place in places if place >= 0] == list(range(len(text)))
        assert "".join(after[at] for at, place in enumerate(places) if place >= 0) == text


# Quotations


@pytest.mark.parametrize(
    ("body", "selection", "result"),
    [
        ("He said it.\n", "said it", "He [[lavrov|“said it”]].\n"),
        ("He “said it”.\n", "said it", "He [[lavrov|“said it”]].\n"),
        ("He “said it”.\n", "“said it”", "He [[lavrov|“said it”]].\n"),
        ("He “said it”.\n", "“said it", "He [[lavrov|“said it”]].\n"),
        ("He “said it”.\n", "said it”", "He [[lavrov|“said it”]].\n"),
        ('He "said it".\n', "said it", 'He [[lavrov|"said it"]].\n'),
        ("Он «сказал».\n", "сказал", "Он [[lavrov|«сказал»]].\n"),
        ("He said\nit.\n", "said it", "He [[lavrov|“said\nit”]].\n"),
        ("> Half a *loaf*\n> is it.\n", "Half a loaf is it.", "> Half a *loaf*\n> is it.\n> — [[lavrov]]\n"),
        ("> One.\n>\n> Two.\n\nEnd.\n", "One. Two.", "> One.\n>\n> Two.\n> — [[lavrov]]\n\nEnd.\n"),
        ("A.\n\n  >One.", "One.", "A.\n\n  >One.\n  >— [[lavrov]]"),
        ("> One two.\n", "One", "> [[lavrov|“One”]] two.\n"),
        ("> “One” two.\n> — [[kyiv]]\n", "One", "> [[lavrov|“One”]] two.\n> — [[kyiv]]\n"),
        ("A.[^a]\n\n[^a]: He said it.\n", "said it", "A.[^a]\n\n[^a]: He [[lavrov|“said it”]].\n"),
    ],
)
def test_words_become_a_quotation(body: str, selection: str, result: str) -> None:
    after = said(body, selection)
    assert after == result


@pytest.mark.parametrize(
    ("body", "selection", "reason"),
    [
        ("He said “this” to us.\n", "said “this” to", "quotation marks of their own"),
        ("> One\n> two three.\n", "One two", "cannot be a quotation here"),
        ("> One.\n\n> One.\n", "One.", "stand 2 times"),
        ("> One.\n> — [[kyiv]]\n", "One.", "something else in this file would be read in another way"),
        ("A [[kyiv|man of it]].\n", "man", "stand in a mention"),
        (f"{'word ' * 150}end.\n", f"{'word ' * 150}end", "too many for a quotation in running text"),
        ("## He said it\n", "said it", "stand in a heading"),
        ("> One *two*.\n", "One *two*.", "write its attribution by hand"),
        ("> [ru] Один.\n>\n> One.\n", "[ru] Один. One.", "write its attribution by hand"),
        ("> - One\n> - Two\n", "- One - Two", "refused: "),
    ],
)
def test_what_cannot_be_a_quotation_is_refused(body: str, selection: str, reason: str) -> None:
    assert reason in said(body, selection)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[words][^context].", "[words.][^context]"),
        ("[words]", "words"),
        ("(false)", "(lacks context)"),
        ("[[kyiv]]", "[[kiev]]"),
        ("b.md", "c.md"),
        ("## Head", "### Head"),
        ("Some", "Some more"),
        ("[[lavrov|“said", "[[lawrov|“said"),
        ("it”]]", "it”]]s"),
        ("— [[lavrov]]", "— [[kyiv]]"),
        ("— [[lavrov]]", "—[[lavrov]], then"),
        ("— [[lavrov]]", "—"),
        ("Kiev", "Kiew"),
        ("- Kiev", "- Kiev\n- Kief"),
        ("name: Kyiv", "name: Kyjiv"),
        ("sort_name:", "weak_aliases:"),
        ("Body", "Bodies"),
    ],
)
def test_a_faulty_edit_would_be_noticed(monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    """Were there a mistake in how edits are made, no file would be written."""
    body = "## Head\n\nSome words.[^a] He said it of [[kyiv]], [b](b.md).\n\n> One.\n\n[^a]: Context (false): T.\n"
    data, matter = f"{HEAD}{body}".encode(), b"---\nname: Kyiv\naliases:\n- a\nsort_name:\n---\nBody.\n"

    def edits() -> list[bytes | Refusal]:
        return [
            annotate(data, ENTRY, "words", kind="context", text="T.", dialect=DIALECT),
            attribute(data, ENTRY, "said it", speaker="lavrov", dialect=DIALECT),
            attribute(data, ENTRY, "One.", speaker="lavrov", dialect=DIALECT),
            add_alias(matter, ACTOR, "Kiev"),
        ]

    fine = edits()
    for module in ("edit.proof", "edit.alias"):
        monkeypatch.setattr(
            f"digest.preview.{module}.edited", lambda *args: edited(*args).replace(old.encode(), new.encode())
        )
    touched = [isinstance(after, bytes) and old.encode() in after for after in fine]
    assert any(touched)
    assert [isinstance(after, Refusal) for after in edits()] == touched


@pytest.mark.parametrize("speaker", ["", " ", "a]]", "a|b", "[[a", "!a", "a\0", "a\ud800"])
def test_a_speaker_is_a_reference(speaker: str) -> None:
    assert said("He said it.\n", "said", speaker=speaker) == "refused: the speaker must be an id, a name or an alias"


# Aliases


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("name: Kyiv\n", "name: Kyiv\naliases: [Kiev]\n"),
        (
            "name: Kyiv\naliases: [a, b]  # two\nkind: state\n",
            "name: Kyiv\naliases: [a, b, Kiev]  # two\nkind: state\n",
        ),
        ("name: Kyiv\naliases: [ 'a', ]\n", "name: Kyiv\naliases: [ 'a', Kiev, ]\n"),
        ("name: Kyiv\naliases: [a,\n  b\n  ]\n", "name: Kyiv\naliases: [a,\n  b, Kiev\n  ]\n"),
        ("name: Kyiv\naliases: []\n", "name: Kyiv\naliases: [Kiev]\n"),
        ("name: Kyiv\naliases:\nkind: state\n", "name: Kyiv\naliases: [Kiev]\nkind: state\n"),
        ("name: Kyiv\naliases:   # none\nkind: state\n", "name: Kyiv\naliases: [Kiev]   # none\nkind: state\n"),
        ("name: Kyiv\naliases: ~\n", "name: Kyiv\naliases: [Kiev]\n"),
        ("aliases:\n- a\n- b\nname: Kyiv\n", "aliases:\n- a\n- b\n- Kiev\nname: Kyiv\n"),
        ("name: Kyiv\naliases:\n  -  a # x\n\n\n", "name: Kyiv\naliases:\n  -  a # x\n  -  Kiev\n\n\n"),
        ("name: Kyiv\naliases:\n  - >-\n    a\n    b\n", "name: Kyiv\naliases:\n  - >-\n    a\n    b\n  - Kiev\n"),
        ('"aliases": ["a"]\nname: Kyiv\n', '"aliases": ["a", Kiev]\nname: Kyiv\n'),
    ],
)
def test_an_alias_is_one_insertion(before: str, after: str) -> None:
    assert alias(before) == after


@pytest.mark.parametrize(
    ("spelling", "written"),
    [
        ("Сергей  Лавров", "Сергей Лавров"),
        ("U.K. (old)", "U.K. (old)"),
        ("O’Neil-Smith", "O’Neil-Smith"),
        ("no", '"no"'),
        ("Null", '"Null"'),
        ("2024", '"2024"'),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("[a], {b}", '"[a], {b}"'),
        ('say "x" \\ y', '"say \\"x\\" \\\\ y"'),
        ("- a", '"- a"'),
        ("'a", '"\'a"'),
        ("@a", '"@a"'),
        ("---", '"---"'),
    ],
)
def test_an_alias_is_quoted_where_yaml_needs_it(spelling: str, written: str) -> None:
    assert alias("name: Kyiv\naliases: [a]\n", spelling) == f"name: Kyiv\naliases: [a, {written}]\n"
    assert alias("name: Kyiv\naliases:\n- a\n", spelling) == f"name: Kyiv\naliases:\n- a\n- {written}\n"


@pytest.mark.parametrize(
    ("matter", "spelling", "reason"),
    [
        ("name: Kyiv\naliases: [a, kiev]\n", "Kiev", "`Kiev` is known as a name of this actor"),
        ("name: Kiev\n", "kiev", "known as a name"),
        ("name: Kyiv\naliases: a\n", "Kiev", "no list"),
        ("name: Kyiv\naliases: {a: b}\n", "Kiev", "no list"),
        ("{name: Kyiv}\n", "Kiev", "by hand"),
        ("name: Kyiv\n? aliases\n", "Kiev", "by hand"),
        ('name: "a\n', "Kiev", "never closed"),
        ("name: Kyiv\n", " \n", "no spelling"),
        ("name: Kyiv\n", "a\0", "no spelling"),
        ("name: Kyiv\n", "a" * 10_240, "no spelling"),
    ],
)
def test_an_alias_that_cannot_be_added_is_refused(matter: str, spelling: str, reason: str) -> None:
    after = alias(matter, spelling)
    assert after.startswith("refused: ")
    assert reason in after


def test_only_records_have_aliases() -> None:
    assert add_alias(HEAD.encode(), ENTRY, "Kiev") == Refusal("only actors, topics and agreements have aliases")


@MANY
@given(
    st.text("ab'\"#:,[]{}&*!|>%@` é中\\-?~", min_size=1, max_size=12),
    st.sampled_from(["aliases: [a]\n", "aliases:\n  - a\n", "aliases:\n", ""]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_any_spelling_comes_back(spelling: str, names: str, line_end: str) -> None:
    before = f"---\n{names}name: Kyiv\n---\nBody.".replace("\n", line_end).encode()
    after = add_alias(before, ACTOR, spelling)
    if isinstance(after, Refusal):
        assert not spelling.strip() or spelling.strip() == "a"
        return
    assert len(after.split(b"\n")) <= len(before.split(b"\n")) + 1
    matter = parse(Source(ACTOR, Kind.ACTOR), after, DIALECT).document.matter
    assert [name.text for name in matter.aliases][-1] == " ".join(spelling.split())  # type: ignore[union-attr]
