"""Character references of HTML: `&amp;`, `&#38;`. None makes a character that no file may hold."""

from __future__ import annotations

import html
import re

from digest.decode.text import FORBIDDEN

NUMERIC = re.compile(r"&#(?:[xX][0-9a-fA-F]+|[0-9]+);?")


def unescaped(text: str) -> str:
    """Return HTML's text as words; what stands for no character is replaced by U+FFFD, as browsers do."""
    return FORBIDDEN.sub("\ufffd", html.unescape(text)) if "&" in text else text


def is_forbidden(reference: str) -> bool:
    """Tell whether a numeric reference stands for nothing, or for a character that no file may hold."""
    character = html.unescape(reference)
    return character in {"", "\ufffd"} or FORBIDDEN.match(character) is not None
