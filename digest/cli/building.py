"""`digest build` and `clean`. What a build that has nothing to do does not need is imported late."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, time_ns
from typing import TYPE_CHECKING

import click

from digest.cli.common import (
    common,
    current_moment,
    destination,
    find_root,
    load_config,
    say,
    settings_file,
)
from digest.cli.ending import DONE, ENVIRONMENT, fail
from digest.cli.machine import passing_key
from digest.cli.owning import check_brought, check_folder, remember_published, repair_folder
from digest.cli.problems import exit_code, first_of_each, print_problems
from digest.cli.progress import progress
from digest.cli.remembering import only_build, own_folder, with_store
from digest.cli.summary import count_problems, plural, summary
from digest.cli.tempo import Tempo
from digest.engine.last_build import Last, last_for, nanoseconds, read_last, site_digest
from digest.engine.nothing_to_do import Looked, look, tree_digest
from digest.output import write
from digest.output.manifest import MANIFEST, read_manifest
from digest.state import folder as state
from digest.state.store import FILE, Store
from digest.values import Value, replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from digest.build import Trees
    from digest.cli.options import Options
    from digest.diagnostics import Diagnostic
    from digest.executor import Executor
    from digest.output.stamps import Known
    from digest.output.write import PublishedTree, TreeState


class _Place(Value, kw_only=True):
    """Where a build reads and writes, and since when (monotonic seconds)."""

    root: Path
    destination: Path
    options: Options
    scheduler: str
    started: float

    @property
    def executor(self) -> Executor:
        from digest.cluster import Dask
        from digest.executor import local

        return Dask(self.scheduler) if self.scheduler else local(self.options.jobs)


class _Now(Value, kw_only=True):
    """What is there: what changed since the last build, if that still stands; the published tree, and the time."""

    looked: Looked | None
    live: PublishedTree
    known: Known
    clock: int


@click.command()
@click.option("--verify", is_flag=True, help="Build a second time from nothing, and compare every byte.")
@click.option("--executor", type=click.Choice(["local", "dask"]), default="local", help="Who parses and renders.")
@click.option("--scheduler", help="The address of a Dask scheduler: tcp://10.0.0.1:8786.")
@common
def build(options: Options, executor: str, scheduler: str | None, *, verify: bool) -> int:
    """Write the site."""
    if (executor == "dask") != bool(scheduler):
        raise click.UsageError("--executor dask and --scheduler ADDRESS go together")
    root = find_root(options)
    place = _Place(
        root=root,
        destination=destination(options, root),
        options=options,
        scheduler=scheduler or "",
        started=monotonic(),
    )
    if not settings_file(options, root).is_file():
        load_config(options)  # says so
    check_folder(place.destination, root)
    with only_build(root), _uncollected(options):
        repair_folder(place.destination, root)
        code = with_store(own_folder(root, options), options, lambda store: _build(place, store))
        return _verify(place) if verify and code == DONE else code


@contextmanager
def _uncollected(options: Options) -> Iterator[None]:
    """Keep the collector off a site: millions of values in no circle. What is made of it is collected by workers."""
    gc.set_threshold(100_000, 50, 1000)
    if options.jobs > 1:
        gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():  # pass what is left to the oldest generation: it goes with the process
            gc.freeze()
            gc.unfreeze()
        gc.enable()


def _build(place: _Place, store: Store) -> int:
    options, clock = place.options, time_ns()
    last, looked = _last(place, store), None
    if last:
        looked = look(place.root, settings_file(options, place.root), last=last, store=store, clock=clock)
    listed = read_manifest(place.destination)
    if last and not looked and last.tree and _tree(place, listed) == last.tree:
        return _say_again(place, last, listed)
    known: Known = {(path, inode, size, mtime): found for path, inode, size, mtime, found in store.outputs()}
    live = write.scan_published(place.destination, known)
    check_brought(place.destination, place.root, listed=live.listed, known=bool(known))
    if last and (not live.intact or site_digest(live.files) != last.site):
        last = looked = None  # it is not published as it was made
    if last and not looked:
        write.vouch(live.learned, place.destination)
        with store.writing():
            store.set_outputs((*stamp, found) for stamp, found in {**known, **live.learned}.items())
            kept = read_last(store.text("last")) or last
            store.set_text("last", replaced(kept, tree=_tree(place, listed)).text())
        return _say_again(place, last, listed)
    return _build_anew(place, store, _Now(looked=looked, live=live, known=known, clock=clock))


def _tree(place: _Place, listed: Mapping[str, str]) -> str:
    return tree_digest(place.destination, [*listed, MANIFEST])


def _say_again(place: _Place, last: Last, listed: Mapping[str, str]) -> int:
    """Say of the last build what was said of it, for it is what a build would make now."""
    write.ensure_spare(place.destination, write.spare_of(place.destination, place.root), listed)
    options, code = place.options, exit_code(last.problems, strict=place.options.strict)
    print_problems(last.problems, place.root, options)
    if code != DONE:
        _say_not_built(place, last.problems)
        return code
    if options.verbose:
        say("Nothing has changed since the last build.", options)
    _say_summary(place, last.facts, last.problems, written=write.PublishReport(0, len(listed), 0))
    return code


def _say_not_built(place: _Place, problems: Iterable[Diagnostic]) -> None:
    say(f"Not built: {count_problems(problems)}. {_last_site(place.destination)}", place.options)


def _key(place: _Place) -> str:
    settings = settings_file(place.options, place.root)
    return place.options.key(str(place.destination), str(settings))


def _last(place: _Place, store: Store) -> Last | None:
    """Return the last build, where it was made with these options and holds now."""
    if place.options.as_of:
        return None
    return last_for(store, _key(place), nanoseconds(current_moment()))


def _build_anew(place: _Place, store: Store, now: _Now) -> int:
    from digest.build import Trees, decide, facts_of, produce
    from digest.cli.trusting import load_trusted
    from digest.engine.session import Session
    from digest.prepare import prepare, prepare_since

    options = place.options
    trees = Trees(destination=place.destination, spare=write.spare_of(place.destination, place.root))
    ahead = _look_ahead(trees, now, options)
    config, warned = load_trusted(options)
    problems: list[Diagnostic] = []
    with progress(options) as report:
        tempo = Tempo(report)
        session = Session(
            store=store,
            executor=place.executor,
            clock=now.clock,
            key="" if warned else _key(place),  # what was said of the settings must be said again
            progress=tempo,
        )
        looked = now.looked
        prepared = prepare_since(config, session, looked) if looked else prepare(config, session)
        problems += prepared.diagnostics
        facts, read = facts_of(prepared), plural(len(prepared.parsed), "file")
        code, produced = exit_code(problems, strict=options.strict), None
        if code == DONE and (theme := prepared.usable_theme):
            decided = decide(prepared, session, theme=theme, trees=trees, live=now.live, known=now.known, ahead=ahead)
            del prepared  # `decide` says why
            produced = produce(decided, session)
            problems += first_of_each(produced.problems)
            code = exit_code(problems, strict=options.strict)
        tempo.stop()
    print_problems(problems, config.root, options)
    if produced is None or produced.written is None:
        _say_not_built(place, problems)
        return code
    remember_published(place.destination, place.root)
    if options.verbose:
        counts = f"{read} read, {plural(len(produced.made.rendered), 'page')} rendered"
        for line in (*tempo.lines, counts):
            say(line, options)
    _say_summary(place, facts, problems, written=produced.written)
    if produced.written.kept:
        say(f"{place.destination.name}/ also holds {plural(produced.written.kept, 'file')} of others.", options)
    if not produced.written.whole:
        say(f"{place.destination.name}/ kept its place: files were replaced one by one, not all at once.", options)
    return code


def _look_ahead(trees: Trees, now: _Now, options: Options) -> Callable[[], TreeState] | None:
    """Begin to read the spare tree where it is all there is: CI restored it, and nothing is known of its files."""
    from digest.executor import prefetch

    if now.live.listed or options.jobs == 1 or not trees.spare.is_dir():
        return None
    return prefetch(partial(write.scan_tree, trees.spare, now.known, now.live.learned))


def _verify(place: _Place) -> int:
    """Build from nothing beside the site, and compare what came of it with what was published."""
    from digest.build import Trees, decide, produce
    from digest.cli.trusting import load_trusted
    from digest.engine.session import Session
    from digest.prepare import prepare

    config, _ = load_trusted(place.options)
    with TemporaryDirectory(prefix="digest-") as folder:
        trees = Trees(destination=Path(folder) / "site", spare=Path(folder) / "spare")
        session = Session(
            store=Store(Path(folder) / FILE, passing_key()),
            executor=place.executor,
            clock=time_ns(),
            strict=True,
        )
        prepared = prepare(config, session)
        theme = prepared.usable_theme
        if theme is None:
            fail("the site has errors since it was built: build again", ENVIRONMENT)
        empty = write.scan_published(trees.destination, {})
        decided = decide(prepared, session, theme=theme, trees=trees, live=empty, known={})
        del prepared, theme  # `decide` says why
        clean = produce(decided, session).files
    published = write.scan_published(place.destination, {}).files
    wrong = sorted(path for path in clean.keys() | published.keys() if clean.get(path) != published.get(path))
    if wrong:
        fail(f"a clean build gives other bytes for {plural(len(wrong), 'file')}:", ENVIRONMENT, listed=wrong)
    say(f"Verified: a clean build gives the same {plural(len(clean), 'file')}.", place.options)
    return DONE


def _last_site(folder: Path) -> str:
    return f"{folder.name}/ is as it was." if folder.exists() else ""


def _say_summary(
    place: _Place, facts: Mapping[str, int], problems: Iterable[Diagnostic], *, written: write.PublishReport
) -> None:
    warnings = sum(problem.severity == "warning" for problem in problems)
    seconds, name = monotonic() - place.started, place.destination.name
    say(summary(facts, written, name=name, warnings=warnings, seconds=seconds), place.options)


@click.command()
@common
def clean(options: Options) -> int:
    """Remove what digest wrote: the site's files and the state folder."""
    root = find_root(options)
    folder = destination(options, root)
    check_folder(folder, root)
    with only_build(root):
        repair_folder(folder, root)
        removed = write.clean(folder, write.spare_of(folder, root))
        state.remove(root)
    say(f"{plural(removed, 'file')} removed.", options)
    return DONE
