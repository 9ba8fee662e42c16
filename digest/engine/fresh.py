"""Whether there is anything to do. Imports little: this is all that a build does where nothing changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from digest.content.load import find, stamp
from digest.engine.inputs import examine, shown, theme_stamps
from digest.output.places import folder_of

if TYPE_CHECKING:
    from digest.engine.last import Last
    from digest.state.store import Store


def nothing_changed(root: Path, settings: Path, *, last: Last, store: Store, clock: int) -> bool:
    """Tell whether the last build, which is still published, is what a build would make now: no input has changed.

    Raises:
        OSError: a file cannot be read.
    """
    if any(str(folder_of(root, name)) != folder for name, folder in last.themes.items()):
        return False
    found = find(root)
    stamps = {**found.stamps, **theme_stamps(root, map(Path, last.themes.values()))}
    stamps[shown(root, settings)] = stamp(settings.stat())
    before = store.inputs()
    inputs = examine(root, stamps, before, later=(), clock=clock)
    if found.problems or not inputs.same:
        return False
    news = {path: known for path, known in inputs.learned.items() if known != before.get(path)}
    if news:
        with store.writing():
            store.set_inputs(news, gone=())
    return True
