"""Links between files that have no name of their own: entries, free pages and assets."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from digest.content.load import CONTENT, UNPUBLISHED
from digest.diagnostics import Diagnostic, alike
from digest.linking.references import MOST_HINTS, anchored, path_of, unfit, wrong_link
from digest.linking.targets import ASSET, Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.model import Link

Followed = tuple[tuple[int, Target], ...]
"""Slots with what they lead to."""


@dataclass(frozen=True, kw_only=True)
class FileLinks:
    """What links may lead to: `targets` and `anchors` by path (None and nothing for an unreadable file)."""

    targets: Mapping[str, Target | None]
    anchors: Mapping[str, tuple[str, ...]]
    assets: frozenset[str]
    hidden: frozenset[str]

    @cached_property
    def names(self) -> dict[str, str]:
        """The files by their names, folded, for hints: worked out once, as a site may hold thousands of dead links."""
        paths = sorted((*self.targets, *self.assets))
        by_name = {posixpath.basename(path): path for path in paths}
        return {name.casefold(): by_name[name] for name in sorted(by_name)}

    def follow(self, links: Iterable[Link], path: str) -> tuple[Followed, list[Diagnostic]]:
        """Return where the links of one file lead, and what is wrong with the others."""
        followed, problems = [], list[Diagnostic]()
        for link in links:
            target, wrong = self._follow(link, path, hinted=len(problems) < MOST_HINTS)
            problems += wrong
            if target is not None:
                followed.append((link.href, target))
        return tuple(followed), problems

    def _follow(self, link: Link, path: str, *, hinted: bool) -> tuple[Target | None, list[Diagnostic]]:
        text = link.target.text
        problem = unfit(text, text.partition("#")[0])
        if problem is None:
            full = path_of(link, path)
            if full in self.hidden and full != path:
                problem = "hidden-target", "this link leads to an unpublished entry", ""
            elif full in self.targets:
                return anchored(link, path, target=self.targets[full], known=self.anchors[full], hinted=hinted)
            elif full in self.assets:
                return Target(ASSET, full.removeprefix(f"{CONTENT}/")), []
            else:
                problem = self._dead(full, hinted=hinted)
        code, message, hint = problem
        return None, [wrong_link(link, path, code, message, hint=hint)]

    def _dead(self, full: str, *, hinted: bool) -> tuple[str, str, str]:
        if full.startswith(f"{CONTENT}/{UNPUBLISHED}/"):
            message = "`content/sources/` is never published"
            return "hidden-target", message, "link to where the source is published"
        near = alike(posixpath.basename(full).casefold(), self.names, most=1) if hinted else ()
        hint = f"did you mean `{self.names[near[0][0]]}`?" if near else "links lead to files; the address is worked out"
        return "missing-file", f"no file `{full}`", hint
