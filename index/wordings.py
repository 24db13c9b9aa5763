"""The plans' very characters, found without reading every plan.

searched folding of a plan -> overlapping stretches -> trigrams in FTS5 -> Spot

A stretch that holds a text holds all its trigrams; the rarest of them lead to it. What FTS5 finds is only where to
look: whether the text is there is decided on the source.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from index.store import Store
from index.stretches import OVERLAP
from rag.types import Document
from rag.wording.types import Spot

_READ = 1500  # stretches that one look-up for the nearest may read
_WORTH = 0.4  # share of the best one's weight below which a stretch is not looked at
_FOUND = 500  # stretches that one look-up for a text may give
_REMEMBERED = 200_000  # trigrams whose counts are kept
_RAREST = 6  # trigrams that narrow down where a text is


class StoredWordings:
    """The look-up that verifying needs, over a store; it sees what other processes add or remove."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._document = lru_cache(maxsize=256)(self._read_document)
        self._counted: tuple[object, dict[str, int]] = (None, {})  # state of the store, counts of its trigrams

    def document(self, document_id: str) -> Document:
        """A plan, whole.

        :raises NotFoundError: if there is none of that id.
        """
        return self._document(document_id, self._store.edition(document_id))

    def _read_document(self, document_id: str, _edition: int) -> Document:
        return self._store.document(document_id)

    def containing(self, form: str, plan: str | None) -> list[Spot]:
        """Stretches that hold the rarest piece, up to 64 characters, of a searched form."""
        grams = _grams(form)
        counts = self._counts(grams)
        if not grams or not all(counts[gram] for gram in grams):
            return []
        rarest = min(range(len(grams)), key=lambda index: counts[grams[index]])
        begin = max(0, min(rarest - OVERLAP // 2, len(form) - OVERLAP))
        return self.containing_all([form[begin : begin + OVERLAP]], plan)

    def containing_all(self, forms: list[str], plan: str | None) -> list[Spot]:
        """Stretches that hold every one of some pieces of three characters or more."""
        grams = [gram for form in forms for gram in _grams(form)]
        counts = self._counts(grams)
        if not grams or not all(counts[gram] for gram in grams):
            return []
        query = " AND ".join(map(_quoted, sorted(set(grams), key=lambda gram: (counts[gram], gram))[:_RAREST]))
        there = " AND ".join(["instr(w.text, ?)"] * len(forms))
        return [Spot(*row[:3]) for row in self._rows(query, plan, f"AND {there} LIMIT {_FOUND}", forms)]

    def near(self, form: str, k: int, plan: str | None) -> list[Spot]:
        """The k stretches that share the rarest trigrams with a searched form, weighed by rarity, best first."""
        grams = sorted(set(_grams(form)))
        counts = self._counts(grams)
        chosen: list[str] = []
        read = 0
        for gram in sorted(grams, key=lambda gram: (counts[gram], gram)):
            if not counts[gram]:
                continue
            read += counts[gram]
            if chosen and plan is None and read > _READ:
                break
            chosen.append(gram)
        if not chosen:
            return []
        total = max(counts.values()) + 1
        weights = {gram: math.log(1 + total / counts[gram]) for gram in grams if counts[gram]}
        rows = self._rows(" OR ".join(map(_quoted, chosen)), plan, f"LIMIT {20 * _READ}", [])
        scored = [(-sum(weight for gram, weight in weights.items() if gram in row[3]), row) for row in rows]
        best = sorted(scored)[:k]
        return [Spot(*row[:3]) for score, row in best if score <= _WORTH * best[0][0]]

    def holding(self, pieces: list[str], k: int, plan: str | None) -> list[Spot]:
        """The first k stretches that hold every one of some short pieces; reads every stretch."""
        there = " AND ".join(["instr(w.text, ?)"] * len(pieces))
        rows = self._store.connection.execute(
            'SELECT d.id, w.start, w."end" FROM wording w JOIN document d ON d.doc = w.doc '
            f"WHERE (? IS NULL OR d.id = ?) AND {there} ORDER BY w.wid LIMIT ?",
            (plan, plan, *pieces, k),
        )
        return [Spot(*row) for row in rows]

    def count(self, form: str, plan: str | None) -> int:
        """How often a short form occurs, places that overlap not counted twice; reads every stretch."""
        piece = "substr(w.text, 1, w.own + length(:form) - 1)"
        row = self._store.connection.execute(
            f"SELECT coalesce(sum((length({piece}) - length(replace({piece}, :form, ''))) / length(:form)), 0) "
            "FROM wording w JOIN document d ON d.doc = w.doc WHERE :plan IS NULL OR d.id = :plan",
            {"form": form, "plan": plan},
        ).fetchone()
        return int(row[0])

    def _rows(self, query: str, plan: str | None, rest: str, values: Sequence[str]) -> list[tuple[str, int, int, str]]:
        of = "" if plan is None else "AND d.id = ? "
        return self._store.connection.execute(
            'SELECT d.id, w.start, w."end", w.text FROM wording_grams g JOIN wording w ON w.wid = g.rowid '
            f"JOIN document d ON d.doc = w.doc WHERE wording_grams MATCH ? {of}{rest}",
            (query, *([] if plan is None else [plan]), *values),
        ).fetchall()

    def _counts(self, grams: Sequence[str]) -> dict[str, int]:
        """In how many stretches each trigram occurs."""
        connection = self._store.connection
        # A plan taken out leaves a count too high, which costs time only; one put in must be seen at once.
        state = connection.execute(
            "SELECT value, coalesce((SELECT max(wid) FROM wording), 0) FROM meta WHERE key = 'store'"
        ).fetchone()
        if state != self._counted[0] or len(self._counted[1]) > _REMEMBERED:
            self._counted = (state, {})
        known = self._counted[1]
        for gram in set(grams) - known.keys():
            row = connection.execute("SELECT doc FROM wording_gram_count WHERE term = ?", (gram,)).fetchone()
            known[gram] = int(row[0]) if row else 0
        return {gram: known[gram] for gram in grams}


def _grams(form: str) -> list[str]:
    return [form[index : index + 3] for index in range(len(form) - 2)]


def _quoted(gram: str) -> str:
    return '"' + gram.replace('"', '""') + '"'
