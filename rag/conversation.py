"""What a message means after those before it: 「那医院呢？」 after 「要建哪些学校？」 is 「要建哪些医院？」.

(message, questions before it) -> the question that stands alone, and what of its answer is wanted
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.followup import LAST, FollowUp, Kind, follow_up, is_noun, names_nothing, without_courtesy
from rag.language import UNKNOWN, detect_language
from rag.ports import Vectors
from rag.question import without_asking
from rag.smalltalk import SELF, small_talk
from rag.text import cells_of, is_han
from rag.tokenizer import Tokenizer, is_stop_word
from rag.types import Answer, Status

Encode = Callable[[Sequence[str]], Vectors]
Recall = Callable[["Meant"], Answer]  # what a question was answered

MOST_RUNS = 80  # of a question before, whatever its length
_WORD_RUN = 4  # words of a subject that a follow-up may replace
_ALIKE = 0.05  # cosine within which a shorter run (a longer one of English words) is preferred
# What a subject is asked for, which stays where the subject is exchanged: "textile output target".
_ASPECTS = frozenset(
    "output value target goal rate growth number share size total plan plans project projects development "
    "产值 产量 目标 任务 指标 规模 总量 面积 数量 人数 占比 比重 比例 增速 增幅 增长 投资 规划 计划 项目 工程 "
    "措施 情况".split()
)


@dataclass(frozen=True, slots=True)
class Meant:
    """A question that stands alone."""

    question: str
    among: str = ""  # only what of its answer has this: "which of these are kindergartens?"
    language: str = ""  # that it is to be answered in; empty for the message's own
    doubt: str = ""  # the message that only doubts what was told: 「是50家吧？」


def standalone(message: str, history: Sequence[str], tokenizer: Tokenizer, encode: Encode, recall: Recall) -> Meant:
    """The message with what it takes from those before it; itself where it stands alone."""
    said = small_talk(message)
    if said and not (said == SELF and history and not re.search(r"[你您]|you", message, re.IGNORECASE)):
        return Meant(message.strip())
    meant = Meant("")
    for text in (*(text for text in history if not small_talk(text)), message):
        asked = without_courtesy(text)
        meant = _after(meant, asked, tokenizer, encode, recall) if meant.question else _first(asked)
    language = detect_language(message)
    if meant.language or language in (UNKNOWN, detect_language(meant.question)):
        return meant
    return replace(meant, language=language)


def _first(message: str) -> Meant:
    """A message without any before it, which may sound as if there were: 「那学校呢？」."""
    found = follow_up(message)
    return Meant(found.given if found and found.kind is Kind.OTHER else message)


def _after(asked: Meant, message: str, tokenizer: Tokenizer, encode: Encode, recall: Recall) -> Meant:
    found, before = follow_up(message), asked.question
    if found is None:
        return Meant(joined(without_asking(before), message) if names_nothing(message) else message)
    match found.kind:
        case Kind.AGAIN:
            return replace(asked, doubt=message)
        case Kind.LANGUAGE:
            return replace(asked, language=found.given, doubt="")
        case Kind.SOME:
            narrows = found.sure or _tells_of(recall(asked), found.given)
            return replace(asked, among=found.given, doubt="") if narrows else Meant(message)
        case Kind.MORE:
            subject = without_asking(before.removeprefix("介绍一下"))
            return Meant(f"介绍一下{subject}" if any(map(is_han, before)) else f"Tell me about {subject}")
        case Kind.OTHER:
            if recall(asked).status in (Status.OUT_OF_SCOPE, Status.UNCLEAR, Status.GREETING):
                return Meant(message)  # there was no subject to exchange
            return Meant(_exchanged(before, found.given, tokenizer, encode))
        case Kind.ONE:
            return Meant(_of_one(found, asked, recall) or joined(without_asking(before), message))
        case Kind.ANOTHER | Kind.BACK:
            return Meant(joined(without_asking(before), found.rest))


def _tells_of(answer: Answer, word: str) -> bool:
    stem = word.lower().removesuffix("s")
    return any(stem in f"{one.quote} {one.translation or ''}".lower() for one in answer.citations)


def joined(subject: str, question: str) -> str:
    return re.sub(r"\s+", " ", f"{subject} {question}").strip()


def _of_one(found: FollowUp, asked: Meant, recall: Recall) -> str:
    """The one of the things told before, with what is asked of it; empty where there are not so many."""
    quotes = [one.quote for one in recall(asked).citations]
    quotes = [quote for quote in quotes if not cells_of(quote)] or quotes[1:]  # a table's rows without its head
    items = [item for item in enumerated(quotes) if asked.among in item] or quotes
    if not items or found.number > len(items):
        return ""
    item = items[-1 if found.number == LAST else found.number - 1]
    if not found.rest and recall(Meant(item)).status is not Status.ANSWERED:
        return joined(without_asking(asked.question), item)  # a bare name may be too little to find
    return joined(item, found.rest)


def enumerated(quotes: Sequence[str]) -> list[str]:
    """The things that quotes enumerate, each as it stands: the members of the longest row, else the quotes."""
    rows = [row for quote in quotes for row in _rows(quote)]
    longest = max(rows, key=len, default=[])
    return longest if len(longest) >= max(2, len(quotes)) else list(quotes)


def _rows(quote: str) -> list[list[str]]:
    """Rows of what 、 parts, and of clauses that end alike: 以甲为核心的测控产业链，以乙为核心的配套产业链."""
    found = []
    clauses = [clause for clause in re.split(r"[，,；;。]", quote) if clause]
    for clause in clauses:
        members = clause.split("、")
        if len(members) > 1:
            *rest, last = members
            parted = re.split(r"(?<=..)[和及与](?=..)", last, maxsplit=1)
            row = [*rest, *parted] if len(parted) == 2 else members
            found.append([re.split(r"[”’》]", re.split(r"[“‘《]", member)[-1])[0].rstrip("等 ") for member in row])
    found += [[other for other in clauses if other[-2:] == clause[-2:]] for clause in clauses]
    return found


def _exchanged(before: str, other: str, tokenizer: Tokenizer, encode: Encode) -> str:
    """The question before with the words that are most like the new subject exchanged for it."""
    if year := re.fullmatch(r"(?:in |by |for |到|在)?((?:19|20)\d\d)年?底?", other):
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
    return before.replace(_whole(runs[best], other, runs, tokenizer), other, 1)


def _whole(run: str, other: str, runs: Sequence[str], tokenizer: Tokenizer) -> str:
    """The run with the rest of the name that it is a part of: of 河市中学, where 马甲中学 takes its place, all.

    What is asked of it stays: of "textile output target" is exchanged "textile".
    """
    words_of = tokenizer.plain_words if is_han(other[0]) else str.split
    longer = [
        longer
        for longer in runs
        if run in longer and (not is_han(other[0]) or all(is_noun(word) for word in words_of(longer)))
    ]
    whole = re.sub(r"^(?:(?:new|more|other|main|local) )+(?=\w)", "", max(longer, key=len, default=run))
    while len(words := words_of(whole)) > 1 and words[-1].lower() in _ASPECTS and words[-1] not in words_of(run):
        whole = whole.removesuffix(words[-1]).strip()
    return whole


def _runs(text: str, tokenizer: Tokenizer) -> list[str]:
    """Runs of informative words as they stand in a text."""
    plain = without_asking(text)
    words = [word for word in tokenizer.plain_words(plain) if re.search(r"\w", word)]
    places: list[tuple[int, int]] = []
    at = 0
    for word in words:
        found_word = re.compile(re.escape(word), re.IGNORECASE).search(text, at)
        if found_word:
            begin, at = found_word.span()
            if not is_stop_word(word):
                places.append((begin, at))
    found = [text[begin:stop] for begin, stop in places]
    for size in range(2, _WORD_RUN + 1):
        for start in range(len(places) - size + 1):
            window = places[start : start + size]
            if all(not text[a[1] : b[0]].strip() for a, b in pairwise(window)):
                found.append(text[window[0][0] : window[-1][1]])
    return list(dict.fromkeys(found))[:MOST_RUNS]
