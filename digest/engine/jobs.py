"""One file read, or its references bound again: what a worker does."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from digest.apart import Apart
from digest.content.body import start_anew
from digest.content.document import usable
from digest.content.kinds.article import ARTICLE
from digest.content.load import Source, read
from digest.content.parse import Parsed, parse, unread
from digest.deadline import OverdueError, within
from digest.diagnostics import Diagnostic
from digest.digests import digest_of
from digest.engine.rows import FileRecord, keep, keep_document, recall, recall_document
from digest.linking.entries import bind_article
from digest.linking.name_index import NameIndex
from digest.linking.references import bind
from digest.model import Dialect, Fragment
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


class JobResult(NamedTuple):
    """What came of a job, as the store holds it; `read` is the digest of the bytes, "" where none were read."""

    path: str
    read: str
    head: bytes
    document: bytes
    fragment: bytes
    quotations: bytes
    details: bytes
    bound: bytes


class JobContext(NamedTuple):
    """What all jobs share; without a name index nothing is bound.

    A job may take so many `seconds` of processor time. What can end a file's reading is `apart`, if there is somebody.
    """

    root: Path
    dialect: Dialect
    name_index: NameIndex | None
    seconds: float
    apart: Apart | None = None


def make(desk: JobContext, job: Job) -> JobResult:
    """Do one job; what runs in a worker. One that takes too long is given up, and said so of its file."""
    try:
        with within(desk.seconds):
            return _make(desk, job)
    except OverdueError:
        return give_up(desk, job)


def _make(desk: JobContext, job: Job) -> JobResult:
    head, parsed, read_now = _parsed(desk, job)
    return _bound(desk, job, head, parsed, read_now=read_now)


def give_up(desk: JobContext, job: Job) -> JobResult:
    """Return what is known of a file that took too long: its name. It is read again the next time."""
    start_anew()
    parsed = unread(job.source, [_too_slow(job.source, desk.seconds)])
    head = _head(desk, job.source, parsed, digest="")
    return _bound(desk, job._replace(kept=None), head, parsed, read_now="")


def _too_slow(source: Source, seconds: float) -> Diagnostic:
    message = f"reading this file took more than {seconds:g} seconds, and was given up"
    hint = "look for something odd in it, split it, or raise `timeout` in the settings"
    return Diagnostic(code="timed-out", message=message, path=source.path, hint=hint)


def _bound(desk: JobContext, job: Job, head: FileRecord, parsed: Parsed, *, read_now: str) -> JobResult:
    document, name_index = parsed.document, desk.name_index
    quotations = details = bound = b""
    if name_index is not None:
        entry = None
        if usable(document, ARTICLE):
            article, wrong = bind_article(document, parsed.fragment, name_index)
            entry, quotations, details = article.entry, keep(article.quotations), keep(article.details)
        else:
            loose, wrong = bind(document, parsed.fragment, name_index)
            bound = keep(loose)
        head = replaced(head, name_index=name_index.digest, entry=entry, wrong=tuple(wrong))
    kept = job.kept and (job.kept.document, job.kept.fragment)
    written = kept or (keep_document(document), keep(parsed.fragment))
    return JobResult(document.path, read_now, keep(head), *written, quotations, details, bound)


def _parsed(desk: JobContext, job: Job) -> tuple[FileRecord, Parsed, str]:
    if job.kept:
        head = recall(job.kept.head, FileRecord)
        document, fragment = recall_document(job.kept.document), recall(job.kept.fragment, Fragment)
        return head, Parsed(document, fragment, head.problems), ""
    data = read(desk.root, job.source.path)
    if desk.apart:
        parsed = desk.apart.call(desk.seconds, parse, job.source, data, desk.dialect)
    else:
        parsed = parse(job.source, data, desk.dialect)
    head = _head(desk, job.source, parsed, digest=digest_of(data))
    return head, parsed, head.input


def _head(desk: JobContext, source: Source, parsed: Parsed, *, digest: str) -> FileRecord:
    return FileRecord(
        kind=source.kind,
        input=digest,
        fragment=fragment_key(parsed.document.path, parsed.document.digest),
        dialect=desk.dialect.digest,
        name_index="",
        entry=None,
        problems=parsed.problems,
        wrong=(),
    )
