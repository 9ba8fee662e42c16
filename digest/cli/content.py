"""`digest init`, `new`, `list` and `schema`."""

from __future__ import annotations

import json
from pathlib import Path
from time import time_ns
from typing import TYPE_CHECKING

import click

from digest import scaffold
from digest.cli.common import common, current_moment, load_config, refuse_links, say
from digest.cli.ending import DONE, PROBLEMS, USAGE, ending, fail
from digest.cli.options import AsOf
from digest.cli.problems import exit_code
from digest.cli.remembering import any_folder, with_store
from digest.cli.trusting import load_trusted
from digest.config import Settings
from digest.content import kinds
from digest.content.matter import ACTOR_KINDS
from digest.decode.schema import json_schema
from digest.diagnostics import has_errors
from digest.engine.session import Session
from digest.executor import local
from digest.listing import lists
from digest.prepare import prepare
from digest.report import safe

if TYPE_CHECKING:
    from digest.cli.options import Options
    from digest.config import Config
    from digest.dates import Moment
    from digest.state.store import Store


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=".")
@click.option("--title", default="My digest", help="The site's name.")
def init(folder: Path, title: str) -> None:
    """Make a new site in FOLDER, with one entry to replace."""
    with ending():
        refuse_links(folder)
        try:
            made = scaffold.new_site(folder, title=title, today=current_moment().date())
        except scaffold.CannotCreateError as error:
            fail(str(error), USAGE)
        for file in made:
            click.echo(file.as_posix())
        place = "" if folder == Path() else f"cd {folder} && "
        click.echo(f"\nNow: {place}digest serve")


@click.command()
@click.argument("kind", type=click.Choice([*kinds.by_name()]))
@click.argument("name")
@click.option("--id", "name_id", default="", help="The id, where one cannot be made from the name.")
@click.option("--date", "day", type=AsOf(), help="An article's date. Default: today.")
@click.option("--kind", "actor_kind", type=click.Choice(ACTOR_KINDS), default="person", help="What an actor is.")
@common
def new(options: Options, kind: str, name: str, name_id: str, day: Moment | None, actor_kind: str) -> int:
    """Make a file for a new article, actor, topic, agreement or page called NAME."""
    config = load_config(options)
    root = config.root
    try:
        today = day.civil(config.zone) if day else config.today
        file = scaffold.new_content(root, kind, name, today=today, name_id=name_id, actor_kind=actor_kind)
    except scaffold.CannotCreateError as error:
        fail(str(error), USAGE)
    click.echo(file.relative_to(root).as_posix())
    return DONE


@click.command("list")
@click.argument("what", type=click.Choice([*lists()]))
@common
def list_records(options: Options, what: str) -> int:
    """List articles, actors, topics, agreements, quotes or drafts."""
    config, _ = load_trusted(options)
    with any_folder(config.root, options) as place:
        return with_store(place, options, lambda store: _list(what, config, options, store=store))


def _list(what: str, config: Config, options: Options, *, store: Store) -> int:
    prepared = prepare(config, Session(store=store, executor=local(options.jobs), clock=time_ns()))
    records = lists()[what](prepared.site, prepared.corpus)
    if options.format == "json":
        click.echo(json.dumps(records, ensure_ascii=False, indent=2))
    else:
        for record in records:
            click.echo("\t".join(safe(str(value)) for value in record.values() if isinstance(value, str)))
    if has_errors(prepared.diagnostics):
        say("The list may be incomplete: digest check says why.", options)
    return exit_code(prepared.diagnostics, strict=False) and PROBLEMS


@click.command()
@click.argument("kind", type=click.Choice([*kinds.by_name(), "site"]), required=False)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write all of them as files into this folder.")
def schema(kind: str | None, output: Path | None) -> None:
    """Print the JSON Schema of a KIND's front matter, or of digest.yaml (site)."""
    own = {name: json_schema(kind.schema(), title=f"digest {name}") for name, kind in kinds.by_name().items()}
    own["site"] = json_schema(Settings, title="digest.yaml")
    with ending():
        if output:
            refuse_links(output)
            for file in scaffold.write_schemas(output, own):
                click.echo(file.as_posix())
        else:
            click.echo(json.dumps(own[kind] if kind else own, ensure_ascii=False, indent=2))
