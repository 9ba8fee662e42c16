"""URL ↔ output path, and how both are written; which page stands at which URL, `routes` says.

A URL is decoded text that begins with a slash, is NFC, and ends with a slash or a file's name.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple
from urllib.parse import quote


class Page(NamedTuple):
    """A page to be made: `key` is an id, an entry's key, a month ("2024/01") or a redirect's URL.

    `number` is that of an older part of a list, counted from the oldest; 0 is the newest part, at the bare URL.
    """

    kind: str
    key: str = ""
    number: int = 0


PREVIEW = "/_digest/"
"""Where the preview's own addresses begin."""

THEME = "/theme/"
"""Where a theme's files stand."""


def asset_url(path: str) -> str:
    """Return the URL of a file copied from `content/`."""
    return f"/{path}"


def theme_url(path: str) -> str:
    """Return the URL of a theme's file."""
    return f"{THEME}{path}"


def out_path(url: str) -> str:
    """Return the file a URL is written to, relative to the output folder.

    Raises:
        ValueError: the URL would leave the folder, or no file system takes it. Every write goes through here.
    """
    path = url.removeprefix("/")
    if not path or path.endswith("/"):
        path += "index.html"
    if url.startswith("/") and len(path) <= _SURELY_FITS and _GOOD.fullmatch(path):
        return path
    if not url.startswith("/") or _BAD.search(path) or not all(map(_fits, path.split("/"))):
        raise ValueError(f"{url!r} cannot be an address")
    return path if path.isascii() else unicodedata.normalize("NFC", path)


def is_page_url(url: str) -> bool:
    """Tell whether a page can be put at a URL that a writer chose."""
    try:
        out_path(url)
    except ValueError:
        return False
    return url.endswith(("/", ".html"))


_GOOD = re.compile(r"(?:[\w-]+/)*[\w-]+(?:\.[\w-]+)*", re.ASCII)
"""Paths that nothing is wrong with: nearly all, and looking for what is takes three times as long."""

_BAD = re.compile(r'[\x00-\x1f\x7f\ud800-\udfff\\:*?#"<>|]|(?:^|/)(?=/|$)|[ .](?=/|$)')
"""What some file system takes for something else: odd characters, parts that are empty or end with a space or a dot."""

LONGEST_NAME = 255
"""Bytes that a name may have on ext4, APFS and NTFS."""

_SURELY_FITS = LONGEST_NAME // 4


def _fits(part: str) -> bool:
    return len(part) <= _SURELY_FITS or len(part.encode()) <= LONGEST_NAME


def collision_key(path: str) -> str:
    """Return what two output paths share when some file system or reader takes them for one another."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


_PLAIN = re.compile(r"[/#:@!$'()*+,;~\w.-]*", re.ASCII)
"""Addresses of characters that are safe everywhere: nearly all, and `quote` takes ten times as long to see it."""


def encode(url: str) -> str:
    """Return a site path or web address with everything escaped that a URL may not hold."""
    plain = _PLAIN.fullmatch(url)
    if plain:
        return plain[0]  # not `url`, which may be of a type that templates print in another way
    return quote(url, safe="/#?&=:@!$'()*+,;~%-._") if "://" in url else quote(url, safe="/#:@!$'()*+,;~-._")
