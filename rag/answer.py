"""An answer made of the plan's own words: which clauses answer, and whether any do.

    evidence, best first -> does it bear on the question? -> chosen clauses -> spans of the plan

Nothing is written here: what cannot be quoted is not said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.beside import WHO_DOES, completed
from rag.choose import SEVERAL, SURELY, chosen, having, matching, speaks_of
from rag.enumeration import head_of, number_asked, points_after, points_named
from rag.evidence import Evidence
from rag.existence import unnamed
from rag.fits import Wanted, contradicts, fits, misses, on_another_topic
from rag.headed import head_of as line_over
from rag.judge import Judges
from rag.names import whole_text
from rag.phrases import phrase
from rag.query import Query
from rag.question import DEFINITE, Asked, asks_for, holds
from rag.scope import has_place
from rag.statements import Span, items_of, joined, span_of
from rag.summary import told_whole
from rag.text import is_han
from rag.thresholds import Thresholds
from rag.tokenizer import plain
from rag.types import Completeness, Document, Piece, Role, Status

_BODIES = re.compile(r"[（(][^（）()]{2,80}[）)][。.]?$")  # that see to what a paragraph sets out, named at its end
INSTEAD = 0.1  # of the likeliest clause's likelihood
ANNOUNCING = 3  # of the best clauses: those that may announce numbered points
NEAREST = 3  # clauses shown beside a refusal


@dataclass(frozen=True, slots=True)
class Composed:
    """What an answer is made of, before it is put into words (`rag/telling.py`)."""

    status: Status
    told_in: str  # a language
    spans: tuple[Span, ...] = ()  # what is quoted, in order
    related: tuple[Span, ...] = ()  # what is nearest, where nothing is
    said: str = ""  # instead of a quote
    completeness: Completeness | None = None
    confidence: float = 0.0
    left_open: tuple[str, ...] = ()  # what was asked in the same breath and has no answer


def compose(
    query: Query,
    wanted: Wanted,
    evidence: Sequence[Evidence],
    judge: Judges,
    *,
    nothing: float,
    whole: bool = False,
    among: Query | None = None,
    half: bool = False,
) -> Composed:
    """The answer that the evidence bears, or the kind of refusal that it calls for.

    :param nothing: what the evidence must be above, as the judge turned the question.
    :param whole: the evidence is of all that was to be searched, so that a list of it is complete.
    :param among: only what of the answer has the words of this is wanted.
    :param half: the question is half of one, so that of a fact only the likeliest clause is told.
    """
    asked, limits = wanted.asked, wanted.limits
    if not evidence or _is_of_elsewhere(query, wanted, evidence):
        return _refuse(Status.OUT_OF_SCOPE, query, evidence)
    if refused := unnamed(query, evidence[0].document):
        return _refuse(refused, query, evidence)
    judged = judge.judge(query, wanted, evidence, nothing)
    unlikely = min(judged.answerable, limits.answers)  # where it is refused, whatever the judge says of it
    items = chosen(query, judged.clauses, asked, limits, one=half)
    if all(contradicts(item, query, wanted) for item in items):
        # The likeliest is of another year or place: what has all that was asked for is told instead, if it is likely.
        likely = [item for item in judged.clauses if item.bears >= INSTEAD * judged.clauses[0].bears]
        others = [item for item in likely if fits(item, query, wanted) and not contradicts(item, query, wanted)]
        items = chosen(query, others, asked, limits, one=half) if others else items
    if judged.answerable < limits.answers or all(contradicts(item, query, wanted) for item in items):
        near = [item for item in evidence if _is_near(item, query, limits)]
        return _refuse(Status.NOT_STATED if near else Status.OUT_OF_SCOPE, query, near, unlikely)
    if among:
        some = having(among, judged.clauses, items, limits)
        return (
            _answer(query, some, None, judged.answerable)
            if some
            else _refuse(Status.NOT_STATED, query, items, unlikely)
        )
    best = judged.clauses[0]
    points = _enumerated(query, judged.clauses) if asked & {Asked.LIST, Asked.BRIEF} else []
    points = points or _told_by_its_paragraph(best, query, asked)
    if points:
        return brief(query.told_in, best.document, points, confidence=judged.answerable)
    if all(misses(item, query, wanted) for item in items):
        return _refuse(Status.NOT_STATED, query, items, unlikely)
    scanned = (_scanned(evidence), whole) if asked & SEVERAL else None
    return _answer(query, completed(items, query, wanted), scanned, judged.answerable)


def _is_near(item: Evidence, query: Query, limits: Thresholds) -> bool:
    """Whether a clause is on the question's topic, and near enough to be shown beside a refusal."""
    if query.by_meaning:
        return item.cosine >= limits.meant
    return item.score >= limits.near and not on_another_topic(query, item, limits.off_topic)


