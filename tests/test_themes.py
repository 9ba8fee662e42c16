"""A theme is laid file by file over the one it extends, and its templates see the page's view and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.pages.view import site_view, view, viewpoint
from digest.values import Value
from tests.support.prepared import ready

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.site import Site


def test_a_theme_replaces_single_files(site: Site) -> None:
    """The template it has is used; those it has not, and static files, come from the theme it extends.

    -- digest.yaml --
    title: Own
    theme: mine
    extra: {motto: Read on, links: [a, b]}
    -- themes/mine/theme.yaml --
    name: Mine
    extends: broadsheet
    -- themes/mine/templates/not-found.html --
    {% extends "base.html" %}
    {% block main %}<p>Nothing here, {{ site.title }}. {{ dict(site.extra).motto }}</p>{% endblock %}
    -- themes/mine/static/favicon.svg --
    <svg xmlns="http://www.w3.org/2000/svg"/>
    -- themes/mine/static/extra.css --
    p { color: red }
    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    ---
    """
    site.build()
    files = site.outputs()
    assert b"<p>Nothing here, Own. " in files["404.html"]
    assert b"Read on</p>" in files["404.html"]
    assert b"<h1>A</h1>" in files["articles/2024/01/a/index.html"]
    assert files["theme/favicon.svg"] == b'<svg xmlns="http://www.w3.org/2000/svg"/>\n'
    assert [path for path in files if path.startswith("theme/extra.")]
    assert [path for path in files if path.startswith("theme/style.")]


def test_a_template_extends_the_one_it_replaces(site: Site) -> None:
    """`{% extends "broadsheet/article.html" %}` names the theme below; a new base is used by every page.

    -- digest.yaml --
    title: Own
    theme: mine
    -- themes/mine/theme.yaml --
    name: Mine
    extends: middle
    -- themes/middle/theme.yaml --
    name: Middle
    extends: broadsheet
    -- themes/middle/templates/article.html --
    {% extends "broadsheet/article.html" %}
    {% block title %}Middle: {{ super() }}{% endblock %}
    -- themes/mine/templates/article.html --
    {% extends "middle/article.html" %}
    {% block footer %}Mine: {{ super() }}{% endblock %}
    -- themes/mine/templates/base.html --
    {% extends "broadsheet/base.html" %}
    {% block head %}<meta name="mine" content="yes">{% endblock %}
    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    ---
    """
    site.build()
    page = site.out("articles/2024/01/a/index.html")
    assert "<title>Middle: A – Own</title>" in page
    assert "Mine: " in page
    assert all(b'<meta name="mine"' in data for path, data in site.outputs().items() if path.endswith(".html"))


@pytest.mark.parametrize(
    ("template", "code", "message"),
    [
        ("{{ page.titel }}", "template-error", "has no attribute `titel`"),
        ("{{ config }}", "template-error", "`config` is undefined"),
        ("{% if %}", "template-syntax", "Expected"),
        ('{% include "gone.html" %}', "template-error", "no template `gone.html`"),
        ('{{ static("gone.css") }}', "template-error", "no static file `gone.css`"),
        ("{{ 1 / 0 }}", "template-error", "division by zero"),
        ('{% extends "not-found.html" %}', "template-error", "recursion"),
    ],
)
def test_a_template_that_fails_is_a_problem_of_its_line(site: Site, template: str, code: str, message: str) -> None:
    """Never a traceback, and exit code 2: themes are configuration.

    -- digest.yaml --
    title: Own
    theme: mine
    -- themes/mine/theme.yaml --
    name: Mine
    extends: broadsheet
    """
    site.write("themes/mine/templates/not-found.html", f"<p>\n{template}\n")
    (found,) = site.diagnostics()
    assert (found["code"], found["path"]) == (code, "themes/mine/templates/not-found.html")
    assert message in found["message"]
    if "recursion" not in message:
        assert found["line"] == 2
    assert site.run("build").exit_code == 2


@pytest.mark.parametrize(
    ("settings", "path", "hint"),
    [
        ({"digest.yaml": "title: T\ntheme: broadshet\n"}, "digest.yaml", "did you mean `broadsheet`?"),
        ({"digest.yaml": "title: T\ntheme: ../mine\n"}, "digest.yaml", ""),
        ({"themes/mine/theme.yaml": "name: M\nextends: gone\n"}, "themes/mine/theme.yaml", ""),
        ({"themes/mine/theme.yaml": "name: M\nextends: mine\n"}, "themes/mine/theme.yaml", ""),
    ],
)
def test_a_theme_that_cannot_be_found_is_a_problem_where_it_is_named(
    site: Site, settings: dict[str, str], path: str, hint: str
) -> None:
    """With the themes there are.

    -- digest.yaml --
    title: Own
    theme: mine
    """
    for name, text in settings.items():
        site.write(name, text)
    (found,) = site.diagnostics()
    assert (found["code"], found["path"], found["line"]) == ("unknown-theme", path, 2)
    assert hint in found["hint"]
    assert site.run("build").exit_code == 2


@pytest.mark.parametrize("path", ["themes/mine/theme.yaml", "themes/mine/templates/page.html"])
def test_a_template_of_any_size_is_not_taken(site: Site, path: str) -> None:
    """Nor are settings; a style sheet may be as large as it likes.

    -- digest.yaml --
    title: Own
    theme: mine
    -- themes/mine/theme.yaml --
    name: Mine
    extends: broadsheet
    """
    site.write("themes/mine/static/large.css", b" " * (1 << 20) + b"p { color: red }")
    site.build()
    site.write(path, b" " * (1 << 20) + b"#")
    (found,) = site.diagnostics()
    assert (found["code"], found["path"]) == ("too-large", path)
    assert site.run("build").exit_code == 2


def test_hidden_files_and_backups_are_no_part_of_a_theme(site: Site) -> None:
    """Editors leave them.

    -- digest.yaml --
    title: Own
    theme: mine
    -- themes/mine/theme.yaml --
    name: Mine
    extends: broadsheet
    -- themes/mine/static/.hidden/a.txt --
    -- themes/mine/static/.a.txt --
    -- themes/mine/static/a.txt~ --
    -- themes/mine/templates/.page.html --
    {% if %}
    -- themes/mine/templates/page.html~ --
    {% if %}
    """
    assert site.diagnostics() == []
    site.build()
    assert not [path for path in site.outputs() if path.startswith("theme/") and "a.txt" in path]


def test_content_is_never_a_template(site: Site) -> None:
    """Braces are text everywhere.

    -- digest.yaml --
    title: "{{ 7 * 6 }}"
    -- content/articles/2024-01-01-a.md --
    ---
    title: "{% set x = 1 %}{{ 6 * 7 }}"
    summary: "{{ site }}"
    ---
    {{ 6 * 7 }} {% raw %} {# gone #}
    """
    site.build()
    page = site.out("articles/2024/01/a/index.html")
    assert "<p>{{ 6 * 7 }} {% raw %} {# gone #}</p>" in page
    assert "42" not in page
    assert "{{ 7 * 6 }}" in site.out("index.html")


def test_templates_see_the_view_and_nothing_of_the_model(site: Site) -> None:
    """Every value a template can reach is text, a number, or a view.

    -- content/actors/ann.md --
    ---
    name: Ann
    roles: [{title: Minister, of: ann, from: 2020}]
    ---
    Profile of [[ann]].
    -- content/topics/aid.md --
    ---
    name: Aid
    ---
    -- content/agreements/pact.md --
    ---
    name: Pact
    parties: [ann]
    signatories: [{actor: ann}]
    events: [{date: 2024, event: signed}]
    ---
    -- content/pages/about.md --
    ---
    title: About
    redirect_from: [/old/]
    ---
    On [[ann]].
    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    topics: [aid]
    agreements: [pact]
    source: {publisher: P}
    ---
    A word.[^n]

    > Words
    > — [[ann]], a talk {about=pact}

    [^n]: Note
    """
    prepared, _ = ready(site.root)
    assert prepared.usable_theme
    views = [site_view(prepared.site), *(view(viewpoint(prepared.site), page) for page, _ in prepared.planned)]
    strangers = {f"{type(value).__module__}.{type(value).__name__}" for each in views for value in reachable(each)}
    assert {
        name for name in strangers if not name.startswith(("builtins.", "digest.pages.views", "digest.pages.kinds"))
    } == set()
    assert all(hash(each) == hash(each) for each in views)


def reachable(value: object) -> Iterator[object]:
    yield value
    if isinstance(value, Value):
        for name in value.__struct_fields__:
            yield from reachable(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from reachable(item)
    else:
        assert isinstance(value, str | int | bool | None), value
