"""How well wordings are verified: the verdict, the place, the differences named.

wordings.jsonl, verdicts.jsonl (as `planqa verify --batch` writes them) -> Report
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from eval.lines import read_lines
from eval.measures import line_span, normal
from eval.plots import bars
from eval.questions import LineRange
from eval.report import Failure, Report, Row, Table, aggregate
from rag.types import Document

Name = Literal["exact", "normalised", "altered", "absent", "too_short"]
NAMES: tuple[Name, ...] = ("exact", "normalised", "altered", "absent", "too_short")
_PASSING = ("exact", "normalised")


class Change(BaseModel):
    """What the plan says, and what the wording has in its place; empty where one side has nothing."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)

    plan: str
    pasted: str


class Wording(BaseModel):
    """A wording, and what is true of it."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)

    id: str
    text: str
    lang: str = "zh"
    kind: str = ""
    verdict: Name
    gold: tuple[LineRange, ...] = ()
    changes: tuple[Change, ...] = ()


class _Place(BaseModel):
    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True, extra="ignore")

    document_id: str
    start: int
    end: int
    quote: str = ""


class Verdict(BaseModel):
    """What was said of a wording; the contract's object."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True, extra="ignore")

    id: str
    verdict: Name
    match: _Place | None = None
    changes: tuple[Change, ...] = ()
    normalised: tuple[str, ...] = ()


def read_wordings(path: Path, *, skip_malformed: bool = False) -> list[Wording]:
    """The wordings of a file.

    :raises InputError: naming file and line of what cannot be used.
    """
    return read_lines(path, Wording, lambda wording: wording.id, skip_malformed=skip_malformed)


def read_verdicts(path: Path, *, skip_malformed: bool = False) -> dict[str, Verdict]:
    """Verdicts by the wording's id.

    :raises InputError: naming file and line of what cannot be used.
    """
    return {
        verdict.id: verdict
        for verdict in read_lines(path, Verdict, lambda verdict: verdict.id, skip_malformed=skip_malformed)
    }


def report(
    name: str,
    wordings: Sequence[Wording],
    verdicts: Mapping[str, Verdict],
    document: Callable[[str], Document],
    *,
    plan: str,
    index: Mapping[str, Any],
) -> Report:
    """Score the verdicts; a wording without one counts as wrong in everything."""
    source = document(plan).source
    rows = [_row(wording, verdicts.get(wording.id), source, plan) for wording in wordings]
    groups = aggregate(rows)
    return Report(
        evaluation="verify",
        dataset=name,
        index=index,
        settings={},
        rows=rows,
        tables=(_confusion(wordings, verdicts),),
        plots=(
            bars(
                "Right verdict by kind of wording",
                {group: means["right"] for group, means in groups.items()},
                {group: means["right_interval"] for group, means in groups.items()},
            ),
        ),
        failures=tuple(
            _failure(wording, verdicts.get(wording.id), source)
            for wording, row in zip(wordings, rows, strict=True)
            if row.scores["right"] < 1
        ),
    )


def score(wording: Wording, verdict: Verdict | None, source: str, plan: str) -> dict[str, float]:
    """Every measure that applies: `right`; `passed_though_not`, the one that must be 0; `place`; `changes_named`."""
    scores = {"right": float(verdict is not None and verdict.verdict == wording.verdict)}
    if wording.verdict not in _PASSING:
        scores["passed_though_not"] = float(verdict is not None and verdict.verdict in _PASSING)
    if wording.gold:
        scores["place"] = float(verdict is not None and _at(verdict.match, wording, source, plan))
    if wording.changes:
        named = verdict.changes if verdict else ()
        scores["changes_named"] = sum(_named(change, named) for change in wording.changes) / len(wording.changes)
    return scores


def _at(match: _Place | None, wording: Wording, source: str, plan: str) -> bool:
    if match is None or match.document_id != plan:
        return False
    spans = (line_span(source, lines) for lines in wording.gold)
    return any(match.start < stop and begin < match.end for begin, stop in spans)


def _named(change: Change, given: Sequence[Change]) -> bool:
    """A change is named if one given holds both its sides; they may be cut a little wider."""
    return any(
        normal(change.plan) in normal(other.plan) and normal(change.pasted) in normal(other.pasted) for other in given
    )


def _row(wording: Wording, verdict: Verdict | None, source: str, plan: str) -> Row:
    return Row(
        id=wording.id,
        language=wording.lang,
        kind=wording.kind,
        asked=wording.text,
        outcome=verdict.verdict if verdict else "no result",
        scores=score(wording, verdict, source, plan),
    )


def _confusion(wordings: Sequence[Wording], verdicts: Mapping[str, Verdict]) -> Table:
    counts: Counter[tuple[str, str]] = Counter()
    for wording in wordings:
        verdict = verdicts.get(wording.id)
        counts[wording.verdict, verdict.verdict if verdict else "no result"] += 1
    columns = (*NAMES, "no result")
    rows = tuple((name, *(str(counts[name, column]) for column in columns)) for name in NAMES)
    return Table("True verdict (rows) and verdict given (columns)", ("", *columns), rows)


def _failure(wording: Wording, verdict: Verdict | None, source: str) -> Failure:
    what = f"{verdict.verdict} instead of {wording.verdict}." if verdict else "There is no verdict."
    spans = ((lines, line_span(source, lines)) for lines in wording.gold)
    details = [
        (f"gold, lines {first}-{last}", " ".join(source[begin:stop].split())) for (first, last), (begin, stop) in spans
    ]
    details += [("should name", f"{change.plan} → {change.pasted}") for change in wording.changes]
    if verdict:
        details += [("named", f"{change.plan} → {change.pasted}") for change in verdict.changes]
        details += [("nearest", verdict.match.quote)] if verdict.match else []
    return Failure(wording.id, wording.text, what, tuple(details))
