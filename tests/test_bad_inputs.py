"""What is wrong in a site is said once, at its place, without harm to the site that stands."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.site import NOON, Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CASES = Path(__file__).parent / "bad_inputs"
GOOD_SITE = CASES / "README.md"
SECONDS = 60
"""After so long a case hangs; the slowest takes 3 s on an idle machine, and machines are not always idle."""

_CASE = re.compile(r"^## (.+)\n((?:(?!^##? )(?:^(`{3,})\S.*\n(?:.*\n)*?\3\n|.*\n))*)", re.MULTILINE)
_FILE = re.compile(r"^(`{3,})(\S.*)\n((?:.*\n)*?)\1$", re.MULTILINE)
_ANSWER = re.compile(r"^(error|warning): (.+):(\d+):(\d+) \[([a-z-]+)\]\s?(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What digest must say: `words` are part of the message or the hint."""

    severity: str
    path: str
    line: int
    column: int
    code: str
    words: str = ""

    @property
    def exit_code(self) -> int:
        if self.severity == "warning":
            return 0
        return 2 if self.path == "digest.yaml" or self.path.startswith("themes/") else 1


@dataclass(frozen=True, slots=True)
class Case:
    """Files laid over the good site, and the answer."""

    title: str
    files: dict[str, str]
    answer: Answer


def read_files(text: str) -> dict[str, str]:
    return {path: content for _, path, content in _FILE.findall(text)}


def read_cases() -> Iterator[Any]:
    for file in sorted({*CASES.glob("*.md")} - {GOOD_SITE}):
        for title, text, _ in _CASE.findall(file.read_text(encoding="utf-8")):
            found = _ANSWER.findall(_FILE.sub("", text))
            assert len(found) == 1, f"{file.name}: {title}: {len(found)} answers"
            severity, path, line, column, code, words = found[0]
            answer = Answer(severity, path, int(line), int(column), code, words)
            yield pytest.param(Case(title, read_files(text), answer), id=f"{file.stem}: {title}")


