"""What this project is made of: true bounds, a lock that fits them, pinned actions, an inventory in the wheel."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections import defaultdict
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import nh3
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.sample import REPOSITORY
from tools import install, sbom

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
CORE = PROJECT["project"]["dependencies"]
EXTRAS = PROJECT["project"]["optional-dependencies"]
LOCKS = sorted((REPOSITORY / "requirements").glob("*.txt"))
_SHA256 = re.compile(r"--hash=sha256:[0-9a-f]{64}")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = ("linux", "darwin")


# Bounds


def test_every_dependency_says_from_which_version_on_it_works() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "tools.oldest"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    oldest = {canonicalize_name(Requirement(line).name): Requirement(line).specifier for line in printed}
    wanted = [Requirement(text) for text in (*CORE, *EXTRAS["dask"])]
    assert oldest.keys() == {canonicalize_name(each.name) for each in wanted}
    for each in wanted:
        (pin,) = oldest[canonicalize_name(each.name)]
        assert each.specifier.contains(pin.version), each


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("starlette", "0.49.0"),  # CVE-2025-62727
        ("nh3", "0.3.6"),  # leaves > in attributes
    ],
)
def test_versions_known_to_be_bad_are_not_allowed(name: str, bad: str) -> None:
    (found,) = [each for each in map(Requirement, CORE) if each.name == name]
    assert not found.specifier.contains(bad)


def test_the_sanitiser_escapes_what_ends_a_tag() -> None:
    """Links that are made in text look for tags, and take what stands between < and > for one."""
    cleaned = nh3.clean('<img alt="> x <b" src="https://e.org/">', tags={"img"}, attributes={"img": {"alt", "src"}})
    assert 'alt="&gt; x &lt;b"' in cleaned


# The lock


def pins(lock: Path) -> Iterator[Requirement]:
    """Yield what a file of the lock pins, each with the hashes of its files."""
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            assert _SHA256.search(line), f"no hash: {line}"
            yield Requirement(_SHA256.sub("", line).strip())


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("core", CORE),
        ("dev", [*CORE, *EXTRAS["dask"], *EXTRAS["dev"]]),
        ("build", PROJECT["build-system"]["requires"]),
    ],
)
def test_the_lock_holds_every_dependency_in_a_version_that_is_allowed(
    name: str, wanted: list[str], python: str, platform: str
) -> None:
    """`make lock` writes it anew where this fails."""
    here = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": platform}
    held: dict[str, list[str]] = defaultdict(list)
    for pin in pins(REPOSITORY / f"requirements/{name}.txt"):
        if not pin.marker or pin.marker.evaluate(here):
            (specifier,) = pin.specifier
            assert specifier.operator == "=="
            held[canonicalize_name(pin.name)].append(specifier.version)
    assert [names for names, versions in held.items() if len(versions) > 1] == []
    for each in map(Requirement, wanted):
        if canonicalize_name(each.name) != "annotated-digest" and (not each.marker or each.marker.evaluate(here)):
            assert each.specifier.contains(held[canonicalize_name(each.name)][0]), each


def test_the_lock_names_no_place_to_get_files_from() -> None:
    """So it serves whoever has an index of their own; the hashes say whether the files are the same."""
    assert len(LOCKS) == 3
    for lock in LOCKS:
        assert not re.search(
            r"://|--(?:extra-)?index-url|--find-links|--trusted-host", lock.read_text(encoding="utf-8")
        )


@pytest.mark.parametrize(
    ("what", "python", "commands"),
    [
        (
            "dev",
            (3, 11),
            ["--require-hashes --requirement requirements/dev.txt", "--no-deps --no-build-isolation --editable ."],
        ),
        (
            "core",
            (3, 14),
            [
                "--require-hashes --requirement requirements/core.txt --requirement requirements/build.txt",
                "--no-deps --no-build-isolation --editable .",
            ],
        ),
        ("dev", (3, 15), ["--editable .[dev]"]),
        ("core", (3, 15), ["--editable ."]),
    ],
)
def test_a_python_that_the_lock_is_not_made_for_gets_what_is_allowed_and_is_told(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    what: str,
    python: tuple[int, int],
    commands: list[str],
) -> None:
    run: list[str] = []
    monkeypatch.setattr(install, "_pip", lambda *arguments: run.append(" ".join(arguments)))
    monkeypatch.setattr(sys, "version_info", python)
    install.main(what)
    assert run == commands
    assert ("There is no lock for Python 3.15" in capsys.readouterr().out) == (python == (3, 15))


def test_a_file_of_another_hash_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nor is that a reason to go on without the lock."""
    wheel = tmp_path / "nothing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("nothing-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: nothing\nVersion: 1.0\n")
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/dev.txt").write_text(f"nothing==1.0 --hash=sha256:{'0' * 64}\n")
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "installed"))
    with pytest.raises(SystemExit) as ended:
        install.main("dev")
    assert ended.value.code == 1
    assert "DO NOT MATCH THE HASHES" in capfd.readouterr().err
    assert not (tmp_path / "installed/nothing-1.0.dist-info").exists()


