"""One file's bytes to a document: front matter, body, facts. Knows no other file."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from digest.content.body import ParsedBody, read_body
from digest.content.document import AnyDocument, Document
from digest.content.kinds import by_name
from digest.content.matter import ArticleMatter, PageMatter
from digest.content.slugs import slug_problem, slugify
from digest.content.tokens import AttributionToken
from digest.dates import parse_moment
from digest.decode.nodes import Mapping, Scalar, read
from digest.decode.schema import decode
from digest.decode.text import decode as decode_text
from digest.diagnostics import Diagnostic, Severity, has_errors
from digest.digests import digest_of
from digest.model import Dialect, Fragment, Kind
from digest.values import Value

if TYPE_CHECKING:
    from digest.content.kind import Matter
    from digest.content.load import Source

_FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)
_QUOTATION = re.compile(r"(?:^[ ]{0,3}>.*(?:\n|\Z))+", re.MULTILINE)
_DATED = re.compile(r"(?P<date>\d{4}-\d{2}-\d{2})-(?P<rest>.+)")


class Parsed(Value):
    """What came of one file; the document has no `matter` when its front matter cannot be used."""

    document: AnyDocument
    fragment: Fragment
    problems: tuple[Diagnostic, ...]


def parse(source: Source, data: bytes, dialect: Dialect) -> Parsed:
    """Parse the bytes of one file of content; problems are part of the result."""
    text, problems = decode_text(data, source.path)
    inside = None if has_errors(problems) else front_matter(text, source)
    if inside is None or isinstance(inside, Diagnostic):
        return unread(source, [inside] if inside else problems)
    start, end, body_start = inside
    node, problems = read(text[start:end], path=source.path, base=start)
    if node is None:
        return unread(source, problems)
    matter, wrong = decode(by_name()[source.kind].schema(), node, source.path)
    name, matter, unfit = _named(matter, source)
    annotations = matter.annotations if isinstance(matter, ArticleMatter) else ()
    body = read_body(text[body_start:], base=body_start, path=source.path, dialect=dialect, annotations=annotations)
    document: AnyDocument = Document(
        path=source.path,
        kind=source.kind,
        id=name,
        digest=digest_of(dialect.digest.encode() + data),
        matter=matter,
        headings=tuple(body.facts.headings),
        mentions=body.mentions,
        links=body.links,
        quotes=tuple(body.facts.quotes),
        notes=tuple(body.facts.notes.found),
        opted_out=tuple(body.facts.opted_out),
        has_body=bool(body.fragment.html.strip()),
        known_as=_seeming_names(node) if matter is None else (),
    )
    bare = _unattributed(source, body, text[body_start:], base=body_start)
    problems = [*problems, *wrong, *unfit, *body.problems, *bare]
    return Parsed(document, body.fragment, tuple(problems))


def unread(source: Source, problems: list[Diagnostic]) -> Parsed:
    """Return what is known of a file that cannot be read: its name, and why."""
    document: AnyDocument = Document(
        path=source.path, kind=source.kind, id=slugify(_stem(source)), digest="", matter=None
    )
    return Parsed(document, Fragment(html=""), tuple(problems))


def _seeming_names(node: Mapping) -> tuple[str, ...]:
    """Return what looks like names in front matter that does not fit its schema."""
    aliases = node.get("aliases")
    values = [node.get("name"), node.get("short_name"), *(aliases if isinstance(aliases, list) else ())]
    return tuple(str(value) for value in values if isinstance(value, Scalar))


def _named(matter: Matter | None, source: Source) -> tuple[str, Matter | None, list[Diagnostic]]:
    """Return the record's id, and its front matter with an article's date; None where either cannot be had."""
    if matter is None:
        return slugify(_stem(source)), None, []
    name, problems = _id(matter, source)
    dated, wrong = _dated(matter, source)
    problems = [*problems, *wrong]
    return name or slugify(_stem(source)), None if problems else dated, problems


def front_matter(text: str, source: Source) -> tuple[int, int, int] | Diagnostic:
    """Return where the front matter's text begins and ends, and where the body begins."""
    opening = _FENCE.match(text)
    if not opening:
        message = "no front matter"
        hint = f"begin the {source.kind} with a line `---`, its keys, and another `---`"
        return Diagnostic(code="no-front-matter", message=message, path=source.path, hint=hint)
    closing = _FENCE.search(text, opening.end())
    if not closing:
        message = "this front matter is never closed"
        end = opening.end()
        hint = "end it with a line `---`"
        return Diagnostic(code="no-front-matter", message=message, path=source.path, end=end, hint=hint)
    return opening.end() + 1, max(opening.end() + 1, closing.start()), min(closing.end() + 1, len(text))


def _dated(matter: Matter, source: Source) -> tuple[Matter, list[Diagnostic]]:
    """Take an article's date from its file name where front matter has none."""
    if not isinstance(matter, ArticleMatter) or matter.date:
        return matter, []
    found = _DATED.fullmatch(_stem(source))
    code, message = "missing-date", "this entry has no date"
    hint = "write `date: 2024-01-18`, or begin the file's name with it"
    if found:
        try:
            return replace(matter, date=parse_moment(found["date"])), []
        except ValueError as error:
            code, message, hint = "invalid-date", str(error), "rename the file"
    return matter, [Diagnostic(code=code, message=message, path=source.path, end=len("---"), hint=hint)]


def _stem(source: Source) -> str:
    return source.path.rpartition("/")[2].removesuffix(".md")


def _id(matter: Matter, source: Source) -> tuple[str, list[Diagnostic]]:
    """Return the record's id: its `slug`, or the slug of its file's name without the date."""
    stem = _stem(source)
    written = matter.slug if isinstance(matter, ArticleMatter | PageMatter) else None
    if written:
        start, end = written.start, written.end
        if written.text != slugify(written.text):
            message = f"`{written.text}` is not a slug"
            hint = f"write `{slugify(written.text)}`" if slugify(written.text) else "use letters, digits and hyphens"
            return "", [
                Diagnostic(code="invalid-slug", message=message, path=source.path, start=start, end=end, hint=hint)
            ]
        name = written.text
    else:
        start = end = 0
        dated = _DATED.fullmatch(stem) if source.kind == Kind.ARTICLE else None
        name = slugify(dated["rest"] if dated else stem)
    problem = slug_problem(name)
    if not problem:
        return name, []
    message = f"`{written.text if written else stem}` gives no address: {problem}"
    hint = "choose another" if written else "rename the file"
    return "", [Diagnostic(code="invalid-slug", message=message, path=source.path, start=start, end=end, hint=hint)]


def _unattributed(source: Source, body: ParsedBody, text: str, *, base: int) -> list[Diagnostic]:
    """Warn of block quotations in an entry that name nobody; the converter counts them, the text says where."""
    if source.kind != Kind.ARTICLE or not body.facts.bare_quotations:
        return []
    named = [token.at.start - base for token in body.facts.reading.tokens if isinstance(token, AttributionToken)]
    bare = [
        found.start()
        for found in _QUOTATION.finditer(text)
        if not any(found.start() <= start < found.end() for start in named)
    ]
    return [
        Diagnostic(
            code="unattributed-quote",
            message="this quotation names nobody",
            path=source.path,
            start=base + start,
            end=base + start + 1,
            hint="end it with a line `> — [[id]], occasion, date`",
            severity=Severity.WARNING,
        )
        for start in bare[: body.facts.bare_quotations]
    ]
