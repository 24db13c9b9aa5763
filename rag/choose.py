"""Which clauses answer, and how much of their sentences is told with them.

clauses, the likeliest first -> those likely enough beside the best -> each grown to what it takes to stand alone
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import rjieba

from rag.evidence import Evidence, is_line
from rag.query import Query
from rag.question import Asked, head
from rag.tense import Tense, asks_both
from rag.text import is_han, sentences
from rag.thresholds import Thresholds

SEVERAL = frozenset({Asked.LIST, Asked.WAY, Asked.BRIEF, Asked.COMPARE, Asked.MEANING})  # call for more than a fact
# How well a clause must match a word to be led by it, and to go along.
SURELY, PLAINLY = 0.55, 0.3
TOO_LITTLE, ENOUGH = 120, 240  # characters of an answer to "how" or "which", and to what it is then made up
OPENING, SHORT_OPENING = 20, 14  # characters of a sentence that opens a subject, and of one that surely opens another
NEW_PART = 0.12  # of a question's weight: what a further clause of a comparison must add
MOST_COMPARED = 3
NEARLY = 0.5  # of the best clause's likelihood: what belongs in its list whatever is done with it
_DONE = re.compile(r"\b(?:being|be|will|to|are|is|gets?|getting)\s+(?:be\s+|being\s+)?(\w+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Measure:
    """How much an answer may say, in characters; the best clause is always told."""

    sentence: int  # up to which a sentence is told whole, and a clause of a longer one is grown
    statements: int
    all: int
    beside: float  # of the share that a clause needs, where it stands in the best one's paragraph
    translated: int  # the same where the asker reads a translation, which is about thrice as long
    grows: float  # of a clause's likelihood: what a neighbour in a long sentence needs to be told with it


FACT = Measure(sentence=100, statements=2, all=220, beside=1.0, translated=40, grows=0.1)
MANY = Measure(sentence=200, statements=8, all=480, beside=0.7, translated=60, grows=0.03)


def matching(item: Evidence, least: float) -> set[str]:
    """Words of the question that a clause matches at least so well."""
    return {word for word, strength in item.matched.items() if strength >= least}


def chosen(query: Query, clauses: Sequence[Evidence], asked: frozenset[Asked], limits: Thresholds) -> list[Evidence]:
    """The clauses that an answer is made of, the likeliest first, each with what of its sentence goes with it."""
    measure = MANY if asked & SEVERAL else FACT
    clauses = [item for item in clauses if _states(item)] or clauses
    if asked & SEVERAL == {Asked.LIST}:
        clauses = _of_its_deed(query, clauses)
    if Asked.COMPARE in asked:
        return [_grown(item, clauses, FACT) for item in _compared(query, clauses, limits)]
    enough = max(limits.least, limits.share * clauses[0].bears)
    found: list[Evidence] = []
    told = 0
    for item in clauses:
        beside = item.paragraph is clauses[0].paragraph
        if found and (item.bears < enough * (measure.beside if beside else 1) or len(found) == measure.statements):
            continue
        if any(_within(item, other) for other in found):
            continue
        grown = _grown(item, clauses, measure)
        if found and told + len(grown.text) > measure.all:
            continue
        found = [other for other in found if not _within(other, grown)] + [grown]
        told = sum(len(other.text) for other in found)
    if measure is MANY and told < TOO_LITTLE and not found[0].translated:
        first = _continued(found[0])
        found = [first, *(other for other in found[1:] if not _within(other, first))]
    return found


def _continued(item: Evidence) -> Evidence:
    """A short sentence with those that follow it, up to the next short one.

    「加力稳住楼市。」 opens what is done for that, and tells none of it.
    """
    text, stop = item.paragraph.text, item.stop
    if stop - item.begin > OPENING:
        return item
    for begin, end in sentences(text[item.stop :]):
        if item.stop + end - item.begin > ENOUGH or end - begin <= SHORT_OPENING:
            break
        stop = item.stop + end
    return replace(item, stop=stop)


def _of_its_deed(query: Query, clauses: Sequence[Evidence]) -> list[Evidence]:
    """The clauses that are nearly as likely as the best, or have its verb: 建设, but not 合作办学 beside it."""
    best = clauses[0]
    named = head(query.text)
    heads = {term.word for term in query.terms if named and term.word in named} & matching(best, PLAINLY)
    done = {word for word in matching(best, SURELY) - heads if _is_verb(word)} or (
        {word.lower() for word in _DONE.findall(query.text)} & set(best.matched) - heads
    )
    return [item for item in clauses if done <= set(item.matched) or item.bears >= NEARLY * best.bears]


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
    return measure is FACT and item.paragraph.text[border : border + 1] in "；;"


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
    longest = measure.translated if item.translated else measure.sentence
    if stop - begin <= longest:
        return replace(item, begin=begin, stop=stop)
    beside = [other for other in clauses if other.paragraph is item.paragraph and other.sentence == item.sentence]
    begin, stop = item.begin, item.stop
    while True:
        next_to = [
            other
            for other in beside
            if (other.stop == begin or other.begin == stop)
            and max(stop, other.stop) - min(begin, other.begin) <= longest
            and other.bears >= measure.grows * item.bears
            and not _apart(item, begin, other, measure)
        ]
        if not next_to:
            return replace(item, begin=begin, stop=stop)
        likeliest = max(next_to, key=lambda other: other.bears)
        begin, stop = min(begin, likeliest.begin), max(stop, likeliest.stop)
