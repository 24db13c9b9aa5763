"""Vectors without what is common to their language, so that an English question meets a Chinese passage.

    encoder -> minus the mean of stock texts in the language -> unit length again

An encoder of many languages gives every text of one language, and every question, a common part;
cosines then compare languages before they compare contents. Subtracting the mean of a few stock
texts removes it (Timkey and van Schijndel 2021; Mu and Viswanath 2018).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rag.language import detect_language
from rag.ports import Adapter, Encoder, Spans, Vectors
from rag.stock import PASSAGES, QUESTIONS
from rag.text import mostly_latin


class CentredEncoder:
    """An encoder whose vectors are centred by language; itself an Encoder."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    @property
    def name(self) -> str:
        """The encoder's own name, marked as centred."""
        return f"{self._encoder.name}+centred-2"

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._encoder.dim

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of questions, shape (len(texts), dim)."""
        if not texts:
            return self._encoder.encode_queries(texts)
        return _minus(self._encoder.encode_queries(texts), [self.question_mean(text) for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of plan text, shape (len(texts), dim)."""
        if not texts:
            return self._encoder.encode_passages(texts)
        return _minus(self._encoder.encode_passages(texts), [self._passage_mean(text) for text in texts])

    def encode_in_context(self, texts: Sequence[str], parts: Sequence[Spans]) -> tuple[Vectors, Vectors] | None:
        """Unit vectors of plan texts, (n, dim), and of their parts as they read within them, (m, dim)."""
        encoded = self._encoder.encode_in_context(texts, parts)
        if encoded is None or not texts:
            return encoded
        wholes, within = encoded
        means = [self._passage_mean(text) for text in texts]
        each = [mean for mean, spans in zip(means, parts, strict=True) for _ in spans]
        return _minus(wholes, means), _minus(within, each) if each else within

    def encode_adapted(self, text: str, adapter: Adapter) -> Vectors | None:
        """Unit vector of a question, (dim,), as an adapter makes it; None where the encoder has no place for one."""
        vector = self._encoder.encode_adapted(text, adapter)
        return None if vector is None else _minus(vector[None], [self.question_mean(text)])[0]

    def halfway(self, text: str) -> Vectors | None:
        """A question's tokens, (length, dim), where adapters begin; None where the encoder has no place for one."""
        return self._encoder.halfway(text)

    def question_mean(self, text: str) -> Vectors:
        """What is taken away from a question of this language, (dim,)."""
        return self._question_means[_question_group(text)]

    def _passage_mean(self, text: str) -> Vectors:
        return self._passage_means["en" if mostly_latin(text) else "zh"]

    @cached_property
    def _question_means(self) -> dict[str, npt.NDArray[np.float32]]:
        means = {language: self._encoder.encode_queries(texts).mean(axis=0) for language, texts in QUESTIONS.items()}
        foreign = [mean for language, mean in means.items() if language not in ("zh", "en")]
        return {**means, "other": np.mean(foreign, axis=0)}

    @cached_property
    def _passage_means(self) -> dict[str, npt.NDArray[np.float32]]:
        return {group: self._encoder.encode_passages(texts).mean(axis=0) for group, texts in PASSAGES.items()}


def _question_group(text: str) -> str:
    language = detect_language(text)
    return language if language in QUESTIONS else "other"


def _minus(vectors: Vectors, means: Sequence[npt.NDArray[np.float32]]) -> Vectors:
    centred = vectors - np.stack(means)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.maximum(length, 1e-9), dtype=np.float32)
