"""A new kind of page is one value in one table; what it may look at is what it has declared, and it is never stale."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from digest.linking.targets import Target
from digest.pages.kind import PageKind
from digest.pages.kinds import KINDS
from digest.pages.lens import Lens, OutOfSightError
from digest.pages.paging import Part
from digest.pages.parts.cards import card
from digest.pages.parts.heads import head
from digest.pages.route import SLUG, Route
from digest.pages.routes import kind_of, page_of, reserved, url_of
from digest.pages.sight import FACTS, WORDS, Fact, Sight
from digest.pages.urls import Page
from digest.pages.view import viewpoint
from digest.pages.views import View
from digest.values import replaced
from tests.support.kinds import registered
from tests.support.prepared import ready

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from digest.linking.site import Site as Linked
    from tests.support.site import Site

ONE, OTHER = "content/articles/2024-01-01-one.md", "content/articles/2024-01-02-other.md"
ENTRY = """\
---
title: One
speakers: [ann]
corrections:
  - {date: 2024-01-03, text: The sum was wrong.}
---
Words.
"""
FILES = {
    "digest.yaml": "title: T\ntheme: mine\n",
    "themes/mine/theme.yaml": "name: mine\nextends: broadsheet\n",
    "themes/mine/templates/corrections.html": (
        "{% for text in page.texts %}<p>{{ text }}</p>\n{% else %}none\n{% endfor %}"
    ),
    "content/actors/ann.md": "---\nname: Ann Lee\n---\n",
    ONE: ENTRY,
    OTHER: "---\ntitle: Other\nspeakers: [ann]\n---\nWords.\n",
}


class CorrectionsView(View, kw_only=True):
    """What a page of all corrections shows."""

    texts: tuple[str, ...]


def corrections_sight(site: Linked, _page: Page) -> Sight:
    return Sight(texts=site.index.order)


def corrections(lens: Lens, page: Page) -> CorrectionsView:
    details = map(lens.details, lens.sight.texts)
    texts = tuple(item.text for found in details for item in found.matter.corrections)
    return CorrectionsView(head=head(lens, page, "Corrections"), texts=texts)


def concerned(_site: Linked, keys: Collection[str]) -> Iterable[Page]:
    return [Page("corrections")] if keys else []


CORRECTIONS = PageKind(
    name="corrections",
    route=Route("/corrections/"),
    sight=corrections_sight,
    view=corrections,
    showing=concerned,
)


class TitlesView(View, kw_only=True):
    """What a feed of an actor's entries holds."""

    titles: tuple[str, ...]


def titles_sight(site: Linked, page: Page) -> Sight:
    return Sight(entries=site.actors[page.key].entries)


def titles(lens: Lens, page: Page) -> TitlesView:
    found = tuple(lens.shown(key).title for key in lens.sight.entries)
    return TitlesView(head=head(lens, page, "Feed"), titles=found)


def as_json(view: TitlesView) -> bytes:
    return json.dumps(view.titles).encode()


FEED = PageKind(
    name="feed",
    route=Route("/actors/", SLUG, "/feed.json"),
    keys=lambda site: site.actors,
    sources=lambda site: lambda name: site.actors[name].document.path,
    sight=titles_sight,
    view=titles,
    encode=as_json,
)


@pytest.fixture
def two(site: Site) -> Iterator[Site]:
    """A site with a page of corrections and a feed for each actor."""
    for path, text in FILES.items():
        site.write(path, text)
    with registered(CORRECTIONS, FEED):
        yield site


def test_a_page_kind_and_a_file_are_made_like_all_others(two: Site) -> None:
    assert two.build("-j", "1").exit_code == 0
    assert two.out("corrections/index.html") == "<p>The sum was wrong.</p>\n"
    assert json.loads(two.out("actors/ann/feed.json")) == ["Other", "One"]
    assert two.build("-j", "1", "--verify").exit_code == 0


@pytest.mark.parametrize(
    ("path", "old", "new", "rendered"),
    [
        (ONE, "The sum was wrong.", "The sum was 7 and not 8.", 2),  # the entry's own page and the list
        (ONE, "corrections:\n  - {date: 2024-01-03, text: The sum was wrong.}\n", "", 2),
        (OTHER, "---\nWords", "corrections: [{date: 2024-01-04, text: A name.}]\n---\nWords", 2),
        (ONE, "\nWords", "\nOther words", 1),
    ],
)
def test_an_edit_of_a_text_makes_the_pages_that_show_it(
    two: Site, path: str, old: str, new: str, rendered: int
) -> None:
    """What others show of the entry stays the same, so nothing is linked again and few pages are looked at."""
    two.build("-j", "1")
    two.write(path, FILES[path].replace(old, new))
    run = two.build("-j", "1")
    assert f"({rendered} files written" in run.stdout
    assert two.build("-j", "1", "--verify").exit_code == 0


def test_an_edit_of_a_title_makes_the_feed(two: Site) -> None:
    two.build("-j", "1")
    two.write(ONE, ENTRY.replace("title: One", "title: First"))
    two.build("-j", "1")
    assert json.loads(two.out("actors/ann/feed.json")) == ["Other", "First"]


def test_addresses_of_the_table_are_the_sites_own(two: Site) -> None:
    assert "corrections" in reserved()
    assert page_of("/corrections/") == Page("corrections")
    assert page_of(url_of(Page("feed", "ann"))) == Page("feed", "ann")
    two.write("content/pages/corrections.md", "---\ntitle: Mine\n---\n")
    assert [problem["code"] for problem in two.diagnostics()] == ["reserved-name"]


