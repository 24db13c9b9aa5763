"""How well the right text of a collection is found, with the code and settings that questions are asked with.

Collection -> Workbench -> ranking of texts a query -> run (TREC), Report
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import ir_measures
from ir_measures import RR, R, ScoredDoc, nDCG
from tqdm import tqdm

from app.settings import Settings
from eval.collection import Collection, CorpusQuery
from eval.ladder import Parts, rungs
from eval.plots import Plot, bars, histogram
from eval.report import Failure, Report, Row, Table, aggregate, percentiles
from eval.workbench import Workbench, index_texts, provenance, workbench
from index.database import Identity
from index.library import Library
from rag.dictionary import Dictionary
from rag.retrieve import LEXICAL, MATCHING, NEAREST
from rag.tokenizer import Tokenizer
from rag.types import StoredPassage

MEASURES = {"R@1": R @ 1, "R@5": R @ 5, "R@10": R @ 10, "MRR@10": RR @ 10, "nDCG@10": nDCG @ 10}
DEPTH = 100  # passages asked for; a text of several passages counts at its first
IN_LADDER = ("R@1", "MRR@10")

Rankings = dict[str, list[str]]  # query id -> ids of texts, best first


@dataclass(frozen=True, slots=True)
class Timed:
    """A query's ranking of texts with their scores, and milliseconds."""

    ranking: dict[str, float]
    encode: float
    search: float


def evaluate(collection: Collection, settings: Settings, *, ladder: bool) -> tuple[Report, str]:
    """The report on a collection, and the run in TREC's form."""
    with workbench(f"{collection.name} {collection.digest}", collection.texts, settings) as bench:
        parts = Parts(bench.encoder, Tokenizer(), Dictionary.load(settings.cache), bench.services.library)
        timed = {query.id: _timed(parts, bench.keys, query.text) for query in _progress(collection, "searching")}
        rankings = {query: list(found.ranking) for query, found in timed.items()}
        rows = score(collection, rankings)
        report = Report(
            evaluation="retrieval",
            dataset=collection.name,
            index={**provenance(bench.services.library), "dataset_sha256": collection.digest},
            settings={"depth": DEPTH, "nearest": NEAREST, "matching": MATCHING, "lexical": LEXICAL},
            rows=rows,
            latency_ms={
                "encode": percentiles([found.encode for found in timed.values()]),
                "search": percentiles([found.search for found in timed.values()]),
                "total": percentiles([found.encode + found.search for found in timed.values()]),
            },
            plots=_plots(rows, [found.encode + found.search for found in timed.values()]),
            failures=_failures(collection, rankings),
            tables=_ladder(collection, bench, parts, settings) if ladder else (),
        )
    return report, _trec(timed)


def score(collection: Collection, rankings: Rankings) -> list[Row]:
    """Every query's measures; a query without a ranking has 0 in each."""
    # Made of ranks, so that equal scores keep their order: trec_eval would break such ties in its own way.
    run = [ScoredDoc(query, text, float(-rank)) for query, texts in rankings.items() for rank, text in enumerate(texts)]
    names = {measure: name for name, measure in MEASURES.items()}
    found: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(MEASURES, 0.0))
    for metric in ir_measures.iter_calc(list(MEASURES.values()), collection.qrels, run):
        found[metric.query_id][names[metric.measure]] = metric.value
    return [
        Row(
            id=query.id,
            language=query.language,
            asked=query.text,
            outcome=next(iter(rankings.get(query.id, ())), "nothing"),
            scores=found[query.id],
        )
        for query in collection.queries
    ]


def _progress(collection: Collection, what: str) -> Iterable[CorpusQuery]:
    return tqdm(collection.queries, desc=what, unit="query", leave=False, disable=None)  # type: ignore[no-any-return]


