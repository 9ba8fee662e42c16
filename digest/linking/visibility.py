"""What is published today: drafts, embargoes, future and expired entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.content.matter import ArticleMatter, PageMatter
from digest.linking.records import Schedule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from digest.config import Config
    from digest.content.kind import Matter
    from digest.dates import Moment

DRAFT, FUTURE, EMBARGOED, EXPIRED = "draft", "future", "embargoed", "expired"


def reason_hidden(timed: Matter | Schedule | None, config: Config) -> str:
    """Return why something is not published at the moment of the build, or ""."""
    return next(_reasons(timed, config), "")


def _reasons(timed: Matter | Schedule | None, config: Config) -> Iterator[str]:
    if isinstance(timed, ArticleMatter | PageMatter | Schedule) and timed.draft:
        yield DRAFT
    if not isinstance(timed, ArticleMatter | Schedule):
        return
    if timed.embargo and _is_ahead(timed.embargo, config):
        yield EMBARGOED
    if timed.date and _is_ahead(timed.date, config):
        yield FUTURE
    if timed.expires and not _is_ahead(timed.expires, config):
        yield EXPIRED


_APART = 2
"""Days between two days that leave no doubt which moment is first, whatever the zones."""


def _is_ahead(moment: Moment, config: Config) -> bool:
    """Tell whether a moment is still to come; for most the day alone says that it is not."""
    now = config.now
    return moment.day.toordinal() > now.toordinal() - _APART and moment.instant(config.zone) > now


def shown_anyway(reason: str, config: Config) -> bool:
    """Tell whether the run was asked to show what is hidden for this reason; an embargo is a kind of future."""
    show = config.show
    return {DRAFT: show.drafts, FUTURE: show.future, EMBARGOED: show.future, EXPIRED: show.expired}[reason]


def hidden(timed: Mapping[str, Matter | Schedule | None], config: Config) -> dict[str, str]:
    """Return the paths left out of this run, with the first reason of each that the run does not lift."""
    lifted = {reason for reason in (DRAFT, FUTURE, EMBARGOED, EXPIRED) if shown_anyway(reason, config)}
    reasons = (
        (path, next((why for why in _reasons(when, config) if why not in lifted), "")) for path, when in timed.items()
    )
    return dict(sorted((path, why) for path, why in reasons if why))


def next_change(schedules: Iterable[Schedule], config: Config) -> datetime | None:
    """Return the next moment at which something appears or disappears by itself; None when nothing will."""
    moments = (
        moment.instant(config.zone)
        for schedule in schedules
        for moment in (schedule.date, schedule.embargo, schedule.expires)
        if moment and _is_ahead(moment, config)
    )
    return min(moments, default=None)
