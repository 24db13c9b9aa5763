"""Every measure on answers small enough to score by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from eval.measures import BY_FACTS, BY_PLACE, line_span, score, statements
from eval.questions import Question
from index.documents import parse
from index.sidecar import Sidecar
from rag.types import Answer, Citation, Document, Status

SOURCE = "建设东山小学。\n新增学位7500个\n以上。\n扩建西山医院，\n床位500张。\n"
PLAN = parse(SOURCE, Sidecar(id="p"), name="p")


def cite(quote: str, number: int = 1, /, **changes: object) -> Citation:
    start = SOURCE.index(quote[0])
    while SOURCE[start:].replace("\n", "")[: len(quote)] != quote:
        start = SOURCE.index(quote[0], start + 1)
    end, left = start, len(quote)
    while left:
        left -= SOURCE[end] != "\n"
        end += 1
    first = SOURCE.count("\n", 0, start) + 1
    values: dict[str, object] = {
        "number": number, "document_id": "p", "document_title": "p", "section": (), "paragraph_id": "p:p1",
        "paragraph_number": 1, "quote": quote, "start": start, "end": end, "line_start": first,
        "line_end": first + SOURCE[start:end].count("\n"), "sha256": "",
    }  # fmt: skip
    return Citation(**(values | changes))  # type: ignore[arg-type]


def answer(text: str, *citations: Citation, status: Status = Status.ANSWERED) -> Answer:
    return Answer("q", "?", "zh", status, text, citations)


def question(**values: object) -> Question:
    return Question.model_validate({"id": "q", "question": "?", "lang": "zh"} | values)


def documents(_: str) -> Document:
    return PLAN


Measure = Callable[[Question, Answer | None], dict[str, float]]


@pytest.fixture
def measure() -> Measure:
    return lambda asked, given: score(asked, given, documents, "p")


def test_a_complete_true_answer_has_everything(measure: Measure) -> None:
    asked = question(gold=[[2, 3]], facts=[["7500个", "7,500"]], answers=["7500个以上"])
    scores = measure(asked, answer("新增学位7500个以上 [1]", cite("新增学位7500个以上")))
    perfect = dict.fromkeys([*BY_FACTS, *BY_PLACE, "number_accuracy", "right", "cited_statements", "true_quotes",
                             "numbers_cited"], 1.0)  # fmt: skip
    assert perfect.items() <= scores.items()
    assert scores["refused_answerable"] == 0
    assert scores["length"] == len("新增学位7500个以上")
    assert scores["exact_match"] == 0
    # 7 of 11 letters are the reference's; the longest common run is those 7.
    assert scores["char_F1"] == scores["lcs_F1"] == pytest.approx(2 * 7 / (11 + 7))


@pytest.mark.parametrize("missing", [None, answer("", status=Status.NOT_STATED)])
def test_no_answer_counts_as_nothing_in_all_that_was_asked(measure: Measure, missing: Answer | None) -> None:
    scores = measure(question(gold=[[2, 3]], facts=[["7500"]], answers=["7500个"]), missing)
    assert {name: value for name, value in scores.items() if value} == ({"refused_answerable": 1.0} if missing else {})
    assert {*BY_FACTS, *BY_PLACE, "number_accuracy", "char_F1", "right"} <= set(scores)


def test_refusing_is_right_only_with_a_result(measure: Measure) -> None:
    asked = question(answerable=False)
    assert measure(asked, answer("", status=Status.OUT_OF_SCOPE))["right"] == 1
    assert measure(asked, None)["right"] == 0
    answered = measure(asked, answer("建设东山小学 [1]", cite("建设东山小学")))
    assert (answered["right"], answered["answered_unanswerable"]) == (0, 1)


def test_facts_count_with_any_width_case_and_space(measure: Measure) -> None:
    asked = question(facts=[["5G 网络"], ["ＡＢ"], ["没有"]])
    scores = measure(asked, answer("建设５g网络和ab [1]", cite("建设东山小学")))
    assert scores["fact_recall"] == pytest.approx(2 / 3)
    assert scores["all_facts"] == 0


@pytest.mark.parametrize(
    ("text", "right"), [("7500个", 1), ("7,500个", 1), ("17500个", 0), ("7500.5个", 0), ("750个", 0)]
)
def test_a_figure_counts_as_a_whole(measure: Measure, text: str, right: int) -> None:
    assert measure(question(facts=[["7500"]]), answer(text))["number_accuracy"] == right


def test_a_citation_counts_where_it_bears_the_gold_lines(measure: Measure) -> None:
    asked = question(gold=[[2, 3], [4, 5]], facts=[["7500"]])
    scores = measure(asked, answer("a [1]", cite("建设东山小学"), cite("新增学位7500个以上", 2)))
    assert (scores["citation_precision"], scores["citation_recall"], scores["citation_hit"]) == (0.5, 0.5, 1)


def test_a_citation_that_only_touches_a_gold_line_does_not_bear_it(measure: Measure) -> None:
    whole = cite("建设东山小学。新增学位7500个以上。扩建西山医院，")
    scores = measure(question(gold=[[5, 5]], facts=[["500"]]), answer("a [1]", whole))
    assert scores["citation_hit"] == 0
    scores = measure(question(gold=[[2, 2]], facts=[["500"]]), answer("a [1]", whole))
    assert scores["citation_precision"] == 1


def test_another_plans_citation_is_wrong(measure: Measure) -> None:
    scores = measure(question(gold=[[1, 1]]), answer("a [1]", cite("建设东山小学", document_id="other")))
    assert scores["citation_precision"] == scores["citation_recall"] == 0


@pytest.mark.parametrize(
    "false", [{"quote": "建设西山小学"}, {"start": 1}, {"line_start": 2}, {"line_end": 2}, {"end": 0}]
)
def test_a_false_quote_is_seen(measure: Measure, false: dict[str, object]) -> None:
    given = answer("建设东山小学 [1]", cite("建设东山小学", **false))
    assert measure(question(), given)["true_quotes"] == 0


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("- 建设东山小学 [1]\n- 床位500张 [2]", 1),
        ("The plan says:\n建设东山小学 [1]", 1),
        ("《某规划》\n规划提出：建设东山小学 [1]", 1),
        ("建设……小学 [1]", 1),
        ("建设东山小学 [2]", 0),
        ("建设东山小学", 0),
        ("建设东山小学 [1] 以及别的", 0.5),
        ("新建东山小学 [1]", 0),
    ],
)
def test_every_statement_must_be_borne_by_what_it_cites(measure: Measure, text: str, share: float) -> None:
    given = answer(text, cite("建设东山小学"), cite("床位500张", 2))
    assert measure(question(), given)["cited_statements"] == share


def test_a_number_that_no_quote_has_is_seen(measure: Measure) -> None:
    given = answer("床位500张，学位8500个 [1]", cite("床位500张"))
    assert measure(question(), given)["numbers_cited"] == 0.5


def test_statements_leave_frames_and_bullets_out() -> None:
    assert statements("The plan says:\n- 甲 [1][2]\n- 乙 [3]") == [("甲", (1, 2)), ("乙", (3,))]
    assert statements("- （责任单位：县水利局） [1]\n（规划没有说明这一点）") == [("（责任单位：县水利局）", (1,))]


@pytest.mark.parametrize(
    ("lines", "text"),
    [((1, 1), "建设东山小学。"), ((2, 3), "新增学位7500个\n以上。"), ((9, 12), ""), ((5, 99), "床位500张。")],
)
def test_lines_become_code_points(lines: tuple[int, int], text: str) -> None:
    begin, stop = line_span(SOURCE, lines)
    assert SOURCE[begin:stop] == text
