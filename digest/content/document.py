"""What one file of content says: its front matter and the facts found in its body.

Invariant: bodies stay out of documents (their HTML is a `Fragment`, kept elsewhere), so memory grows with headers
and an edit of one body changes one page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from digest.content.kind import Matter
from digest.decode.written import Written
from digest.model import Heading, Link, Mention, Note, Quote

if TYPE_CHECKING:
    from typing import TypeGuard

    from digest.content.kind import ContentKind

M = TypeVar("M", bound=Matter)
M_co = TypeVar("M_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Generic[M_co]):
    """What one file says. `digest` names its bytes and dialect; `opted_out` are names never linked by themselves.

    `Document[ActorMatter]` is one of an actor whose front matter can be used. Of `AnyDocument` only the `kind` tells
    which it is (`usable`), and `matter` may be None, as it could not be decoded: `known_as` are then the names it seems
    to give, so that references to the record are not called unknown on top.
    """

    path: str
    kind: str
    id: str
    digest: str
    matter: M_co
    headings: tuple[Heading, ...] = ()
    mentions: tuple[Mention, ...] = ()
    links: tuple[Link, ...] = ()
    quotes: tuple[Quote, ...] = ()
    notes: tuple[Note, ...] = ()
    opted_out: tuple[Written, ...] = ()
    has_body: bool = False
    known_as: tuple[str, ...] = ()


if TYPE_CHECKING:
    AnyDocument: TypeAlias = Document[Matter | None]
else:
    AnyDocument = Document[Any]  # the state store keeps front matter apart, for its type follows from `kind`


def usable(document: AnyDocument, kind: ContentKind[M]) -> TypeGuard[Document[M]]:
    """Tell whether a document is of a kind, and its front matter could be decoded."""
    return document.kind == kind.name and document.matter is not None
