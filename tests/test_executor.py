"""A call that goes on beside this process gives what it would give here."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest

from tests.support.site import read_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.site import Site


def run(script: str) -> list[str]:
    """Run a script in a process without threads, where forking is allowed; returns the lines it prints."""
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


HERE = "import os, signal\nfrom digest.executor import meanwhile\nhere = os.getpid()\n"


@pytest.mark.parametrize(
    ("function", "printed"),
    [
        ("lambda number: number + 1", "3"),
        ("lambda _: os.getpid() != here", "True"),  # it is another process
        ("lambda _: os.getpid() == here or os._exit(1)", "True"),  # which may die
        ("lambda _: os.getpid() == here or os.kill(os.getpid(), signal.SIGKILL)", "True"),
        ("lambda _: 'x' * 10_000_000", "x" * 10_000_000),
        ("lambda _: 1 / 0", "division by zero"),
    ],
)
def test_a_call_meanwhile_gives_what_it_would_give_here(function: str, printed: str) -> None:
    script = f"wait = meanwhile({function}, 2)\ntry: print(wait())\nexcept ZeroDivisionError as error: print(error)"
    assert run(HERE + script) == [printed]


def test_nobody_need_wait_for_a_call_meanwhile() -> None:
    assert run(f"{HERE}import time\nmeanwhile(time.sleep, 60)\nprint('done')") == ["done"]


def test_nothing_is_forked_beside_a_thread() -> None:
    script = "import threading\nhold = threading.Event()\nthreading.Thread(target=hold.wait).start()\n"
    assert run(f"{HERE}{script}print(meanwhile(lambda _: os.getpid() == here, 0)())\nhold.set()") == ["True"]


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
    command = [sys.executable, "-m", "digest", "build", "-q", "-j2", "-C", str(fresh)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert read_tree(fresh / "site") == site.outputs()
