"""The second half of a run: from a prepared site to a published folder, and what is remembered of it.

Says the order of the stages, and nothing else; it does not print.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.engine.copying import check_fingerprints, copies_of, copy_files
from digest.engine.fresh import stamps_digest, tree_digest
from digest.engine.last import Last, site_digest
from digest.engine.linked import keep_site, open_site
from digest.engine.making import Made, Rendered, Task, Work, make_pages, sort_out, tasks_of, work_of
from digest.engine.recall import recall
from digest.engine.registered import keep_register
from digest.executor import WORTHWHILE
from digest.output.closure import template_digests
from digest.output.manifest import MANIFEST
from digest.output.stamps import newest
from digest.output.write import Held, Staging, Survey, Written, ensure_spare, stage, vouch
from digest.pages.routes import url_of
from digest.pages.scope import Scopes
from digest.pages.urls import out_path
from digest.pages.view import site_view
from digest.prepare import Prepared, Session, nanoseconds, press, until
from digest.values import replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from digest.config import Config
    from digest.diagnostics import Diagnostic
    from digest.engine.inputs import Inputs
    from digest.linking.site import Site
    from digest.output.stamps import Known
    from digest.output.theme import Theme
    from digest.state.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Produced:
    """What came of a prepared site: `written` is None where nothing was published, because a template failed."""

    made: Made
    written: Written | None
    files: Mapping[str, str]
    problems: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trees:
    """Where a site is published, and where the generation before it is kept."""

    destination: Path
    spare: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a build comes to.

    `site` is None where it is to be opened from the store. `before` is what was known of the pages that may have
    changed, `right` those that did not. `copies` are paths in the site with the inputs that are copied there; None
    where only pages of entries may have changed. `last` is what to remember, but for what was published.
    """

    config: Config
    site: Site | None
    theme: Theme
    inputs: Inputs
    staging: Staging
    known: Known
    before: Mapping[str, Rendered]
    right: Mapping[str, Rendered]
    work: Work
    templates: Mapping[str, str]
    copies: Mapping[str, str] | None
    last: Last


def decide(
    prepared: Prepared,
    session: Session,
    trees: Trees,
    *,
    live: Survey,
    known: Known,
    ahead: Callable[[], Held] | None = None,
) -> Decided:
    """Say what a prepared site comes to, and keep it in the store; `live` is what the destination holds.

    `ahead` says what the spare tree holds, where somebody has begun to look at it before.

    Where there is much to make, whoever lets go of the site now has its memory back before workers are forked. They
    would copy it by looking at it, so they open it from the store.

    Raises:
        OSError: something cannot be read.
        DamagedStateError: the store is damaged.
    """
    assert prepared.theme is not None  # noqa: S101 - `usable` says so
    session.progress("Comparing", 0, 1)
    store, corpus = session.store, prepared.corpus
    staging = stage(trees.destination, trees.spare, live, known, ahead=ahead)
    before = _rendered(prepared, store)
    right, tasks = sort_out(decisions(prepared, before, held=staging.holds))
    if corpus:
        with store.writing():
            keep_site(store, prepared.site)
            keep_register(store, corpus.register)
            store.set_text("last", "")  # which was of the site before
    # One process that makes many pages is better off without the site, too: it needs less memory.
    few = len(tasks) < WORTHWHILE and session.executor.alone(len(tasks))
    return Decided(
        config=prepared.config,
        site=prepared.site if few else None,
        theme=prepared.theme,
        inputs=prepared.inputs,
        staging=staging,
        known=known,
        before=before,
        right=right,
        work=work_of(tasks),
        templates=_templates(prepared),
        copies=_copies(prepared) if corpus else None,
        last=_last(prepared, session),
    )


def produce(decided: Decided, session: Session) -> Produced:
    """Render what changed, publish the site, and remember it.

    Raises:
        OSError: something cannot be read or written; the destination is then as it was.
        DamagedStateError: the store is damaged.
    """
    staging, copies = decided.staging, decided.copies
    made = _make(decided, session)
    if made.problems:
        return Produced(made=made, written=None, files={}, problems=tuple(made.problems))
    session.progress("Publishing", 0, 1)
    copied = copy_files(copies or {}, decided.config.root, decided.inputs, staging, clock=session.clock)
    files = {**(staging.live.files if copies is None else {}), **made.files, **copied.files}
    check_fingerprints(decided.theme, staging.folder, files, copied={stamp[0] for stamp in copied.taken})
    if staging.live.intact and staging.live.files == files:
        vouch(staging.learned, staging.destination, staging.folder)
        written = Written(0, len(files), 0)
    else:
        written = staging.publish(files, [*made.stamps, *copied.taken], in_place=decided.config.in_place)
    ensure_spare(staging.destination, staging.folder, files)
    session.progress("Remembering", 0, 1)
    # An edit of a text is to be quick; what the tree looks like is then found out when nothing has changed since.
    tree = tree_digest(staging.destination, [*files, MANIFEST]) if copies is not None else ""
    last = replaced(decided.last, site=site_digest(files), tree=tree)
    _remember(decided, session, made, last=None if copied.overtaken else last)
    return Produced(made=made, written=written, files=files, problems=())


