"""Write the lock, `requirements/*.txt`, and the wheel's inventory: `make lock`, or ARGS=--upgrade for newest versions.

The lock is for all platforms and every Python that `pyproject.toml` allows, with the hash of every file. uv makes it,
which the extra `lock` installs. A version that is locked stays, unless a bound or `--upgrade` asks for another.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from tools.sbom import write

FOLDER = Path("requirements")
HOW = (
    *("--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate", "--quiet"),
    *("--custom-compile-command", "make lock", "--no-emit-index-url", "--no-emit-find-links"),
)


def main(*options: str) -> None:
    build = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    dev = _compile("dev.txt", "pyproject.toml", "--extra", "dev", *options)
    _compile("core.txt", "pyproject.toml", "--constraint", str(dev), *options)
    _compile("build.txt", "-", "--constraint", str(dev), *options, given="\n".join(build))
    write()


def _compile(name: str, *arguments: str, given: str = "") -> Path:
    target = FOLDER / name
    command = [sys.executable, "-m", "uv", "pip", "compile", *arguments, *HOW, "--output-file", str(target)]
    subprocess.run(command, input=given, stdout=subprocess.DEVNULL, text=True, check=True)
    return target


if __name__ == "__main__":
    main(*sys.argv[1:])
