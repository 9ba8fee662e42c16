"""The dashboard, `/_digest/`: what is left to do in the whole digest, as a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from digest.engine.rows import fragments_of
from digest.engine.stored_names import open_names
from digest.preview.editor import link
from digest.preview.panel import Problem, problems_of, rendered
from digest.preview.survey import Memory, Overview, Place, survey
from digest.report import locate

if TYPE_CHECKING:
    from pathlib import Path

    from digest.linking.names import Names
    from digest.linking.site import Site
    from digest.preview.workshop import PreviewSession


@dataclass(frozen=True, slots=True)
class Dashboard:
    """What needs doing in the whole digest; `editor` is a template of links (`editor.link`)."""

    workshop: PreviewSession
    editor: str
    _memory: Memory = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def html(self) -> str:
        """Return the page; before there is a site, what stands in its way.

        Raises:
            DamagedStateError: the store is damaged.
        """
        shop, now = self.workshop, self.workshop.current
        if now is None:
            return page(Overview.of_nothing(shop.problems), editor=self.editor, root=shop.root)
        with self._lock:
            fragments, names = fragments_of(shop.store), self._names(now.site)
            found = survey(now.site, fragments, problems=shop.problems, names=names, memory=self._memory)
        return page(found, editor=self.editor, root=shop.root)

    def _names(self, site: Site) -> Names:
        live = self.workshop.live
        return live.name_index.names if live else open_names(self.workshop.store, site.config).names


class Line(NamedTuple):
    """A line of a list: a page, and what opens its file."""

    place: Place
    open: str


class Quotation(NamedTuple):
    """A quotation without a speaker: its problem, and the page it stands on."""

    problem: Problem
    place: Place | None


def page(found: Overview, *, editor: str, root: Path) -> str:
    """Return the page. Lines and columns are those of the files as they are now."""

    def lines(places: tuple[Place, ...]) -> list[Line]:
        return [Line(place, link(editor, root / place.path)) for place in places]

    located = locate((problem for problem, _ in found.unattributed.shown), root)
    places = {problem.path: place for problem, place in found.unattributed.shown}
    quotations = zip(located, problems_of(located, editor=editor, root=root), strict=True)
    values = {
        "survey": found,
        "problems": problems_of(locate(found.problems.shown, root), editor=editor, root=root),
        "badged": lines(found.badged.shown),
        "names": [(name, lines(name.places)) for name in found.names.shown],
        "quotations": [Quotation(shown, places[item.diagnostic.path]) for item, shown in quotations],
        "unarchived": lines(found.unarchived.shown),
    }
    return rendered("dashboard.html", values)