def _is_of_elsewhere(query: Query, wanted: Wanted, evidence: Sequence[Evidence]) -> bool:
    """Whether a question is about a place or name that the plans nearest to it do not have, or nothing is near."""
    near = [item for item in evidence[:NEAREST] if item.document.info.language == "zh" or query.language != "zh"]
    if not near:
        return False  # a Chinese name is not looked for in a plan in English
    if any(
        not any(has_place(whole_text(item.document), place, query.text) for item in near) for place in wanted.places
    ):
        return True
    texts = [whole_text(item.document) for item in near]
    missing = [name for name in wanted.names if not any(name.within(text) for text in texts)]
    if any(len(run) > 1 and any(run in text for text in texts) for run in re.findall(r"[一-鿿]+", query.text)):
        missing = [name for name in missing if is_han(name.text[0])]  # it is named in Chinese beside the Latin
    # A Latin name may have another Chinese one in the plan than the dictionary's: another one that is there will do.
    return len(missing) == len(wanted.names) > 0 or any(not name.chinese for name in missing)


def _enumerated(query: Query, bearing: Sequence[Evidence]) -> list[Piece]:
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


def _told_by_its_paragraph(item: Evidence, query: Query, asked: frozenset[Asked]) -> list[Piece]:
    """What follows the head of a numbered paragraph, where that head is what a question for no figure finds."""
    paragraph, head = item.paragraph, head_of(item.paragraph)
    if item.begin >= head or asked & {*DEFINITE, Asked.COMPARE}:
        return []
    bodies = _BODIES.search(paragraph.text)
    if bodies and WHO_DOES.search(query.text):
        return [(paragraph, 0, head), (paragraph, bodies.start(), len(paragraph.text))]
    return [span for span in told_whole(paragraph) if span[1] >= head]


def brief(
    told_in: str,
    document: Document,
    spans: Sequence[Piece],
    *,
    confidence: float = 1.0,
    complete: bool = True,
) -> Composed:
    """A section or paragraph in brief, each span a statement of its own."""
    scanned = len({paragraph.number for paragraph, _, _ in spans})
    quoted = [Span(document, *span) for span in spans]
    rows = any(line_over(document, span.paragraph) for span in quoted)
    return Composed(
        Status.ANSWERED,
        told_in,
        under_heads(quoted) if rows else tuple(quoted),
        completeness=Completeness(len(spans), scanned, complete=complete),
        confidence=confidence,
    )


def narrowed(told: Composed, among: Query | None) -> Composed:
    """Of what is told only what speaks of this, where it is wanted: of all targets those for hospitals."""
    if among is None:
        return told
    wanted = speaks_of(among)
    spans = tuple(span for span in told.spans if wanted(plain(span.text)))
    if not spans:
        return Composed(Status.NOT_STATED, told.told_in, said=phrase("not_stated", told.told_in))
    count = told.completeness and replace(told.completeness, items=len(spans))
    return replace(told, spans=spans, completeness=count)


def _scanned(evidence: Sequence[Evidence]) -> int:
    return len({(item.document.info.id, item.paragraph.number) for item in evidence})


def _refuse(status: Status, query: Query, near: Sequence[Evidence], confidence: float = 0.0) -> Composed:
    return Composed(
        status,
        query.told_in,
        related=_spans(near[:NEAREST], query) if status is Status.NOT_STATED else (),
        said=phrase(status.value, query.told_in),
        confidence=confidence,
    )


def _answer(query: Query, items: Sequence[Evidence], scanned: tuple[int, bool] | None, confidence: float) -> Composed:
    spans = _spans(items, query)
    count = sum(items_of(span.text) for span in spans if not _heads_another(span, spans))
    completeness = Completeness(count, *scanned) if scanned else None
    return Composed(Status.ANSWERED, query.told_in, spans, completeness=completeness, confidence=confidence)


def _spans(items: Sequence[Evidence], query: Query) -> tuple[Span, ...]:
    """Where the clauses stand, in order; a row of a table under the head of its table."""
    return under_heads([span_of(item, query.told_in) for item in items])


def under_heads(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans in order, rows of a table under the row that heads it."""
    heads = [Span(span.document, *head) for span in spans if (head := line_over(span.document, span.paragraph))]
    return tuple(joined([*heads, *spans]))


def _heads_another(span: Span, spans: Sequence[Span]) -> bool:
    heads = (line_over(other.document, other.paragraph) for other in spans)
    return any(head is not None and head[0] is span.paragraph for head in heads)


def merged(halves: Sequence[tuple[str, Composed]]) -> Composed:
    """One answer from those to the halves of one question: what the second adds follows, and nothing is told twice.

    Of a half that has no answer it is said so, unless the other's answer holds the kind of thing that it asks for.
    """
    answered = [half for _, half in halves if half.status is Status.ANSWERED]
    if not answered or len(halves) == 1:
        return halves[0][1]
    spans: list[Span] = []
    for half in answered:
        spans += [span for span in half.spans if not any(_overlap(span, other) for other in spans)]
    text = " ".join(span.text for span in spans)
    left_open = tuple(
        question
        for question, half in halves
        if half.status is not Status.ANSWERED
        and not ((kinds := asks_for(question) & DEFINITE) and all(holds(kind, text) for kind in kinds))
    )
    confidence = min(half.confidence for half in answered)
    return replace(answered[0], spans=tuple(spans), confidence=confidence, left_open=left_open)


def _overlap(one: Span, other: Span) -> bool:
    return one.paragraph is other.paragraph and one.begin < other.stop and other.begin < one.stop
