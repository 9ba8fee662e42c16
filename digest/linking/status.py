"""An agreement's status on a day, derived from its dated events, and events that contradict each other.

The vocabulary follows the UN Treaty Collection: consent to be bound (ratification, acceptance, approval,
accession) is each party's act; entry into force, suspension and termination are the agreement's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from digest.content.matter import AgreementMatter, EventMatter
    from digest.dates import PartialDate

CONSENT = frozenset({"ratified", "accepted", "approved", "acceded"})
_AFTER_SIGNATURE = frozenset({"ratified", "accepted", "approved"})
_WORDS = {
    "signed": "signed",
    "provisional": "provisionally applied",
    "in-force": "in force",
    "suspended": "suspended",
    "terminated": "terminated",
    "superseded": "superseded",
}
_LAST = frozenset({"terminated", "superseded"})
_BILATERAL = 2


class Status(NamedTuple):
    """A status in words, and since when; an empty word means that no event is recorded."""

    word: str
    since: PartialDate | None


def in_order(events: Iterable[EventMatter]) -> list[EventMatter]:
    """Return events by date; on one date in the order they are written."""
    return sorted(events, key=lambda event: (event.date.first, event.date.last))


def status_on(agreement: AgreementMatter, day: date) -> Status:
    """Return the status on a day: what the events that had certainly happened by then add up to."""
    return _fold([event for event in in_order(agreement.events) if event.date.last <= day], agreement)


def status_after(agreement: AgreementMatter, event: EventMatter) -> str:
    """Return the status in words right after an event."""
    events = in_order(agreement.events)
    return _fold(events[: events.index(event) + 1], agreement).word


def _fold(events: list[EventMatter], agreement: AgreementMatter) -> Status:
    status, consents = Status("", None), 0
    for event in events:
        word = event.event.text
        if word in CONSENT:
            consents += 1
            if status.word in {"", "signed"} or status.word.startswith("ratified"):
                status = Status(_consented(consents, len(agreement.parties)), event.date)
        elif word == "withdrawn" and len(agreement.parties) <= _BILATERAL:
            status = Status("terminated", event.date)
        elif word in _WORDS and not (word == "signed" and status.word):
            status = Status(_WORDS[word], event.date)
    return status


def _consented(count: int, parties: int) -> str:
    return f"ratified by {count} of {parties}" if parties > count else "ratified"


def contradictions(agreement: AgreementMatter, parties: tuple[str, ...]) -> Iterator[tuple[EventMatter, str]]:
    """Yield each event that cannot be true beside the others, and why.

    `parties` are the ids of the actors whose acts the events are, in the order of `in_order`.
    """
    seen: set[tuple[str, str]] = set()
    signed = [event.date for event in agreement.events if event.event.text == "signed"]
    first_signed = min((day.first for day in signed), default=None)
    ended: EventMatter | None = None
    for event, party in zip(in_order(agreement.events), parties, strict=True):
        word = event.event.text
        if ended and event.date.first > ended.date.last and word not in _LAST:
            yield event, f"{word} on {event.date.iso}, but {ended.event.text} on {ended.date.iso}"
        elif (word, party) in seen and word not in {"amended", "suspended", "in-force"}:
            yield event, f"{word} a second time" + (f" by {party}" if party else "")
        elif first_signed and word in _AFTER_SIGNATURE | {"in-force", "provisional"} and event.date.last < first_signed:
            yield event, f"{word} on {event.date.iso}, before it was signed on {first_signed.isoformat()}"
        seen.add((word, party))
        if word in _LAST:
            ended = event
