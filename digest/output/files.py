"""The files of a theme's folder: what each looks like, and what must not be there. Reads none of them.

Invariants: a theme of the project is its own folder's files alone. No link leads out of it, or to a folder, or to what
is hidden in it, and nothing in it is a device or a pipe. (The theme that comes with the package lies as the installer
put it, which may be by links.) Hidden files and editors' backups are passed over, as in content.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from digest.content.load import passed_over
from digest.diagnostics import Diagnostic
from digest.output.places import is_bundled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SETTINGS = "theme.yaml"
TEMPLATES, STATIC = "templates", "static"

_HINTS = {
    "dead-link": "delete it",
    "folder-link": "copy what it leads to instead",
    "invalid-name": "rename it",
    "not-a-file": "move it out of the theme",
    "outside-link": "copy what it leads to instead",
}
_Seen = tuple[str, os.stat_result | None, Diagnostic | None]
"""A path in the theme's folder, and what it leads to or what is wrong with it."""


class ThemeFiles(NamedTuple):
    """What each file looks like, by its path in the theme's folder, in order; and what is wrong."""

    seen: dict[str, os.stat_result]
    problems: tuple[Diagnostic, ...]

    def below(self, part: str) -> list[str]:
        """Return the paths of the files in a folder of the theme's, relative to that."""
        return [path[len(part) + 1 :] for path in self.seen if path.startswith(f"{part}/")]


def files_of(folder: Path) -> ThemeFiles:
    """List the files of a theme.

    Raises:
        OSError: a folder cannot be read.
    """
    found = sorted(_Walk(folder, strict=not is_bundled(folder)).all(), key=lambda item: item[0])
    return ThemeFiles(
        {path: seen for path, seen, _ in found if seen}, tuple(problem for _, _, problem in found if problem)
    )


class _Walk(NamedTuple):
    folder: Path
    strict: bool

    def all(self) -> Iterator[_Seen]:
        if self.strict:
            for place in (self.folder.parent, self.folder):
                if place.is_symlink():
                    name = "" if place == self.folder else ".."
                    yield name, None, self._problem("folder-link", "a theme's folder must not be a link", name)
                    return
        waiting = [""]
        while waiting:
            below = waiting.pop()
            with os.scandir(f"{self.folder}/{below}") as entries:
                for entry in entries:
                    path = f"{below}{entry.name}"
                    if passed_over(path) or (not below and entry.name not in {SETTINGS, TEMPLATES, STATIC}):
                        continue
                    if problem := self._unusable(entry, path):
                        yield path, None, problem
                    elif entry.is_dir():
                        waiting.append(f"{path}/")
                    else:
                        yield path, entry.stat(), None

    def _unusable(self, entry: os.DirEntry[str], path: str) -> Diagnostic | None:
        if not self.strict:
            return None
        if not entry.name.isprintable() or "\\" in entry.name:  # which bytes that are not UTF-8 are not, either
            return self._problem("invalid-name", "this file's name holds a character no address can hold", path)
        if entry.is_symlink():
            return self._bad_link(entry, path)
        if entry.is_dir() or stat.S_ISREG(entry.stat().st_mode):
            return None
        return self._problem("not-a-file", "this is neither a file nor a folder", path)

    def _bad_link(self, entry: os.DirEntry[str], path: str) -> Diagnostic | None:
        file = self.folder / path
        if not file.exists():
            return self._problem("dead-link", "this link leads nowhere", path)
        real, own = file.resolve(), self.folder.resolve()
        if not real.is_relative_to(own) or any(map(passed_over, real.relative_to(own).parts)):
            return self._problem("outside-link", "this link leads out of the theme's folder", path)
        if entry.is_dir():
            return self._problem("folder-link", "links to folders are not followed", path)
        if not real.is_file():
            return self._problem("not-a-file", "this is neither a file nor a folder", path)
        return None

    def _problem(self, code: str, message: str, path: str) -> Diagnostic:
        place = self.folder.parent if path == ".." else self.folder / path
        root = self.folder.parent.parent
        shown = place.relative_to(root).as_posix().encode("utf-8", "backslashreplace").decode()
        return Diagnostic(code=code, message=message, path=shown, hint=_HINTS[code])
