"""Documents to a site: bind, then sort, group and count."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from digest.content.matter import (
    ActorMatter,
    AgreementMatter,
    ArticleMatter,
    PageMatter,
    TopicMatter,
)
from digest.dates import PartialDate, whole
from digest.diagnostics import Diagnostic
from digest.linking.autolink import auto_linker
from digest.linking.names import ENTITIES, names_of
from digest.linking.references import Library, bind, fill_labels
from digest.linking.site import (
    Actor,
    Agreement,
    Bound,
    Entry,
    FreePage,
    Hidden,
    Said,
    Site,
    Target,
    Topic,
)
from digest.linking.status import in_order
from digest.linking.visibility import hidden, reason_hidden
from digest.model import Context, Document, Fragment, Kind, Quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.config import Config
    from digest.decode.schema import Written

T = TypeVar("T")
Counts = tuple[tuple[str, int], ...]


def link(
    documents: Iterable[Document], fragments: Mapping[str, Fragment], *, assets: tuple[str, ...], config: Config
) -> tuple[Site, list[Diagnostic]]:
    """Bind all documents into a site; `fragments` are bodies by path. Problems come with the site."""
    linker = _Linker(config, fragments, sorted(documents, key=lambda document: document.path))
    return linker.site(assets), linker.problems


@dataclass(slots=True)
class _Linker:
    """One run of linking: works through the kinds, collecting problems on the way."""

    config: Config
    fragments: Mapping[str, Fragment]
    documents: list[Document]
    problems: list[Diagnostic] = field(default_factory=list)
    library: Library = field(init=False)
    bounds: dict[str, Bound] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)

    def site(self, assets: tuple[str, ...]) -> Site:
        self.hidden = hidden(self.documents, self.config)
        self.library = self._library(assets)
        for document in self.documents:
            fragment = self.fragments[document.path]
            self.bounds[document.path], problems = bind(document, fragment, self.library)
            self.problems += problems
        everyone = [self._entry(document) for document in self._of(Kind.ARTICLE)]
        entries = {
            entry.key: entry
            for entry in sorted(everyone, key=lambda entry: entry.order, reverse=True)
            if entry.document.path not in self.hidden
        }
        agreements = self._agreements(entries)
        topics = self._topics(entries)
        return Site(
            config=self.config,
            names=self.library.names,
            entries=entries,
            actors=self._actors(entries, agreements),
            topics=topics,
            agreements=agreements,
            pages=self._pages(),
            assets=assets,
            neighbours=_neighbours(list(entries)),
            backlinks=self._backlinks(),
            hidden=self._hidden(),
        )

    def _library(self, assets: tuple[str, ...]) -> Library:
        targets: dict[str, Target] = {}
        records: dict[Target, Document] = {}
        for document in self.documents:
            target = Target(document.kind, self._key(document))
            if target in records and document.path not in self.hidden:
                self._twin(document, records[target])
            else:
                records.setdefault(target, document)
            targets[document.path] = target
        names = names_of(document for document in self.documents if document.kind in ENTITIES)
        return Library(
            names=names,
            documents={document.path: document for document in self.documents},
            records=records,
            targets=targets,
            assets=frozenset(assets),
            hidden=frozenset(self.hidden),
            linker=auto_linker(names) if self.config.auto_link else None,
        )

    def _key(self, document: Document) -> str:
        matter = document.matter
        if not isinstance(matter, ArticleMatter) or matter.date is None:
            return document.id
        day = matter.date.civil(self.config.zone)
        return f"{day.year:04}/{day.month:02}/{document.id}"

    def _twin(self, document: Document, first: Document) -> None:
        message = f"the same address as {first.path}: both are the {document.kind} `{document.id}`"
        hint = "rename one of the files" if document.kind in ENTITIES else "give one of them another `slug`"
        self.problems.append(Diagnostic(code="same-address", message=message, path=document.path, hint=hint))

    def _of(self, kind: Kind) -> list[Document]:
        """Return the documents of a kind, of twins the first only."""
        library = self.library
        return [
            document
            for document in self.documents
            if document.kind is kind and library.records.get(library.targets[document.path]) is document
        ]

    def _resolve(self, written: Written, path: str, kind: Kind) -> str:
        """Return the id of the record of a kind, or "" after reporting."""
        target, problems = self.library.names.resolve(written, path, kinds=(kind,))
        self.problems += problems
        return target.id if target else ""

    def _resolve_all(self, written: Iterable[Written], path: str, kind: Kind) -> tuple[str, ...]:
        found = (self._resolve(word, path, kind) for word in written)
        return tuple(dict.fromkeys(name for name in found if name))

    # Entries

    def _entry(self, document: Document) -> Entry:
        matter, path = document.matter, document.path
        assert isinstance(matter, ArticleMatter)  # noqa: S101 - by kind
        assert matter.date is not None  # noqa: S101 - parse gave none without
        zone = self.config.zone
        day, key = matter.date.civil(zone), self._key(document)
        listed = self._resolve_all(matter.speakers, path, Kind.ACTOR)
        said = [self._said(document, quote, key=key, day=whole(day)) for quote in document.quotes]
        quotes = tuple(quote for quote in said if quote)
        quoted = (said.speaker for said in quotes if said.speaker)
        return Entry(
            document=document,
            matter=matter,
            key=key,
            day=day,
            order=(day.isoformat(), matter.date.instant(zone).isoformat(), key),
            badge=reason_hidden(document, self.config),
            bound=self.bounds[path],
            speakers=tuple(dict.fromkeys([*listed, *quoted])),
            agreements=self._resolve_all(matter.agreements, path, Kind.AGREEMENT),
            topics=self._resolve_all(matter.topics, path, Kind.TOPIC),
            quotes=quotes,
        )

    def _said(self, document: Document, quote: Quote, *, key: str, day: PartialDate) -> Said | None:
        """Bind a quotation; None when its speaker cannot be bound, or when it quotes a text and nobody."""
        speaker = ""
        if quote.speaker and quote.inline:
            found = self.library.names.find(quote.speaker.text)
            if len(found) != 1 or found[0].kind != Kind.ACTOR:
                return None  # unknown and ambiguous names were reported as mentions
            speaker = found[0].id
        elif quote.speaker:
            speaker = self._resolve(quote.speaker, document.path, Kind.ACTOR)
            if not speaker:
                return None
        behalf = quote.on_behalf_of
        labels = dict(self.bounds[document.path].labels)
        return Said(
            quote=quote,
            entry=key,
            speaker=speaker,
            on_behalf_of=self._resolve(behalf, document.path, Kind.ACTOR) if behalf else "",
            about=self._about(quote, document.path),
            date=quote.date or day,
            paragraphs=tuple(fill_labels(paragraph, labels) for paragraph in quote.paragraphs),
        )

    def _about(self, quote: Quote, path: str) -> tuple[Target, ...]:
        targets = []
        for written in quote.about:
            target, problems = self.library.names.resolve(written, path)
            self.problems += problems
            targets += [target] if target else []
        return tuple(targets)

    # Entities

    def _actors(self, entries: Mapping[str, Entry], agreements: Mapping[str, Agreement]) -> dict[str, Actor]:
        speaks, appears = defaultdict(list), _mentions_by(entries, Kind.ACTOR)
        co_speakers: defaultdict[str, Counter[str]] = defaultdict(Counter)
        topics: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for key, entry in entries.items():
            for speaker in entry.speakers:
                speaks[speaker].append(key)
                appears[speaker][key] = None
                co_speakers[speaker].update(other for other in entry.speakers if other != speaker)
                topics[speaker].update(entry.topics)
        parts = self._parts(agreements)
        holders = self._office_holders()
        actors = {}
        for document in self._of(Kind.ACTOR):
            matter, name = document.matter, document.id
            assert isinstance(matter, ActorMatter)  # noqa: S101 - by kind
            actors[name] = Actor(
                document=document,
                matter=matter,
                bound=self.bounds[document.path],
                entries=tuple(key for key in entries if key in appears[name]),
                speaks_in=frozenset(speaks[name]),
                agreements=tuple(parts[name]),
                co_speakers=_most(co_speakers[name]),
                topics=_most(topics[name]),
                office_holders=tuple(holders[name]),
            )
        return dict(sorted(actors.items(), key=lambda item: sort_key(item[1].matter)))

    def _parts(self, agreements: Mapping[str, Agreement]) -> dict[str, list[tuple[str, str]]]:
        """Return each actor's part in each agreement."""
        parts: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for name, agreement in agreements.items():
            for party in agreement.parties:
                parts[party].append((name, "party"))
            for party in agreement.third_parties:
                parts[party].append((name, "third party"))
            for actor, party in agreement.signatories:
                whom = self.library.label(Target(Kind.ACTOR, party), None) if party else ""
                parts[actor].append((name, f"signatory for {whom}" if whom else "signatory"))
        return parts

    def _office_holders(self) -> dict[str, list[tuple[str, int]]]:
        """Return who held an office of each actor: (person, number of the role), latest first."""
        holders: dict[str, list[tuple[str, int]]] = defaultdict(list)
        starts: dict[tuple[str, int], str] = {}
        for document in self._of(Kind.ACTOR):
            assert isinstance(document.matter, ActorMatter)  # noqa: S101 - by kind
            for number, role in enumerate(document.matter.roles):
                of = self._resolve(role.of, document.path, Kind.ACTOR) if role.of else ""
                starts[document.id, number] = role.start.first.isoformat() if role.start else ""
                if of:
                    holders[of].append((document.id, number))
        for held in holders.values():
            held.sort(key=lambda item: (starts[item], item), reverse=True)
        return holders

    def _topics(self, entries: Mapping[str, Entry]) -> dict[str, Topic]:
        documents = self._of(Kind.TOPIC)
        broader = {document.id: self._broader(document) for document in documents}
        narrower = defaultdict(list)
        for name, above in sorted(broader.items()):
            narrower[above].append(name)
        topics = {}
        for document in documents:
            matter = document.matter
            assert isinstance(matter, TopicMatter)  # noqa: S101 - by kind
            within = _descendants(document.id, narrower)
            about = [entry for entry in entries.values() if within.intersection(entry.topics)]
            topics[document.id] = Topic(
                document=document,
                matter=matter,
                bound=self.bounds[document.path],
                broader=broader[document.id],
                narrower=tuple(narrower[document.id]),
                entries=tuple(entry.key for entry in about),
                speakers=_most(Counter(speaker for entry in about for speaker in entry.speakers)),
                agreements=tuple(
                    name for name, _ in _most(Counter(name for entry in about for name in entry.agreements))
                ),
            )
        return dict(sorted(topics.items(), key=lambda item: (item[1].matter.name.casefold(), item[0])))

    def _broader(self, document: Document) -> str:
        matter = document.matter
        assert isinstance(matter, TopicMatter)  # noqa: S101 - by kind
        return self._resolve(matter.broader, document.path, Kind.TOPIC) if matter.broader else ""

    def _agreements(self, entries: Mapping[str, Entry]) -> dict[str, Agreement]:
        appears = _mentions_by(entries, Kind.AGREEMENT)
        for key, entry in entries.items():
            about = (target.id for said in entry.quotes for target in said.about if target.kind == Kind.AGREEMENT)
            for name in (*entry.agreements, *about):
                appears[name][key] = None
        documents = self._of(Kind.AGREEMENT)
        relations = {document.id: self._relations(document) for document in documents}
        related_from = defaultdict(list)
        for name, related in relations.items():
            for kind, other in related:
                related_from[other].append((kind, name))
        agreements = {}
        for document in documents:
            matter, path, name = document.matter, document.path, document.id
            assert isinstance(matter, AgreementMatter)  # noqa: S101 - by kind
            agreements[name] = Agreement(
                document=document,
                matter=matter,
                bound=self.bounds[path],
                parties=self._resolve_all(matter.parties, path, Kind.ACTOR),
                third_parties=self._resolve_all(matter.third_parties, path, Kind.ACTOR),
                signatories=self._signatories(matter, path),
                event_parties=tuple(
                    self._resolve(event.party, path, Kind.ACTOR) if event.party else ""
                    for event in in_order(matter.events)
                ),
                relations=relations[name],
                related_from=tuple(related_from[name]),
                entries=tuple(key for key in entries if key in appears[name]),
                topics=_most(
                    Counter(topic for entry in entries.values() if name in entry.agreements for topic in entry.topics)
                ),
            )
        return dict(sorted(agreements.items(), key=lambda item: _newest_signature(item[1]), reverse=True))

    def _relations(self, document: Document) -> tuple[tuple[str, str], ...]:
        matter = document.matter
        assert isinstance(matter, AgreementMatter)  # noqa: S101 - by kind
        bound = (
            (relation.type, self._resolve(relation.agreement, document.path, Kind.AGREEMENT))
            for relation in matter.relations
        )
        return tuple((kind, other) for kind, other in bound if other)

    def _signatories(self, matter: AgreementMatter, path: str) -> tuple[tuple[str, str], ...]:
        bound = (
            (
                self._resolve(signatory.actor, path, Kind.ACTOR),
                self._resolve(signatory.party, path, Kind.ACTOR) if signatory.party else "",
            )
            for signatory in matter.signatories
        )
        return tuple((actor, party) for actor, party in bound if actor)

    # The rest

    def _pages(self) -> dict[str, FreePage]:
        pages = {}
        for document in self._of(Kind.PAGE):
            assert isinstance(document.matter, PageMatter)  # noqa: S101 - by kind
            if document.path not in self.hidden:
                pages[document.id] = FreePage(
                    document=document,
                    matter=document.matter,
                    bound=self.bounds[document.path],
                    badge=reason_hidden(document, self.config),
                )
        return pages

    def _backlinks(self) -> dict[Target, tuple[tuple[Target, tuple[Context, ...]], ...]]:
        """Return who mentions each record outside entries: the page that does, and its sentences."""
        found: dict[Target, dict[Target, list[Context]]] = defaultdict(lambda: defaultdict(list))
        for document in self.documents:
            if document.kind is Kind.ARTICLE or document.path in self.hidden:
                continue
            source = self.library.targets[document.path]
            for mention in self.bounds[document.path].mentions:
                if mention.target != source:
                    found[mention.target][source].append(mention.context)
        return {
            target: tuple((source, tuple(contexts)) for source, contexts in sources.items())
            for target, sources in found.items()
        }

    def _hidden(self) -> Hidden:
        reasons: dict[str, list[str]] = defaultdict(list)
        for path, reason in self.hidden.items():
            reasons[reason].append(path)
        return Hidden(
            drafts=tuple(reasons["draft"]),
            future=tuple(reasons["future"]),
            embargoed=tuple(reasons["embargoed"]),
            expired=tuple(reasons["expired"]),
        )


