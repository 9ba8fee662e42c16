"""Civil dates as writers give them: whole, partial, or with a time of day.

Invariants: a bare date is a date in the site's zone and never an instant; a partial date keeps the precision
it was written with. Nothing here knows what day it is today.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from digest.values import Value

_PARTIAL = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<time>\d\d:\d\d(?::\d\d)?) ?(?P<zone>Z|[+-]\d\d:\d\d)?)?",
    re.ASCII,
)
MONTHS = tuple(calendar.month_name)


class PartialDate(Value):
    """A year, a month or a day (ISO 8601 with reduced precision: `2004`, `2004-03`, `2004-03-09`)."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def iso(self) -> str:
        month = "" if self.month is None else f"-{self.month:02}"
        return f"{self.year:04}{month}" if self.day is None else f"{self.year:04}{month}-{self.day:02}"

    @property
    def text(self) -> str:
        """The date for people: "2004", "March 2004", "9 March 2004"."""
        month = f"{MONTHS[self.month]} {self.year}" if self.month else f"{self.year}"
        return f"{self.day} {month}" if self.day else month

    @property
    def first(self) -> date:
        """The first day the date may mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """The last day the date may mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])


def whole(day: date) -> PartialDate:
    """Return the day as a date of full precision."""
    return PartialDate(day.year, day.month, day.day)


class Moment(Value):
    """A day, or a day with a time; a time without an offset is in the site's zone (decided late, by `instant`)."""

    day: date
    clock: time | None = None
    offset: int | None = None

    def instant(self, zone: tzinfo) -> datetime:
        """Return the start of the moment in UTC; a bare date starts at midnight in `zone`."""
        own = zone if self.offset is None else timezone(timedelta(minutes=self.offset))
        return datetime.combine(self.day, self.clock or time(), own).astimezone(UTC)

    def civil(self, zone: tzinfo) -> date:
        """Return the day the moment falls on in `zone`."""
        return self.day if self.clock is None else self.instant(zone).astimezone(zone).date()

    @property
    def iso(self) -> str:
        if self.clock is None:
            return self.day.isoformat()
        sign = "-" if (self.offset or 0) < 0 else "+"
        hours, minutes = divmod(abs(self.offset or 0), 60)
        zone = "" if self.offset is None else f"{sign}{hours:02}:{minutes:02}"
        return f"{self.day.isoformat()}T{self.clock.isoformat()}{zone}"


def parse_partial(text: str) -> PartialDate:
    """Read `2004`, `2004-03` or `2004-03-09`.

    Raises:
        ValueError: the text has another form or names a day that does not exist; the message is for people.
    """
    found = _PARTIAL.fullmatch(text)
    if not found:
        raise ValueError(f"`{text}` is not a date; write 2024, 2024-01 or 2024-01-18")
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None  # noqa: S101 - the pattern's first group always matches
    _check_exists(text, year, month or 1, day or 1)
    return PartialDate(year, month, day)


def parse_moment(text: str) -> Moment:
    """Read `2024-01-18`, `2024-01-18 16:55` or `2024-01-18T16:55:00+01:00`.

    Raises:
        ValueError: the text has another form or names a day or time that does not exist.
    """
    found = _MOMENT.fullmatch(text)
    if not found:
        raise ValueError(f"`{text}` is not a date; write 2024-01-18 or 2024-01-18T16:55+00:00")
    year, month, day = (int(part) for part in found["day"].split("-"))
    _check_exists(text, year, month, day)
    if not date.min.year < year < date.max.year:  # another zone may lead into another year
        raise ValueError(f"`{text}` lies too far away")
    try:
        clock = time.fromisoformat(found["time"]) if found["time"] else None
    except ValueError:
        raise ValueError(f"`{text}` has no such time of day") from None
    return Moment(date(year, month, day), clock, _minutes(text, found["zone"]))


def _minutes(text: str, zone: str | None) -> int | None:
    if zone is None:
        return None
    if zone == "Z":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if hours > 14 or minutes > 59:  # noqa: PLR2004 - UTC+14:00 is the largest offset in use
        raise ValueError(f"`{text}` has no such offset from UTC")
    return (hours * 60 + minutes) * (-1 if zone[0] == "-" else 1)


def _check_exists(text: str, year: int, month: int, day: int) -> None:
    if year and 1 <= month <= 12 and 1 <= day <= 28:  # noqa: PLR2004 - every month has these days
        return
    if year < 1:
        raise ValueError(f"`{text}` is not a date: years begin at 0001")
    if not 1 <= month <= 12:  # noqa: PLR2004 - months
        raise ValueError(f"`{text}` is not a date: there is no month {month:02}")
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise ValueError(f"`{text}` is not a date: {MONTHS[month]} {year} has no day {day:02}")
