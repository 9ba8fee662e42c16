"""Finding content: a walk of `content/` that says what each file is. Reads names, and bytes when asked.

Invariants: the result is sorted and does not depend on the order of the file system; names that begin with a dot or
look like an editor's backup (`a.md~`, `#a.md#`) are passed over, and of `content/sources/` it is only said which plain
files are there, and when they change; a link that leaves the root,
and anything that is neither file nor folder, is a diagnostic. So is what looks like a source and is none by its name
(`a.MD`, `a.markdown`, `a.md.bak`, a text file with front matter): as an asset it would be published as it is, drafts
and private notes included.
"""

from __future__ import annotations

import os
import re
import stat
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from digest.content.disguise import MARKDOWN, seems_a_source
from digest.content.kinds import by_folder
from digest.decode.text import MAX_BYTES
from digest.diagnostics import Diagnostic
from digest.digests import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    _Seen = tuple[str, os.stat_result | None, Diagnostic | None]
    """A path, and what it leads to or what is wrong with it."""

CONTENT = "content"
UNPUBLISHED = "sources"
_SOURCES = f"{CONTENT}/{UNPUBLISHED}"
_MAX_DEPTH = 32
_PLAIN = re.compile(r"[\w.-]+", re.ASCII)
"""Names that nothing is wrong with: nearly all, so that each is looked at once."""

_PART = 256
"""Files that are looked at in some 3 ms."""


class Source(NamedTuple):
    """A Markdown file of a known kind; `path` is relative to the root."""

    path: str
    kind: str


class Found(NamedTuple):
    """What is in `content/`: sources, the paths of files to be copied, and the stamps of all of them by path.

    Stored sources, below `content/sources/`, have stamps and are nothing else: they are inputs, and never published.
    """

    sources: tuple[Source, ...]
    assets: tuple[str, ...]
    problems: tuple[Diagnostic, ...]
    stamps: Mapping[str, str]


def find(root: Path) -> Found:
    """Walk `content/` below `root`.

    Raises:
        OSError: a folder cannot be read.
    """
    return _sorted_out(root, _files(root, CONTENT, 0))


def find_in_parts(root: Path) -> Iterator[Found]:
    """Yield what `find` says, of some hundred files at a time, so that its caller can do something else meanwhile.

    Raises:
        OSError: a folder cannot be read.
    """
    files = _files(root, CONTENT, 0)
    while part := [*islice(files, _PART)]:
        yield _sorted_out(root, part)


def find_again(root: Path, paths: Iterable[str]) -> Found:
    """Return what `find` would say of some files, looking at nothing else; a path may lead nowhere.

    Raises:
        OSError: a file cannot be looked at.
    """
    asked = sorted({*paths})
    content = (seen for path in asked if _may_be_content(root, path) for seen in _file(root, path))
    stored = (seen for path in asked if _is_stored(path) and not (root / path).is_dir() for seen in _stored(root, path))
    return _sorted_out(root, [*content, *stored])


def _may_be_content(root: Path, path: str) -> bool:
    """Tell whether `find` would come to the folder of a file, and look at it."""
    parts = path.split("/")
    above = ["/".join(parts[:number]) for number in range(1, len(parts))]
    return (
        parts[0] == CONTENT
        and 1 < len(parts) <= _MAX_DEPTH + 2
        and not any(passed_over(folder) or (root / folder).is_symlink() for folder in above)
    )


def _file(root: Path, path: str) -> Iterator[_Seen]:
    """Yield what is said of a file, if it is one."""
    file = root / path
    if passed_over(path) or not (file.exists() or file.is_symlink()):
        return
    if problem := _unusable(root, file, path):
        yield path, None, problem
        return
    seen = file.stat()
    if not stat.S_ISDIR(seen.st_mode):
        yield _regular(path, seen)


def _sorted_out(root: Path, files: Iterable[_Seen]) -> Found:
    sources, assets, problems, stamps = [], [], [], {}
    kinds = by_folder()
    for path, seen, problem in files:
        if seen:
            stamps[path] = stamp(seen)
        if _is_stored(path):
            continue
        kind = kinds.get(path.split("/")[1])
        if problem:
            problems.append(problem)
        elif not path.endswith(".md"):
            if seems_a_source(root, path):
                problems.append(_disguised(path))
            else:
                assets.append(path)
        elif kind is None or path.count("/") < 2:  # noqa: PLR2004 - content/<folder>/<name>
            problems.append(_misplaced(path))
        else:
            sources.append(Source(path, kind.name))
    return Found(tuple(sources), tuple(assets), tuple(problems), stamps)


def stamp(seen: os.stat_result) -> str:
    """Return what tells a file from others, and from itself after a change, without reading it.

    The time of change (`st_ctime`) cannot be set back, so that a file with its old time and size is noticed too.
    """
    return f"{seen.st_mtime_ns} {seen.st_size} {seen.st_ino} {seen.st_ctime_ns}"


