"""Whole sites with nonsense and malice in every kind of file: no traceback, no odd exit code, nothing harmful in a page.

A site begins as the tiny digest. Some of its values are replaced by others that are allowed, or by payloads; bodies by
hostile ones; some files lose, gain or repeat bytes. What is built all the same is parsed as browsers do.
"""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from digest.config import Settings
from digest.content.kinds import by_folder
from tests.support.bodies import bodies
from tests.support.choices import CHOICES
from tests.support.site import NOON, Site
from tests.support.tiny import folder_of, start, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PAYLOADS = (
    *(
        '"<script>alert(1)</script>"',
        "'\"><img src=x onerror=alert(1)>'",
        "javascript:alert(1)",
        "//evil.example",
        "[]",
        "{}",
    ),
    *(
        'https://a.example/"onload=x',
        "2024-13-40",
        "0000-00-00",
        "9999-12-31",
        "2024-02-30T25:61",
        "~",
        "null",
        "yes",
        "-1",
    ),
    *(
        "[[[[[[[[[[[]]]]]]]]]]]",
        "&a [*a, *a]",
        "!!python/object:os.system x",
        "|\n  a\n  b",
        "> \n",
        "'",
        '"',
        "[",
        "{a: ",
        "#x",
    ),
    *(
        "\u202ex",
        "\u2066y",
        "e\u0301" * 40,
        "𐀀" * 300,
        "x" * 70_000,
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "ß",
        "İ",
        "ǅ",
        "\ufeff",
        "[ann, ann, ann]",
        "../../etc/passwd",
    ),
    *(
        "[{date: 2024-01-01, text: x}]",
        "[{title: a, from: 2024-01-01, to: 2023}]",
        "{publisher: x, url: 'javascript:x'}",
        "[/../x/, //a/, /\x7f/]",
    ),
    *(
        "[{exact: a, text: 'Private: x'}]",
        "[{event: signed, date: 2024}]",
        "{en: x}",
        "1e999",
        "0x10",
        "1_000",
        "12:30:45",
        "{? a}",
    ),
)
KEYS: Mapping[str, tuple[str, ...]] = {
    **{
        f"content/{folder}": (
            *(str(one.metadata.get("key", one.name)) for one in fields(kind.schema())),
            "titel",
            "body",
        )
        for folder, kind in by_folder().items()
    },
    "digest.yaml": (*(one.name for one in fields(Settings)), "titel"),
}
"""Every key that a file may have, as the schemas say, so that a new one is among them by itself."""

NAMES = ("a", "A b", "ä", "2024-01-16-x", "2024-13-01-y", "con", "x" * 100, "_headers", "index", "a.b", "🎉", "ann")
ENDINGS = (".md", ".MD", ".txt", ".html", ".md.bak", "")

paths = st.sampled_from(sorted(path for path in start() if folder_of(path)))
added = st.builds(
    "{}/{}{}".format,
    st.sampled_from([f"content/{name}" for name in by_folder()] + ["content/files", "content"]),
    st.sampled_from(NAMES),
    st.sampled_from(ENDINGS),
)


@st.composite
def values(draw: st.DrawFn) -> tuple[str, str, str]:
    """A path, a key of its, and what is written there."""
    path = draw(paths)
    folder = folder_of(path)
    key = draw(st.sampled_from(KEYS[folder]))
    usual = CHOICES[folder].get(key, ())
    odd = bodies if key == "body" else st.sampled_from(PAYLOADS)
    value = draw(odd if not usual or draw(st.booleans()) else st.sampled_from(usual))
    return path, key, value


@st.composite
def sites(draw: st.DrawFn) -> dict[str, bytes]:
    """The files of a site by path."""
    written = {path: dict(fields) for path, fields in start().items()}
    for path, key, value in draw(st.lists(values(), max_size=4)):
        written[path][key] = value
    files = {path: text_of(path, fields).encode(errors="replace") for path, fields in written.items()}
    for path in draw(st.lists(added, max_size=1)):
        files[path] = draw(st.sampled_from([b"", b"---\ntitle: X\nname: X\n---\n", b"\x00\xff", b"---\n", b"a"]))
    for path in draw(st.just([]) | st.just([]) | st.lists(paths, max_size=2)):
        data = files[path]
        at, length = draw(st.integers(0, len(data))), draw(st.integers(0, 20))
        files[path] = (
            data[:at]
            + draw(st.sampled_from([b"", data[at : at + length] * 3, b"\x00", b"\xff", b"\r", b"---\n"]))
            + data[at + length :]
        )
    return files


def harm(page: str) -> list[str]:
    """Return what stands in a page of a theme without scripts, and is one or runs one."""
    tree = LexborHTMLParser(page)
    found = [
        f"<{node.tag}>"
        for node in tree.css("script, iframe, object, embed, form, base, svg, math, style, meta[http-equiv]")
    ]
    ids = [node.attributes["id"] for node in tree.css("[id]")]
    found += [f"id {name}" for name in {*ids} if ids.count(name) > 1]
    for node in tree.css("*"):
        for name, value in node.attributes.items():
            if name.startswith("on") or (
                name in {"href", "src", "cite"}
                and not re.match(r"/(?!/)|#|https?:|mailto:", value or "", re.IGNORECASE)
            ):
                found.append(f"{node.tag} {name}={value}")
    return found


def assert_harmless(root: Path, files: Mapping[str, bytes]) -> None:
    """Every command ends as commands may; what is built has nothing in it that runs."""
    site = Site(root)
    for path, data in files.items():
        try:
            site.write(path, data)
        except OSError:
            return  # a name that this file system does not take, or takes for another
    runs = [site.run("check", "--format", "json"), site.run("build"), site.run("list", "quotes"), site.run("build")]
    assert all(run.exit_code in {0, 1, 2} for run in runs), runs
    assert not any("Traceback" in run.stderr or "fault of digest" in run.stderr for run in runs), runs
    if runs[1].exit_code == 0:
        pages = {path: data.decode() for path, data in site.outputs().items() if path.endswith("index.html")}
        redirects = {path for path, page in pages.items() if 'http-equiv="refresh"' in page}
        assert {path: harm(page) for path, page in pages.items() if path not in redirects and harm(page)} == {}


def play(folder: Path, examples: settings, number: int) -> None:
    count = iter(range(10**9))

    @seed(number)
    @examples
    @given(sites())
    def holds(files: dict[str, bytes]) -> None:
        assert_harmless(folder / f"{next(count)}", files)

    holds()


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOON)
    monkeypatch.setenv("DIGEST_DEBUG", "1")


def test_no_site_does_harm(tmp_path: Path) -> None:
    play(tmp_path, settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck)), 1)


@pytest.mark.soak
@pytest.mark.parametrize("shard", range(8))
def test_no_site_does_harm_for_long(tmp_path: Path, shard: int) -> None:
    """Four hundred sites each: half an hour of two processors, altogether."""
    phases = (Phase.generate, Phase.shrink)
    play(
        tmp_path,
        settings(
            max_examples=400, deadline=None, database=None, phases=phases, suppress_health_check=list(HealthCheck)
        ),
        shard,
    )
