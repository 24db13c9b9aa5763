"""Foldings of a text: what is compared, with the place in the original of every folded character.

    bare       no white space, no invisible characters; nothing else changes
    plain      bare, one width, simplified character by character, one form of each mark
    canonical  plain, and every numeral written as its exact value between two marks of its own
    searched   plain without marks; what an index holds

Texts that are equal when bare are equal in every folding. Only widths are folded of Unicode's compatibility
forms: NFKC as a whole would make 10² and 102 one.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import opencc

from rag.wording.numerals import cuts_figure, in_number, numerals

OPEN, CLOSE = "\ue000", "\ue001"  # around a numeral's value: 500 is not found in 7500
_INVISIBLE = frozenset("\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e")
QUOTES = frozenset("“”„‟\"＂‘’‚‛'＇「」『』﹁﹂﹃﹄〝〞〟｢｣")
COMMAS = frozenset(",，、﹐﹑､")
DASHES = frozenset("—–―‐‑‒−-－─━")
DOTS = frozenset("…⋯")
_MARKS = {
    **dict.fromkeys(QUOTES, '"'), **dict.fromkeys(COMMAS, "，"), **dict.fromkeys(DASHES, "—"),
    **dict.fromkeys(DOTS, "…"),
    **dict.fromkeys("·•・‧･", "·"), **dict.fromkeys("~～〜∼", "~"), **dict.fromkeys(":：∶︰", ":"),
    OPEN: "\ufffd", CLOSE: "\ufffd", "﹪": "%", "｡": "。",
}  # fmt: skip
# Good simplified characters in some words, 乾隆 say; elsewhere the same are traditional.
_BOTH = frozenset("乾吒拚摺榘菸薹袷醣麴捱")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; its character i stands for `original[starts[i]:stops[i]]`."""

    text: str
    starts: array[int]
    stops: array[int]

    def span(self, begin: int, stop: int) -> tuple[int, int]:
        """Where the folded `begin:stop`, which is not empty, lies in the original."""
        return self.starts[begin], self.stops[stop - 1]


@lru_cache(maxsize=1)
def _simplify() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def invisible(char: str) -> bool:
    """True for white space and for characters of no width."""
    return char.isspace() or char in _INVISIBLE


def squeezed(text: str) -> str:
    """The text without white space and invisible characters."""
    return "".join(char for char in text if not invisible(char))


@lru_cache(maxsize=1 << 16)
def narrow(char: str) -> str:
    """One width: １ -> 1, ％ -> %, ⼈ (a radical, as some PDFs have it) -> 人."""
    code = ord(char)
    if 0xFF01 <= code <= 0xFF5E:
        return chr(code - 0xFEE0)
    if 0xFF5F <= code <= 0xFFEF or 0xF900 <= code <= 0xFAFF or 0x2F00 <= code <= 0x2FDF:
        folded = unicodedata.normalize("NFKC", char)
        return folded if len(folded) == 1 else char
    return char


@lru_cache(maxsize=1 << 16)
def simplified(char: str) -> str:
    """The simplified character, for a character alone."""
    if char < "\u3400" or char in _BOTH:
        return char
    if "\ud800" <= char <= "\udfff":  # half a character, which stands for nothing and cannot be converted
        return char
    folded = str(_simplify().convert(char))
    return folded if len(folded) == 1 else char


@lru_cache(maxsize=1 << 16)
def _plain(char: str) -> str:
    return _MARKS.get(char) or _MARKS.get(narrow(char)) or simplified(narrow(char))


def bare(text: str) -> Folded:
    """White space and invisible characters left out."""
    starts = array("l", [index for index, char in enumerate(text) if not invisible(char)])
    return Folded("".join([text[index] for index in starts]), starts, array("l", [index + 1 for index in starts]))


