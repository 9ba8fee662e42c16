"""The site's settings: `digest.yaml` and what the command line and the environment add.

Invariants: `Config` is the only place that knows what moment the build is made for (`now`); stages take what they
need from it and never ask the clock, the locale or the environment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from digest.dates import Moment
from digest.decode.nodes import read
from digest.decode.schema import decode
from digest.decode.text import MAX_BYTES
from digest.decode.text import decode as decode_text
from digest.decode.types import STRICT, Count, Flag, Free, Language, Line, Reference, Text, doc
from digest.diagnostics import Diagnostic, has_errors
from digest.digests import Reading, read_once
from digest.model import Dialect, NoteKind
from digest.project import FILE_NAME, is_base_url, strange_links

if TYPE_CHECKING:
    import os
    from pathlib import Path

_KINDS = (
    NoteKind("note", "Note", "*"),
    NoteKind("context", "Context", "§"),
    NoteKind("fact-check", "Fact-check", "†"),
    NoteKind("translation", "Translation", "→"),
    NoteKind("source", "Source", "¶"),
    NoteKind("correction", "Correction", "±"),
    NoteKind("question", "Question", "?"),
    NoteKind("definition", "Definition", "="),
    NoteKind("private", "Private", "", private=True),
)
_VERDICTS = ("accurate", "lacks context", "unsupported", "misleading", "disputed", "false")
_RESERVED = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSettings:
    """A kind of annotation."""

    __pydantic_config__ = STRICT
    kind: Annotated[Reference, doc("Its id: lower-case Latin letters, digits and hyphens.")]
    label: Annotated[Line, doc("Its word, at the beginning of a note and for readers.")]
    sign: Annotated[Line | None, doc("One or two characters that tell it apart without colour.")] = None
    private: Annotated[Flag, doc("Notes of this kind are never published.")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationSettings:
    """What notes there are."""

    __pydantic_config__ = STRICT
    kinds: Annotated[tuple[KindSettings, ...], doc("Kinds added to the usual ones, or in place of them.")] = ()
    verdicts: Annotated[tuple[Line, ...], doc("The words a fact-check may conclude with.")] = _VERDICTS


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkdownSettings:
    """What Markdown may do."""

    __pydantic_config__ = STRICT
    raw_html: Annotated[Flag, doc("Let HTML in content through, sanitised.")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishSettings:
    """How the site is published."""

    __pydantic_config__ = STRICT
    host_files: Annotated[tuple[Line, ...], doc("Files that a host may take for its own: paths or patterns.")] = ()
    in_place: Annotated[Flag, doc("Keep the folder, and replace its files one by one.")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a site."""

    __pydantic_config__ = STRICT
    title: Annotated[Line, doc("The site's name.")]
    base_url: Annotated[Reference | None, doc("The address it is published at; a path is honoured.")] = None
    description: Annotated[Text, doc("One or two sentences about it.")] = ""
    lang: Annotated[Language, doc("Its language, as a BCP 47 tag.")] = "en"
    timezone: Annotated[Reference | None, doc("The zone its dates are in: Europe/London.")] = None
    theme: Annotated[Reference | None, doc("A folder of `themes/`, or `broadsheet`.")] = None
    page_size: Annotated[Count, doc("Entries on a page of a list.")] = 50
    annotations: Annotated[AnnotationSettings, doc("Kinds of notes and verdicts.")] = AnnotationSettings()
    markdown: Annotated[MarkdownSettings, doc("What Markdown may do.")] = MarkdownSettings()
    timeout: Annotated[Count, doc("Seconds of processor time that reading one file may take.")] = 10
    publish: Annotated[PublishSettings, doc("How the site is published.")] = PublishSettings()
    auto_link: Annotated[Flag, doc("Link the first plain occurrence of a name in each entry.")] = True
    extra: Annotated[Free, doc("Anything your own templates need.")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """Which hidden entries a run shows all the same."""

    drafts: bool = False
    future: bool = False
    expired: bool = False

    @property
    def anything(self) -> bool:
        return self.drafts or self.future or self.expired


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything a build depends on besides content and theme files.

    `digest` is that of the settings file's bytes, `seen` what the file looked like before they were read. `trusted` are
    the names of the project's own themes that may run.
    """

    root: Path
    path: str
    title: str
    description: str
    lang: str
    base_url: str
    zone: ZoneInfo
    theme: str
    theme_at: tuple[int, int]
    page_size: int
    dialect: Dialect
    timeout: int
    auto_link: bool
    host_files: tuple[str, ...]
    in_place: bool
    extra: tuple[tuple[str, object], ...]
    show: Show
    now: datetime
    digest: str
    seen: os.stat_result
    trusted: frozenset[str]

    @property
    def today(self) -> date:
        """The day of the build in the site's zone."""
        return self.now.astimezone(self.zone).date()

    @property
    def base_path(self) -> str:
        """The path of `base_url` without its last slash: "" or "/repo"."""
        return urlsplit(self.base_url).path.rstrip("/")


def read_settings(path: Path) -> Reading:
    """Read a settings file, for `load`.

    Raises:
        OSError: it cannot be read.
    """
    return read_once(path, most=MAX_BYTES)


def load(
    root: Path,
    *,
    path: Path,
    now: datetime | Moment,
    show: Show | None = None,
    base_url: str | None = None,
    trusted: frozenset[str] = frozenset(),
    reading: Reading | None = None,
) -> tuple[Config | None, list[Diagnostic]]:
    """Read the settings file at `path`, or what was read of it; None when the settings cannot be used.

    `now` must be aware, or a moment in the site's zone. `trusted` are the project's themes that may run.

    Raises:
        OSError: the file cannot be read.
    """
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    if strange := check_links(root, path):
        return None, strange
    reading = reading or read_settings(path)
    text, problems = decode_text(reading.data, name)
    if has_errors(problems):
        return None, problems
    node, problems = read(text, path=name)
    if node is None or has_errors(problems):
        return None, problems
    settings, wrong = decode(Settings, node, name)
    problems += wrong
    if settings is None:
        return None, problems
    zone, wrong_zone = _zone(settings.timezone, name)
    problems += [*wrong_zone, *_check_kinds(settings, name), *_check_base_url(settings.base_url, name)]
    if has_errors(problems):
        return None, problems
    own_url = settings.base_url.text if settings.base_url else ""
    config = Config(
        root=root,
        path=name,
        title=settings.title,
        description=settings.description,
        lang=settings.lang,
        base_url=(own_url if base_url is None else base_url).rstrip("/"),
        zone=zone,
        theme=settings.theme.text if settings.theme else "broadsheet",
        theme_at=(settings.theme.start, settings.theme.end) if settings.theme else (0, 0),
        page_size=settings.page_size,
        dialect=_dialect(settings),
        timeout=settings.timeout,
        auto_link=settings.auto_link,
        host_files=settings.publish.host_files,
        in_place=settings.publish.in_place,
        extra=settings.extra,
        show=show or Show(),
        now=now.instant(zone) if isinstance(now, Moment) else now.astimezone(UTC),
        digest=reading.digest,
        seen=reading.seen,
        trusted=trusted,
    )
    return config, problems


def check_links(root: Path, path: Path) -> list[Diagnostic]:
    """Say which of a project's own files are links that bring in what is not the project's; `path` is the settings'."""
    return [_strange_link(link) for link in strange_links(root, path)]


def _strange_link(name: str) -> Diagnostic:
    code, message = "folder-link", "this folder must not be a link"
    if name == FILE_NAME:
        code, message = "outside-link", "this link leads out of the project"
    return Diagnostic(code=code, message=message, path=name, hint="copy what it leads to instead")


def _zone(written: Reference | None, path: str) -> tuple[ZoneInfo, list[Diagnostic]]:
    if written is None:
        return ZoneInfo("UTC"), []
    try:
        return ZoneInfo(written.text), []
    except (OSError, ValueError, KeyError):
        message = f"`{written.text}` is not a time zone"
        return ZoneInfo("UTC"), [_problem("unknown-zone", message, written, path, "write Europe/London or UTC")]


def _check_kinds(settings: Settings, path: str) -> list[Diagnostic]:
    problems, seen = [], set[str]()
    for kind in [own.kind for own in settings.annotations.kinds]:
        if not _RESERVED.fullmatch(kind.text):
            problems.append(
                _problem("invalid-id", f"`{kind.text}` is not an id", kind, path, "write it like fact-check")
            )
        if kind.text in seen:
            problems.append(_problem("duplicate-id", f"a second kind `{kind.text}`", kind, path, "keep one of them"))
        seen.add(kind.text)
    return problems


def _check_base_url(written: Reference | None, path: str) -> list[Diagnostic]:
    if written is None or is_base_url(written.text):
        return []
    message = f"`{written.text}` is not the address of a site"
    return [_problem("invalid-url", message, written, path, "write https://example.org/ or https://example.org/news/")]


def _problem(code: str, message: str, written: Reference, path: str, hint: str) -> Diagnostic:
    return Diagnostic(code=code, message=message, path=path, start=written.start, end=written.end, hint=hint)


def _dialect(settings: Settings) -> Dialect:
    own = tuple(
        NoteKind(kind.kind.text, kind.label, kind.sign or "*", kind.private) for kind in settings.annotations.kinds
    )
    replaced = {kind.id for kind in own}
    return Dialect(
        kinds=(*(kind for kind in _KINDS if kind.id not in replaced), *own),
        verdicts=settings.annotations.verdicts,
        raw_html=settings.markdown.raw_html,
    )
