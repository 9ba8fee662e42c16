"""Which pages a site has, and that no two of them share an address."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from digest.content.load import CONTENT
from digest.diagnostics import Diagnostic
from digest.pages import kinds
from digest.pages.hosts import Published, host_files
from digest.pages.kind import Planned
from digest.pages.route import CHOSEN
from digest.pages.routes import is_free, kind_of, page_of, reserved, url_of
from digest.pages.urls import PREVIEW, Page, asset_url, collision_key, is_page_url, out_path, theme_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from digest.linking.site import Site


class _Claim(NamedTuple):
    """Somebody's wish for an address; `at` is where it was written, if it was."""

    url: str
    source: str
    at: tuple[int, int] = (0, 0)


def plan(site: Site) -> tuple[tuple[Planned, ...], list[Diagnostic]]:
    """Return every page in a stated order, and addresses that cannot be given."""
    planned = tuple(planned for kind in kinds.KINDS for planned in kind.planned(site) if is_free(planned.page))
    problems = [*_reserved(site), *_collisions(site, planned), *_host_files(site)]
    return planned, problems


def page_at(site: Site, url: str) -> Planned | None:
    """Return the page of `plan` at an address, without making the plan; None where there is none."""
    pages = (Page(kind.name, url) for kind in kinds.KINDS if kind.route is CHOSEN)
    found = next((planned for page in pages if (planned := kind_of(page).at(site, page))), None)
    page = page_of(url)
    return found or (kind_of(page).at(site, page) if page else None)


def pages_showing(site: Site, keys: Mapping[str, str]) -> Iterator[Planned]:
    """Yield the pages that show entries' whole texts, given the entries' keys by path; hidden entries have none."""
    shown = [key for path, key in keys.items() if key in site.entries and site.entries[key].path == path]
    for kind in kinds.KINDS:
        source_of = kind.sources(site)
        yield from (Planned(page, source_of(page.key)) for page in kind.showing(site, shown))


def addresses(site: Site) -> tuple[object, ...]:
    """Return what decides which addresses a site has, and whose they are."""
    return (*(kind.addresses(site) for kind in kinds.KINDS), site.index.redirects, site.index.assets)


def surely_the_same(before: Site, after: Site) -> bool:
    """Tell whether it is certain that two sites have the same addresses, without looking at any list."""
    alike = all(kind.keys(before) is kind.keys(after) for kind in kinds.KINDS if kind.route is not CHOSEN)
    old, new = before.index, after.index
    lists = old.order is new.order
    return alike and lists and (old.redirects, old.assets) == (new.redirects, new.assets)


def _reserved(site: Site) -> Iterator[Diagnostic]:
    for path in site.index.assets:
        url = asset_url(path.removeprefix(f"{CONTENT}/"))
        for start, owner in ((theme_url(""), "the theme"), (PREVIEW, "the preview")):
            if url.startswith(start):
                message = f"`{start}` belongs to {owner}"
                yield _problem("reserved-name", message, path, "move it to another folder")
    for name, page in site.pages.items():
        if name in reserved():
            yield _problem("reserved-name", f"`/{name}/` belongs to the site itself", page.document.path, "rename it")
    for old in site.index.redirects:
        if not is_page_url(old.url):
            message = f"`{old.url}` is not an address a page can have"
            hint = "write a path that ends with / or .html"
            yield _problem("invalid-redirect", message, old.path, hint, at=(old.start, old.end))


def _collisions(site: Site, planned: tuple[Planned, ...]) -> Iterator[Diagnostic]:
    claims = [_Claim(url_of(page), source) for page, source in planned if kind_of(page).route is not CHOSEN]
    claims += [_Claim(asset_url(path.removeprefix(f"{CONTENT}/")), path) for path in site.index.assets]
    claims += [_Claim(old.url, old.path, (old.start, old.end)) for old in site.index.redirects if is_page_url(old.url)]
    taken: dict[str, _Claim] = {}
    for claim in claims:
        try:
            key = collision_key(out_path(claim.url))
        except ValueError:
            message = f"`{claim.url}` cannot be an address"
            yield _problem("invalid-name", message, claim.source, "rename the file")
            continue
        first = taken.setdefault(key, claim)
        if first is not claim:
            message = f"the same address as {first.source or 'a page of the site itself'}: {claim.url}"
            yield _problem("same-address", message, claim.source, "rename one of them", at=claim.at)
    both = _folders(taken) & taken.keys()
    for key, claim in taken.items() if both else ():
        folder = next((above for above in _above(key) if above in both), None)
        if folder:
            message = f"`{taken[folder].url}` would be a file and a folder (for {claim.url})"
            yield _problem("same-address", message, taken[folder].source or claim.source, "rename one of them")


def _host_files(site: Site) -> Iterator[Diagnostic]:
    """Find assets and old addresses whose names mean something to a host."""
    assets = (Published(path.removeprefix(f"{CONTENT}/"), path) for path in site.index.assets)
    fitting = (old for old in site.index.redirects if is_page_url(old.url))
    redirects = (Published(out_path(old.url), old.path, (old.start, old.end)) for old in fitting)
    return host_files([*assets, *redirects], allowed=site.config.host_files, pages=site.pages)


def _folders(paths: Iterable[str]) -> set[str]:
    """Return all folders that hold some of the files."""
    return {above for folder in {path.rpartition("/")[0] for path in paths} for above in (folder, *_above(folder))}


def _above(path: str) -> Iterator[str]:
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)


def _problem(code: str, message: str, path: str, hint: str, *, at: tuple[int, int] = (0, 0)) -> Diagnostic:
    return Diagnostic(code=code, message=message, path=path, start=at[0], end=at[1], hint=hint)
