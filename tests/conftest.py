"""Fixtures every test may use."""

from __future__ import annotations

import gc
import os
import signal
from contextlib import ExitStack
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from tests.support.browser import chromium, serving
from tests.support.compiled import compile_once, is_own
from tests.support.sample import build, copy_sample
from tests.support.site import NOON, Site, read_txtar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell's background job ignores interrupts, and so would every program that tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    """Keep tests, and the programs that they start, away from the key and the trusted themes of who runs them."""
    home = TemporaryDirectory(prefix="digest-home-")
    config.add_cleanup(home.cleanup)
    os.environ["XDG_STATE_HOME"] = home.name
    os.environ.pop("DIGEST_STATE_KEY", None)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors, for some tests wait for what must not happen."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session", autouse=True)
def _own_templates_compiled_once() -> Iterator[None]:
    """Not those that a test lays over them, nor in programs that tests start."""
    with pytest.MonkeyPatch.context() as patch:
        compile_once(patch, is_own)
        yield


@pytest.fixture(scope="module", autouse=True)
def _pytests_own_is_no_garbage() -> None:
    """Builds look for garbage, and would go through all that pytest and its plugins hold, each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def site(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The digest that the test's docstring holds; `digest.yaml` may be left out."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOON)
    monkeypatch.setenv("DIGEST_DEBUG", "1")  # a fault of digest's own is raised, and so fails the test
    made = Site(tmp_path / "root")
    files = {"digest.yaml": "title: Test\n", **read_txtar(request.function.__doc__ or "")}
    for path, text in files.items():
        made.write(path, text)
    return made


@pytest.fixture(scope="session")
def sample_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built pages of the repository's own digest."""
    return build(copy_sample(tmp_path_factory.mktemp("sample") / "root"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A running Chromium."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def serve_folder() -> Iterator[Callable[[Path], str]]:
    """Serve a folder until the end of the session; returns its address without a last slash."""
    with ExitStack() as servers:
        yield lambda folder: servers.enter_context(serving(folder))
