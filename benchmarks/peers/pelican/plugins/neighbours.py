"""Give every article the one before and the one after it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pelican import signals

if TYPE_CHECKING:
    from pelican import ArticlesGenerator


def link(generator: ArticlesGenerator) -> None:
    for newer, older in pairwise(generator.articles):
        newer.older = older
        older.newer = newer


def register() -> None:
    signals.article_generator_finalized.connect(link)
