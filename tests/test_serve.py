"""The preview over real HTTP: what it answers, what it refuses, and what becomes of it while files change."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from digest.preview.serve import Preview, make_server
from tests.support.prepared import ready
from tests.support.sample import REPOSITORY
from tests.support.site import NOON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.site import Site

SAMPLE = {
    "content/actors/сергей.md": "---\nname: Сергей\n---\n",
    "content/articles/2024-01-01-a.md": "---\ntitle: An entry\n---\nFirst words.\n",
    "content/files/a b.txt": "asset",
    "content/sources/secret.txt": "SECRET",
}


@pytest.fixture
def sample(site: Site) -> Site:
    for path, text in SAMPLE.items():
        site.write(path, text)
    return site


def preview_of(site: Site, base_url: str = "") -> Preview:
    return ready(site.root, base_url=base_url or None).preview


@contextmanager
def answering(preview: Preview) -> Iterator[int]:
    """Serve a preview; the value is the port."""
    with make_server(preview, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def ask(
    port: int, target: str, *, method: str = "GET", host: str | None = None
) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.putrequest(method, target, skip_host=host is not None)
        if host:
            connection.putheader("Host", host)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def test_every_page_and_file_is_what_a_build_writes(sample: Site) -> None:
    sample.build()
    with answering(preview_of(sample)) as port:
        for path, data in sample.outputs().items():
            if path != ".digest-manifest.json":
                status, headers, body = ask(port, "/" + quote(path.removesuffix("index.html")))
                assert (status, body) == (200, data), path
                assert headers["Content-Length"] == str(len(data))
                assert headers["Cache-Control"] == "no-store"
                assert "Access-Control-Allow-Origin" not in headers


def test_what_is_not_there_is_404_with_the_sites_page(sample: Site) -> None:
    with answering(preview_of(sample)) as port:
        status, headers, body = ask(port, "/gone/")
        assert (status, headers["Content-Type"]) == (404, "text/html; charset=utf-8")
        assert b"Page not found" in body


def test_head_gives_no_body(sample: Site) -> None:
    with answering(preview_of(sample)) as port:
        status, headers, body = ask(port, "/", method="HEAD")
        assert (status, body, int(headers["Content-Length"]) > 100) == (200, b"", True)


def test_a_missing_slash_is_put_right(sample: Site) -> None:
    """Also in names in other scripts, which a header cannot hold as they are."""
    with answering(preview_of(sample, "https://example.org/repo/")) as port:
        for path in ("/articles/2024/01/a", "/actors/" + quote("сергей")):
            status, headers, _ = ask(port, f"/repo{path}")
            assert (status, headers["Location"]) == (301, f"/repo{path}/")
            assert ask(port, headers["Location"])[0] == 200


def test_a_base_url_with_a_path_is_honoured(sample: Site) -> None:
    with answering(preview_of(sample, "https://example.org/repo/")) as port:
        body = ask(port, "/repo/")[2]
        assert b'href="/repo/articles/2024/01/a/"' in body
        assert ask(port, "/repo/articles/2024/01/a/")[0] == 200


@pytest.mark.parametrize("host", ["localhost:{}", "127.0.0.1:{}", "[::1]:{}", "LOCALHOST:{}", "localhost", "[::1]"])
def test_this_machine_is_served(sample: Site, host: str) -> None:
    with answering(preview_of(sample)) as port:
        assert ask(port, "/", host=host.format(port))[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{}",
        "localhost.evil.example:{}",
        "127.0.0.1.evil.example",
        "",
        "localhost:{}@evil.example",
        "[::2]:{}",
    ],
)
def test_other_hosts_are_refused(sample: Site, host: str) -> None:
    """A page elsewhere whose name is made to mean this machine (DNS rebinding) reads nothing."""
    with answering(preview_of(sample)) as port:
        status, _, body = ask(port, "/", host=host.format(port) or " ")
        assert status == 403
        assert b"An entry" not in body


@pytest.mark.parametrize(
    "target",
    [
        "/../digest.yaml",
        "/%2e%2e/digest.yaml",
        "/..%2fdigest.yaml",
        "/theme/../../digest.yaml",
        "/theme/%2e%2e/%2e%2e/content/sources/secret.txt",
        "/content/sources/secret.txt",
        "/sources/secret.txt",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/files/..%5c..%5cdigest.yaml",
        "/files/%00",
        "/articles/2024-01-01-a.md",
        "/.digest-manifest.json",
        "/" + "a" * 5000,
        "*",
        "http://evil.example/",
    ],
)
def test_no_request_reaches_a_file_that_is_not_published(sample: Site, target: str) -> None:
    with answering(preview_of(sample)) as port:
        status, _, body = ask(port, target)
        assert status in {400, 403, 404}
        assert not {part for part in (b"SECRET", b"root:", b"title: Test", b"First words.\n") if part in body}


def test_a_link_put_in_place_of_a_file_is_not_followed(sample: Site) -> None:
    """The file was published when the site was read; what stands there now leads elsewhere."""
    preview = preview_of(sample)
    asset = sample.root / "content" / "files" / "a b.txt"
    with answering(preview) as port:
        assert ask(port, "/files/a%20b.txt")[2] == b"asset"
        for target in ("/etc/passwd", sample.root / "content" / "sources" / "secret.txt", "/nowhere"):
            asset.unlink()
            asset.symlink_to(target)
            assert ask(port, "/files/a%20b.txt")[0] == 404
        asset.unlink()
        assert ask(port, "/files/a%20b.txt")[0] == 404


def test_many_readers_at_once_get_whole_pages(sample: Site) -> None:
    preview = preview_of(sample)
    with answering(preview) as port:
        wanted = ask(port, "/")[2]
        found: list[bytes] = []
        threads = [threading.Thread(target=lambda: found.append(ask(port, "/")[2])) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [wanted] * 16


@contextmanager
def served(site: Site, *args: str) -> Iterator[tuple[Callable[[str], str], subprocess.Popen[str]]]:
    """Run `digest serve` in a process of its own; the value asks it for a page."""
    command = [sys.executable, "-u", "-m", "digest", "serve", "-C", str(site.root), *args]
    env = {**os.environ, "SOURCE_DATE_EPOCH": NOON}
    with subprocess.Popen(
        command, cwd=REPOSITORY, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout
            line = next(line for line in process.stdout if line.startswith("Serving "))
            port = int(line.split(":")[2].partition("/")[0])
            threading.Thread(target=process.stdout.read, daemon=True).start()
            yield (lambda path: ask(port, path)[2].decode()), process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(10)


def eventually(holds: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("arguments", [[], ["--poll"]], ids=["watch", "poll"])
def test_pages_follow_what_is_written(sample: Site, arguments: list[str]) -> None:
    """An edit, an error with its notice over the last good page, and the page when it is mended; settings too."""
    entry = "content/articles/2024-01-01-a.md"
    with served(sample, *arguments) as (page, process):
        assert "First words." in page("/articles/2024/01/a/")
        sample.write(entry, "---\ntitle: An entry\n---\nSecond words.\n")
        assert eventually(lambda: "Second words." in page("/articles/2024/01/a/"))
        sample.write(entry, "---\ntitle: An entry\n---\nThird words of [[nobody]].\n")
        assert eventually(lambda: "unknown-reference" in page("/articles/2024/01/a/"))
        broken = page("/articles/2024/01/a/")
        assert "Second words." in broken
        assert f"{entry}:4:18" in broken
        assert "unknown-reference" in page("/")
        sample.write(entry, "---\ntitle: An entry\n---\nFourth words.\n")
        assert eventually(lambda: "Fourth words." in page("/articles/2024/01/a/"))
        assert "unknown-reference" not in page("/articles/2024/01/a/")
        sample.write("digest.yaml", "title: [\n")
        assert eventually(lambda: "digest.yaml:" in page("/"))
        assert "An entry" in page("/")
        sample.write("digest.yaml", "title: Renamed\n")
        assert eventually(lambda: "<title>Renamed</title>" in page("/"))
        sample.write("content/articles/2024/deep/2024-01-02-b.md", "---\ntitle: Another\n---\n")
        assert eventually(lambda: "Another" in page("/"))
        sample.delete("content/articles/2024/deep/2024-01-02-b.md")
        assert eventually(lambda: "Another" not in page("/"))
        assert process.poll() is None
    assert not (sample.root / "site").exists()


def test_serving_ends_with_130_when_interrupted(sample: Site) -> None:
    with served(sample) as (page, process):
        assert "An entry" in page("/")
    assert process.returncode == 130


def test_a_site_with_errors_is_served_with_a_notice(sample: Site) -> None:
    sample.write("content/articles/2024-01-02-b.md", "---\ntitle: B\nspeakers: [nobody]\n---\n[[gone]] spoke.\n")
    with served(sample) as (page, _):
        assert "unknown-reference" in page("/")
        assert "First words." in page("/articles/2024/01/a/")
        assert "gone</a> spoke." in page("/articles/2024/01/b/")


def test_a_taken_port_is_passed_over_unless_asked_for(sample: Site) -> None:
    with answering(preview_of(sample)) as port:
        run = sample.run("serve", "-p", str(port))
    assert (run.exit_code, "cannot listen at 127.0.0.1" in run.stderr) == (3, True)
