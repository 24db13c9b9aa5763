"""White space as a person would write it: what a PDF put into words goes, what parts words stays.

"突破 400 亿元" -> "突破400亿元"
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.text import CLOSERS, OPENERS, SENTENCE_END, is_wide, mostly_latin


def readable_text(raw: str) -> str:
    """The paragraph as a person would write it: "突破 400 亿元" -> "突破400亿元".

    Only white space is taken away or turned into one space; no other character changes.
    """
    text = raw.strip()
    if mostly_latin(text):
        return re.sub(r"\s+", " ", re.sub(r"(?<=[A-Za-z]-)\s*\n\s*(?=[a-z])", "", text))
    tokens = text.split()
    gaps = re.findall(r"\s+", text)
    heading = "\n" not in text and len(text) <= 60 and text[-1] not in SENTENCE_END + "，、；"
    parts = [tokens[0]]
    for index, gap in enumerate(gaps):
        left, right = tokens[index], tokens[index + 1]
        apart = left.isdigit() and right.isdigit() and not _letterspaced(tokens, index)
        if apart or _space_belongs(left, right, gap, first=index == 0, heading=heading):
            parts.append(" ")
        parts.append(right)
    return "".join(parts)


_ARTICLE = re.compile(r"(?:第[零〇一二三四五六七八九十百\d]+[编篇章节条部]|#{1,6}|[-*+•>|]|附件\d*)$")


def _space_belongs(left: str, right: str, gap: str, *, first: bool, heading: bool) -> bool:
    if first and _ARTICLE.match(left):
        return True
    before, after = left[-1], right[0]
    if left == "|" or right == "|":
        return True
    if is_wide(before) or is_wide(after) or before in OPENERS + CLOSERS or after in OPENERS + CLOSERS:
        both_words = len(left) > 1 and len(right) > 1 and is_wide(before) and is_wide(after)
        author_meant = heading or (len(gap) > 1 and "\n" not in gap and "\r" not in gap)
        return both_words and author_meant
    if before.isdigit() and after.isdigit():
        return False
    if before in ".,:" and after.isdigit() and left[:-1].isdigit():
        return False
    return not (after in ".,:;%" or (before == "." and after.isdigit()))


def _letterspaced(tokens: Sequence[str], index: int) -> bool:
    """True inside a number that was set with spaces between its digits: "2 0 2 5 年"."""
    around = tokens[max(0, index - 1) : index + 3]
    return all(len(token) == 1 for token in tokens[index : index + 2]) and (
        sum(len(token) == 1 for token in around) >= min(3, len(around))
    )
