"""A value with one of its fields changed alone, for every field that its type has, and those of what it holds.

Which fields there are is asked of the types, so a new one is among them by itself. A field is named by the way to it,
`*` standing for any item of a tuple or mapping: `actors.*.shown.matter.roles.*.start.year`.

    Variants(Fields(), others).all(matter, PageMatter)  →  title "Aboutx", summary None, summary "Whox", draft True …
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from digest.values import Value, replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    Others = Callable[[Any], Iterator[Any]]
    """From a value that stands for something (an id) to those that stand for something else of its sort."""

_LONGER = timedelta(days=40)
"""More than a month, so that month and day are others."""

_DONORS = 3
"""How many other values that a field has elsewhere are tried."""


class Variant(NamedTuple):
    """A value of which the field at `path` is another, and the field's short name ("RoleMatter.start").

    `place` is the path with the keys and numbers of items in it.
    """

    path: str
    place: tuple[str, ...]
    field: str
    value: Any


class Part(NamedTuple):
    """What a value holds: the `step` of its path, its `name` or number, and what it is.

    `field` is its short name ("RoleMatter.start"), that of its field for an item of a tuple or mapping.
    """

    step: str
    name: Any
    value: Any
    hint: Any
    field: str


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """The type of a mapping whose items are of different types, by their keys."""

    items: tuple[tuple[str, Any], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Fields:
    """What types are made of.

    `left_out` are fields not to be looked at ("Entry.revision"), `sealed` those that are not looked into, `atoms` types
    that are not. `names` are types that a module knows only while it is checked, `tables` those of fields which the
    types themselves do not tell.
    """

    left_out: Collection[str] = ()
    sealed: Collection[str] = ()
    atoms: tuple[type, ...] = ()
    names: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    tables: Mapping[str, Table] = dataclasses.field(default_factory=dict)
    _known: dict[Any, dict[str, Any]] = dataclasses.field(default_factory=dict)

    def of(self, hint: Any) -> dict[str, Any]:
        """Return the types of the fields of a struct, dataclass or named tuple; none for anything else."""
        if hint not in self._known:
            self._known[hint] = self._of(hint)
        return self._known[hint]

    def _of(self, hint: Any) -> dict[str, Any]:
        if hint in self.atoms or not _has_fields(hint):
            return {}
        hints = get_type_hints(hint, localns=dict(self.names))
        arguments = _arguments(hint)
        found = (name for name in _names(hint) if f"{hint.__name__}.{name}" not in self.left_out)
        own = {name: arguments.get(hints[name], hints[name]) for name in found}
        return {name: self.tables.get(f"{hint.__name__}.{name}", _plain(hint_of)) for name, hint_of in own.items()}

    def inside(self, value: Any, hint: Any, field: str) -> Iterator[Part]:
        """Yield what the value of a field holds."""
        bare, _ = without_none(hint)
        if value is None or field in self.sealed:
            return
        for name, own in self.of(bare).items():
            yield Part(name, name, getattr(value, name), own, f"{bare.__name__}.{name}")
        items = items_of(bare)
        if items:
            numbered = value.items() if isinstance(value, Mapping) else enumerate(value)
            for number, item in numbered:
                step = "*" if "*" in items else str(number)
                yield Part(step, number, item, items[step], field)

    def declared(self, hint: Any, field: str = "", path: str = "") -> Iterator[tuple[str, str]]:
        """Yield the path of every field of a type, and of what it holds, that can be changed alone; with its short name.

        A struct cannot, unless it may be missing: its fields are.
        """
        bare, optional = without_none(hint)
        within = self.of(bare) if field not in self.sealed else {}
        items = items_of(bare)
        if path and (optional or not within):
            yield path, field
        for name, own in within.items():
            yield from self.declared(own, f"{bare.__name__}.{name}", _join(path, name))
        for step, own in items.items() if field not in self.sealed else ():
            yield from self.declared(own, field, _join(path, step))


@dataclasses.dataclass(frozen=True, slots=True)
class Variants:
    """The variants of one value: `others` gives what references may be replaced by."""

    fields: Fields
    others: Others
    donors: dict[str, list[Any]] = dataclasses.field(default_factory=dict)

    def all(self, value: Any, hint: Any) -> Iterator[Variant]:
        """Yield the value with each of its fields changed alone, in several ways.

        What another value has at the same path is among them, so that references lead somewhere. Nothing says that a
        variant makes sense: an office may have lost its role.
        """
        whole = Part("", "", value, hint, "")
        self._collect(whole, "")
        yield from self._changed(whole, "", ())

    def _collect(self, part: Part, path: str) -> None:
        """Remember what values stand at each path."""
        known = self.donors.setdefault(path, [])
        if part.value not in known:
            known.append(part.value)
        for inner in self.fields.inside(part.value, part.hint, part.field):
            self._collect(inner, _join(path, inner.step))

    def _changed(self, part: Part, path: str, place: tuple[str, ...]) -> Iterator[Variant]:
        for inner in self.fields.inside(part.value, part.hint, part.field):
            below = _join(path, inner.step), (*place, str(inner.name))
            for variant in self._changed(inner, *below):
                made = _with(part.value, inner.name, variant.value)
                if made is not None:
                    yield variant._replace(value=made)
        if path:
            instead = self._instead(part, path)
            yield from (Variant(path, place, part.field, new) for new in instead)

    def _instead(self, part: Part, path: str) -> Iterator[Any]:
        """Yield what may stand in the place of a value."""
        value = part.value
        bare, optional = without_none(part.hint)
        if value is None:
            yield from [_SAMPLES[bare]] if bare in _SAMPLES else []
        else:
            yield from _shorter_or_longer(value, bare)
            yield from _another(value)
            yield from self.others(value)
            yield from self._sealed(part, path)
            yield from [None] if optional else []
        if optional or value is None or not self.fields.of(bare):
            yield from [donor for donor in self.donors.get(path, []) if donor != value][:_DONORS]

    def _sealed(self, part: Part, path: str) -> Iterator[Any]:
        """Yield what a value that is not looked into may be instead: the same with another field."""
        fields = self.fields.of(without_none(part.hint)[0]) if part.field in self.fields.sealed else {}
        for name, hint in fields.items():
            inner = Part(name, name, getattr(part.value, name), hint, part.field)
            yield from (_with(part.value, name, new) for new in self._instead(inner, _join(path, name)))


def without_none(hint: Any) -> tuple[Any, bool]:
    """Return a type without None, and whether None was among it."""
    if get_origin(hint) in {Union, types.UnionType}:
        rest = [own for own in get_args(hint) if own is not type(None)]
        return (rest[0] if len(rest) == 1 else hint), len(rest) < len(get_args(hint))
    return hint, False


def items_of(hint: Any) -> dict[str, Any]:
    """Return the types of a tuple's or mapping's items by the step of their paths: `*`, or numbers for a pair."""
    if isinstance(hint, Table):
        return dict(hint.items)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is tuple:
        return {"*": arguments[0]} if arguments[1:] == (...,) else {str(n): own for n, own in enumerate(arguments)}
    return {"*": arguments[1]} if origin is Mapping or origin is dict else {}


def _plain(hint: Any) -> Any:
    """Return a generic struct or dataclass without its arguments: they are those of a field that is left out."""
    origin = get_origin(hint)
    return origin if _has_fields(origin) else hint


def _arguments(hint: Any) -> dict[Any, Any]:
    """Return what stands for the type variables of what a type is made of."""
    return {
        variable: argument
        for base in getattr(hint, "__orig_bases__", ())
        for variable, argument in zip(getattr(get_origin(base), "__parameters__", ()), get_args(base), strict=False)
    }


def _has_fields(hint: Any) -> bool:
    if not isinstance(hint, type):
        return False
    return issubclass(hint, Value) or dataclasses.is_dataclass(hint) or hasattr(hint, "_fields")


def _names(kind: Any) -> tuple[str, ...]:
    if dataclasses.is_dataclass(kind):
        return tuple(field.name for field in dataclasses.fields(kind))
    return tuple(kind.__struct_fields__ if issubclass(kind, Value) else kind._fields)


def _join(path: str, step: str) -> str:
    return f"{path}.{step}" if path else step


def _with(value: Any, name: Any, part: Any) -> Any:
    """Return a value with another part; None where its type forbids it."""
    if isinstance(value, Mapping):
        return {**value, name: part}
    if isinstance(value, Value):
        return replaced(value, **{name: part})
    if hasattr(value, "_replace"):
        return value._replace(**{name: part})
    if isinstance(value, tuple):
        return (*value[:name], part, *value[name + 1 :])
    try:
        return dataclasses.replace(value, **{name: part})
    except ValueError:
        return None


def _shorter_or_longer(value: Any, hint: Any) -> Iterator[Any]:
    """Yield a tuple or mapping without its first item, with one twice, and the other way round."""
    if isinstance(value, Mapping):
        pairs = [*value.items()]
        if pairs:
            yield dict(pairs[1:])
            yield dict(pairs[:-1])
            yield dict(reversed(pairs))
    elif "*" in items_of(hint) and not value:
        yield from [_SAMPLES[hint]] if hint in _SAMPLES else []
    elif "*" in items_of(hint):
        yield value[1:]
        yield (*value, value[0])
        yield value[::-1]


def _another(value: Any) -> Iterator[Any]:
    """Yield other values of a simple type."""
    match value:
        case bool():
            yield not value
        case int():
            yield value + 1
            yield value - 1
        case str():
            yield f"{value}x"
        case datetime() | date():
            yield value + _LONGER
        case time():
            yield value.replace(hour=(value.hour + 1) % 24)
        case ZoneInfo():
            yield ZoneInfo("Asia/Tokyo")


_SAMPLES: Mapping[Any, Any] = {
    datetime: datetime(2024, 2, 3, tzinfo=UTC),
    tuple[str, ...]: ("x",),
    str: "x",
    int: 1,
    date: date(2024, 2, 3),
    time: time(9, 30),
}
"""What may stand where there is nothing."""
