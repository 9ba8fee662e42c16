"""Measure previews: from an edit to the new page, beside Hugo's server. `python -m benchmarks.serve --help`."""

from __future__ import annotations

import argparse
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

from benchmarks import corpus
from benchmarks.edits import OFFICE, Change, Shown, edit_body, replaced
from benchmarks.goals import MIB
from benchmarks.machine import describe
from benchmarks.report import figure, publish, table
from benchmarks.servers import HOST, SERVERS, running
from benchmarks.tools import CACHE, DOCUMENT, TOOLS, MissingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.servers import Server

FAMOUS = 2000
"""Entries that name the actor who is edited."""


@dataclass(slots=True)
class Figures:
    """What was measured of one server: seconds, bytes, requests for each second; what failed, in words."""

    tool: str
    entries: int
    starts: list[float] = field(default_factory=list)
    bodies: list[float] = field(default_factory=list)
    actors: list[float] = field(default_factory=list)
    memory: int = 0
    peak: int = 0
    requests: float = 0
    failed: list[str] = field(default_factory=list)

    def note(self, times: list[float], measure: Callable[[], float]) -> None:
        """Add a time; a page that never comes is a failure."""
        try:
            times.append(measure())
        except TimeoutError as late:
            self.failed.append(str(late))


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers are stopped then, too
    options = parse(sys.argv[1:])
    folder = options.folder / "digest-bench-serve"
    found: list[Figures] = []
    try:
        for times in options.times:
            found += compare(options, folder, options.entries * times)
    except MissingError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    versions = "; ".join(f"{name} {TOOLS[name].version()}" for name in options.tools)
    text = "\n\n".join((f"{describe({'content': options.folder})}. {versions}.", goals(found), figures(found)))
    print(text)
    if options.publish:
        publish(text, DOCUMENT, "preview figures")
    return int(any(figures.failed for figures in found))


def parse(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serve", description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--entries", type=int, default=10_000, metavar="N", help="entries of the usual site (10,000)")
    add("--times", type=int, nargs="+", default=[1], metavar="N", help="multiples of that: 1 10 (1)")
    add("--edits", type=int, default=30, metavar="N", help="edits of each kind (30)")
    add("--load", type=int, default=10, metavar="S", help="seconds of load, if there is wrk; 0 for none (10)")
    add("--tools", nargs="+", choices=SERVERS, default=list(SERVERS), help="which servers (both)")
    add("--folder", type=Path, default=Path("/dev/shm"), help="where (/dev/shm)")  # noqa: S108 - every Linux has it
    add("--publish", action="store_true", help="put the figures into the manual")
    return parser.parse_args(words)


def compare(options: argparse.Namespace, folder: Path, entries: int) -> list[Figures]:
    """Let the servers run side by side and be edited in turns."""
    print(f"{entries:,} entries", flush=True)
    with ExitStack() as stack:
        served: list[tuple[Figures, Server, str]] = []
        for tool in options.tools:
            site = folder / tool
            shutil.rmtree(site, ignore_errors=True)
            corpus.write(entries, site, tool=tool)
            famous = make_famous(site)
            found = Figures(tool, entries)
            for _ in range(2):  # without state, and with that of the first start
                with running(tool, site) as server:
                    found.note(found.starts, lambda server=server: server.until("/", "</html>"))  # type: ignore[misc]
            server = stack.enter_context(running(tool, site))
            server.until("/", "</html>")
            served.append((found, server, famous))
        edit(options.edits, served)
        for found, server, _ in served:
            found.memory, found.peak = server.memory(), server.peak()
            load(found, server, options.load)
            print(found, flush=True)
    return [found for found, _, _ in served]


def make_famous(site: Path) -> str:
    """Let one actor speak in many entries; return the actor's id."""
    actors = site / "content" / "actors"
    actor = min(path.stem if path.is_file() else path.name for path in actors.iterdir())
    for entry in sorted((site / "content" / "articles").rglob("*-*.md"))[:FAMOUS]:
        text = entry.read_text(encoding="utf-8")
        head = re.search(r"(?m)^(?:speakers|actors): \[(.*)\]$", text)
        if head and actor not in head[1].split(", "):
            entry.write_text(text.replace(f"[{head[1]}]", f"[{head[1]}, {actor}]", 1), encoding="utf-8")
    return actor


def edit(edits: int, served: Sequence[tuple[Figures, Server, str]]) -> None:
    """Edit in turns, with pauses as people make them, and wait for the new page each time."""
    chance = random.Random(0)
    for number in range(edits):
        for found, server, famous in served:
            word = f"qx{server.port}n{number}"
            for times, change in (
                (found.bodies, edit_body(server.root, word)),
                (found.actors, edit_office(server.root, famous, f"{word}a")),
            ):
                time.sleep(chance.uniform(0.6, 1.6))
                found.note(times, lambda server=server, change=change: shown(server, change))  # type: ignore[misc]


