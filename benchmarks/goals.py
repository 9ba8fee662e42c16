"""The goals, all of them, and how results are held against them."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks.results import Result

Quantity = Literal["wall", "processor", "peak", "rendered", "showing"]


@dataclass(frozen=True, slots=True)
class Figure:
    """What is measured of which tool at which step; `times` the usual number of entries."""

    tool: str
    step: str
    quantity: Quantity = "wall"
    times: int = 1


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure, by itself or divided by another of the same repetition, and what it may be at most."""

    kind: str
    text: str
    figure: Figure
    by: Figure | float
    at_most: float
    unit: str = "×"
    exactly: bool = False
    """Less would be wrong too: a page that should have been rendered was not."""


HUGO = Figure("hugo", "cold")
MIB = 1024.0**2
GOALS = (
    Goal("time", "cold build ÷ Hugo's build", Figure("digest", "cold"), HUGO, 1.0),
    Goal("time", "no-op build ÷ Hugo's build", Figure("digest", "no-op"), HUGO, 0.05),
    Goal("time", "one body edited ÷ Hugo's build", Figure("digest", "body"), HUGO, 0.15),
    Goal(
        "time", "one body edited: pages rendered", Figure("digest", "body", "rendered"), 1.0, 1.0, "pages", exactly=True
    ),
    Goal(
        "time",
        "title edited: pages rendered ÷ pages that show it",
        Figure("digest", "title", "rendered"),
        Figure("digest", "title", "showing"),
        1.0,
        exactly=True,
    ),
    Goal("time", "CI publish, ten entries changed ÷ Hugo's build", Figure("digest", "publish"), HUGO, 0.3),
    Goal("memory", "peak memory ÷ Hugo's", Figure("digest", "cold", "peak"), Figure("hugo", "cold", "peak"), 0.35),
    Goal(
        "scale", "ten times the entries: cold ÷ cold", Figure("digest", "cold", times=10), Figure("digest", "cold"), 11
    ),
    Goal(
        "scale",
        "ten times the entries: cold ÷ Hugo's build",
        Figure("digest", "cold", times=10),
        Figure("hugo", "cold", times=10),
        0.8,
    ),
    Goal(
        "scale memory",
        "ten times the entries: peak memory",
        Figure("digest", "cold", "peak", times=10),
        MIB,
        1500,
        "MiB",
    ),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a goal on a medium; `values` holds one number for each repetition that has both figures."""

    goal: Goal
    medium: str
    values: Sequence[float]

    @property
    def value(self) -> float | None:
        return median(self.values) if self.values else None

    @property
    def met(self) -> bool:
        if self.goal.exactly:
            return all(value == self.goal.at_most for value in self.values)
        return self.value is not None and self.value <= self.goal.at_most


def verdicts(results: Sequence[Result]) -> list[Verdict]:
    """Hold the results against every goal, on each medium they were measured on."""
    found = []
    for goal in GOALS:
        own = [result for result in results if result.kind == goal.kind and not result.problem]
        media = list(dict.fromkeys(result.medium for result in own)) or ["–"]
        found += [Verdict(goal, medium, values(goal, own, medium)) for medium in media]
    return found


def values(goal: Goal, results: Sequence[Result], medium: str) -> list[float]:
    """Return the goal's figure of every repetition in which all it needs was measured without a failure."""
    own = [result for result in results if result.medium == medium]
    above = by_repeat(own, goal.figure)
    if isinstance(goal.by, float):
        return [value / goal.by for value in above.values()]
    below = by_repeat(own, goal.by)
    return [value / below[repeat] for repeat, value in above.items() if below.get(repeat)]


def by_repeat(results: Iterable[Result], figure: Figure) -> Mapping[int, float]:
    """Return the figure's value of each repetition that has one."""
    return {
        result.repeat: float(getattr(result, figure.quantity))
        for result in results
        if (result.tool, result.step, result.times) == (figure.tool, figure.step, figure.times)
        and getattr(result, figure.quantity) >= 0
    }
