"""Names that are more than names to a host: the file configures it, runs there, or speaks for the site.

Content is untrusted, and a writer is not to gain any of that by the name of a file. What is meant so, `digest.yaml`
allows. The tables follow the hosts' manuals; `docs/publishing.md` shows them.
"""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from digest.diagnostics import Diagnostic
from digest.pages.routes import reserved
from digest.pages.urls import collision_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

HOST_FILES = (
    "_*",  # _headers, _redirects, _routes.json, _worker.js, _config.yml: Cloudflare, Netlify, GitLab, Jekyll
    *("auth", "cname", "cors", "router"),  # Surge; GitHub Pages knows the second
    *("amplify.yml", "app.yaml", "customhttp.yml", "firebase.json", "fly.toml", "netlify.toml", "now.json"),
    *("render.yaml", "routes.json", "staticwebapp.config.json", "vercel.json", "wrangler.json*", "wrangler.toml"),
    *("composer.json", "dockerfile", "package.json", "procfile", "static.json", "staticfile", "staticfile.auth"),
    *("caddyfile", "mime.types", "nginx.conf", "serve.json"),
    *("compose.y*ml", "docker-compose.y*ml", "edgeone.json", "nixpacks.toml", "railway.json", "railway.toml"),
    *("clientaccesspolicy.xml", "crossdomain.xml"),  # let other sites' Silverlight and Acrobat read this one
)
"""Names in the first folder by which hosts, and programs that build or start what is published, are configured."""

SERVER_FILES = ("global.asax", "php.ini", "web.config")
"""The same in any folder: IIS and PHP."""

CLAIMS = (
    *("ads.txt", "app-ads.txt", "apple-app-site-association", "bingsiteauth.xml", "baidu_verify_*.html"),
    *("google*.html", "naver*.html", "pinterest-*.html", "yandex_*.html"),
)
"""Names in the first folder by which others are told whose site this is, what opens it, and who may sell it."""

FIRST = ("default.htm", "default.html", "index.htm")
"""Names that IIS shows in place of a folder's own page."""

RUN = re.compile(
    r"php\d*|php[st]|phtml|pht|phar|aspx?|asa|as[achm]x|asmx|axd|cshtml|vbhtml|svc|jsp[xf]?|cfm|cfc|f?cgi|shtml?|stm"
)
"""Extensions of what servers run; Apache regards all extensions that a name has, not the last alone (mod_mime)."""

RUN_LAST = frozenset({"pl"})
"""The same where they come last; `pl` before another is Polish."""

FUNCTIONS = frozenset({"api", "functions", "netlify"})
"""Folders whose programs some hosts run when they are asked for."""

SERVLETS = ("meta-inf", "web-inf")
"""First folders from which servlet containers are configured."""

PROGRAMS = frozenset({"cjs", "cts", "go", "js", "jsx", "mjs", "mts", "py", "rb", "rs", "ts", "tsx"})
SCRIPTS = frozenset({"cjs", "js", "mjs"})
"""What a browser can take for a service worker, which then answers for all pages below its folder (w3c.github.io)."""


class Published(NamedTuple):
    """A file that somebody asked for: its path in the site, the file that says so, and where."""

    path: str
    source: str
    at: tuple[int, int] = (0, 0)


def host_files(files: Iterable[Published], *, allowed: Collection[str], pages: Collection[str]) -> Iterator[Diagnostic]:
    """Find names that mean something to a host and are not `allowed`: paths, or patterns of them.

    `pages` are the names of free pages.
    """
    for path, source, at in files:
        why = _why(collision_key(path), reserved() | {*pages})
        if why and path not in allowed and not any(fnmatchcase(path, pattern) for pattern in allowed):
            yield Diagnostic(
                code="host-file",
                message=f"`{path}` {why}",
                path=source,
                start=at[0],
                end=at[1],
                hint=f"rename it, or allow it in digest.yaml: `publish: {{host_files: [{_quoted(path)}]}}`",
            )


def _why(path: str, folders: Collection[str]) -> str:
    """Return what a file is to a host, "" if nothing; `folders` are those with pages."""
    first, *below = path.split("/")
    name = [first, *below][-1]
    extensions = name.split(".")[1:]
    last = extensions[-1] if extensions else ""
    if (
        _matches(first, (*HOST_FILES[:1], *SERVLETS))
        or _matches(name, SERVER_FILES)
        or (not below and _matches(name, HOST_FILES))
    ):
        return "configures hosts"
    if not below and _matches(name, CLAIMS):
        return "says whose site this is"
    if any(map(RUN.fullmatch, extensions)) or last in RUN_LAST or first == "cgi-bin":
        return "is run by servers"
    if below and first in FUNCTIONS and last in PROGRAMS:
        return "is run by hosts"
    if last in SCRIPTS and (not below or first in folders):
        return "can become a service worker, which answers for the pages below its folder"
    return "is shown by IIS in place of a page" if _matches(name, FIRST) else ""


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _quoted(path: str) -> str:
    return json.dumps(path, ensure_ascii=False)
