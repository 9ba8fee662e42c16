"""After a power cut the site is the complete old or the complete new one, and the next build ends in the right one.

First on a model of a disk that loses whatever the program did not settle; then on real file systems, of which copies
are taken as they lie on their disk. See `tests/support/cuts.py` and `tests/support/disks.py`.
"""

from __future__ import annotations

from contextlib import ExitStack
from itertools import product
from typing import TYPE_CHECKING

import pytest

from digest.output.manifest import MANIFEST
from tests.support import cuts, faults
from tests.support.batteries import about, command, publisher
from tests.support.disks import Disk
from tests.support.faults import fingerprint
from tests.support.site import NOON

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.support.batteries import Battery

SOAK = pytest.mark.soak
KINDS = ("full", "incremental")


@pytest.fixture
def programs() -> Iterator[ExitStack]:
    """Programs that are ready until the test ends."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOON)


def armed(folder: Path, orders: Path, *, model: bool = True) -> str:
    """Return what a program does first, so that it ends where it is ordered to."""
    return f"from tests.support import cuts; cuts.arm({str(folder / 'case')!r}, {str(orders)!r}, model={model}); "


def run_until(battery: Battery, change: int) -> None:
    faults.copy(battery.template, battery.case)
    cuts.order(battery.folder / "orders", battery.case, change)
    battery.program.run()


def number_of_changes(battery: Battery) -> int:
    run_until(battery, cuts.NEVER)
    return cuts.changes_made(battery.folder / "orders")


def complaint(battery: Battery, change: int, *, loss: str, store: str) -> str:
    """Cut the power at a change; say what is wrong then."""
    run_until(battery, change)
    cuts.cut(battery.folder / "orders", battery.case, loss)
    if store == "store as it was":
        cuts.set_back(battery.template, battery.case)
    return about(f"cut at change {change}, {loss}, {store}", battery.complaint())


def complaints(battery: Battery, changes: Iterable[int]) -> list[str]:
    cases = product(changes, cuts.LOSSES, cuts.STORES)
    found = (complaint(battery, change, loss=loss, store=store) for change, loss, store in cases)
    return [said for said in found if said]


@pytest.mark.parametrize(("kind", "every"), [("incremental", 1), ("full", 4), pytest.param("full", 1, marks=SOAK)])
def test_the_publisher_outlasts_a_cut_at_any_change(tmp_path: Path, programs: ExitStack, kind: str, every: int) -> None:
    battery = publisher(tmp_path, programs, kind=kind, before=armed(tmp_path, tmp_path / "orders"))
    total = number_of_changes(battery)
    assert total > 20
    assert complaints(battery, {*range(1, total, every), total, total + 1}) == []


@pytest.mark.parametrize(
    ("kind", "every"), [("incremental", 9), *(pytest.param(kind, 1, marks=SOAK) for kind in KINDS)]
)
def test_a_build_outlasts_a_cut(tmp_path: Path, programs: ExitStack, kind: str, every: int) -> None:
    """At each of its last changes, when the site is shown and remembered, and at some of those before."""
    battery = command(tmp_path, programs, kind=kind, before=armed(tmp_path, tmp_path / "orders"))
    total = number_of_changes(battery)
    assert complaints(battery, {*range(1, total, every), *range(total - 4, total + 2)}) == []


def test_what_a_build_learned_of_files_that_others_wrote_outlasts_a_cut(tmp_path: Path, programs: ExitStack) -> None:
    """The pages were copied there a moment ago, the same bytes; the build writes nothing, and knows them by now."""
    battery = command(tmp_path, programs, kind="incremental", before=armed(tmp_path, tmp_path / "orders"))
    faults.copy(battery.template, battery.case)
    battery.again(battery.case)
    cuts.order(tmp_path / "orders", battery.case, cuts.NEVER)
    for page in (battery.case / "site").rglob("index.html"):
        data = page.read_bytes()
        page.unlink()
        page.write_bytes(data)
    assert battery.program.run().code == 0
    cuts.cut(tmp_path / "orders", battery.case, "zeros")
    battery.again(battery.case)
    assert fingerprint(battery.case / "site") == battery.new


@pytest.mark.parametrize("every", [pytest.param(1, marks=SOAK), 12])
def test_replacing_files_one_by_one_that_was_cut_is_finished_by_the_next_build(
    tmp_path: Path, programs: ExitStack, every: int
) -> None:
    """The site is some of both until then, but each file of it is whole."""
    settings, before = "title: T\npublish: {in_place: true}\n", armed(tmp_path, tmp_path / "orders")
    battery = command(tmp_path, programs, kind="incremental", before=before, settings=settings)
    assert battery.old
    for change, loss in product(range(1, number_of_changes(battery) + 2, every), cuts.LOSSES):
        run_until(battery, change)
        cuts.cut(tmp_path / "orders", battery.case, loss)
        found = fingerprint(battery.case / "site") or {}
        ours = {path: {battery.old.get(path), battery.new.get(path)} for path in found if path != MANIFEST}
        assert [path for path, whole in ours.items() if found[path] not in whole] == [], change
        battery.again(battery.case)
        assert fingerprint(battery.case / "site") == battery.new, change


@pytest.fixture(params=["ext4", "xfs"])
def disk(tmp_path: Path, request: pytest.FixtureRequest) -> Disk:
    """A file system of its own."""
    made = Disk(request.param, tmp_path)
    if problem := made.why_not():
        pytest.skip(problem)
    return made


def cut_on(disk: Disk, battery: Battery, change: int) -> str:
    """Cut the power at a change, on a disk with the battery's case; say what is wrong when it is back."""
    disk.copy("base", "running")
    with disk.mounted("running"):
        cuts.order(disk.folder / "orders", battery.case, change)
        battery.program.run()
        disk.write_names()
        disk.copy("running", "left")
    with disk.mounted("left"):
        return about(f"cut at change {change} on {disk.kind}", battery.complaint())


