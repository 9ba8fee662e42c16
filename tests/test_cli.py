"""The command line: what each command makes and prints, in which format, and with which exit code it ends."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from digest.cli import main
from digest.model import Kind
from tests.support.sample import REPOSITORY
from tests.support.site import NOON

if TYPE_CHECKING:
    from tests.support.site import Site

LISTS = ("articles", "actors", "topics", "agreements", "quotes", "drafts")
FOLDERS = {"article": "articles", "actor": "actors", "topic": "topics", "agreement": "agreements", "page": "pages"}
BROKEN = "---\ntitle: X\nspeakers: [nobody]\n---\n"
DOCUMENTATION = [path for path in [REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md")] if path.is_file()]


def invoke(*args: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, args, catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOON)
    monkeypatch.setenv("DIGEST_DEBUG", "1")


def test_init_makes_a_site_without_a_fault(tmp_path: Path) -> None:
    folder = tmp_path / "news"
    code, out, _ = invoke("init", str(folder), "--title", "Ann's: #1 news")
    assert code == 0
    assert "digest serve" in out
    assert invoke("build", "-C", str(folder), "--strict")[0] == 0
    page = (folder / "site" / "index.html").read_text()
    assert "<title>Ann&#39;s: #1 news</title>" in page
    assert "/articles/2024/03/a-first-entry/" in page
    assert invoke("init", str(folder))[0] == 2


def test_init_leaves_what_is_there_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    code, _, err = invoke("init", str(tmp_path))
    assert (code, "is not an empty folder" in err) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


NAMES = [
    "Plain",
    "a: b",
    "x #y",
    "- x",
    "[x]",
    "{y}",
    "Yes",
    "null",
    "2024",
    "12:30",
    "'q'",
    '"q"',
    "“q”",
    "100%",
    "@x",
    "a:",
    "Сергей Лавров",
    "Über & Söhne",
    "C:\\x",
    "*x",
    "&x",
    "!x",
    "|",
    "x\ty",
]


@pytest.mark.parametrize(
    ("kind", "name"), [*((kind, "a: “b” #c") for kind in FOLDERS), *((Kind.TOPIC, name) for name in NAMES)]
)
def test_what_new_makes_is_right_and_bears_the_name(site: Site, kind: str, name: str) -> None:
    run = site.run("new", "--id", "given", "--", kind, name)
    assert run.exit_code == 0, run
    path = run.stdout.strip()
    assert path.startswith(f"content/{FOLDERS[kind]}/")
    assert site.diagnostics("-D") == []
    if kind != Kind.PAGE:
        (record,) = json.loads(site.run("list", FOLDERS[kind], "--format", "json", "-D").stdout)
        assert record.get("title", record.get("name")) == " ".join(name.split())


@pytest.mark.parametrize(("name", "path"), [("Сергей Лавров", "sergei-lavrov"), ("Łódź!", "lodz"), ("A  B—C", "a-b-c")])
def test_new_makes_the_id_from_the_name_in_latin_letters(site: Site, name: str, path: str) -> None:
    assert site.run("new", "actor", name).stdout == f"content/actors/{path}.md\n"
    again = site.run("new", "actor", name)
    assert (again.exit_code, again.stderr) == (2, f"digest: content/actors/{path}.md exists\n")


@pytest.mark.parametrize("arguments", [("…",), ("x", "--id", "///"), ("x", "--id", "x" * 300), ("con",)])
def test_new_makes_no_file_without_an_id(site: Site, arguments: tuple[str, ...]) -> None:
    run = site.run("new", "topic", *arguments)
    assert (run.exit_code, "give one with --id" in run.stderr) == (2, True)
    assert not (site.root / "content").exists()


def test_new_takes_the_day_of_the_sites_zone(site: Site) -> None:
    """At noon in London it is tomorrow in Kiritimati (UTC+14).

    -- digest.yaml --
    title: Far away
    timezone: Pacific/Kiritimati
    """
    assert site.run("new", "article", "A story").stdout == "content/articles/2024/2024-03-02-a-story.md\n"
    assert site.run("new", "article", "B", "--as-of", "2023-12-31").stdout == "content/articles/2023/2023-12-31-b.md\n"


SAMPLE = {
    "content/actors/ann.md": "---\nname: Ann\n---\n",
    "content/topics/aid.md": "---\nname: Aid\n---\n",
    "content/agreements/pact.md": "---\nname: Pact\nparties: [ann]\nevents: [{date: 2024-01-12, event: signed}]\n---\n",
    "content/articles/2024-01-18-x.md": (
        "---\ntitle: X\ntopics: [aid]\n---\nText.[^n]\n\n> Words\n> — [[ann]], a talk {#said stance=rejects about=pact}\n\n[^n]: Note\n"
    ),
    "content/articles/2024-01-19-y.md": "---\ntitle: Y\ndraft: true\n---\n",
}


@pytest.fixture
def sample(site: Site) -> Site:
    for path, text in SAMPLE.items():
        site.write(path, text)
    return site


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (
            "articles",
            {
                "path": "content/articles/2024-01-18-x.md",
                "url": "/articles/2024/01/x/",
                "id": "2024/01/x",
                "title": "X",
                "date": "2024-01-18",
                "speakers": ["ann"],
                "quotes": 1,
                "notes": 1,
            },
        ),
        (
            "actors",
            {
                "path": "content/actors/ann.md",
                "url": "/actors/ann/",
                "id": "ann",
                "name": "Ann",
                "kind": "person",
                "entries": 1,
            },
        ),
        ("topics", {"path": "content/topics/aid.md", "url": "/topics/aid/", "id": "aid", "name": "Aid", "entries": 1}),
        (
            "agreements",
            {
                "path": "content/agreements/pact.md",
                "url": "/agreements/pact/",
                "id": "pact",
                "name": "Pact",
                "status": "signed",
                "parties": ["ann"],
                "entries": 1,
            },
        ),
        (
            "quotes",
            {
                "url": "/articles/2024/01/x/#said",
                "id": "said",
                "title": "Words",
                "speaker": "ann",
                "date": "2024-01-18",
                "stance": "rejects",
                "about": ["pact"],
            },
        ),
        ("drafts", {"path": "content/articles/2024-01-19-y.md", "title": "Y", "reason": "draft"}),
    ],
)
def test_lists_are_records_or_lines(sample: Site, what: str, expected: dict[str, Any]) -> None:
    (record,) = json.loads(sample.run("list", what, "--format", "json").stdout)
    assert {"path", "url", "id"} <= record.keys()
    assert {"title", "name"} & record.keys()
    assert {key: record[key] for key in expected} == expected
    (line,) = sample.run("list", what).stdout.splitlines()
    assert line.split("\t")[0] == record["path"]


@pytest.mark.parametrize("what", LISTS)
@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_every_list_is_given_in_every_format(sample: Site, what: str, form: str) -> None:
    run = sample.run("list", what, "--format", form)
    assert run.exit_code == 0
    assert run.stdout


class CoreLoader(yaml.SafeLoader):
    """YAML as editors read it (1.2, core schema): 2004 is a number, 2004-03-09 and `no` are text."""


CoreLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))


def front_matter(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    return yaml.load(text.split("---\n")[1] if path.suffix == ".md" else text, Loader=CoreLoader)  # noqa: S506 - a SafeLoader


@pytest.mark.parametrize("kind", [*FOLDERS, "site"])
def test_the_schema_is_valid_and_so_is_the_sample(kind: str) -> None:
    """An editor that uses the schema finds no fault in what the engine accepts, and finds a misspelt key."""
    code, out, _ = invoke("schema", kind)
    schema = json.loads(out)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    files = (
        [REPOSITORY / "digest.yaml"]
        if kind == "site"
        else sorted((REPOSITORY / "content" / FOLDERS[kind]).rglob("*.md"))
    )
    assert code == 0
    assert files
    for path in files:
        matter = front_matter(path)
        assert [error.message for error in validator.iter_errors(matter)] == [], path
        assert list(validator.iter_errors({**matter, "titel": "x"}))


def test_schemas_are_written_as_files(tmp_path: Path) -> None:
    code, out, _ = invoke("schema", "-o", str(tmp_path / "schemas"))
    assert code == 0
    assert sorted(Path(line).name for line in out.splitlines()) == sorted(
        f"{kind}.schema.json" for kind in [*FOLDERS, "site"]
    )
    assert {kind: json.loads((tmp_path / "schemas" / f"{kind}.schema.json").read_text()) for kind in FOLDERS} == {
        kind: json.loads(invoke("schema", kind)[1]) for kind in FOLDERS
    }


def test_clean_removes_the_site_and_the_state(sample: Site) -> None:
    sample.build()
    before = {path for path in sample.root.rglob("*") if "content" in path.parts}
    run = sample.run("clean")
    assert (run.exit_code, run.stdout.endswith("files removed.\n")) == (0, True)
    assert set(sample.root.rglob("*")) == before | {sample.root / "digest.yaml"}
    assert sample.run("clean").exit_code == 0


def test_clean_leaves_a_folder_that_is_not_ours_alone(sample: Site) -> None:
    sample.write("site/thesis.tex", "years of work")
    assert sample.run("clean").exit_code == 2
    assert (sample.root / "site" / "thesis.tex").exists()


def test_problems_as_text_show_the_place(sample: Site) -> None:
    sample.write("content/articles/2024-02-01-z.md", BROKEN.replace("nobody", "anne"))
    run = sample.run("check")
    assert run.exit_code == 1
    assert run.stderr == (
        "content/articles/2024-02-01-z.md:3:12: error[unknown-reference]: no actor `anne`\n"
        "  3 | speakers: [anne]\n"
        "    |            ^^^^\n"
        "    = did you mean `ann`?\n"
    )


@pytest.mark.parametrize("command", ["build", "check"])
def test_problems_as_json_are_the_only_thing_on_standard_output(sample: Site, command: str) -> None:
    assert json.loads(sample.run(command, "--format", "json").stdout) == []
    sample.write("content/articles/2024-02-01-z.md", BROKEN)
    sample.write("content/articles/2024-02-02-a.md", BROKEN)
    run = sample.run(command, "--format", "json")
    assert run.exit_code == 1
    found = json.loads(run.stdout)
    assert [each["path"] for each in found] == ["content/articles/2024-02-01-z.md", "content/articles/2024-02-02-a.md"]
    assert set(found[0]) == {"path", "line", "column", "code", "severity", "message", "hint"}
    assert run.stderr


def test_problems_as_workflow_commands_are_escaped(sample: Site) -> None:
    sample.write("content/articles/2024-02-01-z.md", BROKEN.replace("nobody", '"100%, a:b"'))
    run = sample.run("check", "--format", "github")
    (line,) = run.stdout.splitlines()
    assert line.startswith("::error file=content/articles/2024-02-01-z.md,line=3,col=")
    assert "title=unknown-reference::no actor `100%25, a:b`%0A" in line


def test_problems_as_sarif(sample: Site) -> None:
    sample.write("content/articles/2024-02-01-z.md", BROKEN)
    (run,) = json.loads(sample.run("check", "--format", "sarif").stdout)["runs"]
    (result,) = run["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "content/articles/2024-02-01-z.md"
    assert place["region"] == {"startLine": 3, "startColumn": 12, "endColumn": 18}
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [result["ruleId"]]
    assert run["columnKind"] == "unicodeCodePoints"


def test_text_shows_twenty_problems_unless_asked_for_all(site: Site) -> None:
    for number in range(25):
        site.write(f"content/articles/2024-01-01-{number}.md", BROKEN)
    assert site.run("check").stderr.count("error[") == 20
    assert "… and 5 more" in site.run("check").stderr
    assert site.run("check", "-v").stderr.count("error[") == 25


def test_problems_cannot_steer_the_terminal(site: Site) -> None:
    site.write("content/articles/2024-01-01-x.md", '---\ntitle: X\nspeakers: ["\\e]0;owned\\a\\u202e"]\n---\n')
    run = site.run("check")
    assert run.exit_code == 1
    assert not set(run.stderr) & {"\x1b", "\x07", "\u202e"}


def test_quiet_says_nothing_unless_something_is_wrong(sample: Site) -> None:
    assert sample.build("-q").stdout == ""
    sample.write("content/articles/2024-02-01-z.md", BROKEN)
    run = sample.run("build", "-q")
    assert (run.stdout, "error[unknown-reference]" in run.stderr) == ("", True)


def test_strict_lets_warnings_fail(sample: Site) -> None:
    sample.write("content/articles/2024-02-01-z.md", "---\ntitle: Z\n---\n> Words of nobody\n")
    assert [sample.run(command).exit_code for command in ("check", "build")] == [0, 0]
    assert [sample.run(command, "--strict").exit_code for command in ("check", "build")] == [1, 1]


def test_problems_of_a_draft_are_warnings_until_it_is_shown(sample: Site) -> None:
    sample.write("content/articles/2024-02-01-z.md", BROKEN.replace("title: X", "title: X\ndraft: true"))
    assert [each["severity"] for each in sample.diagnostics()] == ["warning"]
    sample.build()
    assert sample.run("build", "-D").exit_code == 1


def test_check_writes_nothing(sample: Site) -> None:
    before = set(sample.root.rglob("*"))
    assert sample.run("check").exit_code == 0
    assert set(sample.root.rglob("*")) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["build", "--gone"],
        ["new", "thing", "x"],
        ["build", "-b", "ftp://x"],
        ["build", "--as-of", "yesterday"],
        ["build", "-j", "0"],
        ["list", "things"],
        ["gone"],
    ],
)
def test_wrong_usage_is_exit_2(arguments: list[str]) -> None:
    code, _, err = invoke(*arguments)
    assert code == 2
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "settings",
    [
        "",
        "title: [",
        "titel: X\n",
        "title: X\ntimezone: Mars/Phobos\n",
        "title: X\nbase_url: nowhere\n",
        "title: X\npage_size: 0\n",
        "\x00",
    ],
)
@pytest.mark.parametrize("command", ["build", "check", "list"])
def test_wrong_settings_are_exit_2_and_a_place(site: Site, settings: str, command: str) -> None:
    site.write("digest.yaml", settings)
    run = site.run(command, *(["articles"] if command == "list" else []), "--format", "json")
    assert run.exit_code == 2
    assert {each["path"] for each in json.loads(run.stdout)} == {"digest.yaml"}


def test_no_site_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for arguments in (
        ["build"],
        ["check"],
        ["list", "quotes"],
        ["new", "topic", "x"],
        ["clean"],
        ["build", "-C", str(tmp_path)],
        ["build", "-c", "gone.yaml"],
    ):
        code, _, err = invoke(*arguments)
        if arguments[0] != "clean":
            assert (code, "make a site with: digest init" in err) == (2, True), arguments
    assert list(tmp_path.iterdir()) == []


def test_the_site_is_found_from_a_folder_inside(sample: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sample.root / "content" / "articles")
    assert invoke("build")[0] == 0
    assert (sample.root / "site" / "index.html").exists()


def test_root_settings_destination_and_base_url_can_be_given(
    sample: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sample.write("other.yaml", "title: Other\n")
    code, *_ = invoke(
        "build", "-C", str(sample.root), "-c", str(sample.root / "other.yaml"), "-d", "out", "-b", "https://x.org/sub/"
    )
    assert code == 0
    page = (tmp_path / "out" / "index.html").read_text()
    assert "<title>Other</title>" in page
    assert 'href="/sub/articles/2024/01/x/"' in page
    assert not (sample.root / "site").exists()


def run_process(*args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key != "DIGEST_DEBUG"} | environment
    return subprocess.run(
        [sys.executable, "-m", "digest", *args], cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False
    )


def test_a_reader_that_goes_away_is_no_fault(sample: Site) -> None:
    command = f"{sys.executable} -m digest list articles -C {sample.root} | true"
    done = subprocess.run(["bash", "-c", command], cwd=REPOSITORY, capture_output=True, text=True, check=False)  # noqa: S607
    assert "Traceback" not in done.stderr


ENDING = """
import atexit, sys, threading
from digest.cli import run
atexit.register(print, "the end")
{before}
sys.argv[1:] = ["list", "articles", "-C", {root!r}]
run()
"""


LATE = "threading.Thread(target=lambda: (threading.main_thread().join(), print('a thread'))).start()"


@pytest.mark.parametrize("before", ["", LATE])
def test_a_process_says_everything_before_it_ends(sample: Site, before: str) -> None:
    code, out, _ = invoke("list", "articles", "-C", str(sample.root))
    program = ENDING.format(before=before, root=str(sample.root))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    late = "a thread\n" if before else ""
    assert (done.returncode, done.stdout, done.stderr) == (code, f"{out}{late}the end\n", "")


def test_output_that_was_closed_before_the_start_is_no_fault(sample: Site) -> None:
    command = f"{sys.executable} -m digest list articles -C {sample.root} >&-"
    done = subprocess.run(["bash", "-c", command], cwd=REPOSITORY, capture_output=True, text=True, check=False)  # noqa: S607
    assert (done.returncode, done.stderr) == (0, "")


def test_a_moment_that_is_none_is_exit_2(sample: Site) -> None:
    done = run_process("build", "-C", str(sample.root), SOURCE_DATE_EPOCH="yesterday")
    assert (done.returncode, done.stderr) == (2, "digest: SOURCE_DATE_EPOCH is not a number of seconds: 'yesterday'\n")


def commands(group: click.Group) -> dict[str, click.Command]:
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command}


@pytest.mark.parametrize("name", sorted(commands(main)))
def test_every_command_explains_itself(name: str) -> None:
    code, out, _ = invoke(name, "--help")
    assert code == 0
    for option in commands(main)[name].params:
        if isinstance(option, click.Option):
            assert option.help, option.name
            assert option.opts[-1] in out


@pytest.mark.skipif(not DOCUMENTATION, reason="the manual is not written yet")
def test_the_manual_names_every_command_and_option() -> None:
    manual = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTATION)
    words = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*|digest [a-z]+", manual))
    missing = [f"digest {name}" for name in commands(main) if f"digest {name}" not in words]
    for command in commands(main).values():
        missing += [
            opt
            for option in command.params
            if isinstance(option, click.Option)
            for opt in option.opts
            if opt.startswith("--") and opt not in words
        ]
    assert sorted(set(missing)) == []


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Etc/GMT+12"])
@pytest.mark.parametrize(
    "epoch",
    [
        "253402300799",
        "253402300800",
        "253370764800",
        "-62135596800",
        "-62104060801",
        "9" * 30,
        "9" * 5000,
        "1e9",
        "٣",
        "x",
    ],
)
def test_a_moment_at_the_edge_of_the_calendar_is_refused_in_one_line(
    site: Site, monkeypatch: pytest.MonkeyPatch, epoch: str, zone: str
) -> None:
    """The day after it, or the same moment in another zone, would not be in the calendar.

    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    ---
    """
    site.write("digest.yaml", f"title: Own\ntimezone: {zone}\n")
    site.build()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    for command in (["build"], ["check"], ["list", "drafts"], ["new", "topic", "Aid"]):
        run = site.run(*command)
        if epoch == "٣":  # a digit, too
            assert run.exit_code == 0
        else:
            assert (run.exit_code, run.stderr.count("\n")) == (2, 1), run
            assert run.stderr.startswith("digest: SOURCE_DATE_EPOCH ")


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Etc/GMT+12"])
@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("9999-12-31", 2),
        ("9999-01-01T00:00+14:00", 2),
        ("0001-12-31T23:59-14:00", 2),
        ("9998-12-31T23:59-14:00", 0),
        ("9998-12-31", 0),
        ("0002-01-01T00:00+14:00", 0),
        ("2600-01-01", 0),
    ],
)
def test_as_of_takes_any_moment_but_those_at_the_edge(site: Site, moment: str, code: int, zone: str) -> None:
    """An entry at the edge does no harm either.

    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    embargo: 0002-01-01T00:00+14:00
    expires: 9998-12-31T23:59-14:00
    ---
    """
    site.write("digest.yaml", f"title: Own\ntimezone: {zone}\n")
    for command in ("build", "check", "build"):
        run = site.run(command, "--as-of", moment)
        assert run.exit_code == code, run
        assert ("too far away" in run.stderr) == (code == 2)
