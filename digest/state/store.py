"""The state store: what was made of each input last time, in one SQLite file.

Invariants: deleting it is always right; a store of another version, or one that is damaged, is dropped and never
trusted; every value is sealed, for SQLite does not notice a flipped bit; nothing in it can be run. One process
writes, and commits before others read; each process opens a connection of its own.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from digest.state.version import version

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping
    from pathlib import Path

FILE = "state.sqlite"

_TABLES = {
    "meta": "name TEXT PRIMARY KEY, value BLOB",
    "inputs": "path TEXT PRIMARY KEY, stamp TEXT, digest TEXT",
    "heads": "path TEXT PRIMARY KEY, value BLOB",
    "documents": "path TEXT PRIMARY KEY, value BLOB",
    "bounds": "path TEXT PRIMARY KEY, value BLOB",
    "fragments": "name TEXT PRIMARY KEY, value BLOB",
    "words": "name TEXT PRIMARY KEY, value BLOB",
    "insides": "name TEXT PRIMARY KEY, value BLOB",
    "site": "name TEXT PRIMARY KEY, value BLOB",
    "pages": "out TEXT PRIMARY KEY, source TEXT, value BLOB",
    "outputs": "path TEXT, inode INTEGER, size INTEGER, mtime INTEGER, digest TEXT, PRIMARY KEY (path, inode)",
}
_CACHE = -8192
"""Kibibytes of pages kept in memory by a connection, negative as SQLite wants it."""


class DamagedStateError(Exception):
    """The store holds what we did not write; it must be dropped."""


class Input(NamedTuple):
    """A file as it was read: `stamp` tells it from others without reading, `digest` is that of its bytes."""

    stamp: str
    digest: str


@dataclass(slots=True)
class Store:
    """An open store. `dropped` says why an older one was not used, or is ""."""

    path: Path
    dropped: str = ""
    _connection: sqlite3.Connection = field(init=False)
    _process: int = field(init=False)
    _inherited: sqlite3.Connection | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        with _translated(self.path):
            self.dropped = self.dropped or self._unusable()
        if self.dropped:
            drop(self.path)
        with _translated(self.path):
            self._connect()
            if self.dropped or not self._has_tables():
                self._make()

    def _connect(self) -> None:
        self._connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        self._process = os.getpid()
        for pragma in ("synchronous=OFF", "journal_mode=TRUNCATE", f"cache_size={_CACHE}", "temp_store=MEMORY"):
            self._connection.execute(f"PRAGMA {pragma}")

    def _unusable(self) -> str:
        """Return why the file there cannot be used; "" when it can, or when there is none."""
        if not self.path.exists():
            return ""
        try:
            self._connect()
            found = self.text("version")
            self._connection.close()
        except (sqlite3.DatabaseError, DamagedStateError):
            return "was damaged"
        return "" if found == version() else "was made by another version"

    def _has_tables(self) -> bool:
        found = {name for (name,) in self._connection.execute("SELECT name FROM sqlite_master WHERE type='table'")}
        return found >= _TABLES.keys()

    def _make(self) -> None:
        self._connection.execute("PRAGMA page_size=8192")
        self._connection.execute("BEGIN")
        for name, columns in _TABLES.items():
            without = " WITHOUT ROWID" if name in {"meta", "inputs", "heads", "pages", "outputs"} else ""
            self._connection.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns}){without}")
        self._connection.execute("CREATE INDEX IF NOT EXISTS pages_source ON pages (source)")
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES ('version', ?)", (version(),))
        self._connection.execute("COMMIT")

    @property
    def connection(self) -> sqlite3.Connection:
        """This process's connection: none is used or closed across a fork (sqlite.org/howtocorrupt.html, 2.6)."""
        if self._process != os.getpid():
            self._inherited = self._connection
            self._connect()
        return self._connection

    def __getstate__(self) -> tuple[Path]:
        return (self.path,)

    def __setstate__(self, state: tuple[Path]) -> None:
        (self.path,), self.dropped, self._inherited = state, "", None
        self._connect()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Make what happens inside one change: all of it is remembered, or nothing."""
        with _translated(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")

    def close(self) -> None:
        self.connection.close()

    # Text by name

    def text(self, name: str) -> str:
        with _translated(self.path):
            row = self.connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        if row and not isinstance(row[0], str):
            raise DamagedStateError(name)
        return row[0] if row else ""

    def set_text(self, name: str, value: str) -> None:
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    # Inputs

    def inputs(self) -> dict[str, Input]:
        with _translated(self.path):
            rows = self.connection.execute("SELECT path, stamp, digest FROM inputs")
            return {path: Input(stamp, digest) for path, stamp, digest in rows}

    def set_inputs(self, inputs: Mapping[str, Input], *, gone: Iterable[str]) -> None:
        rows = ((path, *known) for path, known in inputs.items())
        self.connection.executemany("INSERT OR REPLACE INTO inputs VALUES (?, ?, ?)", rows)
        self.connection.executemany("DELETE FROM inputs WHERE path = ?", ((path,) for path in gone))

    # Values: bytes by path or name

    def all(self, table: str) -> Iterator[tuple[str, bytes]]:
        """Yield every name and value of a table, in order of the names."""
        with _translated(self.path):
            column = _TABLES[table].split()[0]
            yield from self.connection.execute(f"SELECT {column}, value FROM {table} ORDER BY {column}")  # noqa: S608

    def get(self, table: str, name: str) -> bytes | None:
        with _translated(self.path):
            column = _TABLES[table].split()[0]
            statement = f"SELECT value FROM {table} WHERE {column} = ?"  # noqa: S608
            row = self.connection.execute(statement, (name,)).fetchone()
        return row[0] if row else None

    def set(self, table: str, rows: Iterable[tuple[str, bytes]]) -> None:
        self.connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", rows)  # noqa: S608

    def delete(self, table: str, names: Iterable[str]) -> None:
        column = _TABLES[table].split()[0]
        self.connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", ((name,) for name in names))  # noqa: S608

    # Pages

    def pages_of(self, source: str) -> list[tuple[str, bytes]]:
        with _translated(self.path):
            return self.connection.execute("SELECT out, value FROM pages WHERE source = ?", (source,)).fetchall()

    def pages(self) -> Iterator[tuple[str, str, bytes]]:
        with _translated(self.path):
            yield from self.connection.execute("SELECT out, source, value FROM pages")

    def forget_pages(self, kept: Container[str]) -> None:
        """Forget the pages that are not among those `kept`."""
        gone = [out for out, _, _ in self.pages() if out not in kept]
        self.connection.executemany("DELETE FROM pages WHERE out = ?", ((out,) for out in gone))

    def set_pages(self, rows: Iterable[tuple[str, str, bytes]]) -> None:
        self.connection.executemany("INSERT OR REPLACE INTO pages VALUES (?, ?, ?)", rows)

    # Output files

    def outputs(self) -> Iterator[tuple[str, int, int, int, str]]:
        with _translated(self.path):
            yield from self.connection.execute("SELECT path, inode, size, mtime, digest FROM outputs")

    def set_outputs(self, rows: Iterable[tuple[str, int, int, int, str]]) -> None:
        self.connection.executemany("INSERT OR REPLACE INTO outputs VALUES (?, ?, ?, ?, ?)", rows)

    def forget_outputs(self, rows: Iterable[tuple[str, int]]) -> None:
        self.connection.executemany("DELETE FROM outputs WHERE path = ? AND inode = ?", rows)


def drop(path: Path) -> None:
    """Delete a store."""
    for name in (path.name, f"{path.name}-journal"):
        path.with_name(name).unlink(missing_ok=True)


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Tell what is wrong with the store from what is wrong with the disk."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise OSError(None, str(error), str(path)) from error
    except sqlite3.DatabaseError as error:
        raise DamagedStateError(str(error)) from error
