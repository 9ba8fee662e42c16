"""`digest check`."""

from __future__ import annotations

from time import time_ns
from typing import TYPE_CHECKING

import click

from digest.build import facts_of, try_out
from digest.cli.common import common, say
from digest.cli.problems import exit_code, first_of_each, print_problems
from digest.cli.progress import progress
from digest.cli.remembering import any_folder, with_store
from digest.cli.summary import contents, count_problems, hidden
from digest.cli.trusting import load_trusted
from digest.engine.session import Session
from digest.executor import local
from digest.prepare import prepare

if TYPE_CHECKING:
    from digest.cli.options import Options
    from digest.config import Config
    from digest.state.store import Store


@click.command()
@common
def check(options: Options) -> int:
    """Find every problem, as `build` would; write nothing."""
    config, _ = load_trusted(options)
    with any_folder(config.root, options) as place:
        return with_store(place, options, lambda store: _check(config, options, store))


def _check(config: Config, options: Options, store: Store) -> int:
    with progress(options) as report:
        session = Session(store=store, executor=local(options.jobs), clock=time_ns(), progress=report)
        prepared = prepare(config, session)
        problems = list(prepared.diagnostics)
        if theme := prepared.usable_theme:
            problems += first_of_each(try_out(prepared, session, theme=theme))
    print_problems(problems, config.root, options)
    found = count_problems(problems) or "no problems"
    facts = facts_of(prepared)
    say(f"Checked {contents(facts)}: {found}.{hidden(facts)}", options)
    return exit_code(problems, strict=options.strict)
