"""An agreement's status follows from its dated events; its page tells who took part, what happened and who said what."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.content.matter import EVENTS, AgreementMatter, EventMatter
from digest.dates import PartialDate, parse_partial, whole
from digest.decode.written import Written
from digest.linking.status import contradictions, in_order, status_after, status_on

if TYPE_CHECKING:
    from tests.support.site import Site


def agreement(*events: str, parties: int = 2) -> AgreementMatter:
    """Make an agreement from events like "2024-01 signed a"."""
    parts = [[*event.split(), ""][:3] for event in events]
    return AgreementMatter(
        name="Pact",
        parties=tuple(Written(f"p{number}", 0, 0) for number in range(parties)),
        events=tuple(event(*part, at=number) for number, part in enumerate(parts)),
    )


def event(when: str, what: str, party: str = "", *, at: int = 0) -> EventMatter:
    return EventMatter(
        date=parse_partial(when), event=Written(what, at, at), party=Written(party, at, at) if party else None
    )


SIGNED, BOTH = "2024-01-12 signed", ("2024-02-01 ratified a", "2024-03-01 ratified b")


@pytest.mark.parametrize(
    ("events", "asked", "status"),
    [
        ([], "2024-01-12", ""),
        ([SIGNED], "2024-01-11", ""),
        ([SIGNED], "2024-01-12", "signed"),
        ([SIGNED, *BOTH], "2024-02-01", "ratified by 1 of 2"),
        ([SIGNED, *BOTH], "2024-03-01", "ratified"),
        ([*BOTH[::-1], SIGNED], "2024-03-01", "ratified"),
        ([SIGNED, "2024-02-01 in-force", "2024-03-01 ratified b"], "2024-04-01", "in force"),
        ([SIGNED, "2024-02-01 provisional"], "2024-04-01", "provisionally applied"),
        ([SIGNED, "2024-02-01 in-force", "2024-03-01 suspended"], "2024-03-01", "suspended"),
        ([SIGNED, "2024-02-01 in-force", "2024-03-01 amended"], "2024-03-01", "in force"),
        ([SIGNED, "2024-02-01 in-force", "2024-03-01 withdrawn a"], "2024-03-01", "terminated"),
        ([SIGNED, "2024-02-01 in-force", "2024-03-01 terminated"], "2024-02-29", "in force"),
        ([SIGNED, "2024-02-01 in-force", "2024-03-01 superseded"], "2024-03-01", "superseded"),
        (["2024-01-12 signed a", "2024-01-13 signed b"], "2024-01-14", "signed"),
        # Accession binds without a signature, and every form of consent counts.
        (["2024-02-01 acceded a"], "2024-02-01", "ratified by 1 of 2"),
        ([SIGNED, "2024-02-01 ratified a", "2024-03-01 acceded b"], "2024-03-01", "ratified"),
        ([SIGNED, "2024-02-01 accepted a", "2024-03-01 approved b"], "2024-03-01", "ratified"),
        ([SIGNED, "2024-02-01 approved a"], "2024-03-01", "ratified by 1 of 2"),
        # What comes later in an agreement's life is not undone by what belongs to its beginning.
        ([SIGNED, "2024-02-01 provisional", "2024-03-01 ratified a"], "2024-03-01", "provisionally applied"),
        ([SIGNED, "2024-02-01 in-force", "2024-03-01 signed b"], "2024-03-01", "in force"),
        ([SIGNED, "2024-02-01 suspended", "2024-03-01 in-force"], "2024-03-01", "in force"),
        ([SIGNED, "2024 ratified a"], "2024-06-01", "signed"),
        (["2024 signed"], "2023-12-31", ""),
        (["2024 signed"], "2024-06-01", ""),
        (["2024 signed"], "2024-12-31", "signed"),
    ],
)
def test_status_on_a_day(events: list[str], asked: str, status: str) -> None:
    assert status_on(agreement(*events), date.fromisoformat(asked)).word == status


@pytest.mark.parametrize(
    ("events", "status", "since"),
    [
        ([], "", None),
        ([SIGNED, BOTH[0]], "ratified by 1 of 2", "2024-02-01"),
        ([SIGNED, *BOTH], "ratified", "2024-03-01"),
        ([SIGNED, "2024-02-01 in-force", "2024-03-01 withdrawn a"], "terminated", "2024-03-01"),
        ([SIGNED, "2024-02 in-force", "2024-03-01 amended"], "in force", "2024-02"),
    ],
)
def test_a_status_is_told_with_its_beginning(events: list[str], status: str, since: str | None) -> None:
    found = status_on(agreement(*events), date(2024, 4, 1))
    assert (found.word, found.since and found.since.iso) == (status, since)


def test_one_party_of_many_leaves_and_the_agreement_stays() -> None:
    events = (SIGNED, "2024-02-01 in-force", "2024-03-01 withdrawn a")
    assert status_on(agreement(*events, parties=3), date(2024, 4, 1)).word == "in force"


def test_a_second_signature_does_not_move_the_day_of_the_first() -> None:
    found = status_on(agreement("2024-01-12 signed a", "2024-01-13 signed b"), date(2024, 2, 1))
    assert found.since == PartialDate(2024, 1, 12)


days = st.dates(date(2000, 1, 1), date(2030, 12, 31))
partial = st.builds(
    lambda found, parts: PartialDate(found.year, *(found.month, found.day)[:parts]), days, st.integers(0, 2)
)
lives = st.lists(st.tuples(partial, st.sampled_from(EVENTS)), max_size=8).map(
    lambda found: AgreementMatter(
        name="Pact",
        events=tuple(EventMatter(date=when, event=Written(what, at, at)) for at, (when, what) in enumerate(found)),
    )
)


@given(lives, days)
def test_status_changes_on_days_of_events_only(life: AgreementMatter, asked: date) -> None:
    if asked not in {each.date.last for each in life.events}:
        assert status_on(life, asked) == status_on(life, asked - timedelta(1))


@given(lives, days)
def test_status_rests_on_what_has_happened_by_then(life: AgreementMatter, asked: date) -> None:
    """Events still to come, and the order in which events are written, change nothing."""
    past = AgreementMatter(name="Pact", events=tuple(each for each in life.events if each.date.last <= asked))
    assert status_on(life, asked) == status_on(past, date(9999, 1, 1)) == status_on(past, asked)
    since = status_on(life, asked).since
    assert since is None or since.first <= asked


@given(lives, days, days)
def test_status_never_begins_earlier_on_a_later_day(life: AgreementMatter, one: date, other: date) -> None:
    first, second = sorted((one, other))
    before, after = status_on(life, first).since, status_on(life, second).since
    assert before is None or (after is not None and before.first <= after.first)


@given(lives)
def test_the_timeline_ends_with_the_status_of_today(life: AgreementMatter) -> None:
    if life.events:
        assert status_after(life, in_order(life.events)[-1]) == status_on(life, date(9999, 1, 1)).word


def told(*events: str) -> list[str]:
    """Return what contradicts itself, each event's party being the one it names."""
    matter = agreement(*events)
    parties = tuple(event.party.text if event.party else "" for event in in_order(matter.events))
    return [why for _, why in contradictions(matter, parties)]


