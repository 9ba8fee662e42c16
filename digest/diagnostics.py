"""A problem in the user's files, as a value.

Invariants: stages return diagnostics and never raise them; `start` and `end` are offsets in characters into the
file's text as `digest.decode.text` reads it, and become line and column only where they are shown; codes are
stable and each is described in `docs/diagnostics.md`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from digest.values import Value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class Severity(StrEnum):
    """An error stops the build; a warning stops it under `--strict` only."""

    ERROR = "error"
    WARNING = "warning"


CODES = {
    "ambiguous-bracket": "A bracket at the beginning of a quoted paragraph may be a language or a word.",
    "ambiguous-passage": "The words that a note from outside stands at occur more than once.",
    "ambiguous-reference": "A name may mean several records.",
    "bad-encoding": "A file is not UTF-8.",
    "block-in-note": "A note holds a list, a table, a heading or a quotation.",
    "circular-topics": "A topic is, by way of others, part of itself.",
    "comment-after-value": "An unquoted value is cut at ` #` (a warning).",
    "contradictory-dates": "A role or a name ends before it begins.",
    "contradictory-events": "Events of an agreement cannot all be true.",
    "control-character": "A character that no page or feed may hold.",
    "dead-link": "A symbolic link leads nowhere.",
    "duplicate-anchor": "A note is anchored at two places.",
    "duplicate-id": "An id is taken already.",
    "duplicate-key": "A key or attribute is given twice.",
    "duplicate-note": "Two notes have the same name.",
    "dynamic-template": "A template names another in words that are not constant.",
    "empty-item": "A list item has no value.",
    "empty-link": "A link has no destination.",
    "empty-note": "A note has no text.",
    "empty-quote": "An attribution has no quotation above it.",
    "empty-reference": "A mention names nobody.",
    "empty-value": "A text or an attribute is empty.",
    "folder-link": "A symbolic link leads to a folder, or to something that is not published.",
    "half-indented": "A paragraph below a note is indented by less than the note's own.",
    "hidden-target": "A link leads to something that is not published.",
    "host-file": "A file's name makes it more than a file to a host.",
    "html-comment": "An HTML comment would be published as text.",
    "internal-fault": "A fault of digest's own, in the preview.",
    "invalid-date": "A date has another form, or does not exist.",
    "invalid-id": "An id holds characters that ids cannot hold.",
    "invalid-language": "A language is not a BCP 47 tag.",
    "invalid-name": "A file's name cannot be part of an address.",
    "invalid-redirect": "An old address is not one that a page can have.",
    "invalid-slug": "No address can be made of a slug or a file's name.",
    "invalid-url": "A web address is not whole.",
    "lost-text": "HTML that is let through would swallow words.",
    "misplaced-content": "A Markdown file lies outside the folders that are published, or has not the name of one.",
    "misplaced-note": "A note is anchored where none can stand.",
    "misplaced-quote": "An attributed quotation stands outside an entry.",
    "missing-anchor": "A link leads to a heading, quotation or section that is not there.",
    "missing-date": "An entry has no date.",
    "missing-file": "A file that is linked to or needed is not there.",
    "missing-key": "A key that is needed is missing or has no value.",
    "missing-note": "An anchor has no note.",
    "missing-passage": "The words that a note from outside stands at do not occur in the text.",
    "missing-speaker": "An attribution names nobody.",
    "nested-link": "A mention stands inside a link.",
    "no-front-matter": "A file does not begin with front matter, or it is never closed.",
    "no-role-on-date": "Nobody held an office on the day of a quotation (a warning).",
    "not-a-file": "Something in `content/` or a theme is neither a file nor a folder.",
    "not-a-party": "An event's party is not among the agreement's parties.",
    "outside-link": "A symbolic link leads out of the project, or out of a theme.",
    "reserved-name": "A free page has a name that the site itself uses.",
    "same-address": "Two things would have the same address.",
    "seems-private": "A note looks private and would be published.",
    "self-relation": "An agreement is related to itself.",
    "shared-alias": "An alias also means another record.",
    "split-passage": "A passage begins or ends inside a link, code or emphasis.",
    "stray-markup": "Markup stands where it means nothing.",
    "template-error": "A template failed while a page was rendered.",
    "template-syntax": "A template cannot be read.",
    "timed-out": "Reading a file took too long.",
    "too-complex": "A body would take too long to convert.",
    "too-deep": "Lists and mappings, folders, or topics are nested too deep.",
    "too-large": "A file or its front matter is too large.",
    "unanchored-note": "Nothing refers to a note.",
    "unattributed-quote": "A quotation in an entry names nobody (a warning).",
    "unclosed-fence": "A block of fenced code is never closed.",
    "unclosed-mention": "A `[[` is never closed.",
    "unknown-key": "A key or attribute that nobody knows.",
    "unknown-kind": "A kind of note that nobody knows.",
    "unknown-reference": "No record has this id, name or alias.",
    "unknown-theme": "There is no such theme, or a theme extends itself.",
    "unknown-verdict": "A verdict that nobody knows.",
    "unknown-word": "A value is not one of those that the key takes.",
    "unknown-zone": "A time zone that nobody knows.",
    "unreadable-file": "A file went away while the preview read it.",
    "unsafe-link": "A link would run a script or hold data.",
    "unsafe-markup": "A body would publish HTML that no page may hold.",
    "untrusted-theme": "A theme of the project has not been let run on this machine.",
    "unused-definition": "A line that looks like the definition of a link is used by none, and on no page.",
    "wrong-type": "A value is of another type than its key takes.",
    "yaml-alias": "A YAML alias is used.",
    "yaml-anchor": "A YAML anchor is used.",
    "yaml-syntax": "Front matter or settings are not readable as YAML.",
    "yaml-tag": "A YAML tag is used.",
}
"""What each code means, in one line."""


class Diagnostic(Value, kw_only=True):
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


LIKE = 65.0
"""How alike words must be for one to hint at the other, in percent: twice what they share, by what both hold."""

_LONGEST_NAME = 200


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)


def in_order(problems: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return problems by their places, each once."""
    return tuple(sorted({*problems}, key=lambda problem: problem.order))


def nearest(word: str, words: Iterable[str], *, most: int = 3) -> list[str]:
    """Return the `words` a writer may have meant, best first; case is ignored."""
    by_fold = {candidate.casefold(): candidate for candidate in sorted(words)}
    return [by_fold[fold] for fold, _ in alike(word.casefold(), by_fold, most=most)]


def alike(word: str, words: Collection[str], *, most: int) -> list[tuple[str, float]]:
    """Return the words most like one, best first, each with how like it is: from 100, the same, down to `LIKE`.

    Of a word that is longer than any name nothing is said: comparing it with all of them would take long.
    """
    if len(word) > _LONGEST_NAME:
        return []
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only where something is wrong

    found = process.extract(word, [*words], scorer=fuzz.ratio, limit=most, score_cutoff=LIKE)
    return [(one[0], one[1]) for one in found]


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Return "did you mean `x`?" for the nearest words, or "" when none is near."""
    found = nearest(word, words)
    return f"did you mean {either(found)}?" if found else ""


def either(words: Iterable[str]) -> str:
    """Return "`a`, `b` or `c`"."""
    quoted = [f"`{word}`" for word in words]
    return " or ".join(filter(None, [", ".join(quoted[:-1]), *quoted[-1:]]))
