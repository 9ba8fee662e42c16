"""The driver of a build: the order of the stages, and nothing else.

`prepare` goes from files to a site with its plan, which `check`, `list` and `serve` share; `produce` goes on to a
published folder. Neither prints. What was made before is taken from the store; how that is decided is said in
`digest.engine`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from digest.content.load import CONTENT, Found, find, stamp
from digest.diagnostics import Diagnostic, Severity, has_errors
from digest.engine.inputs import Inputs, examine, shown, theme_stamps
from digest.engine.last import Last, linked_paths, site_digest
from digest.engine.linked import keep_register, keep_site, open_site
from digest.engine.making import Made, Press, Rendered, Task, make_pages, tasks_of
from digest.engine.reading import Corpus, Reader, Texts
from digest.engine.recall import insides_of, keep, recall, words_of
from digest.linking.checks import check
from digest.linking.link import link
from digest.output.place import put
from digest.output.theme import Theme, load_theme
from digest.output.write import Survey, Written, ensure_spare, spare_of, stage
from digest.pages.plan import Planned, plan
from digest.pages.scope import Scopes
from digest.pages.urls import asset_url, out_path, theme_url
from digest.values import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from digest.config import Config
    from digest.executor import Executor
    from digest.linking.site import Site
    from digest.output.stamps import Known, Stamp
    from digest.state.store import Store

    Progress = Callable[[str, int, int], None]


def silent(_stage: str, _done: int, _total: int) -> None:
    """Report no progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a run works with: what is remembered, who works, and what time it is (nanoseconds since the epoch).

    `forget` is false while somebody shows what was made before. `last` is the last published build where it was made
    with the same options, which `key` names, and still holds.
    """

    store: Store
    executor: Executor
    clock: int
    forget: bool = True
    key: str = ""
    last: Last | None = None
    progress: Progress = silent


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A site ready to be rendered, or the reasons why it is not.

    `planned` are the pages that may have changed: all of them where there is a `corpus`; without one, those of `texts`.
    """

    config: Config
    site: Site
    corpus: Corpus | None
    texts: Texts | None
    inputs: Inputs
    planned: tuple[Planned, ...]
    theme: Theme | None
    diagnostics: tuple[Diagnostic, ...]
    linked: frozenset[str]

    @property
    def usable(self) -> bool:
        return self.theme is not None and not has_errors(self.diagnostics)

    @property
    def parsed(self) -> tuple[str, ...]:
        """The files that were read this time."""
        return self.corpus.parsed if self.corpus else self.texts.paths if self.texts else ()


def prepare(config: Config, session: Session) -> Prepared:
    """Read, parse, link, check and plan; every problem of every stage comes with the result.

    Raises:
        OSError: a file of the project cannot be read.
        DamagedStateError: the store is damaged.
    """
    session.progress("Looking", 0, 1)
    found = find(config.root)
    theme, theme_problems = load_theme(config)
    inputs = _inputs(config, found, theme, session=session)
    reader = Reader(
        config=config,
        store=session.store,
        executor=session.executor,
        inputs=inputs,
        clock=session.clock,
        forget=session.forget,
        progress=session.progress,
    )
    if session.last and theme and not theme_problems and not found.problems:
        texts = reader.read_texts(found.sources, session.last.linked)
        if texts:
            return _edited(config, session, inputs, theme=theme, texts=texts, last=session.last)
    corpus = reader.read(found.sources)
    return _linked(config, session, inputs, found=found, theme=theme, corpus=corpus, problems=theme_problems)


def _inputs(config: Config, found: Found, theme: Theme | None, *, session: Session) -> Inputs:
    themes = theme_stamps(config.root, theme.folders.values()) if theme else {}
    later = {source.path for source in found.sources}
    stamps = {**found.stamps, **themes, config.path: stamp((config.root / config.path).stat())}
    return examine(config.root, stamps, session.store.inputs(), later=later, clock=session.clock)


def _edited(config: Config, session: Session, inputs: Inputs, *, theme: Theme, texts: Texts, last: Last) -> Prepared:
    """Return the site as it was linked last, with the pages of the entries whose text was edited."""
    site = open_site(session.store, config)
    rows = [recall(data, Rendered) for path in texts.paths for _, data in session.store.pages_of(path)]
    others = [problem for problem in last.problems if problem.path not in texts.paths]
    return Prepared(
        config=config,
        site=site,
        corpus=None,
        texts=texts,
        inputs=inputs,
        planned=tuple(Planned(row.page, row.source) for row in rows),
        theme=theme,
        diagnostics=_in_order([*others, *_softened(texts.problems, _held_back(texts.drafts, config))]),
        linked=last.linked,
    )