def read(root: Path, path: str) -> bytes:
    """Return a file's bytes, cut after the most that is ever decoded.

    Raises:
        OSError: it cannot be read.
    """
    with open(f"{root}/{path}", "rb", opener=plain) as file:
        size = os.fstat(file.fileno()).st_size  # memory for the most there might be would be mapped for every file
        data = file.read(min(size, MAX_BYTES) + 1)
        return data if len(data) <= size else data + file.read(MAX_BYTES + 1 - len(data))  # it has grown meanwhile


def _files(root: Path, folder: str, depth: int) -> Iterator[_Seen]:
    if depth > _MAX_DEPTH:
        yield folder, None, _problem("too-deep", "folders are nested too deep", folder)
        return
    try:
        entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in entries:
        path = f"{folder}/{entry.name}"
        if passed_over(path):
            yield from _stored(root, path)
            continue
        if (entry.is_symlink() or not _PLAIN.fullmatch(entry.name)) and (problem := _unusable(root, entry, path)):
            yield path, None, problem
            continue
        seen = entry.stat()
        if stat.S_ISDIR(seen.st_mode):
            yield from _files(root, path, depth + 1)
        else:
            yield _regular(path, seen)


def _stored(root: Path, path: str) -> Iterator[_Seen]:
    """Yield the plain files that are stored at or below a path, if that is where they lie; of the rest nothing is said.

    Links, pipes, names that are no text and what this user may not read are as if they were not there.
    """
    file = root / path
    if not _is_stored(path) or file.is_symlink() or not os.access(file, os.R_OK):
        return
    if file.is_file() and path.isprintable():
        yield path, file.stat(), None
    elif file.is_dir() and path.count("/") <= _MAX_DEPTH:
        for entry in sorted(os.scandir(file), key=lambda entry: entry.name):
            yield from _stored(root, f"{path}/{entry.name}")


def _is_stored(path: str) -> bool:
    """Tell whether a path is that of the stored sources, or of one of them."""
    return path[: len(_SOURCES)].lower() == _SOURCES and path[len(_SOURCES) : len(_SOURCES) + 1] in {"", "/"}


def _regular(path: str, seen: os.stat_result) -> _Seen:
    if stat.S_ISREG(seen.st_mode):
        return path, seen, None
    message = "this is neither a file nor a folder"
    return path, None, _problem("not-a-file", message, path, "move it out of `content/`")


def passed_over(path: str) -> bool:
    """Tell whether a path, or a name by itself, is none of the content: hidden, an editor's own, a stored source."""
    first, last = path[path.rfind("/") + 1], path[-1]
    return first == "." or last == "~" or first == "#" == last or path.lower() == _SOURCES


def _unusable(root: Path, entry: os.DirEntry[str] | Path, path: str) -> Diagnostic | None:
    return _bad_link(root, entry, path) or _bad_name(entry, path)


def _bad_link(root: Path, entry: os.DirEntry[str] | Path, path: str) -> Diagnostic | None:
    if not entry.is_symlink():
        return None
    if not Path(entry).exists():  # asked first: a link to itself cannot be resolved
        return _problem("dead-link", "this link leads nowhere", path, "delete it")
    if not Path(entry).resolve().is_relative_to(root.resolve()):
        return _problem("outside-link", "this link leads out of the project", path, "copy the file instead")
    if entry.is_dir() or _unpublished(root, entry):
        return _problem("folder-link", "links to folders and sources are not followed", path, "copy it instead")
    if not path.endswith(".md") and _is_private(root, entry):
        return _problem("folder-link", "this link leads to what is not published as it is", path, "copy it instead")
    return None


def _bad_name(entry: os.DirEntry[str] | Path, path: str) -> Diagnostic | None:
    try:
        entry.name.encode()
    except UnicodeEncodeError:
        return _problem("invalid-name", "this file's name is not UTF-8", path, "rename it")
    if not entry.name.isprintable() or "\\" in entry.name:
        return _problem("invalid-name", "this file's name holds a character no address can hold", path, "rename it")
    return None


def _is_private(root: Path, entry: os.DirEntry[str] | Path) -> bool:
    """Tell whether a link leads to a source, or to something hidden: `.git/config`, `.digest/state.sqlite`."""
    target = Path(entry).resolve().relative_to(root.resolve())
    return any(part.startswith(".") for part in target.parts) or MARKDOWN.search(target.name) is not None


def _unpublished(root: Path, entry: os.DirEntry[str] | Path) -> bool:
    return Path(entry).resolve().is_relative_to((root / CONTENT / UNPUBLISHED).resolve())


def _misplaced(path: str) -> Diagnostic:
    folders = ", ".join(by_folder())
    message = "Markdown outside the folders that are published"
    return _problem("misplaced-content", message, path, f"move it into one of {folders}, or to `content/sources/`")


def _disguised(path: str) -> Diagnostic:
    message = "this looks like a source, and as a file of another kind it would be published as it is"
    return _problem("misplaced-content", message, path, "end its name with `.md`, or move it out of `content/`")


def _problem(code: str, message: str, path: str, hint: str = "") -> Diagnostic:
    shown = path.encode("utf-8", "backslashreplace").decode()
    return Diagnostic(code=code, message=message, path=shown, hint=hint)
