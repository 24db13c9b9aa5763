"""The whole way of a question, in one place.

message -> Meant -> questions and their halves, each with its Scope -> Query -> hits -> evidence -> Composed -> Answer
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property
from hashlib import sha256
from typing import Protocol

import numpy as np

from rag.answer import Composed, brief, compose, merged, narrowed
from rag.conversation import Meant, standalone
from rag.demands import demands
from rag.dictionary import WHOLE_GLOSS, Dictionary
from rag.errors import QuestionError
from rag.evidence import weigh
from rag.fits import Wanted
from rag.judge import Judge, Judges
from rag.language import detect_language
from rag.mentions import named_alone
from rag.names import bound_names, names, unknown_names
from rag.overview import is_of_the_whole, told_of_itself
from rag.parts import halves, questions_in, with_subjects
from rag.phrases import phrase
from rag.ports import Encoder, PassageIndex, Vectors
from rag.query import Query
from rag.question import Asked, asks_all, asks_for
from rag.retrieve import HybridRetriever
from rag.scope import PlanNames, Scope, elsewhere, own_names, resolve
from rag.sections import of_section, section_meant
from rag.smalltalk import OPINION, small_talk
from rag.summary import summarise
from rag.telling import Teller
from rag.text import is_han, is_text
from rag.thresholds import Thresholds
from rag.tokenizer import Tokenizer
from rag.types import Answer, Document, DocumentInfo, Found, Status
from rag.understood import Part, Understood
from rag.vernacular import as_written, standard

LONGEST_HISTORY = 20  # questions that are remembered
HITS = 8  # passages whose clauses are weighed
SCANNED = 400  # passages up to which a plan is read from end to end for a list


class Plans(PassageIndex, Protocol):
    """An index that also gives the plans themselves."""

    def documents(self) -> tuple[DocumentInfo, ...]:
        """What is known of every plan; the same object until one comes or goes."""

    def document(self, document_id: str) -> Document:
        """A plan, whole."""


class Assistant:
    """Answers questions on the plans of one index."""

    def __init__(
        self,
        encoder: Encoder,
        tokenizer: Tokenizer,
        dictionary: Dictionary,
        plans: Plans,
        longest_question: int,
        thresholds: Thresholds = Thresholds(),  # noqa: B008  # it is frozen
    ) -> None:
        self._encoder = encoder
        self._tokenizer = tokenizer
        self._dictionary = dictionary
        self._plans = plans
        self._retriever = HybridRetriever(encoder, tokenizer, dictionary, plans)
        self._longest = longest_question
        self.thresholds = thresholds
        self._last_names = PlanNames.of(())

    @cached_property
    def judge(self) -> Judges:
        """What tells clauses that answer from mentions: the shipped one, unless another is set."""
        return Judge.shipped()

    def search(self, query: str, k: int, plan: str | None = None, section: str | None = None) -> Found:
        """The `k` passages, of a plan or of sections whose heading holds a text, that bear most on a query, best first.

        A query that names one of several plans is limited to it by itself, as a question is.

        :raises QuestionError: if the query is too long, or holds half a character.
        :raises NotFoundError: if there is no such plan or section.
        """
        self._check(query, plan, section)
        self._plans.within(plan, section)
        if not re.search(r"\w", query):
            return Found(())
        scope = resolve(query, plan, self._names())
        hits = self._retriever.search(scope.question, k, self._plans.within(scope.plan, section))
        return Found(tuple(hits), scope.chosen)

    def ask(
        self, question: str, plan: str | None = None, history: Sequence[str] = (), section: str | None = None
    ) -> Answer:
        """Answer a question in the plan's own words, or say why there is no answer.

        :param history: the questions before it in a conversation, the first one first.
        :param section: a text in the heading of the sections to look in.
        :raises QuestionError: if the question is too long, or it or what comes with it holds half a character.
        :raises NotFoundError: if there is no such plan or section.
        """
        (answer,) = self.answer([self.understand(question, plan, history, section)])
        return answer

    def understand(
        self, question: str, plan: str | None = None, history: Sequence[str] = (), section: str | None = None
    ) -> Understood:
        """The first half of `ask`, which takes and raises the same; what went before is answered where it must be."""
        begun = time.perf_counter()
        self._check(question, plan, section, *history)
        self._plans.within(plan, section)

        @cache
        def recall(before: Meant) -> Answer:
            return self.answer([self._understood(before.question, before, plan, section, time.perf_counter())])[0]

        before = history[-LONGEST_HISTORY:]
        short = [standard(text) for text in before if len(text) <= self._longest]  # a longer one was not answered
        meant = standalone(standard(question), short, self._tokenizer, self._encoder.encode_queries, recall)
        if len(meant.question) > self._longest:
            meant = Meant(standard(question))
        understood = self._understood(question, meant, plan, section, begun)
        return replace(understood, id=sha256("\n".join([plan or "", *history, question]).encode()).hexdigest()[:16])

    def _understood(
        self, question: str, meant: Meant, plan: str | None, section: str | None, begun: float
    ) -> Understood:
        names = self._names()
        parts = questions_in(meant.question)
        return Understood(
            id="",
            question=question,
            language=meant.language or detect_language(question),
            meant=meant,
            parts=tuple(
                Part(part, tuple((half, resolve(half, plan, names)) for half in halves(whole)))
                for part, whole in zip(parts, with_subjects(parts), strict=True)
            ),
            infos=names.infos,
            section=section,
            seconds=time.perf_counter() - begun,
        )

    def answer(self, questions: Sequence[Understood]) -> list[Answer]:
        """The second half of `ask`, for any number of questions; several are encoded together, which takes less time.

        :raises NotFoundError: if a plan or section has gone meanwhile.
        """
        asked = [half for question in questions for part in question.parts for half in part.halves]
        texts = list(dict.fromkeys(scope.question for _, scope in asked))
        vectors: dict[str, Vectors] = {}
        if len(texts) > 1:
            vectors = dict(zip(texts, self._encoder.encode_queries(texts), strict=True))
        return [self._answer(question, vectors) for question in questions]

    def _names(self) -> PlanNames:
        """Of the plans there are now; those of the last question where no plan has come or gone since."""
        infos = self._plans.documents()
        if infos is not self._last_names.infos:
            self._last_names = PlanNames.of(infos)
        return self._last_names

    def _answer(self, asked: Understood, vectors: Mapping[str, Vectors]) -> Answer:
        begun = time.perf_counter()
        searching = asked.seconds
        whole: list[tuple[str, Composed]] = []
        for part in asked.parts:
            halves = []
            for half, scope in part.halves:
                composed, seconds = self._compose(half, scope, asked, vectors, half=len(part.halves) > 1)
                halves.append((half, composed))
                searching += seconds
            doubted = asked.meant.doubt if len(asked.parts) == 1 else ""
            whole.append((doubted or part.question, merged(halves)))
        told = Teller(len(asked.infos) > 1, self._dictionary.is_common).tell(whole)
        total = asked.seconds + time.perf_counter() - begun
        return Answer(
            id=asked.id,
            question=asked.question,
            language=asked.language,
            status=told.status,
            text=told.text if told.citations else as_written(told.text, asked.question),
            citations=told.citations,
            related=told.related,
            completeness=whole[0][1].completeness if len(whole) == 1 else None,
            resolved=asked.resolved,
            scope=asked.parts[0].halves[0][1].chosen,
            confidence=round(_confidence([composed for _, composed in whole]), 4),
            timings_ms={
                "retrieve": round(1000 * searching, 1),
                "answer": round(1000 * (total - searching), 1),
                "total": round(1000 * total, 1),
            },
        )

    def _compose(
        self, question: str, scope: Scope, asked_in: Understood, vectors: Mapping[str, Vectors], *, half: bool
    ) -> tuple[Composed, float]:
        """The answer's substance, and the seconds that were spent searching.

        :param vectors: of questions (dim,), those that are known already.
        """
        infos, section, language = asked_in.infos, asked_in.section, asked_in.language
        if said := small_talk(question):
            status = Status.OUT_OF_SCOPE if said == OPINION else Status.GREETING
            return Composed(status, language, said=phrase(said, language)), 0.0
        only = scope.plan or (infos[0].id if len(infos) == 1 else None)
        in_english = only is not None and self._plans.document(only).info.language == "en"
        of_part = of_section(question, self._plans.document(only)) if section is None and only else None
        in_part = of_part.section if of_part else None
        in_question = of_part.question if of_part and in_part else scope.question
        query = self._retriever.query(in_question, in_english=in_english)
        query = replace(query, reader=asked_in.meant.language)
        asked = asks_for(query.text) - ({Asked.BRIEF} if of_part else set())
        narrower = asked_in.meant.among
        among = self._retriever.query(narrower, in_english=in_english) if narrower else None
        if section is None and only:
            document = self._plans.document(only)
            query = _without_place(query, document.info)
            named = names(query, self._dictionary, lambda _: True)
            if not of_part and (told := told_of_itself(question, asked, query, named, document)):
                return narrowed(brief(query.told_in, document, told.spans, complete=told.complete), among), 0.0
        elif section is None and infos and is_of_the_whole(question, asked):
            return Composed(Status.UNCLEAR, language, said=phrase("which_plan", language)), 0.0
        if not query.terms:
            return Composed(Status.UNCLEAR, language, said=phrase("unclear", language)), 0.0
        begun = time.perf_counter()
        known_vector = vectors.get(query.text)
        vector = self._encoder.encode_queries([query.text])[0] if known_vector is None else known_vector
        within = self._plans.within(only, in_part.headings[-1] if in_part else section)
        whole = (Asked.LIST in asked or asks_all(query.text)) and within is not None and len(within) <= SCANNED
        hits = self._retriever.rank(query, vector, len(within) if within and whole else HITS, within)
        seconds = time.perf_counter() - begun
        documents = {hit.passage.document.id: self._plans.document(hit.passage.document.id) for hit in hits}
        if Asked.BRIEF in asked and hits and of_part is None:
            document = documents[hits[0].passage.document.id]
            if part := section_meant(question, hits, document):
                return narrowed(brief(query.told_in, document, summarise(part, document, question)), among), seconds
        turned = self.judge.turned(query.text, vector, self._encoder)
        compared = np.vstack([vector, turned.vectors])
        evidence = weigh(query, compared, hits, documents, self._plans, self._tokenizer, asked)
        wanted = self._wanted(query, scope, asked, list(documents.values()))
        nothing = turned.nothing
        composed = compose(query, wanted, evidence, self.judge, nothing=nothing, whole=whole, among=among, half=half)
        if composed.status is not Status.ANSWERED and section is None and only:
            document = self._plans.document(only)
            if found := named_alone(question, document, query.told_in):
                return brief(query.told_in, document, found), seconds
        return composed, seconds

    def _wanted(self, query: Query, scope: Scope, asked: frozenset[Asked], documents: Sequence[Document]) -> Wanted:
        counts = self._plans.frequencies([term.word for term in query.terms]).counts
        named = names(query, self._dictionary, lambda word: bool(counts.get(word)))
        bound = bound_names(query.text, self._dictionary, documents)
        return Wanted(
            asked,
            elsewhere(scope, self._dictionary),
            (*named, *bound, *unknown_names(query.text, documents)),
            tuple(demands(scope.question)),
            self.thresholds,
        )

    def _check(self, question: str, *beside: str | None) -> None:
        if not is_text("".join(text or "" for text in (question, *beside))):
            raise QuestionError("The question holds half a character, which is no text. Type it again in UTF-8.")
        if len(question) > self._longest:
            raise QuestionError(
                f"The question has {len(question)} characters, at most {self._longest} are taken. "
                "Ask one thing at a time."
            )


def _confidence(answers: Sequence[Composed]) -> float:
    """The least of those that are answered, since each is told; of a refusal its own."""
    answered = [one.confidence for one in answers if one.status is Status.ANSWERED]
    return min(answered) if answered else answers[0].confidence


def _without_place(query: Query, info: DocumentInfo) -> Query:
    """The query without the plan's own place by its English name, "Tibet": every paragraph is about it."""
    own = set(own_names(info))
    terms = tuple(term for term in query.terms if is_han(term.word[0]) or not own & _wholly(term.kin))
    return replace(query, terms=terms, total=sum(term.weight for term in terms)) if terms else query


def _wholly(forms: Mapping[str, float]) -> set[str]:
    return {form for form, strength in forms.items() if strength >= WHOLE_GLOSS}
