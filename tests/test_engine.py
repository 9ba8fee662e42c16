"""Templates compiled our way print what Jinja prints, to the byte; what they cannot do is left to Jinja."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, NamedTuple
from weakref import ref

import pytest
from markupsafe import Markup

from digest.output.engine import KEPT, Engine, PlainEngine
from digest.pages.routes import kind_of
from digest.pages.view import view, viewpoint
from digest.pages.views import LinkView
from tests.support.prepared import ready
from tests.support.sample import NOW, copy_sample

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.site import Site

PARTS = {
    "macros.html": """{% macro link(target, words="", strong=false) %}
<a href="{{ target.url | href }}"{% if strong %} class="strong"{% endif %}>{{ words or target.label }}</a>
{% endmacro %}
{% macro rest(first) %}{{ first }}{{ varargs | join(",") }}{{ kwargs.more }}{% endmacro %}
{% macro around(title) %}<b>{{ title }}</b>{{ caller(title) }}{% endmacro %}
{% macro maybe(title) %}{{ title }}{% if caller is defined %}{{ caller() }}{% endif %}{% endmacro %}
{% macro bare() %}<i>{{ site }}</i>{% endmacro %}
{% set shared = "<shared>" %}""",
    "base.html": """{% block head %}<base>{{ page.label }}{% endblock %}|{% block main scoped %}{% endblock %}|{{ self.head() }}""",
    "seeing.html": "{% macro label() %}{{ page.label }}{% endmacro %}",
    "part.html": "{{ page.label }}{{ extra | default('-') }}{% for n in [1, 2] %}{{ n }}{% endfor %}",
}

ALIKE = [
    "{{ page.label }} {{ page.label | upper }} {{ page['label'] }} {{ page.label ~ '<' ~ 1 }} {{ '<b>' }} {{ 7 }} {{ 1.5 }}",
    "{{ true }}{{ none }}{{ [page.label, '<'] }}{{ {'a': '<'} }}{{ ('<',) }}{{ page }}",
    "{{ markup }}{{ markup ~ '<' }}{{ markup | upper }}{{ '<' | safe }}{{ '<' | escape }}{{ '<' | e | e }}",
    "{% from 'macros.html' import link %}{{ link(page) }}{{ link(page, '<') }}{{ link(page, strong=true) }}{{ link(target=page) }}",
    "{% from 'macros.html' import link %}{{ link(page) ~ '<' }}{{ link(page) | upper }}{% set x = link(page) %}{{ x }}{{ x | length }}",
    "{% import 'macros.html' as m %}{{ m.link(page) }}{{ m.shared }}{{ m.bare() }}{{ m.link(*[page, '<']) }}{{ m.link(**{'target': page}) }}",
    "{% import 'macros.html' as m %}{{ m.rest('<', '>', 2, more='&') }}{% call(x) m.around('<') %}in{% endcall %}{{ m.maybe('<') }}",
    "{% import 'macros.html' as m %}{% call(x) m.around('<') %}{{ x }}{{ page.label }}{% endcall %}{% call m.maybe(1) %}!{% endcall %}",
    "{% import 'macros.html' as m with context %}{{ m.link(page) }}",
    "{% autoescape false %}{% from 'macros.html' import link %}{{ page.label }}{{ link(page) }}{{ '<' ~ page.label }}{% endautoescape %}{{ page.label }}",
    "{% set off = page.label == '' %}{% autoescape off %}{{ page.label }}{% from 'macros.html' import link %}{{ link(page) }}{% endautoescape %}",
    "{% macro m(a, b='<') %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}{{ m('&', 2) }}{{ m(b=1, a=2) }}{{ m.name }}{{ m.arguments }}",
    "{% macro tree(n) %}{{ n }}{% if n %}({{ tree(n - 1) }}){% endif %}{% endmacro %}{{ tree(3) }}",
    "{% extends 'base.html' %}{% block head %}{{ super() }}<{{ page.url }}>{% endblock %}{% block main %}{% for i in [1, 2] %}{{ i }}{{ page.label }}{% endfor %}{% endblock %}ignored{{ page.label }}",
    "{% extends 'base.html' %}{% set x = page.label %}{% macro m() %}{{ page.url }}{% endmacro %}{% block main %}{{ x }}{{ m() }}{% block inner %}<in>{{ x }}{% endblock %}{% endblock %}",
    "{% if page.url %}{% extends 'base.html' %}{% endif %}{% block main %}{{ page.label }}{% endblock %}outside",
    "{% include 'part.html' %}{% set extra = '<' %}{% include 'part.html' %}{% include 'gone.html' ignore missing %}",
    "{% for p in pages %}{{ loop.index }}{{ loop.last }}{{ p.label }}{% if not loop.last %}, {% endif %}{% else %}none{% endfor %}{% for p in [] %}{% else %}none{% endfor %}",
    "{% for p in pages if p.label != '<b>' %}{{ p.label }}{{ loop.length }}{{ loop.cycle('<', '>') }}{% endfor %}",
    "{% for n in [1, [2, [3]]] recursive %}{% if n is iterable %}<{{ loop(n) }}>{% else %}{{ n }}{{ loop.depth }}{% endif %}{% endfor %}",
    "{% set ns = namespace(n=0) %}{% for p in pages %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}{% set c = cycler('<', '>') %}{{ c.next() }}{{ c.next() }}",
    "{% set text %}<b>{{ page.label }}</b>{% endset %}{{ text }}{{ text | length }}{% filter upper %}{{ page.label }}<i>{% endfilter %}",
    "{% with a = page.label, b = '<' %}{{ a }}{{ b }}{% endwith %}",
    "{{ page.gone is defined }}{{ page.gone | default('<') }}{{ gone is defined }}{{ gone | d('&') }}{{ page.gone is undefined }}",
    "{{ dict(a='<').a }}{% set d = dict(a='<', items=1) %}{{ d.a }}{{ d['items'] }}{{ {'b': '&'}.b }}{% for k, v in d.items() %}{{ k }}{{ v }}{% endfor %}",
    "{{ page.label.upper() }}{{ '<{}>'.format(page.label) }}{{ page.label.split('b') }}{{ range(3) | list }}{{ page.label[1:] }}{{ page.label[0] }}",
    "{{ pages | map(attribute='label') | join(', ') }}{{ pages | selectattr('url') | list | length }}{{ pages | first }}{{ (pages | last).label }}",
    "{% for p in pages %}{% import 'macros.html' as m %}{{ m.link(p) }}{% endfor %}{{ m is defined }}",
    "{# note #}  {%- if page.label -%} {{ page.label }} {%- endif -%}  {% raw %}{{ x }}{% endraw %}\n\n",
]
"""Templates that print the same, and no exception on the way."""

ONCE = [
    "{% from 'macros.html' import link %}{{ once(link, page) }}{{ once(link, page, '<') }}{{ once(link, page) ~ '<' }}",
    "{% from 'macros.html' import link %}{{ once(link, page, 1) }}{{ once(link, page, true) }}{{ once(link, page, 1.0) }}",
    "{% from 'macros.html' import link %}{{ once(link, page, '<') }}{{ once(link, page, '<' | safe) }}",
    "{% from 'macros.html' import link %}{% for p in pages %}{{ once(link, p) }}{% endfor %}{{ once(link, pages[1]) }}",
    "{% macro m(x) %}{{ x }}{{ page.label }}{% endmacro %}{{ once(m, 1) }}{{ once(m, 1) }}",
    "{% import 'seeing.html' as s with context %}{{ once(s.label) }}",
    "{% import 'macros.html' as m %}{{ once(m.bare) }}{{ once(m.maybe, '<') }}{{ once(range, 3) }}",
]
"""Templates that print the same whether results are kept or not."""

LEFT_TO_JINJA = [
    "{% macro m(d) %}{{ d.a }}{% endmacro %}{{ m(dict(a='<')) }}",
    "{% for d in [dict(a='<')] %}{{ d.a }}{% endfor %}",
]
"""Mappings that look like views: reading a key as an attribute takes Jinja's way for the whole page."""


