"""Noticing that files changed, soon after they did.

Invariants: events are hints; whoever is called finds out what changed. Whatever events miss is found by regular
rounds, which go through all files a few at a time, so that no edit waits for one. When they find something too often,
or the system will not watch, looks at everything are all there is.
"""

from __future__ import annotations

import errno
from math import inf
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING

from digest.preview.events import CLOSES, Watches
from digest.preview.hints import EVERYTHING, NOTHING, Change, Gathering, Hint, together

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    Patrol = Callable[[], Iterator[Hint]]

__all__ = ["Hint", "watch"]

_HEARTBEAT = 2.0, 60  # seconds between rounds, and in durations of one, for it takes power
_PIECE = 0.002  # how long a round goes on at a time
_PAUSE = 0.002  # between its pieces, for others to work
_POLL = 0.5, 5  # as the first, for looks at everything where there are no events
_TICK = 0.2  # how soon an end is noticed, or that a place was replaced
_MISSES = 2  # one may be an event that was late

_NO_MORE = {
    errno.ENOSPC: "the system has no watches left (fs.inotify.max_user_watches)",
    errno.EMFILE: "the system lets no more programs watch (fs.inotify.max_user_instances)",
}


def watch(
    places: Iterable[Path],
    look: Callable[[Hint], bool],
    *,
    patrol: Patrol,
    stop: threading.Event,
    say: Callable[[str], None],
    poll: bool = False,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Call `look` with what may have changed until `stop` is set; ends within half a second of that.

    Args:
        places: Absolute paths of folders, watched with all below them, and of single files. They may not exist yet,
            and may come and go.
        look: Says whether anything had changed. Called in this thread, first with everything once watching has
            begun; what happens meanwhile comes with the next call. Its exceptions pass through.
        patrol: Begins a round: an iterator that goes through all files, a few with each step, and gives what does not
            look as it did; an OSError is looked into by a look at everything.
        stop: Ends watching.
        say: Takes a sentence for the user when events cannot be relied on.
        poll: Whether to look regularly and ask for no events.
        ready: Called once, when the first look is over.
    """
    watcher = _Watcher(tuple(places), look, patrol=patrol, stop=stop, say=say)
    try:
        events = not poll and watcher.open()
        watcher.look(EVERYTHING)
        ready()
        if events:
            watcher.follow()
    finally:
        watcher.close()
    watcher.poll()


class _Watcher:
    """One run of `watch`."""

    def __init__(
        self,
        places: tuple[Path, ...],
        look: Callable[[Hint], bool],
        *,
        patrol: Patrol,
        stop: threading.Event,
        say: Callable[[str], None],
    ) -> None:
        self._look = look
        self._patrol = patrol
        self._stop = stop
        self._say = say
        self._queue: SimpleQueue[Change] = SimpleQueue()
        self._watches = Watches(places, self._queue.put)
        self._gathering = Gathering(closes=CLOSES)
        self._round: Iterator[Hint] | None = None
        self._took = 0.0  # the last round, or look at everything, in seconds
        self._looked = -inf  # when it ended
        self._missed = 0

    def open(self) -> bool:
        """Watch the places, anew if they are watched; False if there can be no events, which the user is told."""
        try:
            self._watches.open()
        except OSError as error:
            self._say(_sentence(_NO_MORE.get(error.errno or 0, error.strerror or str(error))))
            return False
        return True

    def close(self) -> None:
        self._watches.close()

    def look(self, hint: Hint) -> bool:
        began = monotonic()
        found = self._look(hint)
        if hint.everything:
            self._round, self._looked = None, monotonic()
            self._took = self._looked - began
        return found

    def poll(self) -> None:
        """Look at everything, again and again, until the end."""
        while not self._stop.wait(self._often(_POLL)):
            self.look(EVERYTHING)

    def follow(self) -> None:
        """Follow events until the end, or until they cannot be relied on, which the user is told."""
        while not self._stop.is_set():
            if not self._watches.alive:
                self._say(_sentence("watching has ended by itself"))
                return
            if not self._step():
                return

    def _step(self) -> bool:
        """Wait for events, or for the time to do something; False when events cannot be relied on."""
        ripe = self._gathering.ripe(now := monotonic())
        due = self._due(now) if ripe == inf else inf
        changes = self._wait(min(ripe, due, now + _TICK))
        for change in changes:
            self._gathering.add(change)
        if changes:
            return True
        if self._watches.astray():
            return self._begin_anew()
        if self._gathering.ripe(now := monotonic()) <= now:
            return self._follow_hint()
        return due > now or self._go_round()

    def _wait(self, until: float) -> list[Change]:
        """Return what happens until a moment, or what has happened if anything has."""
        changes = []
        try:
            changes.append(self._queue.get(timeout=max(0.0, until - monotonic())))
            while True:
                changes.append(self._queue.get_nowait())
        except Empty:
            return changes

    def _follow_hint(self) -> bool:
        """Look at what events name. After a change among folders the watches are set anew, so that none is wrong."""
        self._missed = 0
        if self._gathering.folders:
            return self._begin_anew()
        self.look(self._gathering.take())
        return True

    def _begin_anew(self) -> bool:
        """Set the watches anew, and look at everything; that covers what was told until then."""
        opened = self.open()
        self._gathering.take()
        self._wait(0)
        self.look(EVERYTHING)
        return opened

    def _due(self, now: float) -> float:
        """Return when a round is to go on, or the next to begin."""
        return now + _PAUSE if self._round else self._looked + self._often(_HEARTBEAT)

    def _go_round(self) -> bool:
        """Go on with a round; False when events have kept silent about changes more than once."""
        hint = self._next()
        self._missed += hint != NOTHING and self.look(hint)
        if self._missed < _MISSES:
            return True
        self._say(_sentence("the system does not tell of every change"))
        return False

    def _next(self) -> Hint:
        """Return what the next piece of a round comes upon."""
        began, hints = monotonic(), list[Hint]()
        if self._round is None:
            self._round, self._took = self._patrol(), 0.0
        try:
            for hint in self._round:
                hints.append(hint)
                if monotonic() - began > _PIECE:
                    break
            else:
                self._round, self._looked = None, monotonic()
        except OSError:
            return EVERYTHING
        self._took += monotonic() - began
        return together(hints)

    def _often(self, pace: tuple[float, int]) -> float:
        least, times = pace
        return max(least, times * self._took)


def _sentence(reason: str) -> str:
    return f"Changes are looked for every {_POLL[0]:g} s or less often, because {reason}."
