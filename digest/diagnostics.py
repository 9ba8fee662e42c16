"""A problem in the user's files, as a value.

Invariants: stages return diagnostics and never raise them; `start` and `end` are offsets in characters into the
file's text as `digest.decode.text` reads it, and become line and column only where they are shown; codes are
stable and each is described in `docs/diagnostics.md`.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(StrEnum):
    """An error stops the build; a warning stops it under `--strict` only."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One problem: where (`path` is relative to the root, POSIX), what, and what to do about it."""

    code: str
    message: str
    path: str
    start: int = 0
    end: int = 0
    hint: str = ""
    severity: Severity = Severity.ERROR

    @property
    def order(self) -> tuple[str, int, str, str]:
        """Sorting key: place first, so that people read a file's problems top down."""
        return (self.path, self.start, self.code, self.message)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)


def nearest(word: str, words: Iterable[str], *, most: int = 3) -> list[str]:
    """Return the `words` a writer may have meant, best first (difflib ratio ≥ 0.6, case ignored)."""
    by_fold = {candidate.casefold(): candidate for candidate in sorted(words)}
    found = difflib.get_close_matches(word.casefold(), by_fold, n=most)
    return [by_fold[fold] for fold in found]


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Return "did you mean `x`?" for the nearest words, or "" when none is near."""
    found = nearest(word, words)
    return f"did you mean {either(found)}?" if found else ""


def either(words: Iterable[str]) -> str:
    """Return "`a`, `b` or `c`"."""
    quoted = [f"`{word}`" for word in words]
    return " or ".join(filter(None, [", ".join(quoted[:-1]), *quoted[-1:]]))
