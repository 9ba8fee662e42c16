"""What one file of content says: its front matter and the facts found in its body.

Invariant: bodies stay out of documents (their HTML is a `Fragment`, kept elsewhere), so memory grows with headers
and an edit of one body changes one page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from digest.decode.written import Written
from digest.model import Heading, Kind, Link, Mention, Note, Quote

if TYPE_CHECKING:
    from digest.content.matter import Matter
else:
    Matter = Any  # the state store keeps front matter apart, for its type follows from `kind`


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What one file says. `digest` names its bytes and dialect; `opted_out` are names never linked by themselves.

    `matter` is None when the front matter cannot be decoded; `known_as` are then the names it seems to give, so
    that references to the record are not called unknown on top.
    """

    path: str
    kind: Kind
    id: str
    digest: str
    matter: Matter | None
    headings: tuple[Heading, ...] = ()
    mentions: tuple[Mention, ...] = ()
    links: tuple[Link, ...] = ()
    quotes: tuple[Quote, ...] = ()
    notes: tuple[Note, ...] = ()
    opted_out: tuple[Written, ...] = ()
    has_body: bool = False
    known_as: tuple[str, ...] = ()
