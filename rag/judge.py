"""How likely each clause answers, and how likely the plan answers at all: two fitted logistic models over signals.

evidence -> Signals -> probability of each clause -> probability that there is an answer -> Judged

`judge.toml` holds the weights, and the command that fitted them. Logistic regression, since its weights can be read;
boosted trees on the same questions put one clause in a hundred more in first place, on plans left out of the fit.
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
from rag.fitting import Wanted
from rag.query import Query
from rag.signals import CLAUSE, QUESTION, Matrix, of_clauses, of_question

CONSIDERED = 60  # clauses that are weighed against one another, the best by their first score
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Judged:
    """Clauses by how likely they answer, the likeliest first, and how likely any does."""

    clauses: tuple[Evidence, ...]
    answerable: float


class Judges(Protocol):
    """What tells clauses that answer from those that only mention."""

    def judge(self, query: Query, wanted: Wanted, evidence: Sequence[Evidence]) -> Judged:
        """Weigh the evidence, of which there must be some."""


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

    clause: Weights
    question: Weights

    @classmethod
    @cache
    def shipped(cls) -> Judge:
        """With the weights that come with PlanQA."""
        table = tomllib.loads((files("rag") / "judge.toml").read_text(encoding="utf-8"))
        return cls(Weights.read(table["clause"], CLAUSE), Weights.read(table["question"], QUESTION))

    def judge(self, query: Query, wanted: Wanted, evidence: Sequence[Evidence]) -> Judged:
        """Weigh the best of the evidence, of which there must be some; ties keep its order."""
        considered = evidence[:CONSIDERED]
        signals = of_clauses(query, wanted, considered)
        likely = self.clause.probabilities(signals)
        answerable = self.question.probabilities(of_question(query, wanted, signals, likely))
        order = np.argsort(-likely, kind="stable")
        return Judged(tuple(replace(considered[at], bears=float(likely[at])) for at in order), float(answerable))
