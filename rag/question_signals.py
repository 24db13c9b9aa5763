"""What speaks for and against there being an answer: numbers for the judge.

signals of a question's clauses + how likely each is -> (len(QUESTION),)
"""

from __future__ import annotations

import numpy as np

from rag.fits import Wanted
from rag.query import Query
from rag.question import Asked
from rag.signals import CLAUSE, Matrix, of_asking
from rag.turning import SHARPNESS

FEW = 1e-3  # a probability where there is nothing to take it from
_FROM_BEST = (
    "cosine", "coverage", "headed", "sentence_coverage", "paragraph_coverage", "kind", "kind_in_sentence", "unmet",
    "unmet_in_sentence", "named", "named_in_sentence", "year", "tense", "things", "things_in_sentence",
    "pairs_of_question", "passage_best", "passage_cosine", "passage_score", "tells", "line", "fits",
    "contradicts", "unmet_name", "unmet_figure", "asked_head", "rarest", "rarest_in_sentence", "row", "plan_in_chinese",
)  # fmt: skip
_OF_ALL = (
    "rarest",
    "cosine",
    "sentence_coverage",
    "coverage",
    "pairs_of_question",
    "things",
    "things_in_sentence",
    "fits",
)
# Of a question: how likely its clauses are, what the likeliest holds, the most that any holds, what is asked.
QUESTION = (
    "best", "second", "together", "best_that_fits", "best_whose_sentence_fits",
    *(f"best_{name}" for name in _FROM_BEST), *(f"most_{name}" for name in _OF_ALL),
    "above_nothing", "together_above_nothing",
    "words", "unknown", "demands", "names", *(f"asks_{kind.value}" for kind in Asked), "asks_none", "asks_all",
    "in_chinese", "asks_name", "asks_reason", "by_meaning",
)  # fmt: skip
# Cosines with the question turned towards its answers, and with what answers are like; what both are above nothing.
TURNED = ("turned", "turned_behind", "turned_rank", "like_answers", "above_nothing")
_AT = {name: place for place, name in enumerate(CLAUSE)}


def of_turning(cosines: Matrix, nothing: float) -> Matrix:
    """The signals, (n, len(TURNED)), of the n clauses' cosines (n, 2) with the two vectors of a turned question."""
    turned, like_answers = cosines.T
    order = np.argsort(np.argsort(-turned, kind="stable"), kind="stable")
    behind = turned - turned.max(initial=-1.0)
    return np.column_stack([turned, behind, 1 / (1 + order), like_answers, turned + like_answers - nothing])


def of_question(query: Query, wanted: Wanted, clauses: Matrix, turned: Matrix, probabilities: Matrix) -> Matrix:
    """The signals of a question, shape (len(QUESTION),), from those of its clauses and how likely each is."""
    above = turned[:, TURNED.index("above_nothing")]
    order = np.argsort(-probabilities, kind="stable")
    best = clauses[order[0]]

    def column(name: str) -> Matrix:
        return clauses[:, _AT[name]]

    held = (column("unmet") == 0) & (column("kind") >= 0) & (column("named_in_sentence") >= 0.5) & (column("year") > -1)
    near = (column("unmet_in_sentence") == 0) & (column("kind_in_sentence") >= 0) & (column("named_around") >= 0.5)
    row = {
        "best": _logit(probabilities[order[0]]),
        "second": _logit(probabilities[order[1]] if len(order) > 1 else FEW),
        "together": float(np.log(probabilities.sum())),
        "best_that_fits": _logit(max(probabilities[held], default=FEW)),
        "best_whose_sentence_fits": _logit(max(probabilities[near], default=FEW)),
        **{f"best_{name}": best[_AT[name]] for name in _FROM_BEST},
        **{f"most_{name}": column(name).max() for name in _OF_ALL},
        "above_nothing": above.max(),
        "together_above_nothing": float(np.logaddexp.reduce(SHARPNESS * above)),
        "words": len(query.terms),
        "unknown": sum(term.weight for term in query.terms if not term.forms) / query.total if query.total else 0.0,
        "demands": len(wanted.demands),
        "names": len(wanted.names),
        **of_asking(wanted, query),
    }
    return np.array([float(row[name]) for name in QUESTION], dtype=np.float64)


def _logit(probability: float) -> float:
    return float(np.log(probability / (1 - probability)))
