"""What readers of a converted body share: tokens and their use, ids, slots, and problems."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.diagnostics import Diagnostic
from digest.model import RESERVED_IDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

    from digest.content.tokens import Token
    from digest.decode.written import Written

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_APPARATUS_ID = re.compile(r"(?:note|ref|toggle)-\d+")
"""Ids that themes make for notes."""

_ANY_SLOT_BUT_TEXT = re.compile("\x11[nq]\\d+\x12")


@dataclass(slots=True)
class Reading:
    """The reading of one body; `plain` restores stashed characters in a text of the tree."""

    tokens: tuple[Token, ...]
    path: str
    plain: Callable[[str], str]
    problems: list[Diagnostic] = field(default_factory=list)
    _ids: dict[str, int] = field(default_factory=lambda: dict.fromkeys(RESERVED_IDS, 0))
    _slots: int = 0

    def report(self, code: str, message: str, at: Written, *, hint: str = "") -> None:
        self.problems.append(
            Diagnostic(code=code, message=message, path=self.path, start=at.start, end=at.end, hint=hint)
        )

    def use(self, number: str) -> Token:
        """Return the token of a mark that means something; what is wrong with it counts from now on."""
        token = self.tokens[int(number)]
        self.problems += token.problems
        return token

    def slot(self) -> int:
        """Return the number of a new gap."""
        self._slots += 1
        return self._slots

    def unique(self, wanted: str) -> str:
        """Return `wanted`, or with a number behind it where the id is taken, as GitHub numbers them."""
        if not self.taken(wanted):
            self._ids[wanted] = 0
            return wanted
        self._ids[wanted] = self._ids.get(wanted, 0) + 1
        return self.unique(f"{wanted}-{self._ids[wanted]}")

    def taken(self, name: str) -> bool:
        return name in self._ids or bool(_APPARATUS_ID.fullmatch(name))

    def text(self, element: Element) -> str:
        """Return an element's words on one line, with slots for names and without notes."""
        words = "".join(element.itertext())
        return " ".join(_ANY_SLOT_BUT_TEXT.sub("", self.plain(words)).split())
