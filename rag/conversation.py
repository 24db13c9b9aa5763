"""What a question means after those before it: 「那医院呢？」 after 「要建哪些学校？」 is 「要建哪些医院？」.

(question, questions before it) -> the question that stands alone
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from rag.ports import Vectors
from rag.question import without_asking
from rag.text import is_han
from rag.tokenizer import Tokenizer, is_stop_word

Encode = Callable[[Sequence[str]], Vectors]

# A follow-up that only names another subject: 那医院呢, 2030年呢, what about hospitals?, and the roads?
_OTHER = re.compile(
    r"(?:那么?|还有|至于|换成)?(?P<zh>[^，。？?！!\s什多怎哪谁几]{1,12}?)(?:又?怎么样)?呢[？?]?"
    r"|(?:那么?|还有)(?P<zh2>[^，。？?！!\s什多怎哪谁几]{2,10})[？?]"
    r"|(?:and |what about |how about |and what about |and for )(?P<en>(?!when|where|why|how|who|what|which)[\w' -]{2,40})\?*",
    re.IGNORECASE,
)
# One that only asks another thing of the same subject: 什么时候？ 花多少钱？ and when? how much? why?
_ANOTHER = re.compile(
    r"(?:那|那么|还有|它|这个)?(?:要|会|是|在|能)?(?:什么时候|何时|哪一?年|多久|多少钱|花多少钱|在哪里?|哪里|为什么|为何|怎么做|如何做|谁负责|由谁负责|有?多少个?|几个|多大|多长)"
    r"(?:完成|完工|建成|开工|竣工|实现|呢|啊|呀)?[？?]?"
    r"|(?:and |but |so )?(?:when|where|why|how|who|how much|how many|how long|by when|what for|how come)(?: (?:is|are|will|does|do) (?:it|that|this|they|those|these)(?: \w+){0,2})?\?*",
    re.IGNORECASE,
)
POINTS_BACK = re.compile(
    r"它们?|他们|她们|这些|那些|其中|上述|前者|后者|该(?:项目|学校|医院|工程|计划)|这(?:个|项|件|所|条)|那(?:个|项|件|所|条)(?!呢)"
    r"|\b(?:of )?(?:these|those|them|they|it|its|that one|this one|the same)\b",
    re.IGNORECASE,
)
_WORD_RUN = 4  # words of a subject that a follow-up may replace
_ALIKE = 0.05  # cosine within which a shorter run (a longer one of English words) is preferred


def standalone(question: str, history: Sequence[str], tokenizer: Tokenizer, encode: Encode) -> str:
    """The question with what it takes from those before it; itself where it stands alone."""
    if not history:
        return question
    before = history[0]
    for follower in history[1:]:
        before = _resolved(follower, before, tokenizer, encode)
    return _resolved(question, before, tokenizer, encode)


def _resolved(question: str, before: str, tokenizer: Tokenizer, encode: Encode) -> str:
    text = question.strip()
    if found := _OTHER.fullmatch(text):
        other = (found["zh"] or found["zh2"] or found["en"]).strip()
        return _exchanged(before, re.sub(r"^(?:the|an?) ", "", other), tokenizer, encode)
    if _ANOTHER.fullmatch(text):
        return joined(without_asking(before), re.sub(r"^(?:那么?|还有|and |but |so )", "", text, flags=re.IGNORECASE))
    if POINTS_BACK.search(text):
        return joined(without_asking(before), POINTS_BACK.sub(" ", text).strip())
    return question


def joined(subject: str, question: str) -> str:
    return re.sub(r"\s+", " ", f"{subject} {question}").strip()


def _exchanged(before: str, other: str, tokenizer: Tokenizer, encode: Encode) -> str:
    """The question before with the words that are most like the new subject exchanged for it."""
    if year := re.fullmatch(r"(?:in )?((?:19|20)\d\d)年?", other):
        if re.search(r"(?:19|20)\d\d", before):
            return re.sub(r"(?:19|20)\d\d", year[1], before, count=1)
        return joined(other, before)
    runs = _runs(before, tokenizer)
    if not runs:
        return joined(other, without_asking(before))
    vectors = encode([other, *runs])
    likeness = vectors[1:] @ vectors[0]
    order = sorted(range(len(runs)), key=lambda i: (-float(likeness[i]), len(runs[i])))
    best = order[0]
    for candidate in order[1:]:
        # A Chinese subject is a word of its own, an English one often several: "hospital beds".
        small, large = (candidate, best) if is_han(other[0]) else (best, candidate)
        if runs[small] in runs[large] and likeness[candidate] > likeness[best] - _ALIKE:
            best = candidate
    return before.replace(runs[best], other, 1)


def _runs(text: str, tokenizer: Tokenizer) -> list[str]:
    """Runs of informative words as they stand in a text."""
    plain = without_asking(text)
    words = [word for word in tokenizer.plain_words(plain) if re.search(r"\w", word)]
    places: list[tuple[int, int]] = []
    at = 0
    for word in words:
        begin = text.lower().find(word, at)
        if begin >= 0:
            at = begin + len(word)
            if not is_stop_word(word):
                places.append((begin, at))
    found = [text[begin:stop] for begin, stop in places]
    for size in range(2, _WORD_RUN + 1):
        for start in range(len(places) - size + 1):
            window = places[start : start + size]
            if all(not text[a[1] : b[0]].strip() for a, b in pairwise(window)):
                found.append(text[window[0][0] : window[-1][1]])
    return list(dict.fromkeys(found))
