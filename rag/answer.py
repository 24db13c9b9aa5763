"""An answer made of the plan's own words: which clauses answer, whether any do, and their citations.

    evidence, best first -> does it bear on the question? -> chosen clauses -> statements with [n]

Nothing is written here but numbers and brackets: what cannot be quoted is not said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.choose import PLAINLY, SURELY, compared, matching, meant, several, single
from rag.complete import completed, tells
from rag.enumeration import head_of, number_asked, points_after, points_named
from rag.evidence import KINDS, Evidence
from rag.fitting import Wanted, all_named, fits, on_another_topic
from rag.names import whole_text
from rag.phrases import phrase
from rag.query import Query
from rag.question import Asked, holds
from rag.statements import Span, citations_of, items_of, joined, span_of, told
from rag.summary import told_whole
from rag.text import clauses, squeeze
from rag.tokenizer import normalise
from rag.types import Citation, Completeness, Document, Paragraph, Role, Status
from rag.widen import widened

_BODIES = re.compile(r"[（(][^（）()]{2,80}[）)][。.]?$")  # that see to what a paragraph sets out, named at its end
_WHO_DOES = re.compile(r"负责|牵头|责任单位|哪[个些]?(?:单位|部门)|\bresponsible\b|in charge", re.IGNORECASE)
ANNOUNCING = 3  # of the best clauses: those that may announce numbered points
NEAREST = 3  # clauses shown beside a refusal


@dataclass(frozen=True, slots=True)
class Composed:
    """Status, text and citations of an answer."""

    status: Status
    text: str
    citations: tuple[Citation, ...] = ()
    related: tuple[Citation, ...] = ()
    completeness: Completeness | None = None
    confidence: float = 0.0


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
    bearing = [item for item in evidence if item.score >= bears and not on_another_topic(query, item, limits.off_topic)]
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
    fitting = [item for item in told if fits(item, query, wanted)]
    fitting = fitting if all_named(wanted.names, fitting) else []
    if not fitting:
        return _refuse(Status.NOT_STATED, query, bearing)
    if Asked.BRIEF in asked:
        best = fitting[0]
        return brief(query, best.document, told_whole(best.paragraph), titled=titled, confidence=best.score)
    headed = _told_by_its_paragraph(fitting[0], query, asked)
    if headed:
        return brief(query, fitting[0].document, headed, titled=titled, confidence=fitting[0].score)
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
    best = bearing[0]
    return points_named(best.document, matching(best, SURELY), count) if count else []


def _told_by_its_paragraph(item: Evidence, query: Query, asked: frozenset[Asked]) -> list[tuple[Paragraph, int, int]]:
    """What follows the head of a numbered paragraph, where that head is what a question for no figure finds."""
    paragraph, head = item.paragraph, head_of(item.paragraph)
    if item.begin >= head or asked & {*KINDS, Asked.COMPARE}:
        return []
    bodies = _BODIES.search(paragraph.text)
    if bodies and _WHO_DOES.search(query.text):
        return [(paragraph, 0, head), (paragraph, bodies.start(), len(paragraph.text))]
    return [span for span in told_whole(paragraph) if span[1] >= head]


def _led(
    bearing: Sequence[Evidence], evidence: Sequence[Evidence], query: Query, asked: frozenset[Asked]
) -> list[Evidence]:
    """The clauses that match what the best of them matches; the kind that it lacks, its neighbour may hold."""
    best, kinds = bearing[0], asked & set(KINDS)
    leading = matching(best, SURELY)
    open_kinds = {kind for kind in kinds if not holds(kind, best.text)}
    found = []
    for item in bearing:
        heads = [head for head in evidence if head.paragraph is item.paragraph and head.stop <= head_of(head.paragraph)]
        if leading <= matching(item, PLAINLY).union(*(matching(head, PLAINLY) for head in heads)):
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


def _trimmed(item: Evidence, query: Query) -> Evidence:
    """The clause without neighbours that were only joined to it for being short and match nothing of the question."""
    whole = normalise(item.text)
    forms: list[str] = []
    for term in query.terms:
        own = [form for form in term.forms if form in whole]
        forms += own or [form for form in term.kin if form in whole]
    spans = clauses(item.text, "，,。；;！？!?")
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
