"""A preview that is left running: every edit is shown, once; nothing grows; nothing is done while nobody writes."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.support.preview import Served, eventually, serving
from tests.support.saves import hidden_and_renamed, in_place, truncated_for_a_while, vim_with_backup
from tests.support.site import Site

ENTRIES = 40
ROOM = 6 * 2**20
"""Bytes that memory may grow by after the first third: caches fill up, and the system rounds."""


def entry(number: int) -> str:
    return f"content/articles/2024/2024-01-{number % 28 + 1:02}-e{number}.md"


def page(number: int) -> str:
    return f"/articles/2024/01/e{number}/"


def text(number: int, words: str) -> str:
    return (
        f"---\ntitle: Entry {number}\nspeakers: [ann]\ntopics: [t{number % 3}]\n---\n"
        f"Ann Lee said a word, {words}.\n\n> Never {words}\n> — [[ann]], a talk\n"
    )


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "digest")
    site.write("digest.yaml", "title: Soak\npage_size: 5\n")
    site.write("content/actors/ann.md", "---\nname: Ann Lee\n---\n")
    for number in range(3):
        site.write(f"content/topics/t{number}.md", f"---\nname: Topic {number}\n---\n")
    for number in range(ENTRIES):
        site.write(entry(number), text(number, "first"))
    return site


SAVES = (in_place, hidden_and_renamed, vim_with_backup, truncated_for_a_while)


def memory(served: Served) -> int:
    """Return the bytes of its own that the process holds."""
    status = Path(f"/proc/{served.process.pid}/status").read_text(encoding="ascii")
    return sum(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("RssAnon"))


def descriptors(served: Served) -> int:
    return len([*Path(f"/proc/{served.process.pid}/fd").iterdir()])


def work(served: Served) -> int:
    """Return the processor time used, in ticks of a hundredth of a second."""
    fields = Path(f"/proc/{served.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def edit_and_see(site: Site, served: Served, number: int, chance: random.Random) -> None:
    which, words = chance.randrange(ENTRIES), f"word{number}"
    chance.choice(SAVES)(site.root / entry(which), text(which, words))
    assert eventually(lambda: served.text(page(which)).count(words) >= 2), number
    if number % 10 == 0:
        assert f"Never {words}" in served.text("/actors/ann/") or which < ENTRIES  # it may be on an older part


def play(site: Site, edits: int, idle: float) -> None:
    chance = random.Random(edits)
    with serving(site.root) as served, served.events("/") as following:
        following()
        sizes, opened = [], descriptors(served)
        for number in range(edits):
            edit_and_see(site, served, number, chance)
            if number % (edits // 3) == edits // 3 - 1:
                sizes.append(memory(served))
        # One save, one update; but a busy machine may hold up a writer in the middle of a save.
        assert edits <= served.updates <= edits * 1.1
        assert max(sizes) - sizes[0] < ROOM, sizes
        assert eventually(lambda: descriptors(served) <= opened), descriptors(served)
        before, shown = work(served), served.updates
        keys = [served.get(page(number)).facts["key"] for number in range(ENTRIES)]
        time.sleep(idle)
        assert served.updates == shown
        assert [served.get(page(number)).facts["key"] for number in range(ENTRIES)] == keys
        assert work(served) - before < 100 * (0.05 * idle + 0.5)


def test_a_preview_stays_as_it_is(site: Site) -> None:
    play(site, edits=300, idle=5)


@pytest.mark.soak
def test_a_preview_stays_as_it_is_for_long(site: Site) -> None:
    play(site, edits=1000, idle=60)
