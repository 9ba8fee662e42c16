"""Measure parts: tools take turns, and every result is kept at once."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from benchmarks import corpus
from benchmarks.measure import run
from benchmarks.results import Result
from benchmarks.steps import COLD, RENDERED, STEPS, WRITTEN, Site, number, problem, showing, sizes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from benchmarks.results import Store
    from benchmarks.steps import Prepared, Step
    from benchmarks.tools import Tool

WARM_UP = 20
"""Entries of a site that is built once before anything is measured."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is measured together: some tools on one medium, with `entries` × each of `times`.

    `memory` says that memory is measured, and not times.
    """

    kind: str
    medium: str
    folder: Path
    entries: int
    repeats: int
    tools: Sequence[Tool]
    times: Sequence[int] = (1,)
    memory: bool = False

    def steps(self, tool: Tool) -> Sequence[Step]:
        """Return all steps; cold builds alone where the number of entries is the question."""
        return STEPS[tool.name] if self.times == (1,) else (COLD,)


def measure(part: Part, store: Store) -> Iterator[Result]:
    """Measure what the store does not hold yet, and yield each result when it is there."""
    done = {turn_of(result) for result in store.read()}
    try:
        for tool in part.tools:
            warm_up(part, tool)
        for repeat, times, tool in product(range(part.repeats), part.times, part.tools):
            if (part.kind, part.medium, repeat, times, tool.name) not in done:
                results = list(turn(part, tool, times=times, repeat=repeat))
                store.add(results)
                yield from results
    finally:
        shutil.rmtree(part.folder, ignore_errors=True)


def warm_up(part: Part, tool: Tool) -> None:
    """Build a small site, so that programs are in memory and compiled; if that fails, so will what is measured."""
    run(tool.build(write(part, tool, WARM_UP).root))


def write(part: Part, tool: Tool, entries: int) -> Site:
    """Write a site anew, so that no edit of an earlier turn is left."""
    site = Site(tool, part.folder / tool.name)
    shutil.rmtree(site.root, ignore_errors=True)
    corpus.write(entries, site.root, tool=tool.name)
    tool.prepare(site.root)
    return site


def turn_of(result: Result) -> tuple[object, ...]:
    return (result.kind, result.medium, result.repeat, result.times, result.tool)


def turn(part: Part, tool: Tool, *, times: int, repeat: int) -> Iterator[Result]:
    """Let a tool take its steps on a site of its own."""
    site = write(part, tool, part.entries * times)
    for step in part.steps(tool):
        prepared = step.prepare(site, f"qx{repeat}{step.name.replace('-', '')}")
        yield look(part, step, prepared, times=times, repeat=repeat)
        if prepared.site.root != site.root:
            shutil.rmtree(prepared.site.root)
    shutil.rmtree(site.root)


def look(part: Part, step: Step, prepared: Prepared, *, times: int, repeat: int) -> Result:
    """Build, and tell how it went."""
    site = prepared.site
    outcome = run(site.tool.build(site.root), memory=part.memory)
    failure = f"exit {outcome.status}: {outcome.printed[-2000:]}" if outcome.status else problem(prepared)
    counted = sizes(site.output)
    return Result(
        kind=part.kind,
        medium=part.medium,
        repeat=repeat,
        entries=part.entries * times,
        times=times,
        tool=site.tool.name,
        step=step.name,
        problem=failure,
        wall=outcome.wall,
        processor=outcome.processor,
        peak=outcome.peak,
        rendered=number(RENDERED, outcome.printed),
        written=number(WRITTEN, outcome.printed),
        showing=showing(prepared),
        pages=len(sizes(site.output, ".html")),
        files=len(counted),
        size=sum(counted),
        state=sum(sizes(site.state)),
    )
