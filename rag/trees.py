"""Boosted trees as arrays: how likely rows of signals are what the trees were fitted to find.

signals (n, signals) -> the leaf of every tree that a row comes to -> sum of their values -> probability (n,)

scikit-learn fits them (gradient boosting: Friedman 2001); read here, an answer needs neither it nor its pickles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
_PARTS = ("feature", "threshold", "left", "right", "value")


@dataclass(frozen=True, slots=True)
class Trees:
    """The nodes of all trees one after the other, (nodes,), a leaf leading to itself; the roots' places, (trees,)."""

    names: tuple[str, ...]
    base: float
    roots: npt.NDArray[np.int64]
    feature: npt.NDArray[np.int64]
    threshold: Matrix
    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    value: Matrix

    @classmethod
    def read(cls, arrays: Mapping[str, Any], names: tuple[str, ...]) -> Self:
        """From the arrays of judge.npz, made for signals of these names in this order.

        :raises ValueError: if they were fitted to others.
        """
        if tuple(arrays["names"].tolist()) != names:
            raise ValueError("judge.npz was fitted to other signals than there are; fit it anew.")
        parts = [arrays[part] for part in _PARTS]
        whole = [part.astype(np.float64 if part.dtype.kind == "f" else np.int64) for part in parts]
        return cls(names, float(arrays["base"]), arrays["roots"].astype(np.int64), *whole)

    def arrays(self) -> dict[str, Any]:
        """What `read` reads."""
        small = {part: getattr(self, part) for part in _PARTS}
        return {
            "names": np.array(self.names),
            "base": np.float64(self.base),
            "roots": self.roots.astype(np.uint16),
            **{name: part.astype(np.float64 if part.dtype.kind == "f" else np.uint16) for name, part in small.items()},
        }

    def probabilities(self, signals: Matrix) -> Matrix:
        """Of each row of signals, (n, signals) -> (n,)."""
        flat, row = signals.ravel(), np.arange(len(signals))[:, None] * signals.shape[1]
        at = np.broadcast_to(self.roots, (len(signals), self.roots.size))
        while True:
            is_left = flat[row + self.feature[at]] <= self.threshold[at]
            below = np.where(is_left, self.left[at], self.right[at])
            if np.array_equal(below, at):
                return np.asarray(1 / (1 + np.exp(-(self.base + self.value[at].sum(axis=1)))), dtype=np.float64)
            at = below
