"""How a command ends: with an exit code, and never with a traceback."""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import click

from digest.report import safe
from digest.state.folder import keep_crash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DONE, PROBLEMS, USAGE, ENVIRONMENT, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit codes; 4 is for a publication refused."""


@contextmanager
def ending() -> Iterator[None]:
    """Turn what goes wrong outside the content into one line and an exit code."""
    try:
        yield
    except KeyboardInterrupt:
        fail("interrupted", INTERRUPTED)
    except BrokenPipeError:
        sys.exit(INTERRUPTED)
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        fail(f"{name}{error.strerror or error}", ENVIRONMENT)
    except (click.ClickException, SystemExit):
        raise
    except Exception as error:
        if os.environ.get("DIGEST_DEBUG"):
            raise
        where = keep_crash(traceback.format_exc())
        fail(
            f"a fault of digest's own: {type(error).__name__}; {where} holds what its developers need",
            ENVIRONMENT,
        )


def fail(message: str, code: int, *, listed: Iterable[str] = ()) -> NoReturn:
    """Print one line, below it what is `listed`, and end the process."""
    warn(message)
    for line in listed:
        click.echo(f"  {safe(line)}", err=True)
    sys.exit(code)


def warn(message: str) -> None:
    """Print one line on standard error, whatever the names in it hold: a log may take lines for commands."""
    click.echo(f"digest: {safe(message)}", err=True)
