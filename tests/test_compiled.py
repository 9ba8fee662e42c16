"""Tests keep what Jinja makes of our own templates (`tests.support.compiled`): no page differs, and no other is kept."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from digest.output.engine import Engine, PlainEngine
from tests.support.sample import NOW, REPOSITORY, copy_sample
from tests.support.site import Site, read_tree

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_pages_are_those_of_a_program_that_keeps_nothing(
    sample_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also after a build for another address, of which nothing may be left."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)
    site = Site(copy_sample(tmp_path / "root"))
    for args in (("--base-url", "https://example.org/repo/"), (), ()):
        shutil.rmtree(site.root / ".digest", ignore_errors=True)
        site.build("-j", "1", *args)
        assert (read_tree(site.root / "site") == read_tree(sample_site)) is (not args)


def test_a_text_of_ours_is_kept_for_each_engine_and_place_and_no_other_text() -> None:
    ours = (REPOSITORY / "themes/broadsheet/templates/page.html").read_text(encoding="utf-8")
    plain, quick = (engine(lambda _: None) for engine in (PlainEngine, Engine))
    assert plain.parse(ours, "a", "b") is PlainEngine(lambda _: None).parse(ours, "a", "b")
    assert plain.parse(ours, "a", "b") is not plain.parse(ours, "a", "c")
    assert plain.parse(ours, "a", "b") is not quick.parse(ours, "a", "b")
    assert plain.parse(f"{ours} ") is not plain.parse(f"{ours} ")
