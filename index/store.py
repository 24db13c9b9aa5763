"""The truth on disk: plans, paragraphs, passages, tokens and vectors in one SQLite file (WAL).

    put(document, passages, vectors) -> one transaction ; readers of any process see all of it or nothing

FAISS, in dense.py, is derived from the vectors here and follows the change log.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from index.passages import Segment
from rag.errors import IndexBusyError, IndexDamagedError, IndexMismatchError, IndexMissingError, NotFoundError
from rag.ports import Vectors
from rag.text import squeeze
from rag.types import Document, DocumentInfo, Paragraph, Passage, Role, Section

FORMAT = "1"
FILE = "plans.sqlite3"
BUSY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Identity:
    """What made an index; another encoder or tokenizer cannot use it."""

    encoder: str
    dim: int
    tokenizer: str


@dataclass(frozen=True, slots=True)
class Indexed:
    """A document made ready to be stored: passages, their segments, and a vector for each of both."""

    document: Document
    name: str  # file name without its ending
    sidecar: str  # JSON
    passages: tuple[Passage, ...]
    tokens: tuple[tuple[str, ...], ...]  # of each passage
    segments: tuple[tuple[Segment, ...], ...]  # of each passage
    vectors: Vectors  # (n_passages + n_segments, dim): passages first, then all segments in order


@dataclass(frozen=True, slots=True)
class Source:
    """All that is needed to index a stored plan anew."""

    id: str
    name: str
    source: str
    sidecar: str
    sha256: str


class Store:
    """One SQLite file; every thread gets its own connection, one process at a time writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._local = threading.local()

    @classmethod
    def open(cls, folder: Path, identity: Identity) -> Store:
        """Open an index for reading and writing.

        :raises IndexMissingError: if there is none.
        :raises IndexMismatchError: if another encoder, tokenizer or format made it.
        :raises IndexDamagedError: if the file is no database or lacks its own description.
        """
        if not (folder / FILE).is_file():
            raise IndexMissingError(f"There is no index in {folder}. Run `planqa index build`.")
        store = cls(folder)
        store.check_identity(identity)
        return store

    @classmethod
    def create(cls, folder: Path, identity: Identity) -> Store:
        """Make an empty index in `folder`, which is created if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        store = cls(folder)
        with store.transaction() as database:
            _create_tables(database)
            store._describe(database, identity)
        return store

    @property
    def database(self) -> sqlite3.Connection:
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
        database = self.database
        try:
            database.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise IndexBusyError(
                f"Another process is writing to the index in {self.folder} ({error}). Try again when it is done."
            ) from None
        try:
            yield database
        except BaseException:
            database.execute("ROLLBACK")
            raise
        database.execute("COMMIT")

    def check_identity(self, identity: Identity) -> None:
        """Refuse an index that another encoder, tokenizer or format made.

        :raises IndexMismatchError: naming what differs.
        """
        meta = self.meta()
        for key, value in _description(identity).items():
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
            return dict(self.database.execute("SELECT key, value FROM meta"))
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from None

    def reset(self, identity: Identity) -> None:
        """Empty the tables and take a new identity; call it inside a transaction."""
        database = self.database
        drop = "SELECT type, name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        names = [name for _, name in database.execute(drop)]
        # A virtual table takes its shadow tables with it, and children go before their parents.
        order = ("passage_words", "word_count", "vector", "sentence", "paragraph", "passage", "document")
        for name in [*order, *(name for name in names if not name.startswith(order))]:
            database.execute(f'DROP TABLE IF EXISTS "{name}"')
        _create_tables(database)
        self._describe(database, identity)

    def _describe(self, database: sqlite3.Connection, identity: Identity) -> None:
        meta = {**_description(identity), "store": uuid.uuid4().hex}
        database.executemany("INSERT INTO meta VALUES (?, ?)", list(meta.items()))

    def put(self, item: Indexed) -> None:
        """Store a document, replacing one of the same id; call it inside a transaction."""
        database = self.database
        document = item.document
        database.execute("DELETE FROM document WHERE id = ?", (document.info.id,))
        doc = database.execute(
            "INSERT INTO document (id, name, source, sidecar, sha256, info, sections) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                document.info.id,
                item.name,
                document.source,
                item.sidecar,
                document.sha256,
                json.dumps(asdict(document.info), ensure_ascii=False),
                json.dumps([section.headings for section in document.sections], ensure_ascii=False),
            ),
        ).lastrowid
        database.executemany(
            "INSERT INTO paragraph VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(doc, p.number, p.section, p.role, p.start, p.end, p.text) for p in document.paragraphs],
        )
        data = item.vectors.astype("<f2")
        row = len(item.passages)
        for number, passage in enumerate(item.passages):
            pid = database.execute(
                "INSERT INTO passage (doc, number, section, text, tokens, length) VALUES (?, ?, ?, ?, ?, ?)",
                (doc, passage.number, passage.section, passage.text, " ".join(item.tokens[number]), len(item.tokens[number])),
            ).lastrowid
            database.executemany(
                "INSERT INTO sentence VALUES (?, ?, ?, ?, ?, ?)",
                [(pid, i, s.paragraph, s.begin, s.stop, s.text) for i, s in enumerate(passage.sentences)],
            )
            vectors = [(pid, None, None, None, data[number].tobytes())]
            for segment in item.segments[number]:
                vectors.append((pid, segment.paragraph, segment.begin, segment.stop, data[row].tobytes()))
                row += 1
            database.executemany(
                "INSERT INTO vector (pid, paragraph, begin, stop, data) VALUES (?, ?, ?, ?, ?)", vectors
            )

    def remove(self, document_id: str) -> None:
        """Take a document out; call it inside a transaction.

        :raises NotFoundError: if there is none of that id.
        """
        if not self.database.execute("DELETE FROM document WHERE id = ?", (document_id,)).rowcount:
            raise _no_such_plan(document_id)

    def sources(self) -> list[Source]:
        """Every stored plan as it came in, in the order of coming."""
        rows = self.database.execute("SELECT id, name, source, sidecar, sha256 FROM document ORDER BY doc")
        return [Source(*row) for row in rows]

    def document_infos(self) -> list[DocumentInfo]:
        """What is known of every stored plan, in the order of coming."""
        rows = self.database.execute("SELECT info FROM document ORDER BY doc")
        return [DocumentInfo(**json.loads(info)) for (info,) in rows]

    def document(self, document_id: str) -> Document:
        """A stored plan, whole.

        :raises NotFoundError: if there is none of that id.
        """
        row = self.database.execute(
            "SELECT doc, source, sha256, info, sections FROM document WHERE id = ?", (document_id,)
        ).fetchone()
        if row is None:
            raise _no_such_plan(document_id)
        doc, source, sha256, info, sections = row
        paragraphs = self.database.execute(
            'SELECT number, section, role, start, "end", text FROM paragraph WHERE doc = ? ORDER BY number', (doc,)
        )
        return Document(
            DocumentInfo(**json.loads(info)),
            source,
            sha256,
            tuple(Section(number, tuple(headings)) for number, headings in enumerate(json.loads(sections))),
            tuple(Paragraph(n, section, Role(role), start, end, text) for n, section, role, start, end, text in paragraphs),
        )

    def sha256(self, document_id: str) -> str:
        """Digest of a plan's source.

        :raises NotFoundError: if there is none of that id.
        """
        row = self.database.execute("SELECT sha256 FROM document WHERE id = ?", (document_id,)).fetchone()
        if row is None:
            raise _no_such_plan(document_id)
        return str(row[0])

    def pids(self, document_id: str, limit: int) -> list[int]:
        """The first `limit` passages of a plan, in its order.

        :raises NotFoundError: if there is none of that id.
        """
        self.sha256(document_id)
        rows = self.database.execute(
            "SELECT pid FROM passage WHERE doc = (SELECT doc FROM document WHERE id = ?) ORDER BY number LIMIT ?",
            (document_id, limit),
        )
        return [pid for (pid,) in rows]

    def problems(self) -> list[str]:
        """What is wrong with the database, in sentences; empty when nothing is."""
        found = []
        for check in ("quick_check", "foreign_key_check"):
            found += [f"SQLite: {row}" for row in self.database.execute(f"PRAGMA {check}") if row != ("ok",)]
        try:
            self.database.execute("INSERT INTO passage_words (passage_words, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            found.append(f"The full-text index does not fit the passages ({error}).")
        for source in self.sources():
            if hashlib.sha256(source.source.encode("utf-8")).hexdigest() != source.sha256:
                found.append(f"The source of {source.id} has changed since it was stored.")
                continue
            document = self.document(source.id)
            for paragraph in document.paragraphs:
                if squeeze(document.source[paragraph.start : paragraph.end]) != squeeze(paragraph.text):
                    found.append(f"Paragraph {paragraph.number} of {source.id} is not what its source says.")
        return found

    def last_change(self) -> int:
        """Sequence number of the newest change to the vectors."""
        return int(self.database.execute("SELECT coalesce(max(seq), 0) FROM change").fetchone()[0])

    def changes(self, after: int) -> list[tuple[int, int]]:
        """(vid, op) of every vector whose net change since `after` is not yet known, oldest first."""
        return list(self.database.execute("SELECT vid, op FROM change WHERE seq > ? ORDER BY seq", (after,)))

    def vectors(self, vids: Sequence[int] | None = None) -> tuple[list[int], Vectors]:
        """Ids and unit vectors (n, dim) of the vectors that exist among `vids`, or of all."""
        query = "SELECT vid, data FROM vector"
        if vids is None:
            rows = self.database.execute(query + " ORDER BY vid").fetchall()
        else:
            wanted = json.dumps(list(vids))
            rows = self.database.execute(
                query + " WHERE vid IN (SELECT value FROM json_each(?)) ORDER BY vid", (wanted,)
            ).fetchall()
        dim = int(self.meta()["dim"])
        data = np.frombuffer(b"".join(blob for _, blob in rows), dtype="<f2").reshape(len(rows), dim)
        return [vid for vid, _ in rows], data.astype(np.float32)

    def _damaged(self, error: sqlite3.DatabaseError) -> IndexDamagedError:
        return IndexDamagedError(
            f"The index in {self.folder} cannot be read ({error}). Delete that folder and run `planqa index build`; "
            "plans that were added must be added again."
        )


def _no_such_plan(document_id: str) -> NotFoundError:
    return NotFoundError(f"There is no plan {document_id!r} in the index. `planqa index list` shows them.")


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
