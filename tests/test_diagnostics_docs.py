"""Every code that digest can emit has a meaning, a section in the manual, and a case that shows it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from digest.diagnostics import CODES
from tests.support.sample import REPOSITORY
from tests.test_bad_inputs import EXERCISED

if TYPE_CHECKING:
    from collections.abc import Iterator

MANUAL = REPOSITORY / "docs" / "diagnostics.md"
ELSEWHERE = {"internal-fault", "timed-out", "unreadable-file", "unsafe-markup", "untrusted-theme"}
"""Codes that only the preview emits (`tests/test_workshop.py`, `tests/test_trust.py`), and those that no input is known for.

They are shown by `tests/test_deadline.py` and `tests/test_gate.py`.
"""

OTHER_WORDS = {
    "apple-app-site-association",
    "data-mention",
    "data-note",
    "data-point",
    "data-span",
    "digest-definition",
    "digest-preview",
    "digest-inline",
    "digest-span",
    "digest-walk",
    "fact-check",
    "in-force",
    "meta-inf",
    "not-found",
    "sec-fetch-dest",
    "sec-fetch-mode",
    "sec-fetch-site",
    "second-hand",
}
"""Hyphenated words that begin a call or a tuple and are no codes."""


def leading_words() -> Iterator[str]:
    """Yield hyphenated words where codes stand: `code=…`, first arguments and first items of tuples."""
    for file in sorted((REPOSITORY / "digest").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            candidates: list[ast.expr] = []
            if isinstance(node, ast.Call):
                candidates = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "code")]
            elif isinstance(node, ast.Tuple):
                candidates = node.elts[:1]
            for candidate in [part for whole in candidates for part in ast.walk(whole)]:
                if isinstance(candidate, ast.Constant) and re.fullmatch(r"[a-z]+(-[a-z]+)+", str(candidate.value)):
                    yield str(candidate.value)


def test_every_code_emitted_has_a_meaning() -> None:
    assert {*leading_words()} - OTHER_WORDS - CODES.keys() == set()


def test_every_code_with_a_meaning_is_emitted() -> None:
    files = [file for file in (REPOSITORY / "digest").rglob("*.py") if file.name != "diagnostics.py"]
    source = "".join(file.read_text(encoding="utf-8") for file in files)
    assert [code for code in CODES if f'"{code}"' not in source] == []


def test_the_manual_has_a_section_for_each_code_in_order() -> None:
    sections = re.findall(r"^### (.+)\n\n(.+)$", MANUAL.read_text(encoding="utf-8"), re.MULTILINE)
    assert dict(sections) == CODES
    assert [code for code, _ in sections] == sorted(CODES)


def test_every_code_is_shown_by_a_case() -> None:
    assert CODES.keys() - EXERCISED == ELSEWHERE
