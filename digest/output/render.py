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
from digest.output.theme import Template, Theme, shown_path
from digest.pages.urls import encode, theme_url

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from digest.model import Fragment
    from digest.pages.kind import PageKind
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
        self._engine = self._furnished(Engine(self.theme.source, self.nonce))

    def _furnished(self, engine: _E) -> _E:
        """Give templates what they may use besides the page."""
        href = lru_cache(_ADDRESSES, typed=True)(self._href)
        bodies = Bodies(self.fragments, href, engine.text)
        engine.globals.update(site=self.site, static=self._static, body=bodies.html)
        engine.filters["href"] = href
        return engine

    def check(self) -> list[Diagnostic]:
        """Compile every template; a diagnostic for each that cannot be read, or followed.

        It depends on the theme's templates alone: those that have passed need not be asked again.
        """
        names: dict[Template, str] = {}
        for name, template in self.theme.templates.items():
            names.setdefault(template, name)
        return [
            problem
            for template, name in names.items()
            if template.file.suffix == ".html"
            for problem in self._checked(name, template)
        ]

    def _checked(self, name: str, template: Template) -> list[Diagnostic]:
        try:
            tree = self._engine.parse(template.text, name, str(template.file))
            self._engine.add(name, tree, str(template.file))
            dynamic = facts(tree).dynamic
        except UNREADABLE as error:
            return [self._diagnostic(error, name, "")]
        return [self._dynamic(template, line) for line in dynamic]

    def _dynamic(self, template: Template, line: int) -> Diagnostic:
        start, end = _line_span(template.text, line)
        return Diagnostic(
            code="dynamic-template",
            message="the name of a template is not written out, so nobody can tell which pages it concerns",
            path=shown_path(self.root, template.file),
            start=start,
            end=end,
            hint="choose with `{% if %}` between templates named in quotes",
        )

    def page(self, kind: PageKind, view: View, source: str = "") -> bytes:
        """Return a page's bytes: its template's, or its kind's own; `source` is the content file, for messages.

        Raises:
            TemplateFailedError: the template fails.
        """
        return kind.encode(view) if kind.encode else self.render(kind.template, view, source)

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
        self._plain = self._plain or self._furnished(PlainEngine(self.theme.source, self.nonce))
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
        found, line = self._place(error, template)
        text = found.data.decode(errors="replace") if found else ""
        start, end = _line_span(text, line)
        what = re.sub(r"'([^']*)'", r"`\1`", str(error) or type(error).__name__)
        missing = isinstance(error, jinja2.TemplateNotFound)
        return Diagnostic(
            code="template-syntax" if isinstance(error, jinja2.TemplateSyntaxError) else "template-error",
            message=f"no template `{error}`" if missing else what,
            path=shown_path(self.root, found.file) if found else f"themes/{template}",
            start=start,
            end=end,
            hint=f"while rendering {source}" if source else "",
        )

    def _place(self, error: BaseException, template: str) -> tuple[Template | None, int]:
        if isinstance(error, jinja2.TemplateSyntaxError):
            name = error.filename or error.name or template
            return self.theme.template(name) or self._in_file(name), error.lineno
        frame, found = error.__traceback__, (self.theme.template(template), 1)
        while frame:
            there = self._in_file(frame.tb_frame.f_code.co_filename)
            found = (there, frame.tb_lineno) if there else found
            frame = frame.tb_next
        return found

    def _in_file(self, name: str) -> Template | None:
        return next((template for template in self.theme.templates.values() if str(template.file) == name), None)


def _line_span(text: str, line: int) -> tuple[int, int]:
    """Return where a line's words begin and end."""
    lines = text.split("\n")
    number = min(max(line, 1), len(lines)) - 1
    start = sum(len(before) + 1 for before in lines[:number])
    words = lines[number].strip()
    indent = len(lines[number]) - len(lines[number].lstrip())
    return start + indent, start + indent + len(words)
