"""The parser's word on an edit: nothing but what is meant changes in what a file says.

Both versions are parsed. Facts are compared with their places before the edit; the body's HTML is compared by taking
out the element that is meant to be new. Notes that stay private are looked at like others. Whoever asks sees to it that
it ends (`annotating`): all of an edit is made in the process that reads content.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from digest.content.parse import Parsed, parse
from digest.diagnostics import has_errors
from digest.preview.edit.insertions import Edit, Opened, Refusal, edited, place_before, told
from digest.preview.edit.selection import standing
from digest.values import replaced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.decode.written import Written
    from digest.diagnostics import Diagnostic
    from digest.model import Dialect, Fragment, Note, Quote

_NUMBER = re.compile('(?<=\x11[hqn])\\d+(?=\x12)|(?<= id="ref-)\\d+(?=")')
_PART = "\x13"


@dataclass(frozen=True, slots=True)
class Trial:
    """A file before and after edits. Facts without a place before them are new."""

    before: Parsed
    after: Parsed
    edits: Sequence[Edit]
    data: bytes

    def problem(self) -> str:
        """Return the first problem that there was not before, or that facts have changed that are not new, or ""."""
        known = {(problem.code, problem.message, problem.start) for problem in self.before.problems}
        new = [problem for problem in self.after.problems if self._as_before(problem) not in known]
        if new:
            return f"that would be a mistake in the file: {told(new[0])}"
        same = self._facts(self.before, ()) == self._facts(self.after, self.edits)
        return "" if same else "something else in this file would be read in another way"

    def _as_before(self, problem: Diagnostic) -> tuple[str, str, int]:
        return problem.code, problem.message, self._before(problem.start)

    def new_quotes(self) -> list[Quote]:
        return [quote for quote in self.after.document.quotes if self._before(quote.start) < 0]

    def _before(self, offset: int) -> int:
        return place_before(self.edits, offset)

    @staticmethod
    def _facts(parsed: Parsed, edits: Sequence[Edit]) -> tuple[object, ...]:
        document = parsed.document
        facts: list[tuple[str, int, object]] = [
            *(("mention", mention.ref.start, mention.ref.text) for mention in document.mentions),
            *(("link", link.target.start, link.target.text) for link in document.links),
            *(("opted out", at.start, at.text) for at in document.opted_out),
            *(("quote", quote.start, _comparable(quote)) for quote in document.quotes),
        ]
        placed = [(what, place_before(edits, start), fact) for what, start, fact in facts]
        return *(fact for fact in placed if fact[1] >= 0), document.headings, document.id, document.has_body

    def with_one_element(self, pattern: str, *, noted: bool = False) -> re.Match[str] | None:
        """Return the element that is new, if HTML and notes are the same without it.

        `pattern` names what it holds `words`, and, if it is `noted`, the number of its note `note`.
        """
        old, whole = _numberless(_joined(self.before.fragment)), _joined(self.after.fragment)
        notes_before = _comparable_notes(self.before.document.notes)
        for found in re.finditer(pattern, whole, re.DOTALL):
            parts = (whole[: found.start()] + found["words"] + whole[found.end() :]).split(_PART)
            notes = list(self.after.document.notes)
            if noted:
                del parts[int(found["note"])], notes[int(found["note"]) - 1]
            if _numberless(_PART.join(parts)) == old and _comparable_notes(notes) == notes_before:
                return found
        return None


def trial_of(opened: Opened, edits: Sequence[Edit], *, dialect: Dialect) -> Trial:
    """Parse a file without and with edits."""
    public = replace(dialect, kinds=tuple(replaced(kind, private=False) for kind in dialect.kinds))
    data = edited(opened.data, edits)
    before, after = (parse(opened.source, each, public) for each in (opened.data, data))
    return Trial(before, after, edits, data)


def settle(opened: Opened, trial: Trial, wrong: str, place: tuple[int, int]) -> bytes | Refusal:
    """Return the new bytes if nothing is `wrong`, or why not: by what the words at `place` of the body are part of."""
    if not wrong:
        return trial.data
    if not trial.before.fragment.html and has_errors(trial.before.problems):
        return Refusal(f"this file has to be mended first: {told(trial.before.problems[0])}")
    what = standing(opened.text[opened.body :], *place)
    return Refusal(f"these words stand in {what}: select words of the running text" if what else wrong)


def _joined(fragment: Fragment) -> str:
    return _PART.join(part.strip() for part in (fragment.html, *fragment.notes))


def _numberless(text: str) -> str:
    return _NUMBER.sub("", text)


def _comparable_notes(notes: Sequence[Note]) -> list[Note]:
    return [replaced(note, id="", number=0) for note in notes]


def _comparable(quote: Quote) -> Quote:
    """Return a quotation without its places and numbers, which edits elsewhere change."""
    said = quote.wording
    wording = replaced(
        said,
        number=-1 if said.inline else 0,
        paragraphs=tuple(map(_numberless, said.paragraphs)),
        original=tuple(map(_numberless, said.original)),
    )
    return replaced(
        quote,
        wording=wording,
        speaker=_unplaced(quote.speaker),
        on_behalf_of=_unplaced(quote.on_behalf_of),
        about=tuple(about._replace(start=0, end=0) for about in quote.about),
        start=0,
        end=0,
    )


def _unplaced(written: Written | None) -> Written | None:
    return written and written._replace(start=0, end=0)
