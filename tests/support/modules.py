"""A package's modules, read and not run: what they import, name, keep and write."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_WRITING_METHODS = frozenset({"write_text", "write_bytes", "mkdir", "unlink", "rename", "rmdir", "touch", "symlink_to"})
_WRITING_FUNCTIONS = frozenset(
    f"{module}.{name}"
    for module, names in {
        "os": "makedirs mkdir remove removedirs rename renames replace rmdir symlink unlink write",
        "shutil": "copy copy2 copyfile copytree move rmtree",
    }.items()
    for name in names.split()
)
_MUTABLE = (ast.List, ast.Set, ast.ListComp, ast.SetComp, ast.DictComp)
_MUTABLE_MAKERS = frozenset({"list", "dict", "set", "bytearray", "defaultdict", "deque", "Counter", "OrderedDict"})


@dataclass(frozen=True)
class Module:
    """A module by its dotted name."""

    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def docstring(self) -> str | None:
        return ast.get_docstring(self.tree)

    @cached_property
    def imports(self) -> frozenset[str]:
        """Everything imported anywhere: at the top, for types only, or late; `from a import b` gives `a.b`."""
        return frozenset(self._imports())

    def _imports(self) -> Iterator[str]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert not node.level, f"{self.name}: imports are written from the top, `from digest.x import y`"
                yield from (f"{node.module}.{alias.name}" for alias in node.names)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every dotted name used: `print`, `os.environ`."""
        nodes = (node for node in ast.walk(self.tree) if isinstance(node, ast.Attribute | ast.Name))
        return frozenset(filter(None, map(_dotted, nodes)))

    def loads(self, package: str) -> bool:
        """Tell whether a package, or anything in it, is imported."""
        return any(f"{imported}.".startswith(f"{package}.") for imported in self.imports)

    def uses(self, name: str) -> bool:
        """Tell whether a name is used; `datetime.now` also as `dt.datetime.now` and as an import."""
        ending = f".{name}" if "." in name else None
        return name in self.imports | self.names or any(ending and used.endswith(ending) for used in self.names)

    def writes(self) -> Iterator[str]:
        """Yield what is called that changes files."""
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Call):
                continue
            name = _dotted(node.func)
            method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if name in _WRITING_FUNCTIONS or method in _WRITING_METHODS or _opens_to_write(node, name, method):
                yield name or method

    def mutable_state(self) -> Iterator[str]:
        """Yield names of the module that hold something mutable; an ALL_CAPS dict is taken for a table."""
        for node in self.tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
            names = [target.id for target in targets if isinstance(target, ast.Name) and target.id != "__all__"]
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            made = (_dotted(value.func) or "").rpartition(".")[2] if isinstance(value, ast.Call) else ""
            if isinstance(value, _MUTABLE) or made in _MUTABLE_MAKERS:
                yield from names
            elif isinstance(value, ast.Dict):
                yield from (name for name in names if not name.isupper())


def _dotted(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value)
        return owner and f"{owner}.{node.attr}"
    return None


def _opens_to_write(call: ast.Call, name: str | None, method: str) -> bool:
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    words = [argument.value for argument in arguments if isinstance(argument, ast.Constant)]
    return (name == "open" or method in {"open", "fdopen"}) and any(
        re.fullmatch(r"[rbt]*[wax+][rbt+]*", word) for word in words if isinstance(word, str)
    )


def read_package(folder: Path) -> dict[str, Module]:
    """Return the modules of a package by dotted name; a package stands for its `__init__`."""
    paths = sorted(folder.rglob("*.py"))
    names = [".".join(path.relative_to(folder.parent).with_suffix("").parts) for path in paths]
    modules = [
        Module(name.removesuffix(".__init__"), path.read_text(encoding="utf-8"))
        for name, path in zip(names, paths, strict=True)
    ]
    return {module.name: module for module in modules}


def edges(modules: Mapping[str, Module]) -> dict[str, set[str]]:
    """Return which modules of the package each module imports."""
    return {
        name: {target for imported in module.imports if (target := _owner(imported, modules))} - {name}
        for name, module in modules.items()
    }


def _owner(imported: str, names: Iterable[str]) -> str | None:
    """Return the longest of `names` that is `imported` or holds it."""
    owners = [name for name in names if imported == name or imported.startswith(f"{name}.")]
    return max(owners, key=len, default=None)


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """Return the nodes of a cycle, the first again at the end; none when there is no cycle."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []
