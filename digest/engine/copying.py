"""Files that are copied to the site as they are: a theme's static files, and the assets of the content.

Anybody may write to one while a build runs. What is published is then said truly, and is no reason to believe that the
next build has nothing to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.content.load import CONTENT
from digest.engine.inputs import is_as_seen, shown
from digest.output.place import copy
from digest.output.theme import fingerprinted
from digest.pages.urls import asset_url, out_path, theme_url

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping
    from pathlib import Path

    from digest.engine.inputs import Inputs
    from digest.output.stamps import Stamp
    from digest.output.theme import Theme
    from digest.output.write import Staging


@dataclass(frozen=True, slots=True)
class Copied:
    """All files that are copies, by path in the site: `expected` digests, and by stamp those `taken` just now.

    `overtaken` tells whether one was written to while the build ran; it may hold by now what it held before.
    """

    expected: Mapping[str, str]
    taken: Mapping[Stamp, str]
    overtaken: bool

    @property
    def files(self) -> dict[str, str]:
        return {**self.expected, **{stamp[0]: file for stamp, file in self.taken.items()}}


def copies_of(theme: Theme, assets: Iterable[str], root: Path) -> dict[str, str]:
    """Return what is copied: path in the site to input."""
    static = {out_path(theme_url(theme.published[name])): shown(root, file) for name, file in theme.static.items()}
    return static | {out_path(asset_url(path.removeprefix(f"{CONTENT}/"))): path for path in assets}


def copy_files(copies: Mapping[str, str], root: Path, inputs: Inputs, staging: Staging, *, clock: int) -> Copied:
    """Copy what no tree holds yet; `clock` is when the build began.

    Raises:
        OSError: a file cannot be copied.
    """
    expected = {path: inputs.known[source] for path, source in copies.items()}
    wanted = [path for path, file in expected.items() if not staging.holds(path, file)]
    put = (copy(str(root / copies[path]), staging.folder, path) for path in wanted)
    taken = {put_one: file for file, put_one in put}
    others = [copies[seen[0]] for seen, file in taken.items() if file != expected[seen[0]]]
    # One that nobody wrote to since is what it is: its digest was remembered wrong.
    overtaken = not all(is_as_seen(root, source, inputs.stamps[source], clock=clock) for source in others)
    return Copied(expected, taken, overtaken)


def check_fingerprints(theme: Theme, folder: Path, files: Container[str], *, copied: Container[str]) -> None:
    """Refuse a style sheet or script that changed since it got its name: pages name it, and caches keep it for ever.

    `files` are all of the site; `copied` those that lie in `folder` now.

    Raises:
        OSError: one did.
    """
    for name, published in theme.published.items():
        path = out_path(theme_url(published))
        if path not in files or (path in copied and not _fits(name, published, folder / path)):
            raise OSError(None, "changed while the site was made; build again", str(theme.static[name]))


def _fits(name: str, published: str, file: Path) -> bool:
    return published == name or fingerprinted(name, file.read_bytes()) == published
