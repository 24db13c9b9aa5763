"""Texts that are several pieces of a plan: a quote cut with an ellipsis, a sentence joined from two places.

places of each piece -> do they follow one another, are they far apart, which lies elsewhere
"""

from __future__ import annotations

from itertools import pairwise

from rag.text import is_han
from rag.types import Citation
from rag.wording.changes import Change, readable
from rag.wording.places import Place
from rag.wording.types import Part

SHORTEST = 5  # weight of a text that means one place
NEARBY = 150  # code points between the pieces of a quote that was cut, where one of them is short


def weight(form: str) -> float:
    """How much a searched form says: an ideograph counts one, any other letter half, so that a word counts two."""
    return sum(1.0 if is_han(char) else 0.5 for char in form)


def in_order(found: list[list[Place]], weights: list[float]) -> list[Place]:
    """One place of each piece, all in one plan and one behind the other; none where there is no such row.

    A short piece, a figure say, may stand anywhere in a plan: it must be near the one before it.
    """
    for first in found[0]:
        chain = [first]
        for places, says in zip(found[1:], weights[1:], strict=True):
            furthest = chain[-1].end + (NEARBY if min(says, weights[0]) < 2 * SHORTEST else 10**9)
            behind = [p for p in places if p.document_id == first.document_id and chain[-1].end <= p.start <= furthest]
            if not behind:
                break
            chain.append(min(behind, key=lambda place: place.start))
        if len(chain) == len(found):
            return chain
    return []


def far_apart(places: list[Place], length: int) -> bool:
    for before, after in pairwise(places):
        if before.document_id != after.document_id:
            return True
        if not 0 <= after.start - before.end <= max(40, length):
            return True
    return False


def elsewhere(text: str, joined: tuple[Part, ...], match: Citation) -> list[Change]:
    """The pieces of a joined text that do not stand at the nearest place."""
    found: list[Change] = []
    position = 0
    for part in joined:
        begin = text.index(part.text, position)
        position = begin + len(part.text)
        place = part.match
        same = place and place.document_id == match.document_id
        if place and not (same and place.start < match.end and match.start < place.end):
            found.append(Change("", readable(part.text), "joined", begin, position, match.end, match.end))
    return found
