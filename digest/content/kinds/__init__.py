"""All kinds of content, and what follows from the table: the only place where one is registered for reading."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from digest.content.kinds.actor import ACTOR
from digest.content.kinds.agreement import AGREEMENT
from digest.content.kinds.article import ARTICLE
from digest.content.kinds.page import PAGE
from digest.content.kinds.topic import TOPIC

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.content.kind import ContentKind

KINDS: tuple[ContentKind[Any], ...] = (ARTICLE, ACTOR, TOPIC, AGREEMENT, PAGE)

_OWN_IDS = ("main", "content", "top", "notes", "source", "digest-preview")
"""Ids of elements that themes and the preview use on any page."""


@cache
def by_name() -> Mapping[str, ContentKind[Any]]:
    return {kind.name: kind for kind in KINDS}


@cache
def by_folder() -> Mapping[str, ContentKind[Any]]:
    return {kind.folder: kind for kind in KINDS}


@cache
def named_kinds() -> tuple[str, ...]:
    """Return the kinds of records that have names, in the order of messages: "no actor, agreement or topic"."""
    return tuple(sorted(kind.name for kind in KINDS if kind.naming))


@cache
def reserved_ids() -> frozenset[str]:
    """Return the ids that themes and the preview use; what content gives the same name gets a number."""
    return frozenset(_OWN_IDS).union(*(kind.anchors for kind in KINDS))
