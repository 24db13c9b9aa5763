"""An index in use: every stored plan, found by meaning, by words, and by its address.

Store + DenseIndex + LexicalIndex -> Library, the PassageIndex that retrieval asks
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from index.database import Identity
from index.dense import DenseIndex
from index.lexical import LexicalIndex
from index.store import Store
from rag.ports import DenseScore, LexicalScore, SegmentScore, Term, Vectors, WordCounts
from rag.types import Document, DocumentInfo, Sentence, StoredPassage

WHOLE_PLAN = 2000  # passages; a plan up to this size is scanned whole when it is the only one asked


class Library:
    """All plans of one index folder, for reading; sees what other processes add or remove."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._dense = DenseIndex(store)
        self._lexical = LexicalIndex(store)
        self._document = lru_cache(maxsize=64)(self._read_document)

    @classmethod
    def open(cls, folder: Path, identity: Identity | None = None) -> Library:
        """Open the index in `folder`.

        :raises IndexStateError: if there is none, or another encoder made it, or it cannot be read.
        """
        return cls(Store.open(folder, identity))

    def documents(self) -> list[DocumentInfo]:
        """What is known of every plan, in the order of coming."""
        return self.store.document_infos()

    def document(self, document_id: str) -> Document:
        """A plan, whole.

        :raises NotFoundError: if there is none of that id.
        """
        return self._document(document_id, self.store.edition(document_id))

    def _read_document(self, document_id: str, _edition: int) -> Document:
        return self.store.document(document_id)

    def nearest(self, vector: Vectors, k: int, plan: str | None) -> list[int]:
        """Passages that the `k` vectors nearest to `vector` (dim,) belong to; a plan alone is taken whole."""
        return self._dense.nearest(vector, k) if plan is None else self.store.pids(plan, WHOLE_PLAN)

    def matching(self, words: Sequence[str], k: int, plan: str | None) -> list[int]:
        """The `k` best passages by BM25 that hold any of the words."""
        return self._lexical.matching(words, k, plan)

    def dense_scores(self, vector: Vectors, pids: Sequence[int]) -> dict[int, DenseScore]:
        """Cosines of `vector` (dim,) with the passages and their segments."""
        return self._dense.scores(vector, pids)

    def segment_scores(self, vector: Vectors, pids: Sequence[int]) -> list[SegmentScore]:
        """Cosines of `vector` (dim,) with every segment of the passages."""
        return self._dense.segment_scores(vector, pids)

    def lexical_scores(self, terms: Sequence[Term], pids: Sequence[int]) -> dict[int, LexicalScore]:
        """BM25 of the passages for the given terms."""
        return self._lexical.scores(terms, pids)

    def plans_of(self, pids: Sequence[int]) -> dict[int, int]:
        """The number in the store of the plan that each of the passages is of."""
        rows = self.store.connection.execute(
            "SELECT pid, doc FROM passage WHERE pid IN (SELECT value FROM json_each(?))", (json.dumps(list(pids)),)
        )
        return dict(rows.fetchall())

    def frequencies(self, words: Sequence[str]) -> WordCounts:
        """In how many passages each of the words occurs."""
        return self._lexical.frequencies(words)

    def passages(self, pids: Sequence[int]) -> list[StoredPassage]:
        """The passages of the given numbers that exist, in that order."""
        wanted = json.dumps(list(pids))
        rows = self.store.connection.execute(
            "SELECT p.pid, p.number, p.section, p.text, d.info, d.sections "
            "FROM passage p JOIN document d ON d.doc = p.doc WHERE p.pid IN (SELECT value FROM json_each(?))",
            (wanted,),
        ).fetchall()
        sentences: dict[int, list[Sentence]] = {row[0]: [] for row in rows}
        for pid, *rest in self.store.connection.execute(
            "SELECT pid, paragraph, begin, stop, text FROM sentence WHERE pid IN (SELECT value FROM json_each(?)) "
            "ORDER BY pid, position",
            (wanted,),
        ):
            if pid in sentences:
                sentences[pid].append(Sentence(*rest))
        found = {}
        for pid, number, section, text, info, sections in rows:
            document = DocumentInfo(**json.loads(info))
            headings = tuple(json.loads(sections)[section])
            found[pid] = StoredPassage(pid, f"{document.id}:c{number}", document, headings, tuple(sentences[pid]), text)
        return [found[pid] for pid in pids if pid in found]

    def save_snapshot(self) -> None:
        """Write the vectors of the present state beside the store, so that the next start need not rebuild them."""
        self._dense.refresh()
        self._dense.save_snapshot()

    def problems(self) -> list[str]:
        """Everything that is wrong with the index, in sentences; empty when nothing is."""
        return self.store.problems() + self._dense.problems()
