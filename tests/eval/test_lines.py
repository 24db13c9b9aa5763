"""Files of questions: what is faulty is named by file and line, and the flag decides what becomes of the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.collection import read_collection
from eval.questions import Question, read_folder, read_questions
from rag.errors import InputError

GOOD = '{"id": "a-1", "question": "学位？", "gold": [[1, 2]], "facts": [["7500"]]}'


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "expected an object"),
        ('{"id": "b"}', '"question" is missing'),
        ('{"id": "b", "question": 3, "gold": [[9, 4]]}', "line range"),
        ('{"id": "b", "question": "?", "facts": [[]]}', "spelling"),
        ('{"id": "b", "question": "?", "answerable": false, "facts": [["x"]]}', "unanswerable"),
        ('{"id": "a-1", "question": "?"}', "already on line 1"),
    ],
)
def test_a_faulty_line_is_named_and_the_flag_decides(tmp_path: Path, line: str, reason: str) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(f"{GOOD}\n\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match=reason) as raised:
        read_questions(file)
    assert f"{file}:3: " in str(raised.value)
    assert [question.id for question in read_questions(file, skip_malformed=True)] == ["a-1"]


def test_all_faults_are_told_at_once_but_not_a_hundred(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text("{\n" * 100, encoding="utf-8")
    with pytest.raises(InputError, match="and 95 more") as raised:
        read_questions(file)
    assert str(raised.value).count("\n") == 6
    with pytest.raises(InputError, match="no usable line"):
        read_questions(file, skip_malformed=True)


def test_the_split_keeps_ids_of_one_stem_together_and_halves_the_rest() -> None:
    def split(identifier: str) -> str:
        return Question(id=identifier, question="?").split

    assert {split(f"l120-{language}") for language in ("zh", "en", "zh-2")} == {split("l120")}
    share = sum(split(f"l{number}") == "dev" for number in range(1000))
    assert 400 < share < 600


def test_a_folder_brings_its_documents(tmp_path: Path) -> None:
    (tmp_path / "documents.jsonl").write_text('{"docid": "d", "text": "建设小学。"}\n', encoding="utf-8")
    (tmp_path / "questions.jsonl").write_text(
        '{"id": 5, "docid": "d", "question": "建设什么？", "answer": "小学", "start": 2, "end": 4}\n', encoding="utf-8"
    )
    texts, (question,) = read_folder(tmp_path)
    assert texts == {"d": "建设小学。"}
    assert (question.id, question.plan, question.spans, question.answers) == ("5", "d", ((2, 4),), ("小学",))
    assert question.language == "zh"


def test_a_collection_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"neither qrels\.tsv"):
        read_collection(tmp_path)
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\td\tyes\n", encoding="utf-8")
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d", "text": "x"}\n', encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "x"}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"qrels\.tsv:2: expected"):
        read_collection(tmp_path)
