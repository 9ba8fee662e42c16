"""Lists paged from the oldest entry: a full page never changes again.

The newest part, at the bare URL, holds between one and two pages' worth, so that it is never nearly empty; pages
before it are sealed. The newest part also stands at the number it will have once it is sealed, so that the page
before it can point there for good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from digest.values import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.pages.urls import Page

T = TypeVar("T")


class Part(Value, kw_only=True):
    """A part of a list: the keys of its entries, newest first.

    `number` counts from the oldest part. `total` is how many entries the whole list has, 0 for a sealed part: what it
    holds never changes with a new entry.
    """

    keys: tuple[str, ...]
    number: int
    newest: bool
    total: int


def sealed(total: int, size: int) -> int:
    """Return how many pages of a list are full and stay as they are."""
    return max(0, total // size - 1)


def numbers(total: int, size: int) -> range:
    """Return the page numbers a list has besides the bare URL."""
    full = sealed(total, size)
    return range(1, full + 2) if full else range(0)


def part(newest_first: Sequence[T], page: Page, size: int) -> tuple[T, ...]:
    """Return a page's items, newest first."""
    total, full = len(newest_first), sealed(len(newest_first), size)
    if is_newest(page, total, size):
        return tuple(newest_first[: total - full * size])
    end = total - (page.number - 1) * size
    return tuple(newest_first[end - size : end])


def is_newest(page: Page, total: int, size: int) -> bool:
    return page.number == 0 or page.number > sealed(total, size)


def part_of(newest_first: Sequence[str], page: Page, size: int) -> Part:
    """Return the part of a list that stands on a page."""
    total = len(newest_first)
    newest = is_newest(page, total, size)
    return Part(
        keys=part(newest_first, page, size),
        number=page.number or sealed(total, size) + 1,
        newest=newest,
        total=total if newest else 0,
    )
