"""What templates say of each other, read from their sources: nothing is compiled and nothing is recorded.

Invariants: every template that rendering can reach is among the dependencies, for names are constants (a computed one
is a diagnostic); a template that cannot be read reaches nothing, and `Renderer.check` says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import TemplateError, meta, nodes

from digest.output.bodies import PARTIALS
from digest.output.engine import PlainEngine
from digest.output.template_dependencies import TemplateDependencies, digest_of
from digest.output.theme import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from digest.output.theme import Template, Theme

_REACHING = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
UNREADABLE = (TemplateError, RecursionError, SyntaxError, UnicodeDecodeError)
"""What reading a template may end in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one template says: the names of others, the lines where it computes such a name, the globals it reads.

    `static` are the names it gives to `static()`; None when it computes one.
    """

    reaches: frozenset[str] = frozenset()
    dynamic: tuple[int, ...] = ()
    reads: frozenset[str] = frozenset()
    static: frozenset[str] | None = frozenset()


def facts(tree: nodes.Template) -> Facts:
    """Return what a parsed template says."""
    reaching = [(node.lineno, name) for node in tree.find_all(_REACHING) for name in _named(node)]
    reads = frozenset(node.name for node in tree.find_all(nodes.Name) if node.ctx == "load")
    return Facts(
        reaches=frozenset(name for _, name in reaching if name is not None),
        dynamic=tuple(line for line, name in reaching if name is None),
        reads=reads & {"site", "body", "static"},
        static=_static(tree) if "static" in reads else frozenset(),
    )


def _named(node: nodes.Node) -> Iterator[str | None]:
    """Yield the names that one statement may reach; None stands for a computed one."""
    return meta.find_referenced_templates(nodes.Template([node]))


def _static(tree: nodes.Template) -> frozenset[str] | None:
    """Return the names given to `static()`, None where it is used in any other way."""
    calls = [call for call in tree.find_all(nodes.Call) if call.node == nodes.Name("static", "load")]
    uses = sum(node.name == "static" for node in tree.find_all(nodes.Name))
    names = [call.args[0].value for call in calls if len(call.args) == 1 and isinstance(call.args[0], nodes.Const)]
    return frozenset(names) if len(names) == uses else None


def template_dependencies(theme: Theme, root: Path) -> dict[str, TemplateDependencies]:
    """Return the dependencies of every template that may be a page's: those that lie in no folder below `templates/`.

    It depends on the theme's templates alone.
    """
    reader = _Reader(theme=theme, root=root, known={}, engine=PlainEngine(theme.source))
    return {name: reader.dependencies(name) for name in sorted(theme.templates) if "/" not in name}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads each template once; `known` are the digest and the facts of those read."""

    theme: Theme
    root: Path
    known: dict[Path, tuple[str, Facts]]
    engine: PlainEngine

    def dependencies(self, entry: str) -> TemplateDependencies:
        reached = self._reached(entry)
        read = {name: self._read(template) for name, template in reached.items()}
        static = [told.static for _, told in read.values()]
        return TemplateDependencies(
            files=tuple(sorted({shown_path(self.root, template.file) for template in reached.values()})),
            sources=digest_of([(name, digest) for name, (digest, _) in sorted(read.items())]),
            static=None if None in static else tuple(sorted(frozenset().union(*filter(None, static)))),
            site=any("site" in told.reads for _, told in read.values()),
        )

    def _reached(self, entry: str) -> dict[str, Template]:
        """Return every name that may be asked for and is there: a template that is added later joins with its name."""
        reached: dict[str, Template] = {}
        waiting = [entry]
        while waiting:
            name = waiting.pop()
            template = self.theme.template(name)
            if template and name not in reached:
                reached[name] = template
                waiting += self._next(template)
        return reached

    def _next(self, template: Template) -> Iterable[str]:
        _, told = self._read(template)
        return told.reaches | PARTIALS if "body" in told.reads else told.reaches

    def _read(self, template: Template) -> tuple[str, Facts]:
        if template.file not in self.known:
            self.known[template.file] = self.theme.digests[template.file], self._facts(template)
        return self.known[template.file]

    def _facts(self, template: Template) -> Facts:
        try:
            return facts(self.engine.parse(template.text))
        except UNREADABLE:
            return Facts()
