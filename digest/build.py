"""The second half of a run: from a prepared site to a published folder, and what is remembered of it.

Says the order of the stages, and nothing else; it does not print.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from digest.engine.copying import check_fingerprints, copies_of, copy_files
from digest.engine.last_build import Last, last_of, site_digest
from digest.engine.nothing_to_do import stamps_digest, tree_digest
from digest.engine.render_pages import (
    Rendered,
    RenderQueue,
    RenderReport,
    Task,
    make_pages,
    page_renderer,
    queue_of,
    sort_out,
    tasks_of,
)
from digest.engine.rows import recall
from digest.engine.stored_site import keep_linked, open_site
from digest.executor import WORTHWHILE
from digest.output.manifest import MANIFEST
from digest.output.stamps import newest
from digest.output.write import PublishedTree, PublishReport, Staging, TreeState, ensure_spare, stage, vouch
from digest.pages.routes import url_of
from digest.pages.scope import Scopes
from digest.pages.urls import out_path
from digest.prepare import Prepared, Whole
from digest.values import replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from digest.config import Config
    from digest.diagnostics import Diagnostic
    from digest.engine.inputs import Inputs
    from digest.engine.session import Session
    from digest.linking.site import Site
    from digest.output.stamps import Known
    from digest.output.theme import Theme
    from digest.state.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Produced:
    """What came of a prepared site: `written` is None where nothing was published, because a template failed."""

    made: RenderReport
    written: PublishReport | None
    files: Mapping[str, str]
    problems: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trees:
    """Where a site is published, and where the generation before it is kept."""

    destination: Path
    spare: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a build comes to; nothing is made yet.

    `work` are the pages to be made, or at least to be looked at; `right` those that are as they should be; `before` is
    what was known of both. `copies` are paths in the site with the inputs that are copied there. `others` are files of
    the site (digests by path) that stay as they are and that nobody looked at: {} where the build is of the `whole`
    site, all that is published where a text was edited and one page is to be made.

    `site` returns the site: the one at hand, or one opened from the store. `last` is what to remember of the build,
    without what `produce` alone can tell: `Last.site` and `Last.tree`.
    """

    config: Config
    whole: bool
    site: Callable[[], Site]
    theme: Theme
    inputs: Inputs
    staging: Staging
    known: Known
    before: Mapping[str, Rendered]
    right: Mapping[str, Rendered]
    work: RenderQueue
    templates: Mapping[str, str]
    copies: Mapping[str, str]
    others: Mapping[str, str]
    last: Last


def decide(
    prepared: Prepared,
    session: Session,
    *,
    theme: Theme,
    trees: Trees,
    live: PublishedTree,
    known: Known,
    ahead: Callable[[], TreeState] | None = None,
) -> Decided:
    """Say what a prepared site comes to, and keep it in the store; `live` is what the destination holds.

    `ahead` says what the spare tree holds, where somebody has begun to look at it before.

    Workers are forked from this process, and would each come to hold a copy of the site that they look at, for even
    counting references writes to memory. So where there is much to make, what is returned holds no site: delete
    `prepared` before you call `produce`, and workers read from the store the few records that a page shows. A cold
    build of 10,000 entries then peaks at 287 MiB in sum, not at 470.

    Raises:
        OSError: something cannot be read.
        DamagedStateError: the store is damaged.
    """
    session.progress("Comparing", 0, 1)
    store, config, whole = session.store, prepared.site.config, isinstance(prepared, Whole)
    staging = stage(trees.destination, trees.spare, live, known, ahead=ahead)
    before = _rendered(prepared, store)
    right, tasks = sort_out(decisions(prepared, before, held=staging.holds))
    if isinstance(prepared, Whole):
        with store.writing():
            keep_linked(store, prepared.linked)
    # One process that makes many pages is better off without the site, too: it needs less memory.
    few = len(tasks) < WORTHWHILE and session.executor.runs_inline(len(tasks))
    return Decided(
        config=config,
        whole=whole,
        site=_at_hand(prepared.site) if few else partial(open_site, store, config),
        theme=theme,
        inputs=prepared.inputs,
        staging=staging,
        known=known,
        before=before,
        right=right,
        work=queue_of(tasks),
        templates=prepared.templates,
        copies=copies_of(theme, prepared.site.index.assets, config.root) if whole else {},
        others={} if whole else staging.live.files,
        last=_last(prepared, theme, session),
    )


def _at_hand(site: Site) -> Callable[[], Site]:
    return lambda: site


