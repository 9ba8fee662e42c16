"""The settings that pages may depend on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.values import Value

if TYPE_CHECKING:
    from digest.config import Config
    from digest.model import NoteKind


class PageSettings(Value, kw_only=True):
    """What pages know of `digest.yaml`: views see no other setting, and every page depends on these.

    The moment of the build is not among them, for it is another each time (`Fact.DAY`). `zone` is a time zone's name.
    """

    title: str
    description: str
    lang: str
    base_url: str
    zone: str
    page_size: int
    kinds: tuple[NoteKind, ...]


def page_settings(config: Config) -> PageSettings:
    return PageSettings(
        title=config.title,
        description=config.description,
        lang=config.lang,
        base_url=config.base_url,
        zone=str(config.zone),
        page_size=config.page_size,
        kinds=config.dialect.kinds,
    )
