"""Fits the turning of a question towards its answers (`rag/turning.py`).

(question's tokens halfway through the encoder, clauses' vectors, which answer) of each question
-> upper layers with adapters, linear map -> softmax over its clauses and nothing -> Turning
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import normalize
from torch.optim.lr_scheduler import OneCycleLR

from rag.ports import Adapter, Vectors
from rag.turning import SHARPNESS, Turning
from rag.weights.export import AdaptedLayers

RANK = 32  # of the adapters
EPOCHS, BATCH = 3, 32  # more epochs learn the questions by heart
RATE, ADAPTER_RATE, DECAY, WARM = 2e-3, 1e-3, 0.01, 0.1
SHRINK = 3e-4  # penalty on the square of every number of the map and the directions; flat between 1e-4 and 1e-3
FLOOR = 0.3  # of nothing, to begin with
NOTHING = 0.5  # weight of the part of the loss that knows of nothing beside the part that only ranks clauses
CLAUSES = 60  # compared with one another, those that answer among them
_NEVER = -1e9


@dataclass(frozen=True, slots=True)
class Pairing:
    """A question halfway through the encoder (length, dim), its language's mean (dim,); its clauses, which answer."""

    halfway: Vectors
    mean: Vectors
    clauses: Vectors  # (n, dim)
    answers: npt.NDArray[np.bool_]  # (n,), none where the plan leaves the question open


class _Turner(torch.nn.Module):
    """The turning as it is fitted."""

    def __init__(self, layers: AdaptedLayers, dim: int) -> None:
        super().__init__()
        self.layers = deepcopy(layers).requires_grad_(requires_grad=False)
        count = len(layers.layers)
        self.down = torch.nn.Parameter(0.02 * torch.randn(count, dim, RANK))
        self.up = torch.nn.Parameter(torch.zeros(count, RANK, dim))
        self.matrix = torch.nn.Parameter(torch.zeros(dim, dim))
        self.direction, self.nothing = (torch.nn.Parameter(torch.zeros(dim)) for _ in range(2))
        self.floor = torch.nn.Parameter(torch.tensor(FLOOR))

    def forward(self, halfway: torch.Tensor, there: torch.Tensor, mean: torch.Tensor) -> torch.Tensor:
        """Questions (n, length, dim), which of their tokens there are (n, length), means (n, dim) -> (n, dim)."""
        states = self.layers(halfway, self.down, self.up, torch.where(there, 0.0, _NEVER)[:, None, None])
        pooled = (states * there[..., None]).sum(1) / there.sum(1, keepdim=True)
        question = normalize(normalize(pooled, dim=-1) - mean, dim=-1)
        return normalize(question + question @ self.matrix, dim=-1)

    def loss(self, turned: torch.Tensor, clauses: torch.Tensor, answers: torch.Tensor) -> torch.Tensor:
        """Of turned questions (n, dim), their clauses (n, CLAUSES, dim), zero where there is none, which answer."""
        there = clauses.square().sum(-1) > 0
        scores = SHARPNESS * ((clauses @ turned[:, :, None])[..., 0] + clauses @ self.direction)
        scores = scores.masked_fill(~there, _NEVER)
        right = scores.masked_fill(~answers, _NEVER).logsumexp(1)
        nothing = SHARPNESS * (turned @ self.nothing + self.floor)
        answered = answers.any(1)
        all_in = torch.cat([scores, nothing[:, None]], 1).logsumexp(1)
        told = (all_in - torch.where(answered, right, nothing)).mean()
        ranked = (scores.logsumexp(1) - right)[answered].sum() / answered.sum().clamp(min=1)
        penalty = sum(part.square().sum() for part in (self.matrix, self.direction, self.nothing))
        return ranked + NOTHING * told + SHRINK * penalty


def turning(pairings: Sequence[Pairing], layers: AdaptedLayers) -> Turning:
    """The turning by which clauses that answer come before the others; the same for the same pairings.

    :param layers: those of the encoder's model that adapters are put into, as they were trained.
    """
    torch.manual_seed(0)
    order = np.random.default_rng(0)
    clauses, answers = _padded(pairings)
    turner = _Turner(layers, clauses.shape[-1]).train()
    adapters = [turner.down, turner.up]
    rest = [turner.matrix, turner.direction, turner.nothing, turner.floor]
    optimizer = torch.optim.AdamW(
        [{"params": adapters, "weight_decay": DECAY}, {"params": rest, "weight_decay": 0.0}], lr=RATE
    )
    batches = -(-len(pairings) // BATCH)
    schedule = OneCycleLR(optimizer, [ADAPTER_RATE, RATE], total_steps=EPOCHS * batches, pct_start=WARM)
    for _ in range(EPOCHS):
        for batch in np.array_split(order.permutation(len(pairings)), batches):
            turned = turner(*_questions([pairings[at] for at in batch]))
            loss = turner.loss(turned, clauses[batch], answers[batch])
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.step()
            schedule.step()
    down, up, matrix, direction, nothing, floor = (part.detach().numpy() for part in (*adapters, *rest))
    return Turning(Adapter(down, up), matrix, direction, nothing, float(floor))


def adapted(turn: Turning, pairings: Sequence[Pairing], layers: AdaptedLayers) -> list[Vectors]:
    """What a turning's adapter makes of each question, (dim,), without the encoder's rounding."""
    found = []
    down, up = torch.from_numpy(turn.adapter.down), torch.from_numpy(turn.adapter.up)
    with torch.no_grad():
        for pairing in pairings:
            pooled = layers(torch.from_numpy(pairing.halfway)[None], down, up)[0].mean(0)
            found.append(normalize(normalize(pooled, dim=-1) - torch.from_numpy(pairing.mean), dim=-1).numpy())
    return found


def _questions(pairings: Sequence[Pairing]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Questions (n, longest, dim), which of their tokens there are (n, longest), means (n, dim)."""
    longest = max(len(pairing.halfway) for pairing in pairings)
    states = np.zeros((len(pairings), longest, pairings[0].mean.size), dtype=np.float32)
    there = np.zeros((len(pairings), longest), dtype=np.bool_)
    for row, pairing in enumerate(pairings):
        states[row, : len(pairing.halfway)] = pairing.halfway
        there[row, : len(pairing.halfway)] = True
    means = np.stack([pairing.mean for pairing in pairings])
    return torch.from_numpy(states), torch.from_numpy(there), torch.from_numpy(means)


def _padded(pairings: Sequence[Pairing]) -> tuple[torch.Tensor, torch.Tensor]:
    """Clauses (n, CLAUSES, dim), zero where there is none, and which of these answer (n, CLAUSES)."""
    clauses = np.zeros((len(pairings), CLAUSES, pairings[0].mean.size), dtype=np.float32)
    answers = np.zeros((len(pairings), CLAUSES), dtype=np.bool_)
    for row, pairing in enumerate(pairings):
        kept = np.argsort(~pairing.answers, kind="stable")[:CLAUSES]
        clauses[row, : kept.size] = pairing.clauses[kept]
        answers[row, : kept.size] = pairing.answers[kept]
    return torch.from_numpy(clauses), torch.from_numpy(answers)
