"""The attribution line of a block quotation: who, on what occasion, when, and what it is.

[[sergey-lavrov]], annual press conference, 2024-01-18 {#joke stance=rejects about=uk-ukraine-2024}
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from digest.dates import PartialDate, parse_partial
from digest.decode.written import Written
from digest.diagnostics import Diagnostic, did_you_mean, either
from digest.model import QUOTE_KINDS, STANCES

_ATTRIBUTES = re.compile(r"\{(?P<inside>[^{}]*)\}\s*$")
_ATTRIBUTE = re.compile(r"""#(?P<id>\S+)|(?P<key>[\w-]+)=(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s"]*))|(?P<stray>\S+)""")
_SPEAKER = re.compile(r"\[\[(?P<ref>[^\[\]|]+)(?:\|(?P<label>[^\[\]]*))?\]\]")
_DATE = re.compile(r"\d{4}(?:-\d{1,2}){0,2}")
_ID = re.compile(r"[^\W\d_][\w-]*")
_PART = re.compile(r"[^\s,][^,]*")
_KEYS = ("stance", "kind", "about", "on_behalf_of")


@dataclass(slots=True, kw_only=True)
class Attribution:
    """What the line says; `speaker` is None where `description` says who in words. `id_at` is the id's place."""

    speaker: Written | None = None
    description: str = ""
    occasion: str = ""
    date: PartialDate | None = None
    id: str = ""
    id_at: tuple[int, int] = (0, 0)
    stance: str = ""
    kind: str = "direct"
    about: tuple[Written, ...] = ()
    on_behalf_of: Written | None = None


@dataclass(slots=True)
class _Reader:
    base: int
    path: str
    result: Attribution = field(default_factory=Attribution)
    problems: list[Diagnostic] = field(default_factory=list)

    def report(self, code: str, message: str, span: tuple[int, int], hint: str = "") -> None:
        start, end = self.base + span[0], self.base + span[1]
        self.problems.append(Diagnostic(code=code, message=message, path=self.path, start=start, end=end, hint=hint))

    def written(self, text: str, start: int) -> Written:
        return Written(text, self.base + start, self.base + start + len(text))

    def attributes(self, inside: str, start: int) -> None:
        seen: set[str] = set()
        for found in _ATTRIBUTE.finditer(inside):
            span = (start + found.start(), start + found.end())
            key = "#" if found["id"] else found["key"] or ""
            if found["stray"]:
                message = f"`{found['stray']}` is not an attribute"
                self.report("unknown-key", message, span, 'write `key=value` or `key="two words"`')
            elif key in seen:
                self.report("duplicate-key", f"`{key}` is given twice", span, "keep one of them")
            elif found["id"]:
                self._id(found["id"], span)
            else:
                group = "plain" if found["quoted"] is None else "quoted"
                self._attribute(key, found[group], span, start + found.start(group))
            seen.add(key)

    def _id(self, text: str, span: tuple[int, int]) -> None:
        if not _ID.fullmatch(text):
            self.report("invalid-id", f"`{text}` cannot be an id", span, "begin with a letter; letters, digits, `-`")
        self.result.id, self.result.id_at = text, (self.base + span[0], self.base + span[1])

    def _attribute(self, key: str, value: str, span: tuple[int, int], at: int) -> None:
        place = (at, at + len(value))
        if key not in _KEYS:
            hint = did_you_mean(key, _KEYS) or f"known here: {either(_KEYS)}"
            self.report("unknown-key", f"unknown attribute `{key}`", (span[0], span[0] + len(key)), hint)
        elif not value.strip():
            self.report("empty-value", f"`{key}` has no value", span)
        elif key == "stance":
            self.result.stance = self._word(value, STANCES, place)
        elif key == "kind":
            self.result.kind = self._word(value, QUOTE_KINDS, place)
        elif key == "about":
            self.result.about = tuple(
                self.written(found[0].rstrip(), at + found.start()) for found in _PART.finditer(value)
            )
        else:
            self.result.on_behalf_of = self.written(value, at)

    def _word(self, value: str, words: tuple[str, ...], place: tuple[int, int]) -> str:
        if value not in words:
            hint = did_you_mean(value, words) or f"write {either(words)}"
            self.report("unknown-word", f"`{value}` is not a word known here", place, hint)
        return value

    def occasion(self, text: str, start: int) -> None:
        """Read what follows the speaker: an occasion, then a date as the last part."""
        head, comma, last = text.rpartition(",")
        if not _DATE.fullmatch(last.strip()):
            head, comma, last = text, "", ""
        if last:
            at = start + len(head) + len(comma) + len(last) - len(last.lstrip())
            try:
                self.result.date = parse_partial(last.strip())
            except ValueError as error:
                self.report("invalid-date", str(error), (at, at + len(last.strip())))
        if "[[" in head:
            at = start + head.index("[[")
            self.report("stray-markup", "an occasion is plain text", (at, at + 2), "leave out the brackets")
        self.result.occasion = head.strip().strip(",").strip()


def read_attribution(line: str, *, base: int, path: str) -> tuple[Attribution, list[Diagnostic]]:
    """Read the line after its dash; `base` is the line's offset in the file."""
    reader = _Reader(base, path)
    attributes = _ATTRIBUTES.match(line, max(0, line.rfind("{")))
    if attributes:
        reader.attributes(attributes["inside"], attributes.start("inside"))
        line = line[: attributes.start()].rstrip()
    speaker = _SPEAKER.match(line)
    if speaker:
        reader.result.speaker = reader.written(speaker["ref"].strip(), speaker.start("ref"))
        reader.result.description = (speaker["label"] or "").strip()
        rest = speaker.end()
    else:
        comma = line.find(",")
        rest = len(line) if comma < 0 else comma
        reader.result.description = line[:rest].strip()
        if not reader.result.description or "[[" in reader.result.description:
            reader.report(
                "missing-speaker", "this attribution names nobody", (0, max(rest, 1)), "write [[id]] or words"
            )
    reader.occasion(line[rest:], rest)
    return reader.result, reader.problems
