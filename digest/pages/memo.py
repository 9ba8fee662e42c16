"""Remembering parts of views: pages show the same ones many times, and they are made once for a site."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.linking.site import Site

P = ParamSpec("P")
R = TypeVar("R")

_MOST = 20_000
"""Parts of views that a site remembers at most: some 20 MB."""


def remembered(function: Callable[Concatenate[Site, P], R]) -> Callable[Concatenate[Site, P], R]:
    """Let a function of a site and small values remember what it returned: pages show the same parts many times."""

    @wraps(function)
    def wrapped(site: Site, /, *args: P.args, **kwargs: P.kwargs) -> R:
        key, memo = (function, *args, *kwargs.items()), site.memo
        if key in memo:
            found: R = memo[key]
            return found
        if len(memo) >= _MOST:
            memo.clear()
        memo[key] = made = function(site, *args, **kwargs)
        return made

    return wrapped
