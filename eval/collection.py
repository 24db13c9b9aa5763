"""A retrieval collection in the layout of BEIR (Thakur et al. 2021).

folder/corpus.jsonl, queries.jsonl, qrels.tsv or qrels/test.tsv -> Collection
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from ir_measures import Qrel
from pydantic import BaseModel, ConfigDict, Field

from eval.lines import read_lines, read_text
from eval.workbench import file_digest
from rag.errors import InputError
from rag.language import detect_language


class CorpusText(BaseModel):
    """A line of corpus.jsonl."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)

    id: str = Field(alias="_id")
    title: str = ""
    text: str


class CorpusQuery(BaseModel):
    """A line of queries.jsonl; `lang` where the collection says it."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)

    id: str = Field(alias="_id")
    text: str
    lang: str = ""

    @property
    def language(self) -> str:
        """As the collection says, or as the query reads."""
        return self.lang or detect_language(self.text)


@dataclass(frozen=True, slots=True)
class Collection:
    """Texts, the queries that were judged, and which text is relevant to which."""

    name: str
    digest: str
    texts: dict[str, str]
    queries: tuple[CorpusQuery, ...]
    qrels: tuple[Qrel, ...]


def read_collection(folder: Path, *, skip_malformed: bool = False) -> Collection:
    """Read a BEIR folder; queries without a judgement are left out, as BEIR does.

    :raises InputError: naming file and line of what cannot be used.
    """
    judgements = next((file for file in (folder / "qrels.tsv", folder / "qrels" / "test.tsv") if file.is_file()), None)
    if judgements is None:
        raise InputError(
            f"{folder} holds neither qrels.tsv nor qrels/test.tsv. "
            "A collection has corpus.jsonl, queries.jsonl and one of these."
        )
    corpus, queries = folder / "corpus.jsonl", folder / "queries.jsonl"
    texts = read_lines(corpus, CorpusText, lambda text: text.id, skip_malformed=skip_malformed)
    asked = read_lines(queries, CorpusQuery, lambda query: query.id, skip_malformed=skip_malformed)
    qrels = _read_qrels(judgements)
    judged = {qrel.query_id for qrel in qrels}
    return Collection(
        folder.resolve().name,
        file_digest(corpus, queries, judgements),
        {text.id: text.text for text in texts},
        tuple(query for query in asked if query.id in judged),
        tuple(qrels),
    )


def _read_qrels(file: Path) -> list[Qrel]:
    found = []
    for number, row in enumerate(csv.reader(read_text(file).splitlines(), delimiter="\t"), start=1):
        if not row or (number == 1 and row[0] == "query-id"):
            continue
        try:
            query, text, relevance = row
            found.append(Qrel(query, text, int(relevance)))
        except ValueError:
            raise InputError(f"{file}:{number}: expected query id, text id and a whole number, tab between.") from None
    if not found:
        raise InputError(f"{file} holds no judgement.")
    return found
