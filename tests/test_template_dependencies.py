"""What a page depends on besides its view is read from the templates: neither too little nor too much."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from digest.config import load
from digest.output.template_dependencies import dump, restore, template_digests
from digest.output.templates import template_dependencies
from digest.output.theme import load_theme
from digest.pages.views import SiteView
from digest.values import replaced
from tests.support.site import NOON, THEMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.config import Config
    from digest.output.template_dependencies import TemplateDependencies
    from digest.output.theme import Theme
    from tests.support.site import Site

SITE = SiteView(
    title="Own", description="", lang="en", base_url="", sections=(), pages=(), extra=(), generator="digest"
)
LISTS = {"actor.html", "agreement.html", "home.html", "topic.html"}


def settings(site: Site) -> Config:
    config, _ = load(
        site.root, path=site.root / "digest.yaml", now=datetime.fromtimestamp(int(NOON), UTC), trusted=THEMES
    )
    assert config
    return config


def theme(site: Site) -> Theme:
    found, problems = load_theme(settings(site))
    assert found, problems
    return found


def found(site: Site) -> Mapping[str, TemplateDependencies]:
    return template_dependencies(theme(site), site.root)


def digests(site: Site, base_path: str = "") -> dict[str, str]:
    return template_digests(found(site), theme(site), site=SITE, base_path=base_path)


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


@pytest.fixture
def over(site: Site) -> Site:
    """A theme of one's own, laid over ours and empty so far."""
    site.write("digest.yaml", "title: Own\ntheme: mine\n")
    site.write("themes/mine/theme.yaml", "name: Mine\nextends: broadsheet\n")
    return site


def test_an_entry_template_reaches_what_it_extends_includes_imports_and_what_bodies_use(over: Site) -> None:
    over.write("themes/mine/templates/article.html", '{% include "one.html" %}{% import "two.html" as two %}')
    over.write("themes/mine/templates/one.html", '{% extends "three.html" %}')
    over.write("themes/mine/templates/two.html", '{% macro m() %}{% from "sub/four.html" import m %}{% endmacro %}')
    over.write("themes/mine/templates/three.html", "{{ body(page.body) }}")
    over.write("themes/mine/templates/sub/four.html", '{% include ["gone.html", "five.html"] %}')
    over.write("themes/mine/templates/five.html", '{% include "article.html" %}')
    own = [f"themes/mine/templates/{name}.html" for name in ("article", "five", "one", "sub/four", "three", "two")]
    below = ["macros/quote", "macros/text", "partials/note", "partials/quote-caption"]
    assert found(over)["article.html"].files == (
        *[f"themes/broadsheet/templates/{name}.html" for name in below],
        *own,
    )


def test_an_overlaid_template_reaches_the_one_below_by_its_theme(over: Site) -> None:
    over.write("themes/mine/templates/page.html", '{% extends "broadsheet/page.html" %}')
    files = found(over)["page.html"].files
    assert {f"themes/{name}/templates/page.html" for name in ("mine", "broadsheet")} < set(files)
    assert "themes/broadsheet/templates/base.html" in files


@pytest.mark.parametrize(
    ("template", "reached_by"),
    [
        ("article.html", {"article.html"}),
        ("redirect.html", {"redirect.html"}),
        ("macros/source.html", {"article.html"}),
        ("macros/card.html", {"home.html", "month.html", "topic.html"}),
        ("macros/record.html", {"actor.html", "agreement.html", "page.html", "topic.html"}),
        ("macros/rail.html", LISTS),
        ("partials/note.html", {"actor.html", "agreement.html", "article.html", "page.html", "topic.html"}),
        ("unused.html", {"unused.html"}),
        ("macros/unused.html", set()),
    ],
)
def test_a_template_that_changes_concerns_the_pages_that_reach_it(
    over: Site, template: str, reached_by: set[str]
) -> None:
    """Whether it is laid over ours, edited, or taken away again."""
    untouched = digests(over)
    ours = theme(over).template(template)
    text = ours.text if ours else ""
    over.write(f"themes/mine/templates/{template}", f"{text}{{# mine #}}\n")
    overlaid = digests(over)
    assert changed(untouched, overlaid) == reached_by
    over.write(f"themes/mine/templates/{template}", f"{text}{{# edited #}}\n")
    assert changed(overlaid, digests(over)) == reached_by
    over.delete(f"themes/mine/templates/{template}")
    assert digests(over) == untouched


def test_a_template_that_is_not_there_yet_concerns_those_who_ask_for_it(over: Site) -> None:
    over.write("themes/mine/templates/home.html", '{% include "maybe.html" ignore missing %}')
    before = digests(over)
    over.write("themes/mine/templates/maybe.html", "Now.")
    assert changed(before, digests(over)) == {"home.html", "maybe.html"}


def test_a_base_of_ones_own_concerns_every_page_but_redirects(over: Site) -> None:
    before = digests(over)
    over.write("themes/mine/templates/base.html", '{% extends "broadsheet/base.html" %}')
    assert changed(before, digests(over)) == before.keys() - {"redirect.html"}


def test_static_files_concern_the_pages_that_print_their_names(over: Site) -> None:
    """A style sheet has a fingerprint in its name; the content of a picture is no page's business."""
    before = digests(over)
    over.write("themes/mine/static/favicon.svg", "<svg/>")
    over.write("themes/mine/static/new.css", "p { color: red }")
    assert digests(over) == before
    over.write("themes/mine/static/style.css", "p { color: red }")
    assert changed(before, digests(over)) == before.keys() - {"redirect.html"}


@pytest.mark.parametrize("use", ["{{ static(page.head.title) }}", "{% set s = static %}", '{{ static(*["a"]) }}'])
def test_a_computed_name_of_a_static_file_may_be_any(over: Site, use: str) -> None:
    over.write("themes/mine/templates/redirect.html", use)
    before = digests(over)
    over.write("themes/mine/static/new.css", "p { color: red }")
    assert changed(before, digests(over)) == {"redirect.html"}


def test_the_sites_constants_concern_the_pages_that_read_them(over: Site) -> None:
    before = digests(over)
    other = replaced(SITE, title="Other")
    after = template_digests(found(over), theme(over), site=other, base_path="")
    assert changed(before, after) == before.keys() - {"redirect.html"}
    assert changed(before, digests(over, base_path="/below")) == before.keys()


def test_dependencies_that_are_kept_are_the_same_again(over: Site) -> None:
    kept = found(over)
    assert restore(dump(kept)) == kept


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": {}}', '{"a": {"files": 1}}', '{"a": 1}', "null"])
def test_dependencies_kept_by_somebody_else_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the words are Python's
        restore(text)


def test_a_template_that_cannot_be_read_reaches_nothing(over: Site) -> None:
    """And stops the build, so that no page is made with it."""
    over.write("themes/mine/templates/article.html", '{% extends "base.html" %}{% if %}')
    over.write("themes/mine/templates/page.html", b"\xff")
    assert found(over)["article.html"].files == ("themes/mine/templates/article.html",)
    assert found(over)["page.html"].files == ("themes/mine/templates/page.html",)
    assert over.run("build").exit_code == 2
