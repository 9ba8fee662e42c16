r"""The first reading of a body: our own syntax is found with its offsets and replaced by marks.

Python-Markdown keeps no positions, so each construct is swapped for a mark that carries a number into the table
of tokens: `\\x0em3\\x0f`. The converter decides which marks stand where they mean something; a mark left over in
code is put back as it was written. So this reading may take too much, and never decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.content.attribution import read_attribution
from digest.content.fences import Fence, fences
from digest.content.labels import faults_of_extent, is_private, read_label
from digest.content.syntax import ESCAPED, INSIDE, WEB, Comments, code_end, find_syntax, mention_end, read_destination
from digest.content.tokens import (
    MARK,
    AnchorToken,
    AttributionToken,
    CodeToken,
    DefinitionToken,
    DestinationToken,
    MentionToken,
    Token,
)
from digest.decode.written import Written
from digest.diagnostics import Diagnostic
from digest.values import replaced

if TYPE_CHECKING:
    from digest.model import Dialect

_NEXT_LINE = re.compile(r"\n([ \t>]*)")


@dataclass(frozen=True, slots=True)
class Scan:
    """The text with marks, the tokens by the marks' numbers, and problems that do not wait for a meaning."""

    text: str
    tokens: tuple[Token, ...]
    problems: tuple[Diagnostic, ...] = ()


def scan(written: Written, *, path: str, dialect: Dialect, first: int = 0) -> Scan:
    """Find our syntax in `written`; `first` is the first token's number.

    Where YAML has folded or unescaped the text, so that its offsets are not the file's, everything is at its place.
    """
    body, start, end = written
    within = None if end - start == len(body) else (start, end)
    scanner = _Scanner(body, start, path, dialect, first=first, within=within)
    scanner.run()
    return Scan("".join(scanner.out), tuple(scanner.tokens), tuple(scanner.problems))