VIEWS = [LinkView(url="/a/?b&c", label="<b>"), LinkView(url="", label="plain"), LinkView(url="/d/", label="'\"")]
VALUES: dict[str, object] = {"page": VIEWS[0], "pages": VIEWS, "markup": Markup("<i>&amp;</i>")}


class Engines(NamedTuple):
    ours: Engine
    jinjas: PlainEngine


@pytest.fixture
def engines(tmp_path: Path) -> Engines:
    """Both, with the templates above in the folder of the test."""
    for name, text in PARTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    def find(name: str) -> tuple[str, str] | None:
        file = tmp_path / name
        return (file.read_text(encoding="utf-8"), str(file)) if file.is_file() else None

    made = Engines(Engine(find), PlainEngine(find))
    for engine in made:
        engine.filters["href"] = "/below{}".format
        engine.globals["site"] = "<site>"
    return made


@pytest.mark.parametrize("template", [*ALIKE, *ONCE])
def test_what_is_printed_is_what_jinja_prints(tmp_path: Path, engines: Engines, template: str) -> None:
    """Twice, for what was set up the first time must not show the second time."""
    (tmp_path / "page.html").write_text(template, encoding="utf-8")
    expected = engines.jinjas.text("page.html", VALUES)
    assert expected
    assert [engines.ours.text("page.html", VALUES) for _ in range(2)] == [expected] * 2


