"""The questions and wordings on the shipped plan are what their README says, and contradict the plan nowhere."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import eval
from app.wiring import Services, make_builder, open_services
from eval.answers import ask_all, report
from eval.floors import undercut
from eval.measures import line_span, normal
from eval.questions import read_questions
from eval.wordings import read_wordings
from rag.types import Document

FOLDER = Path(eval.__file__).parent
DATASET = FOLDER / "datasets" / "luojiang-2021"
QUESTIONS = read_questions(DATASET / "questions.jsonl")
WORDINGS = read_wordings(DATASET / "wordings.jsonl")


def gold_text(document: Document, lines: tuple[tuple[int, int], ...]) -> str:
    return normal("".join(document.source[slice(*line_span(document.source, item))] for item in lines))


def test_every_fact_stands_in_its_gold_lines(luojiang: Document) -> None:
    wrong = [
        (question.id, fact)
        for question in QUESTIONS
        for fact in question.facts
        if not any(normal(spelling) in gold_text(luojiang, question.gold) for spelling in fact)
    ]
    assert wrong == []


def test_every_figure_of_the_plan_is_asked_for(luojiang: Document) -> None:
    known = normal(" ".join(spelling for question in QUESTIONS for fact in question.facts for spelling in fact))
    figures = set(re.findall(r"\d+(?:\.\d+)?(?=亿|%|家|个|张|万人|平方)", normal(luojiang.source)))
    assert len(figures) > 10
    assert [figure for figure in figures if figure not in known] == []


def test_every_paragraph_is_asked_for(luojiang: Document) -> None:
    asked = [line_span(luojiang.source, lines) for question in QUESTIONS for lines in question.gold]
    left = [
        paragraph.text
        for paragraph in luojiang.paragraphs
        if paragraph.role.value in ("body", "introduction")
        and not any(begin < paragraph.end and paragraph.start < stop for begin, stop in asked)
    ]
    assert left == []


def test_the_mix_is_as_asked_for() -> None:
    languages = Counter(question.language for question in QUESTIONS)
    assert len(QUESTIONS) >= 200
    assert languages["en"] >= 60
    assert len(languages) >= 12
    assert sum(not question.answerable for question in QUESTIONS) >= 50
    splits = Counter(question.split for question in QUESTIONS)
    assert min(splits.values()) > 0.4 * len(QUESTIONS)


def test_wordings_are_true_of_the_plan(luojiang: Document) -> None:
    plan = re.sub(r"\s", "", luojiang.source)
    assert len(WORDINGS) >= 100
    for wording in WORDINGS:
        text = re.sub(r"\s", "", wording.text)
        if wording.verdict == "exact":
            assert text in plan, wording
        elif wording.verdict != "too_short":
            assert text not in plan, wording
        gold = gold_text(luojiang, wording.gold)
        assert all(normal(change.plan) in gold for change in wording.changes), wording


def test_answers_do_not_fall_below_the_floors(services: Services) -> None:
    """The dev half of the questions, asked as a user would ask them."""
    dev = [question for question in QUESTIONS if question.split == "dev"]
    answers, _ = ask_all(dev, services.assistant.ask, "luojiang-2021")
    made = report("dev", dev, answers, services.library.document, plan="luojiang-2021", index={}, settings={})
    assert undercut(made.scores, FOLDER / "floors.toml", "dev") == []


def test_answers_on_other_kinds_of_plans_do_not_fall_below_theirs(services: Services, tmp_path: Path) -> None:
    folder = FOLDER / "datasets" / "other-plans"
    held_out = read_questions(folder / "held-out.jsonl")
    names = {question.plan for question in held_out}
    settings = services.settings.model_copy(update={"index": tmp_path})
    make_builder(settings).build([plan for plan in sorted((folder / "plans").iterdir()) if plan.stem in names])
    other = open_services(settings)
    answers, _ = ask_all(held_out, other.assistant.ask, None)
    made = report("other", held_out, answers, other.library.document, plan=None, index={}, settings={})
    assert undercut(made.scores, FOLDER / "floors.toml", "other") == []
