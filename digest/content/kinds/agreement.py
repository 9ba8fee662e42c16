"""Agreements: treaties, declarations, memoranda."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.content.kind import ContentKind, Naming
from digest.model import Kind

if TYPE_CHECKING:
    from digest.content.matter import AgreementMatter


def _schema() -> type[AgreementMatter]:
    from digest.content.matter import AgreementMatter  # noqa: PLC0415 - see ContentKind

    return AgreementMatter


def _naming(matter: AgreementMatter) -> Naming:
    return Naming(name=matter.short_name or matter.name, full_name=matter.name, aliases=matter.aliases)


AGREEMENT = ContentKind(
    name=Kind.AGREEMENT,
    folder="agreements",
    schema=_schema,
    anchors=("status", "participants", "timeline", "record"),
    naming=_naming,
    skeleton="""\
---
name: {name}
short_name:
kind:
parties: []
signatories: []
events: []
text_url:
---
""",
)
