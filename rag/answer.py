"""An answer made of the plan's own words: which clauses answer, whether any do, and their citations.

    evidence, best first -> does it bear on the question? -> chosen clauses -> statements with [n]

Nothing is written here but numbers and brackets: what cannot be quoted is not said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.choose import SEVERAL, SURELY, chosen, having, matching
from rag.claims import other_figure
from rag.enumeration import head_of, number_asked, points_after, points_named
from rag.evidence import KINDS, Evidence
from rag.existence import asks_for_unnamed
from rag.fitting import Wanted, contradicts, misses, on_another_topic
from rag.judge import Judges
from rag.names import whole_text
from rag.phrases import phrase
from rag.query import Query
from rag.question import Asked
from rag.scope import has_place
from rag.statements import Span, citations_of, items_of, joined, span_of, told
from rag.summary import told_whole
from rag.text import is_han, squeeze
from rag.thresholds import Thresholds
from rag.types import Citation, Completeness, Document, Paragraph, Role, Status

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
    query: Query,
    wanted: Wanted,
    evidence: Sequence[Evidence],
    judge: Judges,
    *,
    nothing: float,
    titled: bool,
    whole: bool = False,
    among: Query | None = None,
) -> Composed:
    """The answer that the evidence bears, or the kind of refusal that it calls for.

    :param nothing: what the evidence must be above, as the judge turned the question.
    :param titled: name the plan over its statements, since the index holds several.
    :param whole: the evidence is of all that was to be searched, so that a list of it is complete.
    :param among: only what of the answer has the words of this is wanted.
    """
    asked, limits = wanted.asked, wanted.limits
    if not evidence or _is_of_elsewhere(query, wanted, evidence) or asks_for_unnamed(query, evidence[0].document):
        return _refuse(Status.OUT_OF_SCOPE, query, evidence)
    judged = judge.judge(query, wanted, evidence, nothing)
    unlikely = min(judged.answerable, limits.answers)  # where it is refused, whatever the judge says of it
    items = chosen(query, judged.clauses, asked, limits)
    if judged.answerable < limits.answers or all(contradicts(item, query, wanted) for item in items):
        near = [item for item in evidence if _is_near(item, query, limits)]
        return _refuse(Status.NOT_STATED if near else Status.OUT_OF_SCOPE, query, near, unlikely)
    if among:
        some = having(among, judged.clauses, items, limits)
        return (
            _answer(query, some, None, judged.answerable, titled=titled)
            if some
            else _refuse(Status.NOT_STATED, query, items, unlikely)
        )
    best = judged.clauses[0]
    points = _enumerated(query, judged.clauses) if asked & {Asked.LIST, Asked.BRIEF} else []
    points = points or _told_by_its_paragraph(best, query, asked)
    if points:
        return brief(query, best.document, points, titled=titled, confidence=judged.answerable)
    if all(misses(item, query, wanted) for item in items):
        return _refuse(Status.NOT_STATED, query, items, unlikely)
    scanned = (_scanned(evidence), whole) if asked & SEVERAL else None
    return _answer(query, items, scanned, judged.answerable, titled=titled)


def _is_near(item: Evidence, query: Query, limits: Thresholds) -> bool:
    """Whether a clause is on the question's topic, and near enough to be shown beside a refusal."""
    if query.by_meaning:
        return item.cosine >= limits.meant
    return item.score >= limits.near and not on_another_topic(query, item, limits.off_topic)


def _is_of_elsewhere(query: Query, wanted: Wanted, evidence: Sequence[Evidence]) -> bool:
    """Whether a question is about a place or name that the plans nearest to it do not have, or nothing is near."""
    near = evidence[:NEAREST]
    if any(
        not any(has_place(squeeze(item.document.source), place, query.text) for item in near) for place in wanted.places
    ):
        return True
    texts = [whole_text(item.document) for item in near]
    return any(not any(name.within(text) for text in texts) for name in wanted.names)


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


def brief(
    query: Query,
    document: Document,
    spans: Sequence[tuple[Paragraph, int, int]],
    *,
    titled: bool,
    confidence: float = 1.0,
    complete: bool = True,
) -> Composed:
    """A section or paragraph in brief, each span a statement of its own."""
    citations = citations_of([Span(document, *span) for span in spans], query.told_in)
    scanned = len({paragraph.number for paragraph, _, _ in spans})
    completeness = Completeness(len(citations), scanned, complete=complete)
    text = told(citations, query.told_in, document, titled=titled)
    return Composed(Status.ANSWERED, text, citations, completeness=completeness, confidence=confidence)


