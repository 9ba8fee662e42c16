"""The thread that keeps a preview up to date, and says in the terminal what browsers show."""

from __future__ import annotations

import gc
import threading
import traceback
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.apart import ClosedError
from digest.cli.common import say
from digest.cli.problems import print_problems
from digest.cli.progress import progress
from digest.state.folder import keep_crash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from digest.cli.options import Options
    from digest.preview.workshop import PreviewSession

_FIRST_PAGE = 0.5
"""Seconds to wait for the first page, where one can be shown, before all is read for the pages after an edit."""


@contextmanager
def following(
    workshop: PreviewSession, options: Options, *, asked: threading.Event, poll: bool
) -> Iterator[Callable[[Callable[[], None]], None]]:
    """Keep the site up to date in a thread of its own; yields what starts it, given what tells browsers."""
    stop, threads = threading.Event(), list[threading.Thread]()

    def begin(wake: Callable[[], None]) -> None:
        work = _Work(workshop, options, stop, wake, _Teller(options))
        workshop.changed = work.changed
        threads.append(threading.Thread(target=work.run, args=(asked,), kwargs={"poll": poll}))
        threads[0].start()

    try:
        yield begin
    finally:
        stop.set()
        if workshop.apart:
            workshop.apart.close()
        for thread in threads:
            thread.join()
        workshop.close()


@dataclass(frozen=True, slots=True)
class _Work:
    """What the thread does."""

    workshop: PreviewSession
    options: Options
    stop: threading.Event
    wake: Callable[[], None]
    teller: _Teller
    until_ready: ExitStack = field(default_factory=ExitStack)

    def run(self, asked: threading.Event, *, poll: bool) -> None:
        """Read everything, then follow what is written; `asked` is set when a page has been answered."""
        gc.disable()  # what is read now stays, all of it
        try:
            if self.workshop.current:
                asked.wait(_FIRST_PAGE)
            self._follow(poll=poll)
        except ClosedError:
            pass  # the preview ends while something was read
        except Exception:  # noqa: BLE001 - the pages stay up, and the user must know that they stay as they are
            kept = keep_crash(traceback.format_exc())
            text = "A fault of digest's own ended the watching: start the preview again."
            say(f"{text} {kept} holds what its developers need.", self.options)
        finally:
            gc.enable()

    def _follow(self, *, poll: bool) -> None:
        from digest.preview.watch import watch

        shop = self.workshop
        with self.until_ready:
            report = self.until_ready.enter_context(progress(self.options))

            def report_and_wake(stage: str, done: int, total: int) -> None:
                report(stage, done, total)
                self.wake()

            shop.report = report_and_wake
            watch(
                [shop.root / "content", shop.root / "themes", shop.settings],
                shop.look,
                patrol=shop.patrol,
                stop=self.stop,
                say=lambda text: say(text, self.options),
                poll=poll,
                ready=self._ready,
            )

    def _ready(self) -> None:
        self.until_ready.close()
        self.workshop.warm()
        # Looking for garbage in what stays would hold up an edit, and so would doing it while a large site is linked.
        gc.freeze()
        gc.set_threshold(10_000, 50, 1000)
        gc.enable()

    def changed(self, shop: PreviewSession) -> None:
        self.teller.tell(shop)
        self.wake()


@dataclass(slots=True)
class _Teller:
    """Says in the terminal what browsers show."""

    options: Options
    _said: tuple[str, bool] | None = None

    def tell(self, shop: PreviewSession) -> None:
        now = shop.problems_key, shop.late
        if self._said != now and (shop.problems or self._said is not None):
            print_problems(shop.problems, shop.root, self.options)
        if self._said is not None:
            say("Not updated: the last good pages stay up." if shop.late else "Updated.", self.options)
        elif shop.late:
            say("The pages may lack what is wrong in the content.", self.options)
        self._said = now
