"""A question whether, when or where a thing is built, or is spoken of, that the plan names nowhere: 「会建地铁吗？」.

Building is spoken of everywhere in a plan, so that such a question is always near to something.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import rjieba

from rag.dictionary import lemma, words_and_lemmas
from rag.names import whole_text
from rag.ports import Term
from rag.query import Query
from rag.text import is_han
from rag.types import Document, Status

OTHER_WORD = 0.3  # of kinship: from here on another word stands for the thing
ONE_CHARACTER = 0.6  # the same of a character alone, which is in many words
_BUILT = re.compile(
    r"^(?:请问)?(?:以后|今后|未来|这里|我们|区里|咱们?)?(?:到底)?(?:会不会|有没有|是不是|是否|要不要|会|要|有|准备|打算|计划)*+(?:说|提到)?(?:要|会)?"
    r"(?:新?建设?|修建?|开设?|盖|造|通|开通)(?:一[个座所条家])?(?P<zh>[一-鿿]{2,8}?)(?:了?[吗么]|没有|不)?[？?。]*$"
    r"|^(?P<zh2>[一-鿿]{2,8}?)(?:(?:大概|预计|到底)?(?:什么时候|何时|哪一?年|几时)|(?:要|会|将)?(?:建|修|盖|开)?在(?:哪里?|什么地方|哪儿))(?:能|会|要)?"
    r"(?:建成|建好|建|修好|开通|动工|修通|开通|通车|开工|动工|完工|竣工|投用|开放|开业)?[？?。]*$"
    r"|^(?:when |where )?(?:will|is|are)(?: there)?(?: be| going to be)?(?: to be)?(?: the| an?| any)?(?: new)? (?P<en>[a-z][a-z -]{2,40}?)"
    r"(?: (?:be|being|to be|going to be))?(?: (?:built|constructed|opened|open|planned|set up|located))(?: (?:here|in \w+|near \w+))?\?*$"
    r"|^(?:will there (?:ever )?be|(?:is|are) there (?:any |going to be )?(?:plans?|a plan) for|(?:is|are) there(?: any)? plans? to (?:build|open)|does the plan (?:mention|include))(?: an?| any| the)?(?: new)? (?P<en2>[a-z][a-z -]{2,40}?)\?*$",
    re.IGNORECASE,
)
# Whether it is spoken of at all: each word of the thing is looked for, where one of what is built will do.
_MENTIONED = re.compile(
    r"^(?:[^，,。？?]{0,12}(?:部分|板块|章节)[里中]?[，,]?)?(?:里面|其中|当中|规划|报告|文件|全文|方案|里|中)*(?:有没有|是否|有|是不是)?(?:提没提到?|提到|提及|说到|讲到|谈到|涉及|写到)(?:了|过)?(?:要|会)?(?P<zh>[一-鿿]{2,8}?)(?:的(?:事|内容))?(?:了?[吗么]|了?没有|了没)?[？?。]*$"
    r"|^(?:in [^,?]{4,40} (?:section|part|chapter), )?(?:does|did) (?:it|the \w+|this \w+)?\s*(?:mention|say (?:any|some)thing about|speak of|refer to|talk about)(?: an?| any| the)?(?: new)? (?P<en>[a-z][a-z -]{2,40}?)\?*$"
    r"|^(?:in [^,?]{4,40} (?:section|part|chapter), )?(?:is|are)(?: an?| any| the)? (?P<en2>[a-z][a-z -]{2,40}?) (?:mentioned|spoken of|covered|included)(?: (?:anywhere|at all))?\?*$",
    re.IGNORECASE,
)


def unnamed(query: Query, document: Document) -> Status | None:
    """How a question is refused that asks for a thing that the plan names in no form; None for any other.

    Of building it is out of the plan's scope where no word of the thing is in the plan. Where the plan is to speak of
    it at all, one word of it that is missing is enough: the plan then does not say so, unless it has none of them.
    """
    text = query.text.strip()
    built, mentioned = _BUILT.search(text), _MENTIONED.search(text)
    found = built or mentioned
    if not found:
        return None
    thing = next(part for part in found.groups() if part).lower()
    words = [term for term in query.terms if term.word in (thing if is_han(term.word[0]) else thing.split())]
    named = [term for term in words if not any(term.word in other.word for other in words if other is not term)]
    if mentioned and not built:
        named = [term for term in named if not is_han(term.word[0]) or _names(term.word)]
    if not named or not all(term.kin or is_han(term.word[0]) for term in named):
        return None  # of an English word that the dictionary does not know, nothing can be said
    whole = whole_text(document).lower()
    # English words stand for Chinese ones in a plan in English alone: a translation's "line" is no 地铁.
    in_english = document.info.language != "zh" or query.language != "zh"
    english = frozenset(words_and_lemmas(whole)) if in_english else frozenset()
    present = [_is_in(term, whole, english) for term in named]
    if not any(present):
        return Status.OUT_OF_SCOPE
    return Status.NOT_STATED if not built and not all(present) else None


def _names(word: str) -> bool:
    """Whether a Chinese word may name a thing: no verb or adjective, for which a plan has many others."""
    return not any(tag[0] in "vad" for _, tag in rjieba.tag(word))


def _is_in(term: Term, text: str, words: Collection[str]) -> bool:
    """Whether a text, with these English words, has a term in any form, or another word for it."""
    if term.word in text if is_han(term.word[0]) else lemma(term.word) in words:
        return True
    others = {**term.kin, **term.forms}
    return any(
        strength >= (OTHER_WORD if len(word) > 1 else ONE_CHARACTER)
        and (word in text if is_han(word[0]) else word in words)
        for word, strength in others.items()
    )
