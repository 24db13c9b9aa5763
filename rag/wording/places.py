"""Where a stretch of a plan says a text: character for character, or once named differences are set aside.

(document, stretch, text) -> [Place(start, end, differences)]

A place never begins or ends inside a figure: 500个 is not found in 7500个, nor 5张 in 15张.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from rag.text import align
from rag.types import Document, Role
from rag.wording.align import Unit, units
from rag.wording.fold import (
    QUOTES,
    Folded,
    bare,
    canonical,
    invisible,
    narrow,
    plain,
    simplified,
    spaced_figures,
    splits_figure,
    squeezed,
)
from rag.wording.types import Spot

FINAL = "。！？；，、：…,.!?;:"
_OPENING = "“‘「『\"'（(《【"


@dataclass(frozen=True, slots=True)
class Place:
    """`source[start:end]` of a plan, and the names of what had to be set aside; none where it is exact."""

    document_id: str
    start: int
    end: int
    differences: tuple[str, ...]


@dataclass(frozen=True)
class Wanted:
    """A pasted text in every form it is looked for."""

    text: str

    @cached_property
    def core(self) -> tuple[int, int]:
        """The text without white space, quotation marks all around it, and marks at its end."""
        begin, stop = 0, len(self.text)
        while begin < stop and invisible(self.text[begin]):
            begin += 1
        stop = self._trimmed(begin, stop, FINAL)
        if stop - begin > 2 and self.text[begin] in QUOTES and self.text[stop - 1] in QUOTES:
            inner = self.text[begin + 1 : stop - 1]
            if not any(char in QUOTES for char in inner):
                begin, stop = begin + 1, self._trimmed(begin, stop - 1, FINAL)
        return begin, stop

    def _trimmed(self, begin: int, stop: int, marks: str) -> int:
        while stop > begin and (invisible(self.text[stop - 1]) or self.text[stop - 1] in marks):
            stop -= 1
        return stop

    @cached_property
    def bare(self) -> str:
        """The whole text without white space."""
        return bare(self.text).text

    @cached_property
    def forms(self) -> list[tuple[bool, Folded]]:
        """(numerals by value?, folding of the core): the plain one, and the readings of its figures."""
        begin, stop = self.core
        core = self.text[begin:stop]
        found = [(False, plain(core)), (True, canonical(core))]
        if apart := spaced_figures(core):
            found.append((True, canonical(core, {after for _, after in apart})))
        return [(valued, form) for valued, form in found if form.text]


class Region:
    """A stretch of a plan's source, widened, with its foldings."""

    def __init__(self, document: Document, start: int, end: int) -> None:
        self.document = document
        self.start, self.end = max(0, start), min(len(document.source), end)
        self.source = document.source[self.start : self.end]

    @cached_property
    def bare(self) -> Folded:
        return bare(self.source)

    @cached_property
    def plain(self) -> Folded:
        return plain(self.source)

    @cached_property
    def canonical(self) -> Folded:
        breaks = {stop for begin, stop in spaced_figures(self.source) if self._divided(begin, stop)}
        return canonical(self.source, breaks)

    def _divided(self, begin: int, stop: int) -> bool:
        """True where the white space `begin:stop` of this stretch stands between two figures, not inside of one."""
        return divided(self.document, self.start + begin - 1, self.start + stop)

    def places(self, wanted: Wanted) -> Iterator[Place]:
        """Every place of this stretch that says the text; the exact ones only, where there are any."""
        exact = False
        for begin, stop in _all(self.bare, wanted.bare):
            if self._whole(begin, stop):
                exact = True
                yield self._place(begin, stop, ())
        if exact:
            return
        core = wanted.text[slice(*wanted.core)]
        for valued, form in wanted.forms:
            for begin, stop in _all(self.canonical if valued else self.plain, form.text):
                if not self._whole(begin, stop):
                    continue
                ends = self._ends(wanted, stop)
                if ends is None:
                    continue
                here = canonical(core) if not valued else form
                there = canonical(self.source[begin:stop]) if not valued else None
                names = self._names(core, here, begin, stop, there)
                yield self._place(begin, stop, tuple(dict.fromkeys([*names, *ends])))

    def _whole(self, begin: int, stop: int) -> bool:
        source = self.document.source
        for offset in (self.start + begin, self.start + stop):
            if splits_figure(source, offset) and not _divided_at(self.document, offset):
                return False
        return True

    def _names(self, core: str, here: Folded, begin: int, stop: int, there: Folded | None) -> Iterator[str]:
        piece = self.source[begin:stop]
        if there is None:
            breaks = {
                after - begin for before, after in spaced_figures(self.source)
                if begin < after < stop and self._divided(before, after)
            }  # fmt: skip
            there = canonical(piece, breaks)
        left, right = units(here), units(there)
        if [unit.key for unit in left] == [unit.key for unit in right]:
            for unit, other in zip(left, right, strict=True):
                if name := difference(core[unit.start : unit.stop], piece[other.start : other.stop], unit):
                    yield name
            return
        # Figures read differently at an end only, 1.8 of 1.8万: character by character then.
        for char, other_char in zip(plain(core).text, plain(piece).text, strict=False):
            if name := difference(char, other_char, None):
                yield name
        for folded, raw in ((plain(core), core), (plain(piece), piece)):
            if folded.text != squeezed(raw):
                yield "full width"

    def _ends(self, wanted: Wanted, stop: int) -> tuple[str, ...] | None:
        """What the text has around its core that the plan has not; None where it hides the plan's next word."""
        begin, end = wanted.core
        names = ["quotation marks"] if any(char in QUOTES for char in wanted.text[:begin]) else []
        mark = squeezed("".join(char for char in wanted.text[end:] if char not in QUOTES))
        if not mark:
            return tuple(names)
        at = next((index for index in range(stop, len(self.source)) if not invisible(self.source[index])), None)
        following = "" if at is None else self.source[at]
        if following and plain(following).text == plain(mark).text[0]:
            name = "punctuation" if plain(mark).text != plain(following).text else difference(mark, following, None)
            if name:
                names.append("final punctuation" if name == "punctuation" else name)
            return tuple(names)
        new_paragraph = at is None or _paragraph_ends(self.document, self.start + stop - 1, self.start + at)
        a_word = following.isalnum() or following in _OPENING or following in "%％‰℃"
        if a_word and not new_paragraph:
            return None
        return (*names, "final punctuation")

    def _place(self, begin: int, stop: int, names: tuple[str, ...]) -> Place:
        return Place(self.document.info.id, self.start + begin, self.start + stop, names)


