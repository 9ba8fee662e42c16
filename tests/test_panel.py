"""The panel of problems, and the links that open files in an editor."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digest.diagnostics import Diagnostic, Severity
from digest.preview.editor import link, refusal
from digest.preview.panel import MOST, panel
from digest.report import Located, excerpt, locate

if TYPE_CHECKING:
    from tests.support.site import Site

ROOT = Path("/home/me/my digest")
FILE = ROOT / "content" / "a.md"


def located(
    message: str = "wrong",
    *,
    path: str = "content/a.md",
    hint: str = "",
    source: str = "",
    column: int = 1,
    width: int = 1,
    severity: Severity = Severity.ERROR,
) -> Located:
    problem = Diagnostic(code="unknown-reference", message=message, path=path, hint=hint, severity=severity)
    at = column - 1
    return Located(problem, 3, column, column + width, excerpt(source, 0, at, end=len(source), width=width))


def shown(*problems: Located, editor: str = "vscode://file", late: bool = False) -> str:
    return panel(problems, editor=editor, root=ROOT, late=late)


def text(fragment: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", fragment))


# Links


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("vscode://file", "vscode://file/home/me/my%20digest/content/a.md:3:7"),
        (
            "idea://open?file={path}&line={line}&column={column}",
            "idea://open?file=/home/me/my%20digest/content/a.md&line=3&column=7",
        ),
        ("x-emacs:{path}", "x-emacs:/home/me/my%20digest/content/a.md"),
        ("", ""),
    ],
)
def test_a_template_says_how_files_are_opened(template: str, found: str) -> None:
    assert link(template, FILE, line=3, column=7) == found


@pytest.mark.parametrize("name", ['"><script>', "a#b?c", "{line}", "é%41", "a:9:9", "a&line=9", "a\nb", "\u202e"])
def test_a_path_stays_a_path(name: str) -> None:
    made = link("vscode://file", ROOT / name, line=3, column=7)
    assert re.fullmatch(r"vscode://file/[A-Za-z0-9/%._~-]+:3:7", made)
    assert re.fullmatch(r"ed:\?p=/[A-Za-z0-9/%._~-]+&l=3", link("ed:?p={path}&l={line}", ROOT / name, line=3))


@pytest.mark.parametrize(
    "template",
    [
        "javascript:alert(1)//",
        "JavaScript:alert({line})",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,{path}",
        "vbscript:x",
        "/usr/bin/vi",
        "code",
        "vscode://file\n",
    ],
)
def test_what_opens_no_editor_makes_no_link(template: str) -> None:
    assert refusal(template)
    assert link(template, FILE) == ""


def test_the_command_refuses_what_opens_no_editor(site: Site) -> None:
    """Nothing but settings."""
    run = site.run("serve", "--editor", "javascript:alert(1)")
    assert (run.exit_code, "`javascript:` addresses open no editor" in run.stderr) == (2, True)


@pytest.mark.parametrize("template", ["", "vscode://file", "https://editor.example/{path}", "x-emacs:{path}"])
def test_editors_are_taken(template: str) -> None:
    assert refusal(template) == ""


# The panel


def test_nothing_wrong_is_nothing_shown() -> None:
    assert shown() == ""


def test_a_problem_is_shown_with_its_place_excerpt_and_way_out() -> None:
    found = shown(
        located("no actor `lavrow`", hint="did you mean `lavrov`?", source="by [[lavrow]].", column=6, width=6)
    )
    assert '<a href="vscode://file/home/me/my%20digest/content/a.md:3:6">content/a.md:3:6</a>' in found
    for words in ("error", "unknown-reference", "no actor lavrow", "did you mean lavrov?"):
        assert words in text(found)
    assert "by [[lavrow]].\n     ^^^^^^" in text(found)
    assert "<code>lavrow</code>" in found
    assert "older than the files" not in found
    assert "older than the files" in shown(located(), late=True)


def test_errors_and_warnings_are_counted() -> None:
    warning = located(severity=Severity.WARNING)
    assert "2 errors, 1 warning" in shown(located(), located(), warning)
    assert 'class="panel warnings"' in shown(warning)
    assert 'data-count="3"' in shown(located(), located(), warning)


def test_no_more_than_a_hundred_are_shown() -> None:
    found = shown(*[located()] * (MOST + 7))
    assert found.count('<li class="problem') == MOST
    assert "… and 7 more" in found
    assert "107 errors" in found


@pytest.mark.parametrize("column", [1, 20, 200, 395])
def test_a_long_line_is_cut_around_the_problem(column: int) -> None:
    """The carets stay below what they stand for, and near enough to be seen on a phone."""
    line = f"{'x' * (column - 1)}BAD{'y' * 400}"[:398]
    excerpt, carets = text(shown(located(source=line, column=column, width=3))).split("BAD")[0], "^^^"
    found = text(shown(located(source=line, column=column, width=3)))
    (above,) = (each for each in found.splitlines() if "BAD" in each)
    (below,) = (each for each in found.splitlines() if carets in each)
    assert above.index("BAD") == below.index(carets) <= 32
    assert len(above) < 100
    assert excerpt


def test_hostile_content_is_text() -> None:
    """Names with markup, quotation marks in paths, signs that turn the direction of reading."""
    bad = '<script>alert("1")</script>'
    found = shown(
        located(f"no `{bad}`", path=f"content/'{bad}\".md", hint=bad, source=f"{bad}\u202e\x1b[31m", column=1, width=8)
    )
    assert "<script" not in found
    assert "\u202e" not in found
    assert "\x1b" not in found
    assert text(found).count(bad) == 4
    assert re.findall(r'href="([^"]*)"', found) == [
        "vscode://file/home/me/my%20digest/content/%27%3Cscript%3Ealert%28%221%22%29%3C/script%3E%22.md:3:1"
    ]


def test_without_an_editor_places_are_plain() -> None:
    for editor in ("", "javascript:alert(1)//"):
        assert "href" not in shown(located(), editor=editor)
        assert "content/a.md:3:1" in shown(located(), editor=editor)


def test_a_theme_that_came_with_the_package_is_opened_where_it_lies() -> None:
    problem = Diagnostic(code="template-error", message="x", path="themes/broadsheet/theme.yaml")
    found = panel(locate([problem], ROOT), editor="vscode://file", root=ROOT, late=False)
    assert "themes/broadsheet/theme.yaml:1:1" in found
    assert "/home/me" not in found
