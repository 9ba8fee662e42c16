"""What a browser is told of the site that is being worked on: pages with what follows changes, panel, progress.

What a page says of itself stands at the beginning of its head, before all that content can be: there the script finds
it as the first of its kind, and nothing written later can come before it, swallow it or send it elsewhere.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.pages.urls import PREVIEW
from digest.preview.editor import link
from digest.preview.panel import panel
from digest.report import locate
from digest.values import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from digest.preview.snapshot import Shown, Snapshot
    from digest.preview.workshop import PreviewSession


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserState:
    """`editor` is a template of links that open a file; `token` lets pages change files, "" if they may not."""

    workshop: PreviewSession
    editor: str
    token: str = ""

    @property
    def now(self) -> Snapshot | None:
        return self.workshop.current

    def html(self, now: Snapshot, shown: Shown, nonce: str) -> bytes:
        """Return a page with the script that follows changes, and what that needs to know.

        `nonce` is that of the answer: scripts of ours and of the theme's templates bear it.
        """
        facts = {
            "key": shown.key,
            "problems": self._problems_key(shown),
            "source": shown.source,
            "open": link(self.editor, self.workshop.root / shown.source) if shown.source else "",
            "edit": self._edit(now, shown),
        }
        html = shown.html.replace(now.renderer.nonce.encode(), nonce.encode())
        return _with_script(html, facts, nonce)

    def waiting(self, nonce: str) -> bytes:
        """Return the page that stands for all while nothing can be shown yet."""
        return _with_script(_WAITING, _NOTHING, nonce)

    def dashboard(self, page: Callable[[], str], nonce: str) -> bytes:
        """Return the dashboard with the same script; it goes by what had changed before it was made."""
        facts = {**_NOTHING, "key": self._count}
        return _with_script(page().encode(), facts, nonce)

    def state(self, address: str) -> dict[str, object]:
        """Return what the page at an address goes by now, and the problems; before there is one, the progress."""
        now = self.now
        if address == PREVIEW:
            return {"key": self._count, "problems": "", "progress": None if now else self.workshop.progress}
        if now is None:
            return {"key": "", "problems": self.workshop.problems_key, "progress": self.workshop.progress}
        shown = now.page(address)
        return {"key": shown.key, "problems": self._problems_key(shown), "progress": None}

    def panel(self, address: str) -> str:
        """Return the panel for the page at an address; "" where nothing is wrong."""
        shop, now = self.workshop, self.now
        problem = now.page(address).problem if now else None
        problems = (*shop.problems, *([problem] if problem else []))
        return (
            panel(
                locate(problems, shop.root), editor=self.editor, root=shop.root, late=shop.late or problem is not None
            )
            if problems
            else ""
        )

    def actors(self) -> list[dict[str, str]]:
        """Return the actors that words may be given to."""
        actors = self.now.site.called.items() if self.now else ()
        return [{"id": name, "name": actor.matter.name} for name, actor in actors]

    def damaged(self) -> None:
        self.workshop.damaged = True

    @property
    def _count(self) -> str:
        return str(self.workshop.changes)

    def _problems_key(self, shown: Shown) -> str:
        key = self.workshop.problems_key
        return digest([key, shown.problem]) if shown.problem else key

    def _edit(self, now: Snapshot, shown: Shown) -> dict[str, object] | None:
        """Return what a page needs to know to change its source; None where it may not, or is older than that."""
        if not self.token or not shown.source or shown.problem or self.workshop.late:
            return None
        dialect = now.site.config.dialect
        return {
            "token": self.token,
            "digest": now.digest_of(shown.source),
            "kinds": [{"id": kind.id, "label": kind.label} for kind in dialect.kinds],
            "verdicts": list(dialect.verdicts),
        }


_NOTHING: Mapping[str, object] = {"key": "", "problems": "", "source": "", "open": "", "edit": None}

_WAITING = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Reading the digest</title></head>
<body></body></html>
"""


_ATTRIBUTES = rb"""(?:\s(?:"[^"]*"|'[^']*'|[^"'>])*)?"""
_BEGINNING = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|<!--.*?-->|<!doctype[^>]*>)*(?:<html%b>\s*)?(?:<head%b>)?" % (_ATTRIBUTES, _ATTRIBUTES),
    re.IGNORECASE | re.DOTALL,
)
"""A page up to the first word that may be content's: the tags of `html` and `head`, as far as they are written."""


def _with_script(html: bytes, facts: Mapping[str, object], nonce: str) -> bytes:
    told = json.dumps(facts, separators=(",", ":")).replace("<", "\\u003c")
    script = (
        f'<script type="application/json">{told}</script>'
        f'<script type="module" nonce="{nonce}" src="{PREVIEW}client/preview.js"></script>'
    )
    beginning = _BEGINNING.match(html)
    at = beginning.end() if beginning else 0
    return html[:at] + script.encode() + html[at:]
