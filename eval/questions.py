"""Questions whose right answers are known: a file of them on one plan, or a folder that brings its documents.

questions.jsonl -> [Question]        documents.jsonl + questions.jsonl -> {id: text}, [Question]
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from eval.lines import read_lines
from rag.language import detect_language

Split = Literal["dev", "test"]


def _ordered(lines: tuple[int, int]) -> tuple[int, int]:
    if not 1 <= lines[0] <= lines[1]:
        raise ValueError("a line range is [first, last], counted from 1")
    return lines


LineRange = Annotated[tuple[int, int], AfterValidator(_ordered)]


class Question(BaseModel):
    """A question, and what a right answer to it holds and cites; unknown keys are let be."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True, extra="ignore")

    id: str = Field(min_length=1)
    question: str
    lang: str = ""
    kind: str = ""
    answerable: bool = True
    plan: str | None = None  # the plan it is put to; none: the one that is asked
    gold: tuple[LineRange, ...] = ()  # 1-based lines of the source
    spans: tuple[tuple[int, int], ...] = ()  # the same as code points of the source, where a set has those
    facts: tuple[tuple[str, ...], ...] = ()  # each fact in all its accepted spellings
    quotes: tuple[str, ...] = ()  # the plan's words that a short answer would quote, white space aside
    answers: tuple[str, ...] = ()  # whole answers to compare with, where a set has them

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.answerable and (self.gold or self.facts or self.spans or self.answers):
            raise ValueError("an unanswerable question has neither gold nor facts")
        if any(not fact or not all(spelling.strip() for spelling in fact) for fact in self.facts):
            raise ValueError("a fact is a list of at least one spelling")
        return self

    @property
    def language(self) -> str:
        """As the file says, or as the question reads."""
        return self.lang or detect_language(self.question)

    @property
    def split(self) -> Split:
        """Half of a set to tune on and half to judge by; ids alike up to the first hyphen stay together."""
        stem = self.id.split("-")[0]
        return "test" if sha256(stem.encode("utf-8")).digest()[0] % 2 else "dev"


class _Document(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    docid: str
    text: str


class _SpanQuestion(BaseModel):
    """A line of a set whose answers are slices of a document, as SQuAD-like sets have them."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str
    docid: str
    question: str
    answer: str
    start: int = Field(ge=-1)  # -1: the answer is no slice of the document
    end: int


def read_questions(path: Path, *, skip_malformed: bool = False) -> list[Question]:
    """The questions of a file.

    :raises InputError: naming file and line of what cannot be used.
    """
    return read_lines(path, Question, lambda question: question.id, skip_malformed=skip_malformed)


def read_folder(folder: Path, *, skip_malformed: bool = False) -> tuple[dict[str, str], list[Question]]:
    """Texts by document id, and the questions on them with the answers' places as code points.

    A question whose document is missing is kept: it gets no result and counts as wrong.

    :raises InputError: naming file and line of what cannot be used.
    """

    def lines(name: str, kind: Any, key: Any) -> list[Any]:  # noqa: ANN401
        return read_lines(folder / name, kind, key, skip_malformed=skip_malformed)

    documents = {line.docid: line.text for line in lines("documents.jsonl", _Document, lambda line: line.docid)}
    questions = [
        Question(
            id=line.id,
            question=line.question,
            plan=line.docid,
            spans=((line.start, line.end),) if line.start >= 0 else (),
            answers=(line.answer,),
        )
        for line in lines("questions.jsonl", _SpanQuestion, lambda line: line.id)
    ]
    return documents, questions
