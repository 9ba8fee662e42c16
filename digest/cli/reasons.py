"""`digest why`: what a page is made of, and why it was or was not rendered last time."""

from __future__ import annotations

import json
from time import time_ns
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import click

from digest.build import decisions
from digest.cli.common import common, say
from digest.cli.ending import DONE, USAGE, fail
from digest.cli.remembering import any_folder, with_store
from digest.cli.trusting import load_trusted
from digest.engine.render_pages import Rendered, Task, why
from digest.engine.rows import recall
from digest.engine.session import Session
from digest.executor import local
from digest.pages.routes import url_of
from digest.pages.sight import WORDS
from digest.pages.urls import out_path
from digest.prepare import Prepared, prepare

if TYPE_CHECKING:
    from digest.cli.options import Options
    from digest.config import Config
    from digest.state.store import Store


@click.command("why")
@click.argument("what")
@common
def why_command(options: Options, what: str) -> int:
    """Say what the page at a URL is made of, or the pages of a FILE, and why they were or will be rendered."""
    config, _ = load_trusted(options)
    with any_folder(config.root, options) as place:
        return with_store(place, options, lambda store: _explain(what, config, options, store=store))


def _explain(what: str, config: Config, options: Options, *, store: Store) -> int:
    prepared = prepare(config, Session(store=store, executor=local(options.jobs), clock=time_ns()))
    if prepared.theme is None:
        fail("without its theme the site has no pages", USAGE)
    known = {path: recall(data, Rendered) for path, data in store.all("pages")}
    work = dict(decisions(prepared, known))
    found = [path for path in _paths(what, prepared) if path in work]
    if not found:
        fail(f"no page is called {what!r} or comes from such a file", USAGE)
    records = [_record(path, work[path], known.get(path), prepared=prepared) for path in found]
    if options.format == "json":
        click.echo(json.dumps(records, ensure_ascii=False, indent=2))
    else:
        for number, record in enumerate(records):
            for line in _lines(record, first=not number):
                say(line, options)
    return DONE


def _paths(what: str, prepared: Prepared) -> list[str]:
    """Return the files of the site that a URL, a path of the site or a file of the project names."""
    named = what.removeprefix("./")
    from_file = [out_path(url_of(page)) for page, source in prepared.planned if source == named]
    if from_file:
        return from_file
    url = unquote(urlsplit(what).path)
    base = prepared.site.config.base_path
    url = url.removeprefix(base) if base and url.startswith(f"{base}/") else url
    known = {url_of(page): out_path(url_of(page)) for page, _ in prepared.planned}
    return [known[name] for name in (url, f"{url}/", f"/{url}", f"/{url}/") if name in known][:1]


def _record(path: str, item: Rendered | Task, before: Rendered | None, *, prepared: Prepared) -> dict[str, object]:
    source = next(source for page, source in prepared.planned if out_path(url_of(page)) == path)
    scope = item.scope
    return {
        "url": url_of(item.page),
        "path": path,
        "source": source,
        "inputs": {name: WORDS[name] for name in scope},
        "rendered": before.when if before else "",
        "because": before.why if before else "",
        "next": "" if isinstance(item, Rendered) else why(item, before),
    }


def _lines(record: dict[str, object], *, first: bool) -> list[str]:
    """Return a record as people read it, with an empty line between two."""
    lines = [*([] if first else [""]), str(record["url"]), f"  file      {record['path']}"]
    if record["source"]:
        lines.append(f"  from      {record['source']}")
    last = f"{record['rendered']}, because it was {record['because']}" if record["rendered"] else "never"
    lines.append(f"  rendered  {last}")
    lines.append(f"  next      {_next(str(record['next']))}")
    inputs = record["inputs"]
    assert isinstance(inputs, dict)  # noqa: S101 - made above
    return [*lines, "  made of", *(f"    {name:<11} {words}" for name, words in inputs.items())]


def _next(reason: str) -> str:
    if not reason:
        return "not to be rendered: nothing it is made of has changed"
    return f"to be looked at, and rendered if it shows the change ({reason})"