def _linked(
    config: Config,
    session: Session,
    inputs: Inputs,
    *,
    found: Found,
    theme: Theme | None,
    corpus: Corpus,
    problems: list[Diagnostic],
) -> Prepared:
    """Link everything."""
    session.progress("Linking", 0, 1)
    site, wrong = link(
        corpus.register,
        corpus.entries,
        corpus.others,
        assets=found.assets,
        words=words_of(session.store),
        insides=insides_of(session.store),
        config=config,
    )
    planned, collisions = plan(site)
    documents = [document for document, _ in corpus.others]
    whole = [*problems, *wrong, *found.problems, *check(site, corpus.register, documents), *collisions]
    if theme:
        whole += _check_theme(config, session, site, theme=theme, inputs=inputs)
    drafts = _held_back(corpus.drafts, config)
    own = _softened(corpus.problems, drafts)
    diagnostics = _in_order([*_softened(whole, drafts), *own])
    return Prepared(
        config=config,
        site=site,
        corpus=corpus,
        texts=None,
        inputs=inputs,
        planned=planned,
        theme=theme,
        diagnostics=diagnostics,
        linked=linked_paths(diagnostics, own),
    )


def _held_back(drafts: frozenset[str], config: Config) -> frozenset[str]:
    return frozenset() if config.show.drafts else drafts


def _in_order(problems: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted({*problems}, key=lambda problem: problem.order))


def _softened(problems: Iterable[Diagnostic], drafts: frozenset[str]) -> list[Diagnostic]:
    """Make problems of unpublished drafts warnings: unfinished work must not stop what is finished."""
    return [replace(problem, severity=Severity.WARNING) if problem.path in drafts else problem for problem in problems]


_CHECKED = "theme checked"


def _check_theme(config: Config, session: Session, site: Site, *, theme: Theme, inputs: Inputs) -> list[Diagnostic]:
    """Compile every template, unless the very same ones have been found to be right before."""
    key = _templates_key(config, theme, inputs)
    if session.store.text(_CHECKED) == key:
        return []
    problems = _press(session, site, theme=theme, folder=None, templates={}).renderer.check()
    if not problems:
        with session.store.writing():
            session.store.set_text(_CHECKED, key)
    return problems


def _templates_key(config: Config, theme: Theme, inputs: Inputs) -> str:
    files = {
        shown(config.root, file) for folder in theme.folders.values() for file in (folder / "templates").rglob("*")
    }
    return digest([list(theme.folders), [(path, inputs.known[path]) for path in sorted(files & inputs.known.keys())]])