def edit_office(site: Path, actor: str, word: str) -> Change:
    """Change the office of an actor whose file is laid out as the tool wants it."""
    actors = site / "content" / "actors"
    file = next(path for path in (actors / f"{actor}.md", actors / actor / "_index.md") if path.is_file())
    return Change(file, replaced(file, OFFICE, rf"\g<0> {word}"), Shown(word, (f"actors/{actor}/index.html",)))


def shown(server: Server, change: Change) -> float:
    """Write a change; return the seconds until its page shows it."""
    start = time.perf_counter()
    what = change.apply()
    server.until(url(what), what.word)
    return time.perf_counter() - start


def url(shown: Shown) -> str:
    return f"/{shown.files[0].removesuffix('index.html')}"


def load(found: Figures, server: Server, seconds: int) -> None:
    """Ask for one page as fast as can be, by 32 connections, while edits go on; every answer must be whole."""
    program = shutil.which("wrk")
    if not program or not seconds:
        return
    page = url(edit_body(server.root, "load").shown)
    command = (program, "-c32", "-t2", f"-d{seconds}s", f"http://{HOST}:{server.port}{page}")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for number in count():
            if process.poll() is not None:
                break
            edit_body(server.root, f"qx{server.port}l{number}").apply()
            if b"</html>" not in server.get(page):
                found.failed.append(f"{page} was not whole under load")
            time.sleep(seconds / 50)
        said = process.stdout.read() if process.stdout else ""
    found.requests = float(next(iter(re.findall(r"Requests/sec:\s*([\d.]+)", said)), 0))
    found.failed += re.findall(r"Non-2xx.*|Socket errors.*", said)


def goals(found: Sequence[Figures]) -> str:
    """Hold what was measured against the goals."""
    rows = [(what, goal, value, verdict(value, ok)) for what, goal, value, ok in judged(found)]
    return table(("what", "goal", "measured", ""), rows)


def verdict(value: str, ok: bool) -> str:  # noqa: FBT001 - a verdict is yes or no
    return "not measured" if value == "–" else "met" if ok else "**missed**"


def judged(found: Sequence[Figures]) -> Iterator[tuple[str, str, str, bool]]:
    """Yield each goal in words, its limit, the figure, and whether it is met."""
    ours = [figures for figures in found if figures.tool == "digest"]
    hugo = [figures for figures in found if figures.tool == "hugo"]
    body = middle(ours[:1], "bodies")
    yield limit("edit → new page: median", body, 60, "ms")
    yield limit("the same ÷ Hugo's", ratio(body, middle(hugo[:1], "bodies")), 0.06)
    yield limit("the same: 95 of 100", high(ours[0].bodies) if ours else None, 100, "ms")
    yield limit("ten times the entries ÷ this", ratio(middle(ours[1:], "bodies"), body), 2)
    yield limit(f"an actor whom {FAMOUS:,} entries name: median", middle(ours[:1], "actors"), 200, "ms")
    yield limit("memory after the edits", ours[0].memory / MIB if ours else None, 200, "MiB")
    requests = ours[0].requests if ours else 0
    whole = requests >= 2500 and not ours[0].failed  # noqa: PLR2004 - the goal
    yield (
        "`wrk -c32` while entries change",
        "≥ 2,500 requests/s, all whole",
        f"{requests:,.0f}" if requests else "–",
        whole,
    )


def limit(what: str, value: float | None, most: float, unit: str = "") -> tuple[str, str, str, bool]:
    shown = "–" if value is None else f"{figure(value)} {unit}".strip()
    return what, f"≤ {most:g} {unit}".strip(), shown, value is not None and value <= most


def middle(found: Sequence[Figures], name: str) -> float | None:
    """Return the median of the first figures' times in milliseconds."""
    values: list[float] = getattr(found[0], name) if found else []
    return median(values) * 1000 if values else None


def high(values: Sequence[float]) -> float | None:
    """Return the time in milliseconds that 95 of 100 stay below."""
    return quantiles(values, n=20, method="inclusive")[-1] * 1000 if len(values) > 1 else None


def ratio(above: float | None, below: float | None) -> float | None:
    return above / below if above is not None and below else None


def figures(found: Sequence[Figures]) -> str:
    head = ("entries", "server", "first start, s", "next start, s", "edit: median, ms", "95 of 100, ms")
    more = ("edits", "famous actor: median, ms", "memory, MiB", "at most, MiB", "requests/s", "failed")
    return table((*head, *more), map(row, found))


def row(found: Figures) -> tuple[str, ...]:
    return (
        f"{found.entries:,}",
        found.tool,
        *(f"{start:.2f}" for start in (*found.starts, float("nan"), float("nan"))[:2]),
        cell(middle([found], "bodies")),
        cell(high(found.bodies)),
        f"{len(found.bodies)}",
        cell(middle([found], "actors")),
        f"{found.memory / MIB:,.0f}",
        f"{found.peak / MIB:,.0f}",
        cell(found.requests or None),
        "; ".join(found.failed) or "none",
    )


def cell(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


if __name__ == "__main__":
    CACHE.mkdir(exist_ok=True)
    sys.exit(main())
