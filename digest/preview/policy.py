"""What a browser may do with each kind of answer, as headers.

The preview shows what others have written, at an origin whose pages may change files. So a page runs those scripts
alone that bear the nonce of its answer: the preview's own, and what templates write, never what a body may hold. A file
of content is shown in a sandbox: without scripts and forms, as if from nowhere. A theme's files are trusted. All else
is data, of which a browser makes nothing; that is also the policy of an answer that says none.

Sources: Content Security Policy Level 3 (w3.org/TR/CSP3); Cross-Origin-Opener-Policy and sandboxing in the HTML
standard; Cross-Origin-Resource-Policy and nosniff in the Fetch standard.
"""

from __future__ import annotations

from secrets import token_urlsafe
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

POLICY = "content-security-policy"

EVERYWHERE: Mapping[str, str] = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
}
"""What every answer says besides its policy."""

DATA: Mapping[str, str] = {POLICY: "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"}

THEME: Mapping[str, str] = {POLICY: "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"}

_SHOWN = "img-src 'self' data: http: https:; media-src 'self' data: http: https:; font-src 'self' data: https:"
"""What published pages may show, wherever it comes from."""

_PAGE = (
    f"default-src 'none'; {_SHOWN}; style-src 'self' 'unsafe-inline' https:; connect-src 'self'; frame-src https:;"
    " worker-src 'self'; manifest-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none';"
    " frame-ancestors 'none'; script-src 'nonce-{}'"
)
_ASSET = (
    "default-src 'none'; img-src 'self' data:; media-src 'self' data:; style-src 'unsafe-inline' data:; font-src data:;"
    " form-action 'none'; base-uri 'none'; frame-ancestors 'none'; {}"
)


def new_nonce() -> str:
    """Return a word that nobody can guess, of 128 bits and more; it needs no escaping in attributes and headers."""
    return token_urlsafe(18)


def page(nonce: str) -> dict[str, str]:
    """Return the headers of a page whose scripts bear a nonce."""
    return {POLICY: _PAGE.format(nonce), "cross-origin-opener-policy": "same-origin"}


def asset(media_type: str) -> dict[str, str]:
    """Return the headers of a file of content.

    A browser's own player asks for the film again, which a document from nowhere may not; it runs nothing.
    """
    played = media_type.startswith(("audio/", "video/"))
    return {POLICY: _ASSET.format("sandbox allow-same-origin" if played else "sandbox")}
