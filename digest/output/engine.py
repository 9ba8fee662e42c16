"""Jinja, set up for many small values: what it prints is the same to the byte, only sooner.

Three things cost most in pages made of short texts, and none of them is needed in our templates: every printed value
becomes a `Markup` object that is joined and thrown away at once; every call goes through `context.call`, which looks
for functions that want a context (a theme cannot add any); every macro checks its arguments by name. What is not
plain (keyword arguments, `caller`, `varargs`, an `autoescape` block) takes Jinja's own way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jinja2
import markupsafe
from jinja2 import nodes, runtime
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Macro
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping

    from jinja2.compiler import Frame

_escaped: Callable[[str], str] = getattr(markupsafe, "_escape_inner", markupsafe.escape)
"""Escapes text as `markupsafe.escape` does, where this release has it, without making a `Markup` of the result."""


def printed(value: object) -> str:
    """Return what a template prints for a value: the text, escaped unless it is markup."""
    kind = type(value)
    if kind is str:
        return _escaped(value)  # type: ignore[arg-type] - the exact type, which the checker does not narrow
    return value if kind is Markup else markupsafe.escape(value)  # type: ignore[return-value] - the same


class PlainMacro(Macro):
    """A macro that takes positional arguments straight to its function."""

    def __init__(self, environment: jinja2.Environment, func: Callable[..., str], name: str, *rest: Any) -> None:
        super().__init__(environment, func, name, *rest)
        self._plain = self._default_autoescape and not (self.catch_kwargs or self.catch_varargs or self.caller)

    def __call__(self, *args: Any, **kwargs: Any) -> str:
        if kwargs or not self._plain or len(args) != self._argument_count:
            return super().__call__(*args, **kwargs)
        return str.__new__(Markup, self._func(*args))


class Generator(CodeGenerator):
    """Writes a template's Python with the names above in place of Jinja's."""

    def write_commons(self) -> None:
        super().write_commons()
        self.writeline("escape = environment.printed")
        self.writeline("Macro = environment.macro")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: FBT001, FBT002, N802 - Jinja's
        if forward_caller or node.dyn_args or node.dyn_kwargs or frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super().visit_Call(node, frame, forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")


class Engine(jinja2.Environment):
    """An environment whose templates never change while it lives."""

    code_generator_class = Generator
    printed = staticmethod(printed)
    macro = PlainMacro

    def __init__(self, loader: jinja2.BaseLoader) -> None:
        super().__init__(
            loader=loader,
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        self.loaded: dict[str, jinja2.Template] = {}

    def get_template(
        self,
        name: str | jinja2.Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja's
    ) -> jinja2.Template:
        if isinstance(name, str) and name in self.loaded:
            return self.loaded[name]
        template = super().get_template(name, parent, globals)
        if isinstance(name, str):
            self.loaded[name] = template
        return template

    def text(self, name: str, values: Mapping[str, object]) -> str:
        """Render a template; an exception is Jinja's own, not yet traced back to the template's lines."""
        template = self.get_template(name)
        context = runtime.new_context(self, name, template.blocks, {**self.globals, **values}, shared=True)
        return "".join(template.root_render_func(context))
