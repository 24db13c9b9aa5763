"""Words of the passages in memory, derived from the store: which passages hold them, and how well, by BM25.

    store.passage -> passages x words (sparse) ; terms -> WordMatches -> BM25 of passages

Robertson and Zaragoza 2009: sum of weight * tf (k1 + 1) / (tf + k1 (1 - b + b length / mean length)).
The matrix is read from the store whole (a second for 100,000 passages) and again when the store has changed.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from index.store import Store
from rag.ports import Ids, LexicalScores, Term, WordCounts

K1, B = 1.2, 0.75
REMEMBERED = 20_000  # places of words that were asked for

Rows = npt.NDArray[np.int64]  # positions among the passages, ascending
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Postings:
    """All passages at one state of the store; the postings of word w are `rows[starts[w]:starts[w + 1]]`."""

    seq: int
    pids: Rows  # ascending
    docs: Rows
    norms: Floats  # what BM25 adds to a word's count: greater for long passages
    starts: Rows
    rows: npt.NDArray[np.int32]
    counts: npt.NDArray[np.uint8]
    places: dict[str, slice] = field(default_factory=dict)  # where the postings of words that were asked for lie

    def of(self, word: int) -> slice:
        """Where the postings of a word lie; nowhere for 0 and for a word that came after this state."""
        known = 0 < word < self.starts.size - 1
        return slice(int(self.starts[word]), int(self.starts[word + 1])) if known else slice(0, 0)

    def positions(self, pids: Ids) -> tuple[Rows, Rows]:
        """Which of the passages exist, by their place in `pids`, and their positions here; both ascending."""
        at = np.searchsorted(self.pids, pids)
        at[at == self.pids.size] = 0
        there = np.flatnonzero(self.pids[at] == pids) if self.pids.size else at[:0]
        return there, at[there]


class LexicalIndex:
    """Keyword search over the words of a store's passages; follows changes made by any process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._postings: _Postings | None = None

    def matches(self, terms: Sequence[Term]) -> WordMatches:
        """Where the terms' forms occur."""
        now = self._current()
        return WordMatches(now, terms, self._places(now, [form for term in terms for form in term.forms]))

    def frequencies(self, words: Sequence[str]) -> WordCounts:
        """In how many passages each of the words occurs, 0 included, and how many passages there are."""
        now = self._current()
        places = self._places(now, words)
        return WordCounts(now.pids.size, {word: place.stop - place.start for word, place in places.items()})

    def _current(self) -> _Postings:
        """The postings of the store's present state."""
        now = self._postings
        if now is None or now.seq != self._store.last_change():
            with self._lock:
                now = self._postings
                seq = self._store.last_change()  # again: another thread may have been here meanwhile
                if now is None or now.seq != seq:
                    now = self._postings = _read(self._store, seq)
        return now

    def _places(self, now: _Postings, words: Sequence[str]) -> dict[str, slice]:
        """Where the postings of the words lie; nowhere for one that no passage ever held."""
        known = {word: now.places.get(word) for word in words}
        unknown = [word for word, place in known.items() if place is None]
        fresh: dict[str, slice] = {}
        if unknown:
            ids = self._store.word_ids(unknown)
            fresh = {word: now.of(ids.get(word, 0)) for word in unknown}
            if len(now.places) > REMEMBERED:
                now.places.clear()
            now.places.update(fresh)
        return {word: place or fresh[word] for word, place in known.items()}


