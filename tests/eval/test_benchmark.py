"""The benchmark: an index of just so many passages, and every step timed."""

from __future__ import annotations

import json

from app.settings import Settings
from eval.benchmark import STEPS, as_json, benchmark, describe


def test_the_benchmark_times_every_step_of_an_index_of_the_size_asked_for(settings: Settings) -> None:
    (timing,) = benchmark([30], settings)
    assert timing.passages == 30
    assert timing.vectors > 60, "segments besides passages"
    assert set(timing.steps) == set(STEPS)
    assert (
        min(
            timing.steps[step]
            for step in ("scope", "words", "nearest", "matches", "best", "dense", "lexical", "passages", "found")
        )
        > 0
    )
    (found,) = json.loads(as_json([timing]))
    assert found["ratio"] == timing.ratio
    assert f"{timing.ratio:.0%}" in describe([timing]).splitlines()[-1]
