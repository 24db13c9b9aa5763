"""Intervals, differences and the risk-coverage curve, on values whose truth is known."""

from __future__ import annotations

import pytest

from eval.statistics import difference, interval, risk_coverage


def test_interval_holds_the_mean_and_narrows_with_more_values() -> None:
    few, many = [0.0, 1.0] * 10, [0.0, 1.0] * 200
    low, high = interval(few)
    assert low < 0.5 < high
    narrow_low, narrow_high = interval(many)
    assert narrow_high - narrow_low < (high - low) / 3
    assert interval([1.0, 1.0, 1.0]) == (1.0, 1.0)
    assert interval([]) == (0.0, 0.0)


def test_difference_is_paired() -> None:
    """Twenty questions of a hundred got right that were wrong: clear when paired, whatever the others scatter."""
    before = [0.0] * 60 + [1.0] * 40
    after = [1.0] * 20 + [0.0] * 40 + [1.0] * 40
    assert difference(before, after).verdict() == "better"
    assert difference(after, before).verdict() == "worse"
    assert difference(after, before).verdict(lower_is_better=True) == "better"
    assert difference(before, before).verdict() == "same"
    noise = [1.0, 0.0] * 50
    assert difference(noise, noise[::-1]).verdict() == "noise"


def test_curve_takes_the_surest_first_and_ties_together() -> None:
    found = risk_coverage([0.9, 0.5, 0.5, 0.8], [True, False, True, False], total=8)
    assert found.coverage == (1 / 8, 2 / 8, 4 / 8)
    assert found.risk == (0, 1 / 2, 2 / 4)
    assert found.area == pytest.approx(1 / 3)
    assert risk_coverage([], [], total=3).area == 0
