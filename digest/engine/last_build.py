"""The last build that was published: what must still hold for it to be the answer, and what was said of it.

Imports little, for a build that has nothing to do should do nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from digest.diagnostics import Diagnostic
from digest.digests import digest_of
from digest.values import DamagedValueError, Value, from_text, to_text

if TYPE_CHECKING:
    from digest.linking.site import Site
    from digest.output.theme import Theme
    from digest.state.store import Store


class Last(Value, kw_only=True):
    """A published build; of a preview, what it showed when it ended.

    `key` says for what options it holds, `since` and `until` for which moments (nanoseconds since the epoch, `until`
    excluded). `stamps` is the digest of the inputs' stamps, "" where one cannot be trusted. `themes` are the theme's
    folders by name. `problems` are all that was found, in order.

    The rest is said of builds alone, and empty of a preview. `site` is the digest of what was published, `tree` that of
    its files' stamps, "" where nobody has looked. `linked` are the paths of problems that the site as a whole gave rise
    to. `facts` are for the summary: `{"pages": 2034, "articles": 1500, …}`.
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


def last_for(store: Store, key: str, now: int) -> Last | None:
    """Return the last build, where it was made with the options that `key` names and holds at a moment."""
    last = read_last(store.text("last"))
    return last if last and last.key == key and last.holds_at(now) else None


def last_of(site: Site, theme: Theme, *, key: str, stamps: str, problems: tuple[Diagnostic, ...]) -> Last:
    """Return what can be said of a site before it is published."""
    return Last(
        key=key,
        since=nanoseconds(site.config.now),
        until=until(site),
        site="",
        tree="",
        stamps=stamps,
        themes={name: str(folder) for name, folder in theme.folders.items()},
        problems=problems,
        linked=(),
        facts={},
    )


def until(site: Site) -> int:
    """Return when a site may look different although nobody changed it: at midnight, or when an entry is due."""
    config, due = site.config, site.index.due
    midnight = datetime.combine(config.today + timedelta(days=1), time(), config.zone)
    return nanoseconds(min(midnight, due) if due else midnight)


def nanoseconds(moment: datetime) -> int:
    """Return a moment as nanoseconds since the epoch, whole seconds."""
    return int(moment.timestamp()) * 1_000_000_000


def site_digest(files: Mapping[str, str]) -> str:
    """Return the digest of a published site: of its paths and their digests, in order."""
    return digest_of("\n".join(f"{path}\0{file}" for path, file in sorted(files.items())).encode())
