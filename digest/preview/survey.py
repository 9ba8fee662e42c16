"""What is left to do in a whole digest, as values: what is wrong, not public yet, or lacks a record, speaker or copy.

It looks at every entry, but reads each only once: what an entry holds is remembered by the digest of its text.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from digest.pages.routes import url_of
from digest.pages.urls import Page, encode
from digest.pages.views import fragment_key
from digest.preview.names import NameUses, found_in, unrecorded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from digest.diagnostics import Diagnostic
    from digest.linking.names import Names
    from digest.linking.records import Entry
    from digest.linking.site import FreePage, Site
    from digest.model import Fragment

T = TypeVar("T")

MOST = 100
"""How many of each list are shown."""
_PLACES = 5
"""How many of the entries that hold a name are shown."""
UNATTRIBUTED = "unattributed-quote"


@dataclass(frozen=True, slots=True)
class Some(Generic[T]):
    """The first of a list, and how many there are in all."""

    shown: tuple[T, ...] = ()
    total: int = 0

    @property
    def rest(self) -> int:
        return self.total - len(self.shown)


class Place(NamedTuple):
    """A page and the file it is made of; `remark` is why it is listed. `url` is "" for what is not shown at all."""

    path: str
    title: str
    url: str
    remark: str = ""


class Name(NamedTuple):
    """A name without a record; `entries` says how many hold it, `like` is a spelling that it is part of."""

    name: str
    times: int
    places: tuple[Place, ...]
    entries: int
    like: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What there is to do; `title` is the site's, `home` its address on this server, both "" while there is no site."""

    title: str = ""
    home: str = ""
    problems: Some[Diagnostic]
    badged: Some[Place] = Some()
    names: Some[Name] = Some()
    unattributed: Some[tuple[Diagnostic, Place | None]] = Some()
    unarchived: Some[Place] = Some()

    @classmethod
    def of_nothing(cls, problems: Sequence[Diagnostic]) -> Overview:
        """Return what there is to say before there is a site."""
        return cls(problems=_some(problems))


class Known(NamedTuple):
    """What is remembered of one entry: the names in its body, and the publisher of a source that is not archived."""

    names: NameUses
    unarchived: str


Memory = dict[str, Known]
"""What is known of entries, by the digest of their text. It holds those of the last survey and no others."""


def survey(
    site: Site, fragments: Mapping[str, Fragment], *, problems: Sequence[Diagnostic], names: Names, memory: Memory
) -> Overview:
    """Look through the site; what is not in `memory` is read, and what no entry has any more leaves it.

    Raises:
        DamagedStateError: the store is damaged.
    """
    new = {entry.revision: entry.path for entry in site.entries.values() if entry.revision not in memory}
    read = _read(site, fragments, new)
    known = {entry.revision: memory.get(entry.revision) or read[entry.revision] for entry in site.entries.values()}
    memory.clear()
    memory.update(known)
    bare = [entry for entry in site.entries.values() if known[entry.revision].unarchived]
    return Overview(
        title=site.config.title,
        home=_address(site, Page("home")),
        problems=_some(problems),
        badged=_some([*_badged(site), *_hidden(site)]),
        names=_names(site, known, names),
        unattributed=_unattributed(site, problems),
        unarchived=_some([_place(site, entry, known[entry.revision].unarchived) for entry in bare[:MOST]], len(bare)),
    )


def _read(site: Site, fragments: Mapping[str, Fragment], new: Mapping[str, str]) -> Memory:
    """Read entries; `new` are their paths by the digests of their texts."""
    most = len(new) * 4 > len(site.entries)
    bare, bodies = dict[str, str](), dict[str, str]()
    for text, details in _of(site.details, new, most=most):
        source = details.matter.source
        bare[text] = source.publisher if source and not source.archived else ""
        if details.fragment:
            bodies[fragment_key(new[text], details.fragment)] = text
    names = {
        bodies[key]: found_in("\n\n".join((fragment.html, *fragment.notes)))
        for key, fragment in _of(fragments, bodies, most=most)
    }
    return {text: Known(names.get(text, NameUses()), bare[text]) for text in new}


def _of(table: Mapping[str, T], wanted: Mapping[str, object], *, most: bool) -> Iterator[tuple[str, T]]:
    """Yield the values with the wanted names; a table of which most is wanted is read from end to end."""
    found = set[str]()
    for name, value in table.items() if most else ():
        if name in wanted:
            found.add(name)
            yield name, value
    yield from ((name, table[name]) for name in wanted if name not in found)


def _names(site: Site, known: Memory, names: Names) -> Some[Name]:
    bodies = {key: known[entry.revision].names for key, entry in site.entries.items()}
    found, total = unrecorded(bodies, names, most=MOST)
    return _some(
        [Name(one.name, one.times, _places(site, one.bodies), len(one.bodies), one.like) for one in found], total
    )


def _places(site: Site, keys: Iterable[str]) -> tuple[Place, ...]:
    return tuple(_place(site, site.entries[key]) for key in islice(keys, _PLACES))


def _badged(site: Site) -> list[Place]:
    """Return the entries and free pages that are shown here, and that readers do not see yet or any more."""
    entries = [_place(site, entry, entry.badge) for entry in site.entries.values() if entry.badge]
    return [*entries, *(_free(site, name, page) for name, page in site.pages.items() if page.badge)]


def _free(site: Site, name: str, page: FreePage) -> Place:
    return Place(page.document.path, page.matter.title, _address(site, Page("page", name)), page.badge)


def _hidden(site: Site) -> list[Place]:
    """Return what is left out of this run."""
    hidden = site.index.hidden
    reasons = {
        "draft": hidden.drafts,
        "future": hidden.future,
        "embargoed": hidden.embargoed,
        "expired": hidden.expired,
    }
    return [Place(path, path, "", reason) for reason, paths in reasons.items() for path in paths]


def _unattributed(site: Site, problems: Iterable[Diagnostic]) -> Some[tuple[Diagnostic, Place | None]]:
    found = [problem for problem in problems if problem.code == UNATTRIBUTED]
    wanted = {problem.path for problem in found[:MOST]}
    places = {entry.path: _place(site, entry) for entry in site.entries.values() if entry.path in wanted}
    return _some([(problem, places.get(problem.path)) for problem in found[:MOST]], len(found))


def _place(site: Site, entry: Entry, remark: str = "") -> Place:
    return Place(entry.path, entry.shown.title, _address(site, Page("article", entry.key)), remark)


def _address(site: Site, page: Page) -> str:
    return encode(f"{site.config.base_path}{url_of(page)}")


def _some(found: Sequence[T], total: int | None = None) -> Some[T]:
    return Some(tuple(found[:MOST]), len(found) if total is None else total)
