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

from collections.abc import Mapping, Sequence

from rag.dictionary import Dictionary
from rag.ports import DenseScore, Encoder, LexicalScore, PassageIndex, Vectors
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

    def query(self, question: str) -> Query:
        """The question with its words weighed in this index."""
        return make_query(question, self._tokenizer, self._dictionary, self._index)

    def search(self, question: str, k: int, among: Sequence[int] | None = None) -> list[Hit]:
        """The `k` best passages, of all or `among` some, best first; equal scores keep the order of the plan."""
        return self.rank(self.query(question), self._encoder.encode_queries([question])[0], k, among)

    def rank(self, query: Query, vector: Vectors, k: int, among: Sequence[int] | None = None) -> list[Hit]:
        """The same for a question that is already a Query and a vector (dim,)."""
        pids = dict.fromkeys(self._index.nearest(vector, NEAREST, among))
        pids.update(dict.fromkeys(self._index.matching(query.terms, MATCHING, among)))
        candidates = list(pids)
        dense = self._index.dense_scores(vector, candidates)
        lexical = self._index.lexical_scores(query.terms, candidates)
        in_plan = self._coverage_by_plan(query, lexical)
        scored = [
            (_fused(query, dense[pid], lexical[pid]) + PLAN * in_plan[pid], pid)
            for pid in candidates
            if pid in dense and pid in lexical
        ]
        scored.sort(key=lambda item: (-item[0], item[1]))
        best = scored[:k]
        chosen = [pid for _, pid in best]
        found = {passage.pid: passage for passage in self._index.passages(chosen)}
        forms = self._index.found_forms(query.terms, chosen)
        return [
            Hit(
                passage=found[pid],
                score=score,
                dense=dense[pid].passage,
                sentence=dense[pid].segment,
                lexical=_share(query, lexical[pid]),
                plan=in_plan[pid],
                coverage=query.coverage(lexical[pid].matched),
                matched=tuple(MatchedWord(word, shown) for word, shown in forms.get(pid, {}).items()),
                rank=rank,
            )
            for rank, (score, pid) in enumerate((item for item in best if item[1] in found), start=1)
        ]

    def _coverage_by_plan(self, query: Query, lexical: Mapping[int, LexicalScore]) -> dict[int, float]:
        """For each passage, the share of the question's own words that all candidates of its plan match."""
        plans = self._index.plans_of(list(lexical))
        matched: dict[int, dict[str, float]] = {}
        for pid, plan in plans.items():
            words = matched.setdefault(plan, {})
            for word, strength in lexical[pid].matched.items():
                words[word] = max(words.get(word, 0.0), strength)
        shares = {plan: query.own_coverage(words) for plan, words in matched.items()}
        return {pid: shares[plans[pid]] if pid in plans else 0.0 for pid in lexical}


def _fused(query: Query, dense: DenseScore, lexical: LexicalScore) -> float:
    return (dense.passage + dense.segment) / 2 + LEXICAL * _share(query, lexical)


def _share(query: Query, lexical: LexicalScore) -> float:
    return lexical.bm25 / (query.total * _BM25_CEILING) if query.total else 0.0
