"""Work in other processes gives what it would give here, and ends with the process that wants it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

import pytest

from tests.support.site import NOON, read_tree

if TYPE_CHECKING:
    from tests.support.site import Site


def run(script: str) -> list[str]:
    """Run a script in a process without threads, where forking is allowed; returns the lines it prints."""
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


HERE = "import os, signal\nfrom digest.executor import prefetch\nhere = os.getpid()\n"


@pytest.mark.parametrize(
    ("function", "printed"),
    [
        ("lambda: here - os.getpid() != 0", "True"),  # it is another process
        ("lambda: os.getpid() == here or os._exit(1)", "True"),  # which may die
        ("lambda: os.getpid() == here or os.kill(os.getpid(), signal.SIGKILL)", "True"),
        ("lambda: 'x' * 10_000_000", "x" * 10_000_000),
        ("lambda: 1 / 0", "division by zero"),
    ],
)
def test_a_call_meanwhile_gives_what_it_would_give_here(function: str, printed: str) -> None:
    script = f"wait = prefetch({function})\ntry: print(wait())\nexcept ZeroDivisionError as error: print(error)"
    assert run(HERE + script) == [printed]


def test_nobody_need_wait_for_a_call_meanwhile() -> None:
    assert run(f"{HERE}import time\nprefetch(lambda: time.sleep(60))\nprint('done')") == ["done"]


def test_nothing_is_forked_beside_a_thread() -> None:
    script = "import threading\nhold = threading.Event()\nthreading.Thread(target=hold.wait).start()\n"
    assert run(f"{HERE}{script}print(prefetch(lambda: os.getpid() == here)())\nhold.set()") == ["True"]


ORPHANS = {
    "a call whose result nobody takes": "prefetch(lambda: told() or 'x' * 10_000_000)",
    "a call that goes on": "prefetch(lambda: told() or time.sleep(600))",
    "workers": "list(Processes(2).map(lambda *_: told() or time.sleep(600), None, range(WORTHWHILE)))",
}


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc to see processes in")
@pytest.mark.parametrize("work", ORPHANS.values(), ids=ORPHANS)
def test_nobody_is_left_when_a_process_is_killed(work: str) -> None:
    script = f"""
        import os, time
        from digest.executor import WORTHWHILE, Processes, prefetch
        def told(): os.write(1, f"{{os.getpid()}}\\n".encode())
        {work}
        time.sleep(600)
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout
        others = [int(killed.stdout.readline()) for _ in range(2 if "Processes" in work else 1)]
        assert all(map(lives, others))
        killed.kill()
        killed.wait()
        for _ in range(1000):
            if not any(map(lives, others)):
                return
            sleep(0.01)
    raise AssertionError(others)


def lives(process: int) -> bool:
    """Tell whether a process is there and has not ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_pages_that_a_cache_brought_are_read_and_not_trusted(site: Site, tmp_path: Path) -> None:
    """One entry; what is left of its page in the restored state is somebody else's work.

    -- content/articles/2024-01-02-a.md --
    ---
    title: A
    ---
    Words.
    """
    site.build()
    fresh = tmp_path / "fresh"
    shutil.copytree(site.root, fresh, ignore=shutil.ignore_patterns("site"))
    page = fresh / ".digest/spare/articles/2024/01/a/index.html"
    page.write_bytes(page.read_bytes().replace(b"Words", b"Lies!"))
    command = [sys.executable, "-m", "digest", "build", "-v", "-j2", "-C", str(fresh)]
    done = subprocess.run(
        command, env={**os.environ, "SOURCE_DATE_EPOCH": NOON}, capture_output=True, text=True, check=True
    )
    assert ", 1 page rendered\n" in done.stdout
    assert read_tree(fresh / "site") == site.outputs()
