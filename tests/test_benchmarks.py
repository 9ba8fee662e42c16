"""The benchmarks measure what they say: edits show, failures are not lost, goals are judged."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from benchmarks import corpus
from benchmarks.facts import generate
from benchmarks.goals import GOALS, verdicts
from benchmarks.measure import Command, run
from benchmarks.report import publish, report
from benchmarks.results import Result, Store
from benchmarks.session import Part, measure
from benchmarks.steps import STEPS
from benchmarks.tools import TOOLS
from tests.support.sample import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.site import Site

ENTRIES = 30


def part(folder: Path, **changes: object) -> Part:
    plain = Part("time", "disk", folder / "work", ENTRIES, 1, (TOOLS["digest"],))
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_the_synthetic_digest_has_no_problems(site: Site) -> None:
    corpus.write(ENTRIES, site.root)
    assert site.run("check", "--strict").exit_code == 0


def test_every_step_of_ours_shows_what_was_edited(tmp_path: Path) -> None:
    found = list(measure(part(tmp_path), Store(tmp_path / "results")))
    assert [(result.step, result.problem) for result in found] == [(step.name, "") for step in STEPS["digest"]]
    assert [result.step for result in found if result.showing == 0] == []
    assert not (tmp_path / "work").exists()


def test_a_build_that_leaves_the_old_pages_is_a_failed_run(tmp_path: Path) -> None:
    lazy = f"import pathlib as p; o = p.Path({str(tmp_path)!r}, 'work/digest/site'); o.mkdir(exist_ok=True); (o / 'index.html').touch()"
    tool = replace(TOOLS["digest"], build=lambda _: Command((sys.executable, "-c", lazy), REPOSITORY))
    failed = [
        result.step for result in measure(part(tmp_path, tools=(tool,)), Store(tmp_path / "results")) if result.problem
    ]
    assert failed == ["body", "title", "actor", "entry", "publish"]


def test_what_was_measured_is_not_measured_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "results")
    broken = replace(
        TOOLS["digest"], build=lambda _: Command((sys.executable, "-c", "raise SystemExit(7)"), REPOSITORY)
    )
    first = list(measure(part(tmp_path, tools=(broken,)), store))
    assert all("exit 7" in result.problem for result in first)
    assert list(measure(part(tmp_path, tools=(broken,)), store)) == []
    assert store.read() == first
    assert "Failed runs" in report(first, machine="", versions="", command="")


@pytest.mark.parametrize("tool", ["hugo", "pelican", "eleventy"])
def test_other_tools_get_the_same_words(tool: str) -> None:
    ours = dict(corpus.files(generate(ENTRIES)))
    theirs = "\n".join(text for _, text in corpus.TOOLS[tool](generate(ENTRIES)))
    titles = [text.split("\n", 2)[1].removeprefix("title: ") for path, text in ours.items() if "/articles/" in path]
    assert len(titles) == ENTRIES
    assert [title for title in titles if title not in theirs] == []
    assert theirs.count("[^span]:") == ENTRIES
    assert theirs.count("\n>\n> — ") == 2 * ENTRIES


def test_memory_is_that_of_all_processes(tmp_path: Path) -> None:
    code = "import subprocess, sys; x = b'x' * 40_000_000; subprocess.run([sys.executable, '-c', {!r}])"
    child = "import time; x = b'x' * 40_000_000; time.sleep(0.5)"
    outcome = run(Command((sys.executable, "-c", code.format(child)), tmp_path), memory=True)
    assert outcome.status == 0
    assert 80e6 < outcome.peak < 160e6


def result(tool: str, step: str, **figures: object) -> Result:
    plain = Result("time", "tmpfs", 0, 100, 1, tool, step, "", wall=1.0, processor=1.0, peak=0)
    return replace(plain, **figures)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("results", "met"),
    [
        ([result("hugo", "cold", wall=10), result("digest", "no-op", wall=0.5)], True),
        ([result("hugo", "cold", wall=10), result("digest", "no-op", wall=0.6)], False),
        ([result("hugo", "cold", wall=10), result("digest", "no-op", wall=0.5, repeat=1)], False),
        ([result("hugo", "cold", wall=10), result("digest", "no-op", wall=0.5, problem="exit 1")], False),
    ],
)
def test_a_goal_is_met_within_a_repetition(results: list[Result], met: bool) -> None:  # noqa: FBT001 - a case
    goal = next(goal for goal in GOALS if goal.figure.step == "no-op")
    assert [verdict.met for verdict in verdicts(results) if verdict.goal == goal] == [met]


@pytest.mark.parametrize(("rendered", "met"), [(14, True), (15, False), (13, False)])
def test_too_few_pages_are_as_wrong_as_too_many(rendered: int, met: bool) -> None:  # noqa: FBT001 - a case
    edited = result("digest", "title", rendered=rendered, showing=14)
    assert [verdict.met for verdict in verdicts([edited]) if verdict.goal.figure.step == "title"] == [met]


def test_figures_are_published_between_their_marks(tmp_path: Path) -> None:
    document = tmp_path / "x.md"
    document.write_text("a <!-- figures -->old<!-- end of figures --> b", encoding="utf-8")
    publish("new", document)
    assert document.read_text(encoding="utf-8") == "a <!-- figures -->\n\nnew\n\n<!-- end of figures --> b"
