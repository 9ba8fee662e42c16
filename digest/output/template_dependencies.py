"""What a page's bytes depend on besides its view: the templates' part of a page's key.

The *dependencies* of an entry template (`article.html`) are itself and everything it can reach. They are found once for
a theme, by `digest.output.templates`, and kept under the digest of its templates; nothing here needs Jinja, so a build
that renders nothing does not load it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.output.theme import Theme
    from digest.pages.views import SiteView


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateDependencies:
    """`files` are the templates as people see them; `sources` is the digest of their names and bytes.

    `static` are the static files whose published names it prints, None when it computes a name; `site` tells whether
    it reads the site's constants.
    """

    files: tuple[str, ...]
    sources: str
    static: tuple[str, ...] | None
    site: bool


def digest_of(*parts: object) -> str:
    """Return the digest of values whose `repr` is all they are: 32 hexadecimal characters."""
    return blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def template_digests(
    dependencies: Mapping[str, TemplateDependencies], theme: Theme, *, site: SiteView, base_path: str
) -> dict[str, str]:
    """Return for each entry template the digest of everything its pages depend on besides their views.

    A template that the theme does not have is not among them, and none of its pages can be made.
    """
    return {name: _digest(one, theme, site, base_path) for name, one in dependencies.items()}


def _digest(one: TemplateDependencies, theme: Theme, site: SiteView, base_path: str) -> str:
    names = theme.published if one.static is None else one.static
    published = [(name, theme.published.get(name)) for name in sorted(names)]
    return digest_of(one.sources, published, site if one.site else None, base_path)


def dump(dependencies: Mapping[str, TemplateDependencies]) -> str:
    """Return dependencies as JSON."""
    return json.dumps({name: asdict(one) for name, one in dependencies.items()})


def restore(text: str) -> dict[str, TemplateDependencies]:
    """Return the dependencies that `dump` wrote.

    Raises:
        ValueError: `dump` did not write this.
    """
    try:
        return {name: _dependencies(**one) for name, one in json.loads(text).items()}
    except (AttributeError, TypeError) as error:
        raise ValueError(str(error)) from None


def _dependencies(*, files: list[str], sources: str, static: list[str] | None, site: bool) -> TemplateDependencies:
    return TemplateDependencies(
        files=tuple(files), sources=sources, static=None if static is None else tuple(static), site=site
    )
