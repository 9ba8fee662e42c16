"""What pages depend on besides their views: what is found of a theme's templates once, and kept in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.engine.render_pages import page_renderer
from digest.output.template_dependencies import TemplateDependencies, dump, restore, template_digests
from digest.output.templates import template_dependencies
from digest.pages.view import site_view
from digest.values import digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.diagnostics import Diagnostic
    from digest.engine.session import Session
    from digest.linking.site import Site
    from digest.output.theme import Theme
    from digest.state.store import Store

_CHECKED = "templates"
"""The text in the store: the digest of templates in which nothing was wrong, a space, and what each depends on."""


def check_templates(theme: Theme, site: Site, session: Session) -> tuple[dict[str, str], list[Diagnostic]]:
    """Return the digests of everything that pages depend on besides their views, by template; and what is wrong.

    `{"article.html": "d1c5…", …}`: the sources of the template and of all that it reaches, the names of the static
    files it prints, and the settings that it shows. All templates are compiled to see what is wrong with them, unless
    the same ones were found right before.
    """
    found, problems = _dependencies(theme, site, session)
    config = site.config
    return template_digests(found, theme, site=site_view(site), base_path=config.base_path), problems


def _dependencies(
    theme: Theme, site: Site, session: Session
) -> tuple[Mapping[str, TemplateDependencies], list[Diagnostic]]:
    store = session.store
    key = digest([(name, theme.digests[template.file]) for name, template in sorted(theme.templates.items())])
    kept = _kept(store, key)
    if kept is not None:
        return kept, []
    found = template_dependencies(theme, site.config.root)
    problems = page_renderer(session, site, theme=theme, folder=None, templates={}).renderer.check()
    if not problems:
        with store.writing():
            store.set_text(_CHECKED, f"{key} {dump(found)}")
    return found, problems


def _kept(store: Store, key: str) -> Mapping[str, TemplateDependencies] | None:
    kept, _, text = store.text(_CHECKED).partition(" ")
    try:
        return restore(text) if kept == key else None
    except ValueError:
        return None
