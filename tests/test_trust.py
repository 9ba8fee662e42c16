"""A cloned repository cannot harm who opens it: its state is not believed, its links are not followed, its code asks."""

from __future__ import annotations

import os
import pty
import shutil
import socket
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from digest.state.folder import claim
from digest.state.home import key_of
from digest.state.store import FILE, PREVIEW_FILE, Store
from tests.support.preview import serving
from tests.support.sample import REPOSITORY
from tests.support.site import NOON, Run, Site, read_tree

if TYPE_CHECKING:
    from collections.abc import Callable

FOREIGN = "What was remembered of earlier builds was not made with your key, so it is not used."
COMMANDS = [("build",), ("check",), ("why", "/"), ("list", "articles"), ("clean",), ("serve",)]
THEMED = [command for command in COMMANDS if command != ("clean",)]
ENTRY = "content/articles/2024-01-01-a.md"
PAGE = "articles/2024/01/a/index.html"
SCRIPT = "<script>pwned=1</script>"
WORDS = "GITHUB_TOKEN=ghs_1"

needs_git = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")


@pytest.fixture
def entry(site: Site) -> Site:
    """A site with one entry."""
    site.write(ENTRY, "---\ntitle: A\n---\nPerfectly harmless words.\n")
    return site


@pytest.fixture
def themed(entry: Site) -> Site:
    """The same with a theme of its own, which runs a program if it is let run."""
    entry.write("digest.yaml", "title: Own\ntheme: mine\n")
    entry.write("themes/mine/theme.yaml", "name: Mine\nextends: broadsheet\n")
    entry.write("themes/mine/templates/article.html", runs("article"))
    return entry


def runs(name: str) -> str:
    return '{{ cycler.__init__.__globals__.os.system("touch $RAN/' + name + '") }}'


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder where themes that run leave a file."""
    folder = tmp_path / "ran"
    folder.mkdir()
    monkeypatch.setenv("RAN", str(folder))
    return folder


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of one's own for each test."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "digest"


def git(folder: Path, *words: str) -> str:
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "PATH": os.environ["PATH"]}
    command = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b.example", *words]
    return subprocess.run(command, env=quiet, capture_output=True, text=True, check=True).stdout


def everything(folder: Path) -> dict[str, bytes | str]:
    """Return all that a folder holds: files by their bytes, links by where they lead."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_symlink() or path.is_file())
    return {str(path): str(path.readlink()) if path.is_symlink() else path.read_bytes() for path in paths}


def prepare(site: Site, attacker: Path, monkeypatch: pytest.MonkeyPatch, name: str = FILE) -> None:
    """Build on the attacker's machine, and put a script into what is remembered of the entry."""
    with monkeypatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(attacker))
        site.build()
    state = site.root / ".digest"
    store = Store(state / FILE, key_of(attacker / "digest"))
    fragments = dict(store.all("fragments"))
    evil = {
        key: value.replace(b"Perfectly harmless words.", SCRIPT.encode() + b".") for key, value in fragments.items()
    }
    assert evil != fragments
    with store.writing():
        store.set("fragments", evil.items())
    store.close()
    shutil.rmtree(site.root / "site")
    if name != FILE:
        (state / FILE).rename(state / name)


# The state folder


