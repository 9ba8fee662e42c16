"""Links that open a file in an editor, made from a template that somebody chose.

`vscode://file` stands for `vscode://file/the/path:line:column`, as the editors of that family read it. Another template
says itself where things go: `txmt://open?url=file://{path}&line={line}&column={column}`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from pathlib import Path

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?=.)")
"""RFC 3986, 3.1."""
_UNSAFE = frozenset({"javascript", "data", "vbscript", "blob", "about"})
"""What a link of these opens is run or shown by the browser itself."""
_PLACE = re.compile(r"\{(path|line|column)\}")


def refusal(template: str) -> str:
    """Say why links are not made from a template, "" where they are; an empty one makes none."""
    scheme = _SCHEME.match(template)
    if template and not scheme:
        return "an editor's address begins with its scheme, such as `vscode://file`"
    if scheme and scheme[1].lower() in _UNSAFE:
        return f"`{scheme[1]}:` addresses open no editor"
    return "an editor's address has no white space" if re.search(r"[\s\x00-\x1f\x7f]", template) else ""


def link(template: str, path: Path, *, line: int = 1, column: int = 1) -> str:
    """Return the address that opens a file at a place (from 1), "" if the template makes no links.

    `path` is absolute. It is percent-encoded in UTF-8 (RFC 3986, 2.5), so that it means nothing but a path.
    """
    if not template or refusal(template):
        return ""
    values = {"path": quote(path.as_posix()), "line": str(line), "column": str(column)}
    if _PLACE.search(template):
        return _PLACE.sub(lambda found: values[found[1]], template)
    return template + "{path}:{line}:{column}".format_map(values)
