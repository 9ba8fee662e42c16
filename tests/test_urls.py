"""Page, URL and output path stand for one another; no URL leads out of the output folder."""

from __future__ import annotations

import posixpath
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import Markup

from digest.content.slugs import slug_problem, slugify
from digest.pages.route import MONTH, SLUG, Route
from digest.pages.routes import is_free, page_of, reserved, url_of
from digest.pages.urls import Page, collision_key, encode, out_path

if TYPE_CHECKING:
    from tests.support.site import Site

slugs = st.text(min_size=1, max_size=30).map(slugify).filter(lambda slug: not slug_problem(slug))
months = st.builds("{:04}/{:02}".format, st.integers(1, 9999), st.integers(1, 12))
keys = st.builds("{}/{}".format, months, slugs)
numbers = st.integers(0, 10**6)
pages = st.one_of(
    st.builds(Page, st.just("home"), st.just(""), numbers),
    st.builds(Page, st.sampled_from(["actor", "topic", "agreement"]), slugs, numbers),
    st.builds(Page, st.just("article"), keys, st.just(0)),
    st.builds(Page, st.just("month"), months, st.just(0)),
    st.builds(Page, st.just("page"), slugs.filter(lambda slug: slug not in reserved()), st.just(0)),
    st.sampled_from([Page(kind) for kind in ("actors", "topics", "agreements", "archive", "not-found")]),
)


@given(pages)
def test_a_page_is_found_again_by_its_url(page: Page) -> None:
    assert page_of(url_of(page)) == page


def test_the_sites_own_words_are_those_its_addresses_begin_with() -> None:
    sections = {"articles", "actors", "topics", "agreements", "archive", "page", "404.html"}
    assert reserved() == {*sections, "theme", "_digest", "search", "positions", "data"}


def test_a_route_takes_any_word_only_at_the_root_and_parts_only_where_it_is_paged() -> None:
    assert Route("/", SLUG, "/").takes_any
    assert not Route("/actors/", SLUG, "/").takes_any
    assert not Route("/", MONTH, "/").takes_any
    assert Route("/a/", SLUG, "/", paged=True).finder("kind")("/a/b/page/2/") == Page("kind", "b", 2)
    assert Route("/a/", SLUG, "/").finder("kind")("/a/b/page/2/") is None
    assert Route("/a/", SLUG, "/").finder("kind")("/a/b/") == Page("kind", "b")


def test_a_word_of_the_sites_own_is_free_below_its_sections() -> None:
    assert page_of("/actors/topics/") == Page("actor", "topics")
    assert page_of("/topics/") == Page("topics")
    assert is_free(Page("topic", "actors"))
    assert not is_free(Page("page", "actors"))


@given(pages, pages)
def test_two_pages_never_share_a_file(one: Page, other: Page) -> None:
    paths = collision_key(out_path(url_of(one))), collision_key(out_path(url_of(other)))
    assert (paths[0] == paths[1]) == (one == other)


@given(pages)
def test_a_url_is_a_normalised_path(page: Page) -> None:
    url = url_of(page)
    assert url.startswith("/")
    assert url == unicodedata.normalize("NFC", url)
    assert url.endswith(("/", ".html"))
    assert encode(url).isascii()


@given(
    st.one_of(st.text(), st.lists(st.sampled_from(["..", ".", "", "a", "\\", "C:", "%2e%2e", "\x00"])).map("/".join))
)
def test_no_url_leads_out_of_the_output_folder(url: str) -> None:
    try:
        path = out_path(url)
    except ValueError:
        return
    assert posixpath.normpath(posixpath.join("/out", path)) == f"/out/{path}"
    assert not path.startswith("/")
    assert "\\" not in path
    assert "\x00" not in path


@pytest.mark.parametrize(
    "url", ["/../x/", "/a/../../x/", "//x/", "x/", "/./", "/a\\b/", "/c:/", "/a?b/", "/a#b/", "/a./", f"/{'x' * 256}/"]
)
def test_an_address_no_file_system_takes_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="cannot be an address"):
        out_path(url)


@pytest.mark.parametrize(
    "url", ["/page/0/", "/page/01/", "/actors/x/page/", "/articles/2024/1/x/", "/actors", "/a/b/", "/search/"]
)
def test_some_addresses_are_no_page(url: str) -> None:
    assert page_of(url) is None


OWN = (
    "_digest",
    "articles",
    "actors",
    "topics",
    "agreements",
    "archive",
    "page",
    "theme",
    "search",
    "positions",
    "data",
)
"""What the site itself, or one of the next versions, puts at the root."""