@dataclass(slots=True)
class _Scanner:
    body: str
    base: int
    path: str
    dialect: Dialect
    first: int
    within: tuple[int, int] | None
    tokens: list[Token] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    out: list[str] = field(default_factory=list)
    opened: list[tuple[int, int]] = field(default_factory=list)
    """Where `[` stands, in `out` and in `body`: the starts of possible spans."""
    fences: dict[int, Fence] = field(default_factory=dict)
    unclosed: dict[int, tuple[int, int]] = field(default_factory=dict)
    comments: Comments = field(init=False)
    code_ends: set[int] = field(default_factory=set)
    """Where backticks stand that close code which began on another line."""

    def run(self) -> None:
        blocks, unclosed = fences(self.body)
        self.fences, self.unclosed = {fence.start: fence for fence in blocks}, {span[0]: span for span in unclosed}
        at, self.comments = 0, Comments(self.body)
        while found := find_syntax(self.body, at):
            self.out.append(self.body[at : found.start()])
            at = _HANDLERS[found.lastgroup or ""](self, found)
        self.out.append(self.body[at:])

    def mark(self, kind: str, token: Token) -> str:
        self.tokens.append(token)
        return f"\x0e{kind}{self.first + len(self.tokens) - 1}\x0f"

    def place(self, start: int, end: int) -> Written:
        at = self.within or (self.base + start, self.base + end)
        return Written(self.body[start:end], *at)

    def problem(self, code: str, message: str, span: tuple[int, int], hint: str) -> Diagnostic:
        at = self.place(*span)
        return Diagnostic(code=code, message=message, path=self.path, start=at.start, end=at.end, hint=hint)

    def literal(self, found: re.Match[str]) -> int:
        self.out.append(found[0])
        return found.end()

    def fence(self, found: re.Match[str]) -> int:
        """Take fenced code as a whole."""
        fence = self.fences.get(found.start())
        if fence is None:
            return self.open_fence(found)
        code = self.body[fence.code_start : fence.code_end]
        token = CodeToken(at=self.place(fence.start, fence.end), info=fence.info, code=code)
        self.out.append(f"\n\n{self.mark('k', token)}\n\n")
        return fence.end

    def open_fence(self, found: re.Match[str]) -> int:
        """Refuse a fence that nothing closes: its writer takes what follows for code. Otherwise it is inline code."""
        if not (span := self.unclosed.get(found.start())):
            return self.code(found)
        hint = f"end the code with a line `{found[0]}`"
        problem = self.problem("unclosed-fence", "this code block is never closed", span, hint)
        self.out.append(self.mark("x", Token(at=self.place(*found.span()), problems=(problem,))))
        return found.end()

    def code(self, found: re.Match[str]) -> int:
        """Leave code alone that ends on its line. What goes over several may be none, as in a list: it is read."""
        start, end = found.span()
        closing = -1 if start in self.code_ends else code_end(self.body, end, end - start)
        if closing < 0:
            return self.literal(found)
        if "\n" in self.body[end:closing]:
            self.code_ends.add(closing)
            return self.literal(found)
        stop = closing + end - start
        self.out.append(self.body[start:stop])
        return stop

    def comment(self, found: re.Match[str]) -> int:
        """Refuse an HTML comment: its writer wants it unpublished, and as escaped HTML it would be read by all."""
        hint = "write a private note, `[^id]: Private: …`, or delete it"
        if self.dialect.raw_html:
            hint = "close it with `-->` in its paragraph, or begin it at the margin"
            if self.comments.is_whole(found.start()):
                return self.literal(found)
        problem = self.problem("html-comment", "this comment would be published", found.span(), hint)
        self.out.append(self.mark("x", Token(at=self.place(*found.span()), problems=(problem,))))
        return found.end()

    def blank(self, found: re.Match[str]) -> int:
        self.opened.clear()
        self.out.append("\n")
        return found.end() - 1

    def open(self, found: re.Match[str]) -> int:
        self.opened.append((len(self.out), found.start()))
        return self.literal(found)

    def close(self, found: re.Match[str]) -> int:
        if self.opened:
            index, start = self.opened.pop()
            if self.body.startswith("[", found.end()) and self.body[start - 1 : start] == "!":
                self._plain_alt(index)
        return self.literal(found)

    def mention(self, found: re.Match[str]) -> int:
        start, inside = found.span()
        if (end := mention_end(self.body, inside)) < 0:
            hint = "close it, or write `\\[[`"
            problem = self.problem("unclosed-mention", "this `[[` is never closed with `]]`", found.span(), hint)
            self.out.append(self.mark("x", Token(at=self.place(start, inside), problems=(problem,))))
            return inside
        opted_out = self.body.startswith("!", inside)
        name, _, label = self.body[inside + opted_out : end - 2].partition("|")
        name = name.removesuffix("\\")  # GitHub and Obsidian want `\|` in tables
        at = inside + opted_out + len(name) - len(name.lstrip())
        ref = self.place(at, at + len(name.strip()))._replace(text=" ".join(name.split()))
        problems: tuple[Diagnostic, ...] = ()
        if not ref.text:
            problems = (self.problem("empty-reference", "this mention names nobody", (start, end), "write [[id]]"),)
        token = MentionToken(
            at=self.place(start, end),
            ref=ref,
            label=ESCAPED.sub(r"\1", label.strip()),
            opted_out=opted_out,
            problems=problems,
        )
        self.out.append(self.mark("x" if problems else "m", token))
        return end

    def point(self, found: re.Match[str]) -> int:
        problems: tuple[Diagnostic, ...] = ()
        line = self.body.rfind("\n", 0, found.start()) + 1
        if self.body.startswith(":", found.end()) and INSIDE.fullmatch(self.body, line, found.start()):
            problems = self._inside(found)
        token = AnchorToken(at=self.place(*found.span()), note=found["pointed"], problems=problems)
        self.out.append(self.mark("p", token))
        return found.end()

    def _inside(self, found: re.Match[str]) -> tuple[Diagnostic, ...]:
        """Refuse a definition in a quotation or a list, where it would be text; a private one in code, too."""
        message = "a note is defined at the beginning of a line, outside quotations and lists"
        problem = self.problem("misplaced-note", message, found.span(), "move it below, to the margin")
        if is_private(self.body, found.end() + 1, self.dialect):
            self.problems.append(problem)
        return (problem,)

    def span_end(self, found: re.Match[str]) -> int:
        """Mark both ends of a span, the start with a number one less than the end's."""
        note, start = found["spanned"], found.start()
        if not self.opened:
            message = "this `]` closes no `[` in its paragraph"
            problem = self.problem("stray-markup", message, (start, start + 1), "open it, or escape it as `\\]`")
            token = AnchorToken(at=self.place(start + 1, found.end()), note=note, problems=(problem,))
            self.out.append("]" + self.mark("p", token))
            return found.end()
        index, opened = self.opened.pop()
        self.out[index] = self.mark("s", AnchorToken(at=self.place(opened, opened + 1), note=note))
        self.out.append(self.mark("e", AnchorToken(at=self.place(start, found.end()), note=note)))
        return found.end()

    def definition(self, found: re.Match[str]) -> int:
        label = read_label(self.body, found.end(), self.dialect)
        token = DefinitionToken(
            at=self.place(found.start("definition"), label.end),
            note=found["defined"],
            kind=label.kind,
            verdict=label.verdict,
            problems=tuple(self.problem(*fault) for fault in label.faults),
        )
        faults = faults_of_extent(self.body, label, self.fences, raw_html=self.dialect.raw_html)
        self.problems += [self.problem(*fault) for fault in faults]
        # A definition is a block of its own, whether or not a blank line stands before it.
        self.out.append("\n\n" + self.mark("f", token))
        return label.end

    def link(self, found: re.Match[str]) -> int:
        if self.opened:
            index, start = self.opened.pop()
            if self.body[start - 1 : start] == "!":
                self._plain_alt(index)
        return self._destination(found)

    def _plain_alt(self, index: int) -> None:
        """Refuse mentions in an image's alternative text, which holds no link; `index` is where it begins in `out`."""
        for at, piece in enumerate(self.out[index:], index):
            found = MARK.fullmatch(piece)
            if found and found[1] == "m":
                token = self.tokens[int(found[2])]
                span = (token.at.start - self.base, token.at.end - self.base)
                problem = self.problem("stray-markup", "an image's text is plain", span, "write the name alone")
                self.tokens[int(found[2])] = replaced(token, problems=(problem,))
                self.out[at] = f"\x0ex{found[2]}\x0f"

    def reference(self, found: re.Match[str]) -> int:
        return self._destination(found)

    def _destination(self, opening: re.Match[str]) -> int:
        """Replace a destination that leads to content; web addresses stay as they are, and so do titles."""
        self.out.append(opening[0])
        found = read_destination(self.body, opening.end())
        if not found:
            return opening.end()
        if WEB.match(found.target):
            self.out.append(self.body[opening.end() : found.end])
            return found.end
        token = DestinationToken(at=self.place(*found.whole), target=self.place(*found.at))
        self.out += [self.mark("d", token), self.body[found.whole[1] : found.end]]
        return found.end

    def attribution(self, found: re.Match[str]) -> int:
        """Take the whole line, but only as the last of its quotation."""
        end = self.body.find("\n", found.end())
        end = len(self.body) if end < 0 else end
        after = _NEXT_LINE.match(self.body[end : end + 80])
        if after and after[1].count(">") >= found[0].count(">"):
            return self.literal(found)
        line = self.body[found.end() : end]
        attribution, problems = read_attribution(line, base=self.base + found.end(), path=self.path)
        dash = found.start("dash")
        self.out.append(self.body[found.start() : dash])
        token = AttributionToken(at=self.place(dash, end), attribution=attribution, problems=tuple(problems))
        self.out.append(self.mark("q", token))
        return end


_HANDLERS = {
    "escape": _Scanner.literal,
    "fence": _Scanner.fence,
    "comment": _Scanner.comment,
    "autolink": _Scanner.literal,
    "definition": _Scanner.definition,
    "reference": _Scanner.reference,
    "attribution": _Scanner.attribution,
    "code": _Scanner.code,
    "bracket": _Scanner.open,
    "mention": _Scanner.mention,
    "span_end": _Scanner.span_end,
    "point": _Scanner.point,
    "open": _Scanner.open,
    "link": _Scanner.link,
    "close": _Scanner.close,
    "blank": _Scanner.blank,
}
