"""Small faults put into a module, one at a time: what `tools.mutants` shows to tests.

A module is read as a tree, one node of it is replaced, and the tree is written as a module again. Faults that no test
could see are not made: in annotations, in imports for types, in docstrings, in what decorators are given, and in
assertions, which tell the type checker what holds anyway.
"""

from __future__ import annotations

import ast
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
"""Each comparison beside the one that differs at its border, and beside its contrary."""

_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_CALLED = {"any": "all", "all": "any", "min": "max", "max": "min", "sorted": "list", "reversed": "list"}
_LEFT_OUT = frozenset({"strip", "lstrip", "rstrip", "casefold", "lower"})
"""Methods that return much the same text as they are given."""

_UNSEEN = frozenset({"annotation", "returns", "decorator_list", "type_params"})
"""Fields of nodes in which nothing is changed."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one fault: `before` became `after`, each on one line; `text` is the whole module."""

    line: int
    before: str
    after: str
    text: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node stands: in a field of another, or at a position of the list which that field holds."""

    parent: ast.AST
    field: str
    at: int | None

    def node(self) -> ast.AST:
        held = getattr(self.parent, self.field)
        found: ast.AST = held if self.at is None else held[self.at]
        return found

    def put(self, node: ast.AST) -> None:
        if self.at is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.at] = node

    @contextmanager
    def holding(self, other: ast.AST) -> Iterator[None]:
        """Let another node stand here for a while."""
        node = self.node()
        self.put(other)
        try:
            yield
        finally:
            self.put(node)


def mutants(source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module, each once, in the order of its lines.

    Raises:
        SyntaxError: the source is no module.
    """
    tree = ast.parse(source)
    seen = {ast.unparse(tree)}
    for place in list(_places(tree)):
        node = place.node()
        for other in _alternatives(node):
            with place.holding(ast.copy_location(other, node)):
                text = ast.unparse(tree)
            if text not in seen:
                seen.add(text)
                yield Mutant(_line(node), _on_a_line(node), _on_a_line(other), text)


def _line(node: ast.AST) -> int:
    """Return where a node begins; the part of a comprehension that begins with `for` does not say it itself."""
    placed = node.target if isinstance(node, ast.comprehension) else node
    line: int = getattr(placed, "lineno", 0)
    return line


def _on_a_line(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


def _places(parent: ast.AST) -> Iterator[_Place]:
    """Yield the places below a node where something may be replaced, from the top down."""
    for field, held in ast.iter_fields(parent):
        if field in _UNSEEN:
            continue
        for at, node in enumerate(held) if isinstance(held, list) else ((None, held),):
            if isinstance(node, ast.AST) and not _is_unseen(node):
                yield _Place(parent, field, at)
                yield from _places(node)


def _is_unseen(node: ast.AST) -> bool:
    """Tell whether nothing that runs depends on a node, or text alone, whose pieces are part of messages."""
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "TypeVar"
    return isinstance(node, ast.Assert | ast.Import | ast.ImportFrom | ast.JoinedStr)


def _alternatives(node: ast.AST) -> Iterable[ast.AST]:
    """Yield what may stand in the place of a node."""
    make = _MAKERS.get(type(node))
    return make(node) if make else ()


def _compared(node: ast.Compare) -> Iterator[ast.AST]:
    for at, op in enumerate(node.ops):
        for other in _COMPARED[type(op)]:
            ops = [*node.ops[:at], other(), *node.ops[at + 1 :]]
            yield ast.Compare(node.left, ops, node.comparators)


def _joined(node: ast.BoolOp) -> Iterator[ast.AST]:
    """Yield the other operator, and each operand alone."""
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    yield from node.values


def _negated(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not):
        yield node.operand


def _computed(node: ast.BinOp) -> Iterator[ast.AST]:
    other = _COMPUTED.get(type(node.op))
    if other:
        yield ast.BinOp(node.left, other(), node.right)


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    match node.value:
        case bool(value):
            yield ast.Constant(not value)
        case int(value):
            yield ast.Constant(value + 1)
        case str(value):
            yield ast.Constant("" if value else "mutant")


def _called(node: ast.Call) -> Iterator[ast.AST]:
    yield from _without_each(node, "keywords")
    match node.func:
        case ast.Name(id=name) if name in _CALLED:
            yield ast.Call(ast.Name(_CALLED[name], ast.Load()), node.args, node.keywords)
        case ast.Attribute(value=value, attr=name) if name in _LEFT_OUT:
            yield value


def _listed(node: ast.Tuple | ast.List | ast.Set) -> Iterator[ast.AST]:
    if isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        yield from _without_each(node, "elts")


def _mapped(node: ast.Dict) -> Iterator[ast.AST]:
    for at in range(len(node.keys)):
        yield ast.Dict(_without(node.keys, at), _without(node.values, at))


def _chosen(node: ast.IfExp) -> Iterator[ast.AST]:
    yield from (node.body, node.orelse)


def _filtered(node: ast.comprehension) -> Iterator[ast.AST]:
    yield from _without_each(node, "ifs")


def _sliced(node: ast.Slice) -> Iterator[ast.AST]:
    yield ast.Slice(None, node.upper, node.step)
    yield ast.Slice(node.lower, None, node.step)


def _conditional(node: ast.If | ast.While) -> Iterator[ast.AST]:
    """Yield the contrary, which the alternatives of a comparison or of `not` already hold."""
    if not isinstance(node.test, ast.Compare | ast.UnaryOp):
        yield type(node)(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)


def _returned(node: ast.Return) -> Iterator[ast.AST]:
    if node.value:
        yield ast.Return(ast.Constant(None))


def _dropped(_node: ast.stmt) -> Iterator[ast.AST]:
    yield ast.Pass()


def _left(node: ast.Continue | ast.Break) -> Iterator[ast.AST]:
    yield ast.Break() if isinstance(node, ast.Continue) else ast.Continue()


def _without_each(node: ast.AST, field: str) -> Iterator[ast.AST]:
    """Yield the node without one of what a field holds, for each in turn."""
    others = {name: value for name, value in ast.iter_fields(node) if name != field}
    held = getattr(node, field)
    for at in range(len(held)):
        yield type(node)(**others, **{field: _without(held, at)})


def _without(items: list[T], at: int) -> list[T]:
    return [*items[:at], *items[at + 1 :]]


_MAKERS: dict[type[ast.AST], Callable[[Any], Iterator[ast.AST]]] = {
    ast.Compare: _compared,
    ast.BoolOp: _joined,
    ast.UnaryOp: _negated,
    ast.BinOp: _computed,
    ast.Constant: _constant,
    ast.Call: _called,
    ast.Tuple: _listed,
    ast.List: _listed,
    ast.Set: _listed,
    ast.Dict: _mapped,
    ast.IfExp: _chosen,
    ast.comprehension: _filtered,
    ast.Slice: _sliced,
    ast.If: _conditional,
    ast.While: _conditional,
    ast.Return: _returned,
    ast.Expr: _dropped,
    ast.AugAssign: _dropped,
    ast.Raise: _dropped,
    ast.Delete: _dropped,
    ast.Continue: _left,
    ast.Break: _left,
}
"""What makes the alternatives of each kind of node; other kinds have none."""