def plain(text: str) -> Folded:
    """One width, one script, one form of each mark; a row of dashes or of dots is one mark."""
    chars: list[str] = []
    starts, stops = array("l"), array("l")
    for index, char in enumerate(text):
        if invisible(char):
            continue
        folded = _plain(char)
        if folded in "—…" and chars and chars[-1] == folded:
            stops[-1] = index + 1
            continue
        chars.append(folded)
        starts.append(index)
        stops.append(index + 1)
        if folded in ".。" and chars[-3:] == [folded] * 3:
            del chars[-3:], starts[-2:], stops[-3:-1]
            if chars and chars[-1] == "…":
                del starts[-1], stops[-2]
            else:
                chars.append("…")
    return Folded("".join(chars), starts, stops)


def canonical(text: str, breaks: Collection[int] = ()) -> Folded:
    """The plain folding with every numeral as OPEN value CLOSE.

    :param breaks: offsets of the text before which a numeral begins anew although only white space divides it
        from the figure before: two cells of a table.
    """
    base = plain(text)
    letters = [_for_numerals(text, base, index) for index in range(len(base.text))]
    apart = [index for index, start in enumerate(base.starts) if start in breaks] if breaks else []
    parts: list[str] = []
    starts, stops = array("l"), array("l")
    position = 0
    for begin, end in zip([0, *apart], [*apart, len(letters)], strict=True):
        for numeral in numerals("".join(letters[begin:end])):
            first, last = begin + numeral.begin, begin + numeral.stop
            parts.append(base.text[position:first])
            starts.extend(base.starts[position:first])
            stops.extend(base.stops[position:first])
            token = OPEN + numeral.value + CLOSE
            parts.append(token)
            starts.extend([base.starts[first]] * len(token))
            stops.extend([base.stops[last - 1]] * len(token))
            position = last
    parts.append(base.text[position:])
    starts.extend(base.starts[position:])
    stops.extend(base.stops[position:])
    return Folded("".join(parts), starts, stops)


def splits_figure(text: str, offset: int, *, divided: bool = False) -> bool:
    """True where a cut of the text at `offset` would go through a figure.

    :param divided: white space at the cut divides two figures, as between the cells of a table.
    """
    if divided:
        return False
    before, after = squeezed(text[max(0, offset - 80) : offset])[-24:], squeezed(text[offset : offset + 80])[:24]
    if _signs(before, after):
        return True
    if not (before and after and in_number(_plain(before[-1])) and in_number(_plain(after[0]))):
        return False
    base = plain(before + after)
    letters = "".join(_for_numerals(before + after, base, index) for index in range(len(base.text)))
    return cuts_figure(letters, sum(start < len(before) for start in base.starts))


def _signs(before: str, after: str) -> bool:
    """True where `before` ends with the minus of the figure that `after` begins with; 3-5 and GB-5 have none."""
    if not (before and after and before[-1] in "-−－" and narrow(after[0]) in "0123456789"):
        return False
    earlier = narrow(before[-2]) if len(before) > 1 else ""
    return not (earlier.isascii() and earlier.isalnum()) and earlier not in DASHES


def _for_numerals(text: str, base: Folded, index: int) -> str:
    """The plain character, but a comma only where it may divide thousands: 7,500 and ７，５００, never 10，200."""
    if base.text[index] != "，":
        return base.text[index]
    mark = text[base.starts[index]]
    if mark == "，" and 0 < index < len(base.text) - 1:
        around = text[base.starts[index - 1]] + text[base.starts[index + 1]]
        return "," if all("０" <= char <= "９" for char in around) else "，"
    return "," if mark == "," else "，"


_UNSEARCHED = re.compile(r"[^\w%‰+]|_")


def searched(text: str) -> Folded:
    """The plain folding without marks, in lower case where that keeps the length."""
    base = plain(text)
    kept = [index for index, char in enumerate(base.text) if not _UNSEARCHED.match(char)]
    return Folded(
        "".join(_lower(base.text[index]) for index in kept),
        array("l", [base.starts[index] for index in kept]),
        array("l", [base.stops[index] for index in kept]),
    )


def _lower(char: str) -> str:
    lower = char.lower()
    return lower if len(lower) == 1 else char


_APART = re.compile(r"(?<=[0-9０-９])\s+(?=[0-9０-９])")


def spaced_figures(text: str) -> list[tuple[int, int]]:
    """Where only white space divides two digits: spans of that white space."""
    return [match.span() for match in _APART.finditer(text)]
