"""A page's scope tells when its view may have changed: it is seldom too large.

That it is never too small, `test_fields` holds.
"""

from __future__ import annotations

import gc
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from digest.linking.records import Entry
from digest.pages.routes import kind_of
from digest.pages.scope import Scopes
from digest.pages.view import view, viewpoint
from tests.support.prepared import ready

if TYPE_CHECKING:
    from digest.linking import site as linked
    from digest.pages.urls import Page
    from digest.pages.views import View
    from tests.support.site import Site

FILES = {
    "digest.yaml": "title: T\npage_size: 2\nbase_url: https://example.org/\n",
    "content/actors/ann.md": "---\nname: Ann Lee\nroles: [{title: Envoy, of: land, from: 2023}]\n---\nAnn works with [[bob]].\n",
    "content/actors/bob.md": "---\nname: Bob Ray\n---\n",
    "content/actors/land.md": "---\nname: Landia\nkind: state\n---\n",
    "content/actors/union.md": "---\nname: The Union\nkind: organisation\n---\n",
    "content/actors/idle.md": "---\nname: Idle Fellow\n---\n",
    "content/articles/2023-01-15-behalf.md": (
        "---\ntitle: For others\n---\n> Words\n> — [[bob]] {on_behalf_of=union}\n"
    ),
    "content/topics/aid.md": "---\nname: Aid\n---\nSee [[ann]].\n",
    "content/topics/food.md": "---\nname: Food\nbroader: aid\n---\n",
    "content/agreements/pact.md": "---\nname: The Pact\nparties: [land]\nevents: [{event: signed, date: 2023-05}]\n---\n",
    "content/articles/night.md": "---\ntitle: Night\ndate: 2023-08-01T20:00+00:00\n---\n",
    "content/pages/about.md": "---\ntitle: About\n---\nBy [[bob]].\n",
    **{
        f"content/articles/2024-0{month}-01-e{month}.md": (
            f"---\ntitle: Entry {month}\nspeakers: [ann]\ntopics: [food]\nagreements: [pact]\n"
            f"source: {{publisher: P{month}}}\n---\nBob Ray came.[^n]\n\n> Words {month}\n> — [[ann]], talk "
            f"{{stance=rejects about=pact}}\n\n[[bob|“short”]] and [the next](2024-0{month % 2 + 1}-01-e{month % 2 + 1}.md).\n\n"
            "[^n]: Note\n"
        )
        for month in (1, 2)
    },
    **{
        f"content/articles/2023-0{month}-01-old{month}.md": f"---\ntitle: Old {month}\nspeakers: [bob]\n---\nText.\n"
        for month in range(1, 8)
    },
}

EDITS = {
    "a text": ("content/articles/2024-01-01-e1.md", "came.", "came late."),
    "a title": ("content/articles/2024-01-01-e1.md", "Entry 1", "Entry one"),
    "a profile": ("content/actors/ann.md", "works with", "worked with"),
    "a redirect": ("content/articles/2023-03-01-old3.md", "title: Old 3", "title: Old 3\nredirect_from: [/o/]"),
    "a role": ("content/actors/ann.md", "Envoy", "Minister"),
    "a role of somebody nobody names": ("content/actors/idle.md", "Fellow", "Fellow\nroles: [{title: Clerk}]"),
    "a party": ("content/agreements/pact.md", "parties: [land]", "parties: [land, bob]"),
}
"""What is written in place of something in a file."""

LARGE = {
    "a text": 9,
    "a title": 40,
    "a profile": 4,
    "a redirect": 4,
    "a role": 15,
    "a role of somebody nobody names": 15,
    "a party": 10,
}
"""How many views may be made in vain."""


def look(site: Site) -> dict[Page, tuple[dict[str, str], View]]:
    """Return the scope and the view of every page."""
    found, _ = ready(site.root)
    assert found.usable_theme, found.diagnostics
    scopes, point = Scopes(found.site), viewpoint(found.site, strict=True)
    return {page: (scopes.of(kind_of(page).sight(found.site, page)), view(point, page)) for page, _ in found.planned}


@pytest.mark.parametrize("edit", EDITS)
def test_few_views_are_made_in_vain(site: Site, edit: str) -> None:
    for path, text in FILES.items():
        site.write(path, text)
    before = look(site)
    path, old, new = EDITS[edit]
    assert old in FILES[path]
    site.write(path, FILES[path].replace(old, new))
    after = look(site)
    both = before.keys() & after.keys()
    changed = {page for page in both if before[page][1] != after[page][1]}
    suspected = {page for page in both if before[page][0] != after[page][0]}
    assert changed or before.keys() != after.keys()
    assert changed <= suspected
    assert len(suspected - changed) <= LARGE[edit]


@pytest.mark.parametrize(("edit", "entries"), [("a role", 2), ("a role of somebody nobody names", 0), ("a party", 2)])
def test_a_record_concerns_only_entries_that_name_it(site: Site, edit: str, entries: int) -> None:
    for path, text in FILES.items():
        site.write(path, text)
    before = look(site)
    path, old, new = EDITS[edit]
    site.write(path, FILES[path].replace(old, new))
    after = look(site)
    assert sum(page.kind == "article" and before[page][0] != scope for page, (scope, _) in after.items()) == entries


def test_scopes_let_go_of_their_site_without_the_collector(site: Site) -> None:
    """Or a build would hold two sites while workers run."""
    for path, text in FILES.items():
        site.write(path, text)
    found, _ = ready(site.root)
    gc.disable()
    before, scopes = sys.getrefcount(found.site), Scopes(found.site)
    for page, _ in found.planned:
        scopes.of(kind_of(page).sight(found.site, page))
    between = sys.getrefcount(found.site)
    del scopes
    after = sys.getrefcount(found.site)
    gc.enable()
    assert between > before == after


def test_views_look_at_no_entry_outside_their_scope(site: Site) -> None:
    """A list's view reads the entries of its part, an entry's those beside it."""
    for path, text in FILES.items():
        site.write(path, text)
    found, _ = ready(site.root)
    for page, _ in found.planned:
        if page.kind in {"actor", "topic", "agreement", "home"} and page.number:
            keys = _seen(found.site, page)
            assert len(keys) <= 2 * found.site.config.page_size, page


def _seen(site: linked.Site, page: Page) -> set[str]:
    """Return the keys of the entries that a page's view looks at, with nothing in mind that other views have read."""
    seen: set[str] = set()

    class Watched(dict[str, Entry]):
        def __getitem__(self, key: str) -> Entry:
            seen.add(key)
            return super().__getitem__(key)

    view(viewpoint(replace(site, entries=Watched(site.entries))), page)
    return seen
