"""The parts that can be swapped, each a Protocol of one or two methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from rag.types import StoredPassage

Vectors = npt.NDArray[np.float32]  # (n, dim), rows of unit length
Ids = npt.NDArray[np.int64]  # (n,) passages by their number in the store, ascending, each once
Spans = Sequence[tuple[int, int]]  # [begin, stop) of parts of a text


@dataclass(frozen=True, slots=True)
class DenseScores:
    """Cosines of a question with n passages and with the best segment of each, both (n,); NaN for one now gone."""

    passage: npt.NDArray[np.float32]
    segment: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SegmentScore:
    """Cosines of several vectors with one segment, `paragraph.text[begin:stop]` of the passage's document."""

    pid: int
    paragraph: int
    begin: int
    stop: int
    cosines: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """One informative word of a question: its weight, and the index's words that stand for it, each 0..1.

    `kin` are words for kinds of the same thing (学校: 小学, 幼儿园): they tell which clauses of a passage
    are meant, and are not searched for.
    """

    word: str
    weight: float
    forms: Mapping[str, float]
    kin: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LexicalScores:
    """Of n passages: BM25 (n,), how well each holds each term (n, terms), 0..1, and the plan that each is of (n,).

    A plan is a number that is the store's own, -1 for a passage now gone; the passages of one are side by side.
    """

    bm25: npt.NDArray[np.float32]
    strengths: npt.NDArray[np.float32]
    plans: Ids


@dataclass(frozen=True, slots=True)
class WordCounts:
    """Number of passages in all, and of those that hold each word."""

    total: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Adapter:
    """Two matrices for each upper layer of an encoder: what `down` and `up` make of its result is added to it."""

    down: npt.NDArray[np.float32]  # (layers, dim, rank)
    up: npt.NDArray[np.float32]  # (layers, rank, dim)


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

    def encode_in_context(self, texts: Sequence[str], parts: Sequence[Spans]) -> tuple[Vectors, Vectors] | None:
        """Vectors of plan texts, (n, dim), and of the parts of each as they read within it, in order, (m, dim).

        None of a model that does not tell which of its tokens are whose.
        """

    def halfway(self, text: str) -> Vectors | None:
        """A question's tokens, (length, dim), where an adapter begins; None of a model that has no place for one."""

    def encode_adapted(self, text: str, adapter: Adapter) -> Vectors | None:
        """The vector of a question, (dim,), as an adapter makes it; None where there is no place for one."""


class Vocabulary(Protocol):
    """What a question needs to know of the words of an index."""

    def frequencies(self, words: Sequence[str]) -> WordCounts:
        """In how many passages each of the words occurs."""

    def spelt(self, sounds: Sequence[str]) -> dict[str, list[str]]:
        """The words that have each of these pinyin, written without tones: "wanhong" -> ["万虹"]."""


class Matches(Protocol):
    """Where the words of one question occur, in one state of an index; a term's forms count by their strength."""

    def best(self, k: int, among: Sequence[int] | None) -> list[int]:
        """The `k` best passages by BM25, of all or `among` some, that hold any of the words."""

    def scores(self, pids: Ids) -> LexicalScores:
        """BM25 of the passages, and which of the terms they hold."""

    def found(self, pids: Sequence[int]) -> dict[int, dict[str, tuple[str, ...]]]:
        """For each of the passages, the terms' words with those of their forms that it holds, the likeliest first."""


class PassageIndex(Vocabulary, Protocol):
    """What retrieval needs of an index: two ways to find candidates, two exact scores for any of them.

    Passages are named by their number in the store, `pid`; scores are similarities, higher is better.
    """

    def within(self, plan: str | None, section: str | None) -> list[int] | None:
        """The passages of a plan, of sections whose heading holds a text, or of both; None for all there are.

        :raises NotFoundError: if there is no such plan or section.
        """

    def nearest(self, vector: Vectors, k: int, among: Sequence[int] | None) -> list[int]:
        """Passages, of all or `among` some, that the `k` vectors nearest to `vector` (dim,) belong to."""

    def dense_scores(self, vector: Vectors, pids: Ids) -> DenseScores:
        """Cosines of `vector` (dim,) with the passages and their segments."""

    def segment_scores(self, vectors: Vectors, pids: Sequence[int]) -> list[SegmentScore]:
        """Cosines of `vectors` (n, dim) with every segment of the passages, in the order of the plans."""

    def matches(self, terms: Sequence[Term]) -> Matches:
        """Where the terms' forms occur, all of it looked up once."""

    def passages(self, pids: Sequence[int]) -> list[StoredPassage]:
        """The passages themselves, in the order of `pids`."""
