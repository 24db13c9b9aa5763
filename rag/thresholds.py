"""What lies between an answer and a refusal, and between what is told and what is left out, in one place.

The models behind the first three are fitted by `planqa eval fit` (rag/judge.py). The values here were chosen on the dev
questions on the shipped plan and on the plans of eval/datasets/unseen-plans/fitted.jsonl; `planqa eval calibrate` moves
one at a time and tells what each would change.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities of the judge; and, for one of its signals, cosines (centred) and shares of the question's words."""

    answers: float = 0.53  # that there is an answer, from which on one is given
    least: float = 0.08  # that a clause answers, to be told beside the best
    share: float = 0.3  # the same as a share of the best clause's
    of_subject: float = 0.5  # of that share, for a clause that has a list's subject as the best one has
    near: float = 0.36  # a clause's first score, from which it is worth showing beside a refusal
    meant: float = 0.2  # the cosine that does for it where the question is in a language that the dictionary has not
    lacking: float = 0.5  # of a question's known things, by weight: a clause that lacks more is of something else
    few: float = 0.2  # coverage, and
    far: float = 0.33  # cosine, of a clause with a figure that has little to do with the question
    few_abroad: float = 0.1  # the same for a question in another language, where the plan has no translation
    far_abroad: float = 0.22
    alike: float = 0.5  # cosine from which a clause with a figure is taken for the one asked for
    off_topic: float = 0.33  # cosine of a clause that has none of the things asked about
