"""Characters, sentences and clauses of Chinese and Latin text, always as positions, never as copies.

text -> sentences [(begin, stop)] -> clauses [(begin, stop)] ; nothing is dropped between them
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

Span = tuple[int, int]

LATIN = 3  # letters, spaces among them, for a Chinese character
GAP = "   "  # between the cells of a row in readable text
SENTENCE_END = "。！？!?…"
CLAUSE_END = "，,；;：:"
CLOSERS = "”’」』）)】》〉\"'"
OPENERS = "“‘「『（(【《〈"
_PAIRS = dict(zip("“‘「『（(【《〈", "”’」』）)】》〉", strict=True))


@lru_cache(maxsize=8192)
def is_wide(char: str) -> bool:
    """True for Han, kana, CJK punctuation and full-width forms: characters that take no spaces."""
    return unicodedata.east_asian_width(char) in "WF"


@lru_cache(maxsize=8192)
def is_han(char: str) -> bool:
    """True for an ideograph."""
    return unicodedata.name(char, "").startswith("CJK UNIFIED IDEOGRAPH") or char in "〇々"


def columns(text: str) -> int:
    """Printed width: a Chinese character counts two; a Latin one, and a mark, which printers squeeze, one."""
    return sum(2 if is_wide(char) and not unicodedata.category(char).startswith("P") else 1 for char in text)


def is_text(text: str) -> bool:
    """Whether it can be written as UTF-8: half a character, or a byte that was none, cannot."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def squeeze(text: str) -> str:
    """The text with all white space removed: "突破 400 亿元" -> "突破400亿元"."""
    return "".join(text.split())


def mostly_latin(text: str) -> bool:
    """True when the words are Latin ones; a Chinese character weighs as much as a Latin word."""
    han = sum(map(is_han, text))
    words = len(re.findall(r"[^\W\d_]+", "".join(" " if is_wide(c) else c for c in text)))
    return words > han


def scale(text: str) -> int:
    """How many characters say as much as one Chinese one: 3 of a text in Latin letters, else 1."""
    return LATIN if mostly_latin(text) else 1


def cells_of(text: str) -> list[str]:
    """The cells of a table's row, "| a | b |" in Markdown or parted by `GAP` in plain text; none of other text."""
    if len(text) > 2 and text[0] == text[-1] == "|":
        return [cell.strip() for cell in text[1:-1].split("|")]
    return text.split(GAP) if text.count(GAP) > 1 else []


def sentences(text: str) -> list[Span]:
    """Spans of whole sentences that together cover `text`; brackets and quotes stay closed.

    "建学校。扩医院！" -> [(0, 4), (4, 8)]. An end mark inside quotes or brackets ends a sentence
    only when the quote closes right behind it.
    """
    if cells_of(text):
        return [(0, len(text))]  # a row is one statement, whatever marks are in its cells
    spans: list[Span] = []
    begin = 0
    for stop in _sentence_stops(text):
        spans.append((begin, stop))
        begin = stop
    if begin < len(text):
        if text[begin:].strip() or not spans:
            spans.append((begin, len(text)))
        else:
            spans[-1] = (spans[-1][0], len(text))
    return spans


def _sentence_stops(text: str) -> Iterator[int]:
    depth: list[str] = []
    position = 0
    while position < len(text):
        char = text[position]
        if char in _PAIRS and _closes_later(text, position):
            depth.append(_PAIRS[char])
        elif depth and char == depth[-1]:
            depth.pop()
        elif char in SENTENCE_END or _is_full_stop(text, position):
            stop = position + 1
            while stop < len(text) and (text[stop] in SENTENCE_END or text[stop] in CLOSERS):
                if depth and text[stop] == depth[-1]:
                    depth.pop()
                stop += 1
            while stop < len(text) and text[stop].isspace():
                stop += 1
            if not depth:
                yield stop
            position = stop
            continue
        position += 1


def _closes_later(text: str, position: int) -> bool:
    """An opening mark that is never closed must not swallow the rest of the paragraph."""
    return text.find(_PAIRS[text[position]], position + 1) != -1


_ABBREVIATION = re.compile(r"(?:\b(?:[A-Za-z]|No|Mr|Mrs|Dr|St|vs|etc|e\.g|i\.e|approx|Art|Sec))$")


def _is_full_stop(text: str, position: int) -> bool:
    """A Latin full stop ends a sentence before white space and a capital, or at the very end."""
    if text[position] != ".":
        return False
    rest = text[position + 1 :]
    if not rest.strip():
        return True
    if not re.match(r"[\"')\]”’]*\s+[\"'(\[“‘]*[A-Z0-9]", rest):
        return False
    head = text[:position]
    return not _ABBREVIATION.search(head) and not re.search(r"(?:^|\s)\d{1,2}$", head)


def clauses(text: str, marks: str = CLAUSE_END) -> list[Span]:
    """Spans between clause marks, marks included, that together cover `text`; brackets stay closed.

    "扩建小学，新增学位7,500个；" -> [(0, 5), (5, 16)]: a comma inside a number is none.
    """
    spans: list[Span] = []
    depth: list[str] = []
    begin = 0
    for position, char in enumerate(text):
        if char in _PAIRS and _closes_later(text, position):
            depth.append(_PAIRS[char])
        elif depth and char == depth[-1]:
            depth.pop()
        elif char in marks and not depth and not _inside_number(text, position):
            spans.append((begin, position + 1))
            begin = position + 1
    if begin < len(text):
        if text[begin:].strip(CLOSERS + SENTENCE_END + " ") or not spans:
            spans.append((begin, len(text)))
        else:
            spans[-1] = (spans[-1][0], len(text))
    return spans


def _inside_number(text: str, position: int) -> bool:
    return (
        text[position] in ",:"
        and 0 < position < len(text) - 1
        and text[position - 1].isdigit()
        and text[position + 1].isdigit()
    )


def align(readable: str, source: str, start: int) -> list[int]:
    """Source offset of every character of `readable`, which equals `source[start:]` but for white space.

    A space in the readable form stands for the white space that follows the character before it.

    :raises ValueError: if the two differ in anything but white space.
    """
    offsets: list[int] = []
    position = start
    for char in readable:
        if char.isspace():
            offsets.append(position)
            continue
        while position < len(source) and source[position].isspace():
            position += 1
        if position >= len(source) or source[position] != char:
            raise ValueError(f"readable text and source differ at offset {position}")
        offsets.append(position)
        position += 1
    return offsets
