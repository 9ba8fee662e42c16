"""Actors: persons, organisations, states, groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.content.kind import ContentKind, Naming
from digest.model import Kind

if TYPE_CHECKING:
    from digest.content.matter import ActorMatter


def _schema() -> type[ActorMatter]:
    from digest.content.matter import ActorMatter  # noqa: PLC0415 - see ContentKind

    return ActorMatter


def _naming(matter: ActorMatter) -> Naming:
    return Naming(
        name=matter.name,
        full_name=matter.name,
        aliases=matter.aliases,
        names=matter.names,
        weak_aliases=matter.weak_aliases,
    )


ACTOR = ContentKind(
    name=Kind.ACTOR,
    folder="actors",
    schema=_schema,
    anchors=("record",),
    naming=_naming,
    skeleton="""\
---
name: {name}
kind: {kind}
sort_name:
aliases: []
weak_aliases: []
roles: []
---
""",
)
