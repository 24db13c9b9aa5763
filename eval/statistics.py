"""Means with their uncertainty, differences between two runs, and what refusing buys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import bootstrap

RESAMPLES = 2000
_SEED = 20211  # fixed, so that a report is the same whenever it is made


def interval(values: Sequence[float]) -> tuple[float, float]:
    """95 % interval of the mean by the percentile bootstrap (Efron 1979); for paired differences, of their mean."""
    sample = np.asarray(values, dtype=float)
    if len(sample) < 2 or np.ptp(sample) == 0:
        mean = float(sample.mean()) if len(sample) else 0.0
        return mean, mean
    found = bootstrap(
        (sample,), np.mean, n_resamples=RESAMPLES, method="percentile", rng=np.random.default_rng(_SEED)
    ).confidence_interval
    return float(found.low), float(found.high)


@dataclass(frozen=True, slots=True)
class Difference:
    """How a measure moved between two runs over the same questions."""

    before: float
    after: float
    low: float  # 95 % interval of after - before
    high: float

    def verdict(self, *, lower_is_better: bool = False) -> str:
        """ "better" or "worse" where the interval leaves zero out, else "noise"; "same" if nothing moved."""
        if self.low > 0:
            return "worse" if lower_is_better else "better"
        if self.high < 0:
            return "better" if lower_is_better else "worse"
        return "same" if self.low == self.high == 0 else "noise"


def difference(before: Sequence[float], after: Sequence[float]) -> Difference:
    """Paired: `before[i]` and `after[i]` belong to one question."""
    low, high = interval([b - a for a, b in zip(before, after, strict=True)])
    return Difference(float(np.mean(before)), float(np.mean(after)), low, high)


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """Risk (share wrong among those answered) at each coverage (share answered), most confident first."""

    coverage: tuple[float, ...]
    risk: tuple[float, ...]

    @property
    def area(self) -> float:
        """Mean risk over the curve (AURC; Geifman, Uziel and El-Yaniv 2019); lower is better."""
        return float(np.mean(self.risk)) if self.risk else 0.0


def risk_coverage(confidence: Sequence[float], right: Sequence[bool], total: int) -> RiskCoverage:
    """The curve of the answered questions among `total`; equal confidences enter together."""
    if not confidence:
        return RiskCoverage((), ())
    order = np.argsort(-np.asarray(confidence), kind="stable")
    sorted_confidence = np.asarray(confidence)[order]
    wrong = np.cumsum(~np.asarray(right, dtype=bool)[order])
    last_of_ties = np.append(np.flatnonzero(np.diff(sorted_confidence)), len(order) - 1)
    answered = last_of_ties + 1
    return RiskCoverage(tuple((answered / total).tolist()), tuple((wrong[last_of_ties] / answered).tolist()))
