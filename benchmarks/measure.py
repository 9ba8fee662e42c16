"""Run one command and measure it."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.memory import Sampler

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LONGEST = 3600
"""Seconds after which a command is ended; that counts as a failure."""


@dataclass(frozen=True, slots=True)
class Command:
    """What to run, and in which folder."""

    words: Sequence[str]
    folder: Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended: its exit status, times in seconds, peak memory in bytes, and what it printed.

    Processor time is user and system time of the process and of its children. Memory is 0 where it was not
    sampled, as it is while times are taken.
    """

    status: int
    wall: float
    processor: float
    peak: int
    printed: str


def as_installed() -> dict[str, str]:
    """Return the environment of a command: Python keeps the bytecode of modules, as an installed program has it."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run(command: Command, *, memory: bool = False) -> Outcome:
    """Run the command to its end, after everything written before has reached the disk."""
    os.sync()
    with tempfile.TemporaryFile() as printed:
        start = time.perf_counter()
        process = subprocess.Popen(
            command.words,
            cwd=command.folder,
            env=as_installed(),
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        sampler = Sampler(process.pid)
        if memory:
            sampler.start()
        with _ended_at_last(process):
            _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        return Outcome(
            status=process.returncode,
            wall=wall,
            processor=usage.ru_utime + usage.ru_stime,
            peak=sampler.stop() if memory else 0,
            printed=printed.read().decode(errors="replace"),
        )


@contextmanager
def _ended_at_last(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Leave no process of the command behind, whatever happens."""
    alarm = threading.Timer(LONGEST, _end, (process,))
    alarm.start()
    try:
        yield
    finally:
        alarm.cancel()
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