def _scanned(evidence: Sequence[Evidence]) -> int:
    return len({(item.document.info.id, item.paragraph.number) for item in evidence})


def _refuse(status: Status, query: Query, near: Sequence[Evidence], confidence: float = 0.0) -> Composed:
    related = (
        citations_of(joined([span_of(item, query.told_in) for item in near[:NEAREST]]), query.told_in)
        if status is Status.NOT_STATED
        else ()
    )
    return Composed(status, phrase(status.value, query.told_in), related=related, confidence=confidence)


def _answer(
    query: Query, items: Sequence[Evidence], scanned: tuple[int, bool] | None, confidence: float, *, titled: bool
) -> Composed:
    citations = citations_of(joined([span_of(item, query.told_in) for item in items]), query.told_in)
    text = told(citations, query.told_in, items[0].document, titled=titled)
    count = sum(items_of(citation.quote) for citation in citations)
    completeness = Completeness(count, *scanned) if scanned else None
    return Composed(Status.ANSWERED, text, citations, completeness=completeness, confidence=confidence)


def marked(answer: Composed, question: str, language: str) -> Composed:
    """An answer that begins with the first figure which a question takes for granted and the plan has otherwise."""
    if answer.status is not Status.ANSWERED:
        return answer
    other = other_figure(question, [one.translation or one.quote for one in answer.citations])
    return replace(answer, text=f"{phrase('other_figure', language).format(other)}\n{answer.text}") if other else answer


def merged(halves: Sequence[Composed]) -> Composed:
    """One answer from those to the halves of one question: what the second adds follows, and nothing is told twice.

    A half that has no answer leaves the other's as it is.
    """
    answered = [half for half in halves if half.status is Status.ANSWERED]
    if len(answered) < len(halves) or len(halves) == 1:
        return (answered or halves)[0]
    first, second = answered
    new = [one for one in second.citations if not any(_overlap(one, other) for other in first.citations)]
    if not new:
        return first
    numbers = {one.number: number for number, one in enumerate(new, start=len(first.citations) + 1)}
    lines = [line if line.startswith("- ") or "[1]" not in line else f"- {line}" for line in first.text.split("\n")]
    for line in second.text.split("\n"):
        found = re.search(r"\[(\d+)\]$", line)
        if found and int(found[1]) in numbers:
            lines.append(f"- {line[: found.start()].removeprefix('- ')}[{numbers[int(found[1])]}]")
    citations = (*first.citations, *(replace(one, number=numbers[one.number]) for one in new))
    return replace(
        first, text="\n".join(lines), citations=citations, confidence=min(first.confidence, second.confidence)
    )


def _overlap(one: Citation, other: Citation) -> bool:
    return one.document_id == other.document_id and one.start < other.end and other.start < one.end


def together(answers: Sequence[Composed], questions: Sequence[str], language: str) -> Composed:
    """One answer from those to the questions of one message, each under its question, citations numbered on."""
    if len(answers) == 1 or not any(answer.citations for answer in answers):
        return answers[0]
    texts: list[str] = []
    citations: list[Citation] = []
    for question, answer in zip(questions, answers, strict=True):
        before = len(citations)
        own = answer.text if answer.citations or answer.status is Status.GREETING else phrase("open", language)
        text = re.sub(r"\[(\d+)\]", lambda found: f"[{int(found[1]) + before}]", own)  # noqa: B023
        asked = question.rstrip("?？。.！!；; ")
        texts.append(f"{asked}{'？' if any(map(is_han, asked)) else '?'}\n{text}")
        citations += [replace(citation, number=citation.number + before) for citation in answer.citations]
    statuses = [answer.status for answer in answers]
    status = Status.ANSWERED if Status.ANSWERED in statuses else statuses[0]
    related = () if citations else tuple(answers[0].related)
    confidence = min((answer.confidence for answer in answers if answer.status is Status.ANSWERED), default=0.0)
    return Composed(status, "\n\n".join(texts), tuple(citations), related, confidence=confidence)
