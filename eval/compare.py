"""Two runs over the same questions: what got better, what worse, and whether that is more than noise.

A/report.json, B/report.json -> paired differences with intervals, and the questions that changed
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.measures import LOWER_IS_BETTER
from eval.report import Row, read
from eval.statistics import Difference, difference
from rag.errors import InputError

SHOWN = 20  # changed questions that the text spells out
MAIN = {"retrieval": "MRR@10", "answers": "right", "verify": "right"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two reports."""

    differences: Mapping[tuple[str, str], Difference]  # (group, measure)
    changed: Sequence[tuple[Row, Row]]  # whose main score moved, the worsened first
    only_before: Sequence[str]
    only_after: Sequence[str]
    remarks: Sequence[str]
    main: str

    @property
    def worse(self) -> bool:
        """True if the main measure got worse over all questions by more than noise."""
        return self.differences["all", self.main].verdict() == "worse"


def compare(before: Path, after: Path) -> Comparison:
    """Compare two reports question by question; only questions that both have are counted.

    :raises InputError: if they are of different evaluations, or share no question.
    """
    first, first_rows = read(before)
    second, second_rows = read(after)
    if first["evaluation"] != second["evaluation"]:
        raise InputError(
            f"{before} reports on {first['evaluation']}, {after} on {second['evaluation']}. Compare two of one kind."
        )
    old, new = {row.id: row for row in first_rows}, {row.id: row for row in second_rows}
    pairs = [(row, new[row.id]) for row in first_rows if row.id in new]
    if not pairs:
        raise InputError(f"{before} and {after} have no question in common.")
    main = MAIN[first["evaluation"]]
    moved = [pair for pair in pairs if pair[0].scores[main] != pair[1].scores[main]]
    remarks = [
        f"{name} differs: {first['index'].get(name)} and {second['index'].get(name)}"
        for name in sorted({*first["index"], *second["index"]})
        if first["index"].get(name) != second["index"].get(name)
    ]
    return Comparison(
        _differences(pairs),
        sorted(moved, key=lambda pair: pair[1].scores[main] - pair[0].scores[main]),
        [identifier for identifier in old if identifier not in new],
        [identifier for identifier in new if identifier not in old],
        remarks,
        main,
    )


def _differences(pairs: Sequence[tuple[Row, Row]]) -> dict[tuple[str, str], Difference]:
    found: dict[tuple[str, str], Difference] = {}
    for group in ["all", *sorted({row.language for row, _ in pairs})]:
        members = [pair for pair in pairs if group in ("all", pair[0].language)]
        for measure in dict.fromkeys(name for row, _ in members for name in row.scores):
            both = [
                (old.scores[measure], new.scores[measure])
                for old, new in members
                if measure in old.scores and measure in new.scores
            ]
            if both:
                found[group, measure] = difference([value for value, _ in both], [value for _, value in both])
    return found


def describe(comparison: Comparison) -> str:
    """The comparison as text: a table, then the questions that changed."""
    lines = [f"{'group':6} {'measure':22} {'before':>8} {'after':>8} {'diff':>8}  95 % interval"]
    for (group, measure), found in comparison.differences.items():
        verdict = found.verdict(lower_is_better=measure in LOWER_IS_BETTER)
        if verdict != "same":
            lines.append(
                f"{group:6} {measure:22} {found.before:8.3f} {found.after:8.3f} {found.after - found.before:+8.3f}"
                f"  {found.low:+.3f} to {found.high:+.3f}  {verdict}"
            )
    if len(lines) == 1:
        lines = ["No measure moved."]
    for label, names in (("only before", comparison.only_before), ("only after", comparison.only_after)):
        if names:
            lines.append(f"{label}: {len(names)} questions, not counted ({', '.join(names[:5])}…)")
    lines += comparison.remarks
    if comparison.changed:
        lines += ["", f"{len(comparison.changed)} questions changed in {comparison.main}, the worsened first:"]
    for old, new in comparison.changed[:SHOWN]:
        lines += [
            f"{old.id} {old.scores[comparison.main]:.2f} -> {new.scores[comparison.main]:.2f}  {old.asked}",
            f"    before: {_one_line(old.outcome)}",
            f"    after:  {_one_line(new.outcome)}",
        ]
    if len(comparison.changed) > SHOWN:
        lines.append(f"... and {len(comparison.changed) - SHOWN} more")
    return "\n".join(lines)


def _one_line(text: str, longest: int = 160) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else line[:longest] + "…"
