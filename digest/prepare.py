"""The first half of a run: from files to a site with its plan, which every command shares.

Says the order of the stages, and nothing else. What was made before is taken from the store; how that is decided is
said in `digest.engine`.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import chain
from typing import TYPE_CHECKING

from digest.apart import forked
from digest.content.load import Found, find, stamp
from digest.diagnostics import Diagnostic, Severity, has_errors, in_order
from digest.engine.inputs import Inputs, examine, shown
from digest.engine.last import Last, linked_paths
from digest.engine.linked import open_counted, open_site
from digest.engine.making import Press
from digest.engine.reading import Corpus, Reader, Texts
from digest.engine.recall import details_of, quotations_of
from digest.linking.checks import check_entries, check_records
from digest.linking.link import Linked, link
from digest.output.closure import Closure, dump, restore
from digest.output.templates import closures
from digest.output.theme import Theme, load_theme
from digest.pages.plan import pages_showing, plan
from digest.values import digest, replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from digest.apart import Apart
    from digest.config import Config
    from digest.engine.fresh import Looked
    from digest.executor import Executor
    from digest.linking.site import Site
    from digest.pages.kind import Planned
    from digest.state.store import Store

    Problems = tuple[Diagnostic, ...]
    Progress = Callable[[str, int, int], None]


def silent(_stage: str, _done: int, _total: int) -> None:
    """Report no progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a run works with: what is remembered, who works, and what time it is (nanoseconds since the epoch).

    `forget` is false while somebody shows what was made before. `last` is the last build where it was made with the
    same options, which `key` names, still holds, and is published as it was made; `looked` is what was found changed
    since then. `apart` reads files where a thread of this process could not be stopped. In a `strict`
    run no page shows what another page has looked at.
    """

    store: Store
    executor: Executor
    clock: int
    forget: bool = True
    key: str = ""
    last: Last | None = None
    looked: Looked | None = None
    progress: Progress = silent
    apart: Apart | None = None
    strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Problems that are found after linking: of the theme, of entries by path, of other records, of addresses."""

    theme: Problems
    entries: Mapping[str, Problems]
    records: Problems
    collisions: Problems

    def __iter__(self) -> Iterator[Diagnostic]:
        return chain(self.theme, chain.from_iterable(self.entries.values()), self.records, self.collisions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A site ready to be rendered, or the reasons why it is not.

    `planned` are the pages that may have changed: all of them where there is a `corpus`; without one, those of `texts`.
    `elsewhere` are the paths of problems that linking alone finds; `findings` are those where there is a `corpus`.
    """

    config: Config
    site: Site
    linked: Linked | None
    found: Found
    corpus: Corpus | None
    texts: Texts | None
    inputs: Inputs
    planned: tuple[Planned, ...]
    theme: Theme | None
    templates: Mapping[str, Closure]
    diagnostics: Problems
    elsewhere: tuple[str, ...]
    findings: Findings | None = None

    @property
    def usable(self) -> bool:
        return self.theme is not None and not has_errors(self.diagnostics)

    @property
    def parsed(self) -> tuple[str, ...]:
        """The files that were read this time."""
        return self.corpus.parsed if self.corpus else tuple(self.texts.keys) if self.texts else ()


def prepare(config: Config, session: Session) -> Prepared:
    """Read, parse, link, check and plan; every problem of every stage comes with the result.

    Raises:
        OSError: a file of the project cannot be read.
        DamagedStateError: the store is damaged.
    """
    session.progress("Looking", 0, 1)
    theme, theme_problems = load_theme(config)
    found, inputs = _look(config, theme, session)
    last = session.last if theme and not theme_problems and not found.problems else None
    read = _read(config, session, inputs, found=found, last=last)
    if isinstance(read, Texts):
        assert theme and last  # noqa: S101, PT018 - or all would have been read
        return _edited(config, session, inputs, found=found, theme=theme, texts=read, last=last)
    return _linked(config, session, inputs, found=found, theme=theme, corpus=read, problems=theme_problems)


def _read(config: Config, session: Session, inputs: Inputs, *, found: Found, last: Last | None) -> Texts | Corpus:
    """Read the few entries whose texts alone have changed since the last build, or all content."""
    with nullcontext(session.apart) if session.apart else forked() as apart:
        reader = Reader(
            config=config,
            store=session.store,
            executor=session.executor,
            inputs=inputs,
            clock=session.clock,
            forget=session.forget,
            progress=session.progress,
            apart=apart,
        )
        texts = reader.read_texts(found.sources, last.linked) if last else None
        return texts or reader.read(found.sources)


def _look(config: Config, theme: Theme | None, session: Session) -> tuple[Found, Inputs]:
    """Return what there is of files; settings and theme as they were when they were read, for that is what is used.

    Where somebody has just looked, that is taken, if it was the same that has been read since.
    """
    looked, root = session.looked, config.root
    stamps, read = {config.path: stamp(config.seen)}, {config.path: config.digest}
    if theme:
        stamps |= {shown(root, file): seen for file, seen in theme.stamps.items()}
        read |= {shown(root, file): seen for file, seen in theme.digests.items()}
    if looked and theme and looked.folders == (*theme.folders.values(),) and _agree(looked.inputs, stamps, read):
        return looked.found, looked.inputs
    found = find(root)
    later = {source.path for source in found.sources}
    stamps = {**found.stamps, **stamps}
    return found, examine(root, stamps, session.store.inputs(), later=later, clock=session.clock, read=read)


def _agree(inputs: Inputs, stamps: Mapping[str, str], read: Mapping[str, str]) -> bool:
    return stamps.items() <= inputs.stamps.items() and read.items() <= inputs.known.items()


def _edited(
    config: Config, session: Session, inputs: Inputs, *, found: Found, theme: Theme, texts: Texts, last: Last
) -> Prepared:
    """Return the site as it was linked last, with the pages of the entries whose text was edited."""
    site = open_site(session.store, config)
    templates, _ = _templates(config, session, site, theme=theme)
    others = [problem for problem in last.problems if problem.path not in texts.keys]
    return Prepared(
        config=config,
        site=site,
        linked=None,
        found=found,
        corpus=None,
        texts=texts,
        inputs=inputs,
        planned=tuple(pages_showing(site, texts.keys)),
        theme=theme,
        templates=templates,
        diagnostics=in_order([*others, *softened(texts.problems, held_back(texts.drafts, config))]),
        elsewhere=last.linked,
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
    linked = link(
        corpus.register,
        corpus.entries,
        corpus.others,
        assets=found.assets,
        quotations=quotations_of(session.store),
        details=details_of(session.store),
        config=config,
        before=open_counted(session.store),
    )
    site = linked.site
    planned, collisions = plan(site)
    templates: Mapping[str, Closure] = {}
    if theme:
        templates, faults = _templates(config, session, site, theme=theme)
        problems += faults
    findings = Findings(
        theme=tuple(problems),
        entries=check_entries(site, site.entries.values()),
        records=tuple(check_records(site, corpus.register, [document for document, _ in corpus.others])),
        collisions=tuple(collisions),
    )
    whole = [*linked.problems, *found.problems, *findings]
    drafts = held_back(corpus.drafts, config)
    own = softened(corpus.problems, drafts)
    diagnostics = in_order([*softened(whole, drafts), *own])
    return Prepared(
        config=config,
        site=site,
        linked=linked,
        found=found,
        corpus=corpus,
        texts=None,
        inputs=inputs,
        planned=planned,
        theme=theme,
        templates=templates,
        diagnostics=diagnostics,
        elsewhere=linked_paths(diagnostics, own),
        findings=findings,
    )


def held_back(drafts: frozenset[str], config: Config) -> frozenset[str]:
    return frozenset() if config.show.drafts else drafts


def softened(problems: Iterable[Diagnostic], drafts: frozenset[str]) -> list[Diagnostic]:
    """Make problems of unpublished drafts warnings: unfinished work must not stop what is finished."""
    return [replaced(problem, severity=Severity.WARNING) if problem.path in drafts else problem for problem in problems]


def _templates(
    config: Config, session: Session, site: Site, *, theme: Theme
) -> tuple[Mapping[str, Closure], list[Diagnostic]]:
    """Return what each page's template depends on; every template is compiled, but those found right before."""
    key = digest([(name, theme.digests[template.file]) for name, template in sorted(theme.templates.items())])
    kept = _kept_closures(session.store, key)
    if kept is not None:
        return kept, []
    found = closures(theme, config.root)
    problems = press(session, site, theme=theme, folder=None, templates={}).renderer.check()
    if not problems:
        with session.store.writing():
            session.store.set_text(_CHECKED, f"{key} {dump(found)}")
    return found, problems


def _kept_closures(store: Store, key: str) -> Mapping[str, Closure] | None:
    kept, _, text = store.text(_CHECKED).partition(" ")
    try:
        return restore(text) if kept == key else None
    except ValueError:
        return None


_CHECKED = "templates"


def press(session: Session, site: Site, *, theme: Theme, folder: Path | None, templates: Mapping[str, str]) -> Press:
    return Press(site=site, theme=theme, store=session.store, folder=folder, templates=templates, strict=session.strict)


def until(site: Site) -> datetime:
    """Return when a site may look different although nobody changed it: at midnight, or when an entry is due."""
    config, due = site.config, site.index.due
    midnight = datetime.combine(config.today + timedelta(days=1), time(), config.zone)
    return min(midnight, due) if due else midnight


def nanoseconds(moment: datetime) -> int:
    """Return a moment as nanoseconds since the epoch, whole seconds."""
    return int(moment.timestamp()) * 1_000_000_000
