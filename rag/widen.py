"""A clause that answers only with its neighbours: 「巴黎奥运会上，我省健儿摘得2金2银1铜」.

clause that answers + the sentence's clauses that say what of -> one piece of the sentence that says both
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from rag.evidence import Evidence
from rag.query import Query

LONGEST = 60  # characters of a piece made so
PLAINLY = 0.3  # how well a clause must match a word to say it


def widened(item: Evidence, leading: Collection[str], evidence: Sequence[Evidence], query: Query) -> Evidence | None:
    """The clause with the one beside it in its sentence that says what it lacks of the leading words; None without."""
    beside = [
        other
        for other in evidence
        if other.paragraph is item.paragraph and other.sentence == item.sentence and other is not item
    ]
    before = sorted((other for other in beside if other.begin < item.begin), key=lambda other: -other.begin)
    after = sorted((other for other in beside if other.stop > item.stop), key=lambda other: other.begin)
    for others in (before, after):
        wide = _joined(item, others[0], query) if others else item
        apart = others and item.paragraph.text[max(wide.begin, min(item.stop, others[0].stop) - 1)] not in "，,、"
        if not apart and wide.stop - wide.begin <= LONGEST and not _missing(leading, wide):
            return wide
    return None


def _missing(leading: Collection[str], item: Evidence) -> list[str]:
    return [word for word in leading if item.matched.get(word, 0.0) < PLAINLY]


def _joined(item: Evidence, other: Evidence, query: Query) -> Evidence:
    matched = {
        word: max(item.matched.get(word, 0.0), other.matched.get(word, 0.0))
        for word in {**item.matched, **other.matched}
    }
    return replace(
        item,
        begin=min(item.begin, other.begin),
        stop=max(item.stop, other.stop),
        matched=matched,
        coverage=query.coverage(matched),
        cosine=max(item.cosine, other.cosine),
        score=max(item.score, other.score),
    )
