"""Topics: their place in the hierarchy."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from digest.content.matter import TopicMatter
from digest.linking.site import Topic, TopicShown
from digest.linking.tallies import TopicTally
from digest.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.content.document import Document
    from digest.linking.binding import Binding
    from digest.linking.tallies import Counts


LEVELS = 16
"""How deep topics may be nested: deeper ones are an error (`checks.depths`), and count for no more than so many."""


def hierarchy(binding: Binding) -> dict[str, str]:
    """Return what each topic is directly part of, "" for nothing."""
    return {document.id: _broader(binding, document) for document, _ in binding.of(Kind.TOPIC)}


def above(broader: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return each topic with itself and all that it is part of; a circle ends where it closes."""
    return {name: tuple(_upwards(name, broader)) for name in broader}


def _upwards(name: str, broader: Mapping[str, str]) -> dict[str, None]:
    seen: dict[str, None] = {}
    while name and name not in seen and len(seen) < LEVELS:
        seen[name] = None
        name = broader.get(name, "")
    return seen


def link_topics(binding: Binding, tallies: Mapping[str, TopicTally], broader: Mapping[str, str]) -> dict[str, Topic]:
    narrower = below(broader)
    topics = {}
    for document, bound in binding.of(Kind.TOPIC):
        matter = document.matter
        assert isinstance(matter, TopicMatter)  # noqa: S101 - by kind
        topics[document.id] = Topic(
            shown=TopicShown(matter=matter, broader=broader[document.id]),
            counts=tallies.get(document.id, TopicTally()),
            document=document,
            bound=bound,
            narrower=counted(narrower[document.id], tallies),
        )
    return dict(sorted(topics.items(), key=lambda item: (item[1].matter.name.casefold(), item[0])))


def below(broader: Mapping[str, str]) -> defaultdict[str, list[str]]:
    """Return what is directly part of each topic, in order."""
    narrower = defaultdict(list)
    for name, above in sorted(broader.items()):
        narrower[above].append(name)
    return narrower


def counted(names: Iterable[str], tallies: Mapping[str, TopicTally]) -> Counts:
    """Return topics with the number of their entries."""
    return tuple((name, len(tallies.get(name, TopicTally()).entries)) for name in names)


def _broader(binding: Binding, document: Document) -> str:
    matter = document.matter
    assert isinstance(matter, TopicMatter)  # noqa: S101 - by kind
    return binding.resolve(matter.broader, document.path, Kind.TOPIC) if matter.broader else ""
