"""An answer made of the plan's own words: which clauses answer, whether any do, and their citations.

    evidence, best first -> does it bear on the question? -> chosen clauses -> statements with [n]

Nothing is written here but numbers and brackets: what cannot be quoted is not said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import rjieba

from rag.choose import PLAINLY, SURELY, compared, matching, several, single
from rag.complete import completed, tells
from rag.demands import Demand, met
from rag.evidence import Evidence
from rag.names import Name, of_its_own, whole_text
from rag.phrases import phrase
from rag.query import Query
from rag.question import Asked, holds, years
from rag.statements import Span, citations_of, items_of, joined, span_of, told
from rag.summary import told_whole
from rag.text import clauses, is_han, squeeze
from rag.thresholds import Thresholds
from rag.tokenizer import normalise
from rag.types import Citation, Completeness, Document, Paragraph, Status

NEAREST = 3  # clauses shown beside a refusal


_ANY_THING = frozenset(
    "目标 情况 地方 方式 安排 工作 问题 内容 名字 事情 办法 措施 时候 全区 区里 人 数量 总数 方面".split()
)


@dataclass(frozen=True, slots=True)
class Composed:
    """Status, text and citations of an answer."""

    status: Status
    text: str
    citations: tuple[Citation, ...] = ()
    related: tuple[Citation, ...] = ()
    completeness: Completeness | None = None
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the question asks for, names and demands."""

    asked: frozenset[Asked]
    places: tuple[str, ...]  # beside the plan's own
    names: tuple[Name, ...]
    demands: tuple[Demand, ...]
    limits: Thresholds


def compose(
    query: Query, wanted: Wanted, evidence: Sequence[Evidence], *, titled: bool, whole: bool = False
) -> Composed:
    """The answer that the evidence bears, or the kind of refusal that it calls for.

    :param titled: name the plan over its statements, since the index holds several.
    :param whole: the evidence is of all that was to be searched, so that a list of it is complete.
    """
    asked, places = wanted.asked, wanted.places
    if any(all(place not in squeeze(item.document.source) for item in evidence[:NEAREST]) for place in places):
        return _refuse(Status.OUT_OF_SCOPE, query, evidence)
    near_plans = [whole_text(item.document) for item in evidence[:NEAREST]]
    if any(not any(name.within(text) for text in near_plans) for name in wanted.names):
        return _refuse(Status.OUT_OF_SCOPE, query, evidence)
    limits = wanted.limits
    bears = limits.bears if query.language in ("zh", "en") else limits.bears_by_meaning
    bearing = [
        item for item in evidence if item.score >= bears and not _on_another_topic(query, item, limits.off_topic)
    ]
    if not bearing:
        near = [item for item in evidence if item.score >= min(limits.near, bears)]
        return _refuse(Status.NOT_STATED if near else Status.OUT_OF_SCOPE, query, near)
    listed = bool(asked & {Asked.LIST, Asked.WAY, Asked.BRIEF, Asked.COMPARE}) or len(wanted.names) > 1
    if listed:
        first = bearing[0]
        beside = [item for item in evidence if item.paragraph is first.paragraph and item.sentence == first.sentence]
        bearing += [item for item in beside if item.score < bears]
    told = (completed(item if listed else _trimmed(item, query), query) for item in bearing)
    leading = matching(bearing[0], SURELY)
    fitting = [item for item in told if (listed or leading <= matching(item, PLAINLY)) and _fits(item, query, wanted)]
    fitting = fitting if _all_named(wanted.names, fitting) else []
    if not fitting:
        return _refuse(Status.NOT_STATED, query, bearing)
    if Asked.BRIEF in asked:
        best = fitting[0]
        return brief(query, best.document, told_whole(best.paragraph), titled=titled, confidence=best.score)
    if Asked.COMPARE in asked:
        chosen = compared(query, fitting)
    else:
        chosen = several(query, asked, fitting) if listed else single(query, fitting)
    return _answer(query, chosen, (_scanned(evidence), whole) if listed else None, titled=titled)


def brief(
    query: Query,
    document: Document,
    spans: Sequence[tuple[Paragraph, int, int]],
    *,
    titled: bool,
    confidence: float = 1.0,
) -> Composed:
    """A section or paragraph in brief, each span a statement of its own."""
    citations = citations_of([Span(document, *span) for span in spans], query.language)
    scanned = len({paragraph.number for paragraph, _, _ in spans})
    completeness = Completeness(len(citations), scanned, complete=True)
    text = told(citations, query.language, document, titled=titled)
    return Composed(Status.ANSWERED, text, citations, completeness=completeness, confidence=confidence)


