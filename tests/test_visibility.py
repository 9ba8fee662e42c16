"""What is not to be published reaches no output of any kind: not its words, its name, its address or its count."""

from __future__ import annotations

import json
import os
from datetime import date, timedelta, timezone
from time import time_ns
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.content.load import find, find_again
from digest.dates import Moment
from digest.engine.inputs import Inputs, examine
from digest.linking.records import Schedule
from digest.linking.visibility import next_change, reason_hidden
from digest.values import replaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.config import Config
    from digest.state.store import Input
    from tests.support.site import Site

# Every test builds at 2024-03-01 12:00 UTC.

RECORDS = """\
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
---
"""
BODY = """\
redirect_from: [/old-secret/]
summary: SECRET summary
speakers: [ann]
topics: [aid]
agreements: [pact]
source: {publisher: SECRET publisher}
corrections: [{date: 2024-01-02, text: SECRET correction}]
---
SECRET words on the [[pact]].[^n]

> SECRET quotation
> — [[ann]], a SECRET talk {#secret-quote about=pact}

[^n]: SECRET note
"""


def add_records(site: Site) -> None:
    for part in RECORDS.split("-- content/")[1:]:
        path, _, text = part.partition(" --\n")
        site.write(f"content/{path}", text)


def leaks(site: Site) -> list[str]:
    found = site.outputs().items()
    return [path for path, data in found if b"secret" in data.lower() or "secret" in path.lower()]


@pytest.mark.parametrize(
    ("hidden", "flags"),
    [
        ("draft: true", ["-D"]),
        ("embargo: 2024-03-02", ["-F"]),
        ("embargo: 2024-03-01T12:00:01Z", ["-F"]),
        ("date: 2024-03-02", ["-F"]),
        ("date: 2024-03-01T14:30+02:00", ["-F"]),
        ("expires: 2024-03-01", ["-E"]),
        ("expires: 2024-03-01T12:00Z", ["-E"]),
    ],
)
def test_a_hidden_entry_leaves_no_trace(site: Site, hidden: str, flags: list[str]) -> None:
    add_records(site)
    date = "" if hidden.startswith("date") else "date: 2024-01-01\n"
    site.build()
    without = site.outputs()
    site.write("content/articles/secret.md", f"---\ntitle: SECRET\n{date}{hidden}\n{BODY}")
    site.build()
    assert site.outputs() == without
    site.build(*flags)
    assert len(leaks(site)) > 5
    assert "1 quote" not in site.run("build").stdout
    assert leaks(site) == []


@pytest.mark.parametrize(
    "published",
    ["embargo: 2024-03-01T12:00Z", "date: 2024-03-01", "expires: 2024-03-02", "date: 2024-03-01T13:59+02:00"],
)
def test_what_is_due_is_published(site: Site, published: str) -> None:
    add_records(site)
    date = "" if published.startswith("date") else "date: 2024-01-01\n"
    site.write("content/articles/secret.md", f"---\ntitle: SECRET\n{date}{published}\n{BODY}")
    site.build()
    assert leaks(site)


@pytest.mark.parametrize("flags", [[], ["-D"], ["-F"], ["-E"], ["-D", "-F"], ["-D", "-E"], ["-F", "-E"]])
def test_what_is_hidden_for_several_reasons_needs_all_of_them_lifted(site: Site, flags: list[str]) -> None:
    add_records(site)
    head = "title: SECRET\ndate: 2024-01-01\ndraft: true\nembargo: 2024-04-01\nexpires: 2024-02-01\n"
    site.write("content/articles/secret.md", f"---\n{head}{BODY}")
    site.build(*flags)
    assert leaks(site) == []
    site.build("-D", "-F", "-E")
    assert leaks(site)


@pytest.mark.parametrize(("zone", "shown"), [("UTC", False), ("Pacific/Auckland", True), ("Pacific/Honolulu", False)])
def test_a_day_begins_at_midnight_of_the_sites_zone(site: Site, zone: str, *, shown: bool) -> None:
    """In Auckland it is already 2 March, 01:00.

    -- content/articles/2024-03-02-tomorrow.md --
    ---
    title: Tomorrow
    ---
    -- content/articles/2024-02-01-embargoed.md --
    ---
    title: Embargoed
    embargo: 2024-03-02
    ---
    -- content/articles/2024-02-02-expiring.md --
    ---
    title: Expiring
    expires: 2024-03-02
    ---
    """
    site.write("digest.yaml", f"title: Zones\ntimezone: {zone}\n")
    site.build()
    titles = {record["title"] for record in json.loads(site.run("list", "articles", "--format", "json").stdout)}
    assert titles == ({"Tomorrow", "Embargoed"} if shown else {"Expiring"})


