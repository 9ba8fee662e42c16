"""The state store: what was made of each input last time, in one SQLite file.

Invariants: deleting it is always right; a store of another version, or one that is damaged, is dropped and never
trusted; every value is sealed together with its name, so that neither a flipped bit nor anybody's hand goes unnoticed;
nothing in it can be run, for it holds our tables and nothing else. What is not sealed, the stamps and digests of
inputs, can only make a file be read again: a value that is used names the bytes it was made of. One process writes, and
commits before others read; each process opens a connection of its own, and writes nothing while those of others last.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from digest.state.files import drop, trouble
from digest.state.seal import BrokenSealError, Seal
from digest.state.version import version
from digest.values import DamagedValueError, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

FILE = "state.sqlite"
PREVIEW_FILE = "preview.sqlite"
"""The preview has a store of its own, for it shows what was made of files while a build forgets it."""

_TABLES = {
    "meta": "name TEXT PRIMARY KEY, value BLOB",
    "inputs": "path TEXT PRIMARY KEY, stamp TEXT, digest TEXT",
    "heads": "path TEXT PRIMARY KEY, value BLOB",
    "documents": "path TEXT PRIMARY KEY, value BLOB",
    "bounds": "path TEXT PRIMARY KEY, value BLOB",
    "fragments": "name TEXT PRIMARY KEY, value BLOB",
    "quotations": "name TEXT PRIMARY KEY, value BLOB",
    "details": "name TEXT PRIMARY KEY, value BLOB",
    "site": "name TEXT PRIMARY KEY, value BLOB",
    "pages": "out TEXT PRIMARY KEY, value BLOB",
}
_STATEMENTS = frozenset(
    f"CREATE TABLE {name} ({columns})" + (" WITHOUT ROWID" if name in {"meta", "inputs", "heads", "pages"} else "")
    for name, columns in _TABLES.items()
)
_AT_ONCE = 256
"""Rows fetched at once where a whole table is read."""


_OUTSIDE = ("BUSY", "CANTOPEN", "FULL", "INTERRUPT", "IOERR", "LOCKED", "NOMEM", "PERM", "PROTOCOL", "READONLY")
"""What SQLite calls troubles that are none of the file's (sqlite.org/rescode.html); other errors mean damage."""


class DamagedStateError(Exception):
    """The store holds what we did not write; it must be dropped."""


class LostValueError(DamagedStateError, KeyError):
    """The store does not hold a value that it should."""


class Input(NamedTuple):
    """A file as it was read: `stamp` tells it from others without reading, `digest` is that of its bytes."""

    stamp: str
    digest: str


