"""Find the passages of a plan that bear on a question, whatever its language.

    question -> Query -> candidates (dense, lexical) -> exact scores -> one sum -> [Hit]

score = (cosine of the passage + cosine of its best segment) / 2 + LEXICAL * BM25 / (best BM25 possible)

The lexical part is a share of what the question's words could have scored at most. A question whose
words no passage can hold, one in another language, so leaves the cosines alone; fusing ranks would
give noise the same say as knowledge.
"""

from __future__ import annotations

from rag.dictionary import Dictionary
from rag.ports import DenseScore, Encoder, LexicalScore, PassageIndex, Vectors
from rag.query import Query, make_query
from rag.tokenizer import Tokenizer
from rag.types import Hit, StoredPassage

LEXICAL = 0.6  # flat between 0.3 and 1.0 on XQuAD-zh dev and CMRC 2018 trial (R@1 within .005)
_BM25_CEILING = 2.2  # k1 + 1: what a word can add at most, in units of its weight
NEAREST, MATCHING = 100, 50  # vectors and passages from which candidates are taken


class HybridRetriever:
    """Dense and lexical search over one index, in one score."""

    def __init__(self, encoder: Encoder, tokenizer: Tokenizer, dictionary: Dictionary, index: PassageIndex) -> None:
        self._encoder = encoder
        self._tokenizer = tokenizer
        self._dictionary = dictionary
        self._index = index

    def query(self, question: str) -> Query:
        """The question with its words weighed in this index."""
        return make_query(question, self._tokenizer, self._dictionary, self._index.frequencies)

    def search(self, question: str, k: int, plan: str | None = None) -> list[Hit]:
        """The `k` best passages, best first; equal scores keep the order of the plan."""
        return self.rank(self.query(question), self._encoder.encode_queries([question])[0], k, plan)

    def rank(self, query: Query, vector: Vectors, k: int, plan: str | None = None) -> list[Hit]:
        """The same for a question that is already a Query and a vector (dim,)."""
        pids = dict.fromkeys(self._index.nearest(vector, NEAREST, plan))
        pids.update(dict.fromkeys(self._index.matching(query.words, MATCHING, plan)))
        candidates = list(pids)
        dense = self._index.dense_scores(vector, candidates)
        lexical = self._index.lexical_scores(query.terms, candidates)
        scored = [
            (_fused(query, dense[pid], lexical[pid]), pid) for pid in candidates if pid in dense and pid in lexical
        ]
        scored.sort(key=lambda item: (-item[0], item[1]))
        best = scored[:k]
        found = {passage.pid: passage for passage in self._index.passages([pid for _, pid in best])}
        return [
            _hit(query, found[pid], score, dense[pid], lexical[pid], rank)
            for rank, (score, pid) in enumerate((item for item in best if item[1] in found), start=1)
        ]


def _fused(query: Query, dense: DenseScore, lexical: LexicalScore) -> float:
    return (dense.passage + dense.segment) / 2 + LEXICAL * _share(query, lexical)


def _share(query: Query, lexical: LexicalScore) -> float:
    return lexical.bm25 / (query.total * _BM25_CEILING) if query.total else 0.0


def _hit(
    query: Query, passage: StoredPassage, score: float, dense: DenseScore, lexical: LexicalScore, rank: int
) -> Hit:
    return Hit(
        passage=passage,
        score=score,
        dense=dense.passage,
        sentence=dense.segment,
        lexical=_share(query, lexical),
        coverage=query.coverage(lexical.matched),
        matched=tuple(lexical.matched),
        rank=rank,
    )