def _fits(item: Evidence, query: Query, wanted: Wanted) -> bool:
    """Whether a clause holds the kind of thing asked for, and speaks of the year, the names and all else asked for."""
    sentence = item.around
    under = " ".join(item.hit.passage.headings)
    asked_years, given = years(query.text), years(sentence) or years(under)
    if asked_years and not asked_years <= given and (given or not asked_years <= years(item.document.source)):
        return False
    if not met(wanted.demands, item.text, f"{under} {sentence}"):
        return False
    narrow = wanted.asked & {Asked.NUMBER, Asked.MONEY}
    limits = wanted.limits
    if narrow and (_lacking(query, item) > limits.lacking or (item.coverage < limits.few and item.cosine < limits.far)):
        return False
    around = f"{item.text}\n{item.translated}" if narrow else _context(item)
    names = [name for name in wanted.names if not of_its_own(name, item.document)]
    if names and not any(name.within(around) for name in names):
        return False
    if Asked.TIME in wanted.asked and not holds(Asked.TIME, item.text):
        return False
    if Asked.LIST in wanted.asked:
        return True
    return all(holds(kind, item.text) for kind in wanted.asked)


def _on_another_topic(query: Query, item: Evidence, off_topic: float) -> bool:
    """Whether a clause has none of the things that a Chinese question names, and is not near it either."""
    things = [term.word for term in query.terms if _is_noun(term.word) and term.word not in _ANY_THING]
    return bool(things) and not any(word in item.matched for word in things) and item.cosine < off_topic


def _lacking(query: Query, item: Evidence) -> float:
    """Of the things, known to the plan, that a question for a figure is about, the share by weight that a clause lacks.

    One alone may go by another word.
    """
    things = [term for term in query.terms if term.word in term.forms and _is_noun(term.word)]
    lacking = [term for term in things if term.word not in item.matched]
    return sum(term.weight for term in lacking) / sum(term.weight for term in things) if len(lacking) > 1 else 0.0


@lru_cache(maxsize=4096)
def _is_noun(word: str) -> bool:
    tagged = rjieba.tag(word)
    return is_han(word[0]) and len(word) > 1 and len(tagged) == 1 and tagged[0][1] in ("n", "nz", "ng")


def _context(item: Evidence) -> str:
    """The passage around a clause, with what it says in the asker's language."""
    return f"{item.hit.passage.text}\n{item.translated}"


def _all_named(names: Sequence[Name], items: Sequence[Evidence]) -> bool:
    return all(any(name.within(_context(item)) or of_its_own(name, item.document) for item in items) for name in names)


def _trimmed(item: Evidence, query: Query) -> Evidence:
    """The clause without neighbours that were only joined to it for being short and match nothing of the question."""
    whole = normalise(item.text)
    forms: list[str] = []
    for term in query.terms:
        own = [form for form in term.forms if form in whole]
        forms += own or [form for form in term.kin if form in whole]
    spans = clauses(item.text, "，,")
    telling = [
        number
        for number, (begin, stop) in enumerate(spans)
        if any(form in normalise(item.text[begin:stop]) for form in forms)
    ]
    if not telling:
        return item
    first, last = telling[0], telling[-1]
    if first and holds(Asked.TIME, item.text[slice(*spans[first - 1])]):
        first -= 1  # 「到2025年，」 dates what follows
    begin, stop = spans[first][0], spans[last][1]
    return (
        replace(item, begin=item.begin + begin, stop=item.begin + stop) if tells(item.text[begin:stop], query) else item
    )


def _scanned(evidence: Sequence[Evidence]) -> int:
    return len({(item.document.info.id, item.paragraph.number) for item in evidence})


def _refuse(status: Status, query: Query, near: Sequence[Evidence]) -> Composed:
    related = (
        citations_of(joined([span_of(item, query.language) for item in near[:NEAREST]]), query.language)
        if status is Status.NOT_STATED
        else ()
    )
    confidence = max((item.score for item in near), default=0.0)
    return Composed(status, phrase(status.value, query.language), related=related, confidence=confidence)


def _answer(query: Query, chosen: Sequence[Evidence], scanned: tuple[int, bool] | None, *, titled: bool) -> Composed:
    citations = citations_of(joined([span_of(item, query.language) for item in chosen]), query.language)
    text = told(citations, query.language, chosen[0].document, titled=titled)
    items = sum(items_of(citation.quote) for citation in citations)
    completeness = Completeness(items, *scanned) if scanned else None
    confidence = max(item.score for item in chosen)
    return Composed(Status.ANSWERED, text, citations, completeness=completeness, confidence=confidence)


def together(answers: Sequence[Composed], questions: Sequence[str], language: str) -> Composed:
    """One answer from those to the questions of one message, each under its question, citations numbered on."""
    if len(answers) == 1 or not any(answer.citations for answer in answers):
        return answers[0]
    texts: list[str] = []
    citations: list[Citation] = []
    for question, answer in zip(questions, answers, strict=True):
        before = len(citations)
        own = answer.text if answer.citations else phrase("open", language)
        text = re.sub(r"\[(\d+)\]", lambda found: f"[{int(found[1]) + before}]", own)  # noqa: B023
        texts.append(f"{question}\n{text}")
        citations += [replace(citation, number=citation.number + before) for citation in answer.citations]
    statuses = [answer.status for answer in answers]
    status = Status.ANSWERED if Status.ANSWERED in statuses else statuses[0]
    related = () if citations else tuple(answers[0].related)
    confidence = min((answer.confidence for answer in answers if answer.status is Status.ANSWERED), default=0.0)
    return Composed(status, "\n\n".join(texts), tuple(citations), related, confidence=confidence)
