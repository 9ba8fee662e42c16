"""The manual mentions every key, command, option and template, and its links and examples hold."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
import pytest

from digest.cli import COMMANDS, main
from digest.config import Settings, load
from digest.content.kinds import by_name
from digest.decode.schema import json_schema
from digest.model import Kind
from digest.output.theme import ThemeSettings
from digest.pages.kinds import KINDS
from tests.support.sample import REPOSITORY
from tests.support.site import read_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.site import Site

DOCS = REPOSITORY / "docs"
PROSE = sorted([*REPOSITORY.glob("*.md"), *DOCS.glob("*.md")])
_FENCED = re.compile(r"^```[^\n]*\n.*?^```$|^    [^\n]*$", re.MULTILINE | re.DOTALL)
"""Code, fenced or indented."""
_FILE = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^()\s]+)\)")


def manual(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def sections(text: str) -> dict[str, str]:
    """Return a page's text by heading; the text of a heading ends where the next one of any level begins."""
    parts = re.split(r"^#+ (.+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def keys(schema: Mapping[str, object]) -> set[str]:
    properties = schema.get("properties", {})
    assert isinstance(properties, dict)
    return set(properties)


def undocumented(names: set[str], text: str) -> list[str]:
    """Return the names that begin no row of a table in the text."""
    return sorted(names - set(re.findall(r"^\| `([^`]+)`", text, flags=re.MULTILINE)))


PLACES = {
    Kind.ARTICLE: "Articles",
    Kind.ACTOR: "Actors",
    Kind.TOPIC: "Topics",
    Kind.AGREEMENT: "Agreements",
    Kind.PAGE: "Pages",
    "SourceMatter": "`source` and `also_covered_by`",
    "CorrectionMatter": "`corrections`",
    "AnnotationMatter": "`annotations`",
    "RoleMatter": "`roles`",
    "NameMatter": "`names`",
    "SignatoryMatter": "`signatories`",
    "EventMatter": "`events`",
    "RelationMatter": "`relations`",
}
"""The heading below which a kind's or a nested mapping's keys are listed."""


@pytest.mark.parametrize("kind", by_name())
def test_every_key_of_front_matter_is_described(kind: str) -> None:
    told = sections(manual("content.md"))
    schema = json_schema(by_name()[kind].schema(), title="")
    assert undocumented(keys(schema), told[PLACES[kind]]) == []
    for name, nested in schema.get("$defs", {}).items():
        assert undocumented(keys(nested), told[PLACES[name]]) == []


def test_every_setting_is_described() -> None:
    schema = json_schema(Settings, title="")
    nested = {key for mapping in schema["$defs"].values() for key in keys(mapping)}
    assert undocumented(keys(schema) | nested, manual("configuration.md")) == []


def test_every_kind_of_note_and_verdict_is_listed(tmp_path: Path) -> None:
    settings = tmp_path / "digest.yaml"
    settings.write_text("title: Test\n", encoding="utf-8")
    config, _ = load(tmp_path, path=settings, now=datetime(2024, 1, 18, tzinfo=UTC))
    assert config
    told = sections(manual("writing.md"))["Notes"]
    rows = [f"| {kind.label} | {f'`{kind.sign}`' if kind.sign else ''}".rstrip() for kind in config.dialect.kinds]
    assert [row for row in rows if row not in told] == []
    assert [verdict for verdict in config.dialect.verdicts if f"*{verdict}*" not in told] == []


def test_every_key_of_a_theme_is_described() -> None:
    text = manual("themes.md")
    assert [key for key in keys(json_schema(ThemeSettings, title="")) if f"`{key}`" not in text] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_described(name: str) -> None:
    told = sections(manual("commands.md"))
    text = told["Common options"] + told[name]
    command = main.get_command(click.Context(main), name)
    assert command
    options = {option for parameter in command.params for option in parameter.opts}
    assert [option for option in sorted(options) if option.startswith("-") and f"`{option}" not in text] == []


def test_every_template_is_listed_with_its_view() -> None:
    text = manual("themes.md")
    templates = REPOSITORY / "themes" / "broadsheet" / "templates"
    names = {path.relative_to(templates).as_posix() for path in templates.rglob("*.html")}
    named = {name for name in names if not name.startswith("macros/")}
    assert [name for name in sorted(named) if f"`{name}`" not in text] == []
    shown = {kind.view.__annotations__["return"] for kind in KINDS if kind.template}
    assert len(shown) == len(KINDS)
    assert [name for name in sorted(shown) if f"`{name}`" not in text] == []


@pytest.mark.parametrize("page", PROSE, ids=lambda page: page.name)
def test_links_lead_to_files_and_headings(page: Path) -> None:
    assert list(dead_links(page)) == []


def dead_links(page: Path) -> Iterator[str]:
    for link in _LINK.findall(_FENCED.sub("", page.read_text(encoding="utf-8"))):
        path, _, anchor = link.partition("#")
        if link.startswith(("https://", "http://")):
            continue
        file = (page.parent / path) if path else page
        known = anchors(file.read_text(encoding="utf-8")) if anchor and file.exists() else {anchor}
        if not file.exists() or anchor not in known:
            yield link


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub gives to headings."""
    headings = re.findall(r"^#+ (.+)$", _FENCED.sub("", text), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_example_of_a_theme_works(site: Site) -> None:
    """
    -- content/pages/about.md --
    ---
    title: About
    ---
    """
    for path, text in _FILE.findall(manual("themes.md")):
        site.write(path, text)
    site.build("--base-url", "https://example.org/news/")
    footer = site.out("index.html").partition("<footer")[2]
    assert '<a href="/news/about/">How we work</a>' in footer
    assert "<p>CC BY 4.0</p>" in footer


def test_schemas_are_written_as_listed(site: Site) -> None:
    """No more than the settings."""
    told = re.findall(r"^schemas/(\S+)$", manual("editors.md"), flags=re.MULTILINE)
    folder = site.root / "schemas"
    main.main(["schema", "-o", str(folder)], standalone_mode=False)
    files = read_tree(folder)
    assert sorted(told) == sorted(files)
    assert all(json.loads(text)["$schema"].startswith("https://json-schema.org/") for text in files.values())


def test_the_guide_for_contributors_is_short() -> None:
    assert len((REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()) <= 100
