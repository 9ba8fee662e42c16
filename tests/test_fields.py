"""Each field of a linked site is changed alone: no view changes but those whose scope does.

Fields are those that types have, pages those of `plan`, so what is new is among them by itself. A field that no variant
of the site below can change fails a test, and so does one that changes no page, unless it stands in a list below.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import GenericAlias
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from digest.config import Config
from digest.linking import kinds as linking
from digest.linking.kind import Record
from digest.linking.site import Site as Linked
from digest.linking.targets import Target
from digest.pages import kinds
from digest.pages.lens import OutOfSightError
from digest.pages.routes import is_free, kind_of
from digest.pages.scope import Scopes
from digest.pages.view import view, viewpoint
from tests.support.changed import as_values, others_in, public_digest, settled
from tests.support.prepared import ready
from tests.support.rich import FILES
from tests.support.variants import Fields, Table, Variants

if TYPE_CHECKING:
    from collections.abc import Collection

    from digest.pages.scope import Scope
    from digest.pages.urls import Page
    from digest.pages.views import View
    from tests.support.site import Site

FOLLOWS = {
    "Site.places": "the numbers of `Index.order`",
    "Site.shown": "what is `shown` of each record",
    "Index.entities": "a digest of what is `shown` of each record",
    "Entry.public_digest": "a digest of the entry",
    "Entry.revision": "a digest of the entry's file and the name index",
    "Document.matter": "the record's own",
    "Dialect.digest": "a digest of the dialect",
    "BoundQuote.entry": "the key of the entry that it stands in",
}
"""Fields that cannot be changed alone, and what they follow from."""

_HIDDEN = {
    "tells where in a file something stands": (
        *("Written.start", "Written.end", "Redirect.path", "Redirect.start", "Redirect.end", "Entry.spots"),
    ),
    "is a reference as it was written; what it is bound to is a field of its own": (
        *("ArticleMatter.speakers", "ArticleMatter.agreements", "ArticleMatter.topics", "RoleMatter.of"),
        *("AgreementMatter.parties", "AgreementMatter.third_parties", "AgreementMatter.signatories"),
        *("AgreementMatter.relations", "EventMatter.party", "TopicMatter.broader"),
    ),
    "decides whether something is published": (
        *("ArticleMatter.draft", "ArticleMatter.embargo", "ArticleMatter.expires", "Where.schedule"),
        *("PageMatter.draft", "FreePage.badge", "Config.show", "Index.hidden", "Index.due", "Index.assets"),
    ),
    "decides where something stands": (
        *("ActorMatter.sort_name", "ArticleMatter.slug", "PageMatter.slug", "Where.id", "Where.key", "Where.order"),
        *("ArticleMatter.redirect_from", "ActorMatter.redirect_from", "TopicMatter.redirect_from"),
        *("AgreementMatter.redirect_from", "PageMatter.redirect_from", "Document.id", "Document.kind"),
    ),
    "is what something else is made of when documents are bound": (
        *("Document.headings", "Document.mentions", "Document.links", "Document.quotes", "Document.opted_out"),
        *("Document.known_as", "ArticleMatter.annotations", "Bound.mentions", "Bound.pending", "AutoLink.context"),
        *("Entry.anchors", "Wording.paragraphs", "Wording.date", "Note.spans", "Note.sources", "NoteKind.private"),
        *("Dialect.verdicts", "Dialect.raw_html", "Config.auto_link"),
    ),
    "is counted, and shown as it stands in `BoundQuote`": (
        *("QuoteFacts.kind", "QuoteFacts.on_behalf_of", "QuoteFacts.date"),
    ),
    "is no business of pages, which know `PageSettings`": (
        *("Config.root", "Config.path", "Config.theme", "Config.theme_at", "Config.timeout", "Config.host_files"),
        *("Config.in_place", "Config.extra", "Config.digest", "Config.seen", "Config.trusted"),
    ),
}
HIDDEN = {field: reason for reason, fields in _HIDDEN.items() for field in fields}
"""Fields that no page shows, and why not."""

BY_KEY = {"entries", "quotations", "details", "records", "index.totals.records"}
"""Mappings that pages ask for single values: which there are, and in what order, others say (`Index.order`, tables)."""

RECORDS = Table(tuple((kind.name, GenericAlias(Mapping, (str, kind.record))) for kind in linking.RECORDS))
"""What `Site.records` holds, by kind."""

NAMES = {"Config": Config, "Record": Record, "Path": Path, "ZoneInfo": ZoneInfo, "datetime": datetime, "os": os}
"""What the modules of these types import for the type checker alone."""

FIELDS = Fields(left_out=FOLLOWS, sealed=HIDDEN, atoms=(Target,), names=NAMES, tables={"Site.records": RECORDS})

IMPOSSIBLE = (ArithmeticError, AttributeError, LookupError, OutOfSightError, TypeError, ValueError)
"""What is raised where a field that was changed alone no longer fits the others: an office without its role."""

_RECORD = 4
"""How many steps of a place tell records apart: "records", "actor", "ann", "shown"; or "index", "followed", a file."""

ENOUGH = 1
"""How many variants of a field that change a page are looked at in each record: two take twice the time."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The views of a site's pages, and their scopes."""

    site: Linked
    views: Mapping[Page, View]
    scopes: Scopes

    def scope(self, page: Page) -> Scope:
        return self.scopes.of(kind_of(page).sight(self.site, page))