# The wheel's inventory


def test_the_inventory_is_of_this_lock() -> None:
    """`make lock` writes it anew."""
    done = subprocess.run(
        [sys.executable, "-c", "from tools.sbom import text; print(text(), end='')"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == (REPOSITORY / sbom.TARGET).read_text(encoding="utf-8")


def test_the_inventory_names_every_library_and_every_vendored_file() -> None:
    bom = json.loads((REPOSITORY / sbom.TARGET).read_text(encoding="utf-8"))
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.6")
    named = {each.get("purl", each["name"]): each for each in bom["components"]}
    for pin in pins(REPOSITORY / "requirements/core.txt"):
        assert f"pkg:pypi/{pin.name}@{next(iter(pin.specifier)).version}" in named
    references = [bom["metadata"]["component"]["bom-ref"], *(each["bom-ref"] for each in bom["components"])]
    assert len(references) == len(set(references))
    (dependencies,) = bom["dependencies"]
    assert dependencies["ref"] == references[0]
    assert set(dependencies["dependsOn"]) <= set(references)
    assert {Requirement(each).name for each in CORE} <= {
        each.split("/")[-1].split("@")[0] for each in dependencies["dependsOn"]
    }
    idiomorph = (REPOSITORY / "digest/preview/client/idiomorph.js").read_text(encoding="utf-8")
    assert f"Idiomorph {named['pkg:npm/idiomorph@0.7.4']['version']}," in idiomorph
    files = {
        each["name"]: each["hashes"][0]["content"] for part in bom["components"] for each in part.get("components", ())
    }
    fonts = {f"digest/{path.relative_to(REPOSITORY).as_posix()}" for path in (REPOSITORY / "themes").rglob("*.woff2")}
    assert files.keys() == fonts | {"digest/preview/client/idiomorph.js"}
    for name, digest in files.items():
        path = name if (REPOSITORY / name).exists() else name.removeprefix("digest/")
        assert sha256((REPOSITORY / path).read_bytes()).hexdigest() == digest


# Workflows


WORKFLOWS = {
    path.name: path.read_text(encoding="utf-8") for path in sorted((REPOSITORY / ".github/workflows").glob("*.yml"))
}
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml[^\n]*workflows[^\n]*\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
EVERY = {**WORKFLOWS, **{f"README {number}": text for number, text in enumerate(EXAMPLES)}}
_USES = re.compile(r"uses: *(\S+?)@(\S+)(.*)")


def test_every_action_is_named_by_its_commit_and_says_its_version() -> None:
    assert len(EXAMPLES) == 1
    manual = "\n".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "docs").glob("*.md"))
    found = _USES.findall("\n".join([*EVERY.values(), manual]))
    assert len(found) > 10
    for action, commit, comment in found:
        assert re.fullmatch("[0-9a-f]{40}", commit), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action
    assert len({action for action, _, _ in found}) == len(set(found)), "an action is named by two commits"


@pytest.mark.parametrize("name", EVERY)
def test_only_the_job_that_deploys_may_write(name: str) -> None:
    workflow: dict[str, Any] = yaml.safe_load(EVERY[name])
    assert workflow["permissions"] == {"contents": "read"}
    for title, job in workflow["jobs"].items():
        writes = {what for what, how in job.get("permissions", {}).items() if how == "write"}
        assert writes == ({"pages", "id-token"} if title == "deploy" else set()), title
        if writes:
            assert [step["uses"].split("@")[0] for step in job["steps"]] == ["actions/deploy-pages"]


@pytest.mark.parametrize("name", EVERY)
def test_no_token_is_left_in_the_checkout(name: str) -> None:
    workflow: dict[str, Any] = yaml.safe_load(EVERY[name])
    for job in workflow["jobs"].values():
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def test_updates_are_proposed_for_all_that_is_pinned() -> None:
    settings = yaml.safe_load((REPOSITORY / ".github/dependabot.yml").read_text(encoding="utf-8"))
    assert settings["version"] == 2
    places = {
        each["package-ecosystem"]: each.get("directories", [each.get("directory")]) for each in settings["updates"]
    }
    assert places.keys() == {"github-actions", "pip", "npm"}
    assert all((REPOSITORY / place.strip("/")).is_dir() for each in places.values() for place in each)
    assert "/requirements" in places["pip"]
    assert all((REPOSITORY / place.strip("/") / "package-lock.json").is_file() for place in places["npm"])


def test_what_security_is_promised_can_be_read() -> None:
    text = (REPOSITORY / "SECURITY.md").read_text(encoding="utf-8")
    assert "Report a vulnerability" in text
    assert "(docs/security.md)" in text
    assert not re.search(r"\S+@\S+\.\S+", text), "there is no address to write to"
    assert "(SECURITY.md)" in (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
