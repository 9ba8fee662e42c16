"""Lists are paged from the oldest entry: nothing is lost or shown twice, and a full page never changes again."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from hypothesis import given
from hypothesis import strategies as st

from digest.pages.paging import is_newest, numbers, part, part_of, sealed
from digest.pages.parts import heads
from digest.pages.routes import page_of, url_of
from digest.pages.urls import Page

if TYPE_CHECKING:
    from digest.pages.lens import Lens
    from digest.pages.views import Pager
    from tests.support.site import Site

totals = st.integers(0, 300)
sizes = st.integers(1, 60)
LISTS = ("", "actors/ann/", "topics/aid/", "agreements/pact/")


def pager(page: Page, total: int, size: int) -> Pager:
    """Return a page's pager, which asks its lens for addresses alone."""
    lens = cast("Lens", SimpleNamespace(url_of=url_of))
    return heads.pager(lens, page, part_of(("",) * total, page, size))


def newest_first(total: int) -> list[int]:
    return list(range(total, 0, -1))


@given(totals, sizes)
def test_every_item_stands_on_one_sealed_page_or_the_newest(total: int, size: int) -> None:
    items = newest_first(total)
    older = [part(items, Page("home", number=number), size) for number in range(sealed(total, size), 0, -1)]
    shown = [*part(items, Page("home"), size), *(item for page in older for item in page)]
    assert shown == items
    assert all(len(page) == size for page in older)
    assert len(part(items, Page("home"), size)) < 2 * size


@given(totals, sizes, st.integers(1, 100))
def test_a_sealed_page_stays_as_it_is_when_entries_come(total: int, size: int, more: int) -> None:
    for number in range(1, sealed(total, size) + 1):
        page = Page("home", number=number)
        assert part(newest_first(total), page, size) == part(newest_first(total + more), page, size)
        assert pager(page, total, size) == pager(page, total + more, size)


@given(totals, sizes)
def test_the_way_from_the_newest_page_to_the_oldest_leads_through_all(total: int, size: int) -> None:
    planned = {Page("home"), *(Page("home", number=number) for number in numbers(total, size))}
    page, seen = pager(Page("home"), total, size), []
    while page.older:
        at = page_of(page.older)
        assert at in planned
        seen.append(at.number)
        page = pager(at, total, size)
    assert seen == list(range(sealed(total, size), 0, -1))


@given(totals, sizes)
def test_links_to_newer_pages_lead_to_pages_there_are(total: int, size: int) -> None:
    planned = {Page("home"), *(Page("home", number=number) for number in numbers(total, size))}
    for page in planned:
        found = pager(page, total, size)
        assert {page_of(url) for url in (found.older, found.newer, found.newest) if url} <= planned
        assert is_newest(page, total, size) == (not found.newer)


@given(totals, sizes)
def test_only_lists_with_full_pages_have_numbers(total: int, size: int) -> None:
    """A short list has its bare address; the newest part of a long one has the next number, too."""
    full = sealed(total, size)
    assert [*numbers(total, size)] == [*range(1, full + 2)][: full and full + 1]


@given(totals, sizes)
def test_every_older_page_leads_to_the_newest_and_tells_no_total(total: int, size: int) -> None:
    for number in (0, *numbers(total, size)):
        page = Page("topic", "aid", number)
        found = pager(page, total, size)
        newest = number in {0, sealed(total, size) + 1}
        assert (found.newest, found.total) == (("", total) if newest else ("/topics/aid/", 0))
        assert found.number == (number or sealed(total, size) + 1)


def entry(number: int) -> str:
    return f"""\
---
title: Entry {number}
date: 2024-01-{number:02}
speakers: [ann, bob]
agreements: [pact]
topics: [aid]
summary: What happened on day {number}.
---
[[ann]] spoke of the [[pact]].

> Words of day {number}
> — [[ann]], a talk {{about=pact}}
"""


def test_new_entries_leave_the_bytes_of_full_pages_alone(site: Site) -> None:
    """Seven entries on pages of two; then four more.

    -- digest.yaml --
    title: Paged
    page_size: 2
    base_url: https://example.org/
    -- content/actors/ann.md --
    ---
    name: Ann
    roles: [{title: Minister, from: 2020}]
    ---
    Her profile.
    -- content/actors/bob.md --
    ---
    name: Bob
    ---
    -- content/topics/aid.md --
    ---
    name: Aid
    ---
    -- content/agreements/pact.md --
    ---
    name: Pact
    parties: [ann, bob]
    events: [{date: 2023-12-01, event: signed}]
    ---
    """
    for number in range(1, 8):
        site.write(f"content/articles/entry-{number}.md", entry(number))
    site.build()
    before = site.outputs()
    for number in range(8, 12):
        site.write(f"content/articles/entry-{number}.md", entry(number))
    site.build()
    after = site.outputs()
    for folder in LISTS:
        for number in (1, 2):  # 7 entries: two full pages, and 3 on the newest
            path = f"{folder}page/{number}/index.html"
            assert before[path] == after[path], path
            assert before[path].count(b"<h3") + before[path].count(b"<h4") >= 2, path
        assert before[f"{folder}index.html"] != after[f"{folder}index.html"]
        assert f"{folder}page/4/index.html" not in before
        assert f"{folder}page/5/index.html" in after


def test_a_list_shows_every_entry_once(site: Site) -> None:
    """Five entries on pages of two.

    -- digest.yaml --
    title: Paged
    page_size: 2
    -- content/actors/ann.md --
    ---
    name: Ann
    ---
    -- content/actors/bob.md --
    ---
    name: Bob
    ---
    -- content/topics/aid.md --
    ---
    name: Aid
    ---
    -- content/agreements/pact.md --
    ---
    name: Pact
    ---
    """
    for number in range(1, 6):
        site.write(f"content/articles/entry-{number}.md", entry(number))
    site.build()
    for folder in LISTS:
        newest, oldest = site.out(f"{folder}index.html"), site.out(f"{folder}page/1/index.html")
        days = [re.findall(r"/articles/2024/01/entry-(\d)/\">Entry", html) for html in (newest, oldest)]
        assert [sorted(set(found), reverse=True) for found in days] == [["5", "4", "3"], ["2", "1"]], folder
        assert site.out(f"{folder}page/2/index.html") == newest


def test_an_older_page_says_which_it_is_and_has_its_own_address(site: Site) -> None:
    """Search engines get one address for each page; the number of the newest is an alias of the bare URL.

    -- digest.yaml --
    title: Paged
    page_size: 1
    base_url: https://example.org/news/
    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    ---
    -- content/articles/2024-01-02-b.md --
    ---
    title: B
    ---
    -- content/articles/2024-01-03-c.md --
    ---
    title: C
    ---
    """
    site.build()
    canonical = '<link rel="canonical" href="https://example.org/news/{}">'
    assert canonical.format("") in site.out("index.html")
    assert canonical.format("") in site.out("page/3/index.html")
    assert canonical.format("page/2/") in site.out("page/2/index.html")
    assert "<title>Paged, part 2 – Paged</title>" in site.out("page/2/index.html")
