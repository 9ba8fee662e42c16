"""Which pages a site has, and that no two of them share an address."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from digest.content.load import CONTENT
from digest.diagnostics import Diagnostic
from digest.pages.hosts import Published, host_files
from digest.pages.paging import numbers
from digest.pages.urls import PREVIEW, RESERVED, Page, asset_url, collision_key, out_path, page_of, theme_url, url_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from digest.linking.site import Site


class Planned(NamedTuple):
    """A page and the file it comes from; "" where the whole site is its source."""

    page: Page
    source: str = ""


class _Claim(NamedTuple):
    """Somebody's wish for an address; `at` is where it was written, if it was."""

    url: str
    source: str
    at: tuple[int, int] = (0, 0)


def plan(site: Site) -> tuple[tuple[Planned, ...], list[Diagnostic]]:
    """Return every page in a stated order, and addresses that cannot be given."""
    planned = tuple(_pages(site))
    problems = [*_reserved(site), *_collisions(site, planned), *_host_files(site)]
    return planned, problems


def page_at(site: Site, url: str) -> Planned | None:
    """Return the page of `plan` at an address, without making the plan; None where there is none."""
    redirect = next((old for old in site.index.redirects if old.url == url and _fits(url)), None)
    if redirect:
        return Planned(Page("redirect", url), redirect.path)
    page = page_of(url)
    return page and _planned(site, page)


def _planned(site: Site, page: Page) -> Planned | None:
    """Return a page with its source if the site has it."""
    kind, key, number = page
    if kind in site.named:
        record = site.named[kind].get(key)
        found = record and _has_part(site, number, len(record.entries))
        return Planned(page, record.document.path) if record and found else None
    if kind == "home":
        return Planned(page) if _has_part(site, number, len(site.index.order)) else None
    if kind == "article":
        return Planned(page, site.entries[key].path) if key in site.entries else None
    if kind == "page":
        return Planned(page, site.pages[key].document.path) if key in site.pages else None
    return Planned(page) if kind != "month" or key in site.index.months else None


def _has_part(site: Site, number: int, total: int) -> bool:
    return number == 0 or number in numbers(total, site.config.page_size)


def pages_of(site: Site, keys: Mapping[str, str]) -> Iterator[Planned]:
    """Yield the pages of entries, given their keys by path, that come from their files alone; hidden ones have none."""
    for path, key in keys.items():
        if key in site.entries and site.entries[key].path == path:
            yield Planned(Page("article", key), path)
    yield from (planned for planned in _redirects(site) if planned.source in keys)


def _redirects(site: Site) -> Iterator[Planned]:
    return (Planned(Page("redirect", old.url), old.path) for old in site.index.redirects if _fits(old.url))


def _pages(site: Site) -> Iterator[Planned]:
    size = site.config.page_size
    yield from _list(Page("home"), len(site.index.order), size)
    yield from (Planned(Page("article", key), entry.path) for key, entry in site.entries.items())
    for kind, records in site.named.items():
        yield Planned(Page(f"{kind}s"))
        for name, record in records.items():
            yield from _list(Page(kind, name), len(record.entries), size, record.document.path)
    yield from (
        Planned(Page("page", name), page.document.path) for name, page in site.pages.items() if name not in RESERVED
    )
    yield Planned(Page("archive"))
    yield from (Planned(Page("month", month)) for month in site.index.months)
    yield Planned(Page("not-found"))
    yield from _redirects(site)


def _list(page: Page, total: int, size: int, source: str = "") -> Iterator[Planned]:
    yield Planned(page, source)
    yield from (Planned(page._replace(number=number), source) for number in numbers(total, size))


def _fits(url: str) -> bool:
    """Tell whether a redirect can be put at an old address."""
    try:
        out_path(url)
    except ValueError:
        return False
    return url.endswith(("/", ".html"))


def _reserved(site: Site) -> Iterator[Diagnostic]:
    for path in site.index.assets:
        url = asset_url(path.removeprefix(f"{CONTENT}/"))
        for start, owner in ((theme_url(""), "the theme"), (PREVIEW, "the preview")):
            if url.startswith(start):
                message = f"`{start}` belongs to {owner}"
                yield _problem("reserved-name", message, path, "move it to another folder")
    for name, page in site.pages.items():
        if name in RESERVED:
            yield _problem("reserved-name", f"`/{name}/` belongs to the site itself", page.document.path, "rename it")
    for old in site.index.redirects:
        if not _fits(old.url):
            message = f"`{old.url}` is not an address a page can have"
            hint = "write a path that ends with / or .html"
            yield _problem("invalid-redirect", message, old.path, hint, at=(old.start, old.end))


def _collisions(site: Site, planned: tuple[Planned, ...]) -> Iterator[Diagnostic]:
    claims = [_Claim(url_of(page), source) for page, source in planned if page.kind != "redirect"]
    claims += [_Claim(asset_url(path.removeprefix(f"{CONTENT}/")), path) for path in site.index.assets]
    claims += [_Claim(old.url, old.path, (old.start, old.end)) for old in site.index.redirects if _fits(old.url)]
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
    fitting = (old for old in site.index.redirects if _fits(old.url))
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
