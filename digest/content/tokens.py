"""Marks and the tokens they stand for: what the scanner hands to the converter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.content.attribution import Attribution
    from digest.decode.written import Written
    from digest.diagnostics import Diagnostic
    from digest.model import NoteKind

MARK = re.compile("\x0e([a-z])(\\d+)\x0f")
"""Mark kinds: m mention, p point anchor, s and e start and end of an annotated span, f definition of a note,
d destination of a link, q attribution of a quotation, x something malformed."""

NOTE_BREAK = "\x13"
"""Separates the body and each note in the converted text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of source that was replaced, and what is wrong with it if it stands where it means something."""

    at: Written
    problems: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionToken(Token):
    """`[[ref|label]]`; `opted_out` is `[[!name]]`."""

    ref: Written
    label: str
    opted_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorToken(Token):
    """`[^id]`, or the start or end of `[span][^id]`."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionToken(Token):
    """`[^id]: Kind (verdict):`."""

    note: str
    kind: NoteKind
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationToken(Token):
    """The destination of a link that is not a web address."""

    target: Written


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributionToken(Token):
    """The last line of a block quotation."""

    attribution: Attribution
