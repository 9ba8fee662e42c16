"""What the preview does when files change: brings the site up to date, and decides what is shown of it.

Invariants: what is shown is one snapshot, replaced as a whole; while content, settings or theme have errors the last
good one stays; nothing that a file may hold ends the preview. One thread works; any may read `current` and `problems`.
"""

from __future__ import annotations

import threading
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.config import check_links, read_settings
from digest.content.load import CONTENT, Source, read, stamp
from digest.content.parse import parse
from digest.deadline import OverdueError
from digest.diagnostics import Diagnostic, has_errors, in_order
from digest.engine.inputs import Themes, look_at_themes, shown
from digest.engine.last_build import last_for, last_of, until
from digest.engine.nothing_to_do import look, stamps_digest
from digest.engine.rows import forget_others, heads_of
from digest.engine.session import Session, silent
from digest.engine.stored_site import keep_linked, open_site
from digest.model import Kind
from digest.output.theme import Theme, find_themes, load_theme
from digest.pages.routes import url_of
from digest.pages.urls import Page
from digest.prepare import prepare
from digest.preview.files import unreadable
from digest.preview.hints import EVERYTHING, Hint
from digest.preview.live import LiveSite, live
from digest.preview.snapshot import Snapshot, snapshot
from digest.state.folder import keep_crash
from digest.state.store import DamagedStateError, Store
from digest.values import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from digest.apart import Apart
    from digest.config import Config
    from digest.digests import Reading
    from digest.executor import Executor

    Problems = tuple[Diagnostic, ...]


