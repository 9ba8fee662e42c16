"""Dates as pages show them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from digest.dates import Moment, PartialDate, whole
from digest.pages.views import DateView

if TYPE_CHECKING:
    from datetime import date

    from digest.pages.lens import Lens

_DATES = 4096
"""Dates whose views are kept: those of a few years, in half a megabyte."""


@lru_cache(_DATES)
def partial(value: PartialDate) -> DateView:
    return DateView(iso=value.iso, text=value.text)


def optional(value: PartialDate | None) -> DateView | None:
    return partial(value) if value else None


def day_view(value: date) -> DateView:
    return partial(whole(value))


def moment(lens: Lens, value: Moment | None) -> DateView | None:
    """Return a moment as the clocks of the site's zone show it; `iso` is as written."""
    if value is None:
        return None
    zone = lens.zone
    clock = f", {value.instant(zone).astimezone(zone):%H:%M}" if value.clock else ""
    return DateView(iso=value.iso, text=whole(value.civil(zone)).text + clock)
