"""What readers said of answers, in a SQLite file of its own beside the index.

vote on an answer -> one durable row -> all rows, for whoever works on the answers
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from rag.errors import FeedbackError

FILE = "feedback.sqlite3"
MOST_PAGES = 65_536  # of 4 KB: anybody may vote, and the disk is the index's too
BUSY_SECONDS = 5.0
_TABLE = """
CREATE TABLE IF NOT EXISTS votes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    answer_id TEXT NOT NULL,
    vote TEXT NOT NULL CHECK (vote IN ('up', 'down')),
    comment TEXT
) STRICT
"""


@dataclass(frozen=True, slots=True)
class Feedback:
    """One vote, as it is kept; answers themselves are not kept, so any answer's id is taken."""

    id: int
    at: str  # ISO 8601, UTC
    answer_id: str
    vote: Literal["up", "down"]
    comment: str | None


class FeedbackStore:
    """Votes in one file; a vote that was answered for survives a crash of the machine."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE

    def add(self, answer_id: str, vote: Literal["up", "down"], comment: str | None) -> Feedback:
        """Keep a vote.

        :raises FeedbackError: if it cannot be written, or the file is as large as it may be.
        """
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._connection() as connection:
            row = "INSERT INTO votes (at, answer_id, vote, comment) VALUES (?, ?, ?, ?)"
            number = connection.execute(row, (at, answer_id, vote, comment)).lastrowid
        assert number is not None
        return Feedback(number, at, answer_id, vote, comment)

    def read(self, after: int = 0, most: int = -1) -> list[Feedback]:
        """The votes behind the one of that id, in the order they came; all of them where `most` is negative.

        :raises FeedbackError: if they cannot be read.
        """
        if not self._file.exists():
            return []
        with self._connection() as connection:
            columns = "SELECT id, at, answer_id, vote, comment FROM votes WHERE id > ? ORDER BY id LIMIT ?"
            return [Feedback(*row) for row in connection.execute(columns, (after, most))]

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        # A connection a call: votes are rare, and none is left open in any thread.
        try:
            with closing(sqlite3.connect(self._file, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute(f"PRAGMA max_page_count = {MOST_PAGES}")
                connection.execute(_TABLE)
                yield connection
        except sqlite3.Error as error:
            raise FeedbackError(
                f"{self._file} cannot be used: {error}. Check the disk, or move the file away."
            ) from None
