"""Who may ask the preview for what: this machine's browser for pages, and its own pages for changes.

A page elsewhere can make a browser send requests here, under a name that it makes mean this machine (DNS rebinding).
So the host a request is for must be one of ours, what other sites embed or fetch is refused (`Sec-Fetch-Site`, Fetch
Metadata of the W3C), and a change must come from a page of our own (`Origin`, RFC 6454) that knows this run's token.
Nothing becomes a service worker (`Service-Worker`, Service Workers of the W3C), which would answer in the place of
every later preview.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST = 4096
"""Bytes that the target of a request may have."""

TOKEN = "x-digest-token"  # noqa: S105 - a header's name
_PORT = re.compile(r":\d{1,5}$")


@dataclass(frozen=True, slots=True)
class Guard:
    """Decides over requests; `hosts` are the names of this machine that may be asked for, `token` that of this run.

    With `addresses` it may be asked for by any address too, as from a phone; only names can be made to mean it.
    """

    hosts: frozenset[str]
    token: str
    addresses: bool = False

    def refuses(self, method: str, target: bytes, headers: Mapping[str, str]) -> tuple[int, str] | None:
        """Return status and words for a request that gets no answer; `headers` by name in lower case."""
        host = _PORT.sub("", headers.get("host", "").lower())
        if host not in self.hosts and not (self.addresses and _is_address(host)):
            return 403, "This host is not served."
        if headers.get("sec-fetch-site") == "cross-site" and not _follows_a_link(method, headers):
            return 403, "Other sites get nothing."
        if not target.startswith(b"/") or len(target) > MOST:
            return 400, "Bad request."
        if "service-worker" in headers:
            return 403, "The preview has no service workers."
        if method == "POST":
            return self._refuses_change(headers)
        return None if method in {"GET", "HEAD"} else (405, "Pages can only be read.")

    def _refuses_change(self, headers: Mapping[str, str]) -> tuple[int, str] | None:
        if headers.get("origin", "").lower() != f"http://{headers['host'].lower()}":
            return 403, "Only pages of the preview change anything."
        known = hmac.compare_digest(headers.get(TOKEN, "").encode(), self.token.encode())
        return None if known else (403, "The preview has been started anew: reload the page.")


def _is_address(host: str) -> bool:
    try:
        return bool(ip_address(host.removeprefix("[").removesuffix("]")))
    except ValueError:
        return False


def _follows_a_link(method: str, headers: Mapping[str, str]) -> bool:
    return (
        method == "GET" and headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    )
