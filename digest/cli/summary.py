"""What a run came to, in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.diagnostics import Diagnostic
    from digest.output.write import PublishReport

_HIDDEN = ("draft", "future entry", "expired entry")


def plural(number: int, word: str) -> str:
    if number == 1:
        return f"{number:,} {word}"
    return f"{number:,} {word[:-1]}ies" if word.endswith("y") else f"{number:,} {word}s"


def count_problems(problems: Iterable[Diagnostic]) -> str:
    severities = [str(problem.severity) for problem in problems]
    counts = ((severities.count(word), word) for word in ("error", "warning"))
    return " and ".join(plural(number, word) for number, word in counts if number)


def contents(facts: Mapping[str, int]) -> str:
    """Return how much a digest holds; `facts` are those of `digest.engine.last_build.Last`."""
    words = (("entries", "article"), ("quotes", "quote"), ("notes", "note"))
    return ", ".join(plural(facts[key], word) for key, word in words)


def hidden(facts: Mapping[str, int]) -> str:
    found = ((facts[plural(2, word).removeprefix("2 ")], word) for word in _HIDDEN)
    listed = ", ".join(plural(number, word) for number, word in found if number)
    return f" Hidden: {listed}." if listed else ""


def summary(facts: Mapping[str, int], written: PublishReport, *, name: str, warnings: int, seconds: float) -> str:
    files = f"{written.changed:,} files written, {written.unchanged:,} unchanged, {written.removed:,} removed"
    noted = f" {plural(warnings, 'warning')}." if warnings else ""
    made = f"{plural(facts['pages'], 'page')} from {contents(facts)} in {name}/ ({files}) in {seconds:.1f} s."
    return f"{made}{hidden(facts)}{noted}"
