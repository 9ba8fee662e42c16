"""The repository's own digest, built: what readers, their browsers and their machines get."""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import random
import shutil
import subprocess
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from markupsafe import escape
from playwright.sync_api import ViewportSize

from tests.support.links import HOST, broken_links
from tests.support.sample import REPOSITORY, build, copy_sample
from tests.support.site import read_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

GOLDEN = Path(__file__).parent / "golden" / "sample.txt"
MODULES = REPOSITORY / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
DRAFT_MARKERS = (b"Planned follow-up", b"From ten years to one hundred", b"from-ten-years-to-one-hundred")
PRIVATE_MARKER = b"PRIVATE-MARKER-2b9c"

PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1280, height=900)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def pages(folder: Path) -> list[str]:
    """Return the addresses of all pages of a built site but those that lead on to others at once."""
    return [
        f"/{path}".removesuffix("index.html")
        for path, text in read_tree(folder).items()
        if path.endswith(".html") and b'http-equiv="refresh"' not in text
    ]


@contextmanager
def opened(browser: Browser, **options: Any) -> Iterator[Page]:
    context = browser.new_context(reduced_motion="reduce", **options)
    try:
        yield context.new_page()
    finally:
        context.close()


def violations(page: Page) -> list[str]:
    """Return what axe, which the page must have loaded, finds fault with."""
    # What else axe tells is a megabyte of what passed.
    found = page.evaluate("axe.run({resultTypes: ['violations']}).then(found => found.violations)")
    return [f"{violation['id']}: {node['html']}" for violation in found for node in violation["nodes"]]


def test_every_page_is_valid_html(sample_site: Path) -> None:
    jar = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
    switches = ("--skip-non-html", "--stdout", "--format", "json")
    command = ["java", "-Xss4m", "-jar", str(jar), *switches, str(sample_site)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    messages = [
        f"{message.get('url', '').removeprefix(f'file:{sample_site}')}:{message.get('lastLine')}: "
        f"{message['message']} … {message.get('extract')}"
        for message in json.loads(done.stdout)["messages"]
    ]
    assert not messages, "\n".join(messages)


@pytest.mark.parametrize("share", range(4))  # so that processes share the work
def test_every_page_is_accessible_and_never_scrolls_sideways(
    sample_site: Path, browser: Browser, serve_folder: Callable[[Path], str], share: int
) -> None:
    address = serve_folder(sample_site)
    found = []
    with opened(browser) as page:
        page.add_init_script(path=AXE)
        for path in pages(sample_site)[share::4]:
            page.goto(address + path)
            for scheme, viewport in product(SCHEMES, (PHONE, DESK)):
                page.emulate_media(color_scheme=scheme)
                page.set_viewport_size(viewport)
                place = f"{path} ({scheme}, {viewport['width']} px)"
                found += [f"{place}: {violation}" for violation in violations(page)]
                if page.evaluate("document.documentElement.scrollWidth") > viewport["width"]:
                    found.append(f"{place}: scrolls sideways")
    assert not found, "\n".join(found)


def test_notes_open_without_javascript(
    sample_site: Path, browser: Browser, serve_folder: Callable[[Path], str]
) -> None:
    texts = {path: text for path, text in read_tree(sample_site).items() if path.startswith("articles/")}
    most_annotated = max(texts, key=lambda path: texts[path].count(b"note-toggle"))
    address = f"{serve_folder(sample_site)}/{most_annotated}"
    with opened(browser, viewport=PHONE, java_script_enabled=False) as page:
        page.goto(address)
        markers, notes = page.locator("label.note-marker").all(), page.locator(".note").all()
        assert len(markers) == len(notes) > 1
        for marker, note in zip(markers, notes, strict=True):
            assert not note.is_visible()
            marker.click(force=True)  # at its place, where the checkbox itself may lie above it
            assert note.is_visible()
    with opened(browser, viewport=DESK, java_script_enabled=False) as page:
        page.goto(address)
        assert all(note.is_visible() for note in page.locator(".note").all())


@pytest.mark.parametrize("base_url", ["", "https://example.org/repo/"])
def test_every_link_leads_somewhere(tmp_path: Path, base_url: str) -> None:
    built = build(copy_sample(tmp_path / "root"), *(["--base-url", base_url] if base_url else []))
    assert list(broken_links(read_tree(built), base_url=base_url)) == []


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        ('<a href="/gone/">', f"{HOST}/: /gone/ leads nowhere"),
        ('<a href="#gone">', f"{HOST}/: #gone has no such anchor"),
        ('<p id="a"><p id="a">', "index.html: two ids `a`"),
        ('<img src="https://example.org/x.png">', f"{HOST}/: loads https://example.org/x.png from elsewhere"),
        ('<p style="background: url(gone.png)">', f"{HOST}/: gone.png leads nowhere"),
    ],
)
def test_the_link_checker_finds(page: str, problem: str) -> None:
    assert list(broken_links({"index.html": page.encode()})) == [problem]


