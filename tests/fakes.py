"""Small real parts whose output a reader can compute."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from rag.ports import Adapter, Encoder, Spans, Vectors
from rag.tokenizer import normalise, pairs


class PairEncoder:
    """Counts character pairs and words into 64 boxes: two texts are as near as they share pairs."""

    def __init__(self, name: str = "pairs@1", dim: int = 64) -> None:
        self.name = name
        self.dim = dim

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def encode_in_context(self, texts: Sequence[str], parts: Sequence[Spans]) -> None:
        """It has no tokens."""

    def halfway(self, text: str) -> None:
        """It has no layers."""

    def encode_adapted(self, text: str, adapter: Adapter) -> None:
        """It has no layers."""

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            plain = normalise(text)
            for piece in [*pairs(plain), *plain.split()]:
                vectors[row, crc32(piece.encode()) % self.dim] += 1
            vectors[row, 0] += 1e-3  # no text has length zero
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class CountingEncoder:
    """Another encoder, with the questions of every call to it."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.name, self.dim = encoder.name, encoder.dim
        self.calls: list[list[str]] = []

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self.calls.append(list(texts))
        return self._encoder.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode_passages(texts)

    def encode_in_context(self, texts: Sequence[str], parts: Sequence[Spans]) -> tuple[Vectors, Vectors] | None:
        return self._encoder.encode_in_context(texts, parts)

    def encode_adapted(self, text: str, adapter: Adapter) -> Vectors | None:
        return self._encoder.encode_adapted(text, adapter)

    def halfway(self, text: str) -> Vectors | None:
        return self._encoder.halfway(text)
