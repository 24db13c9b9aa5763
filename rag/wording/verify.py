"""Whether the plans say exactly what was pasted.

text -> exact place | place with named differences | nearest place with changes | nothing like it -> Verdict

A figure, unit, year, name or negation that differs is a change however long the rest is: only equality of whole
foldings makes a text exact or normalised, never likeness.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from rag.citations import cite_slice
from rag.errors import QuestionError
from rag.text import clauses
from rag.tokenizer import Tokenizer
from rag.types import Citation, Document
from rag.wording.align import Block, Unit, align, likeness, units
from rag.wording.changes import Change, Sides, describe, readable
from rag.wording.fold import OPEN, canonical, searched
from rag.wording.pieces import SHORTEST, elsewhere, far_apart, in_order, weight
from rag.wording.places import FINAL, Place, Region, Wanted, difference, in_furniture, widened
from rag.wording.types import Figure, Finding, Part, Spot, Verdict, Wordings

LONGEST = 1_500  # characters of one text that is aligned
_NEAREST = 8  # stretches that are aligned
_ALTERED: Final = 0.55  # likeness from which on a place is the text's own, changed
_ONE_PLACE = 0.9  # likeness from which on a text is not looked for as joined from several places
_SHOWN = 0.2  # likeness below which no place is shown
_MOST_PLACES = 100
_FEW = 12  # weight of a text in which a figure is most of it
_ELLIPSIS = re.compile(r"(?:…|⋯|\.{3,}|。{3,})+")
_SPLIT = re.compile(r"[0-9.,%‰零〇一二两三四五六七八九十百千万亿点分之]+")


@dataclass(frozen=True, slots=True)
class _Near:
    """The nearest stretch, aligned."""

    region: Region
    blocks: list[Block]
    units: list[Unit]
    likeness: float


class Verifier:
    """Verifies wordings against the plans of one index."""

    def __init__(self, plans: Wordings, tokenizer: Tokenizer) -> None:
        self._plans = plans
        self._tokenizer = tokenizer

    def verify(self, text: str, plan: str | None = None, id: str = "", *, count: bool = True) -> Verdict:
        """The verdict on one sentence or passage.

        :param count: count the places of a text that is too short to look up, which reads every plan.
        :raises QuestionError: if the text is too long to be compared, and no slice of a plan.
        :raises NotFoundError: if there is no such plan.
        """
        if len(text) > LONGEST:
            if found := self.standing(text, plan):
                return replace(found, id=id)
            raise QuestionError(
                f"The text has {len(text)} characters, at most {LONGEST} are compared as one. Give it as a draft."
            )
        if plan is not None:
            self._plans.document(plan)
        return replace(self._verdict(text, plan, count=count), id=id, text=text)

    def standing(self, text: str, plan: str | None = None) -> Verdict | None:
        """The verdict on a text of any length if one slice of a plan says it, else None."""
        form = searched(text).text
        found = self._places(Wanted(text), form, plan) if weight(form) >= SHORTEST else []
        return replace(self._found(text, found), text=text) if found else None

    def _verdict(self, text: str, plan: str | None, *, count: bool = False) -> Verdict:
        form = searched(text).text
        if weight(form) < SHORTEST and not (len(form) > 2 and re.search(r"\d", form)):
            places = self._plans.count(form, plan) if form and count else 0
            return Verdict("", text, Finding.TOO_SHORT, places_total=places)
        wanted = Wanted(text)
        if found := self._places(wanted, form, plan):
            return self._found(text, found)
        begin, stop = wanted.core
        pieces = [piece for piece in _ELLIPSIS.split(text[begin:stop]) if searched(piece).text]
        if len(pieces) > 1 and (cut := self._cut(text, pieces, plan)):
            return cut
        near = self._nearest(text, form, plan)
        if near is None:
            return Verdict("", text, Finding.ABSENT)
        return self._altered(text, near, plan)

    def _places(self, wanted: Wanted, form: str, plan: str | None) -> list[Place]:
        """Where the text stands; the exact places alone where there are any, else those with the fewest differences."""
        spots = self._plans.containing(form, plan)
        if not spots:
            pieces = [piece for piece in _SPLIT.split(form) if len(piece) > 2]
            spots = self._plans.containing_all([piece[:24] for piece in pieces[:8]], plan) if pieces else []
        found: dict[tuple[str, int], Place] = {}
        for spot in spots:
            region = widened(self._plans.document(spot.document_id), spot, len(wanted.bare))
            for place in region.places(wanted):
                key = (place.document_id, place.start)
                if key not in found or len(place.differences) < len(found[key].differences):
                    found[key] = place
        if not found:
            return []
        fewest = min(len(place.differences) for place in found.values())
        return [place for place in found.values() if len(place.differences) == fewest]

    def _found(self, text: str, found: list[Place]) -> Verdict:
        differences = found[0].differences
        shown = tuple(self._cite(place, number) for number, place in enumerate(found[:_MOST_PLACES], start=1))
        finding = Finding.NORMALISED if differences else Finding.EXACT
        return Verdict("", text, finding, shown[0], (), differences, shown, len(found), likeness=1.0)

    def _cite(self, place: Place, number: int = 1) -> Citation:
        return cite_slice(self._plans.document(place.document_id), place.start, place.end, number)

    def _cut(self, text: str, pieces: list[str], plan: str | None) -> Verdict | None:
        """A quote cut short with an ellipsis: each piece by itself; it stands if all do, in one plan and in order."""
        found = [self._places(Wanted(piece), searched(piece).text, plan) for piece in pieces]
        if not any(found):
            return None
        verdicts = [
            self._found(piece, places) if places else self._verdict(piece, plan)
            for piece, places in zip(pieces, found, strict=True)
        ]
        parts = tuple(
            Part(piece, verdict.verdict, verdict.match) for piece, verdict in zip(pieces, verdicts, strict=True)
        )
        first = next(verdict.match for verdict in verdicts if verdict.match)
        chain = in_order(found, [weight(searched(piece).text) for piece in pieces])
        if chain:
            names = dict.fromkeys(["ellipsis", *(name for place in chain for name in place.differences)])
            matches = tuple(self._cite(place, number) for number, place in enumerate(chain, start=1))
            parts = tuple(
                Part(piece, verdict.verdict, match)
                for piece, verdict, match in zip(pieces, verdicts, matches, strict=True)
            )
            return Verdict("", text, Finding.NORMALISED, matches[0], (), tuple(names), matches, 1, parts, likeness=1.0)
        changes = tuple(change for verdict in verdicts for change in verdict.changes)
        if not changes:
            return None
        return Verdict("", text, Finding.ALTERED, first, changes, joined=parts)

    def _nearest(self, text: str, form: str, plan: str | None) -> _Near | None:
        best = self._best(text, self._plans.near(form, _NEAREST, plan), len(form))
        if (best is None or best.likeness < _ALTERED) and weight(form) < _FEW and re.search(r"\d", form):
            # A few characters around another figure share no trigram with the plan's: 学位5.2万个.
            pieces = [piece for piece in _SPLIT.split(form) if piece]
            if any(len(piece) > 1 for piece in pieces):
                other = self._best(text, self._plans.holding(pieces, _NEAREST, plan), len(form))
                best = max((near for near in (best, other) if near), key=lambda near: near.likeness, default=None)
        return best

    def _best(self, text: str, spots: list[Spot], length: int) -> _Near | None:
        """The stretch that is most like the text, the first of equals."""
        pasted = units(canonical(text))
        best: _Near | None = None
        for spot in spots:
            region = widened(self._plans.document(spot.document_id), spot, min(length, LONGEST))
            there = units(region.canonical)
            blocks = align(pasted, there)
            value = likeness(blocks, pasted)
            if best is None or value > best.likeness + 1e-9:
                best = _Near(region, blocks, there, value)
        return best

    def _altered(self, text: str, near: _Near, plan: str | None) -> Verdict:
        pasted = units(canonical(text))
        kept = [block for block in near.blocks if block.equal]
        document = near.region.document
        match = None
        if kept and near.likeness >= _SHOWN:
            start = near.region.start + near.units[kept[0].c].start
            end = near.region.start + near.units[kept[-1].d - 1].stop
            match = cite_slice(document, start, end)
        sides = Sides(text, pasted, near.region.source, near.units, self._tokenizer)
        joined = self._joined(text, plan) if near.likeness < _ONE_PLACE else ()
        if near.likeness < _ALTERED and not joined:
            figures = tuple(
                Figure(readable(text[unit.start : unit.stop]), any(unit.key == other.key for other in near.units))
                for unit in pasted
                if unit.key[0] == OPEN and re.search(r"\d", text[unit.start : unit.stop])
            )
            return Verdict("", text, Finding.ABSENT, match, figures=figures, likeness=round(near.likeness, 3))
        changes = [
            replace(change, start=change.start + near.region.start, end=change.end + near.region.start)
            for change in describe(near.blocks, sides)
        ]
        names = _names(text, pasted, near)
        changed = [change for change in changes if not _page_number(change, document)]
        if changes and not changed:
            citation = match and (match,)
            return Verdict("", text, Finding.NORMALISED, match, (), (*names, "page furniture"), citation or (), 1)
        if not changed or (len(changed) == 1 and _hides_next_word(changed[0], text, near)):
            changed = [_cut_end(text, near)]
        if len(changed) > 1 and _only_final_mark(changed[-1], text):
            changed, names = changed[:-1], (*names, "final punctuation")
        if joined and all(change.kind == "moved" for change in changed):
            joined = ()
        if joined and match:
            changed = elsewhere(text, joined, match)
        elif match:
            match = self._covering(match, changed, document.info.id)
        return Verdict(
            "", text, Finding.ALTERED, match, tuple(changed), names, joined=joined, likeness=round(near.likeness, 3)
        )

    def _covering(self, match: Citation, changes: list[Change], document_id: str) -> Citation:
        """The nearest place, with what changed at its ends."""
        starts = [change.start for change in changes if change.plan]
        ends = [change.end for change in changes if change.plan]
        start, end = min([match.start, *starts]), max([match.end, *ends])
        return cite_slice(self._plans.document(document_id), start, end)

    def _joined(self, text: str, plan: str | None) -> tuple[Part, ...]:
        """The pieces of a text that stand in the plans each by itself, far apart; none where it is not such a text."""
        ends = [stop for _, stop in clauses(text, FINAL)]
        if not 2 <= len(ends) <= 40:
            return ()
        pieces: list[tuple[str, Place]] = []
        begin, index = 0, 0
        while index < len(ends):
            longest = None
            for last in range(index, len(ends)):
                piece = text[begin : ends[last]].strip()
                found = self._places(Wanted(piece), searched(piece).text, plan)
                if not found:
                    break
                longest = (last, piece, found[0])
            if longest is None or weight(searched(longest[1]).text) < SHORTEST:
                return ()
            pieces.append(longest[1:])
            index, begin = longest[0] + 1, ends[longest[0]]
        if len(pieces) < 2 or not far_apart([place for _, place in pieces], len(text)):
            return ()
        return tuple(
            Part(piece, Finding.NORMALISED if place.differences else Finding.EXACT, self._cite(place))
            for piece, place in pieces
        )


def _names(text: str, pasted: list[Unit], near: _Near) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for block in near.blocks:
        if block.equal:
            for unit, other in zip(pasted[block.a : block.b], near.units[block.c : block.d], strict=True):
                there = near.region.source[other.start : other.stop]
                if name := difference(text[unit.start : unit.stop], there, unit):
                    names[name] = None
    return tuple(names)


def _page_number(change: Change, document: Document) -> bool:
    return change.kind == "omitted" and in_furniture(document, change.start, change.end)


def _cut_end(text: str, near: _Near) -> Change:
    """A text that ends, with a full stop, where the plan goes on: the word that it hides."""
    last = near.blocks[-1].d
    rest = near.units[last : last + 12]
    size = next((index for index, unit in enumerate(rest) if unit.is_mark), len(rest))
    start = near.region.start + (rest[0].start if rest else len(near.region.source))
    end = near.region.start + (rest[size - 1].stop if size else start - near.region.start)
    plan = readable(near.region.document.source[start:end])
    mark = text.rstrip()[-1:]
    return Change(plan, mark, "changed", len(text.rstrip()) - 1, len(text.rstrip()), start, end)


def _only_final_mark(change: Change, text: str) -> bool:
    """True where only the mark at the text's end is another one."""
    ends = change.stop >= len(text.rstrip())
    return ends and bool(change.plan) and not (change.plan + change.pasted).strip(FINAL)


def _hides_next_word(change: Change, text: str, near: _Near) -> bool:
    """True where the text only ends with a mark of its own in the middle of the plan's clause."""
    last = near.blocks[-1].d
    goes_on = last < len(near.units) and not near.units[last].is_mark
    return goes_on and not change.plan and not change.pasted.strip(FINAL) and change.stop >= len(text.rstrip())
