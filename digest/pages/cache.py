"""Remembering parts of views: pages show the same ones many times, and they are made once for a site."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.pages.lens import Lens

P = ParamSpec("P")
R = TypeVar("R")

_Part: TypeAlias = "Callable[Concatenate[Lens, P], R]"

_MOST = 10_000


def remembered(most: int = _MOST) -> Callable[[_Part[P, R]], _Part[P, R]]:
    """Let a function of a lens and small values remember what it returned: pages show the same parts many times.

    At most so many are kept, then all are forgotten: pages are made in the order of their entries, and show neighbours.
    What it returns must depend on its arguments and the site alone, never on whose lens it is.
    """

    def decorate(function: _Part[P, R]) -> _Part[P, R]:
        @wraps(function)
        def wrapped(lens: Lens, /, *args: P.args, **kwargs: P.kwargs) -> R:
            key = (*args, *kwargs.items()) if kwargs else args
            made = lens.parts.get(function)
            if made is None or len(made) >= most:
                made = lens.parts[function] = {}
            if key in made:
                found: R = made[key]
                return found
            made[key] = new = function(lens, *args, **kwargs)
            return new

        return wrapped

    return decorate
