"""`digest serve` in a process of its own, and what is asked of it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.support.sample import REPOSITORY
from tests.support.site import NOON, trusting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

SCRIPT = re.compile(
    rb'<script type="application/json">(.*?)</script>'
    rb'<script type="module" nonce="[\w-]{24}" src="/_digest/client/preview.js"></script>'
)
PATIENCE = 60.0
"""Seconds after which something that does not come is a failure; the machine may be busy."""


class Answer(NamedTuple):
    """What came back; `headers` by name in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def page(self) -> bytes:
        """The page without what the preview adds to it."""
        return SCRIPT.sub(b"", self.body)

    @property
    def facts(self) -> dict[str, Any]:
        """What the preview tells its script."""
        found = SCRIPT.search(self.body)
        assert found, self.body
        facts: dict[str, Any] = json.loads(found[1])
        return facts


@dataclass(frozen=True, slots=True)
class Served:
    """A running preview."""

    port: int
    process: subprocess.Popen[str]
    errors: Path
    lines: list[str]

    def get(self, target: str, method: str = "GET", **headers: str) -> Answer:
        return self.ask(method, target, headers)

    def ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Send a request with these headers besides Host, which they may set."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in {"Host": f"127.0.0.1:{self.port}", **headers}.items():
                connection.putheader(name, value)
            if body:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.status, named, answer.read())
        finally:
            connection.close()

    def raw(self, data: bytes, *, wait: float = 5) -> bytes:
        """Send bytes and return what comes back until the server closes, or says nothing more."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as connection:
            connection.sendall(data)
            found = b""
            try:
                while more := connection.recv(65536):
                    found += more
            except (TimeoutError, ConnectionError):
                pass
            return found

    def text(self, target: str) -> str:
        return self.get(target).text

    def post(self, name: str, content: object, *, token: str, **headers: str) -> Answer:
        """Ask for a change as one of the preview's pages does."""
        own = {"Origin": f"http://127.0.0.1:{self.port}", "X-Digest-Token": token, "Content-Type": "application/json"}
        return self.ask("POST", f"/_digest/{name}", {**own, **headers}, json.dumps(content).encode())

    @contextmanager
    def events(self, path: str) -> Iterator[Callable[[], dict[str, Any]]]:
        """Listen to the events of a page; the value waits for the next."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", f"/_digest/events?path={path}")
        answer = connection.getresponse()
        assert answer.headers["Content-Type"].startswith("text/event-stream")

        def following() -> dict[str, Any]:
            for line in answer:
                if line.startswith(b"data: "):
                    found: dict[str, Any] = json.loads(line[6:])
                    return found
            raise EOFError

        try:
            yield following
        finally:
            connection.close()

    @property
    def updates(self) -> int:
        """How often the preview said that it shows something new."""
        return self.lines.count("Updated.\n")

    @property
    def said(self) -> str:
        return self.errors.read_text(encoding="utf-8")


@contextmanager
def serving(root: Path, *args: str, at: str = NOON, files: int | None = None) -> Iterator[Served]:
    """Run `digest serve`; what it says on standard error is kept in a file beside the project.

    `files` is how many files it may have open.
    """
    command = [sys.executable, "-u", "-m", "digest", "serve", "-C", str(root), *trusting(root), *args]
    if files:
        command = ["sh", "-c", f'ulimit -n {files}; exec "$@"', "sh", *command]
    env = {**os.environ, "SOURCE_DATE_EPOCH": at}
    errors = root.parent / f"said-{time.monotonic_ns()}.txt"
    with (
        errors.open("w", encoding="utf-8") as said,
        subprocess.Popen(command, cwd=REPOSITORY, env=env, stdout=subprocess.PIPE, stderr=said, text=True) as process,
    ):
        try:
            assert process.stdout
            line = next((line for line in process.stdout if line.startswith("Serving ")), "")
            assert line, errors.read_text(encoding="utf-8")
            port = int(re.findall(r":(\d+)", line)[-1])
            served = Served(port, process, errors, [])
            threading.Thread(target=lambda: served.lines.extend(process.stdout or ()), daemon=True).start()
            assert eventually(lambda: served.get("/").status != 503)
            yield served
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)
    assert "Traceback" not in errors.read_text(encoding="utf-8")


def eventually(holds: Callable[[], object], seconds: float = PATIENCE) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return False
