"""Asks once before a project's own theme runs here: its templates are code, and a cloned repository may bring any."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from digest.cli.common import load_settings
from digest.cli.ending import INTERRUPTED, USAGE, fail, warn
from digest.cli.machine import state_home
from digest.output.theme import find_themes, shown_path
from digest.report import safe
from digest.state.home import trust

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.cli.options import Options
    from digest.config import Config


def load_trusted(options: Options) -> tuple[Config, bool]:
    """Return the settings as `load_settings` does, once the theme that they name may run; ends where it may not."""
    config, warned = load_settings(options)
    return _trusted(config, options), warned


def _trusted(config: Config, options: Options) -> Config:
    chain = find_themes(config)
    strange = {name: folder for name, folder in chain.own.items() if name not in config.trusted}
    if not strange or chain.problems:  # which will be said of the theme, and then nothing of it runs
        return config
    places = " and ".join(f"{shown_path(config.root, folder)}/" for folder in strange.values())
    if not options.trust:
        _ask(places, config)
    _remember(config, strange)
    return replace(config, trusted=config.trusted.union(strange))


def _ask(places: str, config: Config) -> None:
    """Ask whether the templates in `places` may run, where somebody is there to answer; end if not."""
    what = f"the templates in {places} are code that runs with your rights, and were never run here"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        fail(f"{what}; look at them, then say --trust once", USAGE)
    warn(f"{what}.")
    click.echo(safe(f"The project is {config.root}; look at them before you answer."), err=True)
    try:
        answer = click.confirm("Let them run, now and later?", default=False, err=True)
    except click.Abort:  # as an interrupt, and the end of what is typed, are told
        fail("interrupted", INTERRUPTED)
    if not answer:
        fail("the theme was not let run, so nothing was done", USAGE)


def _remember(config: Config, names: Iterable[str]) -> None:
    try:
        trust(state_home(config.root), config.root, names)
    except OSError as error:
        warn(f"that cannot be remembered: {error.filename}: {error.strerror}")
