"""`digest why` says what a page is made of and why it was rendered; `build --verify` compares with a clean build."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from digest.pages.scope import Scopes
from tests.test_counts import ABOUT, ANN, E4, E7, FILES

if TYPE_CHECKING:
    from tests.support.site import Site


@pytest.fixture
def built(site: Site) -> Site:
    """A site published below a path."""
    for path, text in FILES.items():
        site.write(path, text)
    site.write("digest.yaml", FILES["digest.yaml"] + "base_url: https://example.org/news/\n")
    site.build("-j", "1")
    return site


def why(site: Site, what: str) -> list[dict[str, Any]]:
    run = site.run("why", what, "--format", "json")
    assert run.exit_code == 0, run
    found: list[dict[str, Any]] = json.loads(run.stdout)
    return found


@pytest.mark.parametrize(
    "what",
    [
        "/articles/2024/01/e4/",
        "/articles/2024/01/e4",
        "articles/2024/01/e4/",
        "/news/articles/2024/01/e4/",
        "https://example.org/news/articles/2024/01/e4/#words",
        E4,
        f"./{E4}",
    ],
)
def test_a_page_is_named_by_its_address_or_its_file(built: Site, what: str) -> None:
    [page] = why(built, what)
    assert page["url"] == "/articles/2024/01/e4/"
    assert page["path"] == "articles/2024/01/e4/index.html"
    assert page["source"] == E4
    assert page["rendered"] == "2024-03-01T12:00:00+00:00"
    assert page["because"] == "new"
    assert page["next"] == ""
    assert {"text", "neighbours", "templates", "records", "settings"} == page["inputs"].keys()


def test_a_file_may_have_several_pages(built: Site) -> None:
    pages = {page["url"] for page in why(built, "content/actors/bob.md")}
    assert pages == {"/actors/bob/", "/actors/bob/page/1/", "/actors/bob/page/2/"}


@pytest.mark.parametrize("what", ["/", "https://example.org/news/", "/news/"])
def test_the_home_page_is_made_of_lists(built: Site, what: str) -> None:
    [page] = why(built, what)
    assert (page["path"], page["source"]) == ("index.html", "")
    assert {"entries", "totals", "speakers", "days"} <= page["inputs"].keys()


@pytest.mark.parametrize("what", ["/nowhere/", "content/articles/nothing.md", "content/pictures/map.txt", "/../"])
def test_what_is_no_page_is_a_mistake(built: Site, what: str) -> None:
    run = built.run("why", what)
    assert run.exit_code == 2
    assert "no page is called" in run.stderr
    assert "Traceback" not in run.stderr


def test_it_is_said_in_words(built: Site) -> None:
    built.write(E4, FILES[E4].replace("Text.", "Other."))
    run = built.run("why", E4)
    assert run.exit_code == 0
    for words in (
        "/articles/2024/01/e4/",
        f"from      {E4}",
        "2024-03-01T12:00:00+00:00, because it was new",
        "to be looked at, and rendered if it shows the change (changed: text)",
        "its templates, the theme's files",
    ):
        assert words in run.stdout
    assert "nothing it is made of has changed" in built.run("why", E7).stdout


PAGE4, HOME = "/articles/2024/01/e4/", "/"

REASONS = {
    "a body": (E4, "Text.", "Other.", PAGE4, "changed: text"),
    "a neighbour's title": (
        "content/articles/2024-01-05-e5.md",
        "E5",
        "Five",
        PAGE4,
        "changed: neighbours",
    ),
    "a card": (E7, "E7", "Seven", HOME, "changed: entries"),
    "a role": (ANN, "Envoy", "Minister", "/actors/", "changed: records"),
    "a setting": ("digest.yaml", "title: T", "title: U", PAGE4, "changed: settings, templates"),
    "a template": ("themes/mine/templates/article.html", "", "own", PAGE4, "changed: templates"),
    "a page's title, in every header": (ABOUT, "About", "Us", PAGE4, "changed: templates"),
}


@pytest.mark.parametrize("name", REASONS)
def test_a_reason_is_given_before_and_after_an_edit(built: Site, name: str) -> None:
    path, old, new, url, reason = REASONS[name]
    text = (built.root / path).read_text(encoding="utf-8") if old else ""
    assert old in text
    built.write(path, text.replace(old, new) if old else new)
    [before] = why(built, url)
    assert (before["because"], before["next"]) == ("new", reason)
    built.build("-j", "1")
    [after] = why(built, url)
    assert (after["because"], after["next"]) == (reason, "")


def test_a_page_that_does_not_show_a_change_is_not_rendered(built: Site) -> None:
    """The home page names Ann Lee, and not her office."""
    built.write(ANN, FILES[ANN].replace("Envoy", "Minister"))
    [before] = why(built, HOME)
    assert before["next"] == "changed: records"
    built.build("-j", "1")
    [after] = why(built, HOME)
    assert (after["because"], after["next"]) == ("new", "")


def test_a_lost_file_is_a_reason(built: Site) -> None:
    for tree in ("site", ".digest/spare"):
        built.delete(f"{tree}/articles/2024/01/e4/index.html")
    built.build("-j", "1")
    assert why(built, PAGE4)[0]["because"] == "its file was missing or somebody else's"


def test_why_reads_what_was_edited_and_changes_nothing(built: Site) -> None:
    before = built.outputs()
    built.write(E4, FILES[E4].replace("Text.", "Other."))
    why(built, E4)
    assert built.outputs() == before
    built.build("-j", "1")
    assert "Other." in built.out("articles/2024/01/e4/index.html")


def test_what_was_built_again_and_again_is_verified(built: Site) -> None:
    for number in range(3):
        built.write(E4, FILES[E4].replace("E4", f"E4, {number}"))
        assert "Verified: a clean build gives the same" in built.build("-j", "1", "--verify").stdout
    assert "Verified" in built.build("-j", "1", "--verify").stdout


def test_a_page_that_was_not_made_again_is_found_by_verifying(built: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that looks at nothing but its templates takes every page for right."""
    monkeypatch.setattr(Scopes, "of", lambda _self, _sight: {})
    shutil.rmtree(built.root / ".digest")
    built.build("-j", "1")
    built.write(E4, FILES[E4].replace("Text.", "Other."))
    run = built.run("build", "-j", "1", "--verify")
    assert run.exit_code == 3
    assert "a clean build gives other bytes for 1 file:" in run.stderr
    assert "  articles/2024/01/e4/index.html" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_build_that_fails_is_not_verified(built: Site) -> None:
    built.write(E4, FILES[E4].replace("Text.", "[[nobody]]"))
    run = built.run("build", "-j", "1", "--verify")
    assert run.exit_code == 1
    assert "Verified" not in run.stdout
