"""Print the oldest version of every dependency that pyproject.toml allows, as constraints for pip.

    python -m tools.oldest > constraints.txt && pip install --constraint constraints.txt .

Standard library only. A dependency without a lower bound is a mistake, and ends this with a sentence.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

_BOUND = re.compile(r"(?P<name>[\w.-]+)(?:\[.*\])?(?:>=|==)(?P<version>[\w.]+?)(?:\.\*)?(?:$|[,; ])")


def oldest(requirement: str) -> str:
    """Return `name==version` for a requirement such as `name>=version`."""
    found = _BOUND.match(requirement)
    if not found:
        sys.exit(f"{requirement} has no lower bound")
    return f"{found['name']}=={found['version']}"


def main() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in [*project["dependencies"], *project["optional-dependencies"]["dask"]]:
        print(oldest(requirement))


if __name__ == "__main__":
    main()
