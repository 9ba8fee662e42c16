"""Build a synthetic digest once and tell wall time and memory: `python -m benchmarks.build [N]`."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import corpus


def main(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="digest-bench-") as folder:
        corpus.write(count, Path(folder))
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "digest", "build", "-C", folder, "-q"], check=True)
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    unit = 1024**2 if sys.platform == "darwin" else 1024  # bytes there, KiB on Linux
    print(f"{count:,} entries: {seconds:.2f} s, at most {peak / unit:.0f} MiB in one process")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
