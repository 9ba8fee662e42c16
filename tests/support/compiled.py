"""What Jinja makes of a text, kept: parsing and compiling the theme takes most of the time of a tiny build."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from digest.output import render, templates
from digest.output.engine import PlainEngine
from tests.support.sample import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType

    import pytest
    from jinja2 import nodes

T = TypeVar("T")


@cache
def _own() -> frozenset[str]:
    folders = ("themes/broadsheet/templates", "digest/preview/templates")
    files = (file for folder in folders for file in (REPOSITORY / folder).rglob("*.html"))
    return frozenset(file.read_text(encoding="utf-8") for file in files)


def is_own(text: str) -> bool:
    """Tell whether a text is that of a template of ours, which no test changes."""
    return text in _own()


@dataclass(frozen=True, slots=True)
class _Kept:
    """Results by what was asked; they are known by their identity too, for none is ever dropped."""

    asked: dict[object, Any] = field(default_factory=dict)
    results: dict[int, object] = field(default_factory=dict)

    def get(self, make: Callable[..., T], *arguments: Any, key: object, **options: bool) -> T:
        key = make, key
        if key not in self.asked:
            self.asked[key] = made = make(*arguments, **options)
            self.results[id(made)] = made
        found: T = self.asked[key]
        return found

    def __contains__(self, result: object) -> bool:
        return id(result) in self.results


def compile_once(patch: pytest.MonkeyPatch, wanted: Callable[[str], bool]) -> None:
    """Parse and compile each wanted text once for each place and kind of engine, until the patch is undone.

    What is kept depends on the text, its place, the kind of engine and, for filters of constants, the base path.
    """
    parse: Callable[..., nodes.Template] = PlainEngine._parse  # noqa: SLF001 - there is no other way in
    generate: Callable[..., str] = PlainEngine._generate  # noqa: SLF001 - there is no other way in
    compiled: Callable[..., CodeType] = PlainEngine._compile  # noqa: SLF001 - there is no other way in
    facts = templates.facts
    kept = _Kept()

    def parse_once(self: PlainEngine, source: str, *place: str | None) -> nodes.Template:
        if not wanted(source):
            return parse(self, source, *place)
        return kept.get(parse, self, source, *place, key=(_kind(self), source, *place))

    def generate_once(self: PlainEngine, tree: nodes.Template, *place: str | None, **options: bool) -> str:
        if tree not in kept:
            return generate(self, tree, *place, **options)
        key = _kind(self), id(tree), *place, *options.items()
        return kept.get(generate, self, tree, *place, key=key, **options)

    def compiled_once(self: PlainEngine, source: str, filename: str) -> CodeType:
        if source not in kept:
            return compiled(self, source, filename)
        return kept.get(compiled, self, source, filename, key=(source, filename))

    def facts_once(tree: nodes.Template) -> templates.Facts:
        return kept.get(facts, tree, key=id(tree)) if tree in kept else facts(tree)

    patch.setattr(PlainEngine, "_parse", parse_once)
    patch.setattr(PlainEngine, "_generate", generate_once)
    patch.setattr(PlainEngine, "_compile", compiled_once)
    for module in (templates, render):
        patch.setattr(module, "facts", facts_once)


def _kind(engine: PlainEngine) -> object:
    return type(engine), engine.filters["href"]("/") if "href" in engine.filters else ""
