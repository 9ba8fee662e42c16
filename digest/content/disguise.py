"""What looks like a source and is none by its name: `a.MD`, `a.md.bak`, a text file with front matter.

As a file of another kind it would be published as it is, drafts and private notes included.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.decode.text import normalise
from digest.digests import plain

if TYPE_CHECKING:
    from pathlib import Path

MARKDOWN = re.compile(r"\.(?:md|mkd|mdx|mkdn|mdwn|mdown|mdtxt|mdtext|markdown|rmd|qmd)(?![^\W_])", re.IGNORECASE)
"""A Markdown file's suffix, also before another: `a.MD`, `a.md.bak`, `a.markdown.txt`, `a.md (2)`."""

_MEDIA = frozenset(
    """
    7z avif bmp epub flac gif gz ico jpeg jpg m4a m4v mov mp3 mp4 odp ods odt oga ogg ogv opus otf png ppt pptx tif tiff
    ttf wasm wav weba webm webp woff woff2 xls xlsx zip
    """.split()  # noqa: SIM905 - words read better than a list of literals
)
"""Suffixes of files that hold no text a person would write; all others are looked into."""

_FRONT_MATTER = re.compile(r"\s*(?:<!--.*?-->\s*)?(?P<fence>---|\+\+\+)(?![-+])[^\n]*\n(?P<inside>.*)", re.DOTALL)
_KEYED = re.compile(
    r"^[ \t]*[\"'{?]*[ \t]*(?:title|name|draft|embargo|date)[\"']?[ \t]*[:=]", re.MULTILINE | re.IGNORECASE
)
_CLOSED = re.compile(r"^(?:---|\+\+\+)", re.MULTILINE)
"""A file of YAML may begin with `---` as well; front matter has a second such line."""

_NOTE = re.compile(r"^[ \t]*\[\^[^\]\s]+\]:", re.MULTILINE)
"""A note's definition: a text that holds one is meant for us, whatever it begins with."""

_LOOKED_INTO = 128 * 1024
"""Bytes in which front matter is looked for: all that may be read of it."""


def seems_a_source(root: Path, path: str) -> bool:
    """Tell whether a file that is no source by its name looks like one: by its suffix, or because of front matter."""
    name = path[path.rfind("/") + 1 :]
    if MARKDOWN.search(name):
        return True
    if name[name.rfind(".") + 1 :].lower() in _MEDIA:
        return False
    with open(root / path, "rb", opener=plain) as file:
        text = _readable(file.read(_LOOKED_INTO))
    front = _FRONT_MATTER.match(text)
    if not front or not _KEYED.search(front["inside"]):
        return _NOTE.search(text) is not None
    return not name.lower().endswith((".yaml", ".yml")) or _CLOSED.search(front["inside"]) is not None


def _readable(data: bytes) -> str:
    """Return bytes as a person would read them, whatever they are encoded in; "" for what is no text."""
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
    text = normalise(data.decode(encoding, errors="replace"))
    return "" if "\0" in text[:_LOOKED_INTO] else text
