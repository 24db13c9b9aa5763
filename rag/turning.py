"""A question's vector turned towards what answers it, and away where nothing does.

question -> encoder with an adapter -> linear map -> [the question turned, what answers are like] (2, dim)
         -> cosines with the clauses; and how near a clause must come before it is likelier than no answer at all

An encoder puts together what is about the same, and what is most like a question is often a heading, or another
sentence on its subject. Adapters in the upper half of its layers (Houlsby et al. 2019) and a linear map of what they
make (a bilinear ranker, Chechik et al. 2010) are fitted so that clauses which answer come before the others of their
plan, and "nothing" comes first where none does. The clauses need no second vector for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from rag.ports import Adapter, Encoder, Vectors

SHARPNESS = 20.0  # inverse temperature of the softmax over a question's clauses and nothing
_PARTS = ("down", "up", "matrix", "direction", "nothing")  # of judge.npz


@dataclass(frozen=True, slots=True)
class Turned:
    """What clauses are compared with, (2, dim), and the sum of both cosines from which one is likelier than nothing."""

    vectors: Vectors
    nothing: float


@dataclass(frozen=True, slots=True)
class Turning:
    """The adapter; the map (dim, dim) of what is added; the directions, (dim,), of what answers and of nothing."""

    adapter: Adapter
    matrix: Vectors
    direction: Vectors
    nothing: Vectors
    floor: float  # of nothing, whatever the question

    @classmethod
    def read(cls, arrays: Mapping[str, Any]) -> Self:
        """From the arrays of judge.npz."""
        down, up, matrix, direction, nothing = (arrays[name].astype(np.float32) for name in _PARTS)
        return cls(Adapter(down, up), matrix, direction, nothing, float(arrays["floor"]))

    def arrays(self) -> dict[str, Any]:
        """What `read` reads."""
        parts = (self.adapter.down, self.adapter.up, self.matrix, self.direction, self.nothing)
        halves = {name: part.astype(np.float16) for name, part in zip(_PARTS, parts, strict=True)}
        return {**halves, "floor": np.float64(self.floor)}

    def of(self, text: str, vector: Vectors, encoder: Encoder) -> Turned:
        """A question as it is turned; as it is, by its own `vector` (dim,), where the encoder takes no adapter."""
        adapted = encoder.encode_adapted(text, self.adapter)
        if adapted is None:
            return Turned(np.stack([vector, np.zeros_like(vector)]), 0.0)
        return self.of_adapted(adapted)

    def of_adapted(self, adapted: Vectors) -> Turned:
        """The same of the vector, (dim,), that the adapter makes."""
        turned = adapted + adapted @ self.matrix
        turned /= np.linalg.norm(turned)
        return Turned(np.stack([turned, self.direction]).astype(np.float32), float(turned @ self.nothing) + self.floor)
