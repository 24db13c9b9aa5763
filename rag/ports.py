"""The parts that can be swapped, each a Protocol of one or two methods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]  # (n, dim), rows of unit length


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
