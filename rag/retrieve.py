"""Find the passages of a plan that bear on a question, whatever its language.

    question -> Query -> candidates (dense, lexical) -> exact scores -> one sum -> [Hit]

score = (cosine of the passage + cosine of its best segment) / 2 + LEXICAL * BM25 / (best BM25 possible)
      + PLAN * share of the question's own words that the plan's candidates hold between them

The lexical part is a share of what the question's words could have scored at most. A question whose
words no passage can hold, one in another language, so leaves the cosines alone; fusing ranks would
give noise the same say as knowledge. The last part tells plans apart: a passage seldom repeats whose
plan it is of.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rag.dictionary import Dictionary
from rag.ports import Encoder, LexicalScores, PassageIndex, Vectors
from rag.query import Query, make_query
from rag.tokenizer import Tokenizer
from rag.types import Hit, MatchedWord

LEXICAL = 0.6  # flat between 0.3 and 1.0 on XQuAD-zh dev and CMRC 2018 trial (R@1 within .005)
PLAN = 0.15  # from 0.1 to 0.2 every collection at hand gained, among them many documents of one kind
_BM25_CEILING = 2.2  # k1 + 1: what a word can add at most, in units of its weight
NEAREST, MATCHING = 64, 32  # vectors and passages from which candidates are taken


class HybridRetriever:
    """Dense and lexical search over one index, in one score."""

    def __init__(self, encoder: Encoder, tokenizer: Tokenizer, dictionary: Dictionary, index: PassageIndex) -> None:
        self._encoder = encoder
        self._tokenizer = tokenizer
        self._dictionary = dictionary
        self._index = index

    def query(self, question: str, *, in_english: bool = False) -> Query:
        """The question with its words weighed in this index, for a plan `in_english` with theirs in English."""
        return make_query(question, self._tokenizer, self._dictionary, self._index, in_english=in_english)

    def search(self, question: str, k: int, among: Sequence[int] | None = None) -> list[Hit]:
        """The `k` best passages, of all or `among` some, best first; equal scores keep the order of the plan."""
        return self.rank(self.query(question), self._encoder.encode_queries([question])[0], k, among)

    def rank(self, query: Query, vector: Vectors, k: int, among: Sequence[int] | None = None) -> list[Hit]:
        """The same for a question that is already a Query and a vector (dim,)."""
        matches = self._index.matches(query.terms)
        candidates = [*self._index.nearest(vector, NEAREST, among), *matches.best(MATCHING, among)]
        pids = np.unique(np.array(candidates, dtype=np.int64))
        dense = self._index.dense_scores(vector, pids)
        lexical = matches.scores(pids)
        share = lexical.bm25.astype(np.float64) / (query.total * _BM25_CEILING or np.inf)
        plan = _coverage_by_plan(query, lexical)
        score = (dense.passage.astype(np.float64) + dense.segment) / 2 + LEXICAL * share + PLAN * plan
        score[lexical.plans < 0] = np.nan
        best = np.argsort(-score, kind="stable")[:k]  # what is gone, not a number, comes last
        best = best[~np.isnan(score[best])]
        chosen = pids[best].tolist()
        found = {passage.pid: passage for passage in self._index.passages(chosen)}
        forms = matches.found(chosen)
        return [
            Hit(
                passage=found[pid],
                score=float(score[row]),
                dense=float(dense.passage[row]),
                sentence=float(dense.segment[row]),
                lexical=float(share[row]),
                plan=float(plan[row]),
                coverage=query.coverage(_matched(query, lexical.strengths[row])),
                matched=tuple(MatchedWord(word, shown) for word, shown in forms.get(pid, {}).items()),
                rank=rank,
            )
            for rank, (row, pid) in enumerate(
                ((row, pid) for row, pid in zip(best.tolist(), chosen, strict=True) if pid in found), start=1
            )
        ]


def _matched(query: Query, strengths: npt.NDArray[np.float32]) -> dict[str, float]:
    """The words of the terms that a passage holds, of its strengths (terms,)."""
    return {
        term.word: strength for term, strength in zip(query.terms, strengths.tolist(), strict=True) if strength > 0.0
    }


def _coverage_by_plan(query: Query, lexical: LexicalScores) -> npt.NDArray[np.float64]:
    """For each passage, (n,), the share of the question's own words that all candidates of its plan match."""
    if not lexical.plans.size or not query.total:
        return np.zeros(lexical.plans.size)
    begins = np.flatnonzero(np.diff(lexical.plans, prepend=lexical.plans[0] - 1))
    strengths = np.maximum.reduceat(lexical.strengths, begins, axis=0)  # (plans, terms)
    shares = (strengths * query.own_weights).sum(axis=1) / query.total
    return np.repeat(shares, np.diff(begins, append=lexical.plans.size))
