"""`digest build`, `check` and `clean`. What a build that has nothing to do does not need is imported late."""

from __future__ import annotations

import json
from dataclasses import dataclass
from time import monotonic, time_ns
from typing import TYPE_CHECKING

import click

from digest.cli.common import common, current_moment, destination, find_root, load_config, say, settings_file
from digest.cli.ending import DONE, USAGE, fail
from digest.cli.problems import exit_code, print_problems
from digest.cli.progress import progress
from digest.cli.remembering import any_folder, only_build, with_store
from digest.cli.summary import contents, count_problems, hidden, plural, summary
from digest.cli.tempo import Tempo
from digest.engine.fresh import nothing_changed
from digest.engine.last import Last, read_last
from digest.output import write
from digest.state import folder as state

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from digest.cli.options import Options
    from digest.config import Config
    from digest.diagnostics import Diagnostic
    from digest.output.stamps import Known
    from digest.output.write import Survey
    from digest.state.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a build reads and writes, and since when (monotonic seconds)."""

    root: Path
    destination: Path
    options: Options
    started: float


@click.command()
@common
def build(options: Options) -> int:
    """Write the site."""
    root = find_root(options)
    place = _Place(root=root, destination=destination(options, root), options=options, started=monotonic())
    if not settings_file(options, root).is_file():
        load_config(options)  # says so
    _check_folder(place.destination, root)
    with only_build(root):
        return with_store(root / state.FOLDER, options, lambda store: _build(place, store))


def _check_folder(folder: Path, root: Path) -> None:
    try:
        write.check_destination(folder, root)
    except write.UnsafeDestinationError as error:
        fail(f"{error}; choose another with --destination", USAGE)


def _build(place: _Place, store: Store) -> int:
    options, clock = place.options, time_ns()
    known: Known = {(path, inode, size, mtime): found for path, inode, size, mtime, found in store.outputs()}
    live = write.survey(place.destination, known)
    last = _last(place, store)
    settings = settings_file(options, place.root)
    if last and nothing_changed(place.root, settings, last=last, store=store, live=live, clock=clock):
        print_problems(last.problems, place.root, options)
        written = write.Written(0, len(live.files), 0)
        code = exit_code(last.problems, strict=options.strict)
        _say_summary(place, last.facts, last.problems, written=written)
        return code
    return _build_anew(place, store, last, live=live, known=known, clock=clock)


def _key(place: _Place) -> str:
    """Return what tells builds apart that leave different traces: the options that decide what is written where."""
    options = place.options
    settings = settings_file(options, place.root)
    shown = [options.drafts, options.future, options.expired, options.base_url]
    return json.dumps([str(place.destination), str(settings), *shown])


def _last(place: _Place, store: Store) -> Last | None:
    """Return the last build, where it was made with these options and holds at this moment."""
    last = read_last(store.text("last"))
    if last is None or last.key != _key(place) or place.options.as_of:
        return None
    return last if last.holds_at(int(current_moment().timestamp()) * 1_000_000_000) else None


def _build_anew(place: _Place, store: Store, last: Last | None, *, live: Survey, known: Known, clock: int) -> int:
    from digest.build import Session, facts_of, prepare, produce  # noqa: PLC0415
    from digest.executor import local  # noqa: PLC0415

    options = place.options
    config = load_config(options)
    problems: list[Diagnostic] = []
    with progress(options) as report:
        tempo = Tempo(report)
        session = Session(
            store=store, executor=local(options.jobs), clock=clock, key=_key(place), last=last, progress=tempo
        )
        prepared = prepare(config, session)
        problems += prepared.diagnostics
        code, produced = exit_code(problems, strict=options.strict), None
        if code == DONE:
            produced = produce(prepared, session, live=live, destination=place.destination, known=known)
            problems += _first_of_each(produced.problems)
            code = exit_code(problems, strict=options.strict)
        tempo.stop()
    print_problems(problems, config.root, options)
    if produced is None or produced.written is None:
        say(f"Not built: {count_problems(problems)}. {_last_site(place.destination)}", options)
        return code
    if options.verbose:
        rendered = len(produced.made.rendered)
        counts = f"{plural(len(prepared.parsed), 'file')} read, {plural(rendered, 'page')} rendered"
        say("\n".join([*tempo.lines, counts]), options)
    _say_summary(place, facts_of(prepared, session), problems, written=produced.written)
    return code


def _first_of_each(failed: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Keep one problem for each place in a template: it fails for every page in the same way."""
    return list({(problem.path, problem.start, problem.message): problem for problem in reversed(failed)}.values())


def _last_site(folder: Path) -> str:
    return f"{folder.name}/ is as it was." if folder.exists() else ""


def _say_summary(
    place: _Place, facts: Mapping[str, int], problems: Iterable[Diagnostic], *, written: write.Written
) -> None:
    warnings = sum(problem.severity == "warning" for problem in problems)
    seconds = monotonic() - place.started
    name = place.destination.name
    say(summary(facts, written, name=name, warnings=warnings, seconds=seconds), place.options)


@click.command()
@common
def check(options: Options) -> int:
    """Find every problem, as `build` would; write nothing."""
    config = load_config(options)
    with any_folder(config.root) as folder:
        return with_store(folder, options, lambda store: _check(config, options, store))


def _check(config: Config, options: Options, store: Store) -> int:
    from digest.build import Session, facts_of, prepare, try_out  # noqa: PLC0415
    from digest.executor import local  # noqa: PLC0415

    with progress(options) as report:
        session = Session(store=store, executor=local(options.jobs), clock=time_ns(), progress=report)
        prepared = prepare(config, session)
        problems = list(prepared.diagnostics)
        if prepared.usable:
            problems += _first_of_each(try_out(prepared, session))
    print_problems(problems, config.root, options)
    found = count_problems(problems) or "no problems"
    facts = facts_of(prepared, session)
    say(f"Checked {contents(facts)}: {found}.{hidden(facts)}", options)
    return exit_code(problems, strict=options.strict)


@click.command()
@common
def clean(options: Options) -> int:
    """Remove what digest wrote: the site's files and the state folder."""
    root = find_root(options)
    folder = destination(options, root)
    _check_folder(folder, root)
    with only_build(root):
        removed = write.clean(folder, write.spare_of(folder, root))
        state.remove(root)
    say(f"{plural(removed, 'file')} removed.", options)
    return DONE
