"""A draft, sentence by sentence: what it quotes, what it says of figures, what is only the writer's own.

draft -> [Piece(text, begin, stop)] -> verdict of each sentence and of each quotation in it -> Review
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from rag.errors import QuestionError
from rag.text import sentences
from rag.wording.fold import searched
from rag.wording.types import Finding, Verdict
from rag.wording.verify import LONGEST, Verifier

LONGEST_DRAFT = 200_000  # characters
_QUOTATION = re.compile(r"“([^“”]{2,})”|「([^「」]{2,})」|『([^『』]{2,})』")
_LINE = re.compile(r"[^\r\n]+")
_MARKDOWN = re.compile(r"^\s*(?:#{1,6}\s+|[-*+]\s+|>\s*|\d+[.)]\s+)*")


class Concern(StrEnum):
    """What a reader of a checked draft must do about a piece."""

    SOUND = "sound"  # the plans say it
    WRONG = "wrong"  # the plans say something else there
    UNSUPPORTED = "unsupported"  # quoted, or with figures, and in no plan
    OWN = "own"  # the writer's own words, which claim nothing of a plan
    UNCHECKED = "unchecked"  # too short to be of one place


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence of a draft, or a quotation in one: `draft[begin:stop] == verdict.text`."""

    begin: int
    stop: int
    quotation: bool
    concern: Concern
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Review:
    """A checked draft; a quotation follows the sentence that it stands in."""

    draft: str
    pieces: tuple[Checked, ...]
    counts: dict[str, int]  # by concern
    sound: bool  # nothing wrong or unsupported


def split(draft: str) -> Iterator[tuple[int, int, bool]]:
    """(begin, stop, quotation?) of every sentence, and after it of the quotations in it.

    A line is never joined with the next, so headings and items of lists stand alone; Markdown's marks are left out.
    """
    for line in _LINE.finditer(draft):
        first = line.start() + len(_MARKDOWN.match(line[0])[0])  # type: ignore[index]
        body = draft[first : line.end()]
        for begin, stop in sentences(body):
            piece = body[begin:stop]
            start = first + begin + len(piece) - len(piece.lstrip())
            end = first + begin + len(piece.rstrip())
            if not searched(draft[start:end]).text:
                continue
            yield start, end, False
            for match in _QUOTATION.finditer(draft, start, end):
                group = match.lastindex or 1
                if match.end() - match.start() < end - start - 1:
                    yield match.start(group), match.end(group), True


def review(verifier: Verifier, draft: str, plan: str | None = None) -> Review:
    """Check a draft against the plans; numbers its pieces s1, s2, … in their order.

    :raises QuestionError: if the draft is too long.
    :raises NotFoundError: if there is no such plan.
    """
    if len(draft) > LONGEST_DRAFT:
        raise QuestionError(f"The draft has {len(draft)} characters, at most {LONGEST_DRAFT} are taken at once.")
    spans = list(split(draft))
    pieces: list[Checked] = []
    for number, (begin, stop, quotation) in enumerate(spans, start=1):
        stop = min(stop, begin + LONGEST)  # a sentence as long as a page is no sentence
        verdict = verifier.verify(draft[begin:stop], plan, id=f"s{number}", count=False)
        concern = _concern(verdict, quotation=quotation)
        inner = [] if quotation else [span for span in spans if span[2] and begin <= span[0] < stop]
        if concern is Concern.WRONG and inner and (own := _frame(verifier, draft, begin, stop, inner, plan)):
            concern = own
        pieces.append(Checked(begin, stop, quotation, concern, verdict))
    counts = {concern.value: sum(piece.concern is concern for piece in pieces) for concern in Concern}
    return Review(draft, tuple(pieces), counts, not (counts["wrong"] or counts["unsupported"]))


def whole(verifier: Verifier, found: Review, plan: str | None = None) -> Verdict:
    """The verdict on a draft as one text: that of its only sentence, or of one slice of a plan, or of its worst piece.

    Sentences that are all the plans' own, but stand apart there, are normalised: "several places" is set aside.
    """
    if together := verifier.standing(found.draft, plan):
        return together
    if len(found.pieces) == 1 and found.pieces[0].verdict.verdict is Finding.TOO_SHORT:
        return verifier.verify(found.pieces[0].verdict.text, plan)  # with the number of its places
    if len(found.pieces) < 2:
        return replace(found.pieces[0].verdict, id="") if found.pieces else verifier.verify(found.draft[:LONGEST], plan)
    concerns = {piece.concern for piece in found.pieces}
    places = tuple(
        replace(match, number=number)
        for number, match in enumerate(
            [piece.verdict.match for piece in found.pieces if piece.concern is Concern.SOUND and piece.verdict.match], 1
        )
    )
    sound = concerns == {Concern.SOUND}
    wrong = [piece.verdict for piece in found.pieces if piece.concern is Concern.WRONG]
    finding = Finding.NORMALISED if sound else Finding.ALTERED if wrong or places else Finding.ABSENT
    return Verdict(
        "",
        found.draft,
        finding,
        wrong[0].match if wrong else places[0] if places else None,
        tuple(change for verdict in wrong for change in verdict.changes),
        ("several places",) if sound else (),
        places,
        len(places),
    )


def _concern(verdict: Verdict, *, quotation: bool) -> Concern:
    if verdict.verdict in (Finding.EXACT, Finding.NORMALISED):
        return Concern.SOUND
    if verdict.verdict is Finding.TOO_SHORT:
        return Concern.UNCHECKED
    if verdict.verdict is Finding.ALTERED:
        return Concern.WRONG
    claims = quotation or any(not figure.found for figure in verdict.figures)
    return Concern.UNSUPPORTED if claims else Concern.OWN


def _frame(
    verifier: Verifier, draft: str, begin: int, stop: int, inner: list[tuple[int, int, bool]], plan: str | None
) -> Concern | None:
    """What the words around quotations are by themselves; None where they too are a plan's.

    The quotations have verdicts of their own: a plan's words in a writer's sentence do not make it the plan's.
    """
    around = list(draft[begin:stop])
    for first, last, _ in inner:
        around[first - begin : last - begin] = " " * (last - first)
    text = "".join(around)
    verdict = verifier.verify(text, plan, count=False)
    if verdict.verdict is Finding.TOO_SHORT:
        return Concern.OWN
    return None if verdict.verdict is not Finding.ABSENT else _concern(verdict, quotation=False)
