"""From a site to its files: a page is rendered again only when what it shows, or how, has changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from digest.diagnostics import Diagnostic
from digest.engine.rows import fragments_of, keep
from digest.output.place import put
from digest.output.render import Renderer, TemplateFailedError
from digest.output.stamps import Stamp
from digest.pages.routes import kind_of, url_of
from digest.pages.scope import Scope, Scopes, middle
from digest.pages.urls import Page, out_path
from digest.pages.view import site_view, view, viewpoint
from digest.state.store import DamagedStateError
from digest.values import Value, digest, pack, replaced, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from digest.engine.session import Progress, Session
    from digest.executor import Executor
    from digest.linking.site import Site
    from digest.output.theme import Theme
    from digest.pages.kind import Planned
    from digest.pages.lens import Viewpoint
    from digest.state.store import Store


class Rendered(Value, kw_only=True):
    """A page as it was last made: of what, into which bytes (`file` is their digest), and why."""

    page: Page
    source: str
    scope: Scope
    view: str
    file: str
    why: str
    when: str


class Task(NamedTuple):
    """A page that may have to be rendered; `view` is the digest of the view it was last made of, "" to make it anew.

    `place` is about where in time its entries stand, in the order of all entries.
    """

    page: Page
    source: str
    scope: Scope
    view: str
    place: int


_PART = 256
"""Tasks packed as one."""


@dataclass(frozen=True, slots=True)
class RenderQueue:
    """Tasks, packed: workers are forked while they wait, and what is in memory then stays there until the end."""

    parts: tuple[bytes, ...]
    total: int

    def __iter__(self) -> Iterator[Task]:
        return (task for part in self.parts for task in unpack(part, list[Task]))


def queue_of(tasks: list[Task]) -> RenderQueue:
    return RenderQueue(tuple(pack(tasks[at : at + _PART]) for at in range(0, len(tasks), _PART)), len(tasks))


class Result(NamedTuple):
    """What came of a task: the view's digest, and the new file or a problem; neither where the view is the same."""

    view: str
    stamp: Stamp | None
    file: str
    problem: Diagnostic | None


@dataclass(slots=True, kw_only=True)
class PageRenderer:
    """Renders the pages of one site into `folder`, or for the sake of their problems where there is none.

    `templates` are the digests of what pages depend on besides their views, by template. Where it is `strict`, no page
    shows what another has looked at (`digest.pages.lens`).
    """

    site: Site
    theme: Theme
    store: Store
    folder: Path | None
    templates: Mapping[str, str]
    strict: bool = False
    renderer: Renderer = field(init=False)
    viewpoint: Viewpoint = field(init=False)

    def __post_init__(self) -> None:
        site = self.site
        self.viewpoint = viewpoint(site, strict=self.strict)
        fragments = fragments_of(self.store)
        self.renderer = Renderer(self.theme, site.config.root, site_view(site), site.config.base_path, fragments)

    def __reduce__(self) -> tuple[Any, ...]:
        return _press, (self.site, self.theme, self.store, self.folder, self.templates, self.strict)


def _press(*parts: Any) -> PageRenderer:
    site, theme, store, folder, templates, strict = parts
    return PageRenderer(site=site, theme=theme, store=store, folder=folder, templates=templates, strict=strict)


def page_renderer(
    session: Session, site: Site, *, theme: Theme, folder: Path | None, templates: Mapping[str, str]
) -> PageRenderer:
    """Return what renders the pages of a site in a run."""
    return PageRenderer(
        site=site, theme=theme, store=session.store, folder=folder, templates=templates, strict=session.strict
    )


def make_page(pages: PageRenderer, task: Task) -> Result:
    """Render one page if its view is new; what runs in a worker."""
    kind = kind_of(task.page)
    shown = view(pages.viewpoint, task.page)
    key = digest((pages.templates.get(kind.template, ""), shown))
    if key == task.view:
        return Result(key, None, "", None)
    try:
        data = pages.renderer.page(kind, shown, task.source)
    except TemplateFailedError as problem:
        if isinstance(problem.__cause__, DamagedStateError):
            raise problem.__cause__ from None
        return Result(key, None, "", problem.diagnostic)
    if pages.folder is None:
        return Result(key, None, "", None)
    file, stamp = put(pages.folder, out_path(url_of(task.page)), data)
    return Result(key, stamp, file, None)


