"""Which clauses answer, and how much of their sentences is told with them.

clauses, the likeliest first -> those likely enough beside the best -> each grown to what it takes to stand alone
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import rjieba

from rag.dictionary import lemma, words_and_lemmas
from rag.enumeration import number_asked
from rag.evidence import Evidence, is_line
from rag.query import Query
from rag.question import Asked, asks_all, asks_one, head
from rag.statements import items_of
from rag.tense import Tense, asks_both
from rag.text import LATIN, is_han, scale, sentences
from rag.thresholds import Thresholds

SEVERAL = frozenset({Asked.LIST, Asked.WAY, Asked.BRIEF, Asked.COMPARE, Asked.MEANING})  # call for more than a fact
# How well a clause must match a word to be led by it, and to go along.
SURELY, PLAINLY = 0.55, 0.3
TOO_LITTLE, ENOUGH = 120, 240  # characters of an answer to "how" or "which", and to what it is then made up
OPENING, SHORT_OPENING = 20, 14  # characters of a sentence that opens a subject, and of one that surely opens another
NEW_PART = 0.12  # of a question's weight: what a further clause of a comparison must add
MOST_COMPARED = 3
LIKELY = 0.5  # of a clause, to be taken at its word that it has all of as many things as were asked for
NEARLY = 0.6  # of the best clause's likelihood: what belongs in its list whatever is done with it
_DONE = re.compile(r"\b(?:being|be|will|to|are|is|gets?|getting)\s+(?:be\s+|being\s+)?(\w+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Measure:
    """How much an answer may say, in characters; the best clause is always told."""

    sentence: int  # up to which a sentence is told whole
    grown: int  # up to which a clause of a longer one is grown
    statements: int
    all: int
    beside: float  # of the share that a clause needs, where it stands in the best one's paragraph
    elsewhere: float  # the same, where it stands in another
    translated: int  # `sentence` and `grown` where the asker reads a translation, which is about thrice as long
    grows: float  # of the likelihood of a clause, of a list the best one: what a neighbour needs to be told with it
    many: bool = True  # more than one fact
    listed: bool = False  # a list
    times: int = 1  # as many characters as of Chinese

    def of(self, times: int) -> Measure:
        """The same for a script that takes `times` as many characters."""
        return replace(
            self, sentence=self.sentence * times, grown=self.grown * times, all=self.all * times, times=times
        )


FACT = Measure(
    sentence=100, grown=100, statements=2, all=220, beside=1.0, elsewhere=1.5, translated=40, grows=0.1, many=False
)
LIST = Measure(
    sentence=150, grown=200, statements=8, all=480, beside=0.7, elsewhere=1.0, translated=90, grows=0.1, listed=True
)
MANY = Measure(sentence=150, grown=200, statements=8, all=480, beside=0.7, elsewhere=1.5, translated=60, grows=0.05)


def matching(item: Evidence, least: float) -> set[str]:
    """Words of the question that a clause matches at least so well."""
    return {word for word, strength in item.matched.items() if strength >= least}


def chosen(
    query: Query, clauses: Sequence[Evidence], asked: frozenset[Asked], limits: Thresholds, *, one: bool = False
) -> list[Evidence]:
    """The clauses that an answer is made of, the likeliest first, each with what of its sentence goes with it.

    :param one: of a fact only the likeliest.
    """
    measure = _measure(query, asked, clauses[0])
    if asks_one(query.text, asked) or (one and not measure.many):
        measure = replace(measure, statements=1)
    count = number_asked(query.text)
    clauses = [item for item in clauses if _states(item)] or clauses
    if asked & SEVERAL == {Asked.LIST}:
        clauses = _of_its_deed(query, clauses)
    if Asked.COMPARE in asked:
        return [_grown(item, clauses, _scaled(FACT, item)) for item in _compared(query, clauses, limits)]
    enough = max(limits.least, limits.share * clauses[0].bears)
    subject = _subject(query, clauses[0]) if Asked.LIST in asked or asks_all(query.text) else set()
    deed = _deed(query, clauses[0])
    found: list[Evidence] = []
    told = 0
    for item in clauses:
        beside = measure.beside if item.paragraph is clauses[0].paragraph else measure.elsewhere
        sure = matching(item, SURELY)
        of_subject = limits.of_subject if subject & sure and deed <= sure else 1
        if found and (item.bears < enough * beside * of_subject or len(found) == measure.statements):
            continue
        if any(_within(item, other) for other in found):
            continue
        if count and found and found[0].bears >= LIKELY and items_of(found[0].text) == count:
            break
        grown = _grown(item, clauses, measure)
        if found and told + len(grown.text) > measure.all:
            continue
        found = [other for other in found if not _within(other, grown)] + [grown]
        told = sum(len(other.text) for other in found)
    if measure.many and told < TOO_LITTLE * measure.times and not found[0].translated:
        first = _continued(found[0])
        found = [first, *(other for other in found[1:] if not _within(other, first))]
    return found


def _subject(query: Query, best: Evidence) -> set[str]:
    """The word that weighs most of those that the best clause surely has; a list is of whatever has it."""
    sure = matching(best, SURELY)
    found = max((term for term in query.terms if term.word in sure), key=lambda term: term.weight, default=None)
    return {found.word} if found else set()


def having(among: Query, clauses: Sequence[Evidence], told: Sequence[Evidence], limits: Thresholds) -> list[Evidence]:
    """Those of the clauses that are told, or may be, that have a word asked for: of schools those with 幼儿园."""
    wanted = speaks_of(among)
    return [
        item
        for item in clauses
        if (any(_within(item, other) for other in told) or item.bears >= limits.least)
        and wanted(f"{item.text}\n{item.translated}")
    ]


def speaks_of(among: Query) -> Callable[[str], bool]:
    """Whether a text has one of the words of a query, in Chinese or as an English word begins."""
    forms = {form for term in among.terms for form, strength in term.forms.items() if strength >= SURELY}
    spelt = [
        re.compile(rf"\b{re.escape(word)}", re.IGNORECASE)
        for term in among.terms
        if term.word.isascii()
        for word in {term.word, lemma(term.word)}
    ]
    han = {form for form in forms if is_han(form[0])}

    def wanted(text: str) -> bool:
        return (
            any(form in text for form in han)
            or any(word.search(text) for word in spelt)
            or not (forms - han).isdisjoint(words_and_lemmas(text))
        )

    return wanted


def _measure(query: Query, asked: frozenset[Asked], best: Evidence) -> Measure:
    measure = LIST if asked & SEVERAL == {Asked.LIST} else MANY if asked & SEVERAL or asks_all(query.text) else FACT
    return _scaled(measure, best)


def _scaled(measure: Measure, item: Evidence) -> Measure:
    """The measure in characters of the plan that a clause is of."""
    return measure if item.document.info.language == "zh" else measure.of(LATIN)


def _continued(item: Evidence) -> Evidence:
    """A short sentence with those that follow it, up to the next short one.

    「加力稳住楼市。」 opens what is done for that, and tells none of it.
    """
    text, stop, times = item.paragraph.text, item.stop, scale(item.paragraph.text)
    if stop - item.begin > OPENING * times:
        return item
    for begin, end in sentences(text[item.stop :]):
        if item.stop + end - item.begin > ENOUGH * times or end - begin <= SHORT_OPENING * times:
            break
        stop = item.stop + end
    return replace(item, stop=stop)


def _of_its_deed(query: Query, clauses: Sequence[Evidence]) -> list[Evidence]:
    """The clauses that are nearly as likely as the best, or have its verb: 建设, but not 合作办学 beside it."""
    best, done = clauses[0], _deed(query, clauses[0])
    return [item for item in clauses if done <= set(item.matched) or item.bears >= NEARLY * best.bears]


def _deed(query: Query, best: Evidence) -> set[str]:
    """The words of a question that say what is done, as far as the best clause has them."""
    named = head(query.text)
    heads = {term.word for term in query.terms if named and term.word in named} & matching(best, PLAINLY)
    return {word for word in matching(best, SURELY) - heads if _is_verb(word)} or (
        {word.lower() for word in _DONE.findall(query.text)} & set(best.matched) - heads
    )


def _compared(query: Query, clauses: Sequence[Evidence], limits: Thresholds) -> list[Evidence]:
    """The likeliest clause for every part of a question that compares, each of which the others leave out.

    What was done against what is to be done: one of each tense.
    """
    best = clauses[0]
    by_tense = {item.tense: item for item in reversed(clauses) if matching(best, SURELY) <= matching(item, PLAINLY)}
    if asks_both(query.text) and len(by_tense) > 1:
        return [by_tense[tense] for tense in Tense if tense in by_tense]
    found, covered = [best], matching(best, PLAINLY)
    for item in clauses[1:]:
        new = matching(item, PLAINLY) - covered
        adds = sum(term.weight for term in query.terms if term.word in new) >= NEW_PART * query.total
        if (adds or item.bears >= limits.share * best.bears) and len(found) < MOST_COMPARED:
            found.append(item)
            covered |= new
    return found


def _apart(item: Evidence, begin: int, other: Evidence, measure: Measure) -> bool:
    """Whether a semicolon parts a fact from a neighbour: prose strings together what has nothing to do with it."""
    border = max(begin, other.begin) - 1
    return not measure.many and item.paragraph.text[border : border + 1] in "；;"


@lru_cache(maxsize=4096)
def _is_verb(word: str) -> bool:
    return is_han(word[0]) and rjieba.tag(word)[0][1].startswith("v")


def _states(item: Evidence) -> bool:
    """Whether a clause says something, where a heading only names it and a question only asks."""
    return not is_line(item.paragraph) and not item.text.rstrip().endswith(("？", "?"))


def _within(item: Evidence, other: Evidence) -> bool:
    return item.paragraph is other.paragraph and other.begin <= item.begin and item.stop <= other.stop


def _grown(item: Evidence, clauses: Sequence[Evidence], measure: Measure) -> Evidence:
    """The clause with its sentence, where that is short; else with the likelier of its neighbours, one by one."""
    begin, stop = item.sentence
    whole, longest = (measure.translated,) * 2 if item.translated else (measure.sentence, measure.grown)
    if stop - begin <= whole:
        return replace(item, begin=begin, stop=stop)
    beside = [other for other in clauses if other.paragraph is item.paragraph and other.sentence == item.sentence]
    begin, stop = item.begin, item.stop
    while True:
        next_to = [
            other
            for other in beside
            if (other.stop == begin or other.begin == stop)
            and max(stop, other.stop) - min(begin, other.begin) <= longest
            and other.bears >= measure.grows * (clauses[0] if measure.listed else item).bears
            and not _apart(item, begin, other, measure)
        ]
        if not next_to:
            return replace(item, begin=begin, stop=stop)
        likeliest = max(next_to, key=lambda other: other.bears)
        begin, stop = min(begin, likeliest.begin), max(stop, likeliest.stop)
