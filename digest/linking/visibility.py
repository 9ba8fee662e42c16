"""What is published today: drafts, embargoes, future and expired entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.content.matter import ArticleMatter, PageMatter
from digest.linking.records import Schedule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from digest.config import Config
    from digest.content.matter import Matter

DRAFT, FUTURE, EMBARGOED, EXPIRED = "draft", "future", "embargoed", "expired"


def reason_hidden(timed: Matter | Schedule | None, config: Config) -> str:
    """Return why something is not published at the moment of the build, or ""."""
    return next(_reasons(timed, config), "")


def _reasons(timed: Matter | Schedule | None, config: Config) -> Iterator[str]:
    zone, now = config.zone, config.now
    if isinstance(timed, ArticleMatter | PageMatter | Schedule) and timed.draft:
        yield DRAFT
    if not isinstance(timed, ArticleMatter | Schedule):
        return
    if timed.embargo and timed.embargo.instant(zone) > now:
        yield EMBARGOED
    if timed.date and timed.date.instant(zone) > now:
        yield FUTURE
    if timed.expires and timed.expires.instant(zone) <= now:
        yield EXPIRED


def shown_anyway(reason: str, config: Config) -> bool:
    """Tell whether the run was asked to show what is hidden for this reason; an embargo is a kind of future."""
    show = config.show
    return {DRAFT: show.drafts, FUTURE: show.future, EMBARGOED: show.future, EXPIRED: show.expired}[reason]


def hidden(timed: Mapping[str, Matter | Schedule | None], config: Config) -> dict[str, str]:
    """Return the paths left out of this run, with the first reason of each that the run does not lift."""
    reasons = {
        path: [why for why in _reasons(when, config) if not shown_anyway(why, config)] for path, when in timed.items()
    }
    return {path: why[0] for path, why in sorted(reasons.items()) if why}


def next_change(schedules: Iterable[Schedule], config: Config) -> datetime | None:
    """Return the next moment at which something appears or disappears by itself; None when nothing will."""
    moments = (
        moment.instant(config.zone)
        for schedule in schedules
        for moment in (schedule.date, schedule.embargo, schedule.expires)
        if moment
    )
    return min((moment for moment in moments if moment > config.now), default=None)
