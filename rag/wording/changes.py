"""What differs between a pasted wording and a plan's, in whole words and whole quantities.

blocks of units -> spans joined, slid to word ends, widened to words -> Change(plan, pasted, kind)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from rag.text import is_han
from rag.tokenizer import Tokenizer
from rag.wording.align import Block, Unit
from rag.wording.fold import invisible, squeezed

Kind = Literal["changed", "omitted", "inserted", "moved", "joined"]
Span = list[int]  # a, b of the pasted units and c, d of the plan's

_LONGEST_MOVE = 160  # units
_MEASURE = re.compile(
    r"(?:多|余)?(?:亿|万)?(?:美元|欧元|港元|元|人次|人|户|个百分点|个|所|家|张|条|项|座|处|名|位|件|辆|台|套|艘|架|批|次|届|期|层|级|类|种"
    r"|平方公里|平方千米|平方米|立方米|公里|千米|公顷|公斤|千克|米|亩|吨|千瓦时|千瓦|度|年底|年|月底|月|日|天|周岁|岁|倍|成|条|村|镇|县|市|区|大)"
)
_TAIL = frozenset("桥路街区县市镇乡村江河湖海山岛港湾站园馆院所校中厂人")
_JOINING = frozenset("和及与并或、，；,;")


@dataclass(frozen=True, slots=True)
class Change:
    """What the plan says and what was pasted in its place; empty where one side has nothing."""

    plan: str
    pasted: str
    kind: Kind
    begin: int  # code points of the pasted text
    stop: int
    start: int  # code points of the plan's source
    end: int


class Sides:
    """Both texts cut into the same units, and which units make a word."""

    def __init__(self, text: str, pasted: list[Unit], source: str, plan: list[Unit], tokenizer: Tokenizer) -> None:
        self.text, self.pasted = text, pasted
        self.source, self.plan = source, plan
        self._pasted_starts = _word_starts(text, pasted, tokenizer)
        self.plan_starts = _word_starts(source, plan, tokenizer)

    def cuts_word(self, pasted: int, plan: int) -> bool:
        """True where a cut before these units would go through a word of either side."""
        return pasted not in self._pasted_starts or plan not in self.plan_starts

    def change(self, span: Span, kind: Kind | None = None) -> Change:
        """The change that a span shows."""
        a, b, c, d = span
        begin, stop = _ends(self.pasted, a, b)
        start, end = _ends(self.plan, c, d)
        plan, pasted = readable(self.source[start:end], figures=True), readable(self.text[begin:stop])
        kind = kind or ("inserted" if not plan else "omitted" if not pasted else "changed")
        return Change(plan, pasted, kind, begin, stop, start, end)


def describe(blocks: list[Block], sides: Sides) -> tuple[Change, ...]:
    """The changes, in the order of the pasted text."""
    spans = [_slid([block.a, block.b, block.c, block.d], sides) for block in blocks if not block.equal]
    spans = _joined([_widened(span, sides) for span in _joined(spans, sides)], sides)
    found: list[Change] = []
    position = 0
    while position < len(spans):
        moved, stop = _moved(spans, position, sides)
        found.append(sides.change(moved, "moved") if moved else sides.change(spans[position]))
        position = stop
    return tuple(found)


def readable(text: str, *, figures: bool = False) -> str:
    """Chinese without white space; between Latin words one space stays, between figures if `figures` is true."""
    words = text.split()
    line = words[0] if words else ""
    for word in words[1:]:
        latin = line[-1].isascii() and line[-1].isalpha() and word[0].isascii()
        line += (" " if latin or (figures and line[-1].isdigit() and word[0].isdigit()) else "") + word
    return "".join(char for char in line if char == " " or not invisible(char))


def _ends(units: list[Unit], first: int, last: int) -> tuple[int, int]:
    if first < last:
        return units[first].start, units[last - 1].stop
    place = units[first - 1].stop if first else (units[0].start if units else 0)
    return place, place


def _word_starts(text: str, units: list[Unit], tokenizer: Tokenizer) -> set[int]:
    """Indices before which a word begins; a quantity, 40平方公里, is one word."""
    raw = [squeezed(text[unit.start : unit.stop]) for unit in units]
    line = "".join(
        unit.key if not unit.is_number and (is_han(unit.key) or (unit.key.isascii() and unit.key.isalnum()))
        else piece if len(piece) == 1 and is_han(piece) else " "
        for unit, piece in zip(units, raw, strict=True)
    )  # fmt: skip
    starts, position = {0, len(units)}, 0
    for word in tokenizer.plain_words(line):
        starts.add(position)
        position += len(word)
    for index, unit in enumerate(units):
        if unit.is_number:
            measure = _MEASURE.match("".join(key.key for key in units[index + 1 : index + 8] if len(key.key) == 1))
            end = index + 1 + (len(measure[0]) if measure else 0)
            while not measure and end < len(units) and raw[end].isascii() and raw[end].isalpha():  # 5G
                end += 1
            starts -= set(range(index + 1, end))
            starts |= {index, end}
            if index and raw[index - 1] in ("-", "−", "－", "第"):
                starts.discard(index)
    return starts


def _slid(span: Span, sides: Sides) -> Span:
    """Something left out or put in may often be read at several places; take the one that is whole words."""
    a, b, c, d = span
    if (a == b) == (c == d):
        return span
    units, first, last = (sides.pasted, a, b) if c == d else (sides.plan, c, d)
    left = right = 0
    while first - left and min(a, c) - left and units[first - left - 1].key == units[last - left - 1].key:
        left += 1
    room = min(len(sides.pasted) - b, len(sides.plan) - d)
    while right < room and units[first + right].key == units[last + right].key:
        right += 1

    def fitness(shift: int) -> tuple[int, int]:
        a2, b2, c2, d2 = (index + shift for index in span)
        whole = (not sides.cuts_word(a2, c2)) + (not sides.cuts_word(b2, d2))
        # An item goes with the mark behind it when it was left out, with the one before it when put in.
        edge = units[last + shift - 1] if a == b else units[first + shift]
        joins = units[first + shift].key in "和及与并或"
        return 2 * whole + (edge.key[0] in _JOINING) + joins, -abs(shift)

    best = max(range(-min(left, 40), min(right, 40) + 1), key=fitness)
    return [index + best for index in span]


def _joined(spans: Iterable[Span], sides: Sides) -> list[Span]:
    """Changes with no more than two characters of one word or phrase between them are one."""
    result: list[Span] = []
    for span in spans:
        if result:
            last = result[-1]
            between = sides.pasted[last[1] : span[0]]
            apart = any(unit.is_mark or unit.is_number for unit in between)
            apart = apart or _marks_only(last, sides) or _marks_only(span, sides)
            if len(between) <= 0 or (len(between) <= 2 and not apart):
                result[-1] = [last[0], max(last[1], span[1]), last[2], max(last[3], span[3])]
                continue
        result.append(list(span))
    return result


def _marks_only(span: Span, sides: Sides) -> bool:
    a, b, c, d = span
    return all(unit.is_mark for unit in [*sides.pasted[a:b], *sides.plan[c:d]])


def _widened(span: Span, sides: Sides) -> Span:
    a, b, c, d = span
    while a and c and sides.cuts_word(a, c) and _same(sides, a - 1, c - 1):
        a, c = a - 1, c - 1
    while b < len(sides.pasted) and d < len(sides.plan) and sides.cuts_word(b, d) and _same(sides, b, d):
        b, d = b + 1, d + 1
    if a < b and c < d:
        if a == 0:  # nothing of the text is in front: the plan's own word may be taken whole
            while c and c not in sides.plan_starts and not sides.plan[c - 1].is_mark:
                c -= 1
        if b == len(sides.pasted):
            while d < len(sides.plan) and d not in sides.plan_starts and not sides.plan[d].is_mark:
                d += 1
        if b < len(sides.pasted) and d < len(sides.plan) and _same(sides, b, d) and sides.pasted[b].key in _TAIL:
            b, d = b + 1, d + 1
        single = b - a == 1 and d - c == 1 and not sides.pasted[a].is_number and is_han(sides.pasted[a].key)
        if single and a and c and _same(sides, a - 1, c - 1) and is_han(sides.pasted[a - 1].key):
            a, c = a - 1, c - 1
    return [a, b, c, d]


def _same(sides: Sides, pasted: int, plan: int) -> bool:
    return sides.pasted[pasted].key == sides.plan[plan].key and not sides.pasted[pasted].is_mark


def _moved(spans: list[Span], first: int, sides: Sides) -> tuple[Span | None, int]:
    """The longest run of changes from `first` on that only puts items in another order, and the index behind it."""
    for last in range(len(spans) - 1, first - 1, -1):
        a, b, c, d = spans[first][0], spans[last][1], spans[first][2], spans[last][3]
        if b - a > _LONGEST_MOVE:
            continue
        hulls = [(a, b, c, d), _trimmed([a, b, c, d], sides)]
        if last == len(spans) - 1:
            hulls += [(a, b, c, stop) for stop in range(d + 1, min(d + b - a + 3, len(sides.plan)) + 1)]
        if first == 0:
            hulls += [(a, b, start, d) for start in range(max(0, c - b + a - 2), c)]
        for a2, b2, c2, d2 in hulls:
            if _reordered(sides.pasted[a2:b2], sides.plan[c2:d2]):
                return [a2, b2, c2, d2], last + 1
        if first == 0 and last == len(spans) - 1 and (reordered := _at_edge([a, b, c, d], sides)):
            return reordered, last + 1
    return None, first + 1


def _trimmed(span: Span, sides: Sides) -> tuple[int, int, int, int]:
    """The span without what is the same at its ends."""
    a, b, c, d = span
    while a < b and c < d and _same(sides, b - 1, d - 1):
        b, d = b - 1, d - 1
    while a < b and c < d and _same(sides, a, c):
        a, c = a + 1, c + 1
    return a, b, c, d


def _reordered(pasted: list[Unit], plan: list[Unit]) -> bool:
    """True if both have the same items, two or more, in another order."""
    left, right = _items(pasted), _items(plan)
    return len(left) > 1 and left != right and sorted(left) == sorted(right)


def _at_edge(span: Span, sides: Sides) -> Span | None:
    """Two items in the other order where the pasted text begins or ends: one of them lies outside of what aligned."""
    a, b, c, d = span
    if c != d or all(unit.is_mark for unit in sides.pasted[a:b]):
        return None
    width = len(sides.pasted)
    for start in range(max(0, c - width - 1), min(len(sides.plan), c + width) + 1):
        for stop in (start + width - 1, start + width, start + width + 1):
            if _reordered(sides.pasted, sides.plan[start:stop]):
                return [0, width, start, stop]
    return None


def _items(units: list[Unit]) -> list[str]:
    line = "".join("\n" if unit.key in "，；;。" else unit.key for unit in units)
    return [item for item in line.split("\n") if item]
