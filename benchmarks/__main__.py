"""Measure digest beside Hugo, Pelican and Eleventy: `python -m benchmarks --help`.

Results are kept in `.bench/`, so a run that was interrupted goes on where it stopped. They belong to a state of the
code: when `digest/`, `themes/` or `benchmarks/` change, measuring begins anew.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import os
import shlex
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.machine import describe
from benchmarks.report import publish, report
from benchmarks.results import Store
from benchmarks.session import Part, measure
from benchmarks.tools import CACHE, DOCUMENT, REPOSITORY, TOOLS, MissingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.results import Result
    from benchmarks.tools import Tool

MEASURED = ("digest", "themes", "benchmarks")
PARTS = ("time", "memory", "scale")
MEDIA = {"tmpfs": Path("/dev/shm"), "disk": CACHE}  # noqa: S108 - the tmpfs that every Linux has


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that sites are removed then, too
    options = parse(sys.argv[1:])
    tools = [TOOLS[name] for name in options.tools]
    store = Store(options.results or CACHE / f"{fingerprint()}-{options.entries}.jsonl")
    if options.fresh:
        store.path.unlink(missing_ok=True)
    try:
        for part in () if options.report else parts(options, tools):
            for result in measure(part, store):
                print(line(result), flush=True)
        text = report(store.read(), machine=describe(media(options)), versions=versions(tools), command=command())
    except MissingError as error:
        print(error, file=sys.stderr)
        return 1
    CACHE.mkdir(exist_ok=True)
    (CACHE / "report.md").write_text(text, encoding="utf-8")
    print(f"\n{text}")
    if options.publish:
        publish(text, DOCUMENT)
    return int(any(result.problem for result in store.read()))


def parse(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--entries", type=int, default=10_000, metavar="N", help="entries of the usual site (10,000)")
    add("--repeats", type=int, default=5, metavar="N", help="repetitions of times (5)")
    add("--memory-repeats", type=int, default=3, metavar="N", help="repetitions of memory (3)")
    add("--scale-repeats", type=int, default=3, metavar="N", help="repetitions of ten times the entries (3)")
    add("--tools", nargs="+", choices=TOOLS, default=list(TOOLS), help="which programs (all)")
    add("--media", nargs="+", default=list(MEDIA), metavar="NAME[=FOLDER]", help="where: tmpfs, disk (both)")
    add("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="what is measured (all)")
    add("--results", type=Path, metavar="FILE", help="keep results in this file, whatever the state of the code")
    add("--fresh", action="store_true", help="forget what was measured before")
    add("--report", action="store_true", help="measure nothing, only report")
    add("--publish", action="store_true", help=f"put the figures into {DOCUMENT.relative_to(REPOSITORY)}")
    return parser.parse_args(words)


def parts(options: argparse.Namespace, tools: Sequence[Tool]) -> Iterator[Part]:
    """Yield what the options ask for: times on every medium, memory and great numbers on the first."""
    places = media(options)
    medium, folder = next(iter(places.items()))
    few = [tool for tool in tools if tool.name in {"digest", "hugo"}]
    if "time" in options.parts:
        for name, place in places.items():
            yield Part("time", name, work(place), options.entries, options.repeats, tools)
    if "memory" in options.parts:
        yield Part("memory", medium, work(folder), options.entries, options.memory_repeats, tools, memory=True)
    if "scale" in options.parts:
        place = work(folder)
        yield Part("scale", medium, place, options.entries, options.scale_repeats, few, times=(1, 10))
        yield Part("scale memory", medium, place, options.entries, 1, few, times=(10,), memory=True)


def media(options: argparse.Namespace) -> dict[str, Path]:
    """Return the folder of each medium asked for."""
    asked = (word.partition("=") for word in options.media)
    return {name: Path(folder) if folder else MEDIA[name] for name, _, folder in asked}


def work(folder: Path) -> Path:
    """Return a folder of our own in the medium; it is removed when a part is done."""
    return folder / f"digest-bench-{os.getpid()}"


def fingerprint() -> str:
    """Return what tells this state of the code from others."""
    found = hashlib.sha256()
    for name in MEASURED:
        for file in sorted((REPOSITORY / name).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                found.update(f"{file.relative_to(REPOSITORY)}\0".encode() + file.read_bytes())
    return found.hexdigest()[:12]


def versions(tools: Sequence[Tool]) -> str:
    today = dt.datetime.now(tz=dt.UTC).date()
    return f"{today}: " + "; ".join(f"{tool.name} {tool.version()}" for tool in tools)


def command() -> str:
    return " ".join(("python -m benchmarks", shlex.join(sys.argv[1:]))).strip()


def line(result: Result) -> str:
    """Return a result in one line, for whoever watches."""
    figure = f"{result.peak / 1024**2:8,.0f} MiB" if result.peak else f"{result.wall:8.2f} s"
    trouble = f"  FAILED: {result.problem[-200:]}" if result.problem else ""
    return (
        f"{result.kind:12} {result.medium:6} {result.repeat + 1:3} {result.entries:8,} {result.tool:9} "
        f"{result.step:8} {figure}  user + system {result.processor:7.2f} s{trouble}"
    )


if __name__ == "__main__":
    sys.exit(main())
