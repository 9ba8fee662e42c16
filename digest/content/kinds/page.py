"""Free pages, such as about or method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.content.kind import ContentKind
from digest.model import Kind

if TYPE_CHECKING:
    from digest.content.matter import PageMatter


def _schema() -> type[PageMatter]:
    from digest.content.matter import PageMatter  # noqa: PLC0415 - see ContentKind

    return PageMatter


PAGE = ContentKind(
    name=Kind.PAGE,
    folder="pages",
    schema=_schema,
    skeleton="""\
---
title: {name}
---
""",
)