@pytest.mark.parametrize("every", [pytest.param(1, marks=SOAK), 0])
def test_a_build_on_a_disk_outlasts_a_cut(disk: Disk, programs: ExitStack, every: int) -> None:
    """When all is done, and at the last changes before; at each in a soak."""
    orders = disk.folder / "orders"
    with disk.mounted("base"):
        battery = command(disk.place, programs, kind="incremental", before=armed(disk.place, orders, model=False))
        faults.copy(battery.template, battery.case)
        cuts.order(orders, battery.case, cuts.NEVER)
        battery.program.run()
        total = cuts.changes_made(orders)
        faults.copy(battery.template, battery.case)
    changes = range(1, total + 1) if every else (total // 2, total - 2, total)
    assert [said for change in (*changes, cuts.NEVER) if (said := cut_on(disk, battery, change))] == []


@pytest.mark.skipif(bool(faults.why_not()), reason=faults.why_not())
def test_the_store_can_go_back_until_what_it_became_is_on_the_disk(tmp_path: Path, programs: ExitStack) -> None:
    """Its journal is settled before it is written, and it is before the journal is emptied (sqlite.org/atomiccommit)."""
    calls = command(tmp_path, programs, kind="incremental").calls()
    unsettled, wrong = set[str](), []
    for name, file in (call.text.split(maxsplit=1) for call in calls if call.text.count(" ") == 1):
        store, journal = file.removesuffix("-journal"), f"{file}-journal"
        if "write" in name:
            wrong += [f"{name} {file}"] if journal in unsettled else []
            unsettled.add(file)
        elif name == "ftruncate":
            wrong += [f"{name} {file}"] if store in unsettled else []
        elif name in {"fsync", "fdatasync"}:
            unsettled.discard(file)
    assert any(call.text.startswith("ftruncate") for call in calls)
    assert wrong == []
