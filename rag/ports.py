"""The parts that can be swapped, each a Protocol of one or two methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from rag.types import StoredPassage

Vectors = npt.NDArray[np.float32]  # (n, dim), rows of unit length


@dataclass(frozen=True, slots=True)
class DenseScore:
    """Cosines of a question with one passage and with the best of its segments."""

    passage: float
    segment: float


@dataclass(frozen=True, slots=True)
class LexicalScore:
    """BM25 of one passage, and the words of the question that it holds."""

    bm25: float
    matched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WordCounts:
    """Number of passages in all, and of those that hold each word."""

    total: int
    counts: Mapping[str, int]


class Encoder(Protocol):
    """Turns text into unit vectors; a text's vector never depends on its neighbours in the call."""

    @property
    def name(self) -> str:
        """Identity written into an index: model and a digest of its files."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, shape (len(texts), dim)."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of plan text, shape (len(texts), dim)."""


class PassageIndex(Protocol):
    """What retrieval needs of an index: two ways to find candidates, two exact scores for any of them.

    Passages are named by their number in the store, `pid`; scores are similarities, higher is better.
    """

    def nearest(self, vector: Vectors, k: int, plan: str | None) -> list[int]:
        """Passages that the `k` vectors nearest to `vector` (dim,) belong to."""

    def matching(self, words: Sequence[str], k: int, plan: str | None) -> list[int]:
        """The `k` best passages by BM25 that hold any of the words."""

    def dense_scores(self, vector: Vectors, pids: Sequence[int]) -> dict[int, DenseScore]:
        """Cosines of `vector` (dim,) with the passages and their segments."""

    def lexical_scores(self, weights: Mapping[str, float], pids: Sequence[int]) -> dict[int, LexicalScore]:
        """BM25 of the passages, each word's inverse document frequency replaced by its weight."""

    def frequencies(self, words: Sequence[str]) -> WordCounts:
        """In how many passages each of the words occurs."""

    def passages(self, pids: Sequence[int]) -> list[StoredPassage]:
        """The passages themselves, in the order of `pids`."""
