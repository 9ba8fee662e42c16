"""Results as Markdown."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from benchmarks.goals import MIB, verdicts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from benchmarks.goals import Quantity, Verdict
    from benchmarks.results import Result

HEAD = ("entries", "medium", "tool", "step")
STEPS = {
    "cold": "cold build",
    "again": "built again over its pages",
    "no-op": "nothing changed",
    "body": "a word in one body",
    "title": "a title",
    "actor": "an actor's office",
    "entry": "an entry added",
    "publish": "CI publish: ten entries changed",
}


def report(results: Sequence[Result], *, machine: str, versions: str, command: str) -> str:
    """Return the figures: where and how they were measured, goals, times, memory, sizes, failures."""
    return "\n\n".join(
        part
        for part in (
            f"{machine}.",
            f"{versions}.",
            f"`{command}`",
            "### Goals",
            goals(results),
            "### Times",
            times(results),
            "### Memory",
            memory(results),
            "### What is written",
            written(results),
            failures(results),
        )
        if part
    )


def goals(results: Sequence[Result]) -> str:
    return table(
        ("what", "medium", "goal", "measured", "range", ""),
        (goal(verdict) for verdict in verdicts(results)),
    )


def goal(verdict: Verdict) -> tuple[str, ...]:
    unit = "" if verdict.goal.unit == "×" else f" {verdict.goal.unit}"
    start = (
        verdict.goal.text,
        verdict.medium,
        f"{'=' if verdict.goal.exactly else '≤'} {figure(verdict.goal.at_most)}{unit}",
    )
    if verdict.value is None:
        return (*start, "–", "", "not measured")
    return (
        *start,
        f"{figure(verdict.value)}{unit}",
        f"{figure(min(verdict.values))} – {figure(max(verdict.values))}",
        "met" if verdict.met else "**missed**",
    )


def figure(value: float) -> str:
    """Return a number with as many digits as mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits


def times(results: Sequence[Result]) -> str:
    own = [result for result in results if result.kind in {"time", "scale"}]
    return table(
        (*HEAD, "wall, s", "range", "÷ Hugo", "user + system, s", "÷ Hugo", "rendered", "showing"),
        (line(group, own) for group in groups(own)),
    )


def line(group: Sequence[Result], results: Sequence[Result]) -> tuple[str, ...]:
    good = [result for result in group if not result.problem]
    walls = [result.wall for result in good]
    return (
        *head(group),
        middle(walls, "{:.2f}"),
        f"{min(walls):.2f} – {max(walls):.2f}" if walls else "",
        middle(list(over_hugo(good, results, "wall")), "{:.3f}"),
        middle([result.processor for result in good], "{:.2f}"),
        middle(list(over_hugo(good, results, "processor")), "{:.3f}"),
        middle([result.rendered for result in good if result.rendered >= 0], "{:,.0f}", ""),
        middle([result.showing for result in good if result.showing >= 0], "{:,.0f}", ""),
    )


def over_hugo(group: Iterable[Result], results: Sequence[Result], quantity: Quantity) -> Iterator[float]:
    """Yield each result's figure as a multiple of that of Hugo's cold build in the same repetition."""
    hugo = {alike(result): result for result in results if (result.tool, result.step) == ("hugo", "cold")}
    for result in group:
        by = hugo.get(alike(result))
        if by and not by.problem:
            yield getattr(result, quantity) / getattr(by, quantity)


def alike(result: Result) -> tuple[object, ...]:
    return (result.kind, result.medium, result.times, result.repeat)


def memory(results: Sequence[Result]) -> str:
    own = [result for result in results if result.kind in {"memory", "scale memory"}]
    return table(
        (*HEAD, "peak, MiB", "range"),
        (peaks(group) for group in groups(own)),
    )


def peaks(group: Sequence[Result]) -> tuple[str, ...]:
    found = [result.peak / MIB for result in group if not result.problem]
    return (*head(group), middle(found, "{:,.0f}"), f"{min(found):,.0f} – {max(found):,.0f}" if found else "")


def written(results: Sequence[Result]) -> str:
    cold = [result for result in results if result.step == "cold" and not result.problem]
    last = {(result.entries, result.tool): result for result in cold}
    return table(
        ("entries", "tool", "pages", "files", "MB", "state, MB"),
        (
            (f"{entries:,}", tool, f"{found.pages:,}", f"{found.files:,}", *megabytes(found.size, found.state))
            for (entries, tool), found in sorted(last.items())
        ),
    )


def megabytes(*sizes: int) -> Iterator[str]:
    for size in sizes:
        yield f"{size / 1e6:,.1f}"


def failures(results: Sequence[Result]) -> str:
    lines = [
        f"- {result.tool}, {result.step}, {result.kind}, {result.medium}, repetition {result.repeat + 1}: "
        f"{result.problem[-300:]}"
        for result in results
        if result.problem
    ]
    return "\n".join(["### Failed runs", "", *lines]) if lines else "No run failed."


def groups(results: Iterable[Result]) -> list[list[Result]]:
    """Return the results of all repetitions of the same thing, together."""
    found: dict[tuple[object, ...], list[Result]] = {}
    for result in results:
        key = (result.kind, result.medium, result.times, result.tool, result.step)
        found.setdefault(key, []).append(result)
    return list(found.values())


def head(group: Sequence[Result]) -> tuple[str, ...]:
    """Return what the results of a group share; failures are counted."""
    first = group[0]
    failed = sum(bool(result.problem) for result in group)
    note = f" ({failed} of {len(group)} failed)" if failed else ""
    return (f"{first.entries:,}", first.medium, first.tool, f"{STEPS[first.step]}{note}")


def middle(values: Sequence[float], form: str, otherwise: str = "–") -> str:
    return form.format(median(values)) if values else otherwise


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def publish(text: str, document: Path, name: str = "figures") -> None:
    """Put the text between the marks of that name in the document."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, found, rest = document.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"{document} has no place for the {name}")
    document.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")
