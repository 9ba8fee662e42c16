"""The panel of problems."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from digest.report import as_text

if TYPE_CHECKING:
    from pathlib import Path

    from digest.report import Located


def panel(located: list[Located], *, editor: str, root: Path, late: bool) -> str:
    """Return the problems as HTML; `late` says that what is shown is older than the files."""
    return f"<pre data-late={late} data-editor={editor}{root}>{html.escape(as_text(located))}</pre>"