@pytest.mark.parametrize(
    ("moment", "shown"),
    [("2024-01-01", False), ("2024-01-18", True), ("2024-01-17T23:59-05:00", False), ("2024-01-18T05:00Z", True)],
)
def test_a_site_is_built_as_of_a_day_in_its_own_zone(site: Site, moment: str, *, shown: bool) -> None:
    """`--as-of 2024-01-18` is the 18th in New York, where the entry of that day is out; 05:00 UTC is its midnight.

    -- digest.yaml --
    title: As of
    timezone: America/New_York
    -- content/articles/2024-01-18-x.md --
    ---
    title: A story
    ---
    -- content/agreements/pact.md --
    ---
    name: Pact
    events: [{date: 2024-01-18, event: signed}]
    ---
    """
    site.build("--as-of", moment)
    assert ("A story" in site.out("index.html")) == shown
    assert ('data-status="signed"' in site.out("agreements/pact/index.html").partition("Timeline")[0]) == shown


def test_private_notes_are_read_by_writers_only(site: Site) -> None:
    """A private note and its marker leave nothing, whether the kind is built in, one's own, or set in front matter.

    -- digest.yaml --
    title: Private
    annotations:
      kinds: [{kind: desk, label: Desk, private: true}]
    -- content/actors/ann.md --
    ---
    name: Ann
    ---
    -- content/articles/2024-01-01-x.md --
    ---
    title: X
    annotations:
      - {exact: plainly, kind: private, text: "SECRET four, [[ann]]"}
    ---
    The words [spoken here][^secret-one] were[^secret-two] said[^open] plainly.[^secret-five]

    [^secret-one]: Private: SECRET one, by [[ann]] and [source](https://secret.example/)
    [^open]: Context: known to all
    [^secret-two]: Desk: SECRET two

        SECRET three
    [^secret-five]: private: > SECRET five
    """
    site.build("-D", "-F", "-E")
    assert leaks(site) == []
    page = site.out("articles/2024/01/x/index.html")
    assert "The words spoken here were said<label" in page
    assert "plainly." in page
    assert page.count('role="note"') == 1
    assert "No entry quotes or mentions Ann" in site.out("actors/ann/index.html")
    (record,) = json.loads(site.run("list", "articles", "--format", "json").stdout)
    assert record["notes"] == 1


def test_stored_sources_are_not_published(site: Site) -> None:
    """Nothing of `content/sources/` is copied, read, or linked to.

    -- content/sources/secret.txt --
    SECRET
    -- content/sources/deep/secret.md --
    ---
    title: SECRET
    ---
    -- content/articles/2024-01-01-x.md --
    ---
    title: X
    ---
    Text.
    """
    site.build("-D", "-F", "-E")
    assert leaks(site) == []
    site.write(
        "content/articles/2024-01-02-y.md",
        "---\ntitle: Y\n---\n[a](../sources/secret.txt) and [b](/sources/deep/secret.md)\n",
    )
    assert [found["code"] for found in site.diagnostics()] == ["hidden-target", "hidden-target"]


def test_stored_sources_are_inputs(site: Site) -> None:
    """What depends on one is looked at again when it changes; what is none of ours there is passed over.

    -- content/sources/2024/story.txt --
    Words.
    -- content/articles/2024-01-01-x.md --
    ---
    title: X
    ---
    """
    story = "content/sources/2024/story.txt"
    (site.root / "content/sources/link.txt").symlink_to("2024/story.txt")
    (site.root / "content/sources/elsewhere").symlink_to(site.root)
    os.mkfifo(site.root / "content/sources/pipe")
    (site.root / os.fsdecode(b"content/sources/\xff.txt")).touch()
    stored = {path for path in find(site.root).stamps if path.startswith("content/sources/")}
    assert stored == {story}
    assert find_again(site.root, [story, "content/sources/link.txt", "content/sources/pipe"]).stamps.keys() == {story}
    first = look(site, {})
    assert story in first.changed
    assert look(site, first.learned).same
    site.write(story, "Other words.\n")
    assert look(site, first.learned).changed == {story}
    site.delete(story)
    assert look(site, first.learned).gone == (story,)


