"""Names to records: ids, names and strong aliases of all that have a name."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.content.kinds import named_kinds
from digest.diagnostics import Diagnostic, alike, either
from digest.linking.targets import Target

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from digest.decode.written import Written
    from digest.linking.records import NamedRecord

_LOOKED_AT = 12
"""Names like an unknown one that are looked at, for some may be those of another kind of record."""

_MOST_NEAR = 3


@dataclass(frozen=True, slots=True)
class Names:
    """`by_id` and `by_name` lead from a folded word to records; `spellings` are names as written, for auto-links.

    `unusable` are the folded ids and names of records whose files cannot be read: not known, and not called unknown.
    """

    by_id: Mapping[str, tuple[Target, ...]]
    by_name: Mapping[str, tuple[Target, ...]]
    weak: Mapping[str, tuple[Target, ...]]
    spellings: Mapping[str, tuple[Target, ...]]
    unusable: frozenset[str]

    def find(self, word: str, kinds: Collection[str] | None = None) -> tuple[Target, ...]:
        """Return the records of any, or some, kinds that `word` may mean.

        An id written exactly is that record, whoever else is called so. Anything else is looked up among ids, names and
        aliases together; `kind:id` names one.
        """
        kinds = kinds or named_kinds()
        prefix, colon, rest = word.partition(":")
        if colon and prefix in kinds:
            return tuple(target for target in self.by_id.get(fold(rest), ()) if target.kind == prefix)
        folded = fold(word)
        by_id = [target for target in self.by_id.get(folded, ()) if target.kind in kinds]
        exact = [target for target in by_id if target.id == word]
        if exact:
            return tuple(exact)
        by_name = [target for target in self.by_name.get(folded, ()) if target.kind in kinds]
        return tuple(dict.fromkeys([*by_id, *by_name]))

    def resolve(
        self, written: Written, path: str, *, kinds: tuple[str, ...] | None = None
    ) -> tuple[Target | None, list[Diagnostic]]:
        """Bind a reference to one record of any, or some, kinds, or say why it cannot be bound."""
        kinds = kinds or named_kinds()
        found = self.find(written.text, kinds)
        if len(found) == 1:
            return found[0], []
        if not found and fold(written.text) in self.unusable:
            return None, []
        code, message, hint = self._ambiguous(written.text, found) if found else self._unknown(written.text, kinds)
        return None, [
            Diagnostic(code=code, message=message, path=path, start=written.start, end=written.end, hint=hint)
        ]

    def _ambiguous(self, word: str, found: tuple[Target, ...]) -> tuple[str, str, str]:
        same_id = len({target.id for target in found}) < len(found)
        candidates = either(f"{target.kind}:{target.id}" if same_id else target.id for target in found)
        return "ambiguous-reference", f"`{word}` may mean {len(found)} records", f"write {candidates}"

    def _unknown(self, word: str, kinds: tuple[str, ...]) -> tuple[str, str, str]:
        what = either(kinds).replace("`", "")
        message = f"no {what} `{word}`"
        weak = [target.id for target in self.weak.get(fold(word), ()) if target.kind in kinds]
        if weak:
            return "unknown-reference", message, f"it is a weak alias; write {either(weak)}"
        other = self.find(word)
        if other:
            return "unknown-reference", message, f"`{word}` is the {other[0].kind} `{other[0].id}`"
        near = self._near(word, kinds)
        if near:
            return "unknown-reference", message, f"did you mean {either(near)}?"
        return "unknown-reference", message, f'create it: digest new {"|".join(kinds)} "{word}"'

    def _near(self, word: str, kinds: tuple[str, ...]) -> list[str]:
        """Return the ids of records whose id or a name is like `word`, each once, the likest first."""
        found = [
            (-score, target.id)
            for table in (self.by_name, self.by_id)
            for spelling, score in alike(fold(word), table.keys(), most=_LOOKED_AT)
            for target in table[spelling]
            if target.kind in kinds
        ]
        return list(dict.fromkeys(name for _, name in sorted(found)))[:_MOST_NEAR]


def fold(word: str) -> str:
    """Return the form in which names are compared: NFC, case-folded, single spaces."""
    return unicodedata.normalize("NFC", " ".join(word.split()).casefold())


def names_of(records: Iterable[NamedRecord]) -> Names:
    """Index the names of all records."""
    by_id: dict[str, list[Target]] = {}
    by_name: dict[str, list[Target]] = {}
    weak: dict[str, list[Target]] = {}
    spellings: dict[str, list[Target]] = {}
    unusable: set[str] = set()
    for record in records:
        target = record.target
        if target is None:
            unusable |= {fold(word) for word in (record.id, *record.known_as)}
            continue
        _add(by_id, fold(record.id), target)
        for word in record.spellings:
            _add(by_name, fold(word), target)
            _add(spellings, unicodedata.normalize("NFC", " ".join(word.split())), target)
        for word in record.weak_aliases:
            _add(weak, fold(word), target)
    return Names(_frozen(by_id), _frozen(by_name), _frozen(weak), _frozen(spellings), frozenset(unusable))


def _add(table: dict[str, list[Target]], word: str, target: Target) -> None:
    targets = table.setdefault(word, [])
    if target not in targets:
        targets.append(target)


def _frozen(table: dict[str, list[Target]]) -> dict[str, tuple[Target, ...]]:
    return {word: tuple(sorted(targets)) for word, targets in sorted(table.items())}
