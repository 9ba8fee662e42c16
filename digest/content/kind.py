"""A kind of content: where its files lie, what they say, and what a record of it is called, as one value.

What linking makes of a record is another value, for this package knows one file at a time (`digest.linking.kind`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.content.matter import NameMatter
    from digest.decode.written import Written


class Matter(Protocol):
    """What front matter of every kind has."""

    @property
    def redirect_from(self) -> tuple[Written, ...]: ...


M = TypeVar("M", bound=Matter)


class Naming(NamedTuple):
    """What a record is called.

    `name` is what lists show ("Minsk II"), `full_name` what front matter gives as its name, `names` those borne in a
    time. `aliases` always mean this record, and `weak_aliases` only may.
    """

    name: str
    full_name: str
    aliases: tuple[Written, ...] = ()
    names: tuple[NameMatter, ...] = ()
    weak_aliases: tuple[str, ...] = ()

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every spelling that means this record, each once."""
        aliases = (alias.text for alias in self.aliases)
        periods = (period.name for period in self.names)
        return tuple(dict.fromkeys((*aliases, self.full_name, *periods, self.name)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentKind(Generic[M]):
    """One kind of content; its `name` is the word in commands, messages and addresses.

    `folder` lies below `content/`, and is the word for several. `schema` returns the class of its front matter: it is
    asked for and not given, for classes of front matter take 30 ms to define, and a build that finds nothing changed
    needs none. `anchors` stand on every theme's page of the kind, so that content may link to them. `skeleton` is a new
    file, in which `{name}` is filled in, and `{kind}` where records are of several sorts.

    A kind whose records are referred to by names says by `naming` what one is called.
    """

    name: str
    folder: str
    schema: Callable[[], type[M]]
    skeleton: str
    anchors: tuple[str, ...] = ()
    naming: Callable[[M], Naming] | None = None