def widened(document: Document, spot: Spot, length: int) -> Region:
    """The stretch with room for a text of `length` characters on either side, however spaced out the source is."""
    source = document.source
    room = length + 120
    start = _step(source, spot.start, -room)
    return Region(document, start, _step(source, spot.end, room))


def _step(source: str, offset: int, visible: int) -> int:
    step = 1 if visible > 0 else -1
    left = abs(visible)
    while left and 0 < offset < len(source):
        offset += step
        if offset < len(source) and not source[offset].isspace():
            left -= 1
    return min(max(offset, 0), len(source))


def difference(pasted: str, plan: str, unit: Unit | None) -> str | None:
    """The name of what differs between two equal units as they are written; white space is no difference."""
    pasted, plan = squeezed(pasted), squeezed(plan)
    if pasted == plan:
        return None
    if [narrow(char) for char in pasted] == [narrow(char) for char in plan]:
        return "full width"
    if unit and unit.is_number:
        same = [simplified(char) for char in pasted] == [simplified(char) for char in plan]
        return "traditional characters" if same else "numeral spelling"
    if any(char in QUOTES for char in pasted + plan):
        return "quotation marks"
    return "traditional characters" if pasted.isalnum() else "punctuation"


def _all(folded: Folded, wanted: str) -> Iterator[tuple[int, int]]:
    position = folded.text.find(wanted) if wanted else -1
    while position >= 0:
        yield folded.span(position, position + len(wanted))
        position = folded.text.find(wanted, position + 1)


def _divided_at(document: Document, offset: int) -> bool:
    """True where the figures on either side of an offset are two, with white space between them."""
    source = document.source
    before, after = offset - 1, offset
    while before >= 0 and source[before].isspace():
        before -= 1
    while after < len(source) and source[after].isspace():
        after += 1
    return after - before > 1 and divided(document, before, after)


def divided(document: Document, before: int, after: int) -> bool:
    """True if the readable text has white space, or another paragraph, between two characters of the source."""
    for paragraph in document.paragraphs:
        if paragraph.start <= before < paragraph.end:
            if after >= paragraph.end:
                return True
            offsets = align(paragraph.text, document.source, paragraph.start)
            return any(paragraph.text[i].isspace() and before <= at <= after for i, at in enumerate(offsets))
    return True


def _paragraph_ends(document: Document, last: int, following: int) -> bool:
    return any(p.start <= last < p.end <= following for p in document.paragraphs)


def in_furniture(document: Document, start: int, end: int) -> bool:
    """True where a slice is all page numbers and the like."""
    covered = [p for p in document.paragraphs if p.start < end and start < p.end]
    return bool(covered) and all(p.role is Role.FURNITURE for p in covered)
