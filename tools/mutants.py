"""Show tests a module with one small fault after another, and say which faults they do not see.

    python -m tools.mutants digest/linking/status.py tests/test_agreements.py --most 40 --at-least 0.9

The tests run in a copy of the project, so the working tree is never changed. A fault is *killed* where a test fails,
where the module cannot be imported, or where the tests take much longer than without it; else it has survived, and
either a test is missing or the fault makes no difference. The same source gives the same faults in the same order.

Standard library only, but for pytest, which it starts.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING

from tools.mutations import Mutant, mutants

if TYPE_CHECKING:
    from collections.abc import Sequence

_NOT_COPIED = shutil.ignore_patterns(".*", "node_modules", "site", "dist")
_PYTEST = (
    "-m",
    "pytest",
    "--exitfirst",
    "--numprocesses=0",
    "--tb=no",
    "-p",
    "no:cacheprovider",
    "--hypothesis-seed=0",
)
_PASSED = 0
"""Pytest's exit code; once the tests have passed, any other says that they see a fault, if only by not being loaded."""

_SLOWER, _SECONDS = 4, 10
"""How much longer than without a fault tests may take: so many times, and so many seconds."""


class UnusableError(Exception):
    """The tests say nothing of faults: they do not pass, or not even run, without any."""


_AROUND = 30
"""Characters shown before a difference in long code; twice as many follow."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A copy of the project in `root`; `module` and `tests` are written as seen from there."""

    root: Path
    module: str
    tests: Sequence[str]

    def measure(self) -> float:
        """Run the tests without a fault; returns the seconds that they may take with one.

        Raises:
            UnusableError: they do not pass.
        """
        start = monotonic()
        code = self._run(None)
        if code != _PASSED:
            raise UnusableError(f"without any fault, pytest ends with {code}")
        return _SLOWER * (monotonic() - start) + _SECONDS

    def kills(self, mutant: Mutant, seconds: float) -> bool:
        """Tell whether the tests see a fault."""
        (self.root / self.module).write_text(mutant.text, encoding="utf-8")
        return self._run(seconds) != _PASSED

    def _run(self, seconds: float | None) -> int | None:
        """Return pytest's exit code, or None where it took longer than allowed."""
        # Bytecode is told from its source by size and second: that of one mutant would be taken for the next one's.
        environment = os.environ | {"PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1"}
        running = subprocess.Popen(
            [sys.executable, *_PYTEST, *self.tests],
            cwd=self.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            return running.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            _end(running)


def _end(running: subprocess.Popen[bytes]) -> None:
    """End the tests and what they started, if they still run."""
    if running.poll() is None:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def sample(found: Sequence[Mutant], most: int | None) -> list[Mutant]:
    """Return at most so many mutants in their order, the same ones each time: lines elsewhere have no say in which."""
    chosen = {*sorted(found, key=_lot)[:most]}
    return [mutant for mutant in found if mutant in chosen]


def _lot(mutant: Mutant) -> bytes:
    return sha256(f"{mutant.before}\n{mutant.after}".encode()).digest()


def look(root: Path, module: str, tests: Sequence[str], *, most: int | None = None) -> float:
    """Print what becomes of each mutant of a module; returns the share that is killed, 1.0 where there is none.

    Raises:
        UnusableError: the tests say nothing of faults.
    """
    chosen = sample([*mutants((root / module).read_text(encoding="utf-8"))], most)
    killed = 0
    with TemporaryDirectory(prefix="digest-mutants-") as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(root, copy, ignore=_NOT_COPIED)
        shutil.rmtree((copy / module).parent / "__pycache__", ignore_errors=True)
        trial = Trial(copy, module, tests)
        seconds = trial.measure()
        for mutant in chosen:
            is_killed = trial.kills(mutant, seconds)
            killed += is_killed
            print(f"{'killed  ' if is_killed else 'survived'} {module}:{mutant.line}: {told(mutant)}", flush=True)
    share = killed / len(chosen) if chosen else 1.0
    print(f"{module}: {killed} of {len(chosen)} killed, {share:.0%}")
    return share


def told(mutant: Mutant) -> str:
    """Return what became of what; of what is long, only the part that differs."""
    pairs = zip(mutant.before, mutant.after, strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    start = max(0, same - _AROUND)
    return " → ".join(_cut(text, start) for text in (mutant.before, mutant.after))


def _cut(text: str, start: int) -> str:
    end = start + 3 * _AROUND
    return f"{'…' if start else ''}{text[start:end]}{'…' if text[end:] else ''}"


def main(arguments: Sequence[str] | None = None, *, root: Path = Path()) -> int:
    """Return 0, 1 where too few are killed, 2 where the tests say nothing."""
    parser = argparse.ArgumentParser(prog="tools.mutants", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("module", help="a module, such as digest/linking/status.py")
    parser.add_argument("tests", nargs="+", help="test files, or tests as pytest names them")
    parser.add_argument("--most", type=int, metavar="N", help="try so many faults, always the same ones")
    parser.add_argument("--at-least", type=float, default=0.0, metavar="SHARE", help="fail below it, such as 0.9")
    given = parser.parse_args(arguments)
    if not (root / given.module).is_file():
        parser.error(f"there is no module {given.module}")
    try:
        share = look(root, given.module, given.tests, most=given.most)
    except UnusableError as error:
        print(error, file=sys.stderr)
        return 2
    return int(share < given.at_least)


if __name__ == "__main__":
    sys.exit(main())
