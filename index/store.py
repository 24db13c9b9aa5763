"""The truth on disk: plans, paragraphs, passages, tokens and vectors.

    put(document, passages, vectors) -> one transaction ; readers of any process see all of it or nothing

FAISS, in dense.py, is derived from the vectors here and follows the change log.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from index.database import Database
from index.passages import Segment
from index.stretches import write_wordings
from index.translation import translated
from rag.errors import NotFoundError
from rag.ports import Vectors
from rag.text import squeeze
from rag.types import Document, DocumentInfo, Paragraph, Passage, Role, Section


@dataclass(frozen=True, slots=True)
class Indexed:
    """A document made ready to be stored: passages, their segments, and a vector for each of both."""

    document: Document
    name: str  # file name without its ending
    sidecar: str  # JSON
    translations: tuple[str, ...]  # texts of the files
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
    translations: tuple[str, ...]


class Store(Database):
    """The plans of one index."""

    def put(self, item: Indexed) -> None:
        """Store a document, replacing one of the same id; call it inside a transaction."""
        connection = self.connection
        document = item.document
        connection.execute("DELETE FROM document WHERE id = ?", (document.info.id,))
        doc = connection.execute(
            "INSERT INTO document (id, name, source, sidecar, sha256, info, sections, translations) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                document.info.id,
                item.name,
                document.source,
                item.sidecar,
                document.sha256,
                json.dumps(asdict(document.info), ensure_ascii=False),
                json.dumps([section.headings for section in document.sections], ensure_ascii=False),
                json.dumps(item.translations, ensure_ascii=False),
            ),
        ).lastrowid
        connection.executemany(
            "INSERT INTO paragraph VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(doc, p.number, p.section, p.role, p.start, p.end, p.text) for p in document.paragraphs],
        )
        write_wordings(connection, doc, document.source)
        data = item.vectors.astype("<f2")
        row = len(item.passages)
        for number, passage in enumerate(item.passages):
            pid = connection.execute(
                "INSERT INTO passage (doc, number, section, text, tokens, length) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    doc,
                    passage.number,
                    passage.section,
                    passage.text,
                    " ".join(item.tokens[number]),
                    len(item.tokens[number]),
                ),
            ).lastrowid
            connection.executemany(
                "INSERT INTO sentence VALUES (?, ?, ?, ?, ?, ?)",
                [(pid, i, s.paragraph, s.begin, s.stop, s.text) for i, s in enumerate(passage.sentences)],
            )
            vectors: list[tuple[object, ...]] = [(pid, None, None, None, data[number].tobytes())]
            for segment in item.segments[number]:
                vectors.append((pid, segment.paragraph, segment.begin, segment.stop, data[row].tobytes()))
                row += 1
            connection.executemany(
                "INSERT INTO vector (pid, paragraph, begin, stop, data) VALUES (?, ?, ?, ?, ?)", vectors
            )

    def remove(self, document_id: str) -> None:
        """Take a document out; call it inside a transaction.

        :raises NotFoundError: if there is none of that id.
        """
        if not self.connection.execute("DELETE FROM document WHERE id = ?", (document_id,)).rowcount:
            raise _no_such_plan(document_id)

    def sources(self) -> list[Source]:
        """Every stored plan as it came in, in the order of coming."""
        columns = {row[1] for row in self.connection.execute("PRAGMA table_info(document)")}
        translations = "translations" if "translations" in columns else "'[]'"  # format 2 and before have none
        rows = self.connection.execute(
            f"SELECT id, name, source, sidecar, sha256, {translations} FROM document ORDER BY doc"
        )
        return [
            Source(identifier, name, source, sidecar, sha256, tuple(json.loads(texts)))
            for identifier, name, source, sidecar, sha256, texts in rows
        ]

    def document_infos(self) -> list[DocumentInfo]:
        """What is known of every stored plan, in the order of coming."""
        rows = self.connection.execute("SELECT info FROM document ORDER BY doc")
        return [DocumentInfo(**json.loads(info)) for (info,) in rows]

    def document(self, document_id: str) -> Document:
        """A stored plan, whole.

        :raises NotFoundError: if there is none of that id.
        """
        row = self.connection.execute(
            "SELECT doc, source, sha256, info, sections, translations FROM document WHERE id = ?", (document_id,)
        ).fetchone()
        if row is None:
            raise _no_such_plan(document_id)
        doc, source, sha256, info, sections, translations = row
        paragraphs = self.connection.execute(
            'SELECT number, section, role, start, "end", text FROM paragraph WHERE doc = ? ORDER BY number', (doc,)
        )
        document = Document(
            DocumentInfo(**json.loads(info)),
            source,
            sha256,
            tuple(Section(number, tuple(headings)) for number, headings in enumerate(json.loads(sections))),
            tuple(
                Paragraph(n, section, Role(role), start, end, text) for n, section, role, start, end, text in paragraphs
            ),
        )
        return translated(document, json.loads(translations))

    def edition(self, document_id: str) -> int:
        """A number that a plan gets anew each time it is stored.

        :raises NotFoundError: if there is none of that id.
        """
        row = self.connection.execute("SELECT doc FROM document WHERE id = ?", (document_id,)).fetchone()
        if row is None:
            raise _no_such_plan(document_id)
        return int(row[0])

    def pids(self, document_id: str, limit: int) -> list[int]:
        """The first `limit` passages of a plan, in its order.

        :raises NotFoundError: if there is none of that id.
        """
        self.edition(document_id)
        rows = self.connection.execute(
            "SELECT pid FROM passage WHERE doc = (SELECT doc FROM document WHERE id = ?) ORDER BY number LIMIT ?",
            (document_id, limit),
        )
        return [pid for (pid,) in rows]

    def problems(self) -> list[str]:
        """What is wrong with the database, in sentences; empty when nothing is."""
        found = []
        for check in ("quick_check", "foreign_key_check"):
            found += [f"SQLite: {row}" for row in self.connection.execute(f"PRAGMA {check}") if row != ("ok",)]
        for index in ("passage_words", "wording_grams"):
            try:
                self.connection.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")
            except sqlite3.DatabaseError as error:
                found.append(f"The full-text index {index} does not fit the plans ({error}).")
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
        return int(self.connection.execute("SELECT coalesce(max(seq), 0) FROM change").fetchone()[0])

    def changes(self, after: int) -> list[tuple[int, int]]:
        """(vid, op) of every vector whose net change since `after` is not yet known, oldest first."""
        return list(self.connection.execute("SELECT vid, op FROM change WHERE seq > ? ORDER BY seq", (after,)))

    def vectors(self, vids: Sequence[int] | None = None) -> tuple[list[int], Vectors]:
        """Ids and unit vectors (n, dim) of the vectors that exist among `vids`, or of all."""
        query = "SELECT vid, data FROM vector"
        if vids is None:
            rows = self.connection.execute(query + " ORDER BY vid").fetchall()
        else:
            wanted = json.dumps(list(vids))
            rows = self.connection.execute(
                query + " WHERE vid IN (SELECT value FROM json_each(?)) ORDER BY vid", (wanted,)
            ).fetchall()
        dim = int(self.meta()["dim"])
        data = np.frombuffer(b"".join(blob for _, blob in rows), dtype="<f2").reshape(len(rows), dim)
        return [vid for vid, _ in rows], data.astype(np.float32)


def _no_such_plan(document_id: str) -> NotFoundError:
    return NotFoundError(f"There is no plan {document_id!r} in the index. `planqa index list` shows them.")
