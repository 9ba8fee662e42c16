"""A Dask cluster of two worker processes on this machine, for as long as standard input is open.

Run as `python -m tests.support.cluster`; the scheduler's address is printed.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.support.sample import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def cluster() -> Iterator[str]:
    """Run a cluster; yields its address."""
    command = [sys.executable, "-m", "tests.support.cluster"]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
            process.wait(60)


def main() -> None:
    from distributed import LocalCluster  # noqa: PLC0415 - workers import this module too

    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as running:
        sys.stdout.write(f"{running.scheduler_address}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
