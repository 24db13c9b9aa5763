"""Fits the trees that weigh the signals of a clause (`rag/trees.py`).

signals (n, signals) of each question's clauses, which answer (n,) -> scikit-learn -> Trees
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier

from rag.question_signals import TURNED
from rag.signals import CLAUSE, Matrix
from rag.trees import Trees

# Of the trees: what more of them, or larger ones, add on plans left out is noise.
TREES = {"max_iter": 400, "learning_rate": 0.03, "max_leaf_nodes": 16, "min_samples_leaf": 60}
TREES |= {"l2_regularization": 5.0, "max_features": 0.25, "random_state": 0}


def trees(signals: Sequence[Matrix], labels: Sequence[npt.NDArray[np.bool_]]) -> Trees:
    """Fitted by scikit-learn, told as arrays; of its private names these three are read."""
    model = HistGradientBoostingClassifier(**TREES).fit(np.concatenate(signals), np.concatenate(labels))
    nodes = [grown[0].nodes for grown in model._predictors]
    roots = np.cumsum([0, *(len(tree) for tree in nodes[:-1])])
    own = [np.arange(root, root + len(tree)) for root, tree in zip(roots, nodes, strict=True)]
    leaf = [tree["is_leaf"] != 0 for tree in nodes]

    def below(side: str) -> npt.NDArray[np.int64]:
        parts = zip(leaf, own, roots, nodes, strict=True)
        return np.concatenate([np.where(ends, at, root + tree[side]) for ends, at, root, tree in parts])

    return Trees(
        (*CLAUSE, *TURNED),
        float(model._baseline_prediction.item()),
        roots,
        np.concatenate([np.where(ends, 0, tree["feature_idx"]) for ends, tree in zip(leaf, nodes, strict=True)]),
        np.concatenate([np.where(ends, 0.0, tree["num_threshold"]) for ends, tree in zip(leaf, nodes, strict=True)]),
        below("left"),
        below("right"),
        np.concatenate([np.where(ends, tree["value"], 0.0) for ends, tree in zip(leaf, nodes, strict=True)]),
    )
