"""What was digested is what is used: a file that changes while a build runs, and changes back, leaves nothing stale."""

from __future__ import annotations

import shutil
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.site import NOON, Site
from tests.support.twins import let_time_pass

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ENTRY = "content/articles/2024-01-01-a.md"
TEMPLATE = "themes/mine/templates/article.html"
FILES = {
    "digest.yaml": "title: {} settings\ntheme: mine\n",
    "themes/mine/theme.yaml": "name: Mine\nextends: {}\n",
    "themes/A/theme.yaml": "name: Below\nextends: broadsheet\n",
    "themes/A/templates/footer.html": "A theme",
    "themes/B/theme.yaml": "name: Below\nextends: broadsheet\n",
    "themes/B/templates/footer.html": "B theme",
    TEMPLATE: '{{% extends "broadsheet/article.html" %}}{{% block main %}}{} article, {{% include "footer.html" %}}{{% endblock %}}',
    "themes/mine/templates/page.html": '{{% extends "broadsheet/page.html" %}}{{% block main %}}{} page{{% endblock %}}',
    "themes/mine/static/style.css": "{} style",
    "content/pages/about.md": "---\ntitle: About\n---\n",
    ENTRY: "---\ntitle: Entry\n---\nWords.\n",
}
SWAPPED = ["digest.yaml", "themes/mine/theme.yaml", TEMPLATE, "themes/mine/static/style.css"]
STAGES = [
    "digest.cli.building._last",
    "digest.cli.building.look",
    "digest.config.load",
    "digest.prepare.load_theme",
    "digest.prepare.find",
    "digest.prepare.examine",
    "digest.prepare.link",
    "digest.prepare.plan",
    "digest.engine.templates.template_dependencies",
    "digest.prepare.check_templates",
    "digest.prepare.prepare",
    "digest.prepare.prepare_since",
    "digest.build.stage",
    "digest.build.decide",
    "digest.build.make_pages",
    "digest.build.produce",
    "digest.build.ensure_spare",
    "digest.build._remember",
]
NOT_IN_A_WARM_BUILD = {
    "digest.prepare.find",
    "digest.prepare.examine",
    "digest.prepare.prepare",
    "digest.engine.templates.template_dependencies",
}
NOT_IN_A_COLD_ONE = {"digest.cli.building.look", "digest.prepare.prepare_since"}


def write(site: Site, path: str, letter: str) -> None:
    site.write(path, FILES[path].format(letter))


def marks(site: Site) -> dict[str, str]:
    """Return which letter the pages say of each thing; "AB" where they are of two minds."""
    pages = " ".join(data.decode() for path, data in site.outputs().items() if path.endswith("/index.html"))
    styles = [data.decode() for path, data in site.outputs().items() if path.startswith("theme/style.")]
    found = {
        what: {letter for letter in "AB" if f"{letter} {what}" in pages} for what in ("settings", "theme", "article")
    }
    return {what: "".join(sorted(letters)) for what, letters in found.items()} | {"style": "".join(styles)[:1]}


@pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("path", SWAPPED)
def test_a_file_that_changes_and_changes_back_leaves_nothing_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, stage: str, *, warm: bool
) -> None:
    if path.endswith(".css") and stage in {"digest.build.produce", "digest.build.make_pages"}:
        pytest.skip("static files are copied, which looks at what it copies by itself")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOON)
    if warm:
        let_time_pass(monkeypatch, 10)
    site = Site(tmp_path / "root")
    for name in FILES:
        write(site, name, "A")
    if warm:
        site.build("-j1")
        site.write(ENTRY, "---\ntitle: Other\n---\nWords.\n")
    with monkeypatch.context() as patch:
        swapped = swap_during(patch, stage, lambda letter: write(site, path, letter))
        site.run("build", "-j1")
    assert swapped or stage in (NOT_IN_A_WARM_BUILD if warm else NOT_IN_A_COLD_ONE)
    mixed = marks(site)
    assert all(len(letters) <= 1 for letters in mixed.values()), mixed
    for _ in range(2):
        site.build("-j1")
        assert marks(site) == {"settings": "A", "theme": "A", "article": "A", "style": "A"}
    published = site.outputs()
    shutil.rmtree(site.root / "site")
    shutil.rmtree(site.root / ".digest")
    site.build("-j1")
    assert site.outputs() == published


def swap_during(patch: pytest.MonkeyPatch, stage: str, put: Callable[[str], None]) -> list[str]:
    """Put B while a stage runs, and A when it is over; returns a list that then is not empty."""
    module, _, name = stage.rpartition(".")
    function, seen = getattr(import_module(module), name), list[str]()

    @wraps(function)
    def swapping(*args: Any, **kwargs: Any) -> Any:
        seen.append(stage)
        put("B")
        try:
            return function(*args, **kwargs)
        finally:
            put("A")

    patch.setattr(stage, swapping)
    return seen


@pytest.mark.parametrize("stage", ["digest.cli.building.look", "digest.prepare.load_theme", "digest.prepare.link"])
@pytest.mark.parametrize("path", ["themes/mine/static/new.txt", "themes/mine/templates/redirect.html"])
def test_a_file_that_comes_while_a_build_runs_is_part_of_this_one_or_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, stage: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOON)
    let_time_pass(monkeypatch, 10)
    site = Site(tmp_path / "root")
    for name in FILES:
        write(site, name, "A")
    site.write("content/pages/about.md", "---\ntitle: About\nredirect_from: [/old/]\n---\n")
    site.build("-j1")
    site.write(ENTRY, "---\ntitle: Other\n---\nWords.\n")
    with monkeypatch.context() as patch:
        swap_during(patch, stage, lambda letter: site.write(path, "New.") if letter == "A" else None)
        site.build("-j1")
    site.build("-j1")
    assert site.out("theme/new.txt" if path.endswith(".txt") else "old/index.html") == "New."
