"""One file read, or its references bound again: what a worker does."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from digest.content.load import Source, read
from digest.content.parse import Parsed, parse
from digest.digests import digest_of
from digest.engine.recall import Head, keep, keep_document, recall, recall_document
from digest.linking.entries import bind_article
from digest.linking.references import bind
from digest.linking.register import Register
from digest.model import Dialect, Fragment, Kind
from digest.pages.views import fragment_key
from digest.values import replaced

if TYPE_CHECKING:
    from pathlib import Path


class Kept(NamedTuple):
    """A parsed document as the store holds it, on its way to a worker."""

    head: bytes
    document: bytes
    fragment: bytes


class Job(NamedTuple):
    """A file to be read, or one whose references are to be bound again."""

    source: Source
    kept: Kept | None


class Made(NamedTuple):
    """What came of a job, as the store holds it; `read` is the digest of the bytes, "" where none were read."""

    path: str
    read: str
    head: bytes
    document: bytes
    fragment: bytes
    words: bytes
    inside: bytes
    bound: bytes


class Desk(NamedTuple):
    """What all jobs share; without a register nothing is bound."""

    root: Path
    dialect: Dialect
    register: Register | None


def make(desk: Desk, job: Job) -> Made:
    """Do one job; what runs in a worker."""
    head, parsed, read_now = _parsed(desk, job)
    document, register = parsed.document, desk.register
    words = inside = bound = b""
    if register is not None:
        entry = None
        if document.kind is Kind.ARTICLE and document.matter:
            article, wrong = bind_article(document, parsed.fragment, register)
            entry, words, inside = article.entry, keep(article.words), keep(article.inside)
        else:
            loose, wrong = bind(document, parsed.fragment, register)
            bound = keep(loose)
        head = replaced(head, register=register.digest, entry=entry, wrong=tuple(wrong))
    kept = job.kept and (job.kept.document, job.kept.fragment)
    written = kept or (keep_document(document), keep(parsed.fragment))
    return Made(document.path, read_now, keep(head), *written, words, inside, bound)


def _parsed(desk: Desk, job: Job) -> tuple[Head, Parsed, str]:
    if job.kept:
        head = recall(job.kept.head, Head)
        document, fragment = recall_document(job.kept.document), recall(job.kept.fragment, Fragment)
        return head, Parsed(document, fragment, head.problems), ""
    data = read(desk.root, job.source.path)
    parsed = parse(job.source, data, desk.dialect)
    head = Head(
        kind=job.source.kind,
        input=digest_of(data),
        fragment=fragment_key(parsed.document.path, parsed.document.digest),
        dialect=desk.dialect.digest,
        register="",
        entry=None,
        problems=parsed.problems,
        wrong=(),
    )
    return head, parsed, head.input
