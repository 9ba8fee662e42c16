"""Faults on demand: a program is killed, or told that the disk failed, at one system call chosen beforehand (strace).

The calls are enumerated from a run without a fault, so that the number of each is exact. Nothing here knows how the
site is written: what a folder holds is read and hashed by a walk of its own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from tests.support.forks import Ended, Program, ready

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

MUTATING = (
    *("openat", "write", "pwrite64", "writev", "sendfile", "copy_file_range", "truncate", "ftruncate"),
    *("mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "link", "linkat", "symlink", "symlinkat"),
    *("rename", "renameat", "renameat2", "utimensat", "fallocate", "fchmod", "fchown", "fsetxattr"),
    *("syncfs", "fsync", "fdatasync"),
)
_CALL = re.compile(r"^\d+ +(\w+)\((.*)$")
_PATHS = re.compile(r'"(/[^"]*)"|\d<(/[^>]*)>')
_OPENS_TO_WRITE = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC")


@dataclass(frozen=True, slots=True)
class Call:
    """A system call that changes something below a folder: the `number`th of its name in the process."""

    name: str
    number: int
    text: str


def digest(*arguments: str, before: str = "") -> AbstractContextManager[Program]:
    """Return digest, ready to be run so that it makes the same calls each time; `before` is done first in each run."""
    return in_years("from digest.cli import building", f"{before}from digest.cli import main; main()", *arguments)


def in_years(imports: str, program: str, *arguments: str) -> AbstractContextManager[Program]:
    """Return a program that runs in years, when no stamp is too fresh to be trusted."""
    return ready(f"import time; time.time_ns = lambda: {2**61}; {imports}", program, *arguments)


@cache
def why_not() -> str:
    """Say why faults cannot be injected on this machine; empty where they can."""
    if not shutil.which("strace"):
        return "strace is not installed"
    command = ["strace", "-o", os.devnull, "true"]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return f"this machine does not permit ptrace: {ended.stderr.strip()}" if ended.returncode else ""


def traced(program: Program, log: Path, *options: str) -> Ended:
    """Run a program with its mutating calls written to a log."""
    calls = f"trace={','.join(MUTATING)}"
    return program.run("strace", "-f", "-qq", "-y", "-s", "0", "-o", str(log), "-e", calls, *options)


def calls(program: Program, root: Path, log: Path) -> list[Call]:
    """Return every call of the program that changes something below `root`, in order.

    The program must succeed, in one process.
    """
    ended = traced(program, log)
    assert ended.code == 0, ended.stderr
    return read_calls(log, root)


def read_calls(log: Path, root: Path) -> list[Call]:
    """Return every call in the log of a run that changes something below `root`, in order."""
    return list(_calls(log.read_text(encoding="utf-8"), root))


def _calls(log: str, root: Path) -> Iterator[Call]:
    counts: Counter[str] = Counter()
    lines = [line for line in log.splitlines() if f"{root}" in line]
    assert len({line.split()[0] for line in lines}) == 1, "more than one process writes"
    main = lines[0].split()[0]
    for line in log.splitlines():
        found = _CALL.match(line)
        if not found or line.split()[0] != main:
            continue
        name, arguments = found.groups()
        counts[name] += 1
        if f"{root}" in arguments and (name != "openat" or _OPENS_TO_WRITE.search(arguments)):
            yield Call(name, counts[name], described(line))


def described(line: str) -> str:
    """Return the call and what it is about, as it is in every run."""
    found = _CALL.match(line)
    assert found
    arguments = found[2].rpartition(" = ")[0]
    return " ".join([found[1], *(path for paths in _PATHS.findall(arguments) for path in paths if path)])


def killed_at(call: Call, program: Program, log: Path) -> None:
    """Kill the program when it is about to make a call."""
    ended = traced(program, log, "-e", f"inject={call.name}:signal=SIGKILL:when={call.number}")
    lines = log.read_text(encoding="utf-8").splitlines()
    last = [line for line in lines if _CALL.match(line)][-1]
    assert ended.code == -9, f"not killed at {call}: {ended}"
    assert described(last) == call.text, f"killed at {described(last)} instead of {call.text}"


def failing_at(call: Call, program: Program, log: Path, *, error: str) -> Ended:
    """Let one call of the program fail with an error such as ENOSPC."""
    ended = traced(program, log, "-e", f"inject={call.name}:error={error}:when={call.number}")
    assert "(INJECTED)" in log.read_text(encoding="utf-8"), f"{call} was not made"
    return ended


def fingerprint(folder: Path) -> Mapping[str, str] | None:
    """Return what a folder holds: each file and link with what it is made of; None where there is no folder."""
    if not folder.is_dir():
        return None
    found = {}
    for above, folders, files in os.walk(folder):
        for name in (*folders, *files):
            place = os.path.join(above, name)  # noqa: PTH118
            if os.path.islink(place):  # noqa: PTH114
                found[os.path.relpath(place, folder)] = f"link to {os.readlink(place)}"  # noqa: PTH115
            elif name in files:
                with open(place, "rb") as file:  # noqa: PTH123
                    found[os.path.relpath(place, folder)] = sha256(file.read()).hexdigest()
    return found


def copy(template: Path, target: Path) -> Path:
    """Make a folder anew as a copy of hard links: whoever writes into a file of it writes into the template.

    The state store is one that is written in place, and is copied whole.
    """
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(template, target, copy_function=_link, symlinks=True)
    return target


def _link(source: str, target: str) -> None:
    if "state.sqlite" in source:
        shutil.copy2(source, target)
    else:
        os.link(source, target)