@dataclass(frozen=True, slots=True)
class Findings:
    """Paths of fields that could be `changed`, and of those that changed a page."""

    changed: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)


def look(site: Linked) -> Seen:
    """Look at every page; raises one of `IMPOSSIBLE` where a site makes no sense."""
    point = viewpoint(site, strict=True)
    pages = [page for kind in kinds.KINDS for page, _ in kind.planned(site) if is_free(page)]
    return Seen(site, {page: view(point, page) for page in pages}, Scopes(site))


def differing(before: Seen, after: Seen) -> list[Page]:
    """Return the pages of both sites whose views differ."""
    both = [page for page in after.views if page in before.views]
    return [page for page in both if before.views[page] != after.views[page]]


def stale(before: Seen, after: Seen, pages: Collection[Page]) -> list[Page]:
    """Return the pages that would be left as they were."""
    return [page for page in pages if before.scope(page) == after.scope(page)]


def spread(before: Seen, after: Seen, pages: Collection[Page]) -> set[Page]:
    """Return the pages that should not have changed, where nothing has but what entries' own pages show."""
    if seen_by_others(before.site) != seen_by_others(after.site):
        return set()
    entries = after.site.entries
    keys = [key for key, entry in entries.items() if entry != before.site.entries[key]]
    return set(pages).difference(*(kind.showing(after.site, keys) for kind in kinds.KINDS))


def seen_by_others(site: Linked) -> list[object]:
    """Return everything but what a build may change without linking again."""
    entries = [(entry.public_digest, entry.badge) for entry in site.entries.values()]
    names = FIELDS.of(Linked).keys() - {"entries", "quotations", "details"}
    return [entries, *(getattr(site, name) for name in sorted(names))]


def change_each_field(site: Linked) -> Findings:
    """Change each field in each record until some page changes; fails at the first page that goes stale."""
    found, before = Findings(), look(site)
    tried: Counter[tuple[str, ...]] = Counter()
    for variant in Variants(FIELDS, others_in(site)).all(site, Linked):
        hidden = variant.field in HIDDEN
        group = (variant.field,) if hidden else (variant.path, *variant.place[:_RECORD])
        if tried[group] >= ENOUGH:
            continue
        try:
            after = look(settled(variant.value, site))
            changed = differing(before, after)
            unnoticed = stale(before, after, changed)
        except IMPOSSIBLE:
            continue
        assert not unnoticed, f"{variant.place} changes {unnoticed}, and not their scopes"
        others = spread(before, after, changed)
        assert not others, f"{variant.place} changes {others}, and not the entry's public digest"
        shown = bool(changed) or before.views.keys() != after.views.keys()
        found.changed.add(variant.path)
        if shown:
            found.shown.add(variant.path)
        tried[group] += shown or hidden
    return found


def test_no_view_changes_without_its_scope(site: Site) -> None:
    """Nor does any but an entry's own, where others see the same of the entry as before."""
    for path, text in FILES.items():
        site.write(path, text)
    linked = as_values(ready(site.root).prepared.site)
    assert settled(linked, linked) == linked
    assert all(public_digest(linked, entry) == entry.public_digest for entry in linked.entries.values())
    found = change_each_field(linked)
    declared = dict(FIELDS.declared(Linked))
    visible = {path for path, name in declared.items() if name not in HIDDEN and path not in BY_KEY}
    assert not visible - found.changed, "no variant of these can be shown: write them in tests/support/rich.py"
    assert not visible - found.shown, "no page shows these: say why in HIDDEN, if that is right"
    assert not {declared[path] for path in found.shown & declared.keys()} & HIDDEN.keys(), "pages do show these"
    assert declared.keys() | declared.values() >= BY_KEY | HIDDEN.keys(), "there are no such fields"