def _make(decided: Decided, session: Session) -> Made:
    site = decided.site or open_site(session.store, decided.config)
    folder, templates = decided.staging.folder, decided.templates
    maker = press(session, site, theme=decided.theme, folder=folder, templates=templates)
    return make_pages(
        maker,
        decided.work,
        right=decided.right,
        known=decided.before,
        executor=session.executor,
        progress=session.progress,
    )


def try_out(prepared: Prepared, session: Session) -> list[Diagnostic]:
    """Render what changed since the last build for the sake of its problems; nothing is written."""
    assert prepared.theme is not None  # noqa: S101 - `usable` says so
    session.progress("Comparing", 0, 1)
    before = _rendered(prepared, session.store)
    right, tasks = sort_out(decisions(prepared, before))
    maker = press(session, prepared.site, theme=prepared.theme, folder=None, templates=_templates(prepared))
    return make_pages(
        maker, work_of(tasks), right=right, known=before, executor=session.executor, progress=session.progress
    ).problems


def _rendered(prepared: Prepared, store: Store) -> dict[str, Rendered]:
    if prepared.corpus:
        return {path: recall(data, Rendered) for path, data in store.all("pages")}
    found = {path: store.get("pages", path) for path in (out_path(url_of(page)) for page, _ in prepared.planned)}
    return {path: recall(data, Rendered) for path, data in found.items() if data is not None}


def decisions(
    prepared: Prepared, before: Mapping[str, Rendered], *, held: Callable[[str, str], bool] = lambda _path, _file: True
) -> Iterator[tuple[str, Rendered | Task]]:
    """Yield the path of each page that may have changed, with what is known to be right or what is to be done."""
    return tasks_of(prepared.planned, Scopes(prepared.site), _templates(prepared), known=before, held=held)


def _templates(prepared: Prepared) -> Mapping[str, str]:
    """Return the digest of everything a page depends on besides its view, by template."""
    assert prepared.theme is not None  # noqa: S101 - `usable` says so
    site, config = site_view(prepared.site), prepared.config
    return template_digests(prepared.templates, prepared.theme, site=site, base_path=config.base_path)


def _copies(prepared: Prepared) -> dict[str, str]:
    assert prepared.theme is not None  # noqa: S101 - `usable` says so
    return copies_of(prepared.theme, prepared.site.index.assets, prepared.config.root)


def _remember(decided: Decided, session: Session, made: Made, *, last: Last | None) -> None:
    """Remember the build; with no `last` the next one looks at everything."""
    store, inputs = session.store, decided.inputs
    learned = newest({**decided.known, **decided.staging.learned}, decided.last.facts["pages"])
    with store.writing():
        store.set_inputs(inputs.learned, gone=inputs.gone)
        store.set("pages", made.touched.items())
        store.set_outputs((*stamp, found) for stamp, found in learned.items())
        if decided.copies is not None:
            store.keep_only("pages", made.files)
        store.set_text("last", last.text() if last else "")


def _last(prepared: Prepared, session: Session) -> Last:
    """Return what is known of a build before anything is made."""
    config = prepared.config
    assert prepared.theme is not None  # noqa: S101 - `usable` says so
    return Last(
        key=session.key,
        since=nanoseconds(config.now),
        until=nanoseconds(until(prepared.site)),
        site="",
        tree="",
        stamps=stamps_digest(prepared.inputs.stamps, session.clock),
        themes={name: str(folder) for name, folder in prepared.theme.folders.items()},
        problems=prepared.diagnostics,
        linked=prepared.elsewhere,
        facts=facts_of(prepared, session),
    )


def facts_of(prepared: Prepared, session: Session) -> Mapping[str, int]:
    """Return how much there is of what, for a summary."""
    hidden = prepared.site.index.hidden
    pages = session.last.facts["pages"] if session.last and prepared.texts else len(prepared.planned)
    return {
        "pages": pages,
        **prepared.site.index.totals.amounts,
        "drafts": len(hidden.drafts),
        "future entries": len(hidden.future) + len(hidden.embargoed),
        "expired entries": len(hidden.expired),
    }
