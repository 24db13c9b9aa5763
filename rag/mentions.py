"""Everything that a plan says of one thing: 「报告里哪些地方提到黑瞎子岛」, "Which projects mention Luoxi?"

A question that is after all mentions of a thing, and names nothing else, is answered by reading the whole plan.

(question, plan) -> [(paragraph, begin, stop)]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.names import Name
from rag.query import Query
from rag.text import clauses, is_han, scale, sentences
from rag.tokenizer import plain
from rag.translated import translation_for, units_within
from rag.types import Document, Paragraph, Piece, Role

FEWEST, MOST = 2, 8  # sentences; one is found as any fact, and of many the judge chooses
FEWEST_LATIN = 1  # short paragraphs, of which any fact would be told by a sentence
FEWEST_BARE, MOST_BARE = 3, 12  # Chinese characters of a message that names a thing and says nothing else
_BARE = re.compile(r"[一-鿿]+|[A-Za-z][\w'’-]{2,}(?: [\w'’-]+){0,4}")
WHOLE = 120  # characters of a paragraph or sentence that is told whole
_AFTER_ALL = re.compile(
    r"提到|提及|说到|讲到|写到|涉及|牵涉|有关|相关|各处|哪几处|哪些地方|所有|全部|都算|我们?(?:家)?(?:就?住|来自)"
    r"|\bmention\w*|\beverything\b|\banything\b|\brelat(?:ed|ing|es?)\b|\bconcern\w*|\binvolv\w*|\bto do with\b"
    r"|\bi (?:come|am) from\b|\bi live in\b|\ball (?:the )?(?:plans|projects|measures|places|parts)\b",
    re.IGNORECASE,
)
# What may be left of such a question beside the thing.
_GENERAL = re.compile(
    r"[，,：:][^，,。？?]{1,16}(?:都算|在内)|, from [a-z ]+ to [a-z ]+"
    r"|(?:报告|规划|计划|方案|文件|全文|[这那本该]份?|里头?|里面|当中|其中|中|[和与跟]|关于|涉及|提到|提及|说到|讲到|写到|有关|相关|关系|牵涉"
    r"|对|在|针对|围绕|安排|打算|变化|发展|规划|建设|项目|工程|内容|地方|事情?|动作|举措|措施|部署|任务|工作|一共|总共|所有|全部|各处|家门口|附近|周边|一带|[这那]边|[这那]里"
    r"|未来|今后|接下来|以后|将来|几年|五年|5年|我们?|咱们?|家|就|住|来自|是|人|想|知道|了解|看看|都|算|列|一下|出来|请|帮|说|讲|谈|写|被|有|没有|哪些|哪里|哪几|哪|几|什么|啥"
    r"|会|要|将|准备|方面|情况|的|了|吗|呢|吧|啊|得|及|还|又|次|处|点|个|分别|各|乡镇?|镇|街道|社区|企业|公司)+"
    r"|\b(?:i|am|come|from|live|in|my|me|us|we|our|the|a|an|of|on|for|at|to|and|or|do|with|all|any|every|everything|anything|what|which|where|how|who"
    r"|is|are|be|being|will|would|does|plan|plans|planned|report|document|projects?|measures?|works?|mention\w*|says?|said|about|concern\w*|involv\w*|relat\w*"
    r"|happen\w*|going|done|coming|there|here|town|township|village|area|places?|parts?|company|firm|please|tell|list|name|show|give|it|that|this|has|have|next|five|years?|future|coming|s)\b|[\W\d_]+",
    re.IGNORECASE,
)


_CAPITALS = re.compile(r"(?<=[a-z,] )[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*")  # of a name within a sentence
_AIMS = frozenset("目标 指标 任务 数字 数据 要求 原则 targets indicators goals figures".split())  # every part has some


def mentions(query: Query, names: Sequence[Name], document: Document) -> list[Piece]:
    """Where a plan speaks of the thing that a question wants all mentions of; empty for any other question."""
    bare = re.sub(r"\W", "", query.text).lower() in {term.word for term in query.terms}
    after_all = bare or _AFTER_ALL.search(query.text) is not None
    fewest = FEWEST if document.info.language == "zh" else FEWEST_LATIN
    for name in _things(query, names, named=not after_all):
        found = list(_sentences_with(name, document, query.told_in))
        if fewest <= len(found) <= MOST:
            return found
    return []


def named_alone(question: str, document: Document, language: str) -> list[Piece]:
    """Where a plan has the few words that a message is, as they are written: 「港湾计划」."""
    text = question.strip(" “”\"'「」『』《》？?。.！!")
    if not (_BARE.fullmatch(text) and (text.isascii() or FEWEST_BARE <= len(text) <= MOST_BARE)):
        return []
    found = list(_sentences_with(Name(text.lower()), document, language))
    return found if len(found) <= MOST else []


def _things(query: Query, names: Sequence[Name], *, named: bool) -> Iterator[Name]:
    """What may be meant, the longest first: a name, or any word, beside which a question says nothing in particular."""
    spelt = [Name(found.lower()) for found in _CAPITALS.findall(query.text)]
    words = (
        [] if named else [term.word for term in query.terms if term.word in query.text.lower() and len(term.word) > 1]
    )
    written = [*spelt, *map(Name, words)]
    for name in sorted({*names, *written}, key=lambda name: (-len(name.text), name.text)):
        rest = re.sub(re.escape(name.text), " ", query.text, flags=re.IGNORECASE)
        if rest != query.text and not _GENERAL.sub("", rest) and _GENERAL.sub("", name.text) and name.text not in _AIMS:
            yield name


def _sentences_with(name: Name, document: Document, language: str) -> Iterator[Piece]:
    translation = translation_for(document, language)
    for paragraph in document.paragraphs:
        if paragraph.role in (Role.FURNITURE, Role.TITLE, Role.HEADING):
            continue
        for begin, stop in _whole(paragraph, name) or sentences(paragraph.text):
            units = units_within(translation, paragraph.number, begin, stop) if translation else []
            said = " ".join(unit.text for unit in units)
            if _is_in(name, f"{plain(paragraph.text)[begin:stop]} {said}"):
                yield _around(name, paragraph, begin, stop)


def _whole(paragraph: Paragraph, name: Name) -> list[tuple[int, int]]:
    """A short paragraph in English whose first sentence speaks of the thing: it then goes on about it."""
    opening, times = sentences(paragraph.text)[0], scale(paragraph.text)
    short = times > 1 and len(paragraph.text) <= WHOLE * times
    return [(0, len(paragraph.text))] if short and _is_in(name, plain(paragraph.text)[slice(*opening)]) else []


def _is_in(name: Name, text: str) -> bool:
    if is_han(name.text[0]):
        return name.within(text)
    return re.search(rf"(?<![A-Za-z]){re.escape(name.text)}", text, re.IGNORECASE) is not None or name.within(text)


def _around(name: Name, paragraph: Paragraph, begin: int, stop: int) -> Piece:
    """The sentence, where it is short; of a long one from the first clause with the name to the last."""
    sentence = plain(paragraph.text)[begin:stop]
    having = [] if stop - begin <= WHOLE * scale(sentence) else clauses(sentence, "，,；;。")
    having = [(first, last) for first, last in having if _is_in(name, sentence[first:last])]
    return (paragraph, begin + having[0][0], begin + having[-1][1]) if having else (paragraph, begin, stop)