@given(st.permutations([SIGNED, *BOTH, "2024-04-01 in-force", "2024-05-01 amended", "2025-01-01 terminated"]))
def test_a_sensible_life_has_no_contradictions_in_any_order(events: list[str]) -> None:
    assert told(*events) == []


@pytest.mark.parametrize(
    ("events", "why"),
    [
        (["2024-02-01 signed", "2024-01-01 ratified a"], "ratified on 2024-01-01, before it was signed on 2024-02-01"),
        (["2024-02-01 signed", "2024-01-01 in-force"], "in-force on 2024-01-01, before it was signed on 2024-02-01"),
        (["2024-01-01 terminated", "2024-02-01 in-force"], "in-force on 2024-02-01, but terminated on 2024-01-01"),
        (["2024-01-01 signed a", "2024-02-01 signed a"], "signed a second time by a"),
        (["2024-01-01 ratified a", "2024-02-01 ratified a"], "ratified a second time by a"),
        (["2024-02-01 signed", "2024-01-01 accepted a"], "accepted on 2024-01-01, before it was signed on 2024-02-01"),
        (["2024-02-01 signed", "2024-01-01 approved a"], "approved on 2024-01-01, before it was signed on 2024-02-01"),
        (
            ["2024-02-01 signed", "2024-01-01 provisional"],
            "provisional on 2024-01-01, before it was signed on 2024-02-01",
        ),
        (["2024-01-01 superseded", "2024-02-01 amended"], "amended on 2024-02-01, but superseded on 2024-01-01"),
        (["2024-01-01 signed", "2024-02-01 signed"], "signed a second time"),
        (["2024-01-01 terminated", "2024-02-01 terminated"], "terminated a second time"),
    ],
)
def test_events_that_cannot_both_be_true(events: list[str], why: str) -> None:
    assert told(*events) == [why]


