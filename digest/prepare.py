"""The first half of a run: from files to a site with its plan, which every command shares.

Says the order of the stages, and nothing else. What was made before is taken from the store; how that is decided is
said in `digest.engine`.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from digest.apart import forked
from digest.content.load import Found, find, stamp
from digest.diagnostics import Diagnostic, has_errors, in_order
from digest.engine.findings import Findings, check_site, own_problems, said_of
from digest.engine.inputs import Inputs, examine, shown
from digest.engine.read_content import Corpus, Reader
from digest.engine.rows import details_of, quotations_of
from digest.engine.stored_site import open_counted, open_site
from digest.engine.templates import check_templates
from digest.linking.link import Linked, link
from digest.output.theme import Theme, load_theme
from digest.pages.plan import pages_showing, plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from digest.config import Config
    from digest.engine.last_build import Last
    from digest.engine.nothing_to_do import Looked
    from digest.engine.rows import FileRecord
    from digest.engine.session import Session
    from digest.linking.site import Site
    from digest.pages.kind import Planned


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """A site, and the pages of it that may have changed; or the reasons why it cannot be rendered.

    `templates` are digests of what pages depend on besides their views, by template.
    """

    site: Site
    inputs: Inputs
    planned: tuple[Planned, ...]
    theme: Theme | None
    templates: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def usable_theme(self) -> Theme | None:
        """The theme, where the site can be rendered with it."""
        return None if has_errors(self.diagnostics) else self.theme


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole(_Prepared):
    """Everything was read and linked, and every page is planned."""

    found: Found
    corpus: Corpus
    linked: Linked
    findings: Findings

    @property
    def parsed(self) -> tuple[str, ...]:
        """The files that were read this time."""
        return self.corpus.parsed

    @property
    def page_count(self) -> int:
        return len(self.planned)

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """The paths of problems that linking alone finds."""
        return self.findings.elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited(_Prepared):
    """Only the texts of some entries have changed since the `last` build: nothing was linked.

    `site` is that build's, `planned` are the pages that show such a text, `heads` what was read of the entries. A
    typing error mended in one body is such a change: one file was read, and the entry's own page is planned.
    """

    heads: Mapping[str, FileRecord]
    last: Last

    @property
    def parsed(self) -> tuple[str, ...]:
        """The files that were read this time."""
        return (*self.heads,)

    @property
    def page_count(self) -> int:
        return self.last.facts["pages"]

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """The paths of problems that linking alone finds."""
        return self.last.linked


Prepared: TypeAlias = Whole | Edited


def prepare(config: Config, session: Session) -> Whole:
    """Read, parse, link, check and plan; every problem of every stage comes with the result.

    Raises:
        OSError: a file of the project cannot be read.
        DamagedStateError: the store is damaged.
    """
    begun = _begin(config, session, None)
    with _reader(begun) as reader:
        corpus = reader.read(begun.found.sources)
    return _whole(begun, corpus)


def prepare_since(config: Config, session: Session, looked: Looked) -> Prepared:
    """Do the same after a build, of which everything still holds but what somebody has just `looked` at.

    Raises:
        OSError: a file of the project cannot be read.
        DamagedStateError: the store is damaged.
    """
    begun, last = _begin(config, session, looked), looked.last
    with _reader(begun) as reader:
        heads = reader.read_texts(begun.found.sources, last.linked) if begun.sound else None
        if begun.theme and heads:
            return _edited(begun, begun.theme, heads=heads, last=last)
        corpus = reader.read(begun.found.sources)
    return _whole(begun, corpus)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """What there is, before any content is read; `problems` are the theme's."""

    config: Config
    session: Session
    theme: Theme | None
    problems: list[Diagnostic]
    found: Found
    inputs: Inputs

    @property
    def sound(self) -> bool:
        return self.theme is not None and not self.problems and not self.found.problems


def _begin(config: Config, session: Session, looked: Looked | None) -> _Begun:
    session.progress("Looking", 0, 1)
    theme, problems = load_theme(config)
    found, inputs = _look(config, theme, session, looked=looked)
    return _Begun(config=config, session=session, theme=theme, problems=problems, found=found, inputs=inputs)


def _look(config: Config, theme: Theme | None, session: Session, *, looked: Looked | None) -> tuple[Found, Inputs]:
    """Return what there is of files; settings and theme as they were when they were read, for that is what is used.

    Where somebody has just looked, that is taken, if it was the same that has been read since.
    """
    root = config.root
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


@contextmanager
def _reader(begun: _Begun) -> Iterator[Reader]:
    """Yield a reader of content, with a process beside this one that ends what would take for ever."""
    session = begun.session
    with nullcontext(session.apart) if session.apart else forked() as apart:
        yield Reader(config=begun.config, session=replace(session, apart=apart), inputs=begun.inputs)


def _edited(begun: _Begun, theme: Theme, *, heads: Mapping[str, FileRecord], last: Last) -> Edited:
    """Return the site as it was linked last, with the pages of the entries whose text was edited."""
    config, session = begun.config, begun.session
    site = open_site(session.store, config)
    templates, _ = check_templates(theme, site, session)
    keys = {path: head.entry.key for path, head in heads.items() if head.entry}
    own = chain.from_iterable(own_problems(heads).values())
    others = [problem for problem in last.problems if problem.path not in heads]
    return Edited(
        site=site,
        inputs=begun.inputs,
        planned=tuple(pages_showing(site, keys)),
        theme=theme,
        templates=templates,
        diagnostics=in_order([*others, *said_of(own, heads, {}, config=config)]),
        heads=heads,
        last=last,
    )


def _whole(begun: _Begun, corpus: Corpus) -> Whole:
    """Link everything."""
    config, session, found = begun.config, begun.session, begun.found
    session.progress("Linking", 0, 1)
    linked = link(
        corpus.name_index,
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
    templates, faults = check_templates(begun.theme, site, session) if begun.theme else ({}, [])
    findings = check_site(
        linked,
        corpus.heads,
        theme=[*begun.problems, *faults],
        files=found.problems,
        collisions=collisions,
    )
    return Whole(
        site=site,
        inputs=begun.inputs,
        planned=planned,
        theme=begun.theme,
        templates=templates,
        diagnostics=said_of(findings, corpus.heads, linked.binding.others, config=config),
        found=found,
        corpus=corpus,
        linked=linked,
        findings=findings,
    )
