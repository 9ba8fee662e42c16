"""Slugs: the last part of an address, and the id of a record.

A slug is NFC, case-folded, and made of letters, marks, digits and underscores with single hyphens between; two
names that a file system or a reader could take for one another give the same slug, and so collide visibly.
Marks are kept: dropping them changes Thai and Hindi words.
"""

from __future__ import annotations

import re
import unicodedata

MAX_BYTES = 200
_NOT_KEPT = re.compile(r"[^a-z0-9_]+")
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})


def slugify(name: str) -> str:
    """Return the slug of a name; "" when nothing of it is left."""
    if name.isascii():
        return _NOT_KEPT.sub("-", name.lower()).strip("-")
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    kept = (c if c == "_" or unicodedata.category(c)[0] in "LMN" else "-" for c in folded)
    return re.sub(r"-+", "-", "".join(kept)).strip("-")


def slug_problem(slug: str) -> str:
    """Return why `slug` cannot be part of an address, or ""."""
    if not slug:
        return "no letter or digit is left of it"
    if len(slug.encode()) > MAX_BYTES:
        return f"it is longer than {MAX_BYTES} bytes"
    if slug in _RESERVED:
        return "Windows reserves that name"
    return ""