def stored_lines() -> Iterator[str]:
    """Yield the long lines of stored sources that no entry repeats (as it does the headline of its source)."""
    content = {
        path: text.decode()
        for path, text in read_tree(REPOSITORY / "content").items()
        if path.endswith((".md", ".txt"))
    }
    written = "".join(text for path, text in content.items() if not path.startswith("sources/"))
    for path, text in content.items():
        if path.startswith("sources/"):
            lines = (line.strip() for line in text.splitlines())
            yield from (line for line in lines if len(line) >= 40 and line not in written)


def test_nothing_unpublished_gets_out(sample_site: Path) -> None:
    lines = set(stored_lines())
    assert lines
    as_published = {form for line in lines for form in (line, str(escape(line)), json.dumps(line)[1:-1])}
    secrets = {*DRAFT_MARKERS, PRIVATE_MARKER, *(form.encode() for form in as_published)}
    found = [
        f"{path}: {secret.decode()}"
        for path, text in read_tree(sample_site).items()
        for secret in secrets
        if secret in text
    ]
    assert not found, "\n".join(found)


def test_a_draft_shows_when_asked_for(tmp_path: Path) -> None:
    built = build(copy_sample(tmp_path / "root"), "--drafts")
    texts = b"".join(read_tree(built).values())
    assert all(marker in texts for marker in DRAFT_MARKERS[:2])
    assert not any(PRIVATE_MARKER in text for text in read_tree(built).values())


def test_pages_keep_to_their_budget(sample_site: Path) -> None:
    files = read_tree(sample_site)
    styles = sum(len(text) for path, text in files.items() if path.endswith(".css"))
    entries = {path: len(text) for path, text in files.items() if path.startswith("articles/")}
    assert styles <= 30 * 1024
    assert {path: size for path, size in entries.items() if size > 60 * 1024} == {}
    assert [path for path, text in files.items() if path.endswith(".html") and b"<script src" in text] == []


def test_the_sample_is_built_as_last_approved(sample_site: Path) -> None:
    lines = [f"{hashlib.sha256(text).hexdigest()}  {path}\n" for path, text in read_tree(sample_site).items()]
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text("".join(lines), encoding="utf-8")
    approved = GOLDEN.read_text(encoding="utf-8").splitlines(keepends=True) if GOLDEN.exists() else []
    difference = "".join(difflib.unified_diff(approved, lines, "approved", "built", n=0))
    assert not difference, f"{difference}\nIf this is what you meant: UPDATE_GOLDEN=1 make test ARGS=-kapproved"


def test_the_machine_leaves_no_trace_in_the_output(tmp_path: Path) -> None:
    """Same bytes whatever the hash seed, order of files, working directory, time zone and umask."""
    plain = copy_sample(tmp_path / "plain")
    shuffled = tmp_path / "elsewhere" / "shuffled"
    files = [path.relative_to(plain) for path in plain.rglob("*") if path.is_file()]
    random.Random(7).shuffle(files)
    for path in files:
        (shuffled / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(plain / path, shuffled / path)
    one = build(plain, environment={"PYTHONHASHSEED": "0", "TZ": "UTC"})
    other_machine = {"PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland"}
    other = build(shuffled, cwd=tmp_path, environment=other_machine, umask=0o077)
    assert read_tree(one) == read_tree(other)
