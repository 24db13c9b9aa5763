"""The truth on disk: plans, paragraphs, passages, tokens and vectors.

    put(document, passages, vectors) -> one transaction ; readers of any process see all of it or nothing

FAISS, in dense.py, is derived from the vectors here and follows the change log.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from index.database import Database
from index.passages import Segment
from index.stretches import write_wordings
from index.translation import translated
from rag.errors import NotFoundError
from rag.pinyin import sound
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
        ids = self._word_ids({token for tokens in item.tokens for token in tokens})
        data = item.vectors.astype("<f2")
        row = len(item.passages)
        for number, passage in enumerate(item.passages):
            counted = Counter(item.tokens[number])
            words = np.fromiter((ids[word] for word in counted), "<u4", len(counted)).tobytes()
            counts = np.fromiter((min(count, 255) for count in counted.values()), "u1", len(counted)).tobytes()
            pid = connection.execute(
                "INSERT INTO passage (doc, number, section, text, length, words, counts) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (doc, passage.number, passage.section, passage.text, counted.total(), words, counts),
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

    def word_ids(self, words: Collection[str]) -> dict[str, int]:
        """The ids of those of the words that were ever stored."""
        rows = self.connection.execute(
            "SELECT word, id FROM word WHERE word IN (SELECT value FROM json_each(?))",
            (json.dumps(list(words), ensure_ascii=False),),
        )
        return dict(rows.fetchall())

    def _word_ids(self, words: set[str]) -> dict[str, int]:
        """The ids of the words, each with its sound, stored where they are new."""
        new = words - self.word_ids(words).keys()
        self.connection.executemany(
            "INSERT INTO word (word, sound) VALUES (?, ?)", [(w, sound(w)) for w in sorted(new)]
        )
        return self.word_ids(words)

    def words_by_sound(self, sounds: Collection[str]) -> list[tuple[str, str]]:
        """(sound, word) of every word ever stored whose pinyin without tones is one of `sounds`."""
        rows = self.connection.execute(
            "SELECT sound, word FROM word WHERE sound IN (SELECT value FROM json_each(?)) ORDER BY id",
            (json.dumps(list(sounds)),),
        )
        return rows.fetchall()

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

    def edition_of_all(self) -> tuple[int, int]:
        """What changes whenever a plan comes, goes or is replaced: the newest edition, and how many plans there are."""
        newest, count = self.connection.execute("SELECT coalesce(max(doc), 0), count(*) FROM document").fetchone()
        return int(newest), int(count)

    def pids(self, document_id: str | None, section: str | None = None) -> list[int]:
        """Passages of one plan or of all, in their order; of `section` only those whose headings hold that text.

        :raises NotFoundError: if there is no such plan, or no such section in it.
        """
        if document_id is not None:
            self.edition(document_id)
        found: list[int] = []
        wanted = squeeze(section or "").lower()
        for doc, sections in self.connection.execute(
            "SELECT doc, sections FROM document WHERE ?1 IS NULL OR id = ?1 ORDER BY doc", (document_id,)
        ).fetchall():
            named = [number for number, path in enumerate(json.loads(sections)) if _holds(path, wanted)]
            rows = self.connection.execute(
                "SELECT pid FROM passage WHERE doc = ? AND section IN (SELECT value FROM json_each(?)) ORDER BY number",
                (doc, json.dumps(named)),
            )
            found += [pid for (pid,) in rows]
        if wanted and not found:
            where = f"of {document_id}" if document_id else "of any plan"
            raise NotFoundError(f"No section {where} has {section!r} in its heading.")
        return found

    def problems(self) -> list[str]:
        """What is wrong with the database, in sentences; empty when nothing is."""
        found = []
        for check in ("quick_check", "foreign_key_check"):
            found += [f"SQLite: {row}" for row in self.connection.execute(f"PRAGMA {check}") if row != ("ok",)]
        try:
            self.connection.execute("INSERT INTO wording_grams (wording_grams, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            found.append(f"The full-text index wording_grams does not fit the plans ({error}).")
        known = dict(self.connection.execute("SELECT id, word FROM word"))
        for number, length, words, counts in self.connection.execute("SELECT pid, length, words, counts FROM passage"):
            ids, times = np.frombuffer(words, "<u4"), np.frombuffer(counts, "u1")
            if ids.size != times.size or times.sum() > length or not known.keys() >= set(ids.tolist()):
                found.append(f"The words of passage {number} are damaged.")
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


def _holds(headings: Sequence[str], wanted: str) -> bool:
    return not wanted or any(wanted in squeeze(heading).lower() for heading in headings)


def _no_such_plan(document_id: str) -> NotFoundError:
    return NotFoundError(f"There is no plan {document_id!r} in the index. `planqa index list` shows them.")