def _press(session: Session, site: Site, *, theme: Theme, folder: Path | None, templates: Mapping[str, str]) -> Press:
    return Press(site=site, theme=theme, store=session.store, folder=folder, templates=templates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Produced:
    """What came of a prepared site: `written` is None where nothing was published, because a template failed."""

    made: Made
    written: Written | None
    files: Mapping[str, str]
    problems: tuple[Diagnostic, ...]


def produce(prepared: Prepared, session: Session, *, live: Survey, destination: Path, known: Known) -> Produced:
    """Render what changed, publish the site, and remember it; `live` is what the destination holds.

    Raises:
        OSError: something cannot be read or written; the destination is then as it was.
        DamagedStateError: the store is damaged.
    """
    root, store = prepared.config.root, session.store
    spare = spare_of(destination, root)
    staging = stage(destination, spare, live, known)
    before = _rendered(prepared, store)
    made = _make(prepared, session, before, folder=staging.folder, held=staging.holds)
    if made.problems:
        return Produced(made=made, written=None, files={}, problems=tuple(made.problems))
    session.progress("Publishing", 0, 1)
    pages = {path: page.file for path, page in made.pages.items()}
    if prepared.corpus is None:
        files = {**live.files, **pages}
        copied: dict[Stamp, str] = {}
    else:
        copies = _copies(prepared)
        files = {**pages, **{path: prepared.inputs.known[source] for path, source in copies.items()}}
        copied = {
            stamp: file
            for path, source in copies.items()
            if not staging.holds(path, files[path])
            for file, stamp in [put(staging.folder, path, (root / source).read_bytes())]
        }
        files |= {stamp[0]: file for stamp, file in copied.items()}  # what was read just now, should it have changed
    if live.intact and live.files == files:
        written = Written(0, len(files), 0)
    else:
        written = staging.publish(files, [*made.stamps, *copied])
    ensure_spare(destination, spare, files)
    session.progress("Remembering", 0, 1)
    _remember(prepared, session, made, files=files, learned=staging.learned)
    return Produced(made=made, written=written, files=files, problems=())


def try_out(prepared: Prepared, session: Session) -> list[Diagnostic]:
    """Render what changed since the last build for the sake of its problems; nothing is written."""
    before = _rendered(prepared, session.store)
    return _make(prepared, session, before, folder=None, held=lambda _path, _file: True).problems


def _rendered(prepared: Prepared, store: Store) -> dict[str, Rendered]:
    if prepared.corpus:
        return {path: recall(data, Rendered) for path, _, data in store.pages()}
    paths = prepared.texts.paths if prepared.texts else ()
    return {path: recall(data, Rendered) for source in paths for path, data in store.pages_of(source)}


def _make(
    prepared: Prepared,
    session: Session,
    before: Mapping[str, Rendered],
    *,
    folder: Path | None,
    held: Callable[[str, str], bool],
) -> Made:
    assert prepared.theme is not None  # noqa: S101 - `usable` says so
    site = prepared.site
    session.progress("Comparing", 0, 1)
    press = _press(session, site, theme=prepared.theme, folder=folder, templates=_templates(prepared))
    work = decisions(prepared, before, held=held)
    return make_pages(press, work, known=before, executor=session.executor, progress=session.progress)


def decisions(
    prepared: Prepared, before: Mapping[str, Rendered], *, held: Callable[[str, str], bool] = lambda _path, _file: True
) -> Iterator[tuple[str, Rendered | Task]]:
    """Yield the path of each page that may have changed, with what is known to be right or what is to be done."""
    return tasks_of(prepared.planned, Scopes(prepared.site), _templates(prepared), known=before, held=held)


def _templates(prepared: Prepared) -> Mapping[str, str]:
    """Return the digest of everything a page depends on besides its view, by template."""
    assert prepared.theme is not None  # noqa: S101 - `usable` says so
    from digest.pages.view import _VIEWS, site_view  # noqa: PLC0415

    key = digest(
        [
            site_view(prepared.site),
            prepared.config.base_path,
            _templates_key(prepared.config, prepared.theme, prepared.inputs),
            prepared.theme.published,
        ]
    )
    return {f"{kind}.html": key for kind in _VIEWS}


def _copies(prepared: Prepared) -> dict[str, str]:
    """Return what is copied, the theme's static files and the content's assets: path in the site to input."""
    assert prepared.theme is not None  # noqa: S101 - `usable` says so
    theme, root = prepared.theme, prepared.config.root
    copies = {out_path(theme_url(theme.published[name])): shown(root, file) for name, file in theme.static.items()}
    return copies | {out_path(asset_url(path.removeprefix(f"{CONTENT}/"))): path for path in prepared.site.index.assets}


def _remember(
    prepared: Prepared, session: Session, made: Made, *, files: Mapping[str, str], learned: Mapping[Stamp, str]
) -> None:
    store, corpus = session.store, prepared.corpus
    with store.writing():
        store.set_inputs(prepared.inputs.learned, gone=prepared.inputs.gone)
        store.set_pages((path, made.pages[path].source, keep(made.pages[path])) for path in made.touched)
        store.set_outputs((*stamp, found) for stamp, found in learned.items())
        if corpus:
            store.forget_pages(made.pages)
            keep_site(store, prepared.site)
            keep_register(store, corpus.register)
        store.set_text("last", _last(prepared, session, files=files).text())


def _last(prepared: Prepared, session: Session, *, files: Mapping[str, str]) -> Last:
    config = prepared.config
    assert prepared.theme is not None  # noqa: S101 - `usable` says so
    return Last(
        key=session.key,
        since=nanoseconds(config.now),
        until=nanoseconds(_until(prepared)),
        site=site_digest(files),
        themes={name: str(folder) for name, folder in prepared.theme.folders.items()},
        problems=prepared.diagnostics,
        linked=prepared.linked,
        facts=facts_of(prepared, session),
    )


def facts_of(prepared: Prepared, session: Session) -> Mapping[str, int]:
    """Return how much there is of what, for a summary."""
    hidden = prepared.site.index.hidden
    pages = session.last.facts["pages"] if session.last and prepared.texts else len(prepared.planned)
    return {
        "pages": pages,
        **prepared.site.index.totals._asdict(),
        "drafts": len(hidden.drafts),
        "future entries": len(hidden.future) + len(hidden.embargoed),
        "expired entries": len(hidden.expired),
    }


def _until(prepared: Prepared) -> datetime:
    """Return when the site may look different although nobody changed it: at midnight, or when an entry is due."""
    config, due = prepared.config, prepared.site.index.due
    midnight = datetime.combine(config.today + timedelta(days=1), time(), config.zone)
    return min(midnight, due) if due else midnight


def nanoseconds(moment: datetime) -> int:
    """Return a moment as nanoseconds since the epoch, whole seconds."""
    return int(moment.timestamp()) * 1_000_000_000
