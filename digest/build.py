"""The second half of a run: from a prepared site to a published folder, and what is remembered of it.

Says the order of the stages, and nothing else; it does not print.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.content.load import CONTENT
from digest.engine.fresh import stamps_digest, tree_digest
from digest.engine.inputs import shown
from digest.engine.last import Last, site_digest
from digest.engine.linked import keep_register, keep_site
from digest.engine.making import Made, Rendered, Task, make_pages, tasks_of
from digest.engine.recall import keep, recall
from digest.output.closure import template_digests
from digest.output.manifest import MANIFEST
from digest.output.place import put
from digest.output.stamps import newest
from digest.output.write import Survey, Written, ensure_spare, stage
from digest.pages.scope import Scopes
from digest.pages.urls import asset_url, out_path, theme_url, url_of
from digest.pages.view import site_view
from digest.prepare import Prepared, Session, nanoseconds, press, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from digest.diagnostics import Diagnostic
    from digest.output.stamps import Known, Stamp
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


def produce(prepared: Prepared, session: Session, trees: Trees, *, live: Survey, known: Known) -> Produced:
    """Render what changed, publish the site, and remember it; `live` is what the destination holds.

    Raises:
        OSError: something cannot be read or written; the destination is then as it was.
        DamagedStateError: the store is damaged.
    """
    root, store = prepared.config.root, session.store
    staging = stage(trees.destination, trees.spare, live, known)
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
    ensure_spare(trees.destination, trees.spare, files)
    session.progress("Remembering", 0, 1)
    # An edit of a text is to be quick; what the tree looks like is then found out when nothing has changed since.
    tree = tree_digest(trees.destination, [*files, MANIFEST]) if prepared.corpus else ""
    last = _last(prepared, session, files=files, tree=tree)
    _remember(prepared, session, made, last=last, learned={**known, **staging.learned})
    return Produced(made=made, written=written, files=files, problems=())


def try_out(prepared: Prepared, session: Session) -> list[Diagnostic]:
    """Render what changed since the last build for the sake of its problems; nothing is written."""
    before = _rendered(prepared, session.store)
    return _make(prepared, session, before, folder=None, held=lambda _path, _file: True).problems


def _rendered(prepared: Prepared, store: Store) -> dict[str, Rendered]:
    if prepared.corpus:
        return {path: recall(data, Rendered) for path, data in store.all("pages")}
    found = {path: store.get("pages", path) for path in (out_path(url_of(page)) for page, _ in prepared.planned)}
    return {path: recall(data, Rendered) for path, data in found.items() if data is not None}


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
    maker = press(session, site, theme=prepared.theme, folder=folder, templates=_templates(prepared))
    work = decisions(prepared, before, held=held)
    return make_pages(maker, work, known=before, executor=session.executor, progress=session.progress)


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
    """Return what is copied, the theme's static files and the content's assets: path in the site to input."""
    assert prepared.theme is not None  # noqa: S101 - `usable` says so
    theme, root = prepared.theme, prepared.config.root
    copies = {out_path(theme_url(theme.published[name])): shown(root, file) for name, file in theme.static.items()}
    return copies | {out_path(asset_url(path.removeprefix(f"{CONTENT}/"))): path for path in prepared.site.index.assets}


def _remember(prepared: Prepared, session: Session, made: Made, *, last: Last, learned: Mapping[Stamp, str]) -> None:
    store, corpus = session.store, prepared.corpus
    with store.writing():
        store.set_inputs(prepared.inputs.learned, gone=prepared.inputs.gone)
        store.set("pages", ((path, keep(made.pages[path])) for path in made.touched))
        store.set_outputs((*stamp, found) for stamp, found in newest(learned, last.facts["pages"]).items())
        if corpus:
            store.keep_only("pages", made.pages)
            keep_site(store, prepared.site)
            keep_register(store, corpus.register)
        store.set_text("last", last.text())


def _last(prepared: Prepared, session: Session, *, files: Mapping[str, str], tree: str) -> Last:
    config = prepared.config
    assert prepared.theme is not None  # noqa: S101 - `usable` says so
    return Last(
        key=session.key,
        since=nanoseconds(config.now),
        until=nanoseconds(until(prepared.site)),
        site=site_digest(files),
        tree=tree,
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
        **prepared.site.index.totals._asdict(),
        "drafts": len(hidden.drafts),
        "future entries": len(hidden.future) + len(hidden.embargoed),
        "expired entries": len(hidden.expired),
    }
