"""The rules of ARCHITECTURE.md that a program can check. A module or package stands here without `digest.`."""

from __future__ import annotations

import re

import pytest

from tests.support.modules import Module, circle, edges, read_package
from tests.support.sample import REPOSITORY

MODULES = read_package(REPOSITORY / "digest")
IMPORTS = edges(MODULES)

MAY_IMPORT = {
    # the ground: values and words everyone may use
    "": "",
    "digests": "",
    "overlay": "",
    "values": "digests",
    "dates": "values",
    "diagnostics": "digests values",
    "decode": "dates diagnostics",
    "model": "dates decode values",
    "project": "",
    "config": "dates decode diagnostics model digests project",
    "deadline": "",
    "apart": "deadline",
    "executor": "deadline apart",
    "cluster": "executor",
    # the pipeline: a stage sees the values of those before it and none after it
    "content": "dates decode diagnostics model digests values",
    "linking": "dates decode diagnostics model digests values overlay config content.document content.kind content.kinds "
    "content.load content.matter content.sentences",
    "pages": "dates decode diagnostics model digests values config content.document content.kind content.kinds "
    "content.load content.matter linking",
    "output": "decode diagnostics model digests config content.load pages state.folder state.git",
    "state": "digests values",
    # the drivers: they alone know the order
    "engine": "dates decode diagnostics model digests values project config executor deadline apart content linking pages output state",
    "prepare": "dates decode diagnostics model digests values config executor apart content linking pages output state engine",
    "build": "dates decode diagnostics model digests values config executor content linking pages output state engine prepare",
    "preview": "dates decode diagnostics model digests values overlay config project executor deadline apart content linking pages output state engine "
    "prepare report",
    # the commands
    "scaffold": "dates decode diagnostics model project config content",
    "listing": "dates diagnostics model config content.document content.kinds content.matter linking pages "
    "engine.read_content",
    "report": "decode diagnostics output.places",
    "cli": "dates diagnostics model project digests values config decode executor apart cluster content linking pages output state engine "
    "prepare build preview scaffold listing report",
    "__main__": "cli",
}
"""What a module or package may import besides itself; everyone may import `digest` for its version."""

LOADED_ONLY_IN = {
    "markdown": "content.markdown content.quick content.quick_inline",
    "yaml": "decode.events",
    "nh3": "content.gate",
    "rapidfuzz": "diagnostics content.quote_selector",
    "pydantic": "decode.validation decode.types",
    "jinja2": "output.engine output.nonces output.render output.templates",
    "markupsafe": "output.engine output.bodies",
    "watchdog": "preview.events",
    "filelock": "state.folder",
    "msgspec": "values",
    "distributed": "cluster",
    "sqlite3": "state.store",
    "starlette": "preview.app",
    "uvicorn": "preview.server",
    "click": "cli",
    "rich": "cli report progress",
    "concurrent.futures": "executor digests",
    "multiprocessing": "executor apart",
    "locale": "",
    "random": "",
}
"""Where alone a package may be imported: what one module knows can be replaced in one module."""

USED_ONLY_IN = {
    "print": "cli",
    "sys.exit": "cli",
    "os.environ": "cli",
    "os.getenv": "cli",
    "datetime.now": "cli",
    "date.today": "cli",
    "time.time": "cli",
}
"""Where alone a name may be used: a build depends on what it is given, and only the commands speak."""

MAY_WRITE = "output.write output.place output.exchange output.inplace state scaffold preview.edit.replacing preview.edit.waiting"
LONGEST = 300


def home(name: str, places: str) -> str | None:
    """Return the longest of `places` that the module `digest.<name>` is or lies in."""
    found = [place for place in places.split() if f"{name}.".startswith(f"{place}.")]
    return max(found, key=len, default=None)


def short(name: str) -> str:
    return name.removeprefix("digest").removeprefix(".")


@pytest.fixture(params=MODULES.values(), ids=lambda module: module.name)
def module(request: pytest.FixtureRequest) -> Module:
    """Each module in turn."""
    found: Module = request.param
    return found


def test_imports_run_in_no_circle() -> None:
    assert circle(IMPORTS) == []


