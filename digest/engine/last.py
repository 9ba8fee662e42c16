"""The last build that was published: what must still hold for it to be the answer, and what was said of it.

Imports little, for a build that has nothing to do should do nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from digest.diagnostics import Diagnostic
from digest.digests import digest_of
from digest.values import DamagedValueError, Value, from_text, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable


class Last(Value, kw_only=True):
    """A published build.

    `key` says for what options it holds, `since` and `until` for which moments (nanoseconds since the epoch, `until`
    excluded). `site` is the digest of what was published, `tree` that of its files' stamps, `stamps` that of the
    inputs' stamps; the latter two are "" where nobody has looked. `themes` are the theme's folders by name. `problems`
    are its warnings, `linked` the paths of those that the site as a whole gave rise to. `facts` are for the summary.
    """

    key: str
    since: int
    until: int
    site: str
    tree: str
    stamps: str
    themes: Mapping[str, str]
    problems: tuple[Diagnostic, ...]
    linked: tuple[str, ...]
    facts: Mapping[str, int]

    def holds_at(self, now: int) -> bool:
        return self.since <= now < self.until

    def text(self) -> str:
        return to_text(self)


def read_last(text: str) -> Last | None:
    """Return what `text` says; None where it says nothing, or something else."""
    try:
        return from_text(text, Last)
    except DamagedValueError:
        return None


def site_digest(files: Mapping[str, str]) -> str:
    """Return the digest of a published site: of its paths and their digests, in order."""
    return digest_of("\n".join(f"{path}\0{file}" for path, file in sorted(files.items())).encode())


def linked_paths(problems: Iterable[Diagnostic], own: Iterable[Diagnostic]) -> tuple[str, ...]:
    """Return the paths of problems that no file has by itself, sorted."""
    return tuple(sorted({problem.path for problem in {*problems} - {*own}}))
