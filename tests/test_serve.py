"""The preview over real HTTP: what it answers, what it refuses, and what becomes of it while files change."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.support.preview import Answer, Served, eventually, serving
from tests.support.site import Site, let_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENTRY = "content/articles/2024-01-01-a.md"
LATE = "Not updated: the last good pages stay up.\n"
PAGE = "/articles/2024/01/a/"
SAMPLE = {
    "digest.yaml": "title: Test\n",
    "content/actors/сергей.md": "---\nname: Сергей\n---\n",
    ENTRY: "---\ntitle: An entry\n---\nFirst words.\n",
    "content/files/a b.txt": "asset",
    "content/files/film.txt": "0123456789",
    "content/sources/secret.txt": "SECRET",
}


def make(root: Path) -> Site:
    site = Site(root)
    for path, text in SAMPLE.items():
        site.write(path, text)
    return site


@pytest.fixture
def sample(tmp_path: Path) -> Site:
    root = tmp_path / "digest"
    root.mkdir()
    return make(root)


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A preview of a site that nobody changes."""
    root = tmp_path_factory.mktemp("still") / "digest"
    root.mkdir()
    make(root)
    with serving(root) as served:
        yield served


def test_every_page_and_file_is_what_a_build_writes(sample: Site) -> None:
    sample.build()
    with serving(sample.root) as served:
        for path, data in sample.outputs().items():
            if path != ".digest-manifest.json":
                answer = served.get("/" + quote(path.removesuffix("index.html")))
                assert (answer.status, answer.page) == (200, data), path
                assert answer.headers["content-length"] == str(len(answer.body))
                assert answer.headers["cache-control"] == "no-store"
                assert "access-control-allow-origin" not in answer.headers


def test_what_is_not_there_is_404_with_the_sites_page(still: Served) -> None:
    answer = still.get("/gone/")
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert b"Page not found" in answer.body


def test_head_gives_no_body(still: Served) -> None:
    answer = still.get("/", "HEAD")
    assert (answer.status, answer.body, int(answer.headers["content-length"]) > 100) == (200, b"", True)


def test_a_part_of_a_file_can_be_asked_for(still: Served) -> None:
    """Players of films and sounds jump about."""
    answer = still.get("/files/film.txt", Range="bytes=2-4")
    assert (answer.status, answer.body) == (206, b"234")


def test_a_base_url_with_a_path_is_honoured(sample: Site) -> None:
    """Also where a slash is missing, and in names in other scripts, which a header cannot hold as they are."""
    with serving(sample.root, "--base-url", "https://example.org/repo/") as served:
        assert b'href="/repo/articles/2024/01/a/"' in served.get("/repo/").body
        for path in ("/articles/2024/01/a", "/actors/" + quote("сергей")):
            answer = served.get(f"/repo{path}")
            assert (answer.status, answer.headers["location"]) == (301, f"/repo{path}/")
            assert served.get(answer.headers["location"]).status == 200
        assert served.get(PAGE).status == 404


@pytest.mark.parametrize("host", ["localhost:{}", "127.0.0.1:{}", "[::1]:{}", "LOCALHOST:{}", "localhost", "[::1]"])
def test_this_machine_is_served(still: Served, host: str) -> None:
    assert still.get("/", Host=host.format(still.port)).status == 200


def test_other_machines_may_ask_by_address_where_that_is_wanted(sample: Site) -> None:
    with serving(sample.root, "--host", "0.0.0.0") as served:  # noqa: S104 - what is tested
        for host in ("192.168.0.7", "192.168.0.7:{}", "[fe80::1]:{}", "localhost"):
            assert served.get("/", Host=host.format(served.port)).status == 200
        for host in ("evil.example", "192.168.0.7.evil.example", "999.0.0.1", "[fe80::1].evil.example"):
            assert served.get("/", Host=host).status == 403


FOREIGN_HOSTS = (
    "evil.example",
    "evil.example:{}",
    "localhost.evil.example:{}",
    "127.0.0.1.evil.example",
    " ",
    "localhost:{}@evil.example",
    "[::2]:{}",
    "[::1]evil:{}",
    "127.0.0.1:{}.evil.example",
    "127.0.0.2:{}",
    "127.1:{}",
    "2130706433",
    "0x7f000001",
    "0.0.0.0:{}",
    "localhost.:{}",
    "localhost:{}:{}",
    "localhost, evil.example",
    "evil.example, localhost",
    "local host",
    "xn--localhost-",
    "localhost:999999",
    "localhost:",
    "localhost%00",
    "lоcalhost",
)
FOREIGN_SITES = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "object"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "embed"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "websocket"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "script"},
)
"""What a page elsewhere makes a browser say; following a link is all it may do."""