def produce(decided: Decided, session: Session) -> Produced:
    """Render what changed, publish the site, and remember it.

    Raises:
        OSError: something cannot be read or written; the destination is then as it was.
        DamagedStateError: the store is damaged.
    """
    staging = decided.staging
    made = _make(decided, session)
    if made.problems:
        return Produced(made=made, written=None, files={}, problems=tuple(made.problems))
    session.progress("Publishing", 0, 1)
    copied = copy_files(decided.copies, decided.config.root, decided.inputs, staging, clock=session.clock)
    files = {**decided.others, **made.files, **copied.files}
    check_fingerprints(decided.theme, staging.folder, files, copied={stamp[0] for stamp in copied.taken})
    if staging.live.intact and staging.live.files == files:
        vouch(staging.learned, staging.destination, staging.folder)
        written = PublishReport(0, len(files), 0)
    else:
        written = staging.publish(files, [*made.stamps, *copied.taken], in_place=decided.config.in_place)
    ensure_spare(staging.destination, staging.folder, files)
    session.progress("Remembering", 0, 1)
    # An edit of a text is to be quick; what the tree looks like is then found out when nothing has changed since.
    tree = tree_digest(staging.destination, [*files, MANIFEST]) if decided.whole else ""
    last = replaced(decided.last, site=site_digest(files), tree=tree)
    _remember(decided, session, made, last=None if copied.overtaken else last)
    return Produced(made=made, written=written, files=files, problems=())


def _make(decided: Decided, session: Session) -> RenderReport:
    folder, templates = decided.staging.folder, decided.templates
    maker = page_renderer(session, decided.site(), theme=decided.theme, folder=folder, templates=templates)
    return make_pages(
        maker,
        decided.work,
        right=decided.right,
        known=decided.before,
        executor=session.executor,
        progress=session.progress,
    )


def try_out(prepared: Prepared, session: Session, *, theme: Theme) -> list[Diagnostic]:
    """Render what changed since the last build for the sake of its problems; nothing is written."""
    session.progress("Comparing", 0, 1)
    before = _rendered(prepared, session.store)
    right, tasks = sort_out(decisions(prepared, before))
    maker = page_renderer(session, prepared.site, theme=theme, folder=None, templates=prepared.templates)
    return make_pages(
        maker, queue_of(tasks), right=right, known=before, executor=session.executor, progress=session.progress
    ).problems


def _rendered(prepared: Prepared, store: Store) -> dict[str, Rendered]:
    """Return what is known of the pages that may have changed, by path: of a whole site, of all there were."""
    if isinstance(prepared, Whole):
        return {path: recall(row, Rendered) for path, row in store.all("pages")}
    paths = [out_path(url_of(page)) for page, _ in prepared.planned]
    rows = {path: store.get("pages", path) for path in paths}
    return {path: recall(row, Rendered) for path, row in rows.items() if row is not None}


def decisions(
    prepared: Prepared, before: Mapping[str, Rendered], *, held: Callable[[str, str], bool] = lambda _path, _file: True
) -> Iterator[tuple[str, Rendered | Task]]:
    """Yield the path of each page that may have changed, with what is known to be right or what is to be done."""
    return tasks_of(prepared.planned, Scopes(prepared.site), prepared.templates, known=before, held=held)


def _remember(decided: Decided, session: Session, made: RenderReport, *, last: Last | None) -> None:
    """Remember the build; with no `last` the next one looks at everything."""
    store, inputs = session.store, decided.inputs
    learned = newest({**decided.known, **decided.staging.learned}, decided.last.facts["pages"])
    with store.writing():
        store.set_inputs(inputs.learned, gone=inputs.gone)
        store.set("pages", made.touched.items())
        store.set_outputs((*stamp, found) for stamp, found in learned.items())
        if decided.whole:
            store.keep_only("pages", made.files)
        store.set_text("last", last.text() if last else "")


def _last(prepared: Prepared, theme: Theme, session: Session) -> Last:
    """Return what is known of a build before anything is made."""
    stamps = stamps_digest(prepared.inputs.stamps, session.clock)
    last = last_of(prepared.site, theme, key=session.key, stamps=stamps, problems=prepared.diagnostics)
    return replaced(last, linked=prepared.elsewhere, facts=facts_of(prepared))


def facts_of(prepared: Prepared) -> Mapping[str, int]:
    """Return how much there is of what, for a summary."""
    index = prepared.site.index
    hidden = index.hidden
    return {
        "pages": prepared.page_count,
        **index.totals.amounts,
        "drafts": len(hidden.drafts),
        "future entries": len(hidden.future) + len(hidden.embargoed),
        "expired entries": len(hidden.expired),
    }