@pytest.mark.parametrize("name", OWN)
def test_no_free_page_takes_an_address_of_the_sites_own(site: Site, name: str) -> None:
    site.write(f"content/pages/{name}.md", "---\ntitle: Mine\n---\n")
    assert page_of(f"/{name}/") is None or page_of(f"/{name}/") == Page(name)
    assert {each["code"] for each in site.diagnostics()} & {"reserved-name", "invalid-id", "invalid-name"}


@given(pages.filter(lambda page: page.kind not in {"page", "not-found"} and url_of(page) != "/"))
def test_every_page_of_the_sites_own_is_below_a_reserved_address(page: Page) -> None:
    assert url_of(page).split("/")[1] in OWN


def test_every_page_of_a_site_is_found_again_by_its_url(site: Site) -> None:
    """The law holds for all that is written, with names in other scripts.

    -- digest.yaml --
    title: Laws
    page_size: 1
    -- content/actors/Сергей Лавров.md --
    ---
    name: Сергей Лавров
    redirect_from: [/old/lavrov/]
    ---
    -- content/actors/नरेन्द्र.md --
    ---
    name: नरेन्द्र मोदी
    ---
    -- content/topics/straße.md --
    ---
    name: Straße
    ---
    -- content/pages/über.md --
    ---
    title: Über
    ---
    -- content/articles/2024-01-01-один.md --
    ---
    title: Один
    speakers: [Сергей Лавров]
    topics: [Straße]
    ---
    -- content/articles/2024-01-02-два.md --
    ---
    title: Два
    speakers: [Сергей Лавров, नरेन्द्र]
    topics: [strasse]
    ---
    -- content/articles/2024-01-03-три.md --
    ---
    title: Три
    speakers: [Сергей Лавров]
    ---
    """
    site.build()
    written = [f"/{path}".removesuffix("index.html") for path in site.outputs() if path.endswith(".html")]
    assert "/actors/сергей-лавров/page/2/" in written
    assert "/topics/strasse/" in written
    found = {url: page_of(url) for url in written if url != "/old/lavrov/"}
    assert {url: url_of(page) if page else None for url, page in found.items()} == {url: url for url in found}


def test_a_file_whose_name_no_link_can_hold_is_an_error(site: Site) -> None:
    """An asset with a number sign in its name would be cut off there in every link.

    -- content/files/a#b.txt --
    text
    """
    assert [(found["code"], found["path"]) for found in site.diagnostics()] == [
        ("invalid-name", "content/files/a#b.txt")
    ]


def test_two_files_for_one_address_are_an_error_that_names_both(site: Site) -> None:
    """Case and Unicode form do not make two addresses; neither do a file and a page, or a redirect and a page.

    -- content/topics/Aid.md --
    ---
    name: Aid
    redirect_from: [/about/, /no-slash]
    ---
    -- content/topics/aid.md --
    ---
    name: Help
    ---
    -- content/pages/about.md --
    ---
    title: About
    ---
    -- content/pages/actors.md --
    ---
    title: Actors
    ---
    -- content/topics/index.html --
    mine
    """
    found = {(each["code"], each["path"]) for each in site.diagnostics()}
    assert found >= {
        ("same-address", "content/topics/aid.md"),
        ("same-address", "content/topics/Aid.md"),
        ("same-address", "content/topics/index.html"),
        ("invalid-redirect", "content/topics/Aid.md"),
        ("reserved-name", "content/pages/actors.md"),
    }


def test_a_hidden_entry_takes_no_address_from_a_published_one(site: Site) -> None:
    """A draft of the same name, first in order, neither shadows the entry nor stops the build.

    -- content/articles/a/2024-01-01-x.md --
    ---
    title: Unfinished
    draft: true
    ---
    -- content/articles/b/2024-01-01-x.md --
    ---
    title: Finished
    ---
    """
    site.build()
    assert "Finished" in site.out("articles/2024/01/x/index.html")


@given(st.text() | st.from_regex(r"https?://[a-z./?&=#%'()+ é<>-]*|/[a-z0-9./#'()+ é<>&%?-]*", fullmatch=True))
@example("/actors/plain-ascii/")
@example("/a\n")
def test_an_address_is_escaped_as_the_standard_library_does(url: str) -> None:
    """The short cut for addresses that need nothing takes none that need something."""
    safe = "/#?&=:@!$'()*+,;~%-._" if "://" in url else "/#:@!$'()*+,;~-._"
    assert encode(url) == quote(url, safe=safe)
    assert type(encode(Markup(url))) is str  # noqa: S704 - never printed
