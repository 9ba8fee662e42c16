"""Make the virtual environment everything else runs in: `python3 tools/make_venv.py .venv`.

Python 3.6 can read this file, so too old a one is answered with a sentence and not with a traceback.
"""

import importlib.util
import sys

OLDEST = (3, 11)


def complaint() -> str:
    """Return what keeps this Python from making the environment, or ""."""
    if sys.version_info < OLDEST:
        version = sys.version.split()[0]
        return f"Python 3.11 or newer is needed and this is {version}: install one, or name one: make PYTHON=…"
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        names = " and ".join(missing)
        return f"This Python lacks {names}: install it (Debian, Ubuntu: apt install python3-venv)."
    return ""


def main(folder: str) -> None:
    problem = complaint()
    if problem:
        sys.exit(problem)
    import venv  # noqa: PLC0415 - may be missing; complained about above

    venv.create(folder, with_pip=True, clear=True)


if __name__ == "__main__":
    main(sys.argv[1])
