"""What a synthetic digest says, as values that any generator's content can be written from.

The same number and seed give the same facts. An entry has some 450 words, three quotations and two notes;
actors grow with four square roots of N, topics and agreements with one.
"""

from __future__ import annotations

import datetime as dt
import random
from itertools import product
from math import isqrt
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TITLE = "A synthetic digest"
URL = "https://example.org/"
EPOCH = dt.date(2004, 1, 1)
DAYS = 20 * 365
SYLLABLES = tuple(first + second for first, second in product("bdfgklmnprstvz", "aeiou"))
WORDS = tuple(
    """
    the of and to in a that on for with as by at from under after before about over would should could said
    has had were was been not more less early late formal draft text clause annex term pledge talks round
    meeting council ministry parliament committee envoy delegation statement reply question answer vote
    budget border region port grain energy transit customs prisoner exchange ceasefire guarantee support
    equipment training finance loan sanction review deadline signature ratified agreed refused proposed
    repeated denied
    """.split()  # noqa: SIM905 - a list would be as long as this module
)
STANCES = ("supports", "rejects", "conditional", "neutral", "unclear")
NOTES = ("Context", "Fact-check (misleading)", "Fact-check (accurate)", "Definition", "Note")
KINDS = ("person", "person", "person", "organisation", "state")


class Named(NamedTuple):
    """What content refers to, by kind (`actors`, `topics`, `agreements`), id and name."""

    kind: str
    id: str
    name: str


class World(NamedTuple):
    """Everybody and everything entries may be about."""

    actors: Sequence[Named]
    topics: Sequence[Named]
    agreements: Sequence[Named]


class Actor(NamedTuple):
    """Somebody who speaks."""

    named: Named
    kind: str
    role: str
    profile: str


class Topic(NamedTuple):
    """Something entries are about."""

    named: Named
    profile: str


class Agreement(NamedTuple):
    """What was signed, by two parties, and when it came into force."""

    named: Named
    parties: Sequence[Named]
    signed: dt.date
    in_force: dt.date
    profile: str


class Quote(NamedTuple):
    """Words set apart. `stance` is empty where they are about no agreement."""

    speaker: Named
    occasion: str
    day: dt.date
    stance: str
    about: Named | None
    text: str


class Source(NamedTuple):
    """The story an entry rests on."""

    publisher: str
    title: str
    url: str


class Entry(NamedTuple):
    """An entry: its front matter, then what its paragraphs are made of, in their order."""

    day: dt.date
    slug: str
    title: str
    speakers: Sequence[Named]
    agreements: Sequence[Named]
    topics: Sequence[Named]
    source: Source
    summary: str
    opening: str
    span: str
    opening_rest: str
    first_quote: Quote
    middle: str
    aside: str
    aside_by: Named
    said: str
    said_by: Named
    second_quote: Quote
    later: str
    rests_with: Named
    ending: str
    span_note: str
    span_source: str
    point_note: str


Record = Actor | Topic | Agreement | Entry


def generate(count: int, seed: int = 0) -> Iterator[Record]:
    """Yield what a digest of `count` entries holds: first everybody and everything, then the entries by date."""
    chance = random.Random(seed)
    world = make_world(chance, isqrt(count) + 5)
    for actor in world.actors:
        kind, role = chance.choice(KINDS), words(chance, 2).capitalize()
        yield Actor(actor, kind, role, text(chance, 48))
    for topic in world.topics:
        yield Topic(topic, sentence(chance, 20))
    for agreement in world.agreements:
        yield make_agreement(chance, agreement, world.actors)
    for number in range(count):
        day = EPOCH + dt.timedelta(days=number * DAYS // count)
        slug = "-".join([*chance.choices(WORDS, k=3), str(number)])
        yield make_entry(chance, world, day=day, slug=slug)


def make_world(chance: random.Random, size: int) -> World:
    """Make 4 × `size` actors, `size` topics and agreements; no two share a word that is a name."""
    codes = chance.sample(range(len(SYLLABLES) ** 3), 10 * size)
    names = iter(["".join(pick(code)).capitalize() for code in codes])
    actors = [named("actors", f"{next(names)} {next(names)}") for _ in range(4 * size)]
    topics = [named("topics", f"{next(names)} question") for _ in range(size)]
    return World(actors, topics, [named("agreements", f"Treaty of {next(names)}") for _ in range(size)])


def pick(code: int) -> Iterator[str]:
    """Yield the three syllables that a number stands for."""
    for _ in range(3):
        code, syllable = divmod(code, len(SYLLABLES))
        yield SYLLABLES[syllable]


def named(kind: str, name: str) -> Named:
    return Named(kind, name.lower().replace(" ", "-"), name)


def ids(things: Sequence[Named]) -> str:
    return ", ".join(thing.id for thing in things)


def words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choices(WORDS, k=count))


def sentence(chance: random.Random, count: int) -> str:
    return f"{words(chance, count).capitalize()}."


def text(chance: random.Random, count: int) -> str:
    """Return `count` words in sentences of twelve."""
    return " ".join(sentence(chance, 12) for _ in range(count // 12))


def make_agreement(chance: random.Random, agreement: Named, actors: Sequence[Named]) -> Agreement:
    parties = chance.sample(actors, 2)
    signed = EPOCH + dt.timedelta(days=chance.randrange(DAYS))
    in_force = signed + dt.timedelta(days=chance.randrange(30, 900))
    return Agreement(agreement, parties, signed, in_force, text(chance, 60))


def make_entry(chance: random.Random, world: World, *, day: dt.date, slug: str) -> Entry:
    speakers = chance.sample(world.actors, chance.randint(2, 5))
    agreements = chance.sample(world.agreements, chance.randint(0, 2))
    topics = chance.sample(world.topics, chance.randint(1, 3))
    span_note, point_note = (f"{chance.choice(NOTES)}: {sentence(chance, 18)}" for _ in range(2))
    return Entry(  # in the order of the text, for chance goes by it
        day=day,
        slug=slug,
        title=words(chance, 7).capitalize(),
        speakers=speakers,
        agreements=agreements,
        topics=topics,
        source=make_source(chance, world),
        summary=sentence(chance, 16),
        opening=text(chance, 36),
        span=words(chance, 4),
        opening_rest=text(chance, 36),
        first_quote=make_quote(chance, speakers[0], day=day, agreements=agreements),
        middle=text(chance, 48),
        aside=words(chance, 3),
        aside_by=speakers[-1],
        said=words(chance, 6),
        said_by=speakers[1],
        second_quote=make_quote(chance, speakers[1], day=day, agreements=agreements),
        later=text(chance, 48),
        rests_with=chance.choice(world.actors),
        ending=text(chance, 96),
        span_note=span_note,
        span_source=f"https://example.org/notes/{chance.randrange(10**9)}",
        point_note=point_note,
    )


def make_source(chance: random.Random, world: World) -> Source:
    publisher = f"The {chance.choice(world.topics).name} Gazette"
    title = words(chance, 8).capitalize()
    return Source(publisher, title, f"https://example.org/stories/{chance.randrange(10**9)}")


def make_quote(chance: random.Random, speaker: Named, *, day: dt.date, agreements: Sequence[Named]) -> Quote:
    stance = chance.choice(STANCES) if agreements else ""
    about = chance.choice(agreements) if agreements else None
    occasion = words(chance, 3)
    return Quote(speaker, occasion, day, stance, about, text(chance, 36))
