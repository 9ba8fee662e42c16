"""Random edits reach every key that writers may use, and pages change with them."""

from __future__ import annotations

import dataclasses
import re
from itertools import combinations
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import pytest
import yaml

from digest.config import Settings
from digest.content.kinds import by_folder
from digest.decode.types import KEY
from tests.support.choices import BODIES, CHOICES, QUOTE
from tests.support.tiny import THEME, Files, start
from tests.support.twins import Outcome, Twins, work_once

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA_OF: dict[str, type] = {
    **{f"content/{folder}": kind.schema() for folder, kind in by_folder().items()},
    "digest.yaml": Settings,
}
EDITED = {
    "content/articles": "content/articles/2024-01-10-base.md",
    "content/actors": "content/actors/ann.md",
    "content/topics": "content/topics/food.md",
    "content/agreements": "content/agreements/accord.md",
    "content/pages": "content/pages/about.md",
    "digest.yaml": "digest.yaml",
}
"""The file that is edited, by folder."""

ON_NO_PAGE = {
    "digest.yaml": {
        "annotations.verdicts": "says which words are mistakes",
        "publish.host_files": "says which files are mistakes",
        "publish.in_place": "says how files are replaced",
        "timeout": "ends what takes too long",
    },
}
"""Keys with which no page changes, and why."""


def keys_of(schema: Any, above: str = "") -> Iterator[str]:
    """Yield every key of a schema, those of schemas within it as `source.publisher`."""
    hints = get_type_hints(schema)
    for field in dataclasses.fields(schema):
        key = f"{above}{field.metadata.get(KEY, field.name)}"
        inner = schema_in(hints[field.name])
        if inner:
            yield from keys_of(inner, f"{key}.")
        else:
            yield key


def schema_in(hint: Any) -> type | None:
    """Return the schema that a value, or one of those in a list, must fit."""
    inside = (schema_in(argument) for argument in get_args(hint))
    is_schema = dataclasses.is_dataclass(hint) and hasattr(hint, "__pydantic_config__")
    return hint if is_schema else next(filter(None, inside), None)


def read(key: str, written: str) -> dict[str, object]:
    """Return what is written after a key, by key and place in lists: `source.url`, `roles.0.title`."""
    return dict(flat(key, yaml.safe_load(written))) if written else {}


def flat(key: str, value: object) -> Iterator[tuple[str, object]]:
    if not isinstance(value, list | dict):
        yield key, value
        return
    for part, inner in enumerate(value) if isinstance(value, list) else value.items():
        yield from flat(f"{key}.{part}", inner)


def edits_of(folder: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield each edit that changes one key alone: that key, the key at the top that it is in, and two values of it."""
    for top, values in CHOICES[folder].items():
        for one, other in combinations(values if top != "body" else (), 2):
            differing = {name for name, _ in read(top, one).items() ^ read(top, other).items()}
            keys = {re.sub(r"\.\d+", "", name) for name in differing}
            if len(keys) == 1:
                yield "extra" if top == "extra" else keys.pop(), top, one, other


@pytest.mark.parametrize("folder", CHOICES)
def test_every_key_is_in_an_edit_of_its_own(folder: str) -> None:
    edited = {key for key, *_ in edits_of(folder)}
    assert edited == {*keys_of(SCHEMA_OF[folder])}


@pytest.fixture
def twins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Twins:
    """A digest on whose pages everything shows that may be written in it; its theme shows all of a source."""
    work_once(monkeypatch)
    monkeypatch.setenv("DIGEST_DEBUG", "1")
    files: Files = start()
    files["digest.yaml"]["theme"] = "mine"
    files["content/agreements/accord.md"] = {"name": "The Accord", "parties": "[land, bob]"}
    files["content/articles/2024-01-10-base.md"]["body"] = "\n\n".join(
        (*BODIES[9:13], QUOTE.format("bob", ", 2024-01-09 {about=accord}"), "[[accord]] and [[food]].")
    )
    files["content/articles/2024-02-29-late.md"] = {"title": "Late", "date": "2024-02-29T23:30+00:00"}
    for path in ("themes/mine/templates/article.html", "themes/mine/templates/topics.html"):
        files[path] = {"text": THEME[path][-1]}
    return Twins(tmp_path / "live", tmp_path / "clean", files)


@pytest.mark.parametrize("folder", CHOICES)
def test_a_page_changes_with_every_key(twins: Twins, folder: str) -> None:
    path = EDITED[folder]
    before = twins.files[path]
    seen: dict[tuple[str, str], Outcome] = {}

    def built(top: str, value: str) -> Outcome:
        twins.files[path] = {**before, top: value}
        return seen.get((top, value)) or seen.setdefault((top, value), twins.run("build"))

    unchanged = {key for key, *_ in edits_of(folder)}
    for key, top, one, other in edits_of(folder):
        if key in unchanged and built(top, one).tree != built(top, other).tree:
            unchanged.remove(key)
    assert not [found.problems for found in seen.values() if found.exit_code]
    assert unchanged == {*ON_NO_PAGE.get(folder, ())}
