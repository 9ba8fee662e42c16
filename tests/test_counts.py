"""A build reads, renders and writes exactly what an edit changes."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, NamedTuple

import pytest

from digest import build, executor
from digest.engine.stored_site import open_site
from tests.support.counts import Work, build_counting, stamps
from tests.support.sample import REPOSITORY
from tests.support.site import NOON

if TYPE_CHECKING:
    from pathlib import Path

    from digest.config import Config
    from digest.linking import site as linked
    from digest.state.store import Store
    from tests.support.site import Site

DAY = 24 * 3600
BROADSHEET = REPOSITORY / "themes/broadsheet/templates"


def entry(title: str, more: str = "", body: str = "Text.") -> str:
    return f"---\ntitle: {title}\nsource: {{publisher: Post}}\n{more}---\n{body}\n"


ENTRIES = {
    "2023-11-05-e1": entry("E1", "speakers: [bob]\n"),
    "2023-11-20-e2": entry("E2", "speakers: [bob]\n"),
    "2023-12-03-e3": entry("E3", "speakers: [bob]\ntopics: [food]\n"),
    "2024-01-04-e4": entry("E4", "speakers: [bob]\n"),
    "2024-01-05-e5": entry("E5", "speakers: [ann]\ntopics: [food]\n"),
    "2024-02-06-e6": entry("E6", "speakers: [ann]\ntopics: [food]\n"),
    "2024-02-07-e7": entry("E7", "agreements: [pact]\n", "> Words\n> — [[ann]], a talk"),
    "2024-02-08-e8": entry("E8", "speakers: [bob]\n", "After [that](2024-02-07-e7.md)."),
}
FILES = {
    "digest.yaml": "title: T\npage_size: 2\ntheme: mine\n",
    "themes/mine/theme.yaml": "name: Mine\nextends: broadsheet\n",
    "content/actors/ann.md": "---\nname: Ann Lee\nroles: [{title: Envoy, of: land, from: 2023, to: 2024-03-01}]\n---\nAnn.\n",
    "content/actors/bob.md": "---\nname: Bob Ray\n---\n",
    "content/actors/land.md": "---\nname: Landia\nkind: state\n---\n",
    "content/topics/aid.md": "---\nname: Aid\n---\n",
    "content/topics/food.md": "---\nname: Food\nbroader: aid\n---\n",
    "content/agreements/pact.md": "---\nname: The Pact\nparties: [land]\nevents: [{event: signed, date: 2023-05}]\n---\n",
    "content/pages/about.md": "---\ntitle: About\n---\nBy [[bob]].\n",
    "content/pictures/map.txt": "a map",
    **{f"content/articles/{name}.md": text for name, text in ENTRIES.items()},
}


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ALL = words(
    "404.html about actors actors/ann actors/bob actors/bob/page/1 actors/bob/page/2 actors/land agreements"
    " agreements/pact archive archive/2023/11 archive/2023/12 archive/2024/01 archive/2024/02 articles/2023/11/e1"
    " articles/2023/11/e2 articles/2023/12/e3 articles/2024/01/e4 articles/2024/01/e5 articles/2024/02/e6"
    " articles/2024/02/e7 articles/2024/02/e8 . page/1 page/2 page/3 page/4 topics topics/aid topics/food"
)
"""Every page of the site above; `.` is the home page."""

LISTS = frozenset({page for page in ALL if page.startswith(("page/", "archive/"))} | {".", "topics/aid", "topics/food"})
"""Every page with cards."""


class Edit(NamedTuple):
    """Words of a file to be replaced (none: the file is new), how many files that reads, and the pages it changes."""

    path: str
    old: str
    new: str
    read: int
    pages: frozenset[str]


E1, E4, E7, E8 = (f"content/articles/{name}.md" for name in sorted(ENTRIES) if name[-1] in "1478")
ANN, BOB, PACT, ABOUT = (
    f"content/{name}.md" for name in ("actors/ann", "actors/bob", "agreements/pact", "pages/about")
)
MINE = "themes/mine/templates"

EDITS = {
    "a body": Edit(E4, "Text.", "Other.", 1, words("articles/2024/01/e4")),
    "a quotation": Edit(E7, "Words", "Other words", 1, words("articles/2024/02/e7 actors/ann")),
    "an occasion": Edit(E7, "a talk", "a speech", 1, words("articles/2024/02/e7 actors/ann")),
    "a mention": Edit(
        E4,
        "Text.",
        "Ann Lee came.",
        1,
        words("articles/2024/01/e4 actors actors/ann actors/ann/page/1 actors/ann/page/2"),
    ),
    "a title: cards, neighbours": Edit(
        E4,
        "E4",
        "Four",
        1,
        words(
            "articles/2024/01/e4 articles/2023/12/e3 articles/2024/01/e5 page/2 archive/2024/01 actors/bob actors/bob/page/2"
        ),
    ),
    "a title: cards, neighbours, links, quotations": Edit(
        E7,
        "E7",
        "Seven",
        1,
        words(
            "articles/2024/02/e7 articles/2024/02/e6 articles/2024/02/e8 . page/4 archive/2024/02 actors/ann agreements/pact"
        ),
    ),
    "a tag": Edit(
        E1,
        "speakers: [bob]",
        "speakers: [bob]\ntopics: [aid]",
        1,
        words(
            "articles/2023/11/e1 . page/4 actors/bob actors/bob/page/2 topics topics/aid topics/aid/page/1 topics/aid/page/2"
        ),
    ),
    "a new entry: its page, its neighbour, the newest part of lists": Edit(
        "content/articles/2024-02-20-new.md",
        "",
        entry("New", "speakers: [ann]\n"),
        1,
        words(
            "articles/2024/02/new articles/2024/02/e8 . page/4 archive archive/2024/02 actors actors/ann"
            " actors/ann/page/1 actors/ann/page/2"
        ),
    ),
    "a draft": Edit("content/articles/2024-02-20-new.md", "", entry("New", "draft: true\n"), 1, frozenset()),
    "a role: where its holder speaks, or is listed": Edit(
        ANN,
        "Envoy",
        "Minister",
        1,
        words("actors actors/ann actors/land articles/2024/01/e5 articles/2024/02/e6 articles/2024/02/e7"),
    ),
    "a profile": Edit(ANN, "Ann.", "She.", 1, words("actors/ann")),
    "an alias nobody used": Edit(ANN, "name: Ann Lee", "name: Ann Lee\naliases: [Annie]", 1, words("actors/ann")),
    "an event": Edit(PACT, "2023-05}", "2023-05}, {event: in-force, date: 2024}", 1, words("agreements/pact")),
    "a topic's name": Edit(
        "content/topics/aid.md", "name: Aid", "name: Help", 1, words(". page/4 topics topics/aid topics/food")
    ),
    "a free page: its sentence about somebody": Edit(ABOUT, "By", "Of", 1, words("about actors/bob actors/bob/page/2")),
    "a free page's title, which every page shows": Edit(ABOUT, "About", "Us", 1, ALL),
    "the site's title": Edit("digest.yaml", "title: T", "title: U", 0, ALL),
    "the size of lists": Edit("digest.yaml", "page_size: 2", "page_size: 3", 0, words(". page/1 page/2 actors/bob")),
    "a template": Edit(f"{MINE}/archive.html", "", "own", 0, words("archive")),
    "a template with the same text": Edit(
        f"{MINE}/archive.html", "", (BROADSHEET / "archive.html").read_text(encoding="utf-8"), 0, frozenset()
    ),
    "a macro that lists use": Edit(
        f"{MINE}/macros/card.html",
        "",
        (BROADSHEET / "macros/card.html").read_text(encoding="utf-8").replace("Speaking", "Heard"),
        0,
        LISTS - {"actors/bob/page/1"},
    ),
    "a macro that one template uses": Edit(
        f"{MINE}/macros/source.html",
        "",
        "{% macro card(source) %}{% endmacro %}{% macro line(source) %}{% endmacro %}",
        0,
        frozenset(page for page in ALL if page.startswith("articles/")),
    ),
    "a static file": Edit("themes/mine/static/own.txt", "", "own", 0, words("theme/own.txt")),
    "an asset": Edit("content/pictures/map.txt", "a map", "the map", 0, words("pictures/map.txt")),
}


def file_of(page: str) -> str:
    return page if page.endswith((".html", ".txt", ".css")) else f"{page}/index.html".removeprefix("./")


@pytest.fixture
def built(site: Site) -> Site:
    """The site above, built twice: the second time there is nothing to do."""
    for path, text in FILES.items():
        site.write(path, text)
    everything = build_counting(site)
    assert (everything.read, everything.rendered) == (15, len(ALL))
    assert build_counting(site) == Work(0, 0, 0, 0, frozenset())
    return site


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_makes_exactly_the_pages_that_differ(built: Site, name: str) -> None:
    edit = EDITS[name]
    before = built.outputs()
    assert edit.old in FILES.get(edit.path, "")
    built.write(edit.path, FILES[edit.path].replace(edit.old, edit.new) if edit.old else edit.new)
    done = build_counting(built)
    after = built.outputs()
    expected = {file_of(page) for page in edit.pages}
    pages = {path for path in expected if path.endswith(".html")}
    assert done.made == expected
    assert (done.read, done.rendered, done.written) == (edit.read, len(pages), len(expected))
    assert {path for path in after if before.get(path) != after[path]} - {".digest-manifest.json"} == expected
    assert build_counting(built) == Work(0, 0, 0, 0, frozenset())


def test_a_style_sheet_is_on_every_page_for_its_name_holds_its_digest(built: Site) -> None:
    before = built.outputs()
    built.write("themes/mine/static/style.css", "p { color: red }")
    done = build_counting(built)
    new, old = (
        [path for path in one if path.endswith(".css") and path not in other]
        for one, other in ((built.outputs(), before), (before, built.outputs()))
    )
    assert len(new) == len(old) == 1
    assert done == Work(0, len(ALL), len(ALL) + 1, 1, frozenset({*map(file_of, ALL), *new}))


def test_settings_that_no_template_shows_write_nothing(built: Site) -> None:
    built.write("digest.yaml", FILES["digest.yaml"] + "extra: {colour: red}\n")
    assert build_counting(built)[2:] == (0, 0, frozenset())


def test_days_pass_and_only_an_office_that_ends_is_seen(built: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ann is envoy until 1 March, the day of the first build."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOON) - DAY))
    assert build_counting(built) == Work(0, 0, 0, 0, frozenset())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOON) + DAY))
    ended = build_counting(built)
    expected = frozenset(map(file_of, ("actors", "actors/ann", "actors/land")))
    assert ended == Work(0, len(expected), len(expected), 0, expected)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOON) + 30 * DAY))
    assert build_counting(built) == Work(0, 0, 0, 0, frozenset())


def test_an_entry_is_published_when_it_is_due(built: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    built.write("content/articles/2024-03-01-soon.md", entry("Soon", "embargo: 2024-03-01T15:00\n"))
    assert build_counting(built) == Work(1, 0, 0, 0, frozenset())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOON) + 3 * 3600 - 1))
    assert build_counting(built) == Work(0, 0, 0, 0, frozenset())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOON) + 3 * 3600))
    due = words("articles/2024/03/soon articles/2024/02/e8 . page/4 archive archive/2024/02 archive/2024/03")
    assert build_counting(built).made == {file_of(page) for page in due}


def test_touched_files_are_read_and_nothing_else_happens(built: Site) -> None:
    for path in FILES:
        os.utime(built.root / path, (1, 1))
    assert build_counting(built) == Work(0, 0, 0, 0, frozenset())


def test_a_fresh_checkout_with_the_state_of_the_last_renders_nothing(built: Site, tmp_path: Path) -> None:
    """As in CI: the content has new times and inodes, `.digest/` comes from a cache, and there is no site."""
    fresh = type(built)(tmp_path / "fresh")
    for path, text in FILES.items():
        fresh.write(path, text)
    shutil.copytree(built.root / ".digest", fresh.root / ".digest")
    published = len(built.outputs()) - 1
    done = build_counting(fresh)
    assert done[:4] == (0, 0, published, 0)
    assert fresh.outputs() == built.outputs()
    fresh.write(E4, FILES[E4].replace("Text.", "Other."))
    assert build_counting(fresh).made == {file_of("articles/2024/01/e4")}


@pytest.mark.parametrize(("much", "opened"), [(executor.WORTHWHILE, 0), (0, 1)])
def test_few_pages_are_made_from_the_site_at_hand(
    built: Site, monkeypatch: pytest.MonkeyPatch, much: int, opened: int
) -> None:
    calls: list[Store] = []

    def opening(store: Store, config: Config) -> linked.Site:
        calls.append(store)
        return open_site(store, config)

    monkeypatch.setattr(build, "open_site", opening)
    monkeypatch.setattr(build, "WORTHWHILE", much)
    built.write("content/articles/2024-01-04-e4.md", entry("E4 again", "speakers: [bob]\n"))
    built.build("-j", "1")
    assert len(calls) == opened


def test_a_full_page_of_a_list_is_never_made_again(built: Site) -> None:
    """Ten entries later, the parts that were full are the same files."""
    sealed = {path: seen for path, seen in stamps(built.root / "site").items() if "page/" in path}
    del sealed["page/4/index.html"], sealed["actors/bob/page/2/index.html"]  # the newest
    for day in range(10, 20):
        built.write(f"content/articles/2024-02-{day}-more{day}.md", entry(f"More {day}", "speakers: [bob]\n"))
        assert build_counting(built).read == 1
    assert sealed.items() <= stamps(built.root / "site").items()
