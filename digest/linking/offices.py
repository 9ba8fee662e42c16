"""Who somebody was on a day: the offices held and the name borne."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date

    from digest.content.matter import ActorMatter, NameMatter, RoleMatter
    from digest.dates import PartialDate


def covers(start: PartialDate | None, end: PartialDate | None, first: date, last: date) -> bool:
    """Tell whether a period, each end as vague as written, may overlap the days `first` to `last`."""
    return (start is None or start.first <= last) and (end is None or end.last >= first)


def roles_on(actor: ActorMatter, day: PartialDate) -> tuple[RoleMatter, ...]:
    """Return the roles held on a day, in the order they are written.

    On the day one office ends and the next begins, only the next is returned.
    """
    held = [role for role in actor.roles if covers(role.start, role.end, day.first, day.last)]
    return tuple(role for role in held if not any(_follows(other, role) for other in held))


def _follows(later: RoleMatter | NameMatter, earlier: RoleMatter | NameMatter) -> bool:
    """Tell whether one period begins on the day the other ends; of vaguer dates nobody can tell."""
    if not (later.start and earlier.end and later.start == earlier.end and later.start.day):
        return False
    return earlier.start is None or earlier.start.first < later.start.first


class Bearer(Protocol):
    """Who bears a usual name, and others for a time."""

    @property
    def name(self) -> str: ...

    @property
    def names(self) -> tuple[NameMatter, ...]: ...


def name_on(bearer: Bearer, day: PartialDate | None) -> str:
    """Return the name borne on a day: that of a period that covers it, else the usual one."""
    if day is None:
        return bearer.name
    borne = [period for period in bearer.names if covers(period.start, period.end, day.first, day.last)]
    return next((period.name for period in borne if not any(_follows(other, period) for other in borne)), bearer.name)
