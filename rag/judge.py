"""How likely each clause answers, and how likely the plan answers at all: models fitted on questions with answers.

evidence -> Signals -> trees: probability of each clause -> weights: probability that there is an answer -> Judged

`judge.npz` holds the trees and the turning of a question towards its answers, `judge.toml` the weights, the command
that fitted all three and what they are worth.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Protocol, Self

import numpy as np

from rag.evidence import Evidence
from rag.fits import Wanted
from rag.ports import Encoder, Vectors
from rag.query import Query
from rag.question_signals import QUESTION, TURNED, of_question, of_turning
from rag.signals import CLAUSE, Matrix, of_clauses
from rag.trees import Trees
from rag.turning import Turned, Turning

CONSIDERED = 60  # clauses that are weighed against one another, the best by their first score
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Judged:
    """Clauses by how likely they answer, the likeliest first, and how likely any does."""

    clauses: tuple[Evidence, ...]
    answerable: float


class Judges(Protocol):
    """What tells clauses that answer from those that only mention."""

    def turned(self, text: str, vector: Vectors, encoder: Encoder) -> Turned:
        """What clauses are to be compared with beside a question's own `vector` (dim,)."""

    def judge(self, query: Query, wanted: Wanted, evidence: Sequence[Evidence], nothing: float) -> Judged:
        """Weigh the evidence, of which there must be some, compared with these vectors.

        :param nothing: of the turned question: the sum of cosines from which a clause is likelier than none.
        """


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model: p = 1 / (1 + exp(-(intercept + weights @ signals)))."""

    intercept: float
    weights: Matrix  # (number of signals,)

    @classmethod
    def read(cls, table: Mapping[str, Any], names: Sequence[str]) -> Self:
        """From a table of weights by signal; a signal without one has none."""
        weights = table["weights"]
        if unknown := set(weights) - set(names):
            raise ValueError(f"judge.toml weighs {', '.join(sorted(unknown))}, which is no signal; fit it anew.")
        return cls(table["intercept"], np.array([weights.get(name, 0.0) for name in names], dtype=np.float64))

    def probabilities(self, signals: Matrix) -> Matrix:
        """Of each row of signals, (n, signals) -> (n,); of one question, (signals,) -> a scalar array."""
        found = 1 / (1 + np.exp(-(self.intercept + signals @ self.weights)))
        return np.asarray(np.clip(found, _LEAST, 1 - _LEAST), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Judge:
    """The fitted one."""

    turning: Turning
    clause: Trees
    question: Weights

    @classmethod
    @cache
    def shipped(cls) -> Judge:
        """The one that comes with PlanQA."""
        table = tomllib.loads((files("rag") / "judge.toml").read_text(encoding="utf-8"))
        with (files("rag") / "judge.npz").open("rb") as file:
            arrays = np.load(file, allow_pickle=False)
            turning, trees = Turning.read(arrays), Trees.read(arrays, (*CLAUSE, *TURNED))
        return cls(turning, trees, Weights.read(table["question"], QUESTION))

    def turned(self, text: str, vector: Vectors, encoder: Encoder) -> Turned:
        """The question turned towards its answers, and what answers are like."""
        return self.turning.of(text, vector, encoder)

    def judge(self, query: Query, wanted: Wanted, evidence: Sequence[Evidence], nothing: float) -> Judged:
        """Weigh the best of the evidence, of which there must be some; ties keep its order."""
        considered = evidence[:CONSIDERED]
        signals = of_clauses(query, wanted, considered)
        cosines = np.array([item.further for item in considered], dtype=np.float64)
        turned = of_turning(cosines, nothing)
        likely = np.clip(self.clause.probabilities(np.column_stack([signals, turned])), _LEAST, 1 - _LEAST)
        answerable = self.question.probabilities(of_question(query, wanted, signals, turned, likely))
        order = np.argsort(-likely, kind="stable")
        return Judged(tuple(replace(considered[at], bears=float(likely[at])) for at in order), float(answerable))
