"""Binding one body's references: mentions, links to named records, and names nobody marked."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from digest.content.kinds import named_kinds
from digest.content.load import CONTENT
from digest.content.matter import ArticleMatter
from digest.dates import PartialDate, whole
from digest.diagnostics import Diagnostic, did_you_mean
from digest.linking.name_index import anchors
from digest.linking.records import AutoLink, Bound, Mentioned
from digest.linking.targets import Target
from digest.model import Context, Fragment, Link, Mention, fill

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, tzinfo

    from digest.content.document import AnyDocument
    from digest.linking.name_index import NameIndex

MOST_HINTS = 20
"""Links of a file that are compared with all there is, for a hint: it takes 5 ms where there are 5,000 names."""


def day_of(document: AnyDocument, zone: tzinfo) -> PartialDate | None:
    """Return the day a document speaks of: an article's date, and none for others."""
    matter = document.matter
    return whole(matter.date.civil(zone)) if isinstance(matter, ArticleMatter) and matter.date else None


def target_of(document: AnyDocument, zone: tzinfo) -> Target | None:
    """Return what a link to a document leads to: its id, for an article with its month; None for an unreadable one."""
    matter = document.matter
    if matter is None:
        return None
    if not isinstance(matter, ArticleMatter) or matter.date is None:
        return Target(document.kind, document.id)
    return Target(document.kind, key_of(matter.date.civil(zone), document.id))


def key_of(day: date, name: str) -> str:
    """Return an article's key: "2024/01/slug"."""
    return f"{day.year:04}/{day.month:02}/{name}"


def bind(document: AnyDocument, fragment: Fragment, name_index: NameIndex) -> tuple[Bound, list[Diagnostic]]:
    """Bind every reference of a document's body that leads to a named record; other links stay pending."""
    hrefs: list[tuple[int, Target]] = []
    labels: dict[int, str] = {}
    mentioned: list[tuple[Target, Context]] = []
    pending: list[Link] = []
    problems: list[Diagnostic] = []
    dead = 0
    kinds = named_kinds()
    day = day_of(document, name_index.zone)
    for mention in document.mentions:
        target, wrong = name_index.names.resolve(mention.ref, document.path)
        problems += wrong
        if target is not None:
            hrefs.append((mention.href, target))
            labels |= _label(mention, target, name_index, day)
            mentioned.append((target, mention.context))
        elif mention.label_slot >= 0:
            labels[mention.label_slot] = mention.ref.text  # for a preview; a build stops at the problem
    for link in document.links:
        named = _named(path_of(link, document.path), document, name_index)
        if named is None:
            pending.append(link)
            continue
        target, known = named
        hinted = dead < MOST_HINTS
        target, wrong = anchored(link, document.path, target=target, known=known, hinted=hinted)
        problems += wrong
        dead += len(wrong)
        if target is not None:
            hrefs.append((link.href, target))
            if link.context and target.kind in kinds:
                mentioned.append((target._replace(anchor=""), link.context))
    for name in document.opted_out:
        if not name_index.names.find(name.text):
            problems += name_index.names.resolve(name, document.path)[1]
    autolinks = _auto(document, fragment, name_index, skip=frozenset(target for target, _ in mentioned))
    mentioned += [(found.target, found.context) for found in autolinks]
    bound = Bound(
        hrefs=tuple(hrefs),
        labels=tuple(sorted(labels.items())),
        autolinks=autolinks,
        mentions=tuple(Mentioned(target=target, context=_filled(context, labels)) for target, context in mentioned),
        pending=tuple(pending),
    )
    return bound, problems


def _named(path: str, document: AnyDocument, name_index: NameIndex) -> tuple[Target | None, tuple[str, ...]] | None:
    """Return what a link to a file leads to, and the anchors there; None for a file the name index does not know."""
    if path == document.path:
        return target_of(document, name_index.zone), anchors(document)
    record = name_index.by_path.get(path)
    return (record.target, record.anchors) if record else None


def fill_labels(text: str, labels: Mapping[int, str]) -> str:
    """Fill a plain text's slots with the names they stand for."""
    return fill(text, lambda _, number: labels.get(number, ""))


def _label(mention: Mention, target: Target, name_index: NameIndex, day: PartialDate | None) -> dict[int, str]:
    return {mention.label_slot: name_index.label(target, day)} if mention.label_slot >= 0 else {}


def _filled(context: Context, labels: Mapping[int, str]) -> Context:
    parts = (context.before, context.mention, context.after)
    return Context(*(fill_labels(part, labels) for part in parts))


def _auto(
    document: AnyDocument, fragment: Fragment, name_index: NameIndex, *, skip: frozenset[Target]
) -> tuple[AutoLink, ...]:
    if name_index.linker is None:
        return ()
    opted_out = [target for name in document.opted_out for target in name_index.names.find(name.text)]
    own = Target(document.kind, document.id)
    return name_index.linker.find(fragment.html, skip=skip | {own, *opted_out})


def path_of(link: Link, path: str) -> str:
    """Return the file a link in the file `path` leads to; "" where it leads nowhere, or to another site."""
    text = link.target.text
    destination = text.partition("#")[0]
    if not text or unfit(text, destination):
        return ""
    return path if not destination else _join(path, unquote(destination))


def anchored(
    link: Link, path: str, *, target: Target | None, known: Iterable[str], hinted: bool = True
) -> tuple[Target | None, list[Diagnostic]]:
    """Return where a link to a record leads; `target` is None where the record's own file has a problem."""
    anchor = unquote(link.target.text.partition("#")[2])
    if target is None or not anchor or anchor in known:
        return target and target._replace(anchor=anchor), []
    message = f"no heading, quotation or section `#{anchor}` there"
    return None, [wrong_link(link, path, "missing-anchor", message, hint=did_you_mean(anchor, known) if hinted else "")]


def wrong_link(link: Link, path: str, code: str, message: str, *, hint: str) -> Diagnostic:
    start, end = link.target.start, max(link.target.end, link.target.start + 1)
    return Diagnostic(code=code, message=message, path=path, start=start, end=end, hint=hint)


def unfit(whole_target: str, path: str) -> tuple[str, str, str] | None:
    """Return code, message and hint of what makes a link's target unusable wherever it leads."""
    if not whole_target:
        return "empty-link", "this link leads nowhere", "write a file or a web address"
    scheme, colon, _ = path.partition(":")
    if colon and "/" not in scheme:
        return "unsafe-link", f"`{scheme}:` links are not published", "use https:, http: or mailto:"
    if whole_target.startswith(("//", "www.")):
        return "invalid-url", "this web address has no scheme", f"write `https://{whole_target.lstrip('/')}`"
    return None


def _join(own: str, path: str) -> str:
    """Return a link's path relative to the root; a leading slash means `content/`."""
    folder = CONTENT if path.startswith("/") else posixpath.dirname(own)
    return posixpath.normpath(posixpath.join(folder, path.lstrip("/")))