def test_why_says_what_the_new_page_is_made_of(two: Site) -> None:
    two.build("-j", "1")
    assert WORDS["text"] in two.run("why", "/corrections/").stdout
    assert WORDS["entries"] in two.run("why", "/actors/ann/feed.json").stdout


def test_the_preview_shows_it(two: Site) -> None:
    found = ready(two.root)
    shown = found.snapshot
    assert b"The sum was wrong." in shown.page("/corrections/").html
    feed = shown.page("/actors/ann/feed.json")
    assert (json.loads(feed.html), feed.media_type) == (["Other", "One"], "application/json")


LOOKS: dict[str, Callable[[Lens], object]] = {
    "an entry": lambda lens: lens.shown(IN_SIGHT),
    "whom it concerns": lambda lens: lens.concerns(IN_SIGHT),
    "its words": lambda lens: lens.quotations(IN_SIGHT),
    "what only its page shows": lambda lens: lens.details(IN_SIGHT),
    "its card": lambda lens: card(lens, IN_SIGHT),
    "its badge": lambda lens: lens.badge(IN_SIGHT),
    "its title": lambda lens: lens.label(Target("article", IN_SIGHT)),
    "its file": lambda lens: lens.path(IN_SIGHT),
    "links in its text": lambda lens: lens.followed("content/articles/2024-01-01-one.md"),
    "an actor": lambda lens: lens.actor("bob"),
    "a topic": lambda lens: lens.topic("aid"),
    "an agreement": lambda lens: lens.agreement("pact"),
    "an actor's name": lambda lens: lens.label(Target("actor", "bob")),
    "a topic's name": lambda lens: lens.label(Target("topic", "aid")),
    "an agreement's name": lambda lens: lens.label(Target("agreement", "pact")),
    "a free page's title": lambda lens: lens.label(Target("page", "about")),
    "a whole actor": lambda lens: lens.actor_record("bob"),
    "a whole topic": lambda lens: lens.topic_record("aid"),
    "a whole agreement": lambda lens: lens.agreement_record("pact"),
    "a whole free page": lambda lens: lens.page_record("about"),
    "who mentions a record": lambda lens: lens.backlinks(Target("actor", "bob")),
    "the day": lambda lens: lens.today,
    "totals": lambda lens: lens.totals,
    "speakers": lambda lens: lens.speakers,
    "months": lambda lens: lens.months,
    "counts of actors": lambda lens: lens.actors,
    "counts of topics": lambda lens: lens.topics,
    "counts of agreements": lambda lens: lens.agreements,
    "a part of a list": lambda lens: lens.part,
}
IN_SIGHT = "2024/01/one"
NARROW = Sight(entries=("2024/01/other",), texts=("2024/01/third",))
WIDE = Sight(
    texts=(IN_SIGHT,),
    records=(Target("actor", "bob"), Target("topic", "aid"), Target("agreement", "pact"), Target("page", "about")),
    facts=tuple(Fact),
    part=Part(keys=(), number=1, newest=True, total=0),
)
RECORDS = {
    "content/actors/bob.md": "---\nname: Bob Ray\n---\nWith [[ann]].\n",
    "content/topics/aid.md": "---\nname: Aid\n---\n",
    "content/agreements/pact.md": "---\nname: Pact\n---\n",
    "content/pages/about.md": "---\ntitle: About\n---\nBy [[bob]].\n",
    "content/articles/2024-01-03-third.md": "---\ntitle: Third\n---\n",
}


@pytest.fixture
def linked(two: Site) -> Linked:
    for path, text in RECORDS.items():
        two.write(path, text)
    return ready(two.root).prepared.site


@pytest.mark.parametrize("what", LOOKS)
def test_what_is_not_declared_cannot_be_read(linked: Linked, what: str) -> None:
    with pytest.raises(OutOfSightError):
        LOOKS[what](Lens(viewpoint(linked), NARROW))
    LOOKS[what](Lens(viewpoint(linked), WIDE))


def test_what_is_near_is_known_by_its_title_alone(linked: Linked) -> None:
    lens = Lens(viewpoint(linked), Sight(near=(IN_SIGHT, "")))
    assert lens.label(Target("article", IN_SIGHT)) == "One"
    with pytest.raises(OutOfSightError):
        lens.shown(IN_SIGHT)


def test_a_part_that_another_page_has_made_hides_a_look_from_all_but_the_strict(linked: Linked) -> None:
    for strict in (False, True):
        point = viewpoint(linked, strict=strict)
        card(Lens(point, WIDE), IN_SIGHT)
        with pytest.raises(OutOfSightError) if strict else nullcontext():
            card(Lens(point, NARROW), IN_SIGHT)


def test_a_page_that_looks_too_far_is_found_out(two: Site) -> None:
    """As it was built, the feed says nothing of words, so nobody may take them from elsewhere."""

    def too_far(lens: Lens, page: Page) -> TitlesView:
        return replaced(titles(lens, page), titles=(str(lens.totals.entries),))

    two.build("-j", "1")
    with registered(replace(FEED, view=too_far)), pytest.raises(OutOfSightError, match="totals"):
        two.build("-j", "1", "--verify")


def test_every_fact_is_found_and_has_words() -> None:
    assert set(Fact) == FACTS.keys()
    assert all(fact.value for fact in Fact)
    assert set(Fact) <= WORDS.keys()


def test_kinds_have_names_of_their_own() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert all(kind_of(Page(kind.name)) is kind for kind in KINDS)
