"""What one answer is worth, as named numbers from 0 to 1, without a model as judge.

(question, answer, source) -> {"all_facts": 1.0, "citation_recall": 0.5, ...}, only what applies to the question

Citation precision and recall follow ALCE (Gao et al. 2023) with gold places instead of an entailment
model; `char_F1` and `exact_match` follow CMRC 2018 (Cui et al. 2019) and SQuAD. A question without a
result has 0 in every measure of its kind. White space, case and the width of characters never count.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher

from eval.questions import Question
from rag.types import Answer, Citation, Document, Status

_MARKERS = re.compile(r"\s*((?:\[\d+\]\s*)+)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_FRAME = re.compile(r".*[:：?？]\s*|《.*》|[-\s]*|[（(][^()（）]*[)）]", re.DOTALL)
ENOUGH = 0.5  # of the shorter of citation and gold place: from here on one bears the other
BY_FACTS = ("all_facts", "fact_recall")
BY_PLACE = ("citation_precision", "citation_recall", "citation_hit")
LOWER_IS_BETTER = frozenset(["answered_unanswerable", "refused_answerable", "length", "passed_though_not"])
BY_TEXT = ("char_F1", "lcs_F1", "exact_match")

Span = tuple[int, int]
Sources = Callable[[str], Document]


def score(question: Question, answer: Answer | None, documents: Sources, gold_plan: str | None) -> dict[str, float]:
    """Every measure that applies.

    :param gold_plan: the plan whose lines the gold places are, where the question does not say.
    """
    answered = answer is not None and answer.status is Status.ANSWERED
    scores: dict[str, float] = {}
    if question.answerable:
        scores["refused_answerable"] = float(answer is not None and not answered)
        scores |= _substance(question, answer if answered else None, documents, question.plan or gold_plan)
        main = next((name for name in ("all_facts", "citation_hit") if name in scores), None)
        scores["right"] = scores[main] if main else float(answered)
    else:
        scores["answered_unanswerable"] = float(answered)
        scores["right"] = float(answer is not None and not answered)
    if answer is not None and answered:
        scores |= _soundness(answer, documents)
    return scores


def normal(text: str) -> str:
    """Text as it is compared: no white space, one width, one case."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()


def missing_facts(question: Question, text: str) -> list[tuple[str, ...]]:
    """The facts of which no spelling is in the text."""
    given = normal(_MARKERS.sub(" ", text))
    return [fact for fact in question.facts if not any(normal(spelling) in given for spelling in fact)]


def _substance(question: Question, answer: Answer | None, documents: Sources, plan: str | None) -> dict[str, float]:
    """Does it say and cite what a right answer does? All 0 without an answer."""
    names = [
        *(BY_FACTS if question.facts else ()),
        *(("number_accuracy",) if _figures(question) else ()),
        *(BY_PLACE if question.gold or question.spans else ()),
        *(BY_TEXT if question.answers else ()),
    ]
    if answer is None:
        return dict.fromkeys(names, 0.0)
    scores: dict[str, float] = {}
    if question.facts:
        missing = len(missing_facts(question, answer.text))
        scores["all_facts"] = float(not missing)
        scores["fact_recall"] = 1 - missing / len(question.facts)
    if figures := _figures(question):
        scores["number_accuracy"] = _share(_says_figure(answer.text, fact) for fact in figures)
    if question.gold or question.spans:
        scores |= _places(question, answer.citations, documents, plan)
    if question.answers:
        scores |= _best_match("".join(quote.quote for quote in answer.citations), question.answers)
    return scores


def _figures(question: Question) -> list[tuple[str, ...]]:
    return [fact for fact in question.facts if _NUMBER.search(fact[0])]


def _says_figure(text: str, fact: Sequence[str]) -> bool:
    """A figure counts as a whole only: 7500 is not said by 17500 or 7500.5."""
    given = normal(_MARKERS.sub(" ", text)).replace(",", "")
    spellings = (re.escape(normal(spelling).replace(",", "")) for spelling in fact)
    return any(re.search(rf"(?<![\d.]){spelling}(?!\.?\d)", given) for spelling in spellings)


def _places(
    question: Question, citations: Sequence[Citation], documents: Sources, plan: str | None
) -> dict[str, float]:
    cited = [citation for citation in citations if plan is None or citation.document_id == plan]
    gold_plan = plan or (cited[0].document_id if cited else None)
    if gold_plan is None:
        return dict.fromkeys(BY_PLACE, 0.0)
    document = documents(gold_plan)
    gold = [*question.spans, *(line_span(document.source, lines) for lines in question.gold)]
    spans = [(citation.start, citation.end) for citation in cited if citation.document_id == gold_plan]
    return {
        "citation_precision": sum(any(_bears(span, place) for place in gold) for span in spans)
        / max(len(citations), 1),
        "citation_recall": _share(any(_bears(span, place) for span in spans) for place in gold),
        "citation_hit": float(any(_overlap(span, place) for span in spans for place in gold)),
    }


