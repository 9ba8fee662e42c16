"""Who somebody was on a day: offices and names with whole, partial and missing dates, and the day of a handover."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.content.matter import ActorMatter, NameMatter, RoleMatter
from digest.dates import PartialDate, parse_partial, whole
from digest.linking.offices import name_on, roles_on

if TYPE_CHECKING:
    from tests.support.site import Site


def actor(*periods: str) -> ActorMatter:
    """Make an actor from offices like "A 2004 2010-03": title, from and to, `-` for none."""
    return ActorMatter(
        name="Ann",
        roles=tuple(
            RoleMatter(title=title, start=day(start), end=day(end)) for title, start, end in map(str.split, periods)
        ),
    )


def day(text: str) -> PartialDate | None:
    return None if text == "-" else parse_partial(text)


@pytest.mark.parametrize(
    ("periods", "asked", "held"),
    [
        (["A 2004-03-09 2010-05-11"], "2004-03-08", ""),
        (["A 2004-03-09 2010-05-11"], "2004-03-09", "A"),
        (["A 2004-03-09 2010-05-11"], "2010-05-11", "A"),
        (["A 2004-03-09 2010-05-11"], "2010-05-12", ""),
        (["A 2004-03-09 -"], "2999-01-01", "A"),
        (["A - 2010"], "0001-01-01", "A"),
        (["A - -"], "2024-01-18", "A"),
        # A year or month covers every day it may mean.
        (["A 2004 2010"], "2003-12-31", ""),
        (["A 2004 2010"], "2004-01-01", "A"),
        (["A 2004 2010"], "2010-12-31", "A"),
        (["A 2004 2010"], "2011-01-01", ""),
        (["A 2004-02 2004-02"], "2004-02-29", "A"),
        (["A 2004-02 2004-02"], "2004-03-01", ""),
        # A quotation may be dated by a month or a year itself.
        (["A 2004-03-09 -"], "2004", "A"),
        (["A 2004-03-09 -"], "2004-02", ""),
        # On the day of a handover, the new office.
        (["A 2004 2024-01-18", "B 2024-01-18 -"], "2024-01-17", "A"),
        (["A 2004 2024-01-18", "B 2024-01-18 -"], "2024-01-18", "B"),
        (["A 2004 2024-01-18", "B 2024-01-18 -"], "2024-01-19", "B"),
        (["B 2024-01-18 -", "A 2004 2024-01-18"], "2024-01-18", "B"),
        (["A - 2024-01-18", "B 2024-01-18 -"], "2024-01-18", "B"),
        # Offices held side by side, in the order written.
        (["A 2004 2024", "B 2010 2030"], "2015", "AB"),
        # An office of a single day, month or year stands beside a longer one.
        (["A 2024 2024", "B 2010 -"], "2024-05-01", "AB"),
        (["A 2024-01-18 2024-01-18", "B 2024-01-18 2024-01-18"], "2024-01-18", "AB"),
        (["A 2010 2024-01-18", "B 2024-01-18 2024-01-18"], "2024-01-18", "B"),
    ],
)
def test_offices_held_on_a_day(periods: list[str], asked: str, held: str) -> None:
    assert "".join(role.title for role in roles_on(actor(*periods), parse_partial(asked))) == held


days = st.dates(date(1990, 1, 1), date(2030, 12, 31))
partial = st.builds(
    lambda found, parts: PartialDate(found.year, *(found.month, found.day)[:parts]), days, st.integers(0, 2)
)
ends = st.one_of(st.none(), partial)
periods = st.tuples(ends, ends).filter(lambda both: not (both[0] and both[1] and both[1].last < both[0].first))
roles = st.lists(periods.map(lambda both: RoleMatter(title="A", start=both[0], end=both[1])), max_size=4)


@given(roles, days)
def test_only_offices_whose_period_may_cover_the_day_are_given(held: list[RoleMatter], asked: date) -> None:
    for role in roles_on(ActorMatter(name="Ann", roles=tuple(held)), whole(asked)):
        assert role.start is None or role.start.first <= asked
        assert role.end is None or asked <= role.end.last


@given(roles, days)
def test_whoever_held_an_office_that_day_is_never_left_without_one(held: list[RoleMatter], asked: date) -> None:
    covering = [
        role
        for role in held
        if (role.start is None or role.start.last <= asked) and (role.end is None or asked <= role.end.first)
    ]
    found = roles_on(ActorMatter(name="Ann", roles=tuple(held)), whole(asked))
    assert found or not covering


@given(days, st.integers(1, 2000))
def test_a_name_ends_when_the_next_begins(handover: date, length: int) -> None:
    names = (
        NameMatter(name="Old", start=whole(handover - timedelta(length)), end=whole(handover)),
        NameMatter(name="New", start=whole(handover)),
    )
    for order in (names, names[::-1]):
        land = ActorMatter(name="Land", names=order)
        borne = [name_on(land, whole(handover + timedelta(shift))) for shift in (-length - 1, -length, -1, 0, 1)]
        assert borne == ["Land", "Old", "Old", "New", "New"]
        assert name_on(land, None) == "Land"


def test_a_quotation_shows_the_office_and_name_of_its_own_day(site: Site) -> None:
    """Not those of the entry's day, and not those of today; a quotation without a date is of the entry's day.

    -- content/actors/land.md --
    ---
    name: New Land
    kind: state
    names: [{name: Old Land, to: 2020}]
    ---
    -- content/actors/ann.md --
    ---
    name: Ann Young
    names: [{name: Ann Maiden, to: 2019-12-31}]
    roles:
      - {title: Minister, of: land, from: 2018, to: 2022-06-30}
      - {title: President, of: land, from: 2022-06-30}
    ---
    -- content/articles/2022-01-01-x.md --
    ---
    title: X
    speakers: [land]
    ---
    > Early
    > — [[ann]], a talk, 2019-05-01

    > Then
    > — [[ann]], a talk

    > Late
    > — [[ann]], a talk, 2022-06-30

    [[land]] and [[ann]] were mentioned, and [[ann|“inline”]].
    """
    site.build()
    for path in ("articles/2022/01/x/index.html", "actors/ann/index.html"):
        page = site.out(path)
        page = page.partition('class="body"')[2] or page.partition('id="record"')[2]
        early, then, late = (page.index(f"<p>{words}</p>") for words in ("Early", "Then", "Late"))
        assert "Minister, Old Land" in page[early:then]
        assert "Minister, New Land" in page[then:late]
        assert "President, New Land" in page[late:]
    page = site.out("articles/2022/01/x/index.html")
    assert 'Ann Maiden</a>, <span class="office">Minister, Old Land' in page
    assert page.count("Ann Maiden") == 1
    assert '<span class="office">Minister, New Land</span>' in page.partition('class="body"')[0]


def test_an_old_entry_keeps_the_names_of_its_day(site: Site) -> None:
    """In mentions without a label, speakers and cards; elsewhere the name of today.

    -- content/actors/land.md --
    ---
    name: New Land
    kind: state
    names: [{name: Old Land, from: 1991, to: 2019-02-12}]
    ---
    -- content/articles/2018-01-01-old.md --
    ---
    title: Old entry
    speakers: [New Land]
    ---
    [[land]] spoke, and [[Old Land|that land]].
    -- content/articles/2020-01-01-new.md --
    ---
    title: New entry
    speakers: [Old Land]
    ---
    [[Old Land]] spoke.
    """
    site.build()
    old, new = site.out("articles/2018/01/old/index.html"), site.out("articles/2020/01/new/index.html")
    assert "New Land" not in old
    assert ">that land</a>" in old
    assert "Old Land" not in new
    assert '<a href="/actors/land/">Old Land</a>' in site.out("archive/2018/01/index.html")
    assert "<h1>New Land</h1>" in site.out("actors/land/index.html")
    assert "Earlier names" in site.out("actors/land/index.html")


def test_a_quotation_on_a_day_without_office_is_a_warning(site: Site) -> None:
    """At the attribution, for persons with dated offices; `--strict` makes it fail.

    -- content/actors/ann.md --
    ---
    name: Ann
    roles: [{title: Minister, from: 2020, to: 2021}]
    ---
    -- content/actors/bob.md --
    ---
    name: Bob
    ---
    -- content/articles/2024-01-18-x.md --
    ---
    title: X
    ---
    > Words
    > — [[ann]], a talk

    > Words in time
    > — [[ann]], a talk, 2021-12-31

    > Bob has no office
    > — [[bob]], a talk
    """
    (found,) = site.diagnostics()
    assert (found["code"], found["severity"], found["line"], found["column"]) == ("no-role-on-date", "warning", 5, 3)
    assert found["message"] == "no role of Ann covers 2024-01-18"
    assert site.run("build").exit_code == 0
    assert site.run("build", "--strict").exit_code == 1


@pytest.mark.parametrize(
    ("today", "current"),
    [
        ("2026-01-01", "A"),
        ("2026-12-31", "A"),
        ("2027-01-01", ""),
        ("2030-01-01", "BC"),
        ("2030-06-01", "C"),
        ("2031-01-01", "C"),
    ],
)
def test_the_office_at_the_head_is_the_one_marked_as_held(site: Site, today: str, current: str) -> None:
    """Head, list of offices, list of holders and index agree on who holds an office today.

    -- content/actors/land.md --
    ---
    name: Land
    kind: state
    ---
    -- content/actors/ann.md --
    ---
    name: Ann
    roles:
      - {title: Office A, of: land, from: 2004, to: 2026}
      - {title: Office B, of: land, from: 2028, to: 2030-06-01}
      - {title: Office C, of: land, from: 2030-01-01}
      - {title: Office D, of: land, from: 2030-06-01, to: 2030-06-01}
    ---
    """
    wanted = [f"Office {letter}" for letter in current]
    if today == "2030-06-01":
        wanted = ["Office C", "Office D"]
    site.build("--as-of", today)
    page, land = site.out("actors/ann/index.html"), site.out("actors/land/index.html")
    marked = [f"Office {part[0]}" for part in page.split('<li class="current">\n  <span class="role">Office ')[1:]]
    assert marked == wanted
    assert land.count('class="current"') == len(wanted)
    head = page.partition("</header>\n<div")[0]
    assert [title for title in ("Office A", "Office B", "Office C", "Office D") if title in head] == wanted
