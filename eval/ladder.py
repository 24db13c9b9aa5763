"""The parts of retrieval put in one by one, and taken out one by one, so that each shows what it earns.

A rung is a way to rank the passages of one index; all share the encoder, the index and the words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from rag.dictionary import Dictionary
from rag.ports import DenseScores, Encoder, Ids, PassageIndex, Vectors
from rag.query import Query
from rag.retrieve import MATCHING, NEAREST, HybridRetriever
from rag.tokenizer import Tokenizer
from rag.types import StoredPassage

RRF = 60  # Cormack, Clarke and Büttcher 2009
NO_DICTIONARY = Dictionary({})


class Ranks(Protocol):
    """A way to rank passages for a question."""

    def ranked(self, question: str) -> list[StoredPassage]:
        """Passages, best first."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the rungs are made of."""

    encoder: Encoder
    tokenizer: Tokenizer
    dictionary: Dictionary
    index: PassageIndex

    def retriever(self) -> HybridRetriever:
        """The product's own retriever from these parts."""
        return HybridRetriever(self.encoder, self.tokenizer, self.dictionary, self.index)


@dataclass(frozen=True, slots=True)
class Shipped:
    """As the product ranks."""

    parts: Parts

    def ranked(self, question: str) -> list[StoredPassage]:
        """Passages, best first."""
        return [hit.passage for hit in self.parts.retriever().search(question, NEAREST)]


@dataclass(frozen=True, slots=True)
class Sparse:
    """Words only: BM25."""

    parts: Parts

    def ranked(self, question: str) -> list[StoredPassage]:
        """Passages, best first."""
        return self.parts.index.passages(_by_words(self.parts, self.parts.retriever().query(question)))


@dataclass(frozen=True, slots=True)
class Dense:
    """Vectors only: of passages, or the mean of these and of the best segment."""

    parts: Parts
    segments: bool

    def ranked(self, question: str) -> list[StoredPassage]:
        """Passages, best first."""
        return self.parts.index.passages(_by_vectors(self.parts, question, self.segments))


@dataclass(frozen=True, slots=True)
class RankFusion:
    """Words and vectors joined by their ranks, as most libraries do."""

    parts: Parts

    def ranked(self, question: str) -> list[StoredPassage]:
        """Passages, best first."""
        scores: dict[int, float] = {}
        query = self.parts.retriever().query(question)
        for ranking in (_by_words(self.parts, query), _by_vectors(self.parts, question, segments=True)):
            for rank, pid in enumerate(ranking, start=1):
                scores[pid] = scores.get(pid, 0.0) + 1 / (RRF + rank)
        return self.parts.index.passages(sorted(scores, key=lambda pid: (-scores[pid], pid)))


class WithoutSegments:
    """An index whose passages have no segments: each passage is its own best one."""

    def __init__(self, index: PassageIndex) -> None:
        self._index = index

    def dense_scores(self, vector: Vectors, pids: Ids) -> DenseScores:
        """The passage's own cosine, twice."""
        scores = self._index.dense_scores(vector, pids)
        return replace(scores, segment=scores.passage)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the index has
        """All else as the index."""
        return getattr(self._index, name)


def rungs(parts: Parts, uncentred: Parts) -> Iterator[tuple[str, Ranks]]:
    """Every rung with its name, from single parts up to the shipped whole, then the whole with one part out.

    :param uncentred: the same with plain vectors, in an index of their own.
    """
    yield "words", Sparse(replace(parts, dictionary=NO_DICTIONARY))
    yield "words + dictionary", Sparse(parts)
    yield "vectors of passages, not centred", Dense(uncentred, segments=False)
    yield "vectors of passages", Dense(parts, segments=False)
    yield "vectors of passages + segments", Dense(parts, segments=True)
    yield "words and vectors by rank (RRF)", RankFusion(parts)
    yield "as shipped", Shipped(parts)
    yield "shipped without dictionary", Shipped(replace(parts, dictionary=NO_DICTIONARY))
    yield "shipped without centring", Shipped(uncentred)
    yield "shipped without segments", Shipped(replace(parts, index=cast(PassageIndex, WithoutSegments(parts.index))))


def _by_words(parts: Parts, query: Query) -> list[int]:
    matches = parts.index.matches(query.terms)
    pids = np.unique(np.array(matches.best(MATCHING, None), dtype=np.int64))
    return _best_first(pids, matches.scores(pids).bm25)


def _by_vectors(parts: Parts, question: str, segments: bool) -> list[int]:
    vector = parts.encoder.encode_queries([question])[0]
    pids = np.array(parts.index.nearest(vector, NEAREST, None), dtype=np.int64)
    scores = parts.index.dense_scores(vector, pids)
    return _best_first(pids, scores.passage.astype(np.float64) + segments * scores.segment)


def _best_first(pids: Ids, scores: npt.NDArray[np.floating]) -> list[int]:
    return list(pids[np.argsort(-scores, kind="stable")].tolist())
