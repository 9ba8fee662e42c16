"""Lists paged from the oldest entry: a full page never changes again.

The newest part, at the bare URL, holds between one and two pages' worth, so that it is never nearly empty; pages
before it are sealed. The newest part also stands at the number it will have once it is sealed, so that the page
before it can point there for good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from digest.pages.urls import Page, url_of
from digest.pages.views import Pager

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")


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


def pager(page: Page, total: int, size: int) -> Pager:
    """Return a page's neighbours. A sealed page's pager holds nothing that a new entry could change."""
    number = page.number or sealed(total, size) + 1
    newest = is_newest(page, total, size)
    return Pager(
        number=number,
        older=url_of(page._replace(number=number - 1)) if number > 1 else "",
        newer="" if newest else url_of(page._replace(number=number + 1)),
        newest="" if newest else url_of(page._replace(number=0)),
        total=total if newest else 0,
    )