@pytest.mark.parametrize(
    "events",
    [
        ["2024-01-01 acceded a", "2024-02-01 signed b"],
        ["2024-01-01 signed", "2024-01-01 ratified a"],
        ["2024-01-01 signed a", "2024-02-01 ratified a", "2024-03-01 signed b"],
        ["2024-01-01 signed a", "2024-01-01 signed b"],
        *(["2024-01-01 signed", f"2024-02-01 {word}", f"2024-03-01 {word}"] for word in ("amended", "suspended")),
        ["2024-01-01 in-force", "2024-02-01 suspended", "2024-03-01 in-force"],
        ["2024-01-01 ratified a"],
        # On the day of the end, nobody can tell what came first.
        ["2024-02-01 terminated", "2024-02-01 amended"],
        ["2024-02 terminated", "2024-02-10 withdrawn a"],
        ["2024-02-01 terminated", "2024-03-01 superseded"],
    ],
)
def test_events_that_can_all_be_true(events: list[str]) -> None:
    assert told(*events) == []


@pytest.mark.parametrize("events", [["2024 signed", "2024-01-01 ratified a"], ["2024-01 signed", "2024 in-force"]])
def test_what_partial_dates_leave_open_is_no_contradiction(events: list[str]) -> None:
    assert told(*events) == []


def test_whole_days_are_whole() -> None:
    assert whole(date(2024, 1, 12)) == parse_partial("2024-01-12")


