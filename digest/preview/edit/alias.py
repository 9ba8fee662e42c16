"""Spellings added to the `aliases` of a record's front matter; nothing else in its file changes by a byte."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from digest.content.kinds import by_folder, by_name
from digest.decode.nodes import Mapping, Sequence, read
from digest.decode.text import unpublishable
from digest.decode.tree import EMPTY
from digest.preview.edit.insertions import Edit, Opened, Refusal, edited, open_source, told

if TYPE_CHECKING:
    from digest.content.kind import ContentKind

KEY = "aliases"
_LONGEST = 200
_PLAIN = re.compile(r"[^\W\d_][\w.()’-]*(?: [\w.()’-]+)*")
_WORDS = frozenset({*EMPTY, "y", "n", "yes", "no", "on", "off", "true", "false"})
"""Plain words that YAML takes for something else, in lower case."""
_NO_VALUE = re.compile(r":(?:[ \t]*(?:~|null|Null|NULL))?(?=[ \t]*(?:#|$))", re.MULTILINE)
_DASH = re.compile(r"[ ]*-[ ]+")


def add_alias(data: bytes, path: str, spelling: str) -> bytes | Refusal:
    """Add a spelling to the aliases of the record at `path`, which is relative to the root; `data` are its bytes."""
    opened, word = open_source(data, path), " ".join(spelling.split())
    if isinstance(opened, Refusal):
        return opened
    if not _has_aliases(by_name()[opened.source.kind]):
        return Refusal(f"only {_those_that_have()} have aliases")
    if not word or len(word) > _LONGEST or unpublishable(word):
        return Refusal("this is no spelling of a name")
    matter = _matter(opened)
    return matter if isinstance(matter, Refusal) else _add(opened, matter, word)


def _has_aliases(kind: ContentKind[Any]) -> bool:
    return hasattr(kind.schema(), KEY)


def _those_that_have() -> str:
    """Return the kinds that have aliases, in words: "actors, topics and agreements"."""
    *folders, last = [folder for folder, kind in by_folder().items() if _has_aliases(kind)]
    return f"{', '.join(folders)} and {last}"


def _add(opened: Opened, matter: Mapping, word: str) -> bytes | Refusal:
    names = matter.get(KEY, ())
    if isinstance(names, str | Mapping):
        return Refusal("the `aliases` of this file are no list: mend them first")
    if word.casefold() in {str(name).casefold() for name in (*names, matter.get("name", ""))}:
        return Refusal(f"`{word}` is known as a name of this {opened.source.kind}")
    edit = _edit(opened, matter, _quoted(word))
    return edit if isinstance(edit, Refusal) else _checked(opened, edit, word)


def _matter(opened: Opened) -> Mapping | Refusal:
    start, end = opened.matter
    node, problems = read(opened.text[start:end], path=opened.source.path, base=start)
    return Refusal(told(problems[0])) if node is None else node


def _quoted(word: str) -> str:
    """Return the word as a scalar in any place of a list."""
    plain = _PLAIN.fullmatch(word) and word.casefold() not in _WORDS
    return word if plain else json.dumps(word, ensure_ascii=False)  # JSON's strings are YAML's


def _edit(opened: Opened, matter: Mapping, item: str) -> Edit | Refusal:
    names = matter.get(KEY)
    if isinstance(names, Sequence):
        return _in_list(opened.text, names, item)
    if KEY not in matter.empty:
        end = opened.matter[1]
        return Edit(end, end, f"{KEY}: [{item}]\n")
    at = matter.keys_at[KEY][1]
    found = _NO_VALUE.match(opened.text, at)
    return Edit(at, found.end(), f": [{item}]") if found else _by_hand()


def _in_list(text: str, names: Sequence, item: str) -> Edit | Refusal:
    start, end = names.span
    flow = text[start] == "["
    if flow and not names:
        return Edit(start + 1, start + 1, item)
    first, after = names[-1].span
    if flow:
        return Edit(after, after, f", {item}")
    dash = _DASH.match(text, text.rfind("\n", 0, first) + 1)
    last = len(text[:after].rstrip())  # a block scalar ends where the next line begins
    line_end = text.find("\n", last, max(end, last) + 1)
    return Edit(line_end, line_end, f"\n{dash[0]}{item}") if dash and line_end >= 0 else _by_hand()


def _by_hand() -> Refusal:
    return Refusal("the `aliases` of this file are written in a way that is not edited here: add it by hand")


def _checked(opened: Opened, edit: Edit, word: str) -> bytes | Refusal:
    """Return the new bytes if they say what the old ones said, and one alias more."""
    data = edited(opened.data, [edit])
    new = open_source(data, opened.source.path)
    before, after = _matter(opened), new if isinstance(new, Refusal) else _matter(new)
    if isinstance(new, Refusal) or isinstance(before, Refusal) or isinstance(after, Refusal):
        return _by_hand()
    wanted = {**before, KEY: [*before.get(KEY, ()), word]}
    same_body = new.text[new.body :] == opened.text[opened.body :]
    if after != wanted or after.empty.keys() != before.empty.keys() - {KEY} or not same_body:
        return _by_hand()
    return data
