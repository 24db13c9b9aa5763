"""Which of the fitting clauses answer: one for a fact, all that belong for a list, whole sentences for a way.

fitting clauses, best first -> chosen spans, in the order of the plan
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import rjieba

from rag.evidence import LEADING, Evidence
from rag.query import Query
from rag.question import Asked, head
from rag.text import clauses, is_han

# Of the best score, what else belongs in a list or a way of doing: in its sentence, its paragraph, elsewhere.
BESIDE, NEAR, ELSEWHERE = 0.4, 0.6, 0.75
NEXT_BEST = 0.8  # of the best score: a clause that matches more of the question may lead a list
# How well a clause must match a word to lead a list by it, and to belong in that list.
SURELY, PLAINLY = 0.55, 0.3
_DONE = re.compile(r"\b(?:being|be|will|to|are|is|gets?|getting)\s+(?:be\s+|being\s+)?(\w+)", re.IGNORECASE)
WHOLE = 100  # characters up to which a sentence, or its part between semicolons, is told whole
LONGEST_LIST = 10
AS_NEAR = 0.85  # of the best cosine: what stands in one sentence with the best and is as near
NEW_PART = 0.12  # of a question's weight: what a further clause of a comparison must add
MOST = 3  # clauses of an answer that is no list


def matching(item: Evidence, least: float) -> set[str]:
    """Words of the question that a clause matches at least so well."""
    return {word for word, strength in item.matched.items() if strength >= least}


def single(query: Query, fitting: Sequence[Evidence]) -> list[Evidence]:
    """The best clause, and one more for each thing asked that it leaves out."""
    chosen = [fitting[0]]
    covered = dict(fitting[0].matched)
    for item in fitting[1:]:
        merged = {word: max(covered.get(word, 0.0), item.matched.get(word, 0.0)) for word in {*covered, *item.matched}}
        if query.coverage(merged) >= query.coverage(covered) + 0.25 and len(chosen) < MOST:
            chosen.append(item)
            covered = merged
    return chosen


def several(query: Query, asked: frozenset[Asked], fitting: Sequence[Evidence]) -> list[Evidence]:
    """All clauses that match what the best of them matches: a list holds what is asked for, not what stands near it.

    One that enumerates nothing by itself, or tells only a part of a way of doing, is told with its sentence.
    """
    best = fitting[0]
    if query.language == "zh" and Asked.LIST in asked:
        for item in fitting[1:]:
            near = item.hit.rank <= LEADING and item.score >= NEXT_BEST * best.score
            if near and len(matching(item, SURELY)) > len(matching(best, SURELY)):
                best = item
    named = head(query.text)
    heads = {term.word for term in query.terms if named and term.word in named}
    heads = heads if heads & matching(best, PLAINLY) else set()
    done = {word for word in matching(best, SURELY) - heads if _is_verb(word)} or (
        {word.lower() for word in _DONE.findall(query.text)} & set(best.matched) - heads
    )

    def belongs(item: Evidence) -> bool:
        if item.score < _margin(item, best) * best.score:
            return False
        found = matching(item, PLAINLY)
        if matching(best, SURELY) <= found and done <= set(item.matched):
            return True
        beside = item.paragraph is best.paragraph and item.sentence == best.sentence
        return beside and (
            bool(heads & found) and done <= set(item.matched) if heads else item.cosine >= AS_NEAR * best.cosine
        )

    chosen = [item for item in fitting if belongs(item)][: LONGEST_LIST if Asked.LIST in asked else MOST]
    if Asked.WAY in asked or len(chosen) == 1:
        return [_told_whole(item, asked) for item in chosen]
    return chosen


@lru_cache(maxsize=4096)
def _is_verb(word: str) -> bool:
    return is_han(word[0]) and rjieba.tag(word)[0][1].startswith("v")


def _margin(item: Evidence, best: Evidence) -> float:
    if item.paragraph is not best.paragraph:
        return ELSEWHERE
    return BESIDE if item.sentence == best.sentence else NEAR


def compared(query: Query, fitting: Sequence[Evidence]) -> list[Evidence]:
    """The best clause for every part of a question that compares: each one tells of something the others leave out."""
    chosen = [fitting[0]]
    covered = matching(fitting[0], PLAINLY)
    for item in fitting[1:]:
        new = matching(item, PLAINLY) - covered
        if (
            sum(term.weight for term in query.terms if term.word in new) >= NEW_PART * query.total
            and len(chosen) < MOST
        ):
            chosen.append(item)
            covered |= new
    return chosen


def _told_whole(item: Evidence, asked: frozenset[Asked]) -> Evidence:
    if Asked.WAY not in asked and _enumerates(item.text):
        return item
    begin, stop = item.sentence
    if stop - begin > WHOLE:
        begin, stop = _part(item, begin, stop)
    return replace(item, begin=begin, stop=stop) if stop - begin <= WHOLE else item


def _enumerates(text: str) -> bool:
    return text.count("、") >= 1


def _part(item: Evidence, begin: int, stop: int) -> tuple[int, int]:
    """The part of a long sentence between two semicolons that the clause is in."""
    for first, last in clauses(item.paragraph.text[begin:stop], "；;"):
        if begin + first <= item.begin < begin + last:
            return begin + first, begin + last
    return begin, stop
