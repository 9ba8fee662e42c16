"""Remembering parts of views: pages show the same ones many times, and they are made once for a site."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.linking.site import Site

P = ParamSpec("P")
R = TypeVar("R")

_MOST = 10_000
"""Values of one function that a site remembers at most; entries' cards are the largest, some 10 MB."""


def remembered(function: Callable[Concatenate[Site, P], R]) -> Callable[Concatenate[Site, P], R]:
    """Let a function of a site and small values remember what it returned: pages show the same parts many times."""

    @wraps(function)
    def wrapped(site: Site, /, *args: P.args, **kwargs: P.kwargs) -> R:
        key = (*args, *kwargs.items()) if kwargs else args
        made = site.memo.get(function)
        if made is None or len(made) >= _MOST:
            made = site.memo[function] = {}
        if key in made:
            found: R = made[key]
            return found
        made[key] = new = function(site, *args, **kwargs)
        return new

    return wrapped