def strangers(module: Module, targets: set[str]) -> list[str]:
    """Return those of `targets` that the module may not import."""
    own = home(short(module.name), " ".join(MAY_IMPORT)) or ""
    allowed = f"{own} {MAY_IMPORT[own]}"
    return [name for name in sorted(targets) if short(name) and not home(short(name), allowed)]


def test_stages_import_only_what_comes_before(module: Module) -> None:
    assert strangers(module, IMPORTS[module.name]) == []


def test_every_module_has_its_place_in_the_table(module: Module) -> None:
    place = module.name == "digest" or home(short(module.name), " ".join(MAY_IMPORT))
    assert place


def out_of_place(module: Module) -> list[str]:
    """Return what the module imports or uses that belongs to others."""
    rules = [
        *((name, places, module.loads(name)) for name, places in LOADED_ONLY_IN.items()),
        *((name, places, module.uses(name)) for name, places in USED_ONLY_IN.items()),
    ]
    return [name for name, places, found in rules if found and not home(short(module.name), places)]


def test_what_belongs_to_one_module_is_used_there_alone(module: Module) -> None:
    assert out_of_place(module) == []


def test_files_are_written_in_one_place(module: Module) -> None:
    writes = [] if home(short(module.name), MAY_WRITE) else list(module.writes())
    assert writes == []


def test_no_module_keeps_mutable_state(module: Module) -> None:
    assert list(module.mutable_state()) == []


def test_modules_are_short_and_say_what_they_are(module: Module) -> None:
    docstring = module.docstring
    assert docstring
    length = len(module.text.splitlines())
    assert length <= LONGEST


def test_the_map_shows_every_module() -> None:
    text = (REPOSITORY / "ARCHITECTURE.md").read_text(encoding="utf-8")
    stems = {name: name.rpartition(".")[2] for name in MODULES}
    assert [name for name, stem in stems.items() if not re.search(rf"\b{stem}(\.py\b|/|`)", text)] == []


# Rules that cannot fail would prove nothing: each is shown something to find.


def test_circles_are_found_through_late_and_type_imports() -> None:
    texts = {
        "digest.a": "import digest.b",
        "digest.b": "def f():\n    from digest.c import x",
        "digest.c": "if TYPE_CHECKING:\n    from digest import a",
        "digest.d": "from digest.a import y",
    }
    found = {name: Module(name, text) for name, text in texts.items()}
    assert set(circle(edges(found))) == {"digest.a", "digest.b", "digest.c"}
    assert circle(edges(found | {"digest.c": Module("digest.c", "")})) == []


def test_imports_against_the_order_are_found() -> None:
    linking = Module("digest.linking.link", "")
    assert strangers(linking, {"digest.model", "digest.linking.names", "digest.output.write"}) == [
        "digest.output.write"
    ]


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("content.body", "import yaml", ["yaml"]),
        ("content.body", "from markdown.extensions import Extension", ["markdown"]),
        ("content.markdown", "import markdown", []),
        ("config", "print = settings.markdown", ["print"]),
        ("build", "print(1)", ["print"]),
        ("build", "from os import environ", ["os.environ"]),
        ("build", "import datetime as dt\nnow = dt.datetime.now()", ["datetime.now"]),
        ("cli.main", "import sys\nsys.exit(print())", []),
        ("climate", "import click", ["click"]),
    ],
)
def test_what_is_out_of_place_is_found(name: str, text: str, found: list[str]) -> None:
    assert out_of_place(Module(f"digest.{name}", text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("path.write_text('')", ["path.write_text"]),
        ("open(path, 'w')", ["open"]),
        ("path.open(mode='ab')", ["path.open"]),
        ("open(path)", []),
        ("open(path, 'rb')", []),
        ("os.replace(a, b)", ["os.replace"]),
        ("text.replace('a', 'b')", []),
    ],
)
def test_writing_is_found(text: str, found: list[str]) -> None:
    assert list(Module("digest.x", text).writes()) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("seen = []", ["seen"]),
        ("SEEN: set[str] = set()", ["SEEN"]),
        ("cache = {}", ["cache"]),
        ("TABLE = {'a': 1}", []),
        ("NAMES = ('a', frozenset())", []),
        ("def f():\n    seen = []", []),
    ],
)
def test_mutable_state_is_found(text: str, found: list[str]) -> None:
    assert list(Module("digest.x", text).mutable_state()) == found
