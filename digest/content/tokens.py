"""Marks and the tokens they stand for: what the scanner hands to the converter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.values import Value

if TYPE_CHECKING:
    from digest.content.attribution import Attribution
    from digest.decode.written import Written
    from digest.diagnostics import Diagnostic
    from digest.model import NoteKind

MARK = re.compile("\x0e([a-z])(\\d+)\x0f")
"""Mark kinds: m mention, p point anchor, s and e start and end of an annotated span, f definition of a note,
d destination of a link, q attribution of a quotation, k fenced code, x something malformed."""

NOTE_BREAK = "\x13"
"""Separates the body and each note in the converted text."""


class Token(Value, kw_only=True):
    """A piece of source that was replaced, and what is wrong with it if it stands where it means something."""

    at: Written
    problems: tuple[Diagnostic, ...] = ()


class MentionToken(Token, kw_only=True):
    """`[[ref|label]]`; `opted_out` is `[[!name]]`."""

    ref: Written
    label: str
    opted_out: bool


class AnchorToken(Token, kw_only=True):
    """`[^id]`, or the start or end of `[span][^id]`."""

    note: str


class DefinitionToken(Token, kw_only=True):
    """`[^id]: Kind (verdict):`."""

    note: str
    kind: NoteKind
    verdict: str


class DestinationToken(Token, kw_only=True):
    """The destination of a link that is not a web address."""

    target: Written


class CodeToken(Token, kw_only=True):
    """A block of fenced code: what stands behind the opening marks, and the code."""

    info: str
    code: str


class AttributionToken(Token, kw_only=True):
    """The last line of a block quotation."""

    attribution: Attribution
