"""What is counted from an earlier count is what counting everything gives, and only what is concerned is counted."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.dates import Moment, PartialDate
from digest.linking import link
from digest.linking.records import Concerns, QuoteFacts, Schedule, Where
from digest.linking.tallies import Counted, tally, tally_again, tally_since
from digest.linking.targets import Target
from digest.model import Kind
from digest.values import digest, replaced

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.site import Site

BROADER = {"aid": "", "food": "aid", "law": ""}
HIERARCHIES = {Kind.ACTOR: {}, Kind.TOPIC: BROADER, Kind.AGREEMENT: {}}
ACTORS, PACTS = ("ann", "bob", "land"), ("deal", "pact")


def some(names: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(names), unique=True).map(tuple)


TARGETS = st.sampled_from(
    [*(Target(Kind.ACTOR, name) for name in ACTORS), *(Target(Kind.AGREEMENT, name) for name in PACTS)]
)
QUOTES = st.builds(
    QuoteFacts,
    speaker=st.sampled_from(ACTORS),
    on_behalf_of=st.just(""),
    about=st.lists(TARGETS, max_size=2).map(tuple),
    date=st.integers(1, 9).map(lambda day: PartialDate(2024, 1, day)),
    kind=st.sampled_from(["direct", "partial", "indirect"]),
)
CONCERNS = st.builds(
    Concerns,
    speakers=some(ACTORS),
    agreements=some(PACTS),
    topics=some((*BROADER,)),
    mentions=st.lists(TARGETS, max_size=2, unique=True).map(tuple),
    quotes=st.lists(QUOTES, max_size=3).map(tuple),
).map(lambda made: replaced(made, speakers=tuple(dict.fromkeys((*made.speakers, *map(speaker, made.quotes))))))
MEMBERS = st.dictionaries(st.integers(1, 6), CONCERNS)
NOBODY = Concerns(speakers=(), agreements=(), topics=(), mentions=(), quotes=())


class Bare(NamedTuple):
    """An entry of which only that is known that a tally may depend on: what else is asked for is not there."""

    where: Where
    concerns: Concerns
    public_digest: str


def speaker(quote: QuoteFacts) -> str:
    return quote.speaker


def entries_of(concerns: Mapping[int, Concerns]) -> dict[str, Bare]:
    """Return entries by key, newest first; the number of each is its day."""
    return {f"2024/01/{number}": entry(number, found) for number, found in sorted(concerns.items(), reverse=True)}


def entry(number: int, concerns: Concerns) -> Bare:
    day, key = date(2024, 1, number), f"2024/01/{number}"
    where = Where(
        path=f"content/articles/{number}.md",
        id=f"{number}",
        key=key,
        order=(day.isoformat(), "", key),
        schedule=Schedule(draft=False, date=Moment(day), embargo=None, expires=None),
    )
    return Bare(where, concerns, digest([where, concerns]))


@given(MEMBERS, MEMBERS)
def test_a_count_that_goes_on_is_a_count_of_everything(
    were: Mapping[int, Concerns], are: Mapping[int, Concerns]
) -> None:
    old, new = entries_of(were), entries_of(are)
    before, places = tally(old, HIERARCHIES), {key: place for place, key in enumerate(new)}
    changed = [(old.get(key), new.get(key)) for key in {**old, **new}]
    counted = Counted({key: entry.public_digest for key, entry in old.items()}, HIERARCHIES, before)
    everything = tally(new, HIERARCHIES)
    assert tally_since(counted, new, HIERARCHIES, places=places) == everything
    assert tally_again(before, new, HIERARCHIES, places=places, changed=changed) == everything


def test_only_names_that_changed_entries_concern_are_counted() -> None:
    ann, bob, land = (replaced(NOBODY, speakers=(name,)) for name in ("ann", "bob", "land"))
    old, new = entries_of({1: ann, 2: bob}), entries_of({1: ann, 2: land})
    before = tally(old, HIERARCHIES)
    counted = Counted({key: entry.public_digest for key, entry in old.items()}, HIERARCHIES, before)
    after = tally_since(counted, new, HIERARCHIES, places={"2024/01/2": 0, "2024/01/1": 1})
    assert after[Kind.ACTOR]["ann"] is before[Kind.ACTOR]["ann"]
    assert after[Kind.ACTOR].keys() == {"ann", "land"}
    assert tally_since(counted, old, HIERARCHIES, places={}) is before


@given(MEMBERS)
def test_what_concerns_the_same_at_the_same_place_is_not_counted_again(concerns: Mapping[int, Concerns]) -> None:
    old = entries_of(concerns)
    new = {key: entry._replace(public_digest="another title, other words") for key, entry in old.items()}
    before = tally(old, HIERARCHIES)
    changed = [(old[key], new[key]) for key in old]
    assert tally_again(before, new, HIERARCHIES, places={}, changed=changed) is before


def test_a_build_goes_on_from_what_the_last_one_counted(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.write("digest.yaml", "title: T\n")
    site.write("content/actors/ann.md", "---\nname: Ann Lee\n---\n")
    site.write("content/articles/2024-01-01-a.md", "---\ntitle: A\nspeakers: [ann]\n---\n")
    site.build()
    monkeypatch.setattr(link, "tally", lambda *_: pytest.fail("everything was counted"))
    site.write("content/articles/2024-01-02-b.md", "---\ntitle: B\nspeakers: [ann]\n---\n")
    site.build()
    page = site.out("actors/ann/index.html")
    assert ">A<" in page
    assert ">B<" in page
