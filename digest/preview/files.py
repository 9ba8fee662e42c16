"""What the preview knows of the files in `content/`, and which of them are no longer what it knows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digest.content.load import find_in_parts
from digest.diagnostics import Diagnostic
from digest.engine.findings import by_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from digest.content.load import Found, Source
    from digest.engine.findings import Problems
    from digest.engine.inputs import Inputs
    from digest.state.store import Input


@dataclass(slots=True, kw_only=True)
class ContentFiles:
    """What is in `content/`, by path: what was read of it, sources, assets, and what is wrong with the files."""

    inputs: dict[str, Input]
    sources: dict[str, Source]
    assets: dict[str, None]
    wrong: dict[str, Problems]

    def take(self, paths: Iterable[str], found: Found, inputs: Inputs) -> None:
        """Let these paths be what was found of them."""
        for path in paths:
            for table in (self.sources, self.assets, self.wrong):
                table.pop(path, None)
            if path not in found.stamps:
                self.inputs.pop(path, None)
        self.inputs |= inputs.learned
        self.sources |= {source.path: source for source in found.sources}
        self.assets |= dict.fromkeys(found.assets)
        self.wrong |= by_path(found.problems)

    def published(self) -> tuple[str, ...]:
        return tuple(sorted(self.assets))

    def odd(self, root: Path) -> Iterator[set[str]]:
        """Look at all files, some at a time; yield the paths of those that are not as they were when taken in.

        Raises:
            OSError: a folder cannot be read.
        """
        seen, inputs = set[str](), self.inputs
        for found in find_in_parts(root):
            wrong = by_path(found.problems)
            moved = {path for path, now in found.stamps.items() if path not in inputs or inputs[path].stamp != now}
            yield moved | {path for path in wrong if wrong[path] != self.wrong.get(path)}
            seen |= found.stamps.keys() | wrong.keys()
        yield (inputs.keys() | self.wrong.keys()) - seen


def unreadable(root: Path, error: OSError) -> Diagnostic:
    """Return what is to be said of a file that could not be read."""
    file = Path(str(error.filename or root))
    path = file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)
    return Diagnostic(code="unreadable-file", message=f"cannot be read: {error.strerror}", path=path)
