"""What a page's bytes depend on besides its view: the templates' part of a page's key.

A *closure* is an entry template (`article.html`) with everything it can reach. It is found once for a theme, by
`digest.output.templates`, and kept under the digest of the theme's templates; nothing here needs Jinja, so a build that
renders nothing does not load it.
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
class Closure:
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
    closures: Mapping[str, Closure], theme: Theme, *, site: SiteView, base_path: str
) -> dict[str, str]:
    """Return for each entry template the digest of everything its pages depend on besides their views.

    A template that the theme does not have is not among them, and none of its pages can be made.
    """
    return {name: _digest(closure, theme, site, base_path) for name, closure in closures.items()}


def _digest(closure: Closure, theme: Theme, site: SiteView, base_path: str) -> str:
    names = theme.published if closure.static is None else closure.static
    published = [(name, theme.published.get(name)) for name in sorted(names)]
    return digest_of(closure.sources, published, site if closure.site else None, base_path)


def dump(closures: Mapping[str, Closure]) -> str:
    """Return closures as JSON."""
    return json.dumps({name: asdict(closure) for name, closure in closures.items()})


def restore(text: str) -> dict[str, Closure]:
    """Return the closures that `dump` wrote.

    Raises:
        ValueError: `dump` did not write this.
    """
    try:
        return {name: _closure(**closure) for name, closure in json.loads(text).items()}
    except (AttributeError, TypeError) as error:
        raise ValueError(str(error)) from None


def _closure(*, files: list[str], sources: str, static: list[str] | None, site: bool) -> Closure:
    return Closure(files=tuple(files), sources=sources, static=None if static is None else tuple(static), site=site)
