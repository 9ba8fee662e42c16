"""Preview servers: started, asked for pages, and stopped."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.measure import Command, as_installed
from benchmarks.memory import PROC, family, memory
from benchmarks.tools import REPOSITORY, hugo_program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HOST = "127.0.0.1"
LONGEST = 900.0
"""Seconds after which a page that does not come is a failure."""
POLL = 0.002
"""Seconds between two requests while waiting."""


def digest(root: Path, port: int) -> Command:
    return Command((sys.executable, "-m", "digest", "serve", "-C", str(root), "--port", str(port)), REPOSITORY)


def hugo(root: Path, port: int) -> Command:
    return Command((hugo_program(), "server", "--renderToMemory", "--bind", HOST, "--port", str(port)), root)


SERVERS: dict[str, Callable[[Path, int], Command]] = {"digest": digest, "hugo": hugo}


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and the site it shows."""

    tool: str
    root: Path
    port: int
    process: int

    def get(self, url: str) -> bytes:
        """Return a page, or nothing where it is not there.

        Raises:
            OSError: the server cannot be reached.
            http.client.HTTPException: the answer is not whole.
        """
        connection = http.client.HTTPConnection(HOST, self.port, timeout=LONGEST)
        try:
            connection.request("GET", url)
            answer = connection.getresponse()
            body = answer.read()
            return body if answer.status == http.client.OK else b""
        finally:
            connection.close()

    def until(self, url: str, word: str) -> float:
        """Ask until the page holds the word; return the seconds that took.

        Raises:
            TimeoutError: it never did.
        """
        start = time.perf_counter()
        while (now := time.perf_counter()) < start + LONGEST:
            if word.encode() in self._try(url):
                return time.perf_counter() - start
            time.sleep(max(0.0, now + POLL - time.perf_counter()))
        raise TimeoutError(f"{self.tool} does not show {word} at {url} after {LONGEST} s")

    def _try(self, url: str) -> bytes:
        try:
            return self.get(url)
        except (OSError, http.client.HTTPException):
            return b""

    def memory(self) -> int:
        """Return what its processes hold now, in bytes."""
        return sum(map(memory, family(self.process)))

    def peak(self) -> int:
        """Return the sum of the most each of its processes has held, in bytes; shared pages count for each."""
        return sum(map(_peak, family(self.process)))


def _peak(process: int) -> int:
    found = re.search(r"VmHWM:\s*(\d+) kB", (PROC / str(process) / "status").read_text(encoding="ascii"))
    return int(found[1]) * 1024 if found else 0


@contextmanager
def running(tool: str, root: Path) -> Iterator[Server]:
    """Run a tool's server on a site, and stop it."""
    port = free_port()
    command = SERVERS[tool](root, port)
    with subprocess.Popen(
        command.words,
        cwd=command.folder,
        env=as_installed(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield Server(tool, root, port, process.pid)
        finally:
            process.send_signal(signal.SIGINT)
            _wait(process)


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
