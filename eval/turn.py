"""Fits the turning of a question towards its answers (`rag/turning.py`).

(question's vector, clauses' vectors, which answer) of each question -> softmax over its clauses -> Turning
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import normalize

from rag.ports import Vectors
from rag.turning import Turning

EPOCHS, RATE, BATCH = 40, 2e-3, 64
SHRINK = 3e-4  # penalty on the square of every number; flat between 1e-4 and 1e-3
CLAUSES = 40  # compared with one another, those that answer among them
SHARPNESS = 3.0  # logarithm of the softmax's inverse temperature to begin with
_NEVER = -1e9


@dataclass(frozen=True, slots=True)
class Pairing:
    """A question's vector (dim,), those of its clauses (n, dim), and which of these answer (n,), at least one."""

    question: Vectors
    clauses: Vectors
    answers: npt.NDArray[np.bool_]


def turning(pairings: Sequence[Pairing]) -> Turning:
    """The map under which the clauses that answer come before the others; the same for the same pairings."""
    questions, clauses, there, answers = _padded(pairings)
    dim = questions.shape[1]
    order = np.random.default_rng(0)
    matrix, direction = torch.zeros(dim, dim, requires_grad=True), torch.zeros(dim, requires_grad=True)
    sharpness = torch.tensor(SHARPNESS, requires_grad=True)
    optimizer = torch.optim.Adam([matrix, direction, sharpness], lr=RATE)
    for _ in range(EPOCHS):
        for batch in np.array_split(order.permutation(len(pairings)), -(-len(pairings) // BATCH)):
            turned = normalize(questions[batch] + questions[batch] @ matrix, dim=-1)
            scores = sharpness.exp() * ((clauses[batch] @ turned[:, :, None])[..., 0] + clauses[batch] @ direction)
            scores = scores.masked_fill(~there[batch], _NEVER)
            right = scores.masked_fill(~answers[batch], _NEVER)
            loss = (scores.logsumexp(1) - right.logsumexp(1)).mean()
            penalty = SHRINK * (matrix.square().sum() + direction.square().sum())
            optimizer.zero_grad()
            torch.autograd.backward(loss + penalty)
            optimizer.step()
    return Turning(matrix.detach().numpy(), direction.detach().numpy())


def _padded(pairings: Sequence[Pairing]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Questions (n, dim), clauses (n, CLAUSES, dim), which of these there are and which answer (n, CLAUSES)."""
    dim = pairings[0].question.size
    clauses = np.zeros((len(pairings), CLAUSES, dim), dtype=np.float32)
    there, answers = np.zeros((2, len(pairings), CLAUSES), dtype=np.bool_)
    for row, pairing in enumerate(pairings):
        kept = np.argsort(~pairing.answers, kind="stable")[:CLAUSES]
        clauses[row, : kept.size] = pairing.clauses[kept]
        there[row, : kept.size] = True
        answers[row, : kept.size] = pairing.answers[kept]
    questions = np.stack([pairing.question for pairing in pairings]).astype(np.float32)
    return torch.from_numpy(questions), torch.from_numpy(clauses), torch.from_numpy(there), torch.from_numpy(answers)