def line_span(source: str, lines: tuple[int, int]) -> Span:
    """The code points of whole lines, white space at both ends left out; beyond the text it is empty."""
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", source)), len(source)]
    first, last = (min(line, len(starts) - 1) for line in (lines[0] - 1, lines[1]))
    text = source[starts[first] : starts[last]]
    begin = starts[first] + len(text) - len(text.lstrip())
    return begin, max(begin, starts[first] + len(text.rstrip()))


def _overlap(one: Span, other: Span) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _bears(citation: Span, gold: Span) -> bool:
    shorter = min(citation[1] - citation[0], gold[1] - gold[0])
    return _overlap(citation, gold) >= max(1, ENOUGH * shorter)


def _best_match(given: str, references: Sequence[str]) -> dict[str, float]:
    """Against the reference that fits best: F1 of characters, F1 of the longest common run, equality."""
    own = _letters(given)
    pairs = [(_f1(_common(own, other), own, other), _f1(_run(own, other), own, other), float(own == other))
             for other in map(_letters, references)]  # fmt: skip
    return dict(zip(BY_TEXT, map(max, zip(*pairs, strict=True)), strict=True))


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", normal(text))


def _common(one: str, other: str) -> int:
    return sum((Counter(one) & Counter(other)).values())


def _run(one: str, other: str) -> int:
    return SequenceMatcher(None, one, other, autojunk=False).find_longest_match().size


def _f1(common: int, one: str, other: str) -> float:
    return 2 * common / (len(one) + len(other)) if common else 0.0


def _soundness(answer: Answer, documents: Sources) -> dict[str, float]:
    """Is all that it says borne by what it cites, and is what it cites there?"""
    said = statements(answer.text)
    quotes = {citation.number: [citation.quote, citation.translation or ""] for citation in answer.citations}
    everything = normal(" ".join(text for pair in quotes.values() for text in pair)).replace(",", "")
    numbers = _NUMBER.findall(normal(" ".join(text for text, _ in said)))
    scores = {
        "cited_statements": _share(_borne(text, [q for n in marks for q in quotes.get(n, [])]) for text, marks in said),
        "true_quotes": _share(_true(citation, documents(citation.document_id)) for citation in answer.citations),
        "length": float(sum(len(text) for text, _ in said)),
    }
    if numbers:
        known = set(_NUMBER.findall(everything))
        scores["numbers_cited"] = _share(number.replace(",", "") in known for number in numbers)
    return scores


def statements(text: str) -> list[tuple[str, tuple[int, ...]]]:
    """What an answer says, each with the numbers it cites; frames ("The plan says:") and bullets are no statements."""
    found: list[tuple[str, tuple[int, ...]]] = []
    position = 0
    for match in _MARKERS.finditer(text):
        lines = text[position : match.start()].split("\n")
        found += [(line, ()) for line in map(_unframed, lines[:-1]) if line]
        said = _unframed(lines[-1]) or lines[-1].strip().removeprefix("- ")  # what is cited is said, in brackets too
        found.append((said, tuple(map(int, re.findall(r"\d+", match[1])))))
        position = match.end()
    found += [(line, ()) for line in map(_unframed, text[position:].split("\n")) if line]
    return found


def _unframed(line: str) -> str:
    line = line.strip().removeprefix("- ").strip()
    return "" if _FRAME.fullmatch(line) else line


def _borne(statement: str, quotes: Sequence[str]) -> bool:
    """Every piece between omissions is in one of the quotes; words up to a colon may be a frame."""
    texts = [_letters(quote) for quote in quotes]
    for candidate in (statement, re.sub(r"^[^:：]*[:：]", "", statement)):
        pieces = [piece for piece in map(_letters, re.split(r"…+|\.{3}", candidate)) if piece]
        if pieces and all(any(piece in text for text in texts) for piece in pieces):
            return True
    return False


def _true(citation: Citation, document: Document) -> bool:
    """The quote is that slice of the source, and the lines are the slice's."""
    piece = document.source[citation.start : citation.end]
    line = _line_breaks(document.source[: citation.start]) + 1
    return (
        bool(piece.strip())
        and re.sub(r"\s", "", citation.quote) == re.sub(r"\s", "", piece)
        and (citation.line_start, citation.line_end) == (line, line + _line_breaks(piece.rstrip()))
    )


def _line_breaks(text: str) -> int:
    return len(re.findall(r"\r\n|\r|\n", text))


def _share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return sum(values) / len(values) if values else 0.0
