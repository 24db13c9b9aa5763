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

from rag.choose import PLAINLY, SURELY, compared, matching, meant, several, single
from rag.complete import completed, tells
from rag.demands import Demand, met
from rag.enumeration import number_asked, points_after
from rag.evidence import KINDS, Evidence
from rag.names import Name, of_its_own, whole_text
from rag.phrases import phrase
from rag.query import Query
from rag.question import Asked, holds, years
from rag.statements import Span, citations_of, items_of, joined, span_of, told
from rag.summary import told_whole
from rag.tense import Tense, own_year
from rag.text import clauses, is_han, squeeze
from rag.thresholds import Thresholds
from rag.tokenizer import normalise
from rag.types import Citation, Completeness, Document, Paragraph, Role, Status
from rag.widen import widened

HALF = 0.5  # of a question's words, by weight: a clause that has so much is not on another topic
ANNOUNCING = 3  # of the best clauses: those that may announce numbered points
NEAREST = 3  # clauses shown beside a refusal


_ANY_THING = frozenset(
    "目标 情况 地方 方式 安排 工作 问题 内容 名字 事情 办法 措施 时候 全区 区里 人 数量 总数 方面 全省 全市 全县 全国 "
    "省里 市里 县里 自治区 百姓 老百姓 群众 市民 居民 民众 资金 钱 金额 平均 比例 去年 今年 明年".split()
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
    points = _enumerated(query, bearing) if asked & {Asked.LIST, Asked.BRIEF} else []
    if points:
        document = bearing[0].document
        return brief(query, document, points, titled=titled, confidence=bearing[0].score)
    first = bearing[0]
    beside = [item for item in evidence if item.paragraph is first.paragraph and item.sentence == first.sentence]
    bearing += [item for item in beside if item not in bearing]
    told = [completed(item, query) for item in bearing] if listed else _led(bearing, evidence, query, asked)
    fitting = [item for item in told if _fits(item, query, wanted)]
    fitting = fitting if _all_named(wanted.names, fitting) else []
    if not fitting:
        return _refuse(Status.NOT_STATED, query, bearing)
    if Asked.BRIEF in asked:
        best = fitting[0]
        return brief(query, best.document, told_whole(best.paragraph), titled=titled, confidence=best.score)
    if Asked.MEANING in asked and not listed:
        chosen = meant(fitting)
    elif Asked.COMPARE in asked:
        chosen = compared(query, fitting)
    else:
        chosen = several(query, asked, fitting) if listed else single(query, fitting)
    return _answer(query, chosen, (_scanned(evidence), whole) if listed else None, titled=titled)


def _enumerated(query: Query, bearing: Sequence[Evidence]) -> list[tuple[Paragraph, int, int]]:
    """The numbered points that one of the best clauses announces, if there are as many as the question says."""
    count = number_asked(query.text)
    for item in bearing[:ANNOUNCING]:
        if item.document is not bearing[0].document:
            continue
        points = points_after(item.document, item.paragraph, item.begin)
        heads = item.paragraph.role is Role.HEADING or item.text.rstrip().endswith(("：", ":"))
        if points and (count == len(points) or (count is None and heads)):
            return points
    return []


def _led(
    bearing: Sequence[Evidence], evidence: Sequence[Evidence], query: Query, asked: frozenset[Asked]
) -> list[Evidence]:
    """The clauses that match what the best of them matches; the kind that it lacks, its neighbour may hold."""
    best, kinds = bearing[0], asked & set(KINDS)
    leading = matching(best, SURELY)
    open_kinds = {kind for kind in kinds if not holds(kind, best.text)}
    found = []
    for item in bearing:
        if leading <= matching(item, PLAINLY):
            found.append(completed(_trimmed(item, query), query))
        elif open_kinds and all(holds(kind, item.text) for kind in kinds):
            wide = widened(item, leading, evidence, query)
            found += [wide] if wide else []
    return found


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
    if asked_years and not asked_years <= given and (given or not _of_year(item, asked_years)):
        return False
    demanded = [demand for demand in wanted.demands if not (demand.what == "past" and item.tense is Tense.PAST)]
    if not met(demanded, item.text, f"{under} {sentence}"):
        return False
    narrow = wanted.asked & {Asked.NUMBER, Asked.MONEY}
    if narrow and _of_something_else(item, query, wanted.limits):
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


def _of_year(item: Evidence, asked: set[str]) -> bool:
    """Whether a clause without a year may be of the one asked for: the plan's own, that before it, or one it names."""
    own = own_year(item.document.info)
    behind, own_one = {str(own - 1)} if own else set(), {str(own)} if own else set()
    if (asked == behind and item.tense is Tense.PAST) or (asked == own_one and item.tense is Tense.AHEAD):
        return True
    return asked <= years(item.document.source)


def _on_another_topic(query: Query, item: Evidence, off_topic: float) -> bool:
    """Whether a clause has none of the things that a Chinese question names, and is not near it either."""
    things = [term.word for term in query.terms if _is_thing(term.word)]
    has_none = bool(things) and not any(word in item.matched for word in things)
    return has_none and item.cosine < off_topic and item.coverage < HALF


def _of_something_else(item: Evidence, query: Query, limits: Thresholds) -> bool:
    """Whether a clause with a figure is of another thing: it lacks most of the things asked about, or all likeness.

    One thing alone may go by another word.
    """
    if item.cosine >= limits.alike or item.coverage >= HALF:
        return False
    things = [term for term in query.terms if term.word in term.forms and _is_thing(term.word)]
    lacking = [term for term in things if term.word not in item.matched]
    if len(lacking) > 1 and sum(t.weight for t in lacking) > limits.lacking * sum(t.weight for t in things):
        return True
    untranslated = query.language != item.document.info.language and not item.translated
    few, far = (limits.few_abroad, limits.far_abroad) if untranslated else (limits.few, limits.far)
    return item.coverage < few and item.cosine < far


def _is_thing(word: str) -> bool:
    return word not in _ANY_THING and _is_noun(word)


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
