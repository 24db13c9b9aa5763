"""What speaks for and against a clause as an answer: numbers for the judge.

query + wanted + evidence -> (n, len(CLAUSE))

No single score tells an answer from a mention (a question that a plan leaves open is often worded more like the
plan than one that it answers), so everything that is known of a clause stands here, and the weights are fitted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from rag.complete import states_the_case, tells
from rag.demands import OF_FIGURES, OF_NAMES, Demand, met
from rag.evidence import Evidence, is_line, is_row
from rag.fits import Wanted, context, contradicts, fits, of_year, own, things_of
from rag.names import Name
from rag.query import Query
from rag.question import DEFINITE, Asked, asks_all, head, holds, years
from rag.tense import Tense, asked_tense
from rag.tokenizer import normalise

Matrix = npt.NDArray[np.float64]
_DEFINES = re.compile(r"是指|指的是|即指|(?:”|》|^\d+[.．、].{2,20})[：:]|\b(?:means|refers to)\b")
_ORDINAL = re.compile(r"[一二三四五六七八九十]是|[（(]?[一二三四五六七八九十\d]+[、.）)]|第[一二三四五]")
_MOST_ITEMS, _LONG, _LONG_SENTENCE = 5, 120, 400  # beyond which more makes no difference

# Of a clause: likeness, words, where it stands, what it holds of what was asked for.
CLAUSE = (
    "cosine", "cosine_behind", "cosine_rank", "coverage", "coverage_behind", "headed", "score_behind", "rank",
    "passage_rank", "passage_score", "passage_cosine", "passage_best", "passage_lexical",
    "rarest", "rarest_in_sentence", "sentence_cosine", "sentence_coverage", "sentence_adds",
    "paragraph_coverage", "paragraph_cosine",
    "before_cosine", "before_coverage", "after_cosine", "after_coverage",
    "begins_sentence", "within_sentence", "sentence_length", "length", "line",
    "kind", "kind_in_sentence", "figure", "unmet", "unmet_in_sentence", "named", "named_in_sentence", "named_around",
    "year", "tense", "things", "things_in_sentence", "pairs", "pairs_of_question",
    "defines", "defines_asked", "enumerates", "enumerates_asked", "announces", "ordinal", "case", "tells", "fits",
    "contradicts", "unmet_name", "unmet_figure", "asked_head", "asks_name", "asks_reason",
    *(f"asks_{kind.value}" for kind in Asked), "asks_none", "asks_all", "in_chinese", "translated", "by_meaning",
    "row", "plan_in_chinese",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Around:
    """What is shared by the clauses of one question."""

    query: Query
    wanted: Wanted
    demanded: Sequence[Demand]
    things: Sequence[str]
    heads: Sequence[str]  # words that name what is asked for: 学校 of 哪些学校
    rarest: str  # the word that weighs most
    years: set[str]
    pairs: set[str]


def of_clauses(query: Query, wanted: Wanted, evidence: Sequence[Evidence]) -> Matrix:
    """The signals of each clause, shape (len(evidence), len(CLAUSE))."""
    asked = normalise(query.text)
    pairs = {asked[at : at + 2] for at in range(len(asked) - 1)} if query.language == "zh" else set()
    named = head(query.text).lower()
    heads = [term.word for term in query.terms if term.word in named]
    rarest = max(query.terms, key=lambda term: term.weight).word
    around = _Around(query, wanted, wanted.demands, things_of(query), heads, rarest, years(query.text), pairs)
    placed = sorted(evidence, key=lambda item: (item.hit.passage.pid, item.paragraph.number, item.begin))
    before: dict[int, Evidence] = {}
    after: dict[int, Evidence] = {}
    for first, second in pairwise(placed):
        if first.paragraph is second.paragraph:
            before[id(second)], after[id(first)] = first, second
    sentences: dict[tuple[int, int], list[Evidence]] = {}
    paragraphs: dict[int, list[Evidence]] = {}
    for item in evidence:
        sentences.setdefault((id(item.paragraph), item.sentence[0]), []).append(item)
        paragraphs.setdefault(id(item.paragraph), []).append(item)
    nearest = {id(item): rank for rank, item in enumerate(sorted(evidence, key=lambda item: -item.cosine))}
    rows = []
    for rank, item in enumerate(evidence):
        row = {
            **_likeness(item, evidence, around),
            **_place(item, around),
            **_neighbours(before.get(id(item)), after.get(id(item)), query),
            **_whole(item, sentences[id(item.paragraph), item.sentence[0]], paragraphs[id(item.paragraph)], around),
            **_holding(item, around),
            **of_asking(wanted, query),
            "cosine_rank": 1 / (1 + nearest[id(item)]),
            "rank": 1 / (1 + rank),
        }
        rows.append([float(row[name]) for name in CLAUSE])
    return np.array(rows, dtype=np.float64).reshape(len(evidence), len(CLAUSE))


def _likeness(item: Evidence, evidence: Sequence[Evidence], around: _Around) -> dict[str, float]:
    own_coverage = around.query.coverage(item.matched)
    return {
        "cosine": item.cosine,
        "cosine_behind": item.cosine - max(other.cosine for other in evidence),
        "coverage": own_coverage,
        "headed": item.coverage,
        "coverage_behind": item.coverage - max(other.coverage for other in evidence),
        "score_behind": item.score - max(other.score for other in evidence),
        "passage_rank": 1 / item.hit.rank,
        "passage_score": item.hit.score,
        "passage_cosine": item.hit.dense,
        "passage_best": item.hit.sentence,
        "passage_lexical": item.hit.lexical,
    }


def _place(item: Evidence, around: _Around) -> dict[str, float]:
    begin, stop = item.sentence
    text, whole = normalise(item.text), normalise(item.around)
    own_pairs = [text[at : at + 2] for at in range(len(text) - 1)]
    shared = sum(pair in around.pairs for pair in own_pairs)
    return {
        "begins_sentence": item.begin == begin,
        "within_sentence": (item.begin - begin) / max(1, stop - begin),
        "sentence_length": min(_LONG_SENTENCE, stop - begin) / 100,
        "length": min(_LONG, len(item.text)) / 50,
        "line": is_line(item.paragraph),
        "pairs": shared / len(own_pairs) if own_pairs else 0.0,
        "pairs_of_question": sum(p in whole for p in around.pairs) / len(around.pairs) if around.pairs else 0.0,
    }


def _neighbours(before: Evidence | None, after: Evidence | None, query: Query) -> dict[str, float]:
    return {
        "before_cosine": before.cosine if before else 0.0,
        "before_coverage": query.coverage(before.matched) if before else 0.0,
        "after_cosine": after.cosine if after else 0.0,
        "after_coverage": query.coverage(after.matched) if after else 0.0,
    }


def _whole(
    item: Evidence, sentence: Sequence[Evidence], paragraph: Sequence[Evidence], around: _Around
) -> dict[str, float]:
    query, things, rarest = around.query, around.things, around.rarest
    in_sentence = _union(sentence)
    coverage = query.coverage(in_sentence)
    return {
        "rarest": item.matched.get(rarest, 0.0),
        "rarest_in_sentence": in_sentence.get(rarest, 0.0),
        "sentence_cosine": max(other.cosine for other in sentence),
        "sentence_coverage": coverage,
        "sentence_adds": coverage - query.coverage(item.matched),
        "paragraph_coverage": query.coverage(_union(paragraph)),
        "paragraph_cosine": max(other.cosine for other in paragraph),
        "things": sum(word in item.matched for word in things) / len(things) if things else 0.5,
        "things_in_sentence": sum(word in in_sentence for word in things) / len(things) if things else 0.5,
    }


def _holding(item: Evidence, around: _Around) -> dict[str, float]:
    query, wanted = around.query, around.wanted
    text, sentence = item.text, item.around
    under = item.under
    kinds = sorted(wanted.asked & DEFINITE)
    demanded = [demand for demand in around.demanded if not (demand.what == "past" and item.tense is Tense.PAST)]
    names = [name for name in wanted.names if not own(name, item)]
    tense = asked_tense(query.text, item.document.info)
    items = min(_MOST_ITEMS, text.count("、"))
    defines = _DEFINES.search(text) is not None
    against = contradicts(item, query, wanted)

    def unmet(among: Sequence[Demand], within: str) -> int:
        return sum(not met([demand], within, f"{under} {sentence}") for demand in among)

    return {
        "kind": _of_kind(kinds, text),
        "kind_in_sentence": _of_kind(kinds, sentence),
        "figure": re.search(r"\d", text) is not None,
        "unmet": unmet(demanded, text),
        "unmet_in_sentence": unmet(demanded, sentence),
        "unmet_name": unmet([demand for demand in demanded if demand.what in OF_NAMES], text),
        "unmet_figure": unmet([demand for demand in demanded if demand.what in OF_FIGURES], text),
        "contradicts": against,
        "asked_head": max((item.matched.get(word, 0.0) for word in around.heads), default=0.5),
        "named": _named(names, f"{text}{item.translated}"),
        "named_in_sentence": _named(names, f"{sentence}{under}{item.translated}"),
        "named_around": _named(names, context(item)),
        "year": _of_year(item, around.years, under),
        "tense": (1 if tense is item.tense else -1) if tense and item.tense else 0,
        "defines": defines,
        "defines_asked": defines and Asked.MEANING in wanted.asked,
        "enumerates": items,
        "enumerates_asked": items if Asked.LIST in wanted.asked else 0,
        "announces": text.rstrip().endswith(("：", ":")),
        "ordinal": _ORDINAL.match(text) is not None,
        "case": states_the_case(text),
        "tells": tells(text, query),
        "fits": not against and fits(item, query, wanted),
        "translated": bool(item.translated),
        "row": is_row(item.paragraph),
        "plan_in_chinese": item.document.info.language == "zh",
    }


def of_asking(wanted: Wanted, query: Query) -> dict[str, float]:
    """What is asked for, whatever the clause."""
    demanded = {demand.what for demand in wanted.demands}
    return {
        **{f"asks_{kind.value}": kind in wanted.asked for kind in Asked},
        "asks_none": not wanted.asked,
        "asks_all": asks_all(query.text),
        "asks_name": bool(demanded & OF_NAMES),
        "asks_reason": "reason" in demanded,
        "in_chinese": query.language == "zh",
        "by_meaning": query.by_meaning,
    }


def _of_kind(kinds: Sequence[Asked], text: str) -> int:
    """1 where a text holds all kinds of thing asked for, -1 where not, 0 where none is asked for."""
    return (1 if all(holds(kind, text) for kind in kinds) else -1) if kinds else 0


def _named(names: Sequence[Name], text: str) -> float:
    """Share of the names that a text has; a half where none are asked for."""
    return sum(name.within(text) for name in names) / len(names) if names else 0.5


def _of_year(item: Evidence, asked: set[str], under: str) -> float:
    """1 for the year asked for, -1 for another, in between where the clause names none; 0 where none is asked for."""
    if not asked:
        return 0.0
    given = years(item.around) or years(under)
    if given:
        return 1.0 if asked <= given else -1.0
    return 0.5 if of_year(item, asked) else -0.5


def _union(items: Sequence[Evidence]) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for item in items:
        for word, strength in item.matched.items():
            found[word] = max(found.get(word, 0.0), strength)
    return found