@pytest.mark.parametrize("template", LEFT_TO_JINJA)
def test_what_cannot_be_printed_alike_is_an_error(tmp_path: Path, engines: Engines, template: str) -> None:
    """And never other text, so that the renderer can leave the page to Jinja."""
    (tmp_path / "page.html").write_text(template, encoding="utf-8")
    assert engines.jinjas.text("page.html", VALUES) == "&lt;"
    with pytest.raises(AttributeError):
        engines.ours.text("page.html", VALUES)


@pytest.mark.parametrize("template", LEFT_TO_JINJA)
def test_a_page_that_only_jinja_can_render_is_rendered(site: Site, template: str) -> None:
    """
    -- digest.yaml --
    title: Own
    theme: mine
    -- themes/mine/theme.yaml --
    name: Mine
    extends: broadsheet
    """
    site.write("themes/mine/templates/not-found.html", template)
    site.build()
    assert site.out("404.html") == "&lt;"


@pytest.mark.parametrize("template", ONCE)
def test_what_is_kept_is_of_the_same_values(tmp_path: Path, engines: Engines, template: str) -> None:
    """Another page, whose values are equal where they should be and not where they should not."""
    (tmp_path / "page.html").write_text(template, encoding="utf-8")
    for page in (LinkView(url="/other/", label="<other>"), LinkView(url="/a/?b&c", label="<b>"), VIEWS[0]):
        values = {**VALUES, "page": page}
        assert engines.ours.text("page.html", values) == engines.jinjas.text("page.html", values)


def test_a_macro_is_asked_once_for_equal_values(tmp_path: Path, engines: Engines) -> None:
    """And one that sees the page is asked every time."""
    asked: list[object] = []

    def href(url: str) -> str:
        asked.append(url)
        return url

    engines.ours.filters["href"] = href
    (tmp_path / "own.html").write_text("{% macro m(p) %}{{ p.url | href }}{% endmacro %}{{ once(m, page) }}", "utf-8")
    (tmp_path / "page.html").write_text(ONCE[0], "utf-8")
    equal = [LinkView(url="/a/", label="a") for _ in range(3)]
    assert len({engines.ours.text("page.html", {"page": page}) for page in equal}) == 1
    assert asked == ["/a/"] * 2  # with one word and without
    for page in equal:
        engines.ours.text("own.html", {"page": page})
    assert asked == ["/a/"] * 5


class Watched(LinkView, gc=True, weakref=True):
    """A view of which one can tell whether it is still held."""


def test_nothing_is_kept_of_a_macro_that_sees_the_page(tmp_path: Path, engines: Engines) -> None:
    """It could never be found again, and would hold on to the page."""
    (tmp_path / "page.html").write_text("{% macro m(x) %}{{ x }}{{ page.url }}{% endmacro %}{{ once(m, 1) }}", "utf-8")
    page = Watched(url="/a/", label="held on to")
    held = ref(page)
    engines.ours.text("page.html", {"page": page})
    assert held() is page
    del page
    gc.collect()
    assert held() is None


def test_results_are_kept_within_bounds(tmp_path: Path, engines: Engines) -> None:
    """The latest, and no more: a digest may have any number of entries."""
    (tmp_path / "page.html").write_text(ONCE[0], "utf-8")
    held = []
    for number in range(KEPT):
        page = Watched(url="/a/", label=str(number))
        held.append(ref(page))
        engines.ours.text("page.html", {"page": page})
    assert KEPT // 4 < sum(each() is not None for each in held) <= KEPT // 2 + 100


def test_our_own_theme_needs_no_second_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page of the sample comes out of our engine; else the pages would be right, and slow."""

    def fail(*_: object) -> None:
        raise AssertionError

    found = ready(copy_sample(tmp_path / "root"), at=NOW)
    prepared, engine = found.prepared, found.renderer
    monkeypatch.setattr(PlainEngine, "text", fail)
    kinds = {
        page.kind for page, _ in prepared.planned if engine.page(kind_of(page), view(viewpoint(prepared.site), page))
    }
    assert kinds >= {"home", "article", "actor", "actors", "topic", "topics", "agreement", "agreements", "month"}
