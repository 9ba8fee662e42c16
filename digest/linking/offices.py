"""Who somebody was on a day: the offices held and the name borne."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from digest.content.matter import ActorMatter, RoleMatter
    from digest.dates import PartialDate


def covers(start: PartialDate | None, end: PartialDate | None, first: date, last: date) -> bool:
    """Tell whether a period, each end as vague as written, may overlap the days `first` to `last`."""
    return (start is None or start.first <= last) and (end is None or end.last >= first)


def roles_on(actor: ActorMatter, day: PartialDate) -> tuple[RoleMatter, ...]:
    """Return the roles held on a day, in the order they are written.

    On the day one office ends and the next begins, only the next is returned.
    """
    held = [role for role in actor.roles if covers(role.start, role.end, day.first, day.last)]
    starting = {role.start.first for role in held if role.start}
    return tuple(role for role in held if not (role.end and role.end.first in starting and len(held) > 1))


def name_on(actor: ActorMatter, day: PartialDate | None) -> str:
    """Return the name borne on a day: that of a period that covers it, else the usual one."""
    if day is not None:
        for period in actor.names:
            if covers(period.start, period.end, day.first, day.last):
                return period.name
    return actor.name
