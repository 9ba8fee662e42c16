"""The problems of a linked site, gathered in one place for the commands and the preview.

They are kept apart by what has to change for them to change, so that a preview looks for few of them again.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from digest.content.document import usable
from digest.content.kinds.page import PAGE
from digest.diagnostics import Diagnostic, Severity, in_order
from digest.linking.checks import check_entries, check_records
from digest.values import replaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from digest.config import Config
    from digest.engine.rows import FileRecord
    from digest.linking.binding import AnyBound
    from digest.linking.link import Linked

Problems: TypeAlias = tuple[Diagnostic, ...]
ByPath: TypeAlias = "Mapping[str, Problems]"
"""Problems by the file they are in; a file that has none is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Every problem of a site.

    Of the content: `files` are wrong as such (a link, a name that cannot be an address), `own` is what reading a file
    and binding its references found. Of the site as a whole: those of `linking`, of published `entries`, of all other
    `records`, and `collisions` of addresses. Last, those of the `theme`.
    """

    theme: Problems
    files: ByPath
    own: ByPath
    linking: Problems
    entries: ByPath
    records: Problems
    collisions: Problems

    def __iter__(self) -> Iterator[Diagnostic]:
        return chain(self._of_single_files(), self._of_the_whole())

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """The paths of problems that no file has by itself, sorted.

        A build that reads one file again, and links nothing, cannot tell whether such a problem is still there.
        """
        problems = {*self._of_the_whole()} - {*self._of_single_files()}
        return tuple(sorted({problem.path for problem in problems}))

    def _of_single_files(self) -> Iterator[Diagnostic]:
        return chain.from_iterable(self.own.values())

    def _of_the_whole(self) -> Iterator[Diagnostic]:
        by_path = chain(self.files.values(), self.entries.values())
        return chain(self.theme, self.linking, chain.from_iterable(by_path), self.records, self.collisions)


def check_site(
    linked: Linked,
    heads: Mapping[str, FileRecord],
    *,
    theme: Iterable[Diagnostic],
    files: Iterable[Diagnostic],
    collisions: Iterable[Diagnostic],
) -> Findings:
    """Check a site that was linked as a whole; `heads` are those of its files."""
    site = linked.site
    return Findings(
        theme=tuple(theme),
        files=by_path(files),
        own=own_problems(heads),
        linking=linked.problems,
        entries=found_in(check_entries(site, site.entries.values())),
        records=record_problems(linked),
        collisions=tuple(collisions),
    )


def record_problems(linked: Linked) -> Problems:
    """Check all records but entries."""
    binding = linked.binding
    documents = [other.document for other in binding.others.values()]
    return tuple(check_records(linked.site, binding.name_index, documents))


def own_problems(heads: Mapping[str, FileRecord]) -> dict[str, Problems]:
    """Return what is wrong with files as far as reading them, and binding their references, tells."""
    return found_in({path: (*head.problems, *head.wrong) for path, head in heads.items()})


def found_in(problems: ByPath) -> dict[str, Problems]:
    """Return problems without the files that have none."""
    return {path: some for path, some in problems.items() if some}


def by_path(problems: Iterable[Diagnostic]) -> dict[str, Problems]:
    """Sort problems by the files they are in."""
    found: dict[str, Problems] = {}
    for problem in problems:
        found[problem.path] = (*found.get(problem.path, ()), problem)
    return found


def said_of(
    problems: Iterable[Diagnostic], heads: Mapping[str, FileRecord], others: Mapping[str, AnyBound], *, config: Config
) -> Problems:
    """Return problems as they are said: in order, and as warnings where they are in a draft that is not shown.

    Unfinished work must not stop what is finished: a draft with an unknown name does not fail a build, but with
    `--drafts` it does.
    """
    found = [*problems]
    if not found or config.show.drafts:
        return in_order(found)
    drafts = _drafts(heads, others)  # goes through all files, which an edit without a problem is spared
    return in_order(_softened(problem) if problem.path in drafts else problem for problem in found)


def _softened(problem: Diagnostic) -> Diagnostic:
    return replaced(problem, severity=Severity.WARNING)


def _drafts(heads: Mapping[str, FileRecord], others: Mapping[str, AnyBound]) -> set[str]:
    """Return the paths of entries and pages that are marked as drafts."""
    entries = {path for path, head in heads.items() if head.entry and head.entry.where.schedule.draft}
    documents = ((path, other.document) for path, other in others.items())
    pages = {path for path, document in documents if usable(document, PAGE) and document.matter.draft}
    return entries | pages
