"""The scores between an answer and a refusal, in one place.

Fitted by `planqa eval calibrate`, which moves one at a time and tells what each would change; between .40 and .50
nothing moves by more than noise on the questions on the shipped plan, which is why they are round.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which score on a clause answers; cosines are centred, coverage is a share of the question's words."""

    bears: float = 0.45  # a clause's score from which it answers
    bears_by_meaning: float = 0.3  # the same where the question is in a language that the dictionary has not
    lacking: float = 0.5  # of a question's known things, by weight: a clause that lacks more is of something else
    few: float = 0.2  # coverage, and
    far: float = 0.33  # cosine, of a clause with a figure that has little to do with the question
    off_topic: float = 0.33  # cosine of a clause that has none of the things asked about
    near: float = 0.36  # score from which a clause is worth showing beside a refusal
