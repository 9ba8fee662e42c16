"""A synthetic digest of any size: `python -m benchmarks.corpus N DEST [--seed S]`.

The same number and seed give the same bytes. An entry has some 450 words, three quotations and two notes;
actors grow with four square roots of N, topics and agreements with one. `digest check` finds nothing wrong.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
from itertools import product
from math import isqrt
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
    """What content refers to, by id and by name."""

    id: str
    name: str


class World(NamedTuple):
    """Everybody and everything entries may be about."""

    actors: Sequence[Named]
    topics: Sequence[Named]
    agreements: Sequence[Named]


def generate(count: int, seed: int = 0) -> Iterator[tuple[str, str]]:
    """Yield every file of a digest of `count` entries, as its path and its text."""
    chance = random.Random(seed)
    world = make_world(chance, isqrt(count) + 5)
    yield "digest.yaml", "title: A synthetic digest\nbase_url: https://example.org/\n"
    for actor in world.actors:
        yield f"content/actors/{actor.id}.md", write_actor(chance, actor)
    for topic in world.topics:
        yield f"content/topics/{topic.id}.md", f"---\nname: {topic.name}\n---\n\n{sentence(chance, 20)}\n"
    for agreement in world.agreements:
        yield f"content/agreements/{agreement.id}.md", write_agreement(chance, agreement, world.actors)
    for number in range(count):
        day = EPOCH + dt.timedelta(days=number * DAYS // count)
        slug = "-".join([*chance.choices(WORDS, k=3), str(number)])
        yield f"content/articles/{day:%Y}/{day}-{slug}.md", write_entry(chance, day, world)


def make_world(chance: random.Random, size: int) -> World:
    """Make 4 × `size` actors, `size` topics and agreements; no two share a word that is a name."""
    codes = chance.sample(range(len(SYLLABLES) ** 3), 10 * size)
    words = iter(["".join(pick(code)).capitalize() for code in codes])
    actors = [named(f"{next(words)} {next(words)}") for _ in range(4 * size)]
    topics = [named(f"{next(words)} question") for _ in range(size)]
    return World(actors, topics, [named(f"Treaty of {next(words)}") for _ in range(size)])


def pick(code: int) -> Iterator[str]:
    """Yield the three syllables that a number stands for."""
    for _ in range(3):
        code, syllable = divmod(code, len(SYLLABLES))
        yield SYLLABLES[syllable]


def named(name: str) -> Named:
    return Named(name.lower().replace(" ", "-"), name)


def words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choices(WORDS, k=count))


def sentence(chance: random.Random, count: int) -> str:
    return f"{words(chance, count).capitalize()}."


def text(chance: random.Random, count: int) -> str:
    """Return `count` words in sentences of twelve."""
    return " ".join(sentence(chance, 12) for _ in range(count // 12))


def write_actor(chance: random.Random, actor: Named) -> str:
    first, last = actor.name.split()
    return (
        f"---\nname: {actor.name}\nkind: {chance.choice(KINDS)}\nsort_name: {last}, {first}\n"
        f"aliases: [{last}]\nroles:\n  - title: {words(chance, 2).capitalize()}\n---\n\n{text(chance, 48)}\n"
    )


def write_agreement(chance: random.Random, agreement: Named, actors: Sequence[Named]) -> str:
    parties = [actor.id for actor in chance.sample(actors, 2)]
    signed = EPOCH + dt.timedelta(days=chance.randrange(DAYS))
    in_force = signed + dt.timedelta(days=chance.randrange(30, 900))
    return (
        f"---\nname: {agreement.name}\nkind: treaty\nparties: [{', '.join(parties)}]\nevents:\n"
        f"  - {{date: {signed}, event: signed}}\n  - {{date: {in_force}, event: in-force}}\n---\n\n"
        f"{text(chance, 60)}\n"
    )


def write_entry(chance: random.Random, day: dt.date, world: World) -> str:
    speakers = chance.sample(world.actors, chance.randint(2, 5))
    agreements = chance.sample(world.agreements, chance.randint(0, 2))
    topics = chance.sample(world.topics, chance.randint(1, 3))
    notes = [f"{chance.choice(NOTES)}: {sentence(chance, 18)}" for _ in range(2)]
    first, second = speakers[:2]
    return f"""\
---
title: {words(chance, 7).capitalize()}
speakers: [{ids(speakers)}]
agreements: [{ids(agreements)}]
topics: [{ids(topics)}]
source:
  publisher: The {chance.choice(world.topics).name} Gazette
  title: {words(chance, 8).capitalize()}
  url: https://example.org/stories/{chance.randrange(10**9)}
summary: {sentence(chance, 16)}
---

{text(chance, 36)} At length [{words(chance, 4)}][^span], {text(chance, 36)}

{block_quote(chance, first, day, agreements)}

{text(chance, 48)} “{words(chance, 3)},” wrote {speakers[-1].name}; [[{second.id}|“{words(chance, 6)}”]].

{block_quote(chance, second, day, agreements)}

{text(chance, 48)} It rests with [[{chance.choice(world.actors).id}]] and the {topics[0].name}.[^point]

{text(chance, 96)}

[^span]: {notes[0]} [Source](https://example.org/notes/{chance.randrange(10**9)})

[^point]: {notes[1]}
"""


def ids(things: Sequence[Named]) -> str:
    return ", ".join(thing.id for thing in things)


def block_quote(chance: random.Random, speaker: Named, day: dt.date, agreements: Sequence[Named]) -> str:
    facts = f" {{stance={chance.choice(STANCES)} about={chance.choice(agreements).id}}}" if agreements else ""
    attribution = f"[[{speaker.id}]], {words(chance, 3)}, {day}{facts}"
    return f"> {text(chance, 36)}\n>\n> — {attribution}"


def write(count: int, folder: Path, seed: int = 0) -> None:
    """Write the digest below `folder`."""
    for path, content in generate(count, seed):
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int, help="number of entries")
    parser.add_argument("folder", type=Path, help="where to write")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    write(options.count, options.folder, options.seed)


if __name__ == "__main__":
    main()