@dataclass(slots=True)
class Store:
    """An open store, sealed with `key`. `dropped` says why an older one was not used, or is ""."""

    path: Path
    key: bytes = field(repr=False)
    dropped: str = ""
    _seal: Seal = field(init=False, repr=False)
    _connection: sqlite3.Connection = field(init=False)
    _process: int = field(init=False)
    _inherited: sqlite3.Connection | None = field(init=False, default=None)
    _passing: TemporaryDirectory[str] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._seal = Seal(self.key)
        try:
            with _translated(self.path):
                self.dropped = self.dropped or self._unusable()
        except DamagedStateError:
            self.dropped = "was damaged"
        if self.dropped:
            drop(self.path)
        with _translated(self.path):
            self._connect()
            if not self._tables():
                self._make()

    def _connect(self, *, settled: bool = False) -> None:
        """Open the file; `settled` says that nobody writes to it now, so that reading needs no locks."""
        name = f"{self.path.absolute().as_uri()}?immutable=1" if settled else str(self.path)
        self._connection = sqlite3.connect(name, isolation_level=None, check_same_thread=False, uri=settled)
        self._process = os.getpid()
        for pragma in ("synchronous=FULL", "journal_mode=TRUNCATE", "temp_store=MEMORY"):
            self._connection.execute(f"PRAGMA {pragma}")

    def _unusable(self) -> str:
        """Return why the file there cannot be used; "" when it can, or when there is none."""
        if wrong := trouble(self.path):
            return wrong
        if not self.path.exists():
            return ""
        self._connect()
        try:
            tables = self._tables()
            if tables and tables != _STATEMENTS:
                return "has another layout than this version's"
            return "" if not tables or self.text("version") == version() else "was made by another version"
        except DamagedStateError:
            return "was damaged"
        finally:
            self._connection.close()

    def _tables(self) -> set[str]:
        """Return the statements that made what is in the file; none where it is empty."""
        return {statement for (statement,) in self._connection.execute("SELECT sql FROM sqlite_master") if statement}

    def _make(self) -> None:
        self._connection.execute("PRAGMA page_size=8192")
        self._connection.execute("BEGIN")
        for statement in sorted(_STATEMENTS):
            self._connection.execute(statement)
        self.set_text("version", version())
        self._connection.execute("COMMIT")

    @property
    def connection(self) -> sqlite3.Connection:
        """This process's connection: none is used or closed across a fork (sqlite.org/howtocorrupt.html, 2.6)."""
        if self._process != os.getpid():
            self._inherited = self._connection
            self._connect(settled=True)
        return self._connection

    def __getstate__(self) -> tuple[Path, bytes]:
        return self.path, self.key

    def __setstate__(self, state: tuple[Path, bytes]) -> None:
        (self.path, self.key), self.dropped, self._inherited, self._passing = state, "", None, None
        self._seal = Seal(self.key)
        self._connect(settled=True)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Make what happens inside one change: all of it is remembered, or nothing."""
        with _translated(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        """Take back what was begun, unless SQLite has: after a full disk it does (sqlite.org/lang_transaction.html)."""
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def close(self) -> None:
        self.connection.close()
        if self._passing:
            self._passing.cleanup()

    def begun_anew(self) -> Store:
        """Close this store, and return an empty one in its place; elsewhere, for a while, where somebody deleted it.

        For then the lock on its folder is gone as well.
        """
        if os.path.lexists(self.path):
            self.close()
            drop(self.path)
            return Store(self.path, self.key)
        self.close()
        folder = TemporaryDirectory(prefix="digest-")
        store = Store(Path(folder.name) / self.path.name, self.key)
        store._passing = folder
        return store

    # Text by name

    def text(self, name: str) -> str:
        return (self.get("meta", name) or b"").decode()

    def set_text(self, name: str, value: str) -> None:
        self.set("meta", [(name, value.encode())])

    # Inputs

    def inputs(self) -> dict[str, Input]:
        with _translated(self.path):
            rows = self.connection.execute("SELECT path, stamp, digest FROM inputs ORDER BY path")
            inputs = {path: Input(stamp, digest) for path, stamp, digest in rows}
        _check_order("", inputs)
        return inputs

    def set_inputs(self, inputs: Mapping[str, Input], *, gone: Iterable[str]) -> None:
        rows = ((path, *known) for path, known in inputs.items())
        self.connection.executemany("INSERT OR REPLACE INTO inputs VALUES (?, ?, ?)", rows)
        self.connection.executemany("DELETE FROM inputs WHERE path = ?", ((path,) for path in gone))

    # Values: bytes by path or name

    def all(self, table: str) -> Iterator[tuple[str, bytes]]:
        """Yield every name and value of a table, in order of the names."""
        column = _TABLES[table].split()[0]
        with _translated(self.path):
            rows = self.connection.execute(f"SELECT {column}, value FROM {table} ORDER BY {column}")
        last = ""
        while True:  # a few at a time: nothing is left open when nobody asks for the rest
            with _translated(self.path):
                some = rows.fetchmany(_AT_ONCE)
            if not some:
                return
            last = _check_order(last, [name for name, _ in some])
            try:
                opened = [(name, self._seal.open(value, f"{table} {name}")) for name, value in some]
            except BrokenSealError as error:
                raise DamagedStateError(table) from error
            yield from opened

    def names(self, table: str) -> set[str]:
        """Return the names in a table, which nobody vouches for."""
        column = _TABLES[table].split()[0]
        with _translated(self.path):
            return {name for (name,) in self.connection.execute(f"SELECT {column} FROM {table}")}

    def get(self, table: str, name: str) -> bytes | None:
        with _translated(self.path):
            column = _TABLES[table].split()[0]
            statement = f"SELECT value FROM {table} WHERE {column} = ?"
            row = self.connection.execute(statement, (name,)).fetchone()
        try:
            return self._seal.open(row[0], f"{table} {name}") if row else None
        except BrokenSealError as error:
            raise DamagedStateError(f"{table} {name}") from error

    def set(self, table: str, rows: Iterable[tuple[str, bytes]]) -> None:
        sealed = ((name, self._seal.close(value, f"{table} {name}")) for name, value in rows)
        self.connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", sealed)

    def delete(self, table: str, names: Iterable[str]) -> None:
        column = _TABLES[table].split()[0]
        self.connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", ((name,) for name in names))

    def keep_only(self, table: str, names: Container[str]) -> None:
        """Delete all values but those with these names."""
        self.delete(table, [name for name in self.names(table) if name not in names])

    # Output files: path, inode, bytes, mtime in ns, and what was found there

    def outputs(self) -> list[tuple[str, int, int, int, str]]:
        try:
            return unpack(self.get("meta", "outputs") or pack([]), list[tuple[str, int, int, int, str]])
        except DamagedValueError as error:
            raise DamagedStateError("outputs") from error

    def set_outputs(self, rows: Iterable[tuple[str, int, int, int, str]]) -> None:
        """Remember these in place of those before: one value, for all are read by every build."""
        self.set("meta", [("outputs", pack(list(rows)))])


def _check_order(last: str, names: Iterable[object]) -> str:
    """Make sure that names come in order: a row in the wrong place is seen when all are read, and not by its name."""
    for name in names:
        if not isinstance(name, str) or name <= last:
            raise DamagedStateError(last)
        last = name
    return last


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Tell what is wrong with the store from what is wrong with the disk."""
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:  # the latter where a message quotes what is damaged
        name = getattr(error, "sqlite_errorname", "").removeprefix("SQLITE_")
        if name == "READONLY_DBMOVED":  # deleted while it is open: what is written would be lost
            raise DamagedStateError(str(error)) from error
        if name == "FULL":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from error
        if name.startswith(_OUTSIDE):
            raise OSError(None, str(error), str(path)) from error
        raise DamagedStateError(str(error)) from error
