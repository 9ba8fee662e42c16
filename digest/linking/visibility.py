"""What is published today: drafts, embargoes, future and expired entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.content.matter import ArticleMatter, PageMatter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from digest.config import Config
    from digest.content.document import Document
    from digest.content.matter import Matter

DRAFT, FUTURE, EMBARGOED, EXPIRED = "draft", "future", "embargoed", "expired"


def reason_hidden(document: Document, config: Config) -> str:
    """Return why a document is not published on the day of the build, or ""."""
    return next(_reasons(document.matter, config), "")


def _reasons(matter: Matter | None, config: Config) -> Iterator[str]:
    zone, now = config.zone, config.now
    if isinstance(matter, ArticleMatter | PageMatter) and matter.draft:
        yield DRAFT
    if not isinstance(matter, ArticleMatter):
        return
    if matter.embargo and matter.embargo.instant(zone) > now:
        yield EMBARGOED
    if matter.date and matter.date.instant(zone) > now:
        yield FUTURE
    if matter.expires and matter.expires.instant(zone) <= now:
        yield EXPIRED


def shown_anyway(reason: str, config: Config) -> bool:
    """Tell whether the run was asked to show what is hidden for this reason; an embargo is a kind of future."""
    show = config.show
    return {DRAFT: show.drafts, FUTURE: show.future, EMBARGOED: show.future, EXPIRED: show.expired}[reason]


def hidden(documents: Iterable[Document], config: Config) -> dict[str, str]:
    """Return the paths left out of this run, with the first reason of each that the run does not lift."""
    reasons = {
        document.path: [why for why in _reasons(document.matter, config) if not shown_anyway(why, config)]
        for document in documents
    }
    return {path: why[0] for path, why in sorted(reasons.items()) if why}
