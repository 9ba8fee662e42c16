"""Binding one document's references: mentions, links between files, and names nobody marked."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from digest.content.load import CONTENT, UNPUBLISHED
from digest.content.matter import ActorMatter, AgreementMatter, ArticleMatter, TopicMatter
from digest.dates import PartialDate, whole
from digest.diagnostics import Diagnostic, did_you_mean, nearest
from digest.linking.names import ENTITIES
from digest.linking.offices import name_on
from digest.linking.site import AutoLink, Bound, Mentioned
from digest.linking.targets import ASSET, Target
from digest.model import SECTIONS, Context, Fragment, Kind, Link, Mention, fill

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from digest.content.document import Document
    from digest.linking.autolink import AutoLinker
    from digest.linking.names import Names


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What references may lead to: all documents by path, their targets, the assets, and what stays hidden."""

    names: Names
    documents: Mapping[str, Document]
    records: Mapping[Target, Document]
    targets: Mapping[str, Target]
    assets: frozenset[str]
    hidden: frozenset[str]
    linker: AutoLinker | None
    zone: tzinfo

    def label(self, target: Target, day: PartialDate | None) -> str:
        """Return what a record is called, on a day where that matters."""
        document = self.records[target]
        match document.matter:
            case ActorMatter():
                return name_on(document.matter, day)
            case AgreementMatter():
                return document.matter.short_name or document.matter.name
            case TopicMatter():
                return document.matter.name
        raise AssertionError(target)


def day_of(document: Document, zone: tzinfo) -> PartialDate | None:
    """Return the day a document speaks of: an article's date, and none for others."""
    matter = document.matter
    return whole(matter.date.civil(zone)) if isinstance(matter, ArticleMatter) and matter.date else None


def bind(document: Document, fragment: Fragment, library: Library) -> tuple[Bound, list[Diagnostic]]:
    """Resolve every reference of a document's body."""
    hrefs: list[tuple[int, Target]] = []
    labels: dict[int, str] = {}
    mentioned: list[tuple[Target, Context]] = []
    problems: list[Diagnostic] = []
    day = day_of(document, library.zone)
    for mention in document.mentions:
        target, wrong = library.names.resolve(mention.ref, document.path)
        problems += wrong
        if target is not None:
            hrefs.append((mention.href, target))
            labels |= _label(mention, target, library, day)
            mentioned.append((target, mention.context))
        elif mention.label_slot >= 0:
            labels[mention.label_slot] = mention.ref.text  # for a preview; a build stops at the problem
    for link in document.links:
        target, wrong = _follow(document, link, library)
        problems += wrong
        if target is not None:
            hrefs.append((link.href, target))
            if link.context and target.kind in {*ENTITIES}:
                mentioned.append((target._replace(anchor=""), link.context))
    for name in document.opted_out:
        if not library.names.find(name.text):
            problems += library.names.resolve(name, document.path)[1]
    autolinks = _auto(document, fragment, library, skip=frozenset(target for target, _ in mentioned))
    mentioned += [(found.target, found.context) for found in autolinks]
    bound = Bound(
        hrefs=tuple(hrefs),
        labels=tuple(sorted(labels.items())),
        autolinks=autolinks,
        mentions=tuple(Mentioned(target=target, context=_filled(context, labels)) for target, context in mentioned),
    )
    return bound, problems


def fill_labels(text: str, labels: Mapping[int, str]) -> str:
    """Fill a plain text's slots with the names they stand for."""
    return fill(text, lambda _, number: labels.get(number, ""))


def _label(mention: Mention, target: Target, library: Library, day: PartialDate | None) -> dict[int, str]:
    return {mention.label_slot: library.label(target, day)} if mention.label_slot >= 0 else {}


def _filled(context: Context, labels: Mapping[int, str]) -> Context:
    parts = (context.before, context.mention, context.after)
    return Context(*(fill_labels(part, labels) for part in parts))


def _auto(document: Document, fragment: Fragment, library: Library, *, skip: frozenset[Target]) -> tuple[AutoLink, ...]:
    if library.linker is None:
        return ()
    opted_out = [target for name in document.opted_out for target in library.names.find(name.text)]
    own = Target(document.kind, document.id)
    return library.linker.find(fragment.html, skip=skip | {own, *opted_out})


def _follow(document: Document, link: Link, library: Library) -> tuple[Target | None, list[Diagnostic]]:
    """Resolve a link's destination: a file of content with an optional anchor, or an anchor of its own page."""
    path, _, anchor = link.target.text.partition("#")
    problem = _unfit(link.target.text, path)
    if problem:
        return None, [_wrong(document, link, *problem)]
    full = document.path if not path else _join(document.path, unquote(path))
    if full in library.hidden and full != document.path:
        return None, [_wrong(document, link, "hidden-target", "this link leads to an unpublished entry", "")]
    if full in library.documents:
        return _anchored(document, link, library.documents[full], library=library, anchor=unquote(anchor))
    if full in library.assets:
        return Target(ASSET, full.removeprefix(f"{CONTENT}/")), []
    return None, [_wrong(document, link, *_dead(full, library))]


def _unfit(whole_target: str, path: str) -> tuple[str, str, str] | None:
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


def _anchored(
    document: Document, link: Link, other: Document, *, library: Library, anchor: str
) -> tuple[Target | None, list[Diagnostic]]:
    target = library.targets.get(other.path)
    if target is None:
        return None, []  # the other file's own problem
    known = [heading.anchor for heading in other.headings] + [quote.id for quote in other.quotes]
    known += SECTIONS[Kind(other.kind)]
    if anchor and anchor not in known:
        message = f"no heading, quotation or section `#{anchor}` there"
        return None, [_wrong(document, link, "missing-anchor", message, did_you_mean(anchor, known))]
    return target._replace(anchor=anchor), []


def _dead(full: str, library: Library) -> tuple[str, str, str]:
    if full.startswith(f"{CONTENT}/{UNPUBLISHED}/"):
        return (
            "hidden-target",
            "`content/sources/` is never published",
            "link to where the source is published",
        )
    names = {posixpath.basename(path): path for path in sorted((*library.documents, *library.assets))}
    near = nearest(posixpath.basename(full), names, most=1)
    hint = f"did you mean `{names[near[0]]}`?" if near else "links lead to files; the address is worked out"
    return "missing-file", f"no file `{full}`", hint


def _wrong(document: Document, link: Link, code: str, message: str, hint: str) -> Diagnostic:
    start, end = link.target.start, max(link.target.end, link.target.start + 1)
    return Diagnostic(code=code, message=message, path=document.path, start=start, end=end, hint=hint)
