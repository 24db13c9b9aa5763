"""A question's vector turned towards what answers it.

vector (dim,) -> [the question turned, what answers are like] (2, dim) -> cosines with the clauses

An encoder puts together what is about the same, and what is most like a question is often a heading, or another
sentence on its subject. A linear map of the question, fitted so that clauses which answer come before the others of
their plan, sees past that (a bilinear ranker, Chechik et al. 2010); clauses need no second vector for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from rag.ports import Vectors


@dataclass(frozen=True, slots=True)
class Turning:
    """The map, (dim, dim), of what is added to a question; and the direction, (dim,), of what answers anything."""

    matrix: Vectors
    direction: Vectors

    @classmethod
    def read(cls, arrays: Mapping[str, Any]) -> Self:
        """From the arrays of judge.npz."""
        return cls(arrays["matrix"].astype(np.float32), arrays["direction"].astype(np.float32))

    def of(self, vector: Vectors) -> Vectors:
        """The two vectors, (2, dim), that clauses are compared with beside the question's own.

        Of an encoder of another width, for which nothing is fitted: the question itself, and nothing.
        """
        if vector.shape != self.direction.shape:
            return np.stack([vector, np.zeros_like(vector)])
        turned = vector + vector @ self.matrix
        return np.stack([turned / np.linalg.norm(turned), self.direction]).astype(np.float32)
