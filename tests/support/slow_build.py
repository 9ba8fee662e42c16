"""The command line, reading files as `slow` does: in workers too, however they are started."""

from __future__ import annotations

import digest.apart
import digest.deadline
import digest.engine.jobs
import digest.executor
from digest.cli import main
from tests.support import slow

digest.engine.jobs.parse = slow.parse  # type: ignore[attr-defined]
digest.executor.WORTHWHILE = 20
digest.deadline.GRACE = 0.3
digest.apart._PATIENCE = (1, 2.0)  # noqa: SLF001 - or a process that waits would be waited for half a minute

if __name__ == "__main__":
    main()
