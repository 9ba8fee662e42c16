"""Which files may be bound differently when names change: those that hold a word of a changed record's names.

A coarse answer and a safe one: the words are looked for, in any case, in everything that is remembered of a file.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from digest.engine.rows import FileRecord
    from digest.linking.name_index import NameIndex
    from digest.state.store import Store

_WORD = re.compile(r"[a-z0-9]+")
_FOLDED = ("ß", "ẞ", "ŉ", "ſ", "ǰ", "ẖ", "ẗ", "ẘ", "ẙ", "ẚ", "K", "İ", "ﬀ", "ﬁ", "ﬂ", "ﬃ", "ﬄ", "ﬅ", "ﬆ")
"""What letters of ASCII are the folded form of, besides themselves (CaseFolding.txt of Unicode)."""


def concerned(store: Store, heads: Mapping[str, FileRecord], *, before: NameIndex, after: NameIndex) -> set[str]:
    """Return the paths among `heads` of files whose references one name index may bind differently than another."""
    probes = _probes(before, after)
    if "" in probes:
        return {*heads}
    search = re.compile("|".join(map(re.escape, [*sorted(probes), *_FOLDED])).encode()).search
    return {
        path
        for path, head in heads.items()
        # A hint names the nearest of all names, so what could not be bound is tried again.
        if head.wrong or any(search(row.lower()) for row in _rows(store, path, head))
    }


def _rows(store: Store, path: str, head: FileRecord) -> Iterator[bytes]:
    for table, name in (("heads", path), ("documents", path), ("fragments", head.fragment)):
        row = store.get(table, name)
        if row is not None:
            yield row


def _probes(before: NameIndex, after: NameIndex) -> set[str]:
    """Return for each changed name a part that every file with the name holds: its longest run of letters of ASCII.

    Of "Café Müller" that is "ller": an accent may be stored as a character of its own, and case may differ, but such a
    run (digits too, in lower case) looks the same everywhere. Of a name in Cyrillic letters it is "", which all hold.
    """
    words: set[str] = set()
    for path in {*before.by_path, *after.by_path}:
        old, new = before.by_path.get(path), after.by_path.get(path)
        if old != new:
            words.update(*(record.words for record in (old, new) if record))
    parts = (_WORD.findall(unicodedata.normalize("NFC", word).lower()) for word in words)
    return {max(found, key=len, default="") for found in parts}
