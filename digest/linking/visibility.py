"""What is published today: drafts, embargoes, future and expired entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.content.matter import ArticleMatter, PageMatter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.config import Config
    from digest.model import Document

DRAFT, FUTURE, EMBARGOED, EXPIRED = "draft", "future", "embargoed", "expired"


def reason_hidden(document: Document, config: Config) -> str:
    """Return why a document is not published on the day of the build, or ""."""
    matter = document.matter
    if isinstance(matter, PageMatter):
        return DRAFT if matter.draft else ""
    if not isinstance(matter, ArticleMatter):
        return ""
    if matter.draft:
        return DRAFT
    if matter.embargo and matter.embargo.instant(config.zone) > config.now:
        return EMBARGOED
    if matter.date and matter.date.instant(config.zone) > config.now:
        return FUTURE
    if matter.expires and matter.expires.instant(config.zone) <= config.now:
        return EXPIRED
    return ""


def shown_anyway(reason: str, config: Config) -> bool:
    """Tell whether the run was asked to show what is hidden for this reason; an embargo is a kind of future."""
    show = config.show
    return {DRAFT: show.drafts, FUTURE: show.future, EMBARGOED: show.future, EXPIRED: show.expired}[reason]


def hidden(documents: Iterable[Document], config: Config) -> dict[str, str]:
    """Return the paths left out of this run, with the reason of each."""
    reasons = {document.path: reason_hidden(document, config) for document in documents}
    return {path: why for path, why in sorted(reasons.items()) if why and not shown_anyway(why, config)}
