"""Changes that pages of the preview ask for, as JSON: notes, quotations and aliases written into sources, and undone.

Whether a request may change anything at all, `guard` decides; which files, `sources`; what, `annotate` and its like.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from digest.apart import ClosedError
from digest.deadline import OverdueError
from digest.preview.edit.alias import add_alias
from digest.preview.edit.insertions import Refusal
from digest.preview.edit.note import annotate
from digest.preview.edit.quotation import attribute
from digest.preview.edit.sources import ConflictError, OutOfBoundsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from digest.preview.edit.desk import Desk, Saved
    from digest.preview.snapshot import Snapshot
    from digest.preview.workshop import PreviewSession

    Answer = tuple[int, dict[str, object]]
    Change = Callable[[bytes], bytes | Refusal]

_READINGS = 2
"""How often an edit has its file read: without it and with it."""


@dataclass(frozen=True, slots=True)
class Annotating:
    """Does what pages ask for, in at most `most` bytes, while nothing else reads or writes sources."""

    workshop: PreviewSession
    desk: Desk
    most: int = 65_536

    def answer(self, name: str, body: bytes) -> Answer:
        """Return the status and what is to be said."""
        doings: Mapping[str, Callable[[Mapping[str, str], Snapshot], Saved | Refusal]] = {
            "annotate": self._annotate,
            "quote": self._quote,
            "alias": self._alias,
            "undo": lambda *_: self.desk.undo(),
        }
        asked, now = _texts(body) if len(body) <= self.most else None, self.workshop.current
        if name not in doings or asked is None or now is None:
            return _said(400, "this is no change that the preview knows")
        try:
            with self.workshop.lock:
                return _done(doings[name](asked, now))
        except KeyError as missing:
            return _said(400, f"{missing} is missing")
        except OutOfBoundsError:
            return _said(403, "only Markdown files in content/ are edited here")
        except ConflictError as conflict:
            return _said(409, str(conflict))
        except OSError as error:
            return _said(500, f"nothing was written: {error.strerror or error}")

    def _annotate(self, asked: Mapping[str, str], now: Snapshot) -> Saved | Refusal:
        path, dialect = asked["path"], now.site.config.dialect
        change = partial(
            annotate,
            path=path,
            selection=asked["selection"],
            kind=asked["kind"],
            text=asked["text"],
            verdict=asked.get("verdict", ""),
            dialect=dialect,
        )
        return self.desk.apply(path, asked["digest"], self._ending(change, now))

    def _quote(self, asked: Mapping[str, str], now: Snapshot) -> Saved | Refusal:
        speaker, path = asked["speaker"], asked["path"]
        if now.actor_file(speaker) is None:
            return Refusal(f"there is no actor `{speaker}`")
        change = partial(
            attribute, path=path, selection=asked["selection"], speaker=speaker, dialect=now.site.config.dialect
        )
        return self.desk.apply(path, asked["digest"], self._ending(change, now))

    def _alias(self, asked: Mapping[str, str], now: Snapshot) -> Saved | Refusal:
        path = now.actor_file(asked["actor"])
        if path is None:
            return Refusal(f"there is no actor `{asked['actor']}`")
        spelling = " ".join(asked["spelling"].split())
        change = partial(add_alias, path=path, spelling=spelling)
        return self.desk.apply(path, now.digest_of(path), self._ending(change, now))

    def _ending(self, change: Change, now: Snapshot) -> Change:
        """Return a change that comes to an end, for nothing can stop the thread that is asked for it."""
        apart, seconds = self.workshop.apart, _READINGS * now.site.config.timeout

        def change_apart(data: bytes) -> bytes | Refusal:
            try:
                return apart.call(seconds, change, data) if apart else change(data)
            except OverdueError:
                return Refusal(
                    f"reading the file with this edit took more than {seconds:g} seconds: nothing is written"
                )
            except ClosedError:
                return Refusal("the preview is being stopped: nothing is written")

        return change_apart


def _texts(body: bytes) -> Mapping[str, str] | None:
    """Return an object of texts; None for anything else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    fits = isinstance(found, dict) and all(isinstance(value, str) for value in found.values())
    return found if fits else None


def _done(done: Saved | Refusal) -> Answer:
    if isinstance(done, Refusal):
        return _said(422, done.reason)
    return 200, {"path": done.path, "digest": done.digest, "line": done.line}


def _said(status: int, message: str) -> Answer:
    return status, {"message": message}