def test_a_state_that_somebody_else_made_is_not_believed(
    entry: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(entry, tmp_path / "attacker", monkeypatch)
    run = entry.build()
    assert "Perfectly harmless words." in entry.out(PAGE)
    assert not any(SCRIPT.encode() in data for data in entry.outputs().values())
    assert run.stdout.splitlines()[0] == FOREIGN
    assert len(run.stdout.splitlines()) == 2
    assert "Nothing has changed" in entry.build("-v").stdout


def test_nor_under_the_mark_of_this_machine(entry: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when an archive is unpacked over a project that was built here."""
    entry.build()
    mark = (entry.root / ".digest" / "machine").read_bytes()
    shutil.rmtree(entry.root / ".digest")
    prepare(entry, tmp_path / "attacker", monkeypatch)
    (entry.root / ".digest" / "machine").write_bytes(mark)
    run = entry.build()
    assert not any(SCRIPT.encode() in data for data in entry.outputs().values())
    assert "was damaged" in run.stdout


@pytest.mark.parametrize("command", [("check",), ("why", "/"), ("list", "articles")])
def test_commands_that_look_say_so_and_leave_it(
    entry: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    prepare(entry, tmp_path / "attacker", monkeypatch)
    before = everything(entry.root)
    run = entry.run(*command)
    assert run.exit_code == 0
    assert FOREIGN in run.stdout
    assert everything(entry.root) == before


def test_the_preview_does_not_believe_it_either(entry: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(entry, tmp_path / "attacker", monkeypatch, PREVIEW_FILE)
    with serving(entry.root) as served:
        page = served.text("/articles/2024/01/a/")
    assert "Perfectly harmless words." in page
    assert SCRIPT not in page


@needs_git
@pytest.mark.parametrize("command", COMMANDS)
def test_a_state_that_git_tracks_is_refused_and_left_as_it_is(entry: Site, command: tuple[str, ...]) -> None:
    """Even one that was made here: the next pull may bring another."""
    entry.build()
    git(entry.root, "init", "-q")
    git(entry.root, "add", "-f", ".digest")
    before = everything(entry.root)
    run = entry.run(*command)
    assert run.exit_code == 3
    assert run.stderr.count("\n") == 1
    assert f"Git tracks {entry.root}/.digest" in run.stderr
    assert "git rm -r --cached .digest" in run.stderr
    assert everything(entry.root) == before
    git(entry.root, "rm", "-rq", "--cached", ".digest")
    if command != ("serve",):
        assert entry.run(*command).exit_code == 0


@needs_git
def test_git_does_not_see_the_state(entry: Site) -> None:
    git(entry.root, "init", "-q")
    entry.build()
    assert ".digest/" not in git(entry.root, "status", "--porcelain", "-uall")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("kind", ["a folder", "nothing", "a file", "a file of its own"])
def test_a_state_folder_that_is_none_is_refused_and_nothing_behind_it_changes(
    entry: Site, tmp_path: Path, kind: str, command: tuple[str, ...]
) -> None:
    elsewhere, state = tmp_path / "elsewhere", entry.root / ".digest"
    if kind == "a folder":
        (elsewhere / "spare").mkdir(parents=True)
        for name in ("spare/photo", FILE, "lock"):
            (elsewhere / name).write_text("mine")
    elif kind == "a file":
        elsewhere.write_text("mine")
    if kind == "a file of its own":
        state.write_text("mine")
    else:
        state.symlink_to(elsewhere)
    before = everything(tmp_path)
    run = entry.run(*command)
    assert run.exit_code == 3
    assert run.stderr == f"digest: {state} is not a folder of its own, so nothing in it is used: delete it\n"
    assert everything(tmp_path) == before


INSIDE = ["lock", "preview.lock", "machine", ".gitignore", "spare"]
STORES = [f"{name}{ending}" for name in (FILE, PREVIEW_FILE) for ending in ("", "-journal", "-wal", "-shm")]


def to_file(place: Path, elsewhere: Path) -> None:
    elsewhere.write_text("mine")
    place.symlink_to(elsewhere)


def to_folder(place: Path, elsewhere: Path) -> None:
    elsewhere.mkdir()
    (elsewhere / "photo").write_text("mine")
    place.symlink_to(elsewhere)


def to_nothing(place: Path, elsewhere: Path) -> None:
    place.symlink_to(elsewhere)


def second_name(place: Path, elsewhere: Path) -> None:
    elsewhere.write_text("mine")
    os.link(elsewhere, place)


def pipe(place: Path, _: Path) -> None:
    os.mkfifo(place)


@pytest.mark.parametrize("ours", [True, False], ids=["ours", "foreign"])
@pytest.mark.parametrize("put", [to_file, to_folder, to_nothing, second_name, pipe])
@pytest.mark.parametrize("name", [*INSIDE, *STORES])
def test_nothing_in_the_state_folder_leads_out_of_it(
    entry: Site, tmp_path: Path, name: str, put: Callable[[Path, Path], None], *, ours: bool
) -> None:
    entry.build("-j1")
    state, elsewhere = entry.root / ".digest", tmp_path / "elsewhere"
    if (state / name).is_dir():
        shutil.rmtree(state / name)
    (state / name).unlink(missing_ok=True)
    put(state / name, elsewhere)
    if not ours and name != "machine":
        (state / "machine").write_text("0" * 64)
    entry.write(ENTRY, "---\ntitle: A\n---\nOther words.\n")
    before = read_tree(elsewhere) if elsewhere.is_dir() else elsewhere.read_bytes() if elsewhere.exists() else None
    entry.build("-j1")
    assert "Other words." in entry.out(PAGE)
    after = read_tree(elsewhere) if elsewhere.is_dir() else elsewhere.read_bytes() if elsewhere.exists() else None
    assert after == before
    assert entry.run("check").exit_code == 0


@pytest.mark.parametrize("name", [PREVIEW_FILE, "preview.lock"])
@pytest.mark.parametrize("put", [to_file, to_nothing])
def test_nor_does_the_preview_write_through_it(
    entry: Site, tmp_path: Path, name: str, put: Callable[[Path, Path], None]
) -> None:
    entry.build()
    elsewhere = tmp_path / "elsewhere"
    put(entry.root / ".digest" / name, elsewhere)
    with serving(entry.root) as served:
        assert "Perfectly harmless words." in served.text("/articles/2024/01/a/")
    assert not elsewhere.exists() or elsewhere.read_text() == "mine"


def loaded_journal(state: Path, victim: Path) -> bytes:
    """Return a journal that makes SQLite delete a file when it recovers (sqlite.org/fileformat2.html, section 3)."""
    magic = bytes.fromhex("d9d505f920a163d7")
    header = (
        magic
        + bytes(4)
        + bytes(4)
        + (state.stat().st_size // 8192).to_bytes(4, "big")
        + (512).to_bytes(4, "big")
        + (8192).to_bytes(4, "big")
    )
    name = str(victim).encode()
    sized = len(name).to_bytes(4, "big") + (sum(name) & 0xFFFFFFFF).to_bytes(4, "big")
    return header.ljust(512, b"\0") + (0x40000000 // 8192 + 1).to_bytes(4, "big") + name + sized + magic


def test_a_journal_deletes_nothing(entry: Site, tmp_path: Path) -> None:
    """SQLite does, so it is never shown one."""
    entry.build()
    state, victim = entry.root / ".digest" / FILE, tmp_path / "thesis.tex"
    journal = state.with_name(f"{FILE}-journal")
    victim.write_text("years of work")
    journal.write_bytes(loaded_journal(state, victim))
    copy = tmp_path / "copy.sqlite"
    shutil.copy(state, copy)
    run = entry.build()
    assert victim.read_text() == "years of work"
    assert "was cut off while it was written" in run.stdout
    journal = copy.with_name("copy.sqlite-journal")
    journal.write_bytes(loaded_journal(state, victim))
    with sqlite3.connect(copy) as connection:
        connection.execute("SELECT * FROM sqlite_master").fetchall()
    connection.close()
    assert not victim.exists(), "what this test is afraid of does not happen"


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT 'version', x FROM n"


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE more (a)",
        "CREATE TRIGGER t AFTER INSERT ON pages BEGIN DELETE FROM heads; END",
        f"DROP TABLE meta; CREATE VIEW meta(name, value) AS {ENDLESS}",
        f"DROP TABLE inputs; CREATE VIEW inputs(path, stamp, digest) AS SELECT x, '', '' FROM ({ENDLESS})",  # noqa: S608 - so is an attacker's
        "CREATE INDEX i ON pages (value)",
    ],
)
def test_a_store_that_holds_more_than_ours_is_dropped_and_nothing_of_it_runs(entry: Site, script: str) -> None:
    entry.build()
    connection = sqlite3.connect(entry.root / ".digest" / FILE)
    connection.executescript(script)
    connection.close()
    entry.write(ENTRY, "---\ntitle: A\n---\nOther words.\n")
    run = entry.build()
    assert "has another layout than this version's" in run.stdout
    assert "Other words." in entry.out(PAGE)
    assert "Nothing has changed" in entry.build("-v").stdout


def test_a_second_name_of_a_store_keeps_what_it_had(entry: Site, tmp_path: Path) -> None:
    """As a backup made of links has."""
    entry.build()
    backup = tmp_path / "backup"
    os.link(entry.root / ".digest" / FILE, backup)
    before = backup.read_bytes()
    entry.write(ENTRY, "---\ntitle: A\n---\nOther words.\n")
    entry.build()
    assert backup.read_bytes() == before


def test_what_a_killed_preview_would_leave_is_not_opened(entry: Site) -> None:
    """Files of SQLite's other kind of journal; we have none."""
    entry.build()
    for ending in ("wal", "shm"):
        (entry.root / ".digest" / f"{FILE}-{ending}").write_bytes(b"x" * 99)
    assert "was cut off while it was written" in entry.build().stdout
    assert not [path.name for path in (entry.root / ".digest").iterdir() if path.suffix[7:] in {"-wal", "-shm"}]


# The key


def test_programs_that_need_a_key_at_once_get_the_same_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight that have all seen that there is none, and each made one."""
    together, random = Barrier(8), os.urandom

    def urandom(size: int) -> bytes:
        if size == 32:
            together.wait(60)
        return random(size)

    monkeypatch.setattr(os, "urandom", urandom)
    with ThreadPoolExecutor(8) as threads:
        keys = {*threads.map(lambda _: key_of(home), range(8))}
    assert len(keys) == 1
    assert (home / "key").stat().st_mode & 0o777 == 0o600
    assert home.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in home.iterdir()] == ["key"]


@pytest.mark.parametrize("text", [b"", b"short", b"x" * 33])
def test_a_key_that_is_none_is_made_anew(entry: Site, home: Path, text: bytes) -> None:
    home.mkdir(parents=True)
    (home / "key").write_bytes(text)
    entry.build()
    assert len((home / "key").read_bytes()) == 32
    assert "Nothing has changed" in entry.build("-v").stdout


def test_a_home_that_cannot_be_written_is_said_and_costs_time_alone(
    entry: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null/home")
    for _ in range(2):
        first, *rest = entry.build().stdout.splitlines()
        assert first.startswith("No key can be kept (/dev/null/home/digest")
        assert "DIGEST_STATE_KEY" in first
        assert FOREIGN not in rest[:-1] or len(rest) == 2
    assert "Perfectly harmless words." in entry.out(PAGE)


def test_an_empty_home_is_none(entry: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would lie at the root of the disk, where a superuser may make it."""
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "")
    assert "there is no home folder" in entry.build().stdout


def test_a_key_that_the_project_brings_is_none(entry: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(entry, tmp_path / "attacker", monkeypatch)
    shutil.copytree(tmp_path / "attacker", entry.root / "home")
    monkeypatch.setenv("XDG_STATE_HOME", str(entry.root / "home"))
    assert "lies in the project" in entry.build().stdout
    assert not any(SCRIPT.encode() in data for data in entry.outputs().values())


def test_a_key_from_the_environment_takes_its_place(
    entry: Site, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in CI that keeps the project's folder alone, on one machine after the other."""
    monkeypatch.setenv("DIGEST_STATE_KEY", "k" * 32)
    entry.build()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another"))
    assert "Nothing has changed" in entry.build("-v").stdout
    assert not home.exists()
    monkeypatch.setenv("DIGEST_STATE_KEY", "l" * 32)
    assert FOREIGN in entry.build().stdout
    monkeypatch.setenv("DIGEST_STATE_KEY", "k" * 31)
    run = entry.run("build")
    assert (run.exit_code, run.stderr.count("\n")) == (2, 1)
    assert "openssl rand" in run.stderr


def test_a_state_moves_with_its_key(entry: Site, tmp_path: Path, home: Path) -> None:
    """A cache of both saves the work on another machine, with another checkout."""
    entry.build()
    root, other = Path(shutil.move(entry.root, tmp_path / "moved")), tmp_path / "machine"
    shutil.copytree(home, other / "digest")
    os.environ["XDG_STATE_HOME"] = str(other)  # the fixture puts it back
    shutil.rmtree(root / "site")
    assert FOREIGN not in Site(root).build().stdout
    assert claim(root, key_of(other / "digest"))


# Themes


def refused(run: Run) -> bool:
    return (
        run.exit_code == 2 and run.stderr.count("\n") == 1 and "themes/mine/" in run.stderr and "--trust" in run.stderr
    )


@pytest.mark.parametrize("command", THEMED)
def test_a_theme_that_was_never_run_here_does_not_run(themed: Site, ran: Path, command: tuple[str, ...]) -> None:
    themed.write("themes/mine/templates/home.html", runs("home"))
    run = themed.run_as_found(*command)
    assert refused(run), run
    assert not any(ran.iterdir())
    assert not (themed.root / "site").exists()


def test_a_template_is_not_even_compiled(themed: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiling computes what is constant, however long that takes."""
    monkeypatch.setattr("digest.output.engine.PlainEngine._parse", pytest.fail)
    for command in [("build",), ("check",), ("why", "/"), ("list", "articles")]:
        assert refused(themed.run_as_found(*command))


@pytest.mark.parametrize("command", [("new", "topic", "Aid"), ("clean",)])
def test_commands_that_need_no_theme_do_not_ask(themed: Site, command: tuple[str, ...]) -> None:
    assert themed.run_as_found(*command).exit_code == 0


def test_trust_is_remembered_for_this_theme_of_this_project(themed: Site, ran: Path, tmp_path: Path) -> None:
    assert themed.run_as_found("build", "--trust").exit_code == 0
    assert (ran / "article").exists()
    themed.write("themes/mine/templates/article.html", "edited")
    assert themed.run_as_found("build").exit_code == 0
    assert "edited" in themed.out(PAGE)
    other = Site(Path(shutil.copytree(themed.root, tmp_path / "other")))
    assert refused(other.run_as_found("check"))


@pytest.mark.parametrize(
    ("path", "text", "folder"),
    [
        ("digest.yaml", "title: Own\ntheme: other\n", "themes/other/"),
        ("themes/mine/theme.yaml", "name: Mine\nextends: other\n", "themes/other/"),
        ("themes/broadsheet/theme.yaml", "name: Broadsheet\n", "themes/broadsheet/"),
    ],
)
def test_another_theme_asks_again(themed: Site, ran: Path, path: str, text: str, folder: str) -> None:
    """Also one that the trusted one extends, and one that has the name of ours."""
    assert themed.run_as_found("build", "--trust").exit_code == 0
    themed.write("themes/other/theme.yaml", "name: Other\nextends: broadsheet\n")
    themed.write("themes/other/templates/article.html", runs("other"))
    themed.write(path, text)
    run = themed.run_as_found("build")
    assert (run.exit_code, run.stderr.count("\n")) == (2, 1)
    assert folder in run.stderr
    assert "themes/mine/" not in run.stderr
    assert not (ran / "other").exists()


@pytest.mark.parametrize("command", THEMED)
def test_another_folder_in_the_place_of_a_trusted_one_asks_again(
    themed: Site, ran: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    """Though its theme has the same name."""
    assert themed.run_as_found("build", "--trust").exit_code == 0
    (ran / "article").unlink()
    shutil.copytree(themed.root.rename(tmp_path / "trusted"), themed.root)
    themed.write(ENTRY, "---\ntitle: A\n---\nOther words.\n")
    assert refused(themed.run_as_found(*command))
    assert not any(ran.iterdir())


def test_trust_that_the_project_brings_is_none(themed: Site, ran: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    themed.run_as_found("build", "--trust")
    shutil.copytree(os.environ["XDG_STATE_HOME"], themed.root / "home")
    (ran / "article").unlink()
    monkeypatch.setenv("XDG_STATE_HOME", str(themed.root / "home"))
    shutil.rmtree(themed.root / "site")
    assert refused(themed.run_as_found("build"))
    assert not any(ran.iterdir())


def test_trust_that_cannot_be_remembered_holds_once(themed: Site, ran: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null/home")
    run = themed.run_as_found("build", "--trust")
    assert run.exit_code == 0
    assert "that cannot be remembered: /dev/null/home" in run.stderr
    assert (ran / "article").exists()
    assert refused(themed.run_as_found("check"))


@pytest.mark.parametrize("key", ["", "k" * 32])
def test_such_trust_holds_for_all_of_a_run(themed: Site, ran: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """For the second build that verifies the first, also where that had nothing to do, and as long as a preview runs."""
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null/home")
    monkeypatch.setenv("DIGEST_STATE_KEY", key)
    for _ in range(2):
        run = themed.run_as_found("build", "--trust", "--verify")
        assert run.exit_code == 0, run
        assert "Verified" in run.stdout
    (ran / "article").unlink()
    with serving(themed.root, "--trust") as served:
        assert served.get("/articles/2024/01/a/").status == 200
    assert (ran / "article").exists()


def test_a_theme_that_comes_with_the_program_asks_nobody(entry: Site) -> None:
    assert entry.run_as_found("build").exit_code == 0


def at_a_terminal(root: Path, answer: bytes) -> tuple[int, str]:
    """Run `check` at a terminal, where somebody types."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "digest", "check", "-C", str(root), "-j1"]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": NOON}
    with subprocess.Popen(
        command, cwd=REPOSITORY, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        os.write(ours, answer)
        said = b""
        try:
            while more := os.read(ours, 4096):
                said += more
        except OSError:  # how Linux says that the other end is closed
            pass
        process.wait(60)
    os.close(ours)
    return process.returncode, said.decode()


@pytest.mark.parametrize(("answer", "code"), [(b"y\n", 0), (b"n\n", 2), (b"\n", 2), (b"\x04", 130)])
def test_at_a_terminal_one_is_asked_once(themed: Site, ran: Path, answer: bytes, code: int) -> None:
    found, said = at_a_terminal(themed.root, answer)
    assert found == code, said
    assert "themes/mine/" in said
    assert str(themed.root) in said
    assert (ran / "article").exists() == (code == 0)
    if code == 0:
        again, said = at_a_terminal(themed.root, b"")
        assert (again, "themes/mine/" in said) == (0, False)


def test_settings_that_change_to_another_theme_do_not_run_it_in_the_preview(entry: Site, ran: Path) -> None:
    """The last good pages stay, and a problem says why."""
    entry.write("themes/mine/theme.yaml", "name: Mine\nextends: broadsheet\n")
    entry.write("themes/mine/templates/article.html", runs("article"))
    with serving(entry.root) as served, served.events("/articles/2024/01/a/") as following:
        following()
        entry.write("digest.yaml", "title: Own\ntheme: mine\n")
        while not following()["problems"]:
            pass
        assert "Perfectly harmless words." in served.text("/articles/2024/01/a/")
        assert "untrusted-theme" in served.said
    assert not any(ran.iterdir())


# Links


def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret"
    file.write_text(WORDS)
    return file


LINKS = {
    "a static file": ("themes/mine/static/env.txt", "secret", "outside-link"),
    "a style sheet": ("themes/mine/static/style.css", "secret", "outside-link"),
    "a template": ("themes/mine/templates/page.html", "secret", "outside-link"),
    "a template below": ("themes/mine/templates/macros/card.html", "secret", "outside-link"),
    "theme.yaml": ("themes/mine/theme.yaml", "secret", "outside-link"),
    "to the settings": ("themes/mine/static/a.txt", "root/digest.yaml", "outside-link"),
    "to another theme": ("themes/mine/static/a.txt", "root/themes/other/static/a.txt", "outside-link"),
    "to what is hidden": ("themes/mine/static/a.txt", "root/themes/mine/.git/config", "outside-link"),
    "by way of another": ("themes/mine/static/a.txt", "root/hop", "outside-link"),
    "to the process": ("themes/mine/static/a.txt", "/proc/self/environ", "outside-link"),
    "to a device": ("themes/mine/static/a.txt", "/dev/zero", "outside-link"),
    "a folder of static files": ("themes/mine/static/etc", "folder", "outside-link"),
    "static": ("themes/mine/static", "folder", "outside-link"),
    "templates": ("themes/mine/templates", "folder", "outside-link"),
    "a folder inside": ("themes/mine/static/more", "root/themes/mine/inner", "folder-link"),
    "the theme": ("themes/mine", "root/themes/other", "folder-link"),
    "all themes": ("themes", "folder", "folder-link"),
    "the content": ("content", "folder", "folder-link"),
    "the content, to a repository": ("content", "root/.git", "folder-link"),
    "the settings": ("digest.yaml", "settings", "outside-link"),
    "to nothing": ("themes/mine/static/a.txt", "nowhere", "dead-link"),
    "to itself": ("themes/mine/static/a.txt", "root/themes/mine/static/a.txt", "dead-link"),
}


@pytest.mark.parametrize("warm", [False, True], ids=["cold", "warm"])
@pytest.mark.parametrize("kind", LINKS)
def test_no_link_of_a_project_fetches_what_is_not_its_own(
    entry: Site, tmp_path: Path, kind: str, *, warm: bool
) -> None:
    path, target, code = LINKS[kind]
    entry.write("digest.yaml", "title: Own\ntheme: mine\n")
    for name in ("mine", "other"):
        entry.write(f"themes/{name}/theme.yaml", "name: Mine\nextends: broadsheet\n")
        entry.write(f"themes/{name}/static/a.txt", "other")
    entry.write("themes/mine/static/a.txt", "free")
    entry.write("themes/mine/inner/a.txt", WORDS)
    entry.write("themes/mine/.git/config", WORDS)
    entry.write(".git/config", WORDS)
    secret(tmp_path)
    (tmp_path / "settings").write_text("title: Own\ntheme: mine\n")
    (tmp_path / "folder" / "mine").mkdir(parents=True)
    (tmp_path / "folder" / "a.txt").write_text(WORDS)
    (entry.root / "hop").symlink_to(tmp_path / "secret")
    if warm:
        entry.build()
    place = entry.root / path
    if place.is_dir():
        shutil.rmtree(place)
    place.unlink(missing_ok=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(tmp_path / target)
    run = entry.run("build")
    assert run.exit_code == 2, run
    assert f"{path}:1:1: error[{code}]" in run.stderr
    assert WORDS not in run.stderr
    assert not any({WORDS.encode(), b"other"} & {data, data[: len(WORDS)]} for data in entry.outputs().values())
    assert entry.run("check").exit_code == 2


@pytest.mark.usefixtures("ran")
def test_a_link_within_the_theme_is_followed(themed: Site) -> None:
    themed.write("themes/mine/static/a.txt", "words")
    (themed.root / "themes/mine/static/b.txt").symlink_to("a.txt")
    themed.build()
    assert themed.out("theme/b.txt") == "words"


@pytest.mark.parametrize("warm", [False, True], ids=["cold", "warm"])
@pytest.mark.parametrize("path", ["static/a.txt", "static/a.css", "templates/page.html", "templates/a/b"])
@pytest.mark.parametrize("kind", ["pipe", "socket"])
@pytest.mark.usefixtures("ran")
def test_what_is_no_file_is_a_problem_and_never_read(
    themed: Site, monkeypatch: pytest.MonkeyPatch, path: str, kind: str, *, warm: bool
) -> None:
    if warm:
        themed.build()
    file = themed.root / "themes/mine" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    if kind == "pipe":
        os.mkfifo(file)
    else:
        monkeypatch.chdir(file.parent)  # the whole path may be too long for one
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(file.name)
    for command in ("build", "check"):
        run = themed.run(command)
        assert run.exit_code == 2
        assert f"themes/mine/{path}:1:1: error[not-a-file]" in run.stderr


def test_settings_named_on_the_command_line_may_lie_anywhere(entry: Site, tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("title: Elsewhere\n")
    entry.build("-c", str(tmp_path / "settings.yaml"))
    assert "Elsewhere" in entry.out("index.html")


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "../../secret", "mine/../../secret", "./../secret"])
@pytest.mark.usefixtures("ran")
def test_no_path_leads_out_of_the_templates(themed: Site, tmp_path: Path, name: str) -> None:
    secret(tmp_path)
    themed.write("themes/secret", WORDS)
    themed.write("themes/mine/secret", WORDS)
    themed.write("themes/mine/templates/article.html", '{% include "' + name + '" %}')
    run = themed.run("build")
    assert run.exit_code == 2
    assert "no template" in run.stderr
    assert WORDS not in run.stderr
