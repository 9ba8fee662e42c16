"""A program that is run again and again: one process imports it once, and each run is a fork that waits to be let go.

Python takes ten times as long to start as a small site to be published, a tracer makes that longer still, and a moment
chosen at random would mostly fall into it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import TYPE_CHECKING, NamedTuple

from tests.support.sample import REPOSITORY
from tests.support.site import NOON

if TYPE_CHECKING:
    from collections.abc import Iterator

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("DIGEST_")},
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": NOON,
}
_ANYONE = 0x59616D61, ctypes.c_ulong(2**64 - 1), 0, 0, 0
"""To `prctl`: whoever wants to may trace this process (PR_SET_PTRACER, where Yama forbids it)."""


class Ended(NamedTuple):
    """How a run ended; the code is negative for a signal."""

    code: int
    stderr: str


@dataclass(frozen=True, slots=True)
class Program:
    """A program that is imported, and has not begun; its runs leave what they say on standard error in a folder."""

    process: subprocess.Popen[str]
    folder: Path

    def run(self, *tracer: str) -> Ended:
        """Run it to its end, traced by a command that takes `-p PID` and ends with what it traces."""
        run = self.fork()
        with _attached(tracer, run.pid) if tracer else nullcontext():
            run.go()
            return run.end()

    def fork(self) -> Run:
        return Run(self, int(self.ask("fork")))

    def ask(self, what: str) -> str:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{what}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()


@dataclass(frozen=True, slots=True)
class Run:
    """A run that waits to be let go."""

    program: Program
    pid: int

    def go(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """Kill it; it may have ended."""
        os.kill(self.pid, signal.SIGKILL)

    def end(self) -> Ended:
        """Wait for its end; to be called once."""
        code = int(self.program.ask(f"wait {self.pid}"))
        return Ended(code, (self.program.folder / str(self.pid)).read_text(encoding="utf-8"))


@contextmanager
def _attached(tracer: tuple[str, ...], pid: int) -> Iterator[None]:
    with subprocess.Popen([*tracer, "-p", str(pid)], stdin=subprocess.DEVNULL) as tracing:
        while "\nState:\tt " not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8"):  # stopped for the tracer
            assert tracing.poll() is None, "it cannot be traced"
            sleep(0.001)
        yield


@contextmanager
def ready(imports: str, program: str, *arguments: str) -> Iterator[Program]:
    """Import what a program needs; the imports may do more, once."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.support.forks", folder, imports, program, *arguments]
        with subprocess.Popen(
            command, cwd=REPOSITORY, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            yield Program(process, Path(folder))
            assert process.stdin
            process.stdin.close()


def main() -> None:
    """Fork a run, or wait for one and tell its code, as standard input says; goes on in a run as the program."""
    folder, imports, program, *sys.argv[1:] = sys.argv[1:]
    exec(imports, {})  # noqa: S102 - it comes from a test
    for line in sys.stdin:
        what, *pid = line.split()
        if what == "wait":
            answer = os.waitstatus_to_exitcode(os.waitpid(int(pid[0]), 0)[1])
        elif not (answer := os.fork()):
            break
        else:
            os.waitpid(answer, os.WUNTRACED)
        print(answer, flush=True)  # noqa: T201 - to whoever asked
    else:
        return
    _wait_to_be_let_go(folder)
    exec(program, {})  # noqa: S102


def _wait_to_be_let_go(folder: str) -> None:
    for descriptor, path in enumerate((os.devnull, os.devnull, f"{folder}/{os.getpid()}")):
        opened = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        os.dup2(opened, descriptor)
        os.close(opened)
    ctypes.CDLL(None).prctl(*_ANYONE)
    os.kill(os.getpid(), signal.SIGSTOP)


if __name__ == "__main__":
    main()
