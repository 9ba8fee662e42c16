"""Documents to a site: bind, then sort, group and count."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING

from digest.content.load import CONTENT
from digest.content.matter import PageMatter
from digest.linking.actors import link_actors
from digest.linking.agreements import link_agreements
from digest.linking.binding import Binding, bind_all
from digest.linking.entries import link_entries
from digest.linking.site import FreePage, Hidden, Redirect, Site
from digest.linking.targets import ASSET
from digest.linking.topics import link_topics
from digest.linking.visibility import reason_hidden
from digest.model import Context, Fragment, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from digest.config import Config
    from digest.content.document import Document
    from digest.diagnostics import Diagnostic
    from digest.linking.site import Entry
    from digest.linking.targets import Target


def link(
    documents: Iterable[Document],
    fragments: Mapping[str, Fragment],
    *,
    assets: tuple[str, ...],
    config: Config,
) -> tuple[Site, list[Diagnostic]]:
    """Bind all documents into a site; `fragments` are bodies by path. Problems come with the site."""
    binding = bind_all(documents, fragments, assets=assets, config=config)
    entries = link_entries(binding)
    agreements = link_agreements(binding, entries)
    site = Site(
        config=config,
        names=binding.library.names,
        entries=entries,
        actors=link_actors(binding, entries, agreements),
        topics=link_topics(binding, entries),
        agreements=agreements,
        pages=_pages(binding),
        assets=_published_assets(binding, assets),
        neighbours=_neighbours(list(entries)),
        months=_months(entries),
        redirects=tuple(_redirects(binding)),
        backlinks=_backlinks(binding),
        hidden=_hidden(binding),
    )
    return site, binding.problems


def _published_assets(binding: Binding, assets: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out files that only unpublished entries link to: a draft's picture is part of the draft."""
    shown, held_back = set[str](), set[str]()
    for document in binding.documents:
        used = {f"{CONTENT}/{target.id}" for _, target in binding.bounds[document.path].hrefs if target.kind == ASSET}
        (held_back if document.path in binding.hidden else shown).update(used)
    return tuple(path for path in assets if path in shown or path not in held_back)


def _pages(binding: Binding) -> dict[str, FreePage]:
    pages = {}
    for document in binding.of(Kind.PAGE):
        assert isinstance(document.matter, PageMatter)  # noqa: S101 - by kind
        if document.path not in binding.hidden:
            pages[document.id] = FreePage(
                document=document,
                matter=document.matter,
                bound=binding.bounds[document.path],
                badge=reason_hidden(document, binding.config),
            )
    return pages


def _redirects(binding: Binding) -> Iterator[Redirect]:
    for document in binding.documents:
        if document.matter is None or document.path in binding.hidden:
            continue
        for written in document.matter.redirect_from:
            url = written.text if written.text.startswith("/") else f"/{written.text}"
            target = binding.library.targets[document.path]
            yield Redirect(url, target, document.path, written.start, written.end)


def _backlinks(binding: Binding) -> dict[Target, tuple[tuple[Target, tuple[Context, ...]], ...]]:
    """Return who mentions each record outside entries: the page that does, and its sentences."""
    found: dict[Target, dict[Target, list[Context]]] = defaultdict(lambda: defaultdict(list))
    for document in binding.documents:
        if document.kind is Kind.ARTICLE or document.matter is None or document.path in binding.hidden:
            continue
        source = binding.library.targets[document.path]
        for mention in binding.bounds[document.path].mentions:
            if mention.target != source:
                found[mention.target][source].append(mention.context)
    return {
        target: tuple((source, tuple(contexts)) for source, contexts in sources.items())
        for target, sources in found.items()
    }


def _hidden(binding: Binding) -> Hidden:
    reasons: dict[str, list[str]] = defaultdict(list)
    for path, reason in binding.hidden.items():
        reasons[reason].append(path)
    return Hidden(
        drafts=tuple(reasons["draft"]),
        future=tuple(reasons["future"]),
        embargoed=tuple(reasons["embargoed"]),
        expired=tuple(reasons["expired"]),
    )


def _neighbours(newest_first: list[str]) -> dict[str, tuple[str, str]]:
    padded = ["", *newest_first, ""]
    return {key: (before, after) for after, key, before in zip(padded, padded[1:], padded[2:], strict=False)}


def _months(entries: Mapping[str, Entry]) -> dict[str, tuple[str, ...]]:
    grouped = groupby(entries.items(), key=lambda item: f"{item[1].day.year:04}/{item[1].day.month:02}")
    return {month: tuple(key for key, _ in group) for month, group in grouped}