@dataclass(slots=True, kw_only=True)
class RenderReport:
    """What came of making pages: all files by path (digests), those rendered, their stamps, and the problems.

    `touched` is what to remember of pages, as the store holds it.
    """

    files: dict[str, str] = field(default_factory=dict)
    rendered: list[str] = field(default_factory=list)
    touched: dict[str, bytes] = field(default_factory=dict)
    stamps: dict[Stamp, str] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)


def tasks_of(
    planned: Iterable[Planned],
    scopes: Scopes,
    templates: Mapping[str, str],
    *,
    known: Mapping[str, Rendered],
    held: Callable[[str, str], bool],
) -> Iterator[tuple[str, Rendered | Task]]:
    """Yield each page's path with what is known to be right, or with what is to be done.

    `held` tells whether a file (path and digest) is at hand without rendering.
    """
    for page, source in planned:
        kind, path = kind_of(page), out_path(url_of(page))
        sight = kind.sight(scopes.site, page)
        scope = scopes.of(sight)
        if kind.template:
            scope["templates"] = templates.get(kind.template, "")
        before = known.get(path)
        here = before is not None and held(path, before.file)
        if before is not None and here and before.scope == scope:
            yield path, before
        else:
            view = before.view if before and here else ""
            yield path, Task(page, source, scope, view, middle(scopes.site, sight))


def sort_out(items: Iterable[tuple[str, Rendered | Task]]) -> tuple[dict[str, Rendered], list[Task]]:
    """Part the pages that are right, by path, from what is to be done.

    Tasks are in the order of their entries' time, not of the plan: an entry, its month and the actors who spoke in it
    follow each other. Entries are read from the store when a page asks for them, and the last few are kept
    (`linked._KEPT_ENTRIES`), so the next page finds there most of what it shows.
    """
    right: dict[str, Rendered] = {}
    tasks: list[Task] = []
    for path, item in items:
        if isinstance(item, Rendered):
            right[path] = item
        else:
            tasks.append(item)
    return right, sorted(tasks, key=lambda task: task.place)


def why(task: Task, before: Rendered | None) -> str:
    """Return in words why a page was rendered."""
    if before is None:
        return "new"
    changed = [name for name in task.scope if task.scope[name] != before.scope.get(name)]
    return f"changed: {', '.join(changed)}" if changed else "its file was missing or somebody else's"


def make_pages(
    pages: PageRenderer,
    work: RenderQueue,
    *,
    right: Mapping[str, Rendered],
    known: Mapping[str, Rendered],
    executor: Executor,
    progress: Progress,
) -> RenderReport:
    """Render what has to be rendered, beside what is `right`; `known` is what was known of pages before."""
    made = RenderReport(files={path: page.file for path, page in right.items()})
    when = pages.site.config.now.isoformat(timespec="seconds")
    unscoped = (task._replace(scope={}) for task in work)  # a page is made without it, and it is most of a task
    results = executor.map(make_page, pages, unscoped)
    for number, (task, result) in enumerate(zip(work, results, strict=True), 1):
        path = out_path(url_of(task.page))
        _take(made, path, task, result=result, before=known.get(path), when=when)
        progress("Rendering", number, work.total)
    return made


def _take(made: RenderReport, path: str, task: Task, *, result: Result, before: Rendered | None, when: str) -> None:
    if result.problem:
        made.problems.append(result.problem)
        return
    if before and result.view == task.view:
        page = replaced(before, scope=task.scope)
    else:
        made.rendered.append(path)
        page = Rendered(
            page=task.page,
            source=task.source,
            scope=task.scope,
            view=result.view,
            file=result.file,
            why=why(task, before),
            when=when,
        )
    if result.stamp:
        made.stamps[result.stamp] = result.file
    made.files[path] = page.file
    made.touched[path] = keep(page)
