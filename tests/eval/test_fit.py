"""Fitting the judge: what answers is labelled by what a right answer quotes, and the fit finds what tells it apart."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.ensemble import HistGradientBoostingClassifier
from transformers import BertConfig, BertModel

from app.wiring import Services
from eval.examples import Example, examples
from eval.fit import describe, fit, write
from eval.grow import TREES, trees
from eval.questions import Question
from eval.turn import Pairing, adapted, turning
from rag.errors import InputError
from rag.judge import Weights
from rag.ports import Adapter, Vectors
from rag.question_signals import QUESTION, TURNED
from rag.signals import CLAUSE
from rag.trees import Trees
from rag.turning import Turning
from rag.weights.export import AdaptedLayers

PLAN = "luojiang-2021"


@pytest.fixture(scope="module")
def real(services: Services) -> Example:
    question = Question(
        id="a", question="新增多少基础教育学位？", plan=PLAN, quotes=("力争新增基础教育学位7500个以上",)
    )
    (example,) = examples([question], services.assistant, services.library.document)
    return example


@pytest.fixture(scope="module")
def layers() -> AdaptedLayers:
    """The upper of two small layers with random weights."""
    torch.manual_seed(0)
    sizes = {"num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64, "vocab_size": 8}
    config = BertConfig(hidden_size=384, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, **sizes)
    return AdaptedLayers(BertModel(config, add_pooling_layer=False).eval())


def test_a_quoted_clause_is_one_that_answers_and_the_judge_is_put_back(services: Services, real: Example) -> None:
    assert real.answerable
    assert 0 < real.labels.sum() < len(real.labels) / 2
    assert services.assistant.ask("新增多少基础教育学位？", PLAN).citations[0].quote.endswith("7500个以上")


def test_without_quotes_the_place_and_the_facts_say_which_clause_answers(services: Services, real: Example) -> None:
    question = Question(id="b", question="新增多少基础教育学位？", plan=PLAN, gold=((122, 123),), facts=(("7500",),))
    (example,) = examples([question], services.assistant, services.library.document)
    assert (example.labels == real.labels).all()
    nowhere = question.model_copy(update={"answerable": False, "gold": (), "facts": ()})
    (example,) = examples([nowhere], services.assistant, services.library.document)
    assert not example.labels.any()


def test_the_fit_finds_the_signal_that_tells_apart_and_is_read_back(
    real: Example, layers: AdaptedLayers, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    at = CLAUSE.index("cosine")
    made = []
    for number in range(240):
        signals, vectors = rng.normal(size=(8, len(CLAUSE))), rng.normal(size=(8, real.mean.size)).astype(np.float32)
        answerable = number % 3 > 0
        labels = np.zeros(8, dtype=bool)
        if answerable:
            labels[number % 8] = True
        signals[:, at] = 3 * labels + 0.1 * signals[:, at]
        plan = f"p{number % 5}"
        made.append(replace(real, plan=plan, answerable=answerable, signals=signals, labels=labels, vectors=vectors))
    fitted = fit(made, layers)
    assert fitted.first_answers > 0.9
    assert fitted.told_apart > 0.9
    write(fitted, "planqa eval fit", tmp_path / "judge.toml")
    table = tomllib.loads((tmp_path / "judge.toml").read_text(encoding="utf-8"))
    assert Weights.read(table["question"], QUESTION).intercept == pytest.approx(fitted.question.intercept, abs=1e-4)
    arrays = np.load(tmp_path / "judge.npz", allow_pickle=False)
    trees = Trees.read(arrays, (*CLAUSE, *TURNED))
    rows = np.column_stack([made[1].signals, np.zeros((8, len(TURNED)))])
    assert (trees.probabilities(rows) == fitted.clause.probabilities(rows)).all()
    assert trees.probabilities(rows).argmax() == made[1].labels.argmax()
    read, own = (turn.of_adapted(real.mean) for turn in (Turning.read(arrays), fitted.turning))
    assert read.vectors == pytest.approx(own.vectors, abs=1e-2)
    assert "answerable refused / unanswerable answered" in describe(fitted)


def test_what_is_labelled_by_a_place_alone_teaches_the_trees_and_counts_in_no_figure(
    services: Services, real: Example, layers: AdaptedLayers
) -> None:
    question = Question(id="c", question="新增多少基础教育学位？", plan=PLAN, spans=((0, 3000),))
    (loose,) = examples([question], services.assistant, services.library.document)
    assert loose.loose
    assert not real.loose
    with pytest.raises(InputError, match="None of the questions has `quotes` or `facts`"):
        fit([loose, replace(loose, plan="other")], layers)


def test_a_place_that_cannot_be_written_is_named_in_one_sentence(
    real: Example, layers: AdaptedLayers, tmp_path: Path
) -> None:
    made = [replace(real, plan=f"p{n}", answerable=n % 2 == 0, labels=real.labels & (n % 2 == 0)) for n in range(20)]
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"The judge cannot be written to .*file"):
        write(fit(made, layers), "planqa eval fit", tmp_path / "file" / "judge.toml")


def test_no_question_is_no_example(services: Services) -> None:
    vars(services.assistant).pop("judge", None)
    assert examples([], services.assistant, services.library.document) == []


def test_one_plan_is_too_few_to_leave_one_out(real: Example, layers: AdaptedLayers) -> None:
    with pytest.raises(InputError, match="of 1 body, 2 or more"):
        fit([real, real], layers)


def test_trees_read_as_arrays_say_what_scikit_learn_says() -> None:
    rng = np.random.default_rng(0)
    signals = rng.normal(size=(900, len(CLAUSE) + len(TURNED)))
    labels = signals[:, 3] * signals[:, 5] > 0.2
    model = HistGradientBoostingClassifier(**TREES).fit(signals, labels)
    assert trees([signals], [labels]).probabilities(signals) == pytest.approx(model.predict_proba(signals)[:, 1])


def test_a_turning_brings_answers_before_what_is_most_alike_and_nothing_before_what_does_not_answer(
    layers: AdaptedLayers,
) -> None:
    rng = np.random.default_rng(0)
    answering = rng.normal(size=384) / 384**0.5  # an answer is about what is asked, and more
    pairings = []
    for number in range(640):
        halfway = rng.normal(size=(3, 384)).astype(np.float32)
        pairings.append(Pairing(halfway, np.zeros(384, np.float32), np.zeros((1, 384), np.float32), np.ones(1, bool)))
        question = plain_vector(layers, pairings[-1])
        others = question + 0.15 * rng.normal(size=(4, 384))
        clauses = np.vstack([others, 0.2 * question + answering if number % 2 else others[:1]])
        clauses /= np.linalg.norm(clauses, axis=1, keepdims=True)
        answers = (np.arange(5) == 4) & bool(number % 2)
        pairings[-1] = replace(pairings[-1], clauses=clauses.astype(np.float32), answers=answers)
    turn = turning(pairings[:600], layers)
    first, above = [], []
    for pairing, vector in zip(pairings[600:], adapted(turn, pairings[600:], layers), strict=True):
        turned = turn.of_adapted(vector)
        sums = (pairing.clauses @ turned.vectors.T).sum(axis=1)
        first.append(sums.argmax() == 4)
        above.append(sums.max() - turned.nothing)
    assert np.mean(first[1::2]) > 0.9
    assert np.mean([answered > left_open for answered in above[1::2] for left_open in above[::2]]) > 0.95


def plain_vector(layers: AdaptedLayers, pairing: Pairing) -> Vectors:
    """What the layers make of a question without an adapter."""
    none = Adapter(np.zeros((1, 384, 2), np.float32), np.zeros((1, 2, 384), np.float32))
    blank = np.zeros((384, 384), np.float32)
    return adapted(Turning(none, blank, blank[0], blank[0], 0.0), [pairing], layers)[0]
