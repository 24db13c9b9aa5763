"""One evaluation's outcome, and the four files it leaves: report.json, .scores.jsonl, .md and .html."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict

from eval.lines import read_lines, read_text
from eval.plots import Plot
from eval.statistics import interval
from rag.errors import InputError

Scores = dict[str, float]


class Row(BaseModel):
    """What one question, or wording, came to."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)

    id: str
    language: str
    kind: str = ""
    asked: str
    outcome: str  # in a few words what came of it, for comparing runs
    scores: Scores


@dataclass(frozen=True, slots=True)
class Failure:
    """A question that went wrong, and what a reader needs to see why."""

    id: str
    asked: str
    what: str
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a report besides the scores: the first cell of a row is its name."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is written of a run."""

    evaluation: str  # "retrieval", "answers" or "verify"
    dataset: str
    index: Mapping[str, Any]
    settings: Mapping[str, Any]
    rows: Sequence[Row]
    latency_ms: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    tables: Sequence[Table] = ()
    plots: Sequence[Plot] = ()
    failures: Sequence[Failure] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)  # further keys of report.json

    @property
    def scores(self) -> dict[str, dict[str, Any]]:
        """Means by group: "all", each language ("zh"), each kind ("kind:list")."""
        return aggregate(self.rows)


def aggregate(rows: Iterable[Row]) -> dict[str, dict[str, Any]]:
    """Every measure's mean over the rows that it applies to, with n and a 95 % interval, by group."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups["all"].append(row)
        groups[row.language].append(row)
        if row.kind:
            groups[f"kind:{row.kind}"].append(row)
    return {name: _means(groups[name]) for name in sorted(groups, key=lambda name: (name != "all", ":" in name, name))}


def _means(rows: Sequence[Row]) -> dict[str, Any]:
    found: dict[str, Any] = {"n": len(rows)}
    for name in dict.fromkeys(name for row in rows for name in row.scores):
        values = [row.scores[name] for row in rows if name in row.scores]
        found[name] = round(sum(values) / len(values), 4)
        found[f"{name}_n"] = len(values)
        found[f"{name}_interval"] = [round(bound, 4) for bound in interval(values)]
    return found


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile, in the unit given."""
    ordered = sorted(values)
    return {
        "p50": round(ordered[len(ordered) // 2], 2),
        "p95": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 2),
    }


def write(report: Report, path: Path, *, beside: Mapping[str, str] | None = None) -> None:
    """Write the report to `path`, a .json file, and the rest beside it under the same name.

    :param beside: further files, text by suffix.
    :raises InputError: if it cannot be written.
    """
    content = {
        "evaluation": report.evaluation,
        "dataset": report.dataset,
        "index": dict(report.index),
        "settings": dict(report.settings),
        "scores": report.scores,
        "latency_ms": dict(report.latency_ms),
        **report.extra,
    }
    texts = {
        ".json": json.dumps(content, ensure_ascii=False, indent=2) + "\n",
        ".scores.jsonl": "".join(row.model_dump_json() + "\n" for row in report.rows),
        ".md": render(report, "report.md.j2"),
        ".html": render(report, "report.html.j2"),
        **(beside or {}),
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for suffix, text in texts.items():
            path.with_suffix(suffix).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"The report cannot be written to {path.parent}: {error.strerror}.") from None


def read(path: Path) -> tuple[dict[str, Any], list[Row]]:
    """A report's JSON and its rows, from its .json file or the folder that holds a report.json.

    :raises InputError: if there is none.
    """
    file = path / "report.json" if path.is_dir() else path
    try:
        content = json.loads(read_text(file))
    except json.JSONDecodeError as error:
        raise InputError(f"{file} is not a report: {error}.") from None
    if not isinstance(content, dict) or "evaluation" not in content:
        raise InputError(f"{file} is not a report of planqa eval.")
    return content, read_lines(file.with_suffix(".scores.jsonl"), Row, lambda row: row.id)


def render(report: Report, template: str) -> str:
    """The report as a page or as Markdown."""
    environment = Environment(
        loader=PackageLoader("eval"),
        autoescape=lambda name: name is not None and ".html" in name,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    groups = report.scores
    measures = [name for name in groups["all"] if _is_measure(name)] if groups else []
    number: Callable[[float], str] = lambda value: f"{value:.3f}" if value <= 1 else f"{value:.0f}"  # noqa: E731
    return environment.get_template(template).render(report=report, groups=groups, measures=measures, number=number)


def _is_measure(name: str) -> bool:
    return name != "n" and not name.endswith(("_n", "_interval"))


def summary(report: Report) -> str:
    """The means as lines of text, for the terminal."""
    lines = []
    for group, means in report.scores.items():
        shown = (f"{name} {value:.3f}" for name, value in means.items() if _is_measure(name))
        lines.append(f"{group} (n={means['n']}): " + ", ".join(shown))
    return "\n".join(lines)