def sort_key(matter: ActorMatter) -> tuple[str, str]:
    """Return what actors are sorted by: the sort name, else the name, case folded (code points, no locale)."""
    return ((matter.sort_name or matter.name).casefold(), matter.name)


def _neighbours(newest_first: list[str]) -> dict[str, tuple[str, str]]:
    padded = ["", *newest_first, ""]
    return {key: (before, after) for after, key, before in zip(padded, padded[1:], padded[2:], strict=False)}


def _newest_signature(agreement: Agreement) -> tuple[str, str]:
    events = in_order(agreement.matter.events)
    return (events[0].date.first.isoformat() if events else "", agreement.document.id)


def _mentions_by(entries: Mapping[str, Entry], kind: Kind) -> defaultdict[str, dict[str, None]]:
    """Return the entries that mention each record of a kind; a dict serves as an ordered set."""
    appears: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for key, entry in entries.items():
        for mention in entry.bound.mentions:
            if mention.target.kind == kind:
                appears[mention.target.id][key] = None
    return appears


def _descendants(name: str, narrower: Mapping[str, list[str]]) -> set[str]:
    """Return a topic and all below it; a circle ends where it closes."""
    within, waiting = set[str](), [name]
    while waiting:
        topic = waiting.pop()
        if topic not in within:
            within.add(topic)
            waiting += narrower.get(topic, [])
    return within


def _most(counts: Counter[str]) -> Counts:
    """Return counts, the most frequent first, equal ones by id."""
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