def _timed(parts: Parts, keys: Mapping[str, str], question: str) -> Timed:
    retriever = parts.retriever()
    begun = time.perf_counter()
    vector = parts.encoder.encode_queries([question])[0]
    encoded = time.perf_counter()
    hits = retriever.rank(retriever.query(question), vector, DEPTH)
    ended = time.perf_counter()
    ranking: dict[str, float] = {}
    for hit in hits:
        ranking.setdefault(keys[hit.passage.document.id], hit.score)
    return Timed(ranking, 1000 * (encoded - begun), 1000 * (ended - encoded))


def _trec(timed: Mapping[str, Timed]) -> str:
    """Lines of "query Q0 text rank score planqa"."""
    return "".join(
        f"{query} Q0 {text} {rank} {value:.6f} planqa\n"
        for query, found in timed.items()
        for rank, (text, value) in enumerate(found.ranking.items(), start=1)
    )


def _ladder(collection: Collection, bench: Workbench, parts: Parts, settings: Settings) -> tuple[Table, ...]:
    """R@1 and MRR@10 of every rung, by language."""
    languages = list(dict.fromkeys(query.language for query in collection.queries))
    columns = [f"{language} {name}" for language in languages for name in IN_LADDER]
    lines = []
    with _uncentred(collection, bench, parts, settings) as uncentred:
        for name, rung in rungs(parts, uncentred):
            rankings = {query.id: _texts(rung.ranked(query.text), bench.keys) for query in _progress(collection, name)}
            means = aggregate(score(collection, rankings))
            cells = [f"{means[language][measure]:.3f}" for language in languages for measure in IN_LADDER]
            lines.append((name, *cells))
    return (Table("What each part earns", ("", *columns), tuple(lines)),)


@contextmanager
def _uncentred(collection: Collection, bench: Workbench, parts: Parts, settings: Settings) -> Iterator[Parts]:
    """The same parts with plain vectors, over an index of their own that has the same plan ids."""
    with TemporaryDirectory(prefix="planqa-eval-") as folder:
        own = settings.model_copy(update={"index": Path(folder) / "index"})
        index_texts(collection.texts, Path(folder) / "plans", own, bench.plain)
        identity = Identity(bench.plain.name, bench.plain.dim, parts.tokenizer.name)
        yield replace(parts, encoder=bench.plain, index=Library.open(own.index, identity))


def _texts(passages: Sequence[StoredPassage], keys: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys(keys[passage.document.id] for passage in passages))


def _plots(rows: Sequence[Row], milliseconds: Sequence[float]) -> tuple[Plot, ...]:
    groups = aggregate(rows)
    return (
        bars(
            "R@1 by language",
            {name: means["R@1"] for name, means in groups.items()},
            {name: means["R@1_interval"] for name, means in groups.items()},
        ),
        histogram("Time a query", milliseconds),
    )


def _failures(collection: Collection, rankings: Rankings) -> tuple[Failure, ...]:
    """Queries whose first text is not a relevant one, the worst first."""
    relevant: dict[str, list[str]] = defaultdict(list)
    for qrel in collection.qrels:
        if qrel.relevance > 0:
            relevant[qrel.query_id].append(qrel.doc_id)
    missed = []
    for query in collection.queries:
        ranking = rankings.get(query.id, [])
        ranks = [ranking.index(text) + 1 for text in relevant[query.id] if text in ranking]
        best = min(ranks, default=0)
        if best != 1:
            first = collection.texts[ranking[0]] if ranking else "nothing"
            wanted = "\n".join(collection.texts.get(text, "not in the corpus") for text in relevant[query.id])
            what = f"The right text is at rank {best}." if best else "The right text was not found."
            failure = Failure(query.id, query.text, what, (("found first", _cut(first)), ("right", _cut(wanted))))
            missed.append((best or DEPTH + 1, failure))
    return tuple(failure for _, failure in sorted(missed, key=lambda item: -item[0]))


def _cut(text: str, longest: int = 400) -> str:
    return text if len(text) <= longest else text[:longest] + "…"