@dataclass(slots=True, kw_only=True)
class PreviewSession:
    """A site that is being worked on.

    `read` makes settings of what was read of their file, for the moment it is called at; `clock` tells the time,
    `moment` the time that the site is shown for (nanoseconds since the epoch); `key` names the options everything is
    shown with; `changed` is called after every change of what is shown.

    `problems_key` is the digest of the problems, "" where there are none. `damaged` asks for the store to be dropped.
    `progress` is what is being done, how much of it is done and in all, before anything can be shown. `late` says that
    what is shown is not what the files hold. `changes` counts what was told. `apart` reads what a thread may not end.
    """

    root: Path
    settings: Path
    key: str
    read: Callable[[Reading], tuple[Config | None, list[Diagnostic]]]
    store: Store
    executor: Executor
    clock: Callable[[], int]
    moment: Callable[[], int]
    changed: Callable[[PreviewSession], None] = lambda _: None
    current: Snapshot | None = None
    problems: Problems = ()
    problems_key: str = ""
    late: bool = False
    changes: int = 0
    damaged: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)
    progress: tuple[str, int, int] | None = ("Looking", 0, 1)
    live: LiveSite | None = None
    report: Callable[[str, int, int], None] = silent
    apart: Apart | None = None
    _theme: Theme | None = None
    _bytes: bytes = b""
    _themes: Themes | None = None
    _until: int = 0
    _failed: Problems = ()
    _unset: Problems = ()

    def open(self) -> None:
        """Show at once what was shown last, if nothing has changed since."""
        try:
            self._open()
        except (OSError, DamagedStateError):
            return  # whatever it is, the first look will find it

    def _open(self) -> None:
        last = last_for(self.store, self.key, self.moment())
        if not last or look(self.root, self.settings, last=last, store=self.store, clock=self.clock()):
            return
        config, problems = self.read(read_settings(self.settings))
        theme, faults = load_theme(config) if config else (None, [])
        if config and theme and not problems and not faults:
            self.current = snapshot(open_site(self.store, config), theme, self.store, heads=heads_of(self.store))
            self._show(last.problems, late=False)

    def look(self, hint: Hint) -> bool:
        """Take in what may have changed; tell whether anything had."""
        with self.lock:
            try:
                return self._try(hint)
            except OSError as error:
                return self._fail(unreadable(self.root, error))
            except Exception as error:  # noqa: BLE001 - a fault of ours must not end somebody's afternoon
                return self._fault(error)

    def patrol(self) -> Iterator[Hint]:
        """Go through all files, some with each step; yield what does not look as it did when it was taken in.

        Raises:
            OSError: something cannot be read.
        """
        kept = self.live
        if kept is None or self.damaged or self._failed or self.moment() >= self._until:
            yield EVERYTHING
            return
        if self._other_inputs(kept.config) != (self._bytes, self._themes):
            yield Hint(frozenset({self.settings}))
        for paths in kept.files.odd(self.root):
            yield Hint(frozenset(self.root / path for path in paths))
            if self.live is not kept:
                return

    def _try(self, hint: Hint) -> bool:
        """Look, with a new store where the old one is damaged: once, for what goes wrong again is said."""
        try:
            if self.damaged:
                self._begin_anew()
            return self._look(hint)
        except DamagedStateError:
            self._begin_anew()
            return self._look(hint)

    def _fault(self, error: Exception) -> bool:
        """Say that we are at fault, and begin anew with the next look."""
        file = keep_crash(traceback.format_exc())
        self.live = None
        message, hint = f"a fault of digest's own: {type(error).__name__}", f"{file} holds what its developers need"
        return self._fail(Diagnostic(code="internal-fault", message=message, path=self.settings.name, hint=hint))

    def _look(self, hint: Hint) -> bool:
        if strange := check_links(self.root, self.settings):
            return self._fail(*strange)
        kept = self.live
        if kept is None or self.moment() >= self._until:
            return self._prepare()
        inside = [path.relative_to(self.root) for path in hint.paths if path.is_relative_to(self.root / CONTENT)]
        settings, themes = self._bytes, self._themes
        if hint.everything or len(inside) < len(hint.paths):
            settings, themes = self._other_inputs(kept.config)
        if settings != self._bytes:
            return self._prepare()
        paths = None if hint.everything else [path.as_posix() for path in inside]
        changed = kept.update(paths, clock=self.clock())
        if themes != self._themes:
            self._dress(kept)
        elif not changed and not self._failed:
            return False
        self._failed = ()
        self._publish(kept)
        return True

    def _other_inputs(self, config: Config) -> tuple[bytes, Themes]:
        """Return what there is besides content: the settings' bytes, and what the themes' files look like."""
        return read_settings(self.settings).data, look_at_themes(self.root, find_themes(config).folders.values())

    def _prepare(self) -> bool:
        """Read the settings, and everything again that is not remembered."""
        config, problems = self.read(reading := read_settings(self.settings))
        self._bytes = reading.data
        if config is None:
            return self._stay(tuple(problems))
        self._unset = ()
        session = Session(
            store=self.store,
            executor=self.executor,
            clock=self.clock(),
            forget=False,
            progress=self._report if self.current is None else silent,
            apart=self.apart,
        )
        _, self._themes = self._other_inputs(config)
        prepared = prepare(config, session)
        kept = self.live = live(prepared, session)
        kept.blame_theme([*problems, *kept.findings.theme])
        self._until, self._theme, self._failed = until(kept.site), prepared.theme, ()
        self._publish(kept)
        return True

    def _stay(self, wrong: Problems) -> bool:
        """Go on with the settings of before, and say what is wrong with those there are now."""
        if self.live is None:
            return self._fail(*wrong)
        news, self._unset = wrong != self._unset, wrong
        if self.live.update(None, clock=self.clock()) or news:
            self._publish(self.live)
            return True
        return False

    def _report(self, stage: str, done: int, total: int) -> None:
        self.progress = stage, done, total
        self.report(stage, done, total)

    def _dress(self, kept: LiveSite) -> None:
        """Take a theme whose files have changed."""
        _, self._themes = self._other_inputs(kept.config)
        self._theme, problems = load_theme(kept.config)
        if self._theme:
            problems += snapshot(kept.site, self._theme, self.store, heads=kept.heads).renderer.check()
        kept.blame_theme(problems)

    def _publish(self, kept: LiveSite) -> None:
        """Show the site as it is now, unless something is wrong with it and there is another to show."""
        problems = in_order([*self._unset, *kept.diagnostics])
        broken = has_errors(problems)
        if self._theme and not (broken and self.current):
            self.current = snapshot(kept.site, self._theme, self.store, heads=kept.heads, before=self.current)
        self._show(problems, late=broken)

    def _fail(self, *problems: Diagnostic) -> bool:
        """Say what stands in the way; tell whether that is news."""
        news = problems != self._failed
        self._failed = problems
        if news:
            others = self.live.diagnostics if self.live else ()
            self._show(in_order([*problems, *others]), late=True)
        return news

    def _show(self, problems: Problems, *, late: bool) -> None:
        self.problems, self.late, self.progress = problems, late, None
        self.problems_key = digest([late, problems]) if problems else ""
        self.changes += 1
        self.changed(self)

    def _begin_anew(self) -> None:
        """Drop a damaged store."""
        self.live, self.damaged = None, False
        self.store = self.store.begun_anew()

    def warm(self) -> None:
        """Do once what the first edit, and the first page of each kind, would have to wait for."""
        with self.lock:
            kept, shown = self.live, self.current
            newest = next(iter(kept.site.entries.values()), None) if kept else None
            if kept and shown and newest:
                source, config = Source(newest.path, Kind.ARTICLE), kept.config
                with suppress(OSError, DamagedStateError, OverdueError):
                    if self.apart:
                        self.apart.call(config.timeout, parse, source, read(self.root, source.path), config.dialect)
                    for page in (Page("article", newest.key), Page("home")):
                        shown.page(shown.base_path + url_of(page))

    def close(self) -> None:
        """Keep what is needed to show the site at once the next time."""
        kept = self.live
        with suppress(OSError, DamagedStateError):  # it is only remembered for the sake of speed
            if kept and self._theme and not (self._failed or self._unset):
                self._keep(kept, self._theme)
        self.store.close()

    def _keep(self, kept: LiveSite, theme: Theme) -> None:
        last = last_of(kept.site, theme, key=self.key, stamps=self._stamps(kept), problems=kept.diagnostics)
        with self.store.writing():
            keep_linked(self.store, kept.linked)
            forget_others(self.store, kept.heads.values())
            self.store.set_text("last", last.text())

    def _stamps(self, kept: LiveSite) -> str:
        """Return the digest of what all files looked like when they were taken in; "" where that is not known."""
        seen = stamp(self.settings.stat())
        if self._themes is None or read_settings(self.settings).data != self._bytes:
            return ""
        content = {path: known.stamp for path, known in kept.files.inputs.items()}
        return stamps_digest({**content, **self._themes.stamps, shown(self.root, self.settings): seen}, self.clock())
