"""One SQLite file in WAL mode: a connection a thread, one writer at a time, and what made the file.

Database.create(folder, identity) -> tables ; Database.open(folder, identity) -> refused where another made it
"""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Self

from rag.errors import IndexBusyError, IndexDamagedError, IndexMismatchError, IndexMissingError

FORMAT = "7"
FILE = "plans.sqlite3"
BUSY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Identity:
    """What made an index; another encoder or tokenizer cannot use it."""

    encoder: str
    dim: int
    tokenizer: str


class Database:
    """One SQLite file; every thread gets its own connection, one process at a time writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._local = threading.local()

    @classmethod
    def open(cls, folder: Path, identity: Identity | None = None) -> Self:
        """Open an index for reading and writing; by its own words only where `identity` is not given.

        :raises IndexMissingError: if there is none.
        :raises IndexMismatchError: if another encoder, tokenizer or format made it.
        :raises IndexDamagedError: if the file is no database or lacks its own description.
        """
        if not cls(folder).exists():
            raise IndexMissingError(f"There is no index in {folder}. Run `planqa index build`.")
        database = cls(folder)
        database.check_identity(identity)
        return database

    @classmethod
    def create(cls, folder: Path, identity: Identity) -> Self:
        """Make an empty index in `folder`, which is created if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        database = cls(folder)
        with database.transaction() as connection:
            _create_tables(connection)
            database._describe(connection, identity)
        return database

    def exists(self) -> bool:
        """True when the folder holds an index; a file left by a crash before its first commit is none."""
        if not (self.folder / FILE).is_file():
            return False
        try:
            return self.connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone() is not None
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from None

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.folder / FILE, timeout=BUSY_SECONDS, isolation_level=None)
            connection.execute("PRAGMA foreign_keys = ON")
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.DatabaseError as error:
                connection.close()
                raise self._damaged(error) from None
            connection.execute("PRAGMA synchronous = FULL")
            self._local.connection = connection
        return connection

    def close(self) -> None:
        """Close this thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; a second writer waits, then gives up.

        :raises IndexBusyError: if another process has been writing for too long.
        """
        connection = self.connection
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise IndexBusyError(
                f"Another process is writing to the index in {self.folder} ({error}). Try again when it is done."
            ) from None
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def check_identity(self, identity: Identity | None) -> None:
        """Refuse an index of another format, and one that another encoder or tokenizer than `identity`'s made.

        :raises IndexMismatchError: naming what differs.
        """
        meta = self.meta()
        wanted = _description(identity) if identity else {"format": FORMAT}
        for key, value in wanted.items():
            if meta.get(key) != value:
                raise IndexMismatchError(
                    f"The index in {self.folder} was built with {key} {meta.get(key)}, but now it is {value}. "
                    "Run `planqa index build` to build it anew, or go back to what it was built with."
                )

    def made_by(self, identity: Identity) -> bool:
        """True when this encoder, tokenizer and format made the index."""
        return _description(identity).items() <= self.meta().items()

    def meta(self) -> dict[str, str]:
        """What the index says of itself: format, encoder, dim, tokenizer, and its own random name."""
        try:
            return dict(self.connection.execute("SELECT key, value FROM meta"))
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from None

    def reset(self, identity: Identity) -> None:
        """Empty the tables and take a new identity; call it inside a transaction."""
        database = self.connection
        drop = "SELECT type, name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        names = [name for _, name in database.execute(drop)]
        # The first two are of formats 1 to 3. A virtual table takes its shadow tables with it; children before parents.
        order: tuple[str, ...] = ("passage_words", "word_count", "wording_grams", "wording_gram_count", "wording")
        order += ("vector", "sentence", "paragraph", "passage", "document")
        for name in [*order, *(name for name in names if not name.startswith(order))]:
            database.execute(f'DROP TABLE IF EXISTS "{name}"')
        _create_tables(database)
        self._describe(database, identity)

    def _describe(self, database: sqlite3.Connection, identity: Identity) -> None:
        meta = {**_description(identity), "store": uuid.uuid4().hex}
        database.executemany("INSERT INTO meta VALUES (?, ?)", list(meta.items()))

    def _damaged(self, error: sqlite3.DatabaseError) -> IndexDamagedError:
        return IndexDamagedError(
            f"The index in {self.folder} cannot be read ({error}). Delete that folder and run `planqa index build`; "
            "plans that were added must be added again."
        )


def _description(identity: Identity) -> dict[str, str]:
    return {"format": FORMAT, **{key: str(value) for key, value in asdict(identity).items()}}


def _create_tables(database: sqlite3.Connection) -> None:
    # executescript would commit the transaction that this stands in
    statement = ""
    for line in files("index").joinpath("schema.sql").read_text(encoding="utf-8").splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            database.execute(statement)
            statement = ""
