"""Words of the passages in memory, derived from the store: which passages hold them, and how well, by BM25.

    store.passage -> passages x words (sparse) ; (terms, passages) -> BM25

Robertson and Zaragoza 2009: sum of weight * tf (k1 + 1) / (tf + k1 (1 - b + b length / mean length)).
The matrix is read from the store whole (a second for 100,000 passages) and again when the store has changed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from index.store import Store
from rag.ports import LexicalScore, Term, WordCounts

K1, B = 1.2, 0.75
REMEMBERED = 20_000  # ids of words that were asked for

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
    ids: dict[str, int] = field(default_factory=dict)  # of words that were asked for; 0 where no passage ever held one

    def of(self, word: int) -> slice:
        """Where the postings of a word lie; nowhere for one that came after this state."""
        known = 0 < word < self.starts.size - 1
        return slice(self.starts[word], self.starts[word + 1]) if known else slice(0, 0)

    def positions(self, pids: Sequence[int]) -> tuple[Rows, Rows]:
        """Those of the passages that exist, ascending, and their positions."""
        wanted = np.unique(np.asarray(pids, dtype=np.int64))
        at = np.searchsorted(self.pids, wanted)
        there = at < self.pids.size
        there[there] = self.pids[at[there]] == wanted[there]
        return wanted[there], at[there]


class LexicalIndex:
    """Keyword search over the words of a store's passages; follows changes made by any process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._postings: _Postings | None = None

    def matching(self, terms: Sequence[Term], k: int, among: Sequence[int] | None) -> list[int]:
        """The `k` best passages, of all or `among` some, that hold any of the terms' forms, best first."""
        now = self._current()
        scores = np.zeros(now.pids.size, dtype=np.float32)
        for term, rows, counts in self._counted(now, terms):
            scores[rows] += _bm25(term, counts, now.norms[rows])
        if among is not None:
            outside = np.ones(scores.size, dtype=np.bool_)
            outside[now.positions(among)[1]] = False
            scores[outside] = 0.0
        held = np.flatnonzero(scores)
        if held.size > k:
            held = held[scores[held] >= np.partition(scores[held], -k)[-k]]
        best = held[np.argsort(-scores[held], kind="stable")][:k]
        return list(now.pids[best].tolist())

    def scores(self, terms: Sequence[Term], pids: Sequence[int]) -> dict[int, LexicalScore]:
        """BM25 of the given passages that exist, 0.0 for one that holds none of the words."""
        now = self._current()
        wanted, at = now.positions(pids)
        norms = now.norms[at]
        total = np.zeros(at.size, dtype=np.float32)
        matched: list[dict[str, float]] = [{} for _ in at]
        for term, rows, counts in self._counted(now, terms):
            here, there = _meet(at, rows)
            total[here] += _bm25(term, counts[there], norms[here])
            for position, count in zip(here.tolist(), counts[there].tolist(), strict=True):
                matched[position][term.word] = min(1.0, count)
        return {
            pid: LexicalScore(score, words)
            for pid, score, words in zip(wanted.tolist(), total.tolist(), matched, strict=True)
        }

    def found(self, terms: Sequence[Term], pids: Sequence[int]) -> dict[int, dict[str, tuple[str, ...]]]:
        """For each of the passages, the terms' words with those of their forms that it holds, the likeliest first."""
        now = self._current()
        wanted, at = now.positions(pids)
        forms: list[dict[str, tuple[str, ...]]] = [{} for _ in at]
        ids = self._ids(now, [form for term in terms for form in term.forms])
        for term in terms:
            for form in sorted(term.forms, key=lambda word: -term.forms[word]):
                here, _ = _meet(at, now.rows[now.of(ids[form])])
                for position in here.tolist():
                    forms[position][term.word] = (*forms[position].get(term.word, ()), form)
        return dict(zip(wanted.tolist(), forms, strict=True))

    def frequencies(self, words: Sequence[str]) -> WordCounts:
        """In how many passages each of the words occurs, 0 included, and how many passages there are."""
        now = self._current()
        places = {word: now.of(number) for word, number in self._ids(now, words).items()}
        return WordCounts(now.pids.size, {word: int(place.stop - place.start) for word, place in places.items()})

    def plans_of(self, pids: Sequence[int]) -> dict[int, int]:
        """The number in the store of the plan that each of the passages is of."""
        now = self._current()
        wanted, at = now.positions(pids)
        return dict(zip(wanted.tolist(), now.docs[at].tolist(), strict=True))

    def _counted(self, now: _Postings, terms: Sequence[Term]) -> Iterator[tuple[Term, Rows, Floats]]:
        """For each term the passages that hold it, and how often, its forms counted by their strength."""
        ids = self._ids(now, [form for term in terms for form in term.forms])
        for term in terms:
            places = [(now.of(ids[form]), strength) for form, strength in term.forms.items()]
            rows = [now.rows[place] for place, _ in places]
            counts = [now.counts[place] * np.float32(strength) for place, strength in places]
            if len(places) == 1:
                yield term, rows[0].astype(np.int64), counts[0]
            elif places:
                sums = np.bincount(np.concatenate(rows), np.concatenate(counts), minlength=now.pids.size)
                held = np.flatnonzero(sums)
                yield term, held, sums[held].astype(np.float32)

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

    def _ids(self, now: _Postings, words: Sequence[str]) -> dict[str, int]:
        """The ids of the words, 0 for one that no passage ever held."""
        ids = {word: now.ids.get(word, -1) for word in words}
        unknown = [word for word, number in ids.items() if number < 0]
        if unknown:
            fresh = {**dict.fromkeys(unknown, 0), **self._store.word_ids(unknown)}
            ids.update(fresh)
            if len(now.ids) > REMEMBERED:
                now.ids.clear()
            now.ids.update(fresh)
        return ids


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
