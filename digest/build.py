"""The driver of a build: the order of the stages, and nothing else.

`prepare` goes from files to a site with its plan, which `check`, `list` and `serve` share; `outputs` goes on to
bytes. Neither prints, and neither writes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from digest.content.load import CONTENT, Source, find, read
from digest.content.matter import ArticleMatter, PageMatter
from digest.content.parse import Parsed, parse
from digest.diagnostics import Diagnostic, Severity, has_errors
from digest.executor import run
from digest.linking.checks import check
from digest.linking.link import link
from digest.output import write
from digest.output.place import put
from digest.output.render import Renderer, TemplateFailedError
from digest.output.stamps import digest_of
from digest.output.theme import Theme, load_theme
from digest.pages.plan import Planned, plan
from digest.pages.urls import asset_url, out_path, theme_url, url_of
from digest.pages.view import site_view, template_of, view

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from digest.config import Config
    from digest.content.document import Document
    from digest.linking.site import Site
    from digest.model import Dialect, Fragment

    Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A site ready to be rendered, or the reasons why it is not."""

    config: Config
    site: Site
    documents: tuple[Document, ...]
    fragments: Mapping[str, Fragment]
    planned: tuple[Planned, ...]
    theme: Theme | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def usable(self) -> bool:
        return self.theme is not None and not has_errors(self.diagnostics)


def silent(_stage: str, _done: int, _total: int) -> None:
    """Report no progress."""


def prepare(config: Config, *, jobs: int = 1, progress: Progress = silent) -> Prepared:
    """Read, parse, link, check and plan; every problem of every stage comes with the result.

    Raises:
        OSError: a file of the project cannot be read.
    """
    found = find(config.root)
    parsed = _parse(config, found.sources, jobs=jobs, progress=progress)
    documents = tuple(item.document for item in parsed)
    fragments = {item.document.path: item.fragment for item in parsed}
    progress("Linking", 0, 1)
    site, problems = link(documents, fragments, assets=found.assets, config=config)
    planned, collisions = plan(site)
    theme, theme_problems = load_theme(config)
    problems += [
        *found.problems,
        *(problem for item in parsed for problem in item.problems),
        *check(site, documents),
        *collisions,
        *theme_problems,
    ]
    if theme:
        problems += _renderer(config, site, theme, fragments).check()
    progress("Linking", 1, 1)
    diagnostics = _softened(problems, _drafts(documents, config))
    return Prepared(
        config=config,
        site=site,
        documents=documents,
        fragments=fragments,
        planned=planned,
        theme=theme,
        diagnostics=tuple(sorted(set(diagnostics), key=lambda problem: problem.order)),
    )


def _parse(config: Config, sources: tuple[Source, ...], *, jobs: int, progress: Progress) -> list[Parsed]:
    results = []
    for result in run(partial(parse_file, config.root, config.dialect), sources, jobs=jobs):
        results.append(result)
        progress("Reading", len(results), len(sources))
    return results


def parse_file(root: Path, dialect: Dialect, source: Source) -> Parsed:
    """Read and parse one file; what runs in a worker."""
    return parse(source, read(root, source.path), dialect)


def _drafts(documents: tuple[Document, ...], config: Config) -> frozenset[str]:
    """Return the paths of drafts that this run does not show."""
    if config.show.drafts:
        return frozenset()
    return frozenset(
        document.path
        for document in documents
        if isinstance(document.matter, ArticleMatter | PageMatter) and document.matter.draft
    )


def _softened(problems: list[Diagnostic], drafts: frozenset[str]) -> list[Diagnostic]:
    """Make problems of unpublished drafts warnings: unfinished work must not stop what is finished."""
    return [replace(problem, severity=Severity.WARNING) if problem.path in drafts else problem for problem in problems]


def _renderer(config: Config, site: Site, theme: Theme, fragments: Mapping[str, Fragment]) -> Renderer:
    return Renderer(theme, config.root, site_view(site), config.base_path, fragments)


def renderer(prepared: Prepared) -> Renderer:
    """Return the renderer of a prepared site, which must be usable."""
    assert prepared.theme is not None  # noqa: S101 - `usable` says so
    return _renderer(prepared.config, prepared.site, prepared.theme, prepared.fragments)


def outputs(
    prepared: Prepared, *, progress: Progress = silent, problems: list[Diagnostic]
) -> Iterator[tuple[str, bytes]]:
    """Yield every file of the site: path and bytes. Templates that fail are added to `problems`.

    Raises:
        OSError: a theme's file or an asset cannot be read.
    """
    engine = renderer(prepared)
    for number, (page, source) in enumerate(prepared.planned, 1):
        try:
            data = engine.render(template_of(page), view(prepared.site, page), source)
        except TemplateFailedError as problem:
            problems.append(problem.diagnostic)
        else:
            yield out_path(url_of(page)), data
        progress("Rendering", number, len(prepared.planned))
    yield from _files(prepared)


def _files(prepared: Prepared) -> Iterator[tuple[str, bytes]]:
    """Yield what is copied: the theme's static files and the content's assets."""
    assert prepared.theme is not None  # noqa: S101 - `usable` says so
    for name, file in prepared.theme.static.items():
        yield out_path(theme_url(prepared.theme.published[name])), file.read_bytes()
    for path in prepared.site.assets:
        yield (
            out_path(asset_url(path.removeprefix(f"{CONTENT}/"))),
            (prepared.config.root / path).read_bytes(),
        )


def publish(
    destination: Path, root: Path, outputs: Iterable[tuple[str, bytes]], *, commit: Callable[[], bool]
) -> write.Written | None:
    """Make the destination hold `outputs`; None when `commit`, asked when all is made and nothing shown, says no.

    Raises:
        OSError: something could not be written; the folder is then as it was.
    """
    live = write.survey(destination, {})
    spare = write.spare_of(destination, root)
    staging = write.stage(destination, spare, live, {})
    files, fresh = {}, []
    for path, data in outputs:
        files[path] = digest_of(data)
        if not staging.holds(path, files[path]):
            fresh.append(put(staging.folder, path, data)[1])
    if not commit():
        return None
    if live.intact and live.files == files:
        return write.Written(0, len(files), 0)
    written = staging.publish(files, fresh)
    write.ensure_spare(destination, spare, files)
    return written
