"""Jinja, set up for pages made of many short texts: the same bytes, sooner.

`Engine` differs from `jinja2.Environment` in the Python that a template is compiled to, and only where what a template
prints cannot differ:

* a printed value is escaped text at once, without a call if it is text as nearly always, where Jinja makes a `Markup`
  object for every value;
* a call is a plain call, where Jinja looks for functions that want a context (a theme has no way to add any);
* an attribute is read directly, where Jinja would also try a key: what has none raises, and then `Renderer` lets
  Jinja itself render the page;
* a block hands over its text at once, where Jinja passes every piece through all blocks around it.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import jinja2
import markupsafe
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Macro, new_context
from jinja2.utils import missing
from markupsafe import Markup

from digest.output.nonces import with_nonce

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, MutableMapping

    from jinja2.environment import TemplateModule
    from jinja2.lexer import TokenStream
    from jinja2.runtime import Context

KEPT = 2**11
"""How many results of `once` are kept: mostly cards, in about 5 MB."""

_escaped: Callable[[str], str] = getattr(markupsafe, "_escape_inner", markupsafe.escape)
"""What `markupsafe.escape` calls, where this release has it, to escape text without making a `Markup` of it."""

_MAPPINGS = frozenset({"self", "kwargs"})
"""Names that Jinja gives to mappings, whose keys can be read like attributes."""

_MAY_BE_MISSING = frozenset({"defined", "undefined", "default", "d"})
"""Tests and filters that ask whether a value is there."""


def printed(value: Any) -> str:
    """Return what a template prints for a value: markup as it is, anything else as escaped text."""
    kind = type(value)
    if kind is str:
        return _escaped(value)
    return str(value) if kind is int else value if kind is Markup else markupsafe.escape(value)


def _called(macro: Callable[..., str], *arguments: object) -> str:
    return macro(*arguments)


def said(function: Callable[..., object], *arguments: object) -> str:
    """Return what a template prints for a call."""
    if type(function) is PlainMacro and len(arguments) <= function.most:
        return function.text(*arguments)
    return printed(function(*arguments))


class PlainMacro(Macro):
    """A macro that passes positional arguments straight on; anything else takes Jinja's way.

    `most` is the number of arguments it takes; -1 if it always needs Jinja (`caller`, `varargs`, `kwargs`). `pure`
    tells that it sees no page: what it prints follows from its arguments.
    """

    def __init__(self, pure: bool, *definition: Any) -> None:  # noqa: FBT001 - Jinja's own
        super().__init__(*definition)
        self.pure = pure
        simple = self._default_autoescape and not (self.catch_kwargs or self.catch_varargs or self.caller)
        self.most = self._argument_count if simple else -1
        self._defaults = (missing,) * self._argument_count

    def text(self, *args: object) -> str:
        """Return what the macro prints; at most `most` arguments."""
        return self._func(*args) if len(args) == self.most else self._func(*args, *self._defaults[len(args) :])

    def __call__(self, *args: Any, **kwargs: Any) -> str:
        if not kwargs and len(args) <= self.most:
            return str.__new__(Markup, self.text(*args))
        names = self.arguments[len(args) :]
        if len(args) > self.most or not kwargs.keys() <= set(names):
            return super().__call__(*args, **kwargs)
        values = [kwargs.get(name, missing) for name in names]
        return str.__new__(Markup, self._func(*args, *values))


class Generator(CodeGenerator):
    """Writes the Python of a template."""

    _printed: nodes.Node | None = None
    _careful = False
    _has_macros = False
    _made: frozenset[str] = frozenset()

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - Jinja's name
        self._has_macros = any(node.find_all((nodes.Macro, nodes.CallBlock)))
        self._made = _MAPPINGS.union(_names(node.find_all(nodes.Assign)))
        super().visit_Template(node, frame)

    def write_commons(self) -> None:
        super().write_commons()
        self.writeline("escape, said, escape_text = environment.printed, environment.said, environment.escaped")
        if self._has_macros:
            self.writeline("Macro = environment.macros(context)")

    def blockvisit(self, body: Iterable[nodes.Node], frame: Frame) -> None:
        """Collect the text of a block, which has no buffer of its own yet."""
        if frame.buffer is not None:
            super().blockvisit(body, frame)
            return
        self.buffer(frame)
        super().blockvisit(body, frame)
        self.writeline(f"yield concat({frame.buffer})")
        frame.buffer = None

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: FBT001, FBT002, N802 - Jinja's
        if forward_caller or not _simple(node, frame):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        is_printed = node is self._printed
        self.visit(node.node, frame)
        self.write(", " if is_printed else "(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write("" if is_printed else ")")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if _is_said(node, frame):
            self._printed = node
            self.write("said(")
        elif _escapes(frame):
            self.write("escape_text(value) if type(value := ")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if _escapes(frame) and not _is_said(node, frame):
            self.write(") is str else escape(value)")
        else:
            super()._output_child_post(node, frame, finalize)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        if self._careful or keyword.iskeyword(node.attr) or not self._is_view(node.node):
            super().visit_Getattr(node, frame)
            return
        self.visit(node.node, frame)
        self.write(f".{node.attr}")

    def _is_view(self, node: nodes.Node) -> bool:
        """Tell whether an expression reads a view, as far as one can see; what templates make may be a mapping."""
        while isinstance(node, nodes.Getattr):
            node = node.node
        return isinstance(node, nodes.Name) and node.name not in self._made

    def visit_Filter(self, node: nodes.Filter, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        before, self._careful = self._careful, self._careful or node.name in _MAY_BE_MISSING
        super().visit_Filter(node, frame)
        self._careful = before

    def visit_Test(self, node: nodes.Test, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        before, self._careful = self._careful, self._careful or node.name in _MAY_BE_MISSING
        super().visit_Test(node, frame)
        self._careful = before


def _escapes(frame: Frame) -> bool:
    return frame.eval_ctx.autoescape and not frame.eval_ctx.volatile


def _is_said(node: nodes.Node, frame: Frame) -> bool:
    """Tell whether a printed expression is a call that `said` makes."""
    return isinstance(node, nodes.Call) and _simple(node, frame) and not node.kwargs


def _simple(node: nodes.Call, frame: Frame) -> bool:
    return (
        _escapes(frame)
        and node.dyn_args is None
        and node.dyn_kwargs is None
        and not any(keyword.iskeyword(argument.key) for argument in node.kwargs)
    )


def _names(found: Iterable[nodes.Node]) -> Iterable[str]:
    """Yield the names that nodes assign to."""
    for node in found:
        for name in node.find_all(nodes.Name):
            if name.ctx == "store":
                yield name.name


Find = Callable[[str], tuple[str, str] | None]
"""Gives the text of a template, and the file it is in, by its name."""


def _load(find: Find, name: str) -> tuple[str, str, None] | None:
    """Return what Jinja wants to know of a template: its text, its file, and nothing about its changing."""
    found = find(name)
    return (*found, None) if found else None


class PlainEngine(jinja2.Environment):
    """Jinja as it is, with our settings."""

    def __init__(self, find: Find, nonce: str = "") -> None:
        """Make an environment that finds templates so; `nonce` is that of scripts in templates."""
        super().__init__(
            loader=jinja2.FunctionLoader(partial(_load, find)),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        self.globals["once"] = _called
        self._nonce = nonce

    def _tokenize(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> TokenStream:
        stream = super()._tokenize(source, name, filename, state)
        return with_nonce(stream, self._nonce) if self._nonce else stream

    def text(self, name: str, values: Mapping[str, object]) -> str:
        """Render a template, which sees `values` besides the globals.

        Raises:
            Exception: whatever the template comes to.
        """
        return self.get_template(name).render(values)


class PlainTemplate(jinja2.Template):
    """A template that is imported as the same module every time: no page brings globals of its own."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return self._module or super()._get_default_module(ctx)


