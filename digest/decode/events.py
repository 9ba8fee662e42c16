"""YAML text to a tree of strings, lists and mappings that know their place; the only importer of PyYAML.

The tree is built from parser *events*, so that depth is checked before anything recurses (libyaml's composer
overflows the C stack on 30 KB of `[`). Every scalar stays the string the writer typed: YAML 1.1 would turn `no`,
`012` and `1:30` into other values. Tags, anchors, aliases, merge keys, duplicate keys and second documents are
diagnostics. An empty value (`key:`), `~` and `null` mean "not given".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from digest.decode.text import unpublishable
from digest.decode.tree import EMPTY, MAX_CHARACTERS, Mapping, Node, Scalar, Sequence, Span
from digest.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_DEPTH = 20
_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class _Open:
    """A collection under construction: `key` is the mapping key that waits for its value."""

    node: Sequence | Mapping
    key: Scalar | None = None


@dataclass(slots=True)
class _Builder:
    """Builds the tree event by event; stops at the first problem that makes the rest unreadable."""

    text: str
    path: str
    base: int
    problems: list[Diagnostic] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    root: Node | None = None
    documents: int = 0

    def report(self, code: str, message: str, span: Span, *, hint: str = "", warn: bool = False) -> None:
        severity = Severity.WARNING if warn else Severity.ERROR
        self.problems.append(
            Diagnostic(
                code=code,
                message=message,
                path=self.path,
                start=span[0],
                end=span[1],
                hint=hint,
                severity=severity,
            )
        )

    def span(self, event: yaml.Event) -> Span:
        start, end = event.start_mark, event.end_mark
        assert start and end  # noqa: PT018, S101 - events of a text always have marks
        return self.base + start.index, self.base + end.index

    def take(self, event: yaml.Event) -> bool:
        """Take one event; False ends the reading."""
        if isinstance(event, yaml.DocumentStartEvent):
            return self._document(event)
        if isinstance(event, yaml.NodeEvent) and not self._plain_node(event):
            return False
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            return self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close(event)
        return True

    def _document(self, event: yaml.DocumentStartEvent) -> bool:
        self.documents += 1
        if self.documents > 1:
            self.report("yaml-syntax", "a second YAML document begins here", self.span(event), hint="keep one")
        return self.documents == 1

    def _plain_node(self, event: yaml.NodeEvent) -> bool:
        """Refuse aliases, anchors and tags: they hide where a value comes from, and can be bombs."""
        if isinstance(event, yaml.AliasEvent):
            what, code = f"alias `*{event.anchor}`", "yaml-alias"
        elif event.anchor:
            what, code = f"anchor `&{event.anchor}`", "yaml-anchor"
        elif tag := getattr(event, "tag", None):
            what, code = f"tag `{tag.replace('tag:yaml.org,2002:', '!!')}`", "yaml-tag"
        else:
            return True
        self.report(code, f"the {what} is not used here", self.span(event), hint="write the value itself")
        return False

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        scalar = Scalar(event.value)
        scalar.span = self.span(event)
        plain = event.implicit[0] and not event.style
        if wrong := unpublishable(scalar):  # the file holds none, but an escape in quotation marks makes one
            self.report("control-character", wrong, scalar.span, hint="take the escape out")
        if self.stack and isinstance(self.stack[-1].node, Mapping) and self.stack[-1].key is None:
            self._key(scalar)
        elif plain and scalar in EMPTY:
            self._place(None, scalar.span)
        else:
            if plain:
                self._swallowed_comment(scalar)
            self._place(scalar, scalar.span)

    def _swallowed_comment(self, scalar: Scalar) -> None:
        """Warn where an unquoted ` #` has cut a value: the writer may have lost text."""
        rest = self.text[scalar.span[1] - self.base :].split("\n", 1)[0]
        if re.match(r"[ \t]+#", rest):
            start = scalar.span[1]
            self.report(
                "comment-after-value",
                "the text after ` #` is a comment and not part of the value",
                (start + rest.index("#"), start + len(rest)),
                hint="quote the whole value, or put the comment on a line of its own",
                warn=True,
            )

    def _key(self, key: Scalar) -> None:
        top = self.stack[-1]
        assert isinstance(top.node, Mapping)  # noqa: S101 - only a mapping awaits a key
        top.key = key
        if key in top.node.keys_at:
            self.report("duplicate-key", f"the key `{key}` stands here twice", key.span, hint="keep one of them")
        top.node.keys_at.setdefault(key, key.span)

    def _open(self, event: yaml.CollectionStartEvent) -> bool:
        if len(self.stack) >= MAX_DEPTH:
            self.report("too-deep", f"nested more than {MAX_DEPTH} levels deep", self.span(event))
            return False
        if self.stack and isinstance(self.stack[-1].node, Mapping) and self.stack[-1].key is None:
            self.report("yaml-syntax", "a key must be a word", self.span(event))
            return False
        node: Sequence | Mapping
        if isinstance(event, yaml.MappingStartEvent):
            node = Mapping()
            node.keys_at, node.empty = {}, {}
        else:
            node = Sequence()
        node.span = self.span(event)
        self._place(node, node.span)
        self.stack.append(_Open(node))
        return True

    def _close(self, event: yaml.CollectionEndEvent) -> None:
        node = self.stack.pop().node
        node.span = (node.span[0], self.span(event)[1])

    def _place(self, node: Node | None, span: Span) -> None:
        """Put a finished or opened value where it belongs; None is an empty value."""
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if isinstance(top.node, Sequence):
            if node is None:
                self.report("empty-item", "this list item is empty", span, hint="delete it or fill it in")
            else:
                top.node.append(node)
            return
        key, top.key = top.key, None
        assert key is not None  # noqa: S101 - `_key` ran before the value
        if node is None:
            top.node.empty[key] = key.span
        else:
            top.node.setdefault(key, node)


def read_events(text: str, *, path: str, base: int = 0) -> tuple[Mapping | None, list[Diagnostic]]:
    """Read YAML whose top is a mapping; `base` is where `text` begins in the file.

    Returns the mapping, or None when the text cannot be read any further, and the problems found.
    """
    builder = _Builder(text, path, base)
    if len(text) > MAX_CHARACTERS:
        message = f"front matter of {len(text):,} characters; at most {MAX_CHARACTERS:,} are read"
        builder.report("too-large", message, (base, base))
        return None, builder.problems
    try:
        whole = all(builder.take(event) for event in _events(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        if mark and _TOO_DEEP in str(getattr(error, "problem", "")):
            # Newer parsers look ahead for the end of a key and give up far below our limit, which the rest shows.
            return read_events(text[: mark.index - 1], path=path, base=base)
        builder.problems.append(_syntax_error(error, text, path=path, base=base))
        return None, builder.problems
    return _whole(builder) if whole else (None, builder.problems)


def _whole(builder: _Builder) -> tuple[Mapping | None, list[Diagnostic]]:
    """Return what was read to its end."""
    base = builder.base
    if builder.root is None:
        empty = Mapping()
        empty.span, empty.keys_at, empty.empty = (base, base), {}, {}
        return empty, builder.problems
    if not isinstance(builder.root, Mapping):
        builder.report("wrong-type", "expected `key: value` lines", builder.root.span)
        return None, builder.problems
    return builder.root, builder.problems


_TOO_DEEP = "maximum nesting depth"


def _events(text: str) -> Iterator[yaml.Event]:
    events: Iterable[yaml.Event] = yaml.parse(text, Loader=_PARSER)
    return iter(events)


def _syntax_error(error: yaml.YAMLError, text: str, *, path: str, base: int) -> Diagnostic:
    """Reword a parser's complaint, at the cause where the parser tells it and not only where it noticed."""
    mark: yaml.Mark | None = getattr(error, "problem_mark", None)
    context: yaml.Mark | None = getattr(error, "context_mark", None)
    offset = mark.index if mark else getattr(error, "position", 0)
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", "unreadable"))
    begun = f"{getattr(error, 'context', '')}: {problem}"
    message, hint = _reworded(problem, text, offset)
    for sign, *words in _BEGUN:
        if context and sign in begun:
            offset, (message, hint) = context.index, words
            break
    return Diagnostic(
        code="yaml-syntax",
        message=message,
        path=path,
        start=base + min(offset, len(text)),
        end=base + min(offset + 1, len(text)),
        hint=hint,
    )


_BEGUN = (
    ("end of stream", "this quotation mark is never closed", "close it, or double it inside the value"),
    ("expected ',' or ']'", "this list is never closed", "close it with `]`"),
    ("expected ',' or '}'", "this mapping is never closed", "close it with `}`"),
    ("scanning an alias", "a value cannot begin with `*`", "quote the value"),
    ("scanning an anchor", "a value cannot begin with `&`", "quote the value"),
    ("could not find expected ':'", "this line has no colon", "write `key: value`"),
)
"""What the parser says of something that it can tell the beginning of, and what we say there."""


def _reworded(problem: str, text: str, offset: int) -> tuple[str, str]:
    if "mapping values are not allowed" in problem:
        return "a second `: ` on this line", "quote the value if the colon belongs to it"
    if "cannot start any token" in problem:
        character = text[offset : offset + 1]
        if character == "\t":
            return "a tab cannot indent YAML", "use spaces"
        return f"a value cannot begin with `{character}`", "quote the value"
    return f"not readable as YAML: {problem}", ""
