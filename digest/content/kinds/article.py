"""Articles: what stories say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.content.kind import ContentKind
from digest.model import Kind

if TYPE_CHECKING:
    from digest.content.matter import ArticleMatter


def _schema() -> type[ArticleMatter]:
    from digest.content.matter import ArticleMatter  # noqa: PLC0415 - see ContentKind

    return ArticleMatter


ARTICLE = ContentKind(
    name=Kind.ARTICLE,
    folder="articles",
    schema=_schema,
    skeleton="""\
---
title: {name}
draft: true
speakers: []
agreements: []
topics: []
# source:
#   publisher:
#   title:
#   url: https://
#   published:
summary:
---
""",
)
