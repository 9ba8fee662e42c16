"""Views to bytes: the only importer of Jinja.

Templates are trusted code; content never becomes a template. They see a page's view and the site's constants,
`href`, `static` and `body`, and an undefined name is an error that says where.
"""

from __future__ import annotations

import re
from functools import lru_cache
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup, escape

from digest.diagnostics import Diagnostic, did_you_mean
from digest.model import fill
from digest.output.engine import Engine
from digest.output.theme import Theme, shown_path
from digest.pages.urls import encode, theme_url

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

    from digest.model import Fragment
    from digest.pages.views import Body, SiteView, View

_ADDRESSES = 2**14
_SCHEMES = ("https://", "http://", "mailto:")


class TemplateFailedError(Exception):
    """A template that cannot be read or rendered; carries the diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


@dataclass(slots=True)
class Renderer:
    """Renders pages of one site with one theme; for one thread."""

    theme: Theme
    root: Path
    site: SiteView
    base_path: str
    fragments: Mapping[str, Fragment]
    _environment: Engine = field(init=False)

    def __post_init__(self) -> None:
        self._environment = Engine(_loader(self.theme))
        self._environment.globals.update(site=self.site, static=self._static, body=self._body)
        self._environment.filters["href"] = lru_cache(_ADDRESSES)(self._href)

    def check(self) -> list[Diagnostic]:
        """Compile every template; a diagnostic for each that cannot be read."""
        problems = []
        for name in self._environment.list_templates(extensions=["html"]):
            try:
                self._environment.get_template(name)
            except (jinja2.TemplateError, RecursionError, SyntaxError, UnicodeDecodeError) as error:
                problems.append(self._diagnostic(error, name, ""))
        return list(dict.fromkeys(problems))

    def render(self, template: str, view: View, source: str = "") -> bytes:
        """Render a page; `source` is the content file it comes from, for messages.

        Raises:
            TemplateFailedError: the template fails.
        """
        try:
            return self._environment.text(template, {"page": view}).encode()
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

    def _body(self, body: Body) -> Markup:
        """Return a body's HTML with everything in its place."""
        if not body.fragment:
            return Markup()
        fragment = self.fragments[body.path]
        return Markup(self._filled(self._auto_linked(fragment.html, body), body, fragment))  # noqa: S704 - made by us

    def _auto_linked(self, markup: str, body: Body) -> str:
        for start, end, url in sorted(body.autolinks, reverse=True):
            opening = f'<a class="mention auto" href="{escape(self._href(url))}">'
            markup = f"{markup[:start]}{opening}{markup[start:end]}</a>{markup[end:]}"
        return markup

    def _filled(self, markup: str, body: Body, fragment: Fragment) -> str:
        hrefs, labels, quotes = dict(body.hrefs), dict(body.labels), dict(body.quotes)

        def gap(kind: str, number: int) -> str:
            if kind == "q":
                # A preview shows entries whose speakers are not known yet; a build never does.
                return self._partial("partials/quote-caption.html", quote=quotes[number]) if number in quotes else ""
            if kind == "n":
                inside = self._filled(fragment.notes[number - 1], body, fragment)
                html = Markup(inside)  # noqa: S704 - made by us
                return self._partial("partials/note.html", note=body.notes[number - 1], html=html)
            return str(escape(self._href(hrefs[number]) if number in hrefs else labels.get(number, "")))

        return fill(markup, gap)

    def _partial(self, name: str, **values: object) -> str:
        return self._environment.text(name, values).rstrip("\n")

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
        return next(
            (file for file in self._files() if str(file) == name),
            None,
        )

    def _files(self) -> list[Path]:
        return [file for folder in self.theme.folders.values() for file in (folder / "templates").rglob("*.html")]

    def _file(self, name: str) -> Path | None:
        """Return the file of a template's name or path."""
        for theme, folder in self.theme.folders.items():
            for candidate in (
                folder / "templates" / name,
                folder / "templates" / name.removeprefix(f"{theme}/"),
            ):
                if candidate.is_file():
                    return candidate
        return None


def _loader(theme: Theme) -> jinja2.BaseLoader:
    """Look a template up in each theme in turn, or in the one that its name begins with."""
    loaders = {name: jinja2.FileSystemLoader(folder / "templates") for name, folder in theme.folders.items()}
    return jinja2.ChoiceLoader([*loaders.values(), jinja2.PrefixLoader(loaders)])


def _line_span(text: str, line: int) -> tuple[int, int]:
    """Return where a line's words begin and end."""
    lines = text.split("\n")
    number = min(max(line, 1), len(lines)) - 1
    start = sum(len(before) + 1 for before in lines[:number])
    words = lines[number].strip()
    indent = len(lines[number]) - len(lines[number].lstrip())
    return start + indent, start + indent + len(words)
