"""How good the answers to known questions are: facts, citations, figures, refusals.

questions -> answers (asked here, or of a file) -> scores a question -> Report
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter
from tqdm import tqdm

from eval.lines import read_lines
from eval.measures import line_span, missing_facts, score
from eval.plots import Plot, bars, curve, histogram
from eval.questions import Question
from eval.report import Failure, Report, Row, aggregate, percentiles
from eval.statistics import RiskCoverage, risk_coverage
from rag.errors import InputError, PlanQAError
from rag.types import Answer, Citation, Document, Status

Ask = Callable[[str, str | None], Answer]
Answers = Mapping[str, Answer | str]  # question id -> answer, or the error there was instead


class _AnswerLine(BaseModel):
    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True, extra="allow")

    id: str


def ask_all(questions: Sequence[Question], ask: Ask, plan: str | None) -> tuple[Answers, list[float]]:
    """Every question's answer, and the milliseconds of each; a question that fails does not stop the others."""
    answers: dict[str, Answer | str] = {}
    milliseconds = []
    for question in tqdm(questions, desc="asking", unit="question", leave=False, disable=None):
        begun = time.perf_counter()
        try:
            answers[question.id] = replace(ask(question.question, question.plan or plan), id=question.id)
        except PlanQAError as error:
            answers[question.id] = str(error)
        milliseconds.append(1000 * (time.perf_counter() - begun))
    return answers, milliseconds


def read_answers(path: Path, *, skip_malformed: bool = False) -> Answers:
    """Answers as `planqa ask --batch` writes them.

    :raises InputError: naming file and line of what is no answer.
    """
    lines = read_lines(path, _AnswerLine, lambda line: line.id, skip_malformed=skip_malformed)
    adapter = TypeAdapter(Answer)
    try:
        return {line.id: adapter.validate_python(line.model_dump()) for line in lines}
    except ValueError as error:
        raise InputError(f"{path} holds a line that is no answer of PlanQA: {error}") from None


def report(
    name: str,
    questions: Sequence[Question],
    answers: Answers,
    document: Callable[[str], Document],
    *,
    plan: str | None,
    index: Mapping[str, Any],
    settings: Mapping[str, Any],
    milliseconds: Sequence[float] = (),
) -> Report:
    """Score the answers; a question without one counts as wrong in everything.

    :param plan: the plan whose lines the gold places are, where a question names none.
    """
    given = {identifier: answer for identifier, answer in answers.items() if isinstance(answer, Answer)}
    rows = [_row(question, answers.get(question.id), document, plan) for question in questions]
    answered = [
        (given[row.id].confidence, row.scores["right"] == 1.0)
        for row in rows
        if row.id in given and given[row.id].status is Status.ANSWERED
    ]
    found = risk_coverage([pair[0] for pair in answered], [pair[1] for pair in answered], len(rows))
    return Report(
        evaluation="answers",
        dataset=name,
        index=index,
        settings=settings,
        rows=rows,
        latency_ms={"total": percentiles(milliseconds)} if milliseconds else {},
        plots=_plots(rows, found, milliseconds),
        failures=_failures(questions, answers, rows, document, plan),
        extra={
            "risk_coverage": {"area": round(found.area, 4), "coverage": found.coverage, "risk": found.risk},
            "median_length": _median([row.scores["length"] for row in rows if "length" in row.scores]),
            "missing": [question.id for question in questions if question.id not in given],
        },
    )


def answer_lines(answers: Answers) -> str:
    """The answers as JSON lines; an error stands as {"id", "error"}."""
    any_value = TypeAdapter(dict[str, Any])
    lines = (
        any_value.dump_json(asdict(answer) if isinstance(answer, Answer) else {"id": identifier, "error": answer})
        for identifier, answer in answers.items()
    )
    return "".join(line.decode("utf-8") + "\n" for line in lines)


def _row(question: Question, answer: Answer | str | None, document: Callable[[str], Document], plan: str | None) -> Row:
    given = answer if isinstance(answer, Answer) else None
    return Row(
        id=question.id,
        language=question.language,
        kind=question.kind,
        asked=question.question,
        outcome=f"{given.status}: {given.text}" if given else "no result",
        scores=score(question, given, document, plan),
    )


def _plots(rows: Sequence[Row], found: RiskCoverage, milliseconds: Sequence[float]) -> tuple[Plot, ...]:
    groups = aggregate(rows)
    languages = [name for name in groups if not name.startswith("kind:")]
    kinds = [name for name in groups if name.startswith("kind:")]

    def right(title: str, names: Iterable[str]) -> Plot:
        chosen = list(names)
        return bars(
            title,
            {name.removeprefix("kind:"): groups[name]["right"] for name in chosen},
            {name.removeprefix("kind:"): groups[name]["right_interval"] for name in chosen},
        )

    plots = [right("Right by language", languages)]
    if kinds:
        plots.append(right("Right by kind of question", kinds))
    plots.append(curve("Risk over coverage", found))
    if milliseconds:
        plots.append(histogram("Time a question", milliseconds))
    return tuple(plots)


def _failures(
    questions: Sequence[Question],
    answers: Answers,
    rows: Sequence[Row],
    document: Callable[[str], Document],
    plan: str | None,
) -> tuple[Failure, ...]:
    """The questions that are not right, those that answer what cannot be answered first, then the least right."""
    wrong = [(question, row) for question, row in zip(questions, rows, strict=True) if row.scores["right"] < 1]
    wrong.sort(key=lambda item: (item[0].answerable, item[1].scores.get("fact_recall", 0.0)))
    return tuple(_failure(question, answers.get(question.id), document, plan) for question, _ in wrong)


def _failure(
    question: Question, answer: Answer | str | None, document: Callable[[str], Document], plan: str | None
) -> Failure:
    details: list[tuple[str, str]] = []
    if not isinstance(answer, Answer):
        what = answer or "There is no result for this question."
    else:
        missing = missing_facts(question, answer.text)
        if not question.answerable:
            what = "Answered, although the plan does not say."
        elif answer.status is not Status.ANSWERED:
            what = f"Refused ({answer.status}), although the plan says."
        else:
            what = f"{len(missing)} of {len(question.facts)} facts are missing." if missing else "Cites another place."
        details.append(("answer", answer.text))
        details += [(f"[{citation.number}]", _place(citation)) for citation in answer.citations]
        details += [("near", _place(citation)) for citation in answer.related]
        details += [("missing", " | ".join(fact)) for fact in missing]
    source = question.plan or plan
    if source is not None and question.answerable:
        details += _gold(question, document, source)
    return Failure(question.id, question.question, what, tuple(details))


def _gold(question: Question, document: Callable[[str], Document], plan: str) -> list[tuple[str, str]]:
    try:
        source = document(plan).source
    except PlanQAError:
        return [("gold", f"the document {plan} is missing")]
    by_lines = [(f"gold, lines {first}-{last}", line_span(source, (first, last))) for first, last in question.gold]
    by_place = [("gold", span) for span in question.spans]
    return [(label, " ".join(source[begin:stop].split())) for label, (begin, stop) in by_lines + by_place]


def _place(citation: Citation) -> str:
    return f"{citation.paragraph_id}, lines {citation.line_start}-{citation.line_end}: {citation.quote}"


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else 0.0