def look(site: Site, before: Mapping[str, Input]) -> Inputs:
    """Return which files of the content are others than before, as one who looks much later."""
    return examine(site.root, find(site.root).stamps, before, later=(), clock=time_ns() + 10**12)


def test_no_link_to_stored_sources_is_followed(site: Site) -> None:
    """Neither a link to the folder nor one to a file publishes it under another name.

    -- content/sources/secret.txt --
    SECRET
    """
    (site.root / "content" / "open.txt").symlink_to("sources/secret.txt")
    (site.root / "content" / "open").symlink_to("sources")
    assert {found["code"] for found in site.diagnostics()} == {"folder-link"}
    assert site.run("build").exit_code == 1


def test_links_to_hidden_entries_are_errors(site: Site) -> None:
    """A published page cannot link to what is not published; with the flag that shows it, it can.

    -- content/articles/2024-01-01-secret.md --
    ---
    title: SECRET
    draft: true
    ---
    -- content/pages/secret.md --
    ---
    title: SECRET page
    draft: true
    ---
    -- content/pages/about.md --
    ---
    title: About
    ---
    See [this](../articles/2024-01-01-secret.md) and [that](secret.md).
    """
    assert [found["code"] for found in site.diagnostics()] == ["hidden-target", "hidden-target"]
    assert site.diagnostics("-D") == []
    site.build("-D")
    assert leaks(site)


def test_what_hidden_entries_say_counts_nowhere(site: Site) -> None:
    """Counts, co-speakers, last words, neighbours and months come from published entries alone.

    -- content/actors/ann.md --
    ---
    name: Ann
    ---
    -- content/actors/bob.md --
    ---
    name: Bob
    ---
    -- content/articles/2024-01-01-open.md --
    ---
    title: Open
    speakers: [ann]
    ---
    -- content/articles/2024-02-01-secret.md --
    ---
    title: SECRET
    speakers: [ann, bob]
    draft: true
    ---
    """
    site.build()
    assert "Bob" not in site.out("actors/ann/index.html")
    assert "archive/2024/02/index.html" not in site.outputs()
    assert "Later" not in site.out("articles/2024/01/open/index.html")
    records = json.loads(site.run("list", "actors", "--format", "json").stdout)
    assert {record["id"]: record["entries"] for record in records} == {"ann": 1, "bob": 0}


def test_what_is_hidden_is_said_and_listed_with_the_reason(site: Site) -> None:
    """The summary counts what is left out.

    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    draft: true
    ---
    -- content/articles/2024-01-01-b.md --
    ---
    title: B
    embargo: 2025-01-01
    ---
    -- content/articles/2025-01-01-c.md --
    ---
    title: C
    ---
    -- content/articles/2024-01-01-d.md --
    ---
    title: D
    expires: 2024-01-02
    ---
    """
    assert "Hidden: 1 draft, 2 future entries, 1 expired entry." in site.build().stdout
    assert reasons(json.loads(site.run("list", "drafts", "--format", "json").stdout)) == [
        "draft",
        "embargoed",
        "expired",
        "future",
    ]


def reasons(records: Iterable[dict[str, str]]) -> list[str]:
    return sorted(record["reason"] for record in records)


def test_entries_shown_before_their_time_carry_a_badge(site: Site) -> None:
    """Nobody takes a preview of a draft for the real thing.

    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    draft: true
    ---
    -- content/articles/2025-01-01-b.md --
    ---
    title: B
    ---
    """
    site.build("-D", "-F")
    assert '<strong class="badge">draft</strong>' in site.out("articles/2024/01/a/index.html")
    assert '<strong class="badge">future</strong>' in site.out("index.html")


