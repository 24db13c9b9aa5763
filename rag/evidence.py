"""The words of a plan that may answer a question: its clauses, each weighed against the question.

hits -> segments of their passages -> cosine, matched words, held kinds -> [Evidence], best first
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.dictionary import lemma, words_and_lemmas
from rag.ports import PassageIndex, SegmentScore, Vectors
from rag.query import Query
from rag.question import Asked, holds
from rag.text import is_han
from rag.tokenizer import Tokenizer, normalise
from rag.translated import is_unit, translation_for, units_within
from rag.types import Document, Hit, Paragraph

LEADING = 8  # hits whose clauses may lead an answer; those of the others only add to a list
HEADED = 0.25  # what a word of the headings over a clause counts beside one of its own
GUESSED = 0.6  # what a dictionary's word counts beside a translation that could have said it
# Weights of the parts of a clause's score beside its cosine.
COVERAGE, PASSAGE, KIND = 0.5, 0.2, 0.15


@dataclass(frozen=True, slots=True)
class Evidence:
    """A clause, `paragraph.text[begin:stop]`, and how well it bears on the question."""

    document: Document
    paragraph: Paragraph
    begin: int
    stop: int
    hit: Hit
    cosine: float
    matched: Mapping[str, float]
    coverage: float
    score: float
    translated: str = ""  # what it says in the asker's language, where the plan has that

    @property
    def sentence(self) -> tuple[int, int]:
        """Where the sentence around the clause begins and stops in the paragraph."""
        for sentence in self.hit.passage.sentences:
            if sentence.paragraph == self.paragraph.number and sentence.begin <= self.begin < sentence.stop:
                return sentence.begin, sentence.stop
        return self.begin, self.stop

    @property
    def around(self) -> str:
        """The text of that sentence."""
        begin, stop = self.sentence
        return self.paragraph.text[begin:stop]

    @property
    def text(self) -> str:
        """The clause as it stands in the paragraph."""
        return self.paragraph.text[self.begin : self.stop]


def weigh(
    query: Query,
    vector: Vectors,
    hits: Sequence[Hit],
    documents: Mapping[str, Document],
    index: PassageIndex,
    tokenizer: Tokenizer,
    asked: frozenset[Asked],
) -> list[Evidence]:
    """Every clause of the hits' passages, best first; equal ones in the order of the plan.

    Those of the `LEADING` first hits come before the rest.
    """
    by_pid = {hit.passage.pid: hit for hit in hits}
    scores = index.segment_scores(vector, list(by_pid))
    under = {hit.passage.headings: match(query, " ".join(hit.passage.headings), tokenizer) for hit in hits}
    found = []
    for segment in _readable(query.language, scores, by_pid, documents):
        hit = by_pid[segment.pid]
        document = documents[hit.passage.document.id]
        paragraph = document.paragraphs[segment.paragraph - 1]
        text = paragraph.text[segment.begin : segment.stop]
        if not re.search(r"\w", text):
            continue
        translated = _translated(query.language, document, segment)
        matched = match(query, text, tokenizer, translated)
        for word, strength in under[hit.passage.headings].items():
            matched[word] = max(matched.get(word, 0.0), HEADED * strength)
        coverage = query.coverage(matched)
        kinds = [holds(kind, text) for kind in (Asked.NUMBER, Asked.MONEY, Asked.TIME) if kind in asked]
        score = segment.cosine + COVERAGE * coverage + PASSAGE * hit.score + KIND * (bool(kinds) and all(kinds))
        found.append(
            Evidence(
                document,
                paragraph,
                segment.begin,
                segment.stop,
                hit,
                segment.cosine,
                matched,
                coverage,
                score,
                translated,
            )
        )
    found.sort(
        key=lambda item: (item.hit.rank > LEADING, -item.score, item.hit.rank, item.paragraph.number, item.begin)
    )
    return found


def _place(item: Evidence) -> tuple[int, int]:
    return item.paragraph.number, item.begin


def _readable(
    language: str, scores: Sequence[SegmentScore], by_pid: Mapping[int, Hit], documents: Mapping[str, Document]
) -> Iterator[SegmentScore]:
    """The pieces that the asker can be shown: a plan's own in its language, else whole translated ones.

    A translated piece takes the best cosine of what it says in either language.
    """
    own: list[SegmentScore] = []
    units: dict[tuple[int, int, int, int], SegmentScore] = {}
    for score in scores:
        document = documents[by_pid[score.pid].passage.document.id]
        if is_unit(document, score.paragraph, score.begin, score.stop):
            key = (score.pid, score.paragraph, score.begin, score.stop)
            units[key] = max(score, units.get(key, score), key=lambda item: item.cosine)
        else:
            own.append(score)
    for score in own:
        overlapping = [
            key
            for key in units
            if key[:2] == (score.pid, score.paragraph) and key[2] < score.stop and score.begin < key[3]
        ]
        foreign = translation_for(documents[by_pid[score.pid].passage.document.id], language)
        if foreign is None:
            for key in overlapping:
                del units[key]
            yield score
        elif not overlapping:
            yield score
        for key in overlapping if foreign else ():
            units[key] = max(units[key], replace(units[key], cosine=score.cosine), key=lambda item: item.cosine)
    yield from units.values()


def _translated(language: str, document: Document, segment: SegmentScore) -> str:
    translation = translation_for(document, language)
    if translation is None:
        return ""
    return " ".join(unit.text for unit in units_within(translation, segment.paragraph, segment.begin, segment.stop))


def match(query: Query, text: str, tokenizer: Tokenizer, translated: str = "") -> dict[str, float]:
    """How well a short text matches each term of the query: Chinese forms as substrings, others as words."""
    plain = normalise(text)
    words = {*tokenizer.words(text), *words_and_lemmas(translated)}
    found: dict[str, float] = {}
    for term in query.terms:
        forms = {**term.kin, **term.forms}
        if translated:  # it says so itself; what a dictionary guesses counts less
            said = 1.0 if {term.word, lemma(term.word)} & words else 0.0
            forms = {form: GUESSED * strength for form, strength in forms.items()}
            if said:
                found[term.word] = said
                continue
        strength = max((s for form, s in forms.items() if _holds(form, plain, words)), default=0.0)
        if strength:
            found[term.word] = strength
    return found


# Words in which a character means something else than by itself: 创建示范区 builds nothing.
_OTHERWISE = re.compile(r"创建|建议|建立|建档|封建|党建|构建|道路自信|思路|出路|学习|水平|水准")


def _holds(form: str, plain: str, words: set[str]) -> bool:
    if not is_han(form[0]):
        return form in words
    return form in (plain if len(form) > 1 else _OTHERWISE.sub("", plain))
