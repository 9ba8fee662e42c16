"""Scripts that templates write bear a nonce, so that a browser can tell them from whatever a body may hold.

Only a template's own text is looked at. What values print comes later, and never bears the nonce.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jinja2.lexer import Token, TokenStream

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCRIPT = re.compile(r"<script(?=[\s>]|\Z)", re.IGNORECASE)


def with_nonce(stream: TokenStream, nonce: str) -> TokenStream:
    """Return the tokens of a template with a nonce in the tags of scripts.

    It stands without quotes, for such a tag may stand in a script's text: `document.write("<script src=a.js>")`.
    """
    return TokenStream(_marked(stream, nonce), stream.name, stream.filename)


def _marked(stream: TokenStream, nonce: str) -> Iterator[Token]:
    for token in stream:
        is_text = token.type == "data"
        yield Token(token.lineno, "data", _SCRIPT.sub(rf"\g<0> nonce={nonce}", token.value)) if is_text else token
