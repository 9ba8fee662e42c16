"""What the wheel holds and needs, as CycloneDX 1.6 (ECMA-424) in JSON; it lies in the wheel's metadata (PEP 770).

What is vendored is in the wheel, with the hash of each file. The libraries are what pip installs beside it, in the
versions of the lock. The same lock gives the same bytes: no time stands in it, and no number drawn by chance.
"""

from __future__ import annotations

import json
import re
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

TARGET = Path("requirements/annotated-digest.cdx.json")
_PIN = re.compile(r"^([\w.-]+)==([\w.]+)", re.MULTILINE)
_VERSION = re.compile(r'__version__ = "(.*)"')
_NAME = re.compile(r"[\w.-]+")
_VENDORED = (
    ("idiomorph", "0.7.4", "0BSD", "digest/preview/client/idiomorph.js"),
    ("Source Serif 4, modified", "", "OFL-1.1", "themes/broadsheet/static/fonts/serif-*.woff2"),
    ("Source Serif 4 Display, modified", "", "OFL-1.1", "themes/broadsheet/static/fonts/display-*.woff2"),
    ("Source Sans 3, modified", "", "OFL-1.1", "themes/broadsheet/static/fonts/sans-*.woff2"),
)
"""Name, version if it has one, SPDX licence, and files, of which the wheel has those of `themes/` below `digest/`."""


def write() -> None:
    """Write what the lock and the files here say."""
    TARGET.write_text(text(), encoding="utf-8")


def text() -> str:
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = _VERSION.search(Path("digest/__init__.py").read_text(encoding="utf-8"))
    pins = dict(_PIN.findall(Path("requirements/core.txt").read_text(encoding="utf-8")))
    itself = {
        **_library(project["name"], found[1] if found else ""),
        "type": "application",
        "licenses": _licence(project["license"]),
    }
    libraries = [_library(name, version) for name, version in sorted(pins.items())]
    vendored = [_vendored(*row) for row in _VENDORED]
    direct = {_NAME.match(requirement)[0].lower() for requirement in project["dependencies"]}  # type: ignore[index]
    needs = [library["bom-ref"] for library in libraries if library["name"] in direct]
    bom = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"lifecycles": [{"phase": "build"}], "component": itself},
        "components": [*vendored, *libraries],
        "dependencies": [
            {"ref": itself["bom-ref"], "dependsOn": [*(each["bom-ref"] for each in vendored), *needs]},
        ],
    }
    return f"{json.dumps(bom, indent=2)}\n"


def _library(name: str, version: str) -> Mapping[str, Any]:
    purl = f"pkg:pypi/{name}@{version}"
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def _vendored(name: str, version: str, licence: str, files: str) -> Mapping[str, Any]:
    versioned = {"version": version, "purl": f"pkg:npm/{name}@{version}"} if version else {}
    inside = [
        {
            "type": "file",
            "name": re.sub("^themes/", "digest/themes/", path.as_posix()),
            "hashes": [{"alg": "SHA-256", "content": sha256(path.read_bytes()).hexdigest()}],
        }
        for path in sorted(Path().glob(files))
    ]
    return {
        "type": "library",
        "bom-ref": f"vendored:{name}",
        "name": name,
        **versioned,
        "licenses": _licence(licence),
        "components": inside,
    }


def _licence(identifier: str) -> list[Mapping[str, Any]]:
    return [{"license": {"id": identifier}}]
