"""A question made ready for searching: its language, its informative words and what each is worth.

    question -> words without framing -> weights by rarity -> Query

A word that the plans do not know falls apart into the character pairs that they do know, so that a
wrong cut (「洛江要」) or one wrong character does not lose it; what stays unknown still counts in the
total weight, which is how a question about something else is told from one about the plan.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.language import detect_language
from rag.ports import WordCounts
from rag.tokenizer import Tokenizer, is_stop_word, normalise, pairs


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for; `weights` are the words to match, `total` what matching all would be worth."""

    text: str
    language: str
    weights: dict[str, float]
    total: float

    def coverage(self, matched: Sequence[str]) -> float:
        """Share of the question's informative words, by weight, that were matched: 0..1."""
        return sum(self.weights[word] for word in matched) / self.total if self.total else 0.0


def make_query(question: str, tokenizer: Tokenizer, frequencies: Callable[[Sequence[str]], WordCounts]) -> Query:
    """Weigh the words of a question by how rare they are in the index that `frequencies` describes."""
    words = [word for word in dict.fromkeys(tokenizer.words(question)) if not is_stop_word(word)]
    inside = {word: [pair for pair in pairs(normalise(word)) if pair != word] for word in words}
    known = frequencies([*words, *(pair for found in inside.values() for pair in found)])
    weights: dict[str, float] = {}
    total = 0.0
    for word in words:
        weight = _weight(known, word)
        total += weight
        if known.counts[word]:
            weights[word] = max(weights.get(word, 0.0), weight)
            continue
        for pair in inside[word]:
            if known.counts[pair]:
                weights[pair] = max(weights.get(pair, 0.0), weight / len(inside[word]))
    return Query(question, detect_language(question), weights, total)


def _weight(known: WordCounts, word: str) -> float:
    """Inverse document frequency as in BM25, kept above zero: a word of every passage says next to nothing."""
    count = known.counts[word]
    return max(0.05, math.log((known.total - count + 0.5) / (count + 0.5)))