class WordMatches:
    """Where the words of one question occur, by the postings of one state of the store."""

    def __init__(self, postings: _Postings, terms: Sequence[Term], places: Mapping[str, slice]) -> None:
        self._postings = postings
        self._terms = terms
        self._places = places
        self._held = [self._counted(term) for term in terms]

    def _counted(self, term: Term) -> tuple[Rows, Floats]:
        """The passages that hold a term, and how often, its forms counted by their strength; both (n,)."""
        now = self._postings
        places = [(self._places[form], np.float32(strength)) for form, strength in term.forms.items()]
        rows = [now.rows[place] for place, _ in places]
        counts = [now.counts[place] * strength for place, strength in places]
        if len(places) < 2:
            return (rows[0].astype(np.int64), counts[0]) if places else (np.empty(0, np.int64), np.empty(0, np.float32))
        sums = np.bincount(np.concatenate(rows), np.concatenate(counts), minlength=now.pids.size)
        held = np.flatnonzero(sums > 0)
        return held, sums[held].astype(np.float32)

    def best(self, k: int, among: Sequence[int] | None) -> list[int]:
        """The `k` best passages, of all or `among` some, that hold any of the terms' forms, best first."""
        now = self._postings
        scores = np.zeros(now.pids.size, dtype=np.float32)
        for term, (rows, counts) in zip(self._terms, self._held, strict=True):
            scores[rows] += _bm25(term, counts, now.norms[rows])
        if among is not None:
            inside = np.zeros(scores.size, dtype=np.bool_)
            inside[now.positions(np.unique(np.asarray(among, dtype=np.int64)))[1]] = True
            scores[~inside] = 0.0
        held = np.flatnonzero(scores > 0)
        if held.size > k:
            held = held[scores[held] >= np.partition(scores[held], -k)[-k]]
        best = held[np.argsort(-scores[held], kind="stable")][:k]
        return list(now.pids[best].tolist())

    def scores(self, pids: Ids) -> LexicalScores:
        """BM25 of the given passages, 0.0 for one that holds none of the words."""
        now = self._postings
        there, at = now.positions(pids)
        norms = now.norms[at]
        total = np.zeros(at.size, dtype=np.float32)
        strengths = np.zeros((pids.size, len(self._terms)), dtype=np.float32)
        for column, (term, (rows, counts)) in enumerate(zip(self._terms, self._held, strict=True)):
            here, found = _meet(at, rows)
            total[here] += _bm25(term, counts[found], norms[here])
            strengths[there[here], column] = np.minimum(1.0, counts[found])
        bm25 = np.zeros(pids.size, dtype=np.float32)
        bm25[there] = total
        plans = np.full(pids.size, -1, dtype=np.int64)
        plans[there] = now.docs[at]
        return LexicalScores(bm25, strengths, plans)

    def found(self, pids: Sequence[int]) -> dict[int, dict[str, tuple[str, ...]]]:
        """For each of the passages, the terms' words with those of their forms that it holds, the likeliest first."""
        now = self._postings
        wanted = np.unique(np.asarray(pids, dtype=np.int64))
        there, at = now.positions(wanted)
        forms: list[dict[str, tuple[str, ...]]] = [{} for _ in at]
        for term in self._terms:
            for form in sorted(term.forms, key=lambda word: -term.forms[word]):
                here, _ = _meet(at, now.rows[self._places[form]])
                for position in here.tolist():
                    forms[position][term.word] = (*forms[position].get(term.word, ()), form)
        return dict(zip(wanted[there].tolist(), forms, strict=True))


def _read(store: Store, seq: int) -> _Postings:
    rows = store.connection.execute("SELECT pid, doc, length, words, counts FROM passage ORDER BY pid").fetchall()
    pids, docs, lengths = np.array([row[:3] for row in rows], dtype=np.int64).reshape(len(rows), 3).T
    words = np.frombuffer(b"".join(row[3] for row in rows), dtype="<u4").astype(np.int32)
    counts = np.frombuffer(b"".join(row[4] for row in rows), dtype=np.uint8)
    ends = np.cumsum([0, *(len(row[4]) for row in rows)])
    last = int(words.max(initial=0))
    by_word = csr_array((counts, words, ends), shape=(len(rows), last + 1)).tocsc()
    mean = float(lengths.mean()) if lengths.size else 1.0
    norms = (K1 * (1 - B + B * lengths / (mean or 1.0))).astype(np.float32)
    return _Postings(seq, pids, docs, norms, by_word.indptr.astype(np.int64), by_word.indices, by_word.data)


def _bm25(term: Term, counts: Floats, norms: Floats) -> Floats:
    return np.asarray(term.weight * (K1 + 1) * counts / (counts + norms), dtype=np.float32)


def _meet(wanted: Rows, rows: npt.NDArray[np.integer]) -> tuple[Rows, Rows]:
    """Where in `wanted` and where in `rows`, both ascending, the common ones stand."""
    if not rows.size:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    at = np.searchsorted(rows, wanted)
    at[at == rows.size] = 0
    here = np.flatnonzero(rows[at] == wanted)
    return here, at[here]
