"""Bytes to text, and offsets to lines: the one reading of a file that all offsets refer to.

Invariants: a byte order mark is dropped, CRLF and CR become LF, and the result holds no control character but
tab and line feed, so that the body converter may use them as marks of its own.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from digest.diagnostics import Diagnostic

MAX_BYTES = 1024 * 1024
"""A text file larger than this is refused: an entry is prose, and the converter's cost grows with the square."""

# C0 and C1 controls but tab and LF; U+2028/2029 break lines in some editors and not in others; U+FEFF inside the
# text and lone surrogates are damage; U+FFFE and U+FFFF are not characters. XML 1.0 allows none of the C0 ones.
# U+202A to U+202E turn the order of all that follows, on the page and in a reviewer's editor (CVE-2021-42574).
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ufeff\ufffe\uffff\ud800-\udfff]")
_COMMON = re.compile("[\t\n -~\xa0-\u02ff\u2010-\u2027\u2030-\u203a\u20ac]*")
"""Texts in Latin letters with typographic signs: nothing is wrong with them, and one look tells, not three."""

_ISOLATES = re.compile("[\u2066-\u2069]")
_POP = "\u2069"
"""Ends an isolate."""

_CANDIDATES = re.compile(r"[^\x00-\u02ff\w\s]{31,}")
_MOST_MARKS = 30
"""Combining marks that may follow one another: Unicode's Stream-Safe Text Format (UAX #15, 13). More are ordered in
time that grows with their square."""


class Position(NamedTuple):
    """A place for people: line and column count from 1, the column in characters."""

    line: int
    column: int


def decode(data: bytes, path: str) -> tuple[str, list[Diagnostic]]:
    """Read the bytes of one file as UTF-8; what cannot be read is replaced so that an excerpt can still be shown."""
    if len(data) > MAX_BYTES:
        return "", [
            Diagnostic(
                code="too-large",
                message=f"the file holds more than {MAX_BYTES:,} bytes",
                path=path,
                hint="split it, or move it out of `content/`",
            )
        ]
    try:
        text = normalise(data.decode())
    except UnicodeDecodeError as error:
        text = normalise(data.decode(errors="replace"))
        start = len(normalise(data[: error.start].decode(errors="replace")))
        return text, [
            Diagnostic(
                code="bad-encoding",
                message=f"byte 0x{data[error.start]:02x} is not UTF-8",
                path=path,
                start=start,
                end=start + 1,
                hint="save the file as UTF-8",
            )
        ]
    return text, _controls(text, path)


def normalise(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def position(text: str, offset: int) -> Position:
    """Return line and column of an offset; an offset past the end is the end."""
    before = text[:offset]
    return Position(before.count("\n") + 1, len(before) - before.rfind("\n"))


def _controls(text: str, path: str) -> list[Diagnostic]:
    if _COMMON.fullmatch(text):
        return []
    found = FORBIDDEN.search(text)
    if found:
        message, span = unpublishable(found[0]), found.span()
    elif (at := _unpaired(text)) >= 0:
        message, span = f"U+{ord(text[at]):04X} is not paired on its line, and would turn what follows", (at, at + 1)
    elif (at := _piled(text)) >= 0:
        message, span = f"more than {_MOST_MARKS} combining marks on one character", (at, at + 1)
    else:
        return []
    return [
        Diagnostic(
            code="control-character",
            message=message,
            path=path,
            start=span[0],
            end=span[1],
            hint="delete it; it often comes from copying out of a web page or a PDF",
        )
    ]


def _unpaired(text: str) -> int:
    """Return where a directional isolate stands that nothing on its line ends, or the end of one, or -1."""
    opened: list[int] = []
    before = 0
    for found in _ISOLATES.finditer(text):
        if opened and text.find("\n", before, found.start()) >= 0:
            return opened[0]
        before = found.end()
        if found[0] != _POP:
            opened.append(found.start())
        elif opened:
            opened.pop()
        else:
            return found.start()
    return opened[0] if opened else -1


def _piled(text: str) -> int:
    """Return where too many combining marks begin, or -1."""
    for found in _CANDIDATES.finditer(text):
        length = 0
        for at, sign in enumerate(found[0], found.start()):
            length = length + 1 if unicodedata.combining(sign) else 0
            if length > _MOST_MARKS:
                return at - _MOST_MARKS
    return -1


def unpublishable(text: str) -> str:
    """Return what is wrong with the first character of `text` that no file may hold, or ""."""
    found = FORBIDDEN.search(text)
    if not found:
        return ""
    name = unicodedata.name(found[0], "control character")
    return f"U+{ord(found[0]):04X} ({name.lower()}) cannot be published"
