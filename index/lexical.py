"""Words in SQLite's full-text index: which passages hold them, and how well, by BM25.

    words -> FTS5 -> passages ; (terms, passages) -> BM25 from their stored tokens

Robertson and Zaragoza 2009: sum of weight * tf (k1 + 1) / (tf + k1 (1 - b + b length / mean length)).
FTS5's own score is used to find candidates only: it knows neither our weights nor words it never saw.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from index.store import Store
from rag.ports import LexicalScore, Term, WordCounts

K1, B = 1.2, 0.75


class LexicalIndex:
    """Keyword search over the tokens of a store's passages; always up to date with it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cached: tuple[int, int, float] | None = None  # (last change, passages, mean length)

    def matching(self, words: Sequence[str], k: int, plan: str | None) -> list[int]:
        """The `k` best passages that hold any of the words, best first."""
        if not words:
            return []
        query = " OR ".join('"' + word.replace('"', '""') + '"' for word in words)
        where, values = ("", [query, k]) if plan is None else ("AND d.id = ?", [query, plan, k])
        rows = self._store.connection.execute(
            "SELECT w.rowid FROM passage_words w JOIN passage p ON p.pid = w.rowid JOIN document d ON d.doc = p.doc "
            f"WHERE passage_words MATCH ? {where} ORDER BY w.rank, w.rowid LIMIT ?",
            values,
        )
        return [pid for (pid,) in rows]

    def scores(self, terms: Sequence[Term], pids: Sequence[int]) -> dict[int, LexicalScore]:
        """BM25 of the given passages, 0.0 for one that holds none of the words."""
        count, mean = self._totals()
        if not count:
            return {}
        rows = self._store.connection.execute(
            "SELECT pid, length, tokens FROM passage WHERE pid IN (SELECT value FROM json_each(?))",
            (json.dumps(list(pids)),),
        )
        return {pid: _bm25(terms, tokens, length / mean) for pid, length, tokens in rows}

    def frequencies(self, words: Sequence[str]) -> WordCounts:
        """In how many passages each of the words occurs, 0 included, and how many passages there are."""
        rows = self._store.connection.execute(
            "SELECT term, doc FROM word_count WHERE term IN (SELECT value FROM json_each(?))",
            (json.dumps(list(words), ensure_ascii=False),),
        )
        seen: dict[str, int] = dict(rows.fetchall())
        return WordCounts(self._totals()[0], {word: seen.get(word, 0) for word in words})

    def _totals(self) -> tuple[int, float]:
        """Number of passages and their mean length in tokens; read again only when the store has changed."""
        seq = self._store.last_change()
        if self._cached is None or self._cached[0] != seq:
            row = self._store.connection.execute("SELECT count(*), avg(length) FROM passage").fetchone()
            self._cached = (seq, int(row[0]), float(row[1] or 1.0))
        return self._cached[1:]


def _bm25(terms: Sequence[Term], tokens: str, relative_length: float) -> LexicalScore:
    counts = Counter(tokens.split(" "))
    norm = K1 * (1 - B + B * relative_length)
    total = 0.0
    matched: dict[str, float] = {}
    for term in terms:
        frequency = sum(strength * counts[form] for form, strength in term.forms.items())
        if frequency:
            total += term.weight * frequency * (K1 + 1) / (frequency + norm)
            matched[term.word] = min(1.0, frequency)
    return LexicalScore(total, matched)