@pytest.mark.parametrize("page", ["articles/2024/02/a", "articles/2024/02/b", ".", "archive/2024/02", "actors/ann"])
def test_a_badge_is_gone_from_every_page_when_the_time_has_come(site: Site, page: str) -> None:
    """Nothing else changes by then, neither a file nor the order of entries.

    -- digest.yaml --
    title: Test
    page_size: 1
    -- content/actors/ann.md --
    ---
    name: Ann
    ---
    -- content/articles/2024-02-01-a.md --
    ---
    title: A
    embargo: 2024-03-02
    speakers: [ann]
    ---
    -- content/articles/2024-02-02-b.md --
    ---
    title: B
    embargo: 2024-03-02
    speakers: [ann]
    ---
    """
    file, badge = f"{page}/index.html", '<strong class="badge">embargoed</strong>'
    site.build("-F")
    assert badge in site.out(file)
    site.build("-F", "--as-of", "2024-03-03")
    assert badge not in site.out(file)


def test_an_entry_stands_on_the_day_of_the_sites_zone_everywhere(site: Site) -> None:
    """23:30 in New York on 31 January is 1 February in London: address, page, list and names agree.

    -- digest.yaml --
    title: Zones
    timezone: Europe/London
    -- content/actors/land.md --
    ---
    name: New Land
    kind: state
    names: [{name: Old Land, to: 2024-01-31}]
    ---
    -- content/articles/late.md --
    ---
    title: Late
    date: 2024-01-31T23:30-05:00
    speakers: [land]
    ---
    [[land]] spoke.
    """
    site.build()
    page = site.out("articles/2024/02/late/index.html")
    assert '<time datetime="2024-01-31T23:30:00-05:00">1 February 2024, 04:30</time>' in page
    assert "Old Land" not in page
    assert '<time datetime="2024-02-01">1 February 2024</time>' in site.out("index.html")


def test_a_drafts_picture_stays_unpublished_with_it(site: Site) -> None:
    """A file that only unpublished entries link to is part of them; one that others show too is published.

    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    draft: true
    ---
    See [the plan](plan.pdf) and ![the map](../images/map.png).
    -- content/articles/plan.pdf --
    SECRET PLAN
    -- content/images/map.png --
    MAP
    -- content/images/unused.png --
    UNUSED
    -- content/articles/2024-01-02-b.md --
    ---
    title: B
    ---
    ![the map](../images/map.png)
    """
    site.build()
    assert not any(b"SECRET PLAN" in data for data in site.outputs().values())
    assert {"images/map.png", "images/unused.png"} <= site.outputs().keys()

    site.build("-D")
    assert "articles/plan.pdf" in site.outputs()


def test_a_comment_is_refused_because_all_would_read_it(site: Site) -> None:
    """HTML comments are an error outside code, and dropped where raw HTML is allowed.

    -- content/articles/2024-01-02-b.md --
    ---
    title: B
    ---
    Words <!-- ASK THE DESK --> and `<!-- code -->`.
    """
    assert [(each["code"], each["line"], each["column"]) for each in site.diagnostics()] == [("html-comment", 4, 7)]

    site.write("digest.yaml", "title: Test\nmarkdown: {raw_html: true}\n")
    site.build()
    assert not any(b"ASK THE DESK" in data for data in site.outputs().values())


_minutes = st.integers(-24 * 60 + 1, 24 * 60 - 1)
_moments = st.builds(
    Moment, st.dates(date(2024, 2, 25), date(2024, 3, 5)), st.none() | st.times(), st.none() | _minutes
)


@given(_moments, st.integers(-2, 2), st.builds(lambda minutes: timezone(timedelta(minutes=minutes)), _minutes))
def test_what_is_due_is_so_to_the_second(moment: Moment, passed: int, zone: timezone) -> None:
    config = cast("Config", SimpleNamespace(now=moment.instant(zone) + timedelta(seconds=passed), zone=zone))
    ahead = passed < 0
    schedule = Schedule(draft=False, date=moment, embargo=None, expires=None)
    assert reason_hidden(schedule, config) == ("future" if ahead else "")
    out = replaced(schedule, date=Moment(date(2000, 1, 1)))
    ends, waits = replaced(out, expires=moment), replaced(out, embargo=moment)
    assert reason_hidden(ends, config) == ("" if ahead else "expired")
    assert reason_hidden(waits, config) == ("embargoed" if ahead else "")
    for timed in (schedule, ends, waits):
        assert next_change([out, timed], config) == (moment.instant(zone) if ahead else None)
