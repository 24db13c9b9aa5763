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
from index.lexical import LexicalIndex, WordMatches
from index.store import Store
from rag.ports import DenseScores, Ids, SegmentScore, Term, Vectors, WordCounts
from rag.types import Document, DocumentInfo, Sentence, StoredPassage

ALL = 200  # passages; where no more are asked, all are candidates


class Library:
    """All plans of one index folder, for reading; sees what other processes add or remove."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._dense = DenseIndex(store)
        self._lexical = LexicalIndex(store)
        self._document = lru_cache(maxsize=64)(self._read_document)
        self._infos = lru_cache(maxsize=1)(self._read_infos)
        self._heading = lru_cache(maxsize=4096)(self._read_heading)

    @classmethod
    def open(cls, folder: Path, identity: Identity | None = None) -> Library:
        """Open the index in `folder`.

        :raises IndexStateError: if there is none, or another encoder made it, or it cannot be read.
        """
        return cls(Store.open(folder, identity))

    def documents(self) -> tuple[DocumentInfo, ...]:
        """What is known of every plan, in the order of coming; the same object until one comes or goes."""
        return self._infos(self.store.edition_of_all())

    def _read_infos(self, _edition: tuple[int, int]) -> tuple[DocumentInfo, ...]:
        return tuple(self.store.document_infos())  # two milliseconds for 400 plans: not for every question

    def document(self, document_id: str) -> Document:
        """A plan, whole.

        :raises NotFoundError: if there is none of that id.
        """
        return self._document(document_id, self.store.edition(document_id))

    def _read_document(self, document_id: str, _edition: int) -> Document:
        return self.store.document(document_id)

    def within(self, plan: str | None, section: str | None) -> list[int] | None:
        """The passages of a plan, of sections whose heading holds a text, or of both; None for all there are.

        :raises NotFoundError: if there is no such plan or section.
        """
        return None if plan is None and section is None else self.store.pids(plan, section)

    def nearest(self, vector: Vectors, k: int, among: Sequence[int] | None) -> list[int]:
        """Passages that the `k` vectors nearest to `vector` (dim,) belong to; a few passages are taken whole."""
        if among is None:
            return self._dense.nearest(vector, k)
        return list(among) if len(among) <= ALL else self._dense.nearest_among(vector, k, among)

    def dense_scores(self, vector: Vectors, pids: Ids) -> DenseScores:
        """Cosines of `vector` (dim,) with the passages and their segments."""
        return self._dense.scores(vector, pids)

    def segment_scores(self, vectors: Vectors, pids: Sequence[int]) -> list[SegmentScore]:
        """Cosines of `vectors` (n, dim) with every segment of the passages."""
        return self._dense.segment_scores(vectors, pids)

    def matches(self, terms: Sequence[Term]) -> WordMatches:
        """Where the terms' forms occur."""
        return self._lexical.matches(terms)

    def frequencies(self, words: Sequence[str]) -> WordCounts:
        """In how many passages each of the words occurs."""
        return self._lexical.frequencies(words)

    def spelt(self, sounds: Sequence[str]) -> dict[str, list[str]]:
        """The index's words for each pinyin without tones."""
        if not sounds:
            return {}
        words = self.store.words_by_sound(sounds)
        held = self._lexical.frequencies([word for _, word in words]).counts
        return {sound: [word for other, word in words if other == sound and held[word]] for sound in sounds}

    def passages(self, pids: Sequence[int]) -> list[StoredPassage]:
        """The passages of the given numbers that exist, in that order."""
        wanted = json.dumps(list(pids))
        rows = self.store.connection.execute(
            "SELECT pid, doc, number, section, text FROM passage WHERE pid IN (SELECT value FROM json_each(?))",
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
        for pid, doc, number, section, text in rows:
            heading = self._heading(doc)
            if heading is None:  # replaced since the passages were read
                continue
            document, sections = heading
            found[pid] = StoredPassage(
                pid, f"{document.id}:c{number}", document, sections[section], tuple(sentences[pid]), text
            )
        return [found[pid] for pid in pids if pid in found]

    def _read_heading(self, doc: int) -> tuple[DocumentInfo, list[tuple[str, ...]]] | None:
        """What is known of a plan by its number, which no other ever gets, and the headings of its sections.

        They lie behind the plan's whole source, so that reading them takes the longer the longer the plan is.
        """
        row = self.store.connection.execute("SELECT info, sections FROM document WHERE doc = ?", (doc,)).fetchone()
        return (DocumentInfo(**json.loads(row[0])), list(map(tuple, json.loads(row[1])))) if row else None

    def save_snapshot(self) -> None:
        """Write the vectors of the present state beside the store, so that the next start need not rebuild them."""
        self._dense.refresh()
        self._dense.save_snapshot()

    def problems(self) -> list[str]:
        """Everything that is wrong with the index, in sentences; empty when nothing is."""
        return self.store.problems() + self._dense.problems()
