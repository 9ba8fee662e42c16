"""A digest prepared in this process, for tests that look at values instead of files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from digest.config import load
from digest.engine.render_pages import page_renderer
from digest.engine.rows import heads_of
from digest.engine.session import Session
from digest.executor import Serial
from digest.prepare import Whole, prepare
from digest.preview.snapshot import Snapshot, snapshot
from digest.state.store import FILE, Store
from tests.support.site import KEY, NOON, THEMES

if TYPE_CHECKING:
    from pathlib import Path

    from digest.output.render import Renderer


class Ready(NamedTuple):
    """A prepared site and the store its bodies are in."""

    prepared: Whole
    store: Store

    @property
    def renderer(self) -> Renderer:
        assert self.prepared.theme
        return page_renderer(
            Session(store=self.store, executor=Serial(), clock=0),
            self.prepared.site,
            theme=self.prepared.theme,
            folder=None,
            templates={},
        ).renderer

    @property
    def snapshot(self) -> Snapshot:
        assert self.prepared.theme
        return snapshot(self.prepared.site, self.prepared.theme, self.store, heads=heads_of(self.store))


def ready(root: Path, *, base_url: str | None = None, at: str = NOON) -> Ready:
    """Prepare the digest in `root` with a store beside it."""
    now = datetime.fromtimestamp(int(at), UTC)
    config, _ = load(root, path=root / "digest.yaml", now=now, base_url=base_url, trusted=THEMES)
    assert config
    store = Store(root.parent / FILE, KEY)
    return Ready(prepare(config, Session(store=store, executor=Serial(), clock=0, forget=False)), store)
