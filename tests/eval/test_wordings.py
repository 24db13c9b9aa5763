"""Scores of verdicts: the verdict, the place, the differences, and that a missing one counts as wrong."""

from __future__ import annotations

import pytest

from eval.wordings import Verdict, Wording, report, score
from rag.types import Document

SOURCE = "建设东山小学。\n新增学位7500个以上。\n"
ALTERED = Wording.model_validate(
    {"id": "w", "text": "新增学位8500个以上", "verdict": "altered", "gold": [[2, 2]],
     "changes": [{"plan": "7500", "pasted": "8500"}]}
)  # fmt: skip


def verdict(name: str, start: int = 8, end: int = 19, changes: tuple[tuple[str, str], ...] = ()) -> Verdict:
    return Verdict.model_validate(
        {
            "id": "w", "verdict": name, "match": {"document_id": "p", "start": start, "end": end},
            "changes": [{"plan": plan, "pasted": pasted} for plan, pasted in changes],
        }
    )  # fmt: skip


def test_a_right_verdict_has_everything() -> None:
    given = verdict("altered", changes=(("7500个", "8500个"),))
    assert score(ALTERED, given, SOURCE, "p") == {
        "right": 1, "passed_though_not": 0, "place": 1, "changes_named": 1
    }  # fmt: skip


@pytest.mark.parametrize("name", ["exact", "normalised"])
def test_passing_a_changed_figure_is_the_worst(name: str) -> None:
    found = score(ALTERED, verdict(name), SOURCE, "p")
    assert (found["right"], found["passed_though_not"]) == (0, 1)


def test_other_places_and_other_changes_do_not_count() -> None:
    found = score(ALTERED, verdict("altered", 0, 7, changes=(("7500", "9500"),)), SOURCE, "p")
    assert (found["right"], found["place"], found["changes_named"]) == (1, 0, 0)


def test_no_verdict_counts_as_wrong(luojiang: Document) -> None:
    made = report("w", [ALTERED], {}, lambda _: luojiang, plan="luojiang-2021", index={})
    assert made.rows[0].scores == {"right": 0, "passed_though_not": 0, "place": 0, "changes_named": 0}
    assert [failure.what for failure in made.failures] == ["There is no verdict."]
    assert made.tables[0].rows[2] == ("altered", "0", "0", "0", "0", "0", "1")