class Engine(PlainEngine):
    """The same, sooner. Its templates do not change while it lives, and its exceptions tell nothing of their lines."""

    code_generator_class = Generator
    template_class = PlainTemplate
    escaped = staticmethod(_escaped)
    printed = staticmethod(printed)
    said = staticmethod(said)

    def __init__(self, find: Find, nonce: str = "") -> None:
        super().__init__(find, nonce)
        self._loaded: dict[str, jinja2.Template] = {}
        self._kept = lru_cache(KEPT, typed=True)(_called)
        self.globals["once"] = self.once

    def macros(self, context: Context) -> Callable[..., PlainMacro]:
        """Return what makes a template's macros, which sees a page if its context holds more than the globals."""
        return partial(PlainMacro, context.parent.keys() <= self.globals.keys())

    def once(self, macro: Callable[..., str], *arguments: object) -> str:
        """Return what a macro gives for some values, which it is asked once; of no macro that sees a page."""
        return self._kept(macro, *arguments) if type(macro) is PlainMacro and macro.pure else macro(*arguments)

    def get_template(
        self,
        name: str | jinja2.Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja's name
    ) -> jinja2.Template:
        """Return a template by name: found at once after the first time, for `{% from … import %}` asks every time."""
        if isinstance(name, jinja2.Template):
            return name
        found = self._loaded.get(name)
        if found is None:
            found = self._loaded[name] = super().get_template(name, parent, globals)
        return found

    def add(self, name: str, tree: nodes.Template, filename: str) -> None:
        """Compile a template that is parsed already."""
        code = self.compile(tree, name, filename)
        self._loaded[name] = self.template_class.from_code(self, code, self.make_globals(None))

    def text(self, name: str, values: Mapping[str, object]) -> str:
        template = self.get_template(name)
        context = new_context(self, name, template.blocks, {**self.globals, **values}, shared=True)
        return "".join(template.root_render_func(context))
