"""The README's tutorial, followed to the letter: its files are written, its commands run, its answers compared."""

from __future__ import annotations

import os
import re
import shlex
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
import yaml
from click.testing import CliRunner

from digest.cli import main
from tests.support.sample import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

DAY = "1705579200"
"""2024-01-18 12:00 UTC, the day the tutorial is written on (as SOURCE_DATE_EPOCH)."""

_FENCED = re.compile(r"^```(\w+)(?: (\w+)=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block: `markdown file=…` is a file, `markdown replace=…` lines mended, `console` what is run."""

    language: str
    action: str
    path: str
    text: str


def blocks() -> list[Block]:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    tutorial = text.partition("\n## Tutorial")[2].partition("\n## ")[0]
    found = (match.groups(default="") for match in _FENCED.finditer(tutorial))
    return [Block(*groups) for groups in found]


def steps(console: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a console block with the answer below it."""
    parts = re.split(r"^\$ (.*)\n", console, flags=re.MULTILINE)
    yield from zip(parts[1::2], parts[2::2], strict=True)


def steady(answer: str) -> str:
    """Blank out what a theme's number of files and a machine's speed decide."""
    return re.sub(r"^\d+ pages from|\(\d+ files written|in \d+\.\d s", "#", answer, flags=re.MULTILINE)


def run(command: str) -> str:
    program, *arguments = shlex.split(command)
    match program:
        case "cd":
            os.chdir(arguments[0])
        case "rm":
            for name in arguments:
                Path(name).unlink()
        case "digest":
            return CliRunner().invoke(main, arguments, catch_exceptions=False).output
        case _:
            raise AssertionError(f"the tutorial uses a command this test does not know: {command}")
    return ""


def mended(text: str, replacement: str) -> str:
    """Put each line of the replacement in the place of the one that begins alike; there must be one."""
    lines = text.splitlines()
    for new in filter(None, replacement.splitlines()):
        (number,) = (number for number, old in enumerate(lines) if old[:9] == new[:9])
        lines[number] = new
    return "\n".join(lines) + "\n"


def test_the_tutorial_can_be_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", DAY)
    monkeypatch.setenv("DIGEST_DEBUG", "1")
    told, answered = [], []
    for block in blocks():
        path = Path(block.path)
        if block.action == "file":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        elif block.action == "replace":
            path.write_text(mended(path.read_text(encoding="utf-8"), block.text), encoding="utf-8")
        elif block.language == "console":
            for command, answer in steps(block.text):
                told.append((command, steady(answer)))
                answered.append((command, steady(run(command))))
    assert answered == told
    assert len(told) >= 10


def test_the_workflow_runs_commands_that_exist() -> None:
    (workflow,) = (yaml.safe_load(block.text) for block in blocks() if block.path.startswith(".github/"))
    lines = [step["run"] for step in workflow["jobs"]["build"]["steps"] if "run" in step]
    commands = [shlex.split(line)[1:] for line in lines if line.startswith("digest ")]
    assert [command[0] for command in commands] == ["check", "build"]
    for name, *arguments in commands:
        command = main.get_command(click.Context(main), name)
        assert command
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in arguments if word.startswith("-")} <= options


def test_every_block_says_what_it_is() -> None:
    kinds = [(block.language, block.action) for block in blocks()]
    known = {("console", ""), ("sh", ""), ("markdown", "file"), ("markdown", "replace"), ("yaml", "file")}
    assert [kind for kind, _ in groupby(sorted(kinds)) if kind not in known] == []
