"""A plan cut into the overlapping stretches that its exact words are looked up in.

source -> searched folding -> Stretch rows, in the transaction that stores the plan
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from rag.wording.fold import searched

STRETCH = 320  # folded characters
OVERLAP = 64


def stretches(source: str) -> Iterator[tuple[int, int, int, str]]:
    """(start, end, own, text) of each stretch of a source; the first `own` characters are in no later stretch."""
    folded = searched(source)
    for begin in range(0, len(folded.text), STRETCH - OVERLAP):
        text = folded.text[begin : begin + STRETCH]
        last = begin + STRETCH >= len(folded.text)
        yield *folded.span(begin, begin + len(text)), len(text) if last else STRETCH - OVERLAP, text
        if last:
            return


def write_wordings(connection: sqlite3.Connection, doc: int | None, source: str) -> None:
    """Store a plan's stretches; call it inside a transaction."""
    connection.executemany(
        'INSERT INTO wording (doc, start, "end", own, text) VALUES (?, ?, ?, ?, ?)',
        [(doc, start, end, own, text) for start, end, own, text in stretches(source)],
    )