def test_the_page_of_an_agreement(site: Site) -> None:
    """Parties, signatories in the office of the day their party signed, timeline, status, relations both ways.

    -- content/actors/land.md --
    ---
    name: Land
    kind: state
    ---
    -- content/actors/isle.md --
    ---
    name: Isle
    kind: state
    ---
    -- content/actors/club.md --
    ---
    name: Club
    kind: organisation
    ---
    -- content/actors/ann.md --
    ---
    name: Ann
    roles:
      - {title: Minister, of: land, from: 2020, to: 2024-01-31}
      - {title: President, of: land, from: 2024-01-31}
    ---
    -- content/actors/bob.md --
    ---
    name: Bob
    roles:
      - {title: Envoy, of: isle, from: 2020, to: 2024-01-31}
      - {title: Premier, of: isle, from: 2024-01-31}
    ---
    -- content/agreements/pact.md --
    ---
    name: Pact of Friendship
    short_name: Pact
    kind: treaty
    process: The Talks
    parties: [land, isle]
    third_parties: [club]
    signatories: [{actor: ann, for: land}, {actor: bob, for: isle}]
    events:
      - {date: 2024-03-01, event: in-force}
      - {date: 2024-01-12, event: signed, party: land, place: Town}
      - {date: 2024-02-01, event: signed, party: isle, note: "At last", source: "https://example.org/signed"}
    relations: [{type: implements, agreement: frame}]
    text_url: https://example.org/text
    ---
    Its contents.
    -- content/agreements/frame.md --
    ---
    name: Frame
    ---
    """
    site.build()
    page = site.out("agreements/pact/index.html")
    assert "treaty · The Talks" in page
    assert '<a href="/actors/ann/">Ann</a> <span class="office">Minister, Land</span></th><td>Signed for Land' in page
    assert '<a href="/actors/bob/">Bob</a> <span class="office">Premier, Isle</span></th><td>Signed for Isle' in page
    assert '<a href="/actors/club/">Club</a></th><td>Third party' in page
    timeline = page.partition('id="timeline"')[2].partition("</ol>")[0]
    order = [
        timeline.index(words)
        for words in ("12 January 2024", "Town", "1 February 2024", "At last", "March 2024", "Entered into force")
    ]
    assert order == sorted(order)
    assert 'data-status="in force">In force</span> <span class="since">since <time datetime="2024-03-01">' in page
    assert '<span class="label">Implements</span> <a href="/agreements/frame/">Frame</a>' in page
    assert 'href="https://example.org/text"' in page
    assert '<span class="label">Implemented by</span> <a href="/agreements/pact/">Pact</a>' in site.out(
        "agreements/frame/index.html"
    )
    assert "no status to derive" in site.out("agreements/frame/index.html")
    ann, land, club = (site.out(f"actors/{name}/index.html") for name in ("ann", "land", "club"))
    assert '<a href="/agreements/pact/">Pact</a> <span class="part">signatory for Land</span>' in ann
    assert '<a href="/agreements/pact/">Pact</a> <span class="part">party</span>' in land
    assert '<a href="/agreements/pact/">Pact</a> <span class="part">third party</span>' in club


def test_an_entry_shows_the_status_of_its_day_and_a_quotation_that_of_its_own(site: Site) -> None:
    """A status on an old page is never that of today; a topic beside an agreement has none.

    -- content/actors/ann.md --
    ---
    name: Ann
    ---
    -- content/topics/aid.md --
    ---
    name: Aid
    ---
    -- content/agreements/pact.md --
    ---
    name: Pact
    parties: [ann]
    events:
      - {date: 2022-01-01, event: signed}
      - {date: 2023-01-01, event: in-force}
      - {date: 2024-01-01, event: suspended}
    ---
    -- content/articles/2023-06-01-x.md --
    ---
    title: X
    agreements: [pact]
    ---
    > Words
    > — [[ann]], a talk, 2022-06-01 {stance=supports about="aid, pact"}

    > Of aid alone
    > — [[ann]], a talk {about=aid}
    """
    site.build("--as-of", "2024-06-01")
    page = site.out("articles/2023/06/x/index.html")
    on_the_day, _, words = page.partition('class="body"')
    assert 'data-status="in force"' in on_the_day
    assert '<a href="/topics/aid/">Aid</a>, then' not in words
    assert '<a href="/agreements/pact/">Pact</a>, then <span class="status" data-status="signed">' in words
    assert 'data-status="suspended"' not in page
    assert 'data-status="suspended"' in site.out("agreements/pact/index.html")


def test_contradictory_events_and_strangers_are_found_where_they_stand(site: Site) -> None:
    """Each problem points at the event or the party.

    -- content/actors/land.md --
    ---
    name: Land
    kind: state
    ---
    -- content/actors/isle.md --
    ---
    name: Isle
    kind: state
    ---
    -- content/agreements/pact.md --
    ---
    name: Pact
    parties: [land]
    events:
      - {date: 2024-02-01, event: signed}
      - {date: 2024-01-01, event: ratified, party: isle}
    ---
    """
    found = [(each["code"], each["line"], each["column"]) for each in site.diagnostics()]
    assert found == [("contradictory-events", 6, 31), ("not-a-party", 6, 48)]
