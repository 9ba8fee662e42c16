"""Reading that never ends, for files that say so: a loop of Python's, one of C's, or waiting."""

from __future__ import annotations

import ctypes
import os
import re
import signal
from collections import deque
from itertools import repeat
from typing import TYPE_CHECKING

from digest.content.parse import Parsed
from digest.content.parse import parse as parse_soon
from digest.preview.edit.note import annotate as annotate_soon

if TYPE_CHECKING:
    from digest.content.load import Source
    from digest.model import Dialect
    from digest.preview.edit.insertions import Refusal


def parse(source: Source, data: bytes, dialect: Dialect) -> Parsed:
    """Parse a file, unless it asks for a hang."""
    if b"HANG LOOP" in data:
        while True:
            pass
    if b"HANG PATTERN" in data:
        re.match(r"(a+)+b", "a" * 64)
    if b"HANG IN A LOOP OF C" in data:
        deque(repeat(0), maxlen=0)  # looks for no signal
    if b"HANG IN C" in data:
        ctypes.PyDLL(None).pause()  # with the interpreter's lock held: no signal handler of Python's runs
    return parse_soon(source, data, dialect)


def annotate(data: bytes, path: str, *, dialect: Dialect, text: str, **asked: str) -> bytes | Refusal:
    """Annotate a source, unless the note asks for a hang."""
    if "HANG" in text:
        parse(None, text.encode(), dialect)  # type: ignore[arg-type]
    return annotate_soon(data, path, dialect=dialect, text=text, **asked)


def twice(number: int) -> int:
    return 2 * number


def fail(message: str) -> None:
    raise ValueError(message)


def end() -> None:
    """End the process at once, as for want of memory."""
    os._exit(9)


def stop() -> str:
    """Stand still until somebody lets the process go on."""
    os.kill(os.getpid(), signal.SIGSTOP)
    return "went on"