@pytest.fixture(scope="session")
def good_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The good site of `bad_inputs/README.md`, built."""
    site = Site(tmp_path_factory.mktemp("good") / "root")
    for path, text in read_files(GOOD_SITE.read_text(encoding="utf-8")).items():
        site.write(path, text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", NOON)
        assert site.diagnostics() == []
        site.build()
    return site.root


@contextmanager
def deadline(seconds: int) -> Iterator[None]:
    """Fail what hangs."""

    def late(*_: object) -> None:
        pytest.fail(f"not done in {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture
def over(good_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A copy of the good site, to lay a case over."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOON)
    monkeypatch.setenv("DIGEST_DEBUG", "1")  # an exception is to fail the test, not to be reported nicely
    with deadline(SECONDS):
        yield Site(shutil.copytree(good_site, tmp_path / "root"))


def assert_answered(site: Site, answer: Answer) -> None:
    """Check and build the site; both give the one answer, and the site built before stays as it was."""
    before = site.outputs()
    checked = site.run("check", "--format", "json")
    found = json.loads(checked.stdout)
    places = [
        f"{problem['severity']}: {problem['path']}:{problem['line']}:{problem['column']} [{problem['code']}] "
        f"{problem['message']} = {problem['hint']}"
        for problem in found
    ]
    expected = f"{answer.severity}: {answer.path}:{answer.line}:{answer.column} [{answer.code}] "
    assert len(places) == 1, "\n".join(places)
    assert places[0].startswith(expected), places
    assert answer.words in places[0], places
    built = site.run("build")
    assert (checked.exit_code, built.exit_code) == (answer.exit_code, answer.exit_code), built
    assert "Traceback" not in checked.stderr + built.stdout + built.stderr
    assert answer.severity == "warning" or site.outputs() == before


CASE_FILES = [*read_cases()]


@pytest.mark.parametrize("case", CASE_FILES)
def test_a_bad_input_has_one_answer(over: Site, case: Case) -> None:
    for path, text in case.files.items():
        over.write(path, text)
    assert_answered(over, case.answer)


def test_all_problems_come_in_one_run_in_order(over: Site) -> None:
    over.write(
        "content/actors/new.md", "---\nname: New\nknid: person\nkind: persn\n---\n[[nobody]] and [it](nowhere.md)\n"
    )
    over.write("content/topics/new.md", "---\nname: New\nbroader: nothing\n---\n")
    over.write("content/articles/a.md", "no front matter\n")
    found = [(problem["path"], problem["line"], problem["code"]) for problem in over.diagnostics()]
    assert found == [
        ("content/actors/new.md", 3, "unknown-key"),
        ("content/actors/new.md", 4, "unknown-word"),
        ("content/actors/new.md", 6, "missing-file"),
        ("content/actors/new.md", 6, "unknown-reference"),
        ("content/articles/a.md", 1, "no-front-matter"),
        ("content/topics/new.md", 3, "unknown-reference"),
    ]


ARTICLE = "content/articles/2024-01-18-a.md"
ACTOR = "content/actors/new.md"
TEMPLATE = "themes/own/templates/article.html"


def bad(code: str, line: int = 1, column: int = 1, path: str = ARTICLE, words: str = "") -> Answer:
    return Answer("error", path, line, column, code, words)


def entry(body: bytes, matter: bytes = b"") -> bytes:
    return b"---\ntitle: T\n" + matter + b"---\n" + body


BYTES: dict[str, tuple[str, bytes, Answer]] = {
    "a NUL": (ARTICLE, entry(b"a\0b"), bad("control-character", 4, 2, words="U+0000")),
    "a bell": (ARTICLE, entry(b"a\7"), bad("control-character", 4, 2)),
    "an escape": (ARTICLE, entry(b"\x1b[31m"), bad("control-character", 4, 1)),
    "a data link escape, which broke a feed": (ARTICLE, entry(b"a\x10b"), bad("control-character", 4, 2)),
    "a vertical tab": (ARTICLE, entry(b"a\x0bb"), bad("control-character", 4, 2)),
    "a form feed": (ARTICLE, entry(b"a\x0cb"), bad("control-character", 4, 2)),
    "a delete": (ARTICLE, entry(b"a\x7fb"), bad("control-character", 4, 2)),
    "the next-line control": (ARTICLE, entry("a\x85b".encode()), bad("control-character", 4, 2, words="U+0085")),
    "a line separator": (ARTICLE, entry("a\u2028b".encode()), bad("control-character", 4, 2, words="line separator")),
    "a paragraph separator": (ARTICLE, entry("a\u2029b".encode()), bad("control-character", 4, 2)),
    "a byte order mark inside": (ARTICLE, entry("ab\ufeff".encode()), bad("control-character", 4, 3)),
    "a non-character": (ARTICLE, entry("a\uffffb".encode()), bad("control-character", 4, 2)),
    "a mark of our converter": (ARTICLE, entry(b"\x0em0\x0f"), bad("control-character", 4, 1)),
    "a slot of our renderer": (ARTICLE, entry(b"\x11h1\x12"), bad("control-character", 4, 1)),
    "a slot in a title, escaped": (ACTOR, b'---\nname: "a\\x11h1\\x12"\n---\n', bad("control-character", 2, 7, ACTOR)),
    "a control in a title": (ACTOR, b"---\nname: a\x01\n---\n", bad("control-character", 2, 8, ACTOR)),
    "Latin-1": (ARTICLE, entry("Zoë".encode("latin-1")), bad("bad-encoding", 4, 3, words="0xeb")),
    "Windows-1251": (ARTICLE, entry("Лавров".encode("cp1251")), bad("bad-encoding", 4, 1)),
    "UTF-16": (ARTICLE, entry(b"a").decode().encode("utf-16"), bad("bad-encoding", words="save the file as UTF-8")),
    "UTF-8 cut short": (ARTICLE, entry("aë".encode()[:-1]), bad("bad-encoding", 4, 2)),
    "a surrogate": (ARTICLE, entry(b"a\xed\xa0\x80"), bad("bad-encoding", 4, 2)),
    "an overlong slash": (ARTICLE, entry(b"a\xc0\xaf"), bad("bad-encoding", 4, 2)),
    "bad UTF-8 after letters of two bytes": (ARTICLE, entry("ëë".encode() + b"\xff"), bad("bad-encoding", 4, 3)),
    "a picture under a false name": (ACTOR, b"\x89PNG\r\n\x1a\n\0", bad("bad-encoding", path=ACTOR)),
    "CRLF": (ARTICLE, entry(b"", b"topik: [a]\n").replace(b"\n", b"\r\n"), bad("unknown-key", 3, 1)),
    "CR": (ARTICLE, entry(b"", b"topik: [a]\n").replace(b"\n", b"\r"), bad("unknown-key", 3, 1)),
    "a byte order mark": (ARTICLE, b"\xef\xbb\xbf" + entry(b"[[nobody]]"), bad("unknown-reference", 4, 3)),
    "letters of four bytes": (ARTICLE, entry("🎉🎉 [[nobody]]".encode()), bad("unknown-reference", 4, 6)),
    "2 MiB": (ARTICLE, entry(b"word " * 400_000), bad("too-large", words="1,048,576 bytes")),
    "100 KiB of front matter": (ARTICLE, entry(b"", b"summary: " + b"a" * 100_000 + b"\n"), bad("too-large", 2, 1)),
    "30,000 brackets": (ARTICLE, entry(b"", b"summary: " + b"[" * 30_000), bad("no-front-matter")),
    "30,000 brackets closed": (ARTICLE, entry(b"", b"slug: " + b"[" * 30_000 + b"\n"), bad("too-deep", 3, 26)),
    "10,000 braces": (ARTICLE, entry(b"", b"slug: " + b"{a: " * 10_000 + b"\n"), bad("too-deep", 3, 83)),
    "10,000 dashes": (ARTICLE, entry(b"", b"- " * 10_000 + b"a\n"), bad("yaml-syntax", 3, 1)),
    "10,000 dashes below a key": (ARTICLE, entry(b"", b"slug:\n  " + b"- " * 10_000 + b"a\n"), bad("too-deep", 4, 41)),
    "a slug in NFD": (
        ARTICLE,
        entry(b"", "slug: zoe\u0308\n".encode()),
        bad("invalid-slug", 3, 7, words="write `zo\xeb`"),
    ),
    "a bill of aliases": (
        ARTICLE,
        entry(b"", b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"),
        bad("yaml-anchor", 3, 4),
    ),
    "settings in UTF-16": ("digest.yaml", "title: T".encode("utf-16"), bad("bad-encoding", path="digest.yaml")),
    "settings with a NUL": ("digest.yaml", b"title: a\0\n", bad("control-character", 1, 9, "digest.yaml")),
    "settings of 2 MiB": ("digest.yaml", b"title: T\n" * 300_000, bad("too-large", path="digest.yaml")),
    "a paragraph of 70 KiB": (ARTICLE, entry(b"\nlong " * 1 + b"word " * 14_000), bad("too-complex", 5, 1)),
    "600 brackets": (ARTICLE, entry(b"Words.\n\n" + b"[" * 600), bad("too-complex", 6, 1, words="500 unclosed `[`")),
    "600 unclosed round brackets": (ARTICLE, entry(b"[a](" * 600), bad("too-complex", 4, 1, words="500 unclosed `(`")),
    "600 less-than signs": (ARTICLE, entry(b"<" * 600), bad("too-complex", 4, 1, words="500 unclosed `<`")),
    "60 declarations": (ARTICLE, entry(b"<![CDATA[" * 60), bad("too-complex", 4, 1, words="50 `<![`")),
    "1,100 asterisks": (ARTICLE, entry(b"*a " * 1_100), bad("too-complex", 4, 1, words="1000 `*`")),
    "1,100 backticks": (ARTICLE, entry(b"`a " * 1_100), bad("too-complex", 4, 1)),
    "a table of 300 columns": (ARTICLE, entry(b"a|" * 300 + b"\n" + b"-|" * 300), bad("too-complex", 4, 1)),
    "1,100 notes": (
        ARTICLE,
        entry(b"".join(b"a[^%d]\n\n[^%d]: b\n\n" % (n, n) for n in range(550))),
        bad("too-complex", 4, 2, words="500 notes"),
    ),
    "2,100 lines without a blank one": (ARTICLE, entry(b"a\n-\n" * 1_050), bad("too-complex", 4, 1)),
    "12,000 paragraphs": (ARTICLE, entry(b"a\n\n" * 12_000), bad("too-complex", 20_004, 2)),
    "993 bytes that overflow a stack": (ARTICLE, entry(b"- " * 496 + b"x"), bad("too-complex", 4, 1)),
}


@pytest.mark.parametrize("name", BYTES)
def test_bad_bytes_have_one_answer(over: Site, name: str) -> None:
    path, data, answer = BYTES[name]
    over.write(path, data)
    assert_answered(over, answer)


def _twins(root: Path) -> None:
    for name in ("zo\xeb", "zoe\u0308"):
        (root / f"content/actors/{name}.md").write_text("---\nname: Zoë\n---\n", encoding="utf-8")


def _socket(root: Path) -> None:
    server = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(root)  # the path of a socket is at most 108 bytes long
    try:
        server.bind("content/files/socket")
    finally:
        os.chdir(here)
        server.close()


def _deep(root: Path) -> None:
    (root / "content" / "/".join(["files", *"abcdefghijklmnopqrstuvwxyzabcdefgh"])).mkdir(parents=True)


FILES: dict[str, tuple[Callable[[Path], object], Answer]] = {
    "a pipe": (lambda root: os.mkfifo(root / ACTOR), bad("not-a-file", path=ACTOR)),
    "a socket": (_socket, bad("not-a-file", path="content/files/socket")),
    "a link to nothing": (lambda root: (root / ACTOR).symlink_to("nothing.md"), bad("dead-link", path=ACTOR)),
    "a link to itself": (lambda root: (root / ACTOR).symlink_to("new.md"), bad("dead-link", path=ACTOR)),
    "a link out of the project": (
        lambda root: (root / ACTOR).symlink_to("/etc/passwd"),
        bad("outside-link", path=ACTOR),
    ),
    "a link to a device": (lambda root: (root / ACTOR).symlink_to("/dev/zero"), bad("outside-link", path=ACTOR)),
    "a link to a folder": (
        lambda root: (root / "content/articles/all").symlink_to(".."),
        bad("folder-link", path="content/articles/all"),
    ),
    "a link to a stored source": (
        lambda root: (root / "content/files/story.txt").symlink_to("../sources/story.txt"),
        bad("folder-link", path="content/files/story.txt"),
    ),
    "a name with a line feed": (
        lambda root: (root / "content/files/a\nb.txt").write_text("a"),
        bad("invalid-name", path="content/files/a\nb.txt"),
    ),
    "a name with an escape": (
        lambda root: (root / "content/files/\x1b[31m.txt").write_text("a"),
        bad("invalid-name", path="content/files/\x1b[31m.txt"),
    ),
    "a name that turns its direction": (
        lambda root: (root / "content/files/a\u202egpj.exe").write_text("a"),
        bad("invalid-name", path="content/files/a\u202egpj.exe"),
    ),
    "a name with a backslash": (
        lambda root: (root / "content/files/a\\b.txt").write_text("a"),
        bad("invalid-name", path="content/files/a\\b.txt"),
    ),
    "a name that is not UTF-8": (
        lambda root: (root / os.fsdecode(b"content/files/a\xff.txt")).write_text("a"),
        bad("invalid-name", path="content/files/a\\udcff.txt"),
    ),
    "a name too long for an address": (
        lambda root: (root / f"content/actors/{'a' * 220}.md").write_text("---\nname: A\n---\n"),
        bad("invalid-slug", path=f"content/actors/{'a' * 220}.md"),
    ),
    "twins in NFC and NFD": (_twins, bad("same-address", path="content/actors/zo\xeb.md")),
    "folders nested too deep": (
        _deep,
        bad("too-deep", path="content/files/" + "/".join("abcdefghijklmnopqrstuvwxyzabcdef")),
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_bad_files_have_one_answer(over: Site, name: str) -> None:
    make, answer = FILES[name]
    make(over.root)
    assert_answered(over, answer)


TEMPLATES: dict[str, tuple[bytes, Answer]] = {
    "not UTF-8": (b"<p>\xff</p>", bad("template-error", 1, 1, TEMPLATE)),
    "300 parentheses": (b"{{ " + b"(" * 300 + b"1" + b")" * 300 + b" }}", bad("template-error", 1, 1, TEMPLATE)),
    "200 nested conditions": (b"{% if 1 %}" * 200 + b"{% endif %}" * 200, bad("template-error", 1, 1, TEMPLATE)),
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_bad_templates_have_one_answer(over: Site, name: str) -> None:
    data, answer = TEMPLATES[name]
    over.write("digest.yaml", "title: Test\ntheme: own\n")
    over.write("themes/own/theme.yaml", "name: Own\nextends: broadsheet\n")
    over.write(TEMPLATE, data)
    assert_answered(over, answer)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--jobs", "0"],
        ["--jobs", "many"],
        ["--format", "yaml"],
        ["--as-of", "2024-02-30"],
        ["--base-url", "example.org"],
        ["--wobble"],
        ["--config", "nowhere.yaml"],
        ["extra"],
        ["--root", "/nowhere/at/all"],
    ],
)
def test_bad_usage_ends_with_2(over: Site, arguments: list[str]) -> None:
    before = over.outputs()
    run = over.run("build", *arguments)
    assert run.exit_code == 2, run
    assert "Traceback" not in run.stdout + run.stderr
    assert over.outputs() == before


# Hostile Markdown: each of these once killed, hung or slowed some Markdown converter (see the issues of
# Python-Markdown, mistune, markdown2, showdown and commonmark.js about quadratic and exponential runs).


def _run(unit: str) -> Callable[[int], str]:
    return lambda size: unit * (size // len(unit))


def _random(seed: int) -> Callable[[int], str]:
    pieces = [
        "[[a]]",
        "[b][^1]",
        "\n[^1]: c\n",
        "> ",
        "\n",
        "\n\n",
        "- ",
        "    ",
        "*",
        "`",
        "_",
        "<b>",
        "|",
        "— ",
        "a",
        "#",
    ]
    return lambda size: "".join(random.Random(seed).choices(pieces, k=size // 3))


HOSTILE: dict[str, Callable[[int], str]] = {
    "brackets": _run("["),
    "images": _run("!["),
    "open links": _run("[a]("),
    "links": _run("[a](https://b) "),
    "balanced brackets": lambda size: "[" * (size // 2) + "]" * (size // 2),
    "open mentions": _run("[[a|"),
    "mentions": _run("[[a]] "),
    "anchors": _run("[^1]"),
    "nested spans": lambda size: "[" * (size // 8) + "][^1]" * (size // 8),
    "definitions": lambda size: "".join(f"[^{n}]: a\n" for n in range(size // 12)),
    "notes": lambda size: "".join(f"a[^{n}]\n\n[^{n}]: a\n\n" for n in range(size // 24)),
    "CDATA": _run("<![CDATA["),
    "comments": _run("<!--"),
    "open tags": _run("<a "),
    "open closing tags": _run("</`"),
    "autolinks": _run("<http://"),
    "list on one line": lambda size: "- " * (size // 2) + "x",
    "numbers on one line": lambda size: "1. " * (size // 3) + "x",
    "quotations on one line": lambda size: "> " * (size // 2) + "x",
    "nested list": lambda size: "".join(" " * (4 * (n % 30)) + "* a\n" for n in range(size // 64)),
    "nested quotations": lambda size: "\n\n".join("> " * (n % 30 + 1) + "a" for n in range(size // 34)),
    "loose list": _run("- a\n\n"),
    "columns": lambda size: "|".join("a" * (size // 4)) + "\n" + "|".join("-" * (size // 4)),
    "rows": lambda size: "a|b\n-|-\n" + "a|b\n" * (size // 4),
    "paragraphs": _run("a\n\n"),
    "lines": _run("a\n"),
    "underlined headings": _run("a\n-\n"),
    "headings": _run("# a\n\n"),
    "rules": _run("---\n"),
    "emphasis": _run("*a_ "),
    "strong": _run("***a"),
    "backticks": lambda size: " ".join("`" * n for n in range(1, int((2 * size) ** 0.5))),
    "fences": _run("```\n"),
    "entities": _run("&#"),
    "backslashes": _run("\\["),
    "attributions": _run("> a\n> — b {#c}\n\n"),
    "attributes": lambda size: "> a\n> — b {" + 'a="' * (size // 3) + "}\n",
    "quotation marks": lambda size: ("[[a|" + "“" * 500 + "]] ") * (size // 512),
    "parentheses": lambda size: "[a](" + "(" * size,
    "mixture": _random(1),
    "another mixture": _random(2),
}


@pytest.mark.parametrize("size", [1024, 16 * 1024, 64 * 1024])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_markdown_ends_soon(over: Site, name: str, size: int) -> None:
    over.write(ARTICLE, entry(HOSTILE[name](size).encode()))
    run = over.run("check", "--format", "json")
    assert run.exit_code in {0, 1}
    found = json.loads(run.stdout)
    assert "too-complex" not in {problem["code"] for problem in found} or len(found) == 1
    assert "Traceback" not in run.stderr


WORD = "Long articles are read by people who like them. "
LONG: dict[str, str] = {
    "20,000 words": (WORD * 11 + "\n\n") * 200,
    "a table of 100 rows": "| who | what | when |\n|---|---|---|\n" + "| [[ukraine]] | said *so* | 2024 |\n" * 100,
    "60 notes": "".join(f"[Words][^{n}] and more.\n\n[^{n}]: Context: {WORD}\n\n" for n in range(60)),
    "60 notes on one paragraph": "".join(f"[Words][^{n}] and more. " for n in range(60))
    + "\n\n"
    + "".join(f"[^{n}]: {WORD}\n" for n in range(60)),
    "100 quotations": "> No.\n>\n> — [[sergey-lavrov]], Moscow, 2024-01-18\n\n" * 100,
    "a list of 300": "- [[ukraine]] and [a page](https://example.org/)\n" * 300,
    "a list six levels deep": "".join(" " * (4 * n) + "- a\n" for n in range(6)),
    "120 headings": "## A heading\n\nWords.\n\n" * 120,
    "1,000 lines of code": "```\n" + "x = [[1, 2], [3, 4]]\n" * 1000 + "```\n",
}


@pytest.mark.parametrize("name", LONG)
def test_what_people_write_is_not_too_much(over: Site, name: str) -> None:
    over.write(ARTICLE, entry(LONG[name].encode()))
    assert over.diagnostics() == []


EXERCISED = {
    *(param.values[0].answer.code for param in CASE_FILES),
    *(answer.code for _, _, answer in BYTES.values()),
    *(answer.code for _, answer in FILES.values()),
    *(answer.code for _, answer in TEMPLATES.values()),
}
"""The codes that cases ask for; `test_diagnostics_docs` compares them with those that are documented."""
