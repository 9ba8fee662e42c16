"""Views to bytes.

Templates are trusted code; content never becomes a template. They see a page's view and the site's constants,
`href`, `static` and `body`, and an undefined name is an error that says where.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

import jinja2

from digest.diagnostics import Diagnostic, did_you_mean
from digest.output.bodies import Bodies
from digest.output.engine import Engine, PlainEngine
from digest.output.templates import UNREADABLE, facts
from digest.output.theme import Theme, shown_path
from digest.pages.urls import encode, theme_url

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

    from digest.model import Fragment
    from digest.pages.views import SiteView, View

_ADDRESSES = 2**12
_E = TypeVar("_E", bound=PlainEngine)
_SCHEMES = ("https://", "http://", "mailto:")


class TemplateFailedError(Exception):
    """A template that cannot be read or rendered; carries the diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


@dataclass(slots=True)
class Renderer:
    """Renders pages of one site with one theme; for one thread.

    `nonce` is what scripts bear that templates write, "" for nothing.
    """

    theme: Theme
    root: Path
    site: SiteView
    base_path: str
    fragments: Mapping[str, Fragment]
    nonce: str = ""
    _engine: Engine = field(init=False)
    _plain: PlainEngine | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._engine = self._furnished(Engine(self.theme.template, self.nonce))

    def _furnished(self, engine: _E) -> _E:
        """Give templates what they may use besides the page."""
        href = lru_cache(_ADDRESSES, typed=True)(self._href)
        bodies = Bodies(self.fragments, href, engine.text)
        engine.globals.update(site=self.site, static=self._static, body=bodies.html)
        engine.filters["href"] = href
        return engine

    def check(self) -> list[Diagnostic]:
        """Compile every template; a diagnostic for each that cannot be read, or followed.

        It depends on the theme's templates alone: what `closure.theme_digest` says has passed need not be asked again.
        """
        names: dict[Path, str] = {}
        for name, file in self.theme.templates.items():
            names.setdefault(file, name)
        return [
            problem for file, name in names.items() if file.suffix == ".html" for problem in self._checked(name, file)
        ]

    def _checked(self, name: str, file: Path) -> list[Diagnostic]:
        try:
            tree = self._engine.parse(file.read_text(encoding="utf-8"), name, str(file))
            self._engine.add(name, tree, str(file))
            dynamic = facts(tree).dynamic
        except UNREADABLE as error:
            return [self._diagnostic(error, name, "")]
        return [self._dynamic(file, line) for line in dynamic]

    def _dynamic(self, file: Path, line: int) -> Diagnostic:
        start, end = _line_span(file.read_text(encoding="utf-8"), line)
        return Diagnostic(
            code="dynamic-template",
            message="the name of a template is not written out, so nobody can tell which pages it concerns",
            path=shown_path(self.root, file),
            start=start,
            end=end,
            hint="choose with `{% if %}` between templates named in quotes",
        )

    def render(self, template: str, view: View, source: str = "") -> bytes:
        """Render a page; `source` is the content file it comes from, for messages.

        Raises:
            TemplateFailedError: the template fails.
        """
        try:
            return self._engine.text(template, {"page": view}).encode()
        except Exception:  # noqa: BLE001 - whatever it is, Jinja itself says what it comes to
            return self._plainly(template, view, source)

    def _plainly(self, template: str, view: View, source: str) -> bytes:
        """Render a page as Jinja itself does: it may know better, and its errors know their lines."""
        self._plain = self._plain or self._furnished(PlainEngine(self.theme.template, self.nonce))
        try:
            return self._plain.text(template, {"page": view}).encode()
        except Exception as error:
            raise TemplateFailedError(self._diagnostic(error, template, source)) from error

    def _href(self, url: str) -> str:
        """Return the address to print for a site path, a web address or a fragment of the same page."""
        if url.startswith("/") and not url.startswith("//"):
            return self.base_path + encode(url)
        return encode(url) if url.startswith(_SCHEMES) else url if url.startswith("#") else ""

    def _static(self, name: str) -> str:
        if name not in self.theme.published:
            hint = did_you_mean(name, self.theme.published)
            raise jinja2.TemplateRuntimeError(f"the theme has no static file `{name}`; {hint}".rstrip("; "))
        return theme_url(self.theme.published[name])

    def _diagnostic(self, error: BaseException, template: str, source: str) -> Diagnostic:
        """Say which template and line failed, and for which content file."""
        file, line = self._place(error, template)
        text = file.read_text(encoding="utf-8", errors="replace") if file else ""
        start, end = _line_span(text, line)
        what = re.sub(r"'([^']*)'", r"`\1`", str(error) or type(error).__name__)
        missing = isinstance(error, jinja2.TemplateNotFound)
        return Diagnostic(
            code="template-syntax" if isinstance(error, jinja2.TemplateSyntaxError) else "template-error",
            message=f"no template `{error}`" if missing else what,
            path=shown_path(self.root, file) if file else f"themes/{template}",
            start=start,
            end=end,
            hint=f"while rendering {source}" if source else "",
        )

    def _place(self, error: BaseException, template: str) -> tuple[Path | None, int]:
        if isinstance(error, jinja2.TemplateSyntaxError):
            return self._file(error.filename or error.name or template), error.lineno
        frame, found = error.__traceback__, (self._file(template), 1)
        while frame:
            file = self._file_of_frame(frame)
            found = (file, frame.tb_lineno) if file else found
            frame = frame.tb_next
        return found

    def _file_of_frame(self, frame: TracebackType) -> Path | None:
        name = frame.tb_frame.f_code.co_filename
        return next((file for file in self.theme.templates.values() if str(file) == name), None)

    def _file(self, name: str) -> Path | None:
        """Return the file of a template's name or path."""
        return self.theme.template(name) or next(
            (file for file in self.theme.templates.values() if str(file) == name), None
        )


def _line_span(text: str, line: int) -> tuple[int, int]:
    """Return where a line's words begin and end."""
    lines = text.split("\n")
    number = min(max(line, 1), len(lines)) - 1
    start = sum(len(before) + 1 for before in lines[:number])
    words = lines[number].strip()
    indent = len(lines[number]) - len(lines[number].lstrip())
    return start + indent, start + indent + len(words)
