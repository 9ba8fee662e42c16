"""Topics: subjects that entries belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.content.kind import ContentKind, Naming
from digest.model import Kind

if TYPE_CHECKING:
    from digest.content.matter import TopicMatter


def _schema() -> type[TopicMatter]:
    from digest.content.matter import TopicMatter  # noqa: PLC0415 - see ContentKind

    return TopicMatter


def _naming(matter: TopicMatter) -> Naming:
    return Naming(name=matter.name, full_name=matter.name, aliases=matter.aliases)


TOPIC = ContentKind(
    name=Kind.TOPIC,
    folder="topics",
    schema=_schema,
    anchors=("entries",),
    naming=_naming,
    skeleton="""\
---
name: {name}
aliases: []
broader:
---
""",
)