@pytest.mark.parametrize("target", ["/", PAGE, "/_digest/", "/_digest/events?path=/"])
def test_foreigners_get_nothing(still: Served, target: str) -> None:
    """A page elsewhere whose name is made to mean this machine (DNS rebinding) reads nothing, nor does one that embeds."""
    hosts = ({"Host": host.replace("{}", str(still.port)).encode().decode("latin-1")} for host in FOREIGN_HOSTS)
    for headers in (*hosts, *FOREIGN_SITES):
        answer = still.get(target, **headers)
        assert (answer.status, len(answer.body) < 50) == (403, True), headers
        assert b"entry" not in answer.body
    assert (
        still.get(
            "/", **{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
        ).status
        == 200
    )


PAGE_ANSWERS = ("/", PAGE, "/actors/", "/404.html", "/gone/", "/theme", "/_digest/")
ASSETS = ("/files/film.txt", "/files/a%20b.txt", "/x.html", "/x.svg", "/x.xml", "/x.pdf", "/x.js", "/x.css", "/x.odd")
STATIC = ("/theme/app.html", "/theme/favicon.svg")
DATA = (
    "/articles/2024/01/a",
    "/_digest/panel?path=/",
    "/_digest/actors",
    "/_digest/events?path=/",
    "/_digest/nothing",
    "/_digest/client/preview.js",
    "/_digest/client/preview.css",
    "/" + "a" * 5000,
)


@pytest.fixture(scope="module")
def every_kind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A preview of a site that has files of all kinds, some where a theme's lie."""
    site = make(tmp_path_factory.mktemp("kinds") / "digest")
    site.write("digest.yaml", "title: Test\ntheme: mine\n")
    site.write("themes/mine/theme.yaml", "name: mine\nextends: broadsheet\n")
    site.write("themes/mine/static/app.html", "<p>Of the theme</p>")
    site.write("content/theme/app.html", "<p>Of content</p>")
    site.write("content/theme/other.html", "<p>Of content</p>")
    for kind in ("html", "svg", "xml", "pdf", "js", "css", "odd"):
        site.write(f"content/x.{kind}", "<x/>")
    with serving(site.root) as served:
        yield served


def policy_of(answer: Answer) -> dict[str, str]:
    """Return the directives of an answer's one policy."""
    parts = (part.strip().partition(" ") for part in answer.headers["content-security-policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_answer_says_how_it_may_be_used(every_kind: Served, method: str) -> None:
    for target in (*PAGE_ANSWERS, *ASSETS, *STATIC, *DATA):
        if (method, target.partition("?")[0]) == ("GET", "/_digest/events"):
            continue  # which never ends
        answer = every_kind.get(target, method)
        policy, headers = policy_of(answer), answer.headers
        assert headers["x-content-type-options"] == "nosniff", target
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert (policy["frame-ancestors"], policy["base-uri"]) == ("'none'", "'none'"), target
        assert "server" not in headers
        assert ("sandbox" in policy) == (target not in (*PAGE_ANSWERS, *STATIC)), target
        assert (policy.get("default-src") == "'none'") == (target not in STATIC), target
        assert ("script-src" in policy) == (target in PAGE_ANSWERS), target
        assert ("cross-origin-opener-policy" in headers) == (target in PAGE_ANSWERS), target


def test_a_stream_of_events_is_data(every_kind: Served) -> None:
    answer = every_kind.raw(b"GET /_digest/events?path=/ HTTP/1.1\r\nHost: localhost\r\n\r\n", wait=0.5)
    assert b"\r\ncontent-security-policy: default-src 'none';" in answer
    assert b"; sandbox\r\n" in answer


def test_a_page_names_its_scripts_by_a_word_that_is_another_each_time(every_kind: Served) -> None:
    seen = set()
    for target in (*PAGE_ANSWERS, *PAGE_ANSWERS):
        answer = every_kind.get(target)
        allowed = policy_of(answer)["script-src"]
        nonce = allowed.removeprefix("'nonce-").removesuffix("'")
        assert re.fullmatch(r"[\w-]{24}", nonce), allowed  # that word alone: no host, no path, no keyword
        assert answer.text.count(f'nonce="{nonce}"') == 1
        seen.add(nonce)
    assert len(seen) == 2 * len(PAGE_ANSWERS)


def test_parts_of_files_and_refusals_are_not_forgotten(every_kind: Served) -> None:
    ranges = {"/x.html": "bytes=0-1", "/x.svg": "bytes=0-0,2-2", "/x.pdf": "bytes=9999-", "/x.xml": "nonsense"}
    for target, wanted in ranges.items():
        answer = every_kind.get(target, Range=wanted)
        assert (answer.status >= 206, policy_of(answer)["sandbox"]) == (True, ""), target
    for headers in ({"Host": "evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Service-Worker": "script"}):
        assert "sandbox" in policy_of(every_kind.get("/x.js", **headers))
    assert "sandbox" in policy_of(every_kind.post("undo", {}, token=""))
    assert "sandbox" in policy_of(every_kind.get("/", "DELETE"))
    for broken in (b"nonsense\r\n\r\n", b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n"):
        assert b"; sandbox\r\n" in every_kind.raw(broken)


def test_content_is_never_taken_for_a_theme(every_kind: Served) -> None:
    """Where a theme's files lie, the theme's is shown; what it lacks is content still."""
    assert every_kind.text("/theme/app.html") == "<p>Of the theme</p>"
    other = every_kind.get("/theme/other.html")
    assert (other.status, policy_of(other)["sandbox"]) == (200, "")


def test_a_page_says_what_it_is_before_anything_that_content_may_be(sample: Site) -> None:
    """However a theme begins its pages."""
    sample.write("digest.yaml", "title: Test\ntheme: mine\n")
    sample.write("themes/mine/theme.yaml", "name: mine\nextends: broadsheet\n")
    template = "themes/mine/templates/article.html"
    with serving(sample.root) as served:
        beginnings = (
            "",
            "<!doctype html>",
            "\ufeff<!DOCTYPE html>",
            "<!doctype html><!-- <head> -->\n<HTML lang='a>b' data-x=\">\">\n<Head data-y>",
            "<html>",
            "<head>",
        )
        for number, beginning in enumerate(beginnings):
            after = f"<header>{number}: An entry</header>"
            sample.write(template, f"{beginning}<header>{number}: {{{{ page.head.title }}}}</header>")
            assert eventually(lambda: after in served.text(PAGE))  # noqa: B023 - called at once
            before, facts, rest = served.text(PAGE).partition('<script type="application/json">')
            assert before == beginning
            assert (facts != "", rest.endswith(f"</script>{after}")) == (True, True)


STEPS = (
    "..",
    "%2e%2e",
    "%2E%2e",
    ".%2e",
    "%252e%252e",
    "..%00",
    "%c0%ae%c0%ae",
    "%e0%80%ae",
    "..%5c",
    "..;",
    "%uff0e",
    "…",
    "．．",
)
FRONTS = ("/", "/theme/", "/files/", "/_digest/client/", "/articles/2024/01/a/", "/%2f", "//", "/./")
BACKS = ("/digest.yaml", "/content/sources/secret.txt")
ODD = (
    "/content/sources/secret.txt",
    "/sources/secret.txt",
    "/_digest/client/../app.py",
    "/_digest/client/%2e%2e/app.py",
    "/_digest/client//etc/passwd",
    "//etc/passwd",
    "/%2fetc/passwd",
    "/files/..%5c..%5cdigest.yaml",
    "/files/%00",
    "/articles/2024-01-01-a.md",
    "/.digest-manifest.json",
    "/.digest/preview.sqlite",
    "/digest.yaml",
    "/" + "a" * 5000,
    "/?" + "a" * 5000,
    "*",
    "http://evil.example/",
    "http://127.0.0.1/",
    "evil.example:443",
    "/files/a b.txt",
    "/%",
    "/%zz",
    "/\x01",
    "",
)


def test_no_request_line_reaches_a_file_that_is_not_published(still: Served) -> None:
    """More than 200 ways up and out, sent as they are, past everything that a client would put right."""
    targets = [front + step + back for front in FRONTS for step in STEPS for back in BACKS]
    assert len(targets) + len(ODD) >= 140
    for target in (*targets, *ODD):
        line = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        answer = still.raw(line.encode("utf-8", "surrogateescape"))
        assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 301 ")), (target, answer[:100])
        assert not {part for part in (b"SECRET", b"root:", b"title: Test", b"First words.\n") if part in answer}
    assert still.get("/").status == 200


def test_no_other_file_is_taken_for_one_of_the_client(still: Served, tmp_path: Path) -> None:
    """Not even one that has the name of one of its files."""
    (tmp_path / "preview.js").write_text("SECRET")
    up = "../" * 20
    for way in (f"{up}{tmp_path}", str(tmp_path), f"/{tmp_path}", "../client", "./", "x/.."):
        line = f"GET /_digest/client/{way}/preview.js HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        answer = still.raw(line.encode())
        assert answer.startswith(b"HTTP/1.1 404 "), way
        assert b"SECRET" not in answer
    assert still.get("/_digest/client/preview.js").status == 200


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"GET",
        b"GET / HTTP/1.1\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: " + b"x" * 200_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
        b"GET / HTTP/1.1\nHost: localhost\n\n" * 50,
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\nshort",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /_digest/annotate HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"\xff" * 5000,
    ],
    ids=range(18),
)
def test_broken_clients_harm_nobody(still: Served, data: bytes) -> None:
    answer = still.raw(data, wait=0.3)
    assert b"Traceback" not in answer
    assert still.get("/").status == 200
    assert still.said == ""


def test_a_head_without_end_is_refused(still: Served) -> None:
    """Whatever it is made of: an address, a name, a value, many values, lines before it."""
    for said in (b"GET /", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nX: ", b"GET / HTTP/1.1\r\nX: y\r\n", b""):
        more = b"X: y\r\n" if said.endswith(b"y\r\n") else b"x" if said else b"\r\n"
        client = socket.create_connection(("127.0.0.1", still.port), timeout=30)
        with client, suppress(ConnectionError):
            client.sendall(said)
            for _ in range(1000):
                client.sendall(more * (65_536 // len(more)))
            pytest.fail(f"64 MB were taken after {said!r}")
    assert still.get(PAGE, X="y" * 30_000).status == 200
    assert still.said == ""


CHANGE = b"POST /_digest/undo HTTP/1.1\r\nHost: localhost:%d\r\nOrigin: http://localhost:%d\r\nX-Digest-Token: %b\r\n"
ASKED = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
UNFINISHED = {
    "silence": b"",
    "part of a line": b"GET / HT",
    "part of a head": ASKED + b"X: ",
    "lines before a head": b"\r\n",
    "no body": CHANGE + b"Content-Length: 2\r\n\r\n",
    "part of a body": CHANGE + b"Content-Length: 3\r\n\r\n{}",  # which would do, were it all
    "a body without end": CHANGE + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "a body that nobody wants": ASKED + b"Content-Length: 999\r\n\r\nx",
    "nothing more": ASKED + b"\r\n",
    "an empty line more": ASKED + b"\r\n\r\n",
    "part of a second head": ASKED + b"\r\n" + ASKED,
    "part of a second head beside a stream": b"GET /_digest/events HTTP/1.1\r\nHost: localhost\r\n\r\n" + ASKED,
}
TRICKLING = {
    "lines before a head": b"\r\n",
    "part of a head": b"x",
    "a body that nobody wants": b"x",
    "an empty line more": b"\r\n",
}
"""What comes now and then after some of them."""


def test_who_does_not_finish_a_request_is_let_go(sample: Site) -> None:
    """And told so, where no answer has begun; half a change changes nothing."""
    with serving(sample.root, "--edit") as served, ExitStack() as stack:
        port, token = served.port, token_of(served).encode()
        assert served.post("annotate", asked(served), token=token.decode()).status == 200
        clients, heard = {}, dict.fromkeys(UNFINISHED, b"")
        for name, said in UNFINISHED.items():
            clients[name] = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            clients[name].sendall(said.replace(CHANGE, CHANGE % (port, port, token)))
            clients[name].settimeout(0.2)

        def all_are_closed() -> bool:
            for name, client in tuple(clients.items()):
                try:
                    more = client.recv(65536)
                    heard[name] += more
                    if more == b"":
                        del clients[name]
                except TimeoutError:
                    with suppress(ConnectionError):
                        client.sendall(TRICKLING.get(name, b""))
                except ConnectionError:
                    del clients[name]
            return not clients

        assert eventually(all_are_closed), clients.keys()
        for name in ("part of a line", "part of a head", "no body", "part of a body", "a body without end"):
            assert b"HTTP/1.1 408 Request Timeout\r\n" in heard[name], name
            assert heard[name].endswith(b"\r\n\r\nThis request took too long to come.\n")
        assert "A note." in (sample.root / ENTRY).read_text()
        assert served.get(PAGE).status == 200
        assert served.said == ""


def half_open(served: Served, number: int) -> list[socket.socket]:
    """Return as many connections as can be had that have said a word and no more."""
    found: list[socket.socket] = []
    with suppress(OSError):
        for _ in range(number):
            found.append(socket.create_connection(("127.0.0.1", served.port), timeout=2))
            found[-1].sendall(b"GET / HTTP/1.1\r\nHost: local")
    return found


def test_half_open_clients_hold_nobody_up(sample: Site) -> None:
    """More of them than the process may open files: others are answered at once, and nothing is said."""
    with serving(sample.root, files=128) as served, served.events(PAGE) as following:
        following()
        clients = half_open(served, 300)
        assert len(clients) == 300
        assert served.get(PAGE).status == 200
        sample.write(ENTRY, "---\ntitle: An entry\n---\nSecond words.\n")
        assert following()["key"] == served.get(PAGE).facts["key"]  # who was here before still is
        for client in clients:
            client.close()
        assert served.get(PAGE).status == 200
        assert served.said == ""
        assert [line for line in served.lines if line != "Updated.\n"] == []


def test_who_finds_no_room_is_told(sample: Site) -> None:
    """Whoever is being answered stays; there is room again when one of them goes."""
    with serving(sample.root, files=80) as served:
        with ExitStack() as stack:
            for _ in range(8):
                stack.enter_context(served.events(PAGE))()
            refused = served.get(PAGE)
            assert (refused.status, refused.headers["connection"]) == (503, "close")
            assert "Close some of its tabs" in refused.text
            assert "sandbox" in policy_of(refused)
        assert eventually(lambda: served.get(PAGE).status == 200)


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux takes files away from a process at work")
def test_when_no_more_files_can_be_opened_a_line_says_so(sample: Site) -> None:
    with serving(sample.root) as served:
        resource.prlimit(served.process.pid, resource.RLIMIT_NOFILE, (48, 48))
        clients = half_open(served, 100)
        assert eventually(lambda: any("No more connections can be taken" in line for line in served.lines))
        for client in clients:
            client.close()
        assert eventually(lambda: served.get(PAGE).status == 200)
        assert len(served.lines) == 1
        assert served.said == ""


ANYWHERE = ("--host", "0.0.0.0")  # noqa: S104 - what is tested
HIDDEN_TOO = "drafts and embargoed entries too; --published hides them.\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), HIDDEN_TOO),
        (("--quiet",), HIDDEN_TOO),
        (("--published", "--drafts"), HIDDEN_TOO),
        (("--published",), "and what is wrong in its files.\n"),
    ],
    ids=" ".join,
)
def test_what_others_on_the_network_see_is_said(sample: Site, arguments: tuple[str, ...], told: str) -> None:
    command = [sys.executable, "-m", "digest", "serve", "-C", str(sample.root), *ANYWHERE, *arguments]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            assert process.stderr.readline() == f"Everybody on your network can see this site: {told}"
        finally:
            process.terminate()


@pytest.mark.parametrize("arguments", [(), ("--host", "localhost")])
def test_where_nobody_else_sees_anything_nothing_is_said(sample: Site, arguments: tuple[str, ...]) -> None:
    with serving(sample.root, *arguments) as served:
        assert served.said == ""


def test_a_link_put_in_place_of_a_file_is_not_followed(sample: Site) -> None:
    """The file was published when the site was read; what stands there now leads elsewhere."""
    asset = sample.root / "content" / "files" / "a b.txt"
    with serving(sample.root, "--poll") as served:
        assert served.get("/files/a%20b.txt").body == b"asset"
        for target in ("/etc/passwd", sample.root / "content" / "sources" / "secret.txt", "/nowhere"):
            asset.unlink()
            asset.symlink_to(target)
            assert served.get("/files/a%20b.txt").status == 404
        asset.unlink()
        assert served.get("/files/a%20b.txt").status == 404


def test_many_readers_at_once_get_whole_pages(still: Served) -> None:
    wanted = still.get("/").page
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(still.get("/").page)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted] * 16


@pytest.mark.parametrize("arguments", [[], ["--poll"]], ids=["watch", "poll"])
def test_pages_follow_what_is_written(sample: Site, arguments: list[str]) -> None:
    """An edit, an error with the last good page meanwhile, and the page when it is mended; settings and themes too."""
    let_run(sample.root, "mine")
    with serving(sample.root, *arguments) as served:
        assert "First words." in served.text(PAGE)
        sample.write(ENTRY, "---\ntitle: An entry\n---\nSecond words.\n")
        assert eventually(lambda: "Second words." in served.text(PAGE))
        sample.write(ENTRY, "---\ntitle: An entry\n---\nThird words of [[nobody]].\n")
        assert eventually(lambda: served.get(PAGE).facts["problems"])
        assert "Second words." in served.text(PAGE)
        panel = served.text(f"/_digest/panel?path={PAGE}")
        assert f"{ENTRY}:4:18" in panel
        assert "unknown-reference" in panel
        assert "unknown-reference" in served.said
        sample.write(ENTRY, "---\ntitle: An entry\n---\nFourth words.\n")
        assert eventually(lambda: "Fourth words." in served.text(PAGE))
        assert served.get(PAGE).facts["problems"] == ""
        assert served.text(f"/_digest/panel?path={PAGE}") == ""
        sample.write("digest.yaml", "title: [\n")
        assert eventually(lambda: "digest.yaml:" in served.text("/_digest/panel?path=/"))
        assert "An entry" in served.text("/")
        sample.write(ENTRY, "---\ntitle: An entry\n---\nBesides.\n")
        assert eventually(lambda: served.updates + served.lines.count(LATE) >= 5)
        assert "digest.yaml:" in served.text("/_digest/panel?path=/")  # it is still wrong
        assert "Besides." not in served.text(PAGE)
        sample.write(ENTRY, "---\ntitle: An entry\n---\nFourth words.\n")
        sample.write("digest.yaml", "title: Renamed\ntheme: mine\n")
        assert eventually(lambda: "unknown-theme" in served.text("/_digest/panel?path=/"))
        sample.write("themes/mine/theme.yaml", "name: Mine\nextends: broadsheet\n")
        assert eventually(lambda: "<title>Renamed</title>" in served.text("/"))
        sample.write("themes/mine/templates/article.html", "{{ page.nothing }}\n")
        assert eventually(lambda: served.get(PAGE).facts["problems"])
        assert "themes/mine/templates/article.html:1:1" in served.text(f"/_digest/panel?path={PAGE}")
        assert "Fourth words." in served.text(PAGE)  # as it was
        sample.write("themes/mine/templates/article.html", "<p>Own: {{ page.head.title }}</p>\n")
        assert eventually(lambda: "<p>Own: An entry</p>" in served.text(PAGE))
        sample.delete("themes/mine/templates/article.html")
        assert eventually(lambda: "Fourth words." in served.text(PAGE))
        sample.write("content/articles/2024/deep/2024-01-02-b.md", "---\ntitle: Another\n---\n")
        assert eventually(lambda: "Another" in served.text("/"))
        sample.delete("content/articles/2024/deep/2024-01-02-b.md")
        assert eventually(lambda: "Another" not in served.text("/"))
        shutil.rmtree(sample.root / "content")
        assert eventually(lambda: "An entry" not in served.text("/"))
        sample.write(ENTRY, "---\ntitle: Back again\n---\n")
        assert eventually(lambda: "Back again" in served.text("/"))
        assert served.process.poll() is None
    assert not (sample.root / "site").exists()


def test_serving_ends_with_130_when_interrupted(sample: Site) -> None:
    """Also while a browser listens."""
    with serving(sample.root) as served, served.events("/") as following:
        assert following()["key"]
        assert "An entry" in served.text("/")
        served.process.send_signal(2)
        assert served.process.wait(20) == 130


def test_a_site_with_errors_is_served_with_them(sample: Site) -> None:
    sample.write("content/articles/2024-01-02-b.md", "---\ntitle: B\nspeakers: [nobody]\n---\n[[gone]] spoke.\n")
    with serving(sample.root) as served:
        assert "unknown-reference" in served.text("/_digest/panel?path=/")
        assert "First words." in served.text(PAGE)
        assert "gone</a> spoke." in served.text("/articles/2024/01/b/")


def test_drafts_and_future_entries_are_shown_unless_not_wanted(sample: Site) -> None:
    sample.write("content/articles/2024-01-03-d.md", "---\ntitle: Unfinished\ndraft: true\n---\n")
    sample.write("content/articles/2030-01-03-f.md", "---\ntitle: Later\n---\n")
    with serving(sample.root) as served:
        home = served.text("/")
        assert {"Unfinished", "Later"} <= {*home.replace("<", ">").split(">")}
        assert "draft" in served.text("/articles/2024/01/d/").lower()
    with serving(sample.root, "--published") as served:
        assert "Unfinished" not in served.text("/")
        assert served.get("/articles/2030/01/f/").status == 404


def test_a_taken_port_is_passed_over_unless_asked_for(sample: Site, still: Served) -> None:
    run = sample.run("serve", "-p", str(still.port))
    assert (run.exit_code, "cannot listen at 127.0.0.1" in run.stderr) == (3, True)


def test_two_previews_of_one_project_do_not_disturb_each_other(sample: Site) -> None:
    with serving(sample.root) as first, serving(sample.root) as second:
        sample.write(ENTRY, "---\ntitle: An entry\n---\nSeen by both.\n")
        for served in (first, second):
            assert eventually(lambda served=served: "Seen by both." in served.text(PAGE))  # type: ignore[misc]
        assert sample.build().exit_code == 0
        assert "Seen by both." in first.text(PAGE)


def test_what_changed_between_two_previews_is_shown(sample: Site) -> None:
    """With what was kept of the last one: unchanged, changed, and damaged."""
    with serving(sample.root) as served:
        first = served.get(PAGE).page
    with serving(sample.root) as served:
        assert served.get(PAGE).page == first
    sample.write(ENTRY, "---\ntitle: An entry\n---\nSince then.\n")
    with serving(sample.root) as served:
        assert "Since then." in served.text(PAGE)
    store = sample.root / ".digest" / "preview.sqlite"
    data = bytearray(store.read_bytes())
    for at in range(4096, len(data), 512):
        data[at] ^= 0x55
    store.write_bytes(data)
    with serving(sample.root) as served:
        assert eventually(lambda: "Since then." in served.text(PAGE))


def test_only_pages_that_changed_have_another_key(sample: Site) -> None:
    """What events say, and when: at once, after a change of that page, and of problems; not after others."""
    sample.write("content/articles/2024-03-01-b.md", "---\ntitle: Other\n---\nWords.\n")
    with serving(sample.root) as served, served.events(PAGE) as one, served.events("/topics/") as two:
        first, topics = one(), two()
        assert first == {"key": served.get(PAGE).facts["key"], "problems": "", "progress": None}
        sample.write(ENTRY, "---\ntitle: An entry\n---\nOther words.\n")
        second = one()
        assert second["key"] == served.get(PAGE).facts["key"] != first["key"]
        sample.write("content/articles/2024-03-01-b.md", "---\ntitle: Other\n---\nMore words.\n")
        assert eventually(lambda: "More words." in served.text("/articles/2024/03/b/"))
        sample.write("content/articles/2024-03-01-b.md", "---\ntitle: Another title\n---\nWords.\n")
        third = one()  # it names its neighbour, whose text it does not show
        assert third["key"] not in {first["key"], second["key"]}
        sample.write(ENTRY, "---\ntitle: An entry\n---\n[[nobody]]\n")
        broken = one()
        assert (broken["key"], broken["problems"] != "") == (third["key"], True)
        assert two() == {**topics, "problems": broken["problems"]}  # nothing before concerned this page
        sample.write(ENTRY, "---\ntitle: An entry\n---\nFirst words.\n")
        assert one()["problems"] == ""
        assert two() == topics


# Changes


NOTE = {"selection": "First", "kind": "context", "text": "A note."}


def token_of(served: Served) -> str:
    token: str = served.get(PAGE).facts["edit"]["token"]
    return token


def asked(served: Served) -> dict[str, str]:
    return {**NOTE, "path": ENTRY, "digest": served.get(PAGE).facts["edit"]["digest"]}


def test_pages_change_nothing_unless_asked_to(sample: Site) -> None:
    with serving(sample.root) as served:
        assert served.get(PAGE).facts["edit"] is None
        for name in ("annotate", "quote", "alias", "undo"):
            assert served.post(name, NOTE, token="").status == 403
    assert sample.run("serve", "--edit", "--host", "0.0.0.0").exit_code == 2  # noqa: S104


def test_a_note_is_written_shown_and_taken_back(sample: Site) -> None:
    before = (sample.root / ENTRY).read_bytes()
    with serving(sample.root, "--edit") as served:
        edit = served.get(PAGE).facts["edit"]
        assert {"id": "fact-check", "label": "Fact-check"} in edit["kinds"]
        assert "misleading" in edit["verdicts"]
        answer = served.post("annotate", asked(served), token=edit["token"])
        assert answer.status == 200, answer
        assert (sample.root / ENTRY).read_text() == (
            "---\ntitle: An entry\n---\n[First][^context] words.\n\n[^context]: Context: A note.\n"
        )
        assert eventually(lambda: "A note." in served.text(PAGE))
        stale = {**NOTE, "selection": "words", "path": ENTRY, "digest": edit["digest"]}
        assert served.post("annotate", stale, token=edit["token"]).status == 409
        refused = served.post("annotate", {**asked(served), "selection": "nowhere"}, token=edit["token"])
        assert (refused.status, "nowhere" in json.loads(refused.body)["message"]) == (
            422,
            True,
        ) or refused.status == 422
        assert served.post("undo", {}, token=edit["token"]).status == 200
        assert (sample.root / ENTRY).read_bytes() == before
        assert eventually(lambda: "A note." not in served.text(PAGE))
        assert served.post("undo", {}, token=edit["token"]).status == 422


def test_quotations_and_aliases_are_written_for_known_actors_alone(sample: Site) -> None:
    with serving(sample.root, "--edit") as served:
        token = token_of(served)
        quotation = {key: asked(served)[key] for key in ("path", "digest", "selection")}
        assert served.post("quote", {**quotation, "speaker": "nobody"}, token=token).status == 422
        assert served.post("quote", {**quotation, "speaker": "сергей"}, token=token).status == 200
        assert "[[сергей|“First”]] words." in (sample.root / ENTRY).read_text()
        assert served.post("alias", {"actor": "сергей", "spelling": "  Sergey  X "}, token=token).status == 200
        assert "aliases: [Sergey X]" in (sample.root / "content/actors/сергей.md").read_text()
        assert [actor["name"] for actor in json.loads(served.get("/_digest/actors").body)] == ["Сергей"]


def test_no_foreigner_changes_anything(sample: Site) -> None:
    """Host, origin and token must all be ours, and the path a source in `content/`."""
    port_of_another = "http://127.0.0.1:1"
    with serving(sample.root, "--edit") as served:
        note, token = asked(served), token_of(served)
        before = {path: path.read_bytes() for path in (sample.root / "content").rglob("*") if path.is_file()}
        origins = ("", "null", port_of_another, "http://evil.example", f"https://127.0.0.1:{served.port}", "file://")
        for origin in origins:
            assert served.post("annotate", note, token=token, Origin=origin).status == 403, origin
        for wrong in ("", "x", token[:-1], f"{token} ", token.swapcase()):
            if wrong.strip() != token:
                assert served.post("annotate", note, token=wrong).status == 403, wrong
        for headers in ({"Host": "evil.example"}, *FOREIGN_SITES):
            assert served.post("annotate", note, token=token, **headers).status == 403, headers
        paths = (
            "digest.yaml",
            "../x.md",
            "content/../digest.yaml",
            "/etc/passwd",
            "content/sources/secret.txt",
            "",
            "\0",
        )
        for path in paths:
            assert served.post("annotate", {**note, "path": path}, token=token).status == 403, path
        odd: tuple[object, ...] = ([], "text", 7, None, {"path": 1}, {}, {"path": ENTRY}, {**note, "text": ["x"]})
        for content in odd:
            assert served.post("annotate", content, token=token).status == 400, content
        assert served.post("annotate", {**note, "text": "x" * 100_000}, token=token).status == 400
        assert served.post("everything", note, token=token).status == 400
        assert {path: path.read_bytes() for path in (sample.root / "content").rglob("*") if path.is_file()} == before


def shows(served: Served, page: str, words: str) -> bool:
    return words in served.text(page)


@pytest.mark.parametrize("how", ["clean", "delete", "keep a text"])
def test_pages_follow_though_what_is_remembered_is_deleted(site: Site, how: str) -> None:
    """
    -- content/articles/2024-01-18-a.md --
    ---
    title: A
    ---

    Some words.
    """
    path, page = "content/articles/2024-01-18-a.md", "/articles/2024/01/a/"
    with serving(site.root) as served:
        for words in ("First", "Second"):
            if how == "keep a text":
                site.write(".digest/kept/a.md", "Kept.\n")
            if how == "delete":
                shutil.rmtree(site.root / ".digest", ignore_errors=True)
            else:
                assert site.run("clean").exit_code == 0
            site.write(path, f"---\ntitle: A\n---\n\n{words} words.\n")
            assert eventually(partial(shows, served, page, f"{words} words."))
        said = served.said
    assert "readonly" not in said


@pytest.mark.parametrize("put", ["pipe", "device"])
@pytest.mark.parametrize("name", ["digest.yaml", "content/articles/2024-01-18-a.md", "themes/mine/theme.yaml"])
def test_a_pipe_or_a_device_in_the_place_of_a_file_stops_nothing(site: Site, name: str, put: str) -> None:
    """
    -- digest.yaml --
    title: T
    theme: mine
    -- themes/mine/theme.yaml --
    name: Mine
    extends: broadsheet
    -- content/articles/2024-01-18-a.md --
    ---
    title: A
    ---

    Some words.
    """
    file = site.root / name
    before = file.read_bytes()
    with serving(site.root) as served:
        new = file.with_name("new")
        os.mkfifo(new) if put == "pipe" else new.symlink_to("/dev/zero")
        new.replace(file)
        assert eventually(lambda: file.name in served.said)
        file.unlink()
        file.write_bytes(before)
        site.write("content/articles/2024-01-19-b.md", "---\ntitle: B\n---\n\nOther words.\n")
        assert eventually(lambda: "Other words." in served.text("/articles/2024/01/b/"))


def test_content_that_becomes_a_link_is_not_followed(site: Site, tmp_path: Path) -> None:
    """
    -- content/articles/2024-01-18-a.md --
    ---
    title: A
    ---

    Some words.
    """
    content, page = site.root / "content", "/articles/2024/01/a/"
    with serving(site.root) as served:
        outside = content.rename(tmp_path / "outside")
        (outside / "articles/2024-01-18-a.md").write_text("---\ntitle: A\n---\n\nOutside.\n")
        content.symlink_to(outside)
        assert eventually(lambda: "folder-link" in served.said)
        assert "Outside." not in served.text(page)
        content.unlink()
        site.write("content/articles/2024-01-18-a.md", "---\ntitle: A\n---\n\nInside.\n")
        assert eventually(lambda: "Inside." in served.text(page))
