"""Topics: their place in the hierarchy, and what lies below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.content.kinds import topic as content
from digest.content.matter import TopicMatter
from digest.diagnostics import Diagnostic
from digest.linking.hierarchy import LEVELS, below
from digest.linking.kind import Record, RecordKind
from digest.linking.tally import Counts, Tally, counts_of, keys_of
from digest.linking.targets import Target
from digest.model import Kind
from digest.values import Value, replaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from digest.decode.written import Written
    from digest.linking.hierarchy import Broader
    from digest.linking.kind import Linking
    from digest.linking.names import Names
    from digest.linking.records import Concerns
    from digest.linking.tally import Member


class TopicTally(Tally, kw_only=True):
    """The `entries` are those of a topic and of all below it."""

    speakers: Counts = ()
    agreements: tuple[str, ...] = ()


class TopicShown(Value, kw_only=True):
    """What any page may show of a topic; `broader` is "" where it is part of nothing."""

    matter: TopicMatter
    broader: str


class Topic(Record[TopicMatter, TopicShown, TopicTally], kw_only=True):
    """A topic; `narrower` says how many entries each of its sub-topics has."""

    narrower: Counts


def _link(linking: Linking) -> dict[str, Topic]:
    tallies, broader = linking.tallies[Kind.TOPIC], linking.broader[Kind.TOPIC]
    narrower = below(broader)
    topics = {}
    for document, bound in linking.binding.of(content.TOPIC):
        topics[document.id] = Topic(
            shown=TopicShown(matter=document.matter, broader=broader[document.id]),
            counts=tallies.get(document.id, _UNCOUNTED),
            document=document,
            bound=bound,
            narrower=_counted(narrower[document.id], tallies),
        )
    return dict(sorted(topics.items(), key=lambda item: (item[1].matter.name.casefold(), item[0])))


def _recount(topics: dict[str, Topic], tallies: Mapping[str, TopicTally], broader: Broader) -> dict[str, Topic]:
    """Correct how many entries the sub-topics have."""
    narrower = below(broader)
    after = {}
    for name, topic in topics.items():
        within = _counted(narrower[name], tallies)
        after[name] = topic if within == topic.narrower else replaced(topic, narrower=within)
    return after


def _counted(names: Iterable[str], tallies: Mapping[str, TopicTally]) -> Counts:
    """Return topics with the number of their entries."""
    return tuple((name, len(tallies.get(name, _UNCOUNTED).entries)) for name in names)


def _broader(matter: TopicMatter) -> Written | None:
    return matter.broader


def _concerned(concerns: Concerns) -> Iterable[str]:
    return concerns.topics


def _count(_name: str, members: list[Member]) -> TopicTally:
    return TopicTally(
        entries=keys_of(members),
        speakers=counts_of([concerns.speakers for _, concerns in members]),
        agreements=tuple(name for name, _ in counts_of([concerns.agreements for _, concerns in members])),
    )


def _belonging(shown: TopicShown) -> Iterable[Target]:
    return (Target(Kind.TOPIC, shown.broader),) if shown.broader else ()


def _columns(_topic: Topic, _day: date) -> dict[str, object]:
    return {}


def circles(topics: Mapping[str, Topic], _names: Names) -> Iterator[Diagnostic]:
    """A topic is, by way of others, part of itself; said once for a circle."""
    walk_of: dict[str, str] = {}
    for start in topics:
        name = start
        while name in topics and name not in walk_of:
            walk_of[name] = start
            name = topics[name].shown.broader
        if walk_of.get(name) == start and (first := min(_circle(topics, name))):
            yield from _wrong_broader(
                topics[first], "circular-topics", "is part of itself", hint="take `broader` out of one of the topics"
            )


def _circle(topics: Mapping[str, Topic], name: str) -> list[str]:
    """Return the topics of the circle that one of them is in."""
    names = [name]
    while (above := topics[names[-1]].shown.broader) != name:
        names.append(above)
    return names


def depths(topics: Mapping[str, Topic], _names: Names) -> Iterator[Diagnostic]:
    """A topic lies more than `LEVELS` deep; said of the first of each branch."""
    for name, topic in topics.items():
        above = [name]
        while (broader := topics[above[-1]].shown.broader) in topics and len(above) <= LEVELS + 1:
            above.append(broader)
        if len(above) == LEVELS + 1:
            message = f"is nested more than {LEVELS} levels deep"
            yield from _wrong_broader(topic, "too-deep", message, hint="make it part of a topic further above")


def _wrong_broader(topic: Topic, code: str, message: str, *, hint: str) -> Iterator[Diagnostic]:
    if written := topic.matter.broader:
        yield Diagnostic(
            code=code,
            message=f"the topic `{topic.document.id}` {message}",
            path=topic.document.path,
            start=written.start,
            end=written.end,
            hint=hint,
        )


_UNCOUNTED = TopicTally()

TOPIC = RecordKind(
    content=content.TOPIC,
    record=Topic,
    shown=TopicShown,
    link=_link,
    concerned=_concerned,
    count=_count,
    uncounted=_UNCOUNTED,
    recount=_recount,
    broader=_broader,
    belonging=_belonging,
    columns=_columns,
    checks=(circles, depths),
)
