"""The YAML that most front matter is written in, read by its lines: one level of nesting, values on one line.

Exact or nothing: at the slightest doubt the answer is None, and the real parser reads the text (and says what is
wrong with it). `tests/test_quick.py` compares both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.decode.tree import EMPTY, MAX_CHARACTERS, Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from digest.decode.tree import Node

_ENTRY = re.compile(
    r"(?P<indent>[ ]*)(?P<key>[A-Za-z_][A-Za-z0-9_-]{0,60}):(?:[ ]+(?P<value>[^ \n][^\n]*)|[ ]*)(?:\n|\Z)"
)
_ODD = re.compile("[\x00-\x09\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_NOT_PLAIN = re.compile(r"[-?:,\[\]{}#&*!|>'\"%@`]|.*?(?::[ ]|:\Z|[ ]#)")
_QUOTED = re.compile(r"\"[^\"\\]*\"|'[^']*'")
_WORD = r"[\w./()’-]"
_ITEM = re.compile(rf"[^\W_]{_WORD}*+(?:[ ]++{_WORD}++)*+")
_LIST = re.compile(rf"\[[ ]*(?:{_ITEM.pattern}[ ]*(?:,[ ]*{_ITEM.pattern}[ ]*)*+)?\]")


def read_plain(text: str, base: int) -> Mapping | None:
    """Return the mapping that `text`, at offset `base` of the file, surely is; None where it may be anything else."""
    if not text or len(text) > MAX_CHARACTERS or _ODD.search(text):
        return None
    root = _mapping(base)
    lines, at = _Lines(base, root, root), 0
    while at < len(text):
        found = _ENTRY.match(text, at)
        if found is None or not lines.take(found):
            return None
        at = found.end()
    lines.close(base + at)
    return root


@dataclass(slots=True)
class _Lines:
    """Takes one `key: value` line after the other; `waiting` is a key that an indented mapping may follow."""

    base: int
    root: Mapping
    inner: Mapping
    indent: int = 0
    waiting: str = ""

    def take(self, found: re.Match[str]) -> bool:
        """Put a line's key and value in their mapping; False where they are not surely what they seem."""
        key, value, start = found["key"], found["value"], self.base + found.start("key")
        if not self._fits(len(found["indent"]), start) or key in self.inner.keys_at:
            return False
        span = self.inner.keys_at[key] = (start, start + len(key))
        if not value:
            self.inner.empty[key] = span
            self.waiting = "" if self.indent else key
            return True
        self.waiting = ""
        node = _value(value.rstrip(" "), self.base + found.start("value"))
        if node is not None:
            self.inner[key] = node
        return node is not None

    def _fits(self, indent: int, start: int) -> bool:
        """Open or close the indented mapping where a line at `start` does; False where it can do neither."""
        if indent == self.indent:
            return True
        if not indent:
            self.inner.span = (self.inner.span[0], start)
            self.inner, self.indent = self.root, 0
            return True
        if self.indent or not self.waiting:
            return False
        self.inner, self.indent = _mapping(start), indent
        del self.root.empty[self.waiting]
        self.root[self.waiting] = self.inner
        return True

    def close(self, end: int) -> None:
        self.root.span, self.inner.span = (self.root.span[0], end), (self.inner.span[0], end)


def _mapping(start: int) -> Mapping:
    mapping = Mapping()
    mapping.span, mapping.keys_at, mapping.empty = (start, start), {}, {}
    return mapping


def _value(written: str, start: int) -> Node | None:
    if not _NOT_PLAIN.match(written):
        return None if written in EMPTY else _scalar(written, start, start + len(written))
    if written[0] == "[":
        return _list(written, start)
    return _scalar(written[1:-1], start, start + len(written)) if _QUOTED.fullmatch(written) else None


def _list(written: str, start: int) -> Sequence | None:
    if not _LIST.fullmatch(written):
        return None
    found = Sequence(_scalar(item[0], start + item.start(), start + item.end()) for item in _ITEM.finditer(written))
    found.span = (start, start + len(written))
    return None if any(item in EMPTY for item in found) else found


def _scalar(text: str, start: int, end: int) -> Scalar:
    scalar = Scalar(text)
    scalar.span = (start, end)
    return scalar
