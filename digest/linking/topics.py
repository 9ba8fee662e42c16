"""Topics: their place in the hierarchy, and the entries that belong to them and to what is below them."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from digest.content.matter import TopicMatter
from digest.linking.counting import most
from digest.linking.site import Topic
from digest.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.content.document import Document
    from digest.linking.binding import Binding
    from digest.linking.records import Entry


def link_topics(binding: Binding, entries: Mapping[str, Entry]) -> dict[str, Topic]:
    documents = binding.of(Kind.TOPIC)
    broader = {document.id: _broader(binding, document) for document, _ in documents}
    narrower = defaultdict(list)
    for name, above in sorted(broader.items()):
        narrower[above].append(name)
    within = {document.id: _descendants(document.id, narrower) for document, _ in documents}
    members = _members(within, entries)
    topics = {}
    for document, bound in documents:
        matter = document.matter
        assert isinstance(matter, TopicMatter)  # noqa: S101 - by kind
        about = members[document.id]
        topics[document.id] = Topic(
            document=document,
            matter=matter,
            bound=bound,
            broader=broader[document.id],
            narrower=tuple((name, len(members[name])) for name in narrower[document.id]),
            entries=tuple(entry.key for entry in about),
            speakers=most(Counter(speaker for entry in about for speaker in entry.speakers)),
            agreements=tuple(name for name, _ in most(Counter(name for entry in about for name in entry.agreements))),
        )
    return dict(sorted(topics.items(), key=lambda item: (item[1].matter.name.casefold(), item[0])))


def _broader(binding: Binding, document: Document) -> str:
    matter = document.matter
    assert isinstance(matter, TopicMatter)  # noqa: S101 - by kind
    return binding.resolve(matter.broader, document.path, Kind.TOPIC) if matter.broader else ""


def _members(within: Mapping[str, set[str]], entries: Mapping[str, Entry]) -> dict[str, list[Entry]]:
    """Return the entries of each topic and of all below it, in the order of `entries`."""
    above: defaultdict[str, set[str]] = defaultdict(set)
    for name, below in within.items():
        for topic in below:
            above[topic].add(name)
    members: dict[str, list[Entry]] = {name: [] for name in within}
    for entry in entries.values():
        for name in set[str]().union(*(above[topic] for topic in entry.topics)):
            members[name].append(entry)
    return members


def _descendants(name: str, narrower: Mapping[str, list[str]]) -> set[str]:
    """Return a topic and all below it; a circle ends where it closes."""
    within, waiting = set[str](), [name]
    while waiting:
        topic = waiting.pop()
        if topic not in within:
            within.add(topic)
            waiting += narrower.get(topic, [])
    return within
