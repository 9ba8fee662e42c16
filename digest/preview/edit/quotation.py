"""Attributions written into a source on behalf of somebody who selected somebody's words on its page.

A function from a file's bytes to its new bytes, or to a refusal. Only insertions are made. The last word is the
parser's: the new file says what the old one said, with one quotation more.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.content.apparatus import QUOTED
from digest.content.syntax import MENTION_LENGTH
from digest.decode.text import unpublishable
from digest.preview.edit.insertions import Edit, Opened, Refusal, open_source
from digest.preview.edit.proof import Trial, settle, trial_of
from digest.preview.edit.selection import find, shown, words_of

if TYPE_CHECKING:
    from digest.model import Dialect

_QUOTATION = re.compile(r"^(?P<marker>[ ]{0,3}>[ ]?)[^\n]*(?:\n[ \t]*[^ \t\n][^\n]*)*", re.MULTILINE)
_SPEAKER = re.compile(r"[^!\[\]|][^\[\]|]*")
_ENDS = ((0, 0), (1, 1), (1, 0), (0, 1))
"""How many characters before and after a selection may be its quotation marks."""


def attribute(data: bytes, path: str, selection: str, *, speaker: str, dialect: Dialect) -> bytes | Refusal:
    """Make the selected words a quotation of `speaker`, an id, a name or an alias, whose meaning is not looked up.

    The whole text of a block quotation gets an attribution line; other words become `[[speaker|“words”]]`, with the
    quotation marks they have.
    """
    opened, who = open_source(data, path), " ".join(speaker.split())
    if isinstance(opened, Refusal):
        return opened
    if not _SPEAKER.fullmatch(who) or unpublishable(who):
        return Refusal("the speaker must be an id, a name or an alias")
    body, words = opened.text[opened.body :], words_of(selection)
    whole = [found for found in _QUOTATION.finditer(body) if words and shown(found[0]) == shown(words)]
    if len(whole) == 1:
        return _attribute_block(opened, whole[0], who, words=words, dialect=dialect)
    place = find(body, selection)
    return place if isinstance(place, Refusal) else _attribute_inline(opened, place, who, dialect=dialect)


def _attribute_block(
    opened: Opened, quotation: re.Match[str], who: str, *, words: str, dialect: Dialect
) -> bytes | Refusal:
    end = opened.body + quotation.end()
    trial = trial_of(opened, [Edit(end, end, f"\n{quotation['marker']}— [[{who}]]")], dialect=dialect)
    return settle(opened, trial, trial.problem() or _block_problem(trial, who, words), (0, 0))


def _attribute_inline(opened: Opened, place: tuple[int, int], who: str, *, dialect: Dialect) -> bytes | Refusal:
    body = opened.text[opened.body :]
    start, end = _with_marks(body, place) or place
    left, right = ("", "") if QUOTED.fullmatch(body[start:end]) else ("“", "”")
    before, after = f"[[{who}|{left}", f"{right}]]"
    if len(before) + end - start + len(after) > MENTION_LENGTH:
        return Refusal("these words are too many for a quotation in running text: make them a block quotation")
    label = words_of(left + body[start:end] + right)
    if not QUOTED.fullmatch(label):
        return Refusal("these words hold quotation marks of their own: select words between or around them")
    edits = [
        Edit(opened.body + start, opened.body + start, before),
        Edit(opened.body + end, opened.body + end, after),
    ]
    trial = trial_of(opened, edits, dialect=dialect)
    return settle(opened, trial, trial.problem() or _inline_problem(trial, who, label, (left, right)), place)


def _with_marks(body: str, place: tuple[int, int]) -> tuple[int, int] | None:
    """Return the place with the quotation marks that the words begin and end with, or stand between."""
    start, end = place
    places = [(max(0, start - before), end + after) for before, after in _ENDS]
    return next((each for each in places if QUOTED.fullmatch(body, *each)), None)


def _block_problem(trial: Trial, who: str, words: str) -> str:
    """Return what is wrong unless there is one more block quotation, of these words by `who`, and all else stays."""
    element = '<figure class="quote" id="[^"]*">(?P<words>.*?)\x11q\\d+\x12</figure>'
    told = [
        (quote.speaker and quote.speaker.text, quote.wording.occasion, words_of(" ".join(quote.wording.paragraphs)))
        for quote in trial.new_quotes()
    ]
    if told != [(who, "", words)] or not trial.with_one_element(element):
        return "this block quotation would be read in another way: write its attribution by hand"
    return ""


def _inline_problem(trial: Trial, who: str, label: str, marks: tuple[str, str]) -> str:
    """Return what is wrong unless there is one more quotation of these words by `who`, and all else is as it was."""
    link = '<a class="mention" href="\x11h\\d+\x12">{}(?P<words>.*?){}</a>'.format(*marks)
    told = [(quote.speaker and quote.speaker.text, *quote.wording.paragraphs) for quote in trial.new_quotes()]
    element = f'<span class="said" id="[^"]*">{link}</span>'
    if told != [(who, label)] or not trial.with_one_element(element):
        return "these words cannot be a quotation here without changing what stands around them"
    return ""
