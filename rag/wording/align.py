"""The wording of a plan that is nearest to a pasted one, unit by unit.

pasted units, plan units -> fitting alignment -> Block(kind of equal or different stretch)

A unit is a character, or a whole numeral. The alignment is the fitting one of Needleman and Wunsch (all of the
pasted text against any stretch of the plan's), with a match worth more beside other matches, so that equal
stretches stay together; rows are computed at once with numpy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rag.text import is_han
from rag.wording.fold import CLOSE, OPEN, Folded

_MATCH, _BESIDE = 6, 3  # a match, and as much more for each neighbour that matches too
_FEW = 12  # units
_DIFFERENT, _GAP, _NEVER = -5, -6, -60  # two units for each other; a unit for nothing; a mark for a word


@dataclass(frozen=True, slots=True)
class Unit:
    """What is compared as one: `key` where it is equal, `start:stop` where it is in the original."""

    key: str
    start: int
    stop: int

    @property
    def is_number(self) -> bool:
        """True for a numeral that is more than one plain character of Chinese."""
        return self.key[0] == OPEN

    @property
    def is_mark(self) -> bool:
        """True for punctuation."""
        return not (self.is_number or self.key.isalnum() or is_han(self.key))


@dataclass(frozen=True, slots=True)
class Block:
    """Pasted units `a:b` stand where the plan has `c:d`."""

    equal: bool
    a: int
    b: int
    c: int
    d: int


def units(folded: Folded, begin: int = 0, stop: int | None = None) -> list[Unit]:
    """The units of a stretch of a canonical folding."""
    text, found = folded.text, []
    position, end = begin, len(text) if stop is None else stop
    while position < end:
        last = text.index(CLOSE, position) if text[position] == OPEN else position
        found.append(Unit(text[position : last + 1], folded.starts[position], folded.stops[last]))
        position = last + 1
    return found


def align(pasted: list[Unit], plan: list[Unit]) -> list[Block]:
    """The best way to read `pasted` as a changed stretch of `plan`, in order; the plan's ends are free."""
    numbers: dict[str, int] = {}
    left = np.array([numbers.setdefault(unit.key, len(numbers)) for unit in pasted])
    right = np.array([numbers.setdefault(unit.key, len(numbers)) for unit in plan])
    marks = np.array([unit.is_mark for unit in pasted])[:, None] != np.array([unit.is_mark for unit in plan])
    same = left[:, None] == right
    beside = np.zeros(same.shape, dtype=np.int32)
    beside[1:, 1:] += same[:-1, :-1]
    beside[:-1, :-1] += same[1:, 1:]
    scores = np.where(same, _MATCH + _BESIDE * beside, np.where(marks, _NEVER, _DIFFERENT))
    table = np.zeros((len(pasted) + 1, len(plan) + 1), dtype=np.int32)
    ramp = -_GAP * np.arange(len(plan) + 1)
    for row in range(1, len(pasted) + 1):
        best = table[row - 1] + _GAP
        best[1:] = np.maximum(best[1:], table[row - 1, :-1] + scores[row - 1])
        table[row] = np.maximum.accumulate(best + ramp) - ramp
    return _blocks(_trace(table, scores), same)


def _trace(table: np.ndarray, scores: np.ndarray) -> list[tuple[int, int, int, int]]:
    """Steps (a, b, c, d) from the first unit to the last."""
    row, column = table.shape[0] - 1, int(table[-1].argmax())
    steps = []
    while row:
        here = table[row, column]
        if column and here == table[row - 1, column - 1] + scores[row - 1, column - 1]:
            steps.append((row - 1, row, column - 1, column))
            row, column = row - 1, column - 1
        elif here == table[row - 1, column] + _GAP:
            steps.append((row - 1, row, column, column))
            row -= 1
        else:
            steps.append((row, row, column - 1, column))
            column -= 1
    return steps[::-1]


def _blocks(steps: list[tuple[int, int, int, int]], same: np.ndarray) -> list[Block]:
    blocks: list[Block] = []
    for a, b, c, d in steps:
        equal = b > a and d > c and bool(same[a, c])
        if blocks and blocks[-1].equal == equal:
            last = blocks[-1]
            blocks[-1] = Block(equal, last.a, b, last.c, d)
        else:
            blocks.append(Block(equal, a, b, c, d))
    return blocks


def likeness(blocks: list[Block], pasted: list[Unit]) -> float:
    """Share of the pasted words and figures, marks aside, that stand in equal stretches of two units or more, 0..1.

    In a text of a few units, 学位5.2万个, single ones count too.
    """
    counted = sum(not unit.is_mark for unit in pasted)
    kept = sum(
        sum(not unit.is_mark for unit in pasted[block.a : block.b])
        for block in blocks
        if block.equal and (block.b - block.a > 1 or len(pasted) < _FEW)
    )
    return kept / counted if counted else 0.0
